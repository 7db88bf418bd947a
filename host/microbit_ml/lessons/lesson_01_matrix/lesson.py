"""Lesson 1: A gesture is a matrix.

Acceleration, gravity and units; samples, windows and the sampling rate; vectors and matrices.
"""

from __future__ import annotations

if __name__ == "__main__":  # this file was started by itself: run the lesson of its folder
    from microbit_ml.lessons.alone import run_folder

    run_folder(__file__)

import numpy as np

from microbit_ml.charts import Chart, Series
from microbit_ml.lessons.material import energy
from microbit_ml.lessons.session import Session
from microbit_ml.pages import as_is
from microbit_ml.recordings import Recording, make_window
from microbit_ml.recordings.recording import COUNTS_PER_G, HIGHEST_COUNT
from microbit_ml.recordings.simulation.hand import GRAVITY
from microbit_ml.recordings.window import most_active

from .maths import (
    MS_PER_SECOND,
    ask_board,
    largest_jump,
    length,
    period_ms,
    shake,
    swings_seen,
    tilted,
    to_g,
    to_metres,
)

SWINGS = 4  # a second: a quick shake
SLOW_HZ = 5  # samples a second, too few for it
SHOWN_S = 2
CALM_COUNTS = 100  # a hand that keeps still moves the board far less


def lesson(s: Session) -> None:
    """The lesson, from top to bottom."""
    feel(s)
    units(s)
    at_rest(s)
    tilt(s)
    calm, lively = calmest(s), liveliest(s)
    sampling(s, lively)
    matrix(s, lively)
    on_its_side(s, lively)
    look(s, calm, lively)
    windows(s, calm, lively)
    noise(s, calm, lively)
    too_slow(s)
    back(s, lively)


def calmest(s: Session) -> Recording:
    """The recording with the least movement."""
    return min(s.data.recordings, key=energy)


def liveliest(s: Session) -> Recording:
    """The recording with the most movement."""
    return max(s.data.recordings, key=energy)


def feel(s: Session) -> None:
    s.step("What the board feels")
    s.read(
        """Inside the micro:bit is a tiny block on springs. Push the board, and the block stays
        behind a little. The board measures how far. That shows how hard it is being pushed. The
        harder you push a board that is free to move, the faster its speed changes."""
    )
    s.word("acceleration")
    s.word("axis")
    s.word("g")
    s.predict(
        "A micro:bit lies flat on a table and does not move. What does it feel?",
        "a push from below",
        """The Earth pulls the board down, and the table pushes it up. Its speed does not change,
        but the block on its springs feels that push. So a board at rest does not read zero: it
        reads one g. Only a falling board reads zero, because nothing pushes it.""",
        choices=("nothing at all", "a push from below", "a push from the side"),
    )


def units(s: Session) -> None:
    s.step("Three units for acceleration")
    s.word("counts")
    s.read(
        f"""The board gives whole numbers. They go up to about {HIGHEST_COUNT} in each
        direction, or {HIGHEST_COUNT / COUNTS_PER_G:.0f} g. To get g, divide by
        {COUNTS_PER_G}."""
    )
    some = np.array(HIGHEST_COUNT // 4)
    s.formula(
        "a = c / k",
        {"a": "the acceleration in g", "c": "the counts", "k": "counts in one g"},
        code=to_g,
        line="counts / COUNTS_PER_G",
        worked=f"{some} / {COUNTS_PER_G} = {to_g(some):.1f} g",
    )
    s.read(
        f"""In science lessons you use metres per second squared. One g is {GRAVITY} of them: a
        falling object gets faster by {GRAVITY} metres per second every second."""
    )
    s.run(to_metres, 2.0)
    asked = 3 * COUNTS_PER_G // 2
    s.check(
        f"The board reads {asked} counts on one axis. How many g is that?",
        asked / COUNTS_PER_G,
        f"{asked} / {COUNTS_PER_G} = {asked / COUNTS_PER_G:g} g.",
        tolerance=0.01,
        hint=f"One g is {COUNTS_PER_G} counts. How many times does that go into {asked}?",
    )


def at_rest(s: Session) -> None:
    s.step("Ask a board")
    s.word("sample")
    s.word("vector")
    s.read(
        """A board has three axes: x points to the side, y to the top edge, and z straight through
        the board. So one reading is three numbers in a row, and that is a vector. Let's ask a
        board. We ask twice and keep the second answer, because the first may be out of date."""
    )
    s.code(ask_board)
    reading = s.run(ask_board, s)
    s.read(
        "The sign shows the direction. A minus sign on z means that the front of the board faces "
        "up."
    )
    s.read(
        """Think of an arrow. It goes some way along x, some way along y and some way along z. How
        long is it? Use Pythagoras' theorem, with one square more than in a flat triangle."""
    )
    sample = to_g(reading)
    x, y, z = sample
    s.formula(
        "|a| = √(x² + y² + z²)",
        {"|a|": "the length of the vector", "x": "its part along x, in g", "y": "along y",
         "z": "along z"},
        code=length,
        line="np.sqrt(np.sum(vector**2))",
        worked=f"√({squared(x)} + {squared(y)} + {squared(z)}) = {length(sample):.2f} g",
    )  # fmt: skip
    if abs(length(sample) - 1) < 0.1:
        s.read("The length is about one g. So this board is at rest.")
    else:
        s.read("The length is not one g. So this board is moving, or its sensor is a bit off.")


def squared(number: float) -> str:
    """A number with its square, a negative one in brackets: (-0.50)²."""
    shown = round(number, 2) + 0.0
    return f"({shown:.2f})²" if shown < 0 else f"{shown:.2f}²"


def tilt(s: Session) -> None:
    s.step("Tilt it")
    s.read(
        """Now lift one side of the board and hold it there. Your hand still pushes it straight up.
        But the axes have turned with the board. So x now feels some of the push, and z less."""
    )
    s.change(
        "By how many degrees is one side lifted? Try some angles.",
        30,
        (0, 30, 60, 90),
        tilt_sentence,
        low=-180,
        high=180,
    )
    easy = np.array([300.0, 400.0, 0.0])
    s.check(
        f"A sample is {easy[0]:.0f}, {easy[1]:.0f}, {easy[2]:.0f} counts. "
        "How long is this vector, in counts?",
        length(easy),
        f"√({easy[0]:.0f}² + {easy[1]:.0f}² + {easy[2]:.0f}²) = √{np.sum(easy**2):.0f} = "
        f"{length(easy):.0f} counts. That is only {length(easy) / COUNTS_PER_G:.2f} g, so this "
        "board was not at rest.",
        tolerance=1,
        hint="Square each number, add the squares, then take the square root.",
    )


def tilt_sentence(degrees: float) -> str:
    """The tilted board's sample and its length, as a sentence."""
    x, y, z = np.round(tilted(degrees), 2) + 0.0  # no minus before a zero
    return f"x {x:.2f} g, y {y:.2f} g, z {z:.2f} g: the length is {length(tilted(degrees)):.2f} g."


def sampling(s: Session, lively: Recording) -> None:
    s.step("Many samples")
    s.read(
        "A movement takes time. So the board reads its sensor again and again, at a steady pace."
    )
    s.word("sampling rate")
    s.word("recording")
    s.word("label")
    rate = s.data.rate_hz
    s.formula(
        "T = k / f",
        {"T": "the time from one sample to the next, in milliseconds",
         "k": "milliseconds in one second", "f": "the sampling rate: samples a second"},
        code=period_ms,
        line="MS_PER_SECOND / rate_hz",
        worked=f"{MS_PER_SECOND} / {rate:g} = {period_ms(rate):.4g} ms",
    )  # fmt: skip
    s.read(
        f"""Each recording has a label. Let's take the liveliest recording. Its label is
        **{as_is(lively.label)}**."""
    )
    took = lively.time_ms[-1]
    s.predict(
        f"From its first sample to its last, {took:.0f} ms went by. About how many samples does it "
        "have?",
        len(lively),
        f"{took:.0f} / {period_ms(rate):.4g} is about {took / period_ms(rate):.0f} steps from one "
        "sample to the next. Add one for the first sample.",
    )


def matrix(s: Session, lively: Recording) -> None:
    s.step("A recording is a matrix")
    s.word("matrix")
    s.read("Write each sample as a row, one below the other. The columns are x, y and z.")
    samples = lively.samples
    s.show("samples", samples)
    rows, columns = samples.shape
    s.read(
        f"""The **shape** of a matrix is the number of its rows and columns: {rows} × {columns}
        here. Rows come first. In Python you get it with `samples.shape`. Each row is one time
        step, each column one axis."""
    )
    s.run(np.shape, samples)
    row = len(samples) // 2
    s.table(
        ["row", "x", "y", "z"],
        [[i, *samples[i].tolist()] for i in range(row - 1, row + 3)],
        "Some rows from the middle, in counts",
    )
    s.check(
        f"Which number is in row {row}, in the z column?",
        int(samples[row, 2]),
        f"In Python it is `samples[{row}, 2]`. Python starts at zero: x is column zero, y is "
        "column one, z is column two.",
        hint="Find the row in the table, then go to the last column.",
    )


def on_its_side(s: Session, lively: Recording) -> None:
    s.step("On its side")
    s.read(
        """To draw a picture, we want all of x, then all of y, then all of z. So we turn the matrix
        on its side: rows become columns. This is called **transposing**. In Python it is
        `samples.T`."""
    )
    samples = lively.samples
    s.show("samples.T", samples.T)
    rows, columns = samples.T.shape
    s.check(
        f"The matrix was {columns} × {rows}. How many columns does it have now?",
        columns,
        f"Its shape is now {rows} × {columns}: {rows} rows, one for each axis, and {columns} "
        "columns, one for each time step. No number was lost. They only moved.",
        hint="Rows and columns have swapped.",
    )
    s.check(
        "How many numbers does the matrix hold?",
        samples.size,
        f"{rows} × {columns} = {samples.size}. That is a lot of numbers for one short movement.",
        hint="Multiply the rows by the columns.",
    )


def look(s: Session, calm: Recording, lively: Recording) -> None:
    s.step("Look at it")
    moves = np.abs(np.diff(lively.samples.astype(int), axis=0)).sum(axis=0)
    s.predict(
        f"In the recording labelled **{as_is(lively.label)}**, which axis goes up and down most?",
        "xyz"[int(moves.argmax())],
        f"Add up all the ups and downs: x changes by {moves[0]} counts in all, y by {moves[1]} "
        f"and z by {moves[2]}.",
        choices=("x", "y", "z"),
    )
    s.picture(traces(lively, f"{lively.label}: the liveliest recording"))
    s.picture(traces(calm, f"{calm.label}: the calmest recording"))
    if s.own:
        s.read("These are your own recordings. Can you see what the hand did, and when?")
    else:
        s.read(
            """These two were simulated. With a board you can look at your own movements. Record
            them with `microbit-ml collect`, then open this lesson with `--data` and the folder."""
        )


def traces(recording: Recording, title: str) -> Chart:
    """The three axes of a recording over time."""
    seconds = recording.time_ms / 1000
    in_g = to_g(recording.samples)
    swing = np.ptp(in_g, axis=0)
    return Chart(
        title,
        "time in s",
        "acceleration in g",
        [Series(axis, seconds, in_g[:, i]) for i, axis in enumerate("xyz")],
        alt=f"Over {seconds[-1]:.1f} seconds x changes by {swing[0]:.2f} g, y by {swing[1]:.2f} g "
        f"and z by {swing[2]:.2f} g.",
    )


def windows(s: Session, calm: Recording, lively: Recording) -> None:
    s.step("A window")
    s.word("model")
    s.word("window")
    size = min(len(calm), len(lively))
    joined = np.concatenate([calm.samples, lively.samples, calm.samples])
    positions = len(joined) - size + 1
    s.read(
        f"""A movement is short, but a board runs all day. So a model looks at one small piece at a
        time: here {size} samples. To try it, we join three recordings: the calmest, the liveliest
        and the calmest again. Now there are {len(joined)} rows."""
    )
    s.check(
        f"A window of {size} rows slides over {len(joined)} rows, one row at a time. "
        "How many positions can it have?",
        positions,
        f"The first starts at row zero and the last at row {positions - 1}. That makes "
        f"{len(joined)} - {size}, plus one: {positions} positions.",
        hint="Try a small case: how many positions can a window of two rows have on four rows?",
    )
    start = most_active(joined, size)
    s.read(
        f"""The kit picks the liveliest window. It adds up the jumps from each sample to the next.
        Jumps in the middle of the window count most. Here its window starts at row {start}. The
        lively part goes from row {len(calm)} to row {len(calm) + len(lively) - 1}."""
    )
    rate = s.data.rate_hz
    longer = Recording(joined, rate_hz=rate)
    s.run(make_window, longer, size, rate)


def noise(s: Session, calm: Recording, lively: Recording) -> None:
    s.step("Noise")
    s.read(
        """Look at the calmest recording again, close up. Are all its samples the same? A hand is
        never quite still, and no sensor is perfect."""
    )
    s.table(
        ["row", "x", "y", "z"],
        [[i, *calm.samples[i].tolist()] for i in range(min(5, len(calm)))],
        f"The first rows of the calmest recording ({calm.label}), in counts",
    )
    s.word("noise")
    s.code(largest_jump)
    small = s.run(largest_jump, calm)
    large = s.run(largest_jump, lively)
    if small == 0:
        s.read("The calmest one does not change at all. So use a jump of one count instead.")
    elif energy(calm) > CALM_COUNTS:
        s.read("Even the calmest one is a movement here, so its jump is more than noise.")
    times = large / max(small, 1)
    s.check(
        "How many times as large is the largest jump in the liveliest recording as in the calmest "
        "one?",
        times,
        f"{large} / {max(small, 1)} = {times:.1f}. A movement stands out from noise only when it "
        "is clearly larger.",
        tolerance=max(0.6, 0.05 * times),
        hint="Divide the large number by the small one.",
    )


def too_slow(s: Session) -> None:
    s.step("Too slow")
    s.read(
        f"""Samples are like snapshots: they miss what happens in between. Here is a quick shake,
        with {SWINGS} swings a second."""
    )
    s.predict(
        f"We take only {SLOW_HZ} samples a second and join them with lines. What will we see?",
        "a slow swing",
        "From one sample to the next the hand makes almost a whole swing. So each sample catches "
        "it a little earlier in its swing than the one before. Joined up, they look like a slow "
        f"movement, with only {swings_seen(SWINGS, SLOW_HZ):g} swing a second. Engineers call this "
        "**aliasing**. You see it in films too, when wheels seem to turn slowly or backwards.",
        choices=("the same shake", "a slow swing", "nothing at all"),
    )
    s.picture(looked_at(SLOW_HZ))
    s.read("Now forget the movement and join the samples. This is all that the computer knows:")
    s.picture(joined_up(SLOW_HZ))
    s.formula(
        "s = |f - n · r|",
        {"s": "the swings a second that we see", "f": "the real swings a second",
         "n": "the whole number nearest to f / r", "r": "the sampling rate: samples a second"},
        code=swings_seen,
        line="abs(",
        worked=f"|{SWINGS} - {round(SWINGS / SLOW_HZ)} · {SLOW_HZ}| = "
        f"{swings_seen(SWINGS, SLOW_HZ):g}",
    )  # fmt: skip
    s.change(
        f"The hand makes {SWINGS} swings a second. How many samples a second do we take?",
        SLOW_HZ,
        (SWINGS, 5 * SWINGS),
        joined_up,
        low=2,
        high=100,
    )


def looked_at(rate_hz: float) -> Chart:
    """A shake, and the times at which it is sampled."""
    fine = np.linspace(0, SHOWN_S, 241)
    times = np.arange(0, SHOWN_S + 1e-9, 1 / rate_hz)
    return Chart(
        f"{SWINGS} swings a second, {rate_hz:g} samples a second",
        "time in s",
        "acceleration in g",
        [Series("the movement", fine, shake(fine, SWINGS)),
         Series("its samples", times, shake(times, SWINGS), style="points")],
        alt=f"The movement goes up and down {SWINGS} times a second. Each of the {len(times)} "
        "samples lies on it.",
    )  # fmt: skip


def joined_up(rate_hz: float) -> Chart:
    """The samples of the shake, joined by lines."""
    times = np.arange(0, SHOWN_S + 1e-9, 1 / rate_hz)
    seen = swings_seen(SWINGS, rate_hz)
    return Chart(
        f"{rate_hz:g} samples a second: {SWINGS} swings a second look like {seen:.3g}",
        "time in s",
        "acceleration in g",
        [Series("samples, joined", times, shake(times, SWINGS))],
        alt=f"Joined with lines, the samples go up and down {seen:.3g} times a second.",
        y_range=(-1.1, 1.1),
    )


def back(s: Session, lively: Recording) -> None:
    s.step("Look back")
    slow = 2 * SWINGS
    rate = s.data.rate_hz
    enough = "is enough" if rate > slow else "is not enough"
    s.check(
        f"A hand swings {SWINGS} times a second. To see that, we need more than how many samples a "
        "second?",
        slow,
        f"We need more than two samples for each swing: {slow // SWINGS} × {SWINGS} = {slow}. Our "
        f"recordings have {rate:g} a second, which {enough}.",
        hint="More than two samples for each swing.",
    )
    rows, columns = lively.samples.shape
    s.read(
        f"""A sample is a vector of {columns} numbers. A recording is a matrix: one row for each
        time step, one column for each axis. The label says what the movement was.

        But {rows * columns} numbers are a lot. Next time we boil them down to a few, and use those
        to tell movements apart."""
    )
