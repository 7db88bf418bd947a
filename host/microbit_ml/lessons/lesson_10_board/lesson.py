"""Lesson 10: on the board. Time, memory, the machine code, a program of your own, the world.

Instructions are counted on a virtual board, which runs the MicroPython of real ones. Times are
estimated from the counts.
"""

from __future__ import annotations

if __name__ == "__main__":  # this file was started by itself: run the lesson of its folder
    from microbit_ml.lessons.alone import run_folder

    run_folder(__file__)

import re
from math import ceil

import numpy as np

from microbit_ml.arithmetic.fixed_point import requantize
from microbit_ml.charts import Chart, Series
from microbit_ml.deploy.benchmark import network_footprint
from microbit_ml.kinds import IntegerDense
from microbit_ml.lessons.session import Session
from microbit_ml.lessons.values import named
from microbit_ml.model import Model
from microbit_ml.recordings.recording import HIGHEST_COUNT

from .example import (
    BOARD,
    MEMORY,
    ROOM,
    SLOWER,
    TRACED,
    busy_share,
    counted,
    files_for,
    firmware_lines,
    free_heap,
    in_ms,
    kernel_part,
    main_program,
    most_confident,
    play,
    right_share,
    trace,
    trace_sums,
)
from .maths import SECONDS_A_DAY, alarms_a_day, moved_harder, predictions_a_second, turned

OWN_PROGRAM = """from gesture import Recognizer
from microbit import Image, display

recognizer = Recognizer()
while True:
    name = recognizer.next()
    if name == {label!r}:
        display.show(Image.HEART)
        print("Hello,", name)
"""


def lesson(s: Session) -> None:
    """From the sensor to the world."""
    four_jobs(s)
    a_moving_window(s)
    the_decision(s)
    in_each_step(s)
    memory(s)
    inside_the_processor(s)
    watch_it_run(s)
    rounding_in_two(s)
    against_python(s)
    your_own_program(s)
    turned_around(s)
    false_alarms(s)
    decisions_that_matter(s)


# --- time


def four_jobs(s: Session) -> None:
    """Sample, window, predict, decide."""
    s.step("Four jobs")
    s.read(
        "A model on the laptop helps nobody who waves a board. So it must move to the board. There "
        "it has four jobs, again and again.\n\n"
        "**Sample**: read the sensor. **Window**: keep the newest samples, forget the oldest. "
        "**Predict**: turn the window into scores. **Decide**: say a name, or wait."
    )
    s.word("deployment")
    s.read("This is the whole program that the kit puts on a board. It is called `main.py`.")
    s.show("firmware/main.py", "\n".join(firmware_lines("main.py", "from gesture")))
    s.check(
        "In which line do all four jobs happen?",
        "name = recognizer.next()",
        "`next()` waits for a sample, moves the window, and now and then predicts and decides. It "
        "gives a name when it is sure, else nothing.",
        choices=("recognizer = Recognizer()", "name = recognizer.next()", "listen(recognizer)"),
        hint="It must be a line inside the loop.",
    )


def a_moving_window(s: Session) -> None:
    """The hop."""
    model = s.model
    s.step("The window moves")
    s.word("hop")
    s.read(
        f"The window of this model holds {model.window} samples. With {model.rate_hz:g} samples a "
        f"second, that is {model.window / model.rate_hz:g} s of movement. The board does not "
        f"predict at each sample. Its hop is {model.hop}."
    )
    s.predict(
        "How often does it predict in a second?",
        predictions_a_second(model.rate_hz, model.hop),
        "Often enough that you do not notice the wait.",
    )
    s.formula(
        "p = r / h",
        {"p": "predictions in a second", "r": "samples in a second", "h": "the hop"},
        code=predictions_a_second,
        line="rate_hz / hop",
        worked=f"{model.rate_hz:g} / {model.hop} = "
        f"{predictions_a_second(model.rate_hz, model.hop):g}",
    )
    shared = (model.window - model.hop) / model.window
    s.read(
        f"Two windows in a row share {model.window - model.hop} of {model.window} samples, or "
        f"{shared:.0%}. So a movement is seen many times, each time a little further on."
    )

    def told(number: float) -> str:
        hop = round(number)
        busy = busy_share(model, hop)
        often = predictions_a_second(model.rate_hz, hop)
        return f"{often:.1f} predictions a second; a V1 is busy {busy:.0%} of the time"

    s.change("The hop", model.hop, (1, model.hop, 5 * model.hop), told, low=1, high=model.window)


def the_decision(s: Session) -> None:
    """Evidence, and the latency that it costs."""
    s.step("Sure enough?")
    model = s.model
    lines = firmware_lines("recognizer.py", "and label != self.detected", "return self.names")
    enough = int(re.search(r"evidence >= (\d+)", "\n".join(lines))[1])  # type: ignore[index]
    s.read(
        "Each prediction has a **confidence**. It is below zero for an unknown movement, and high "
        "for one that is surely known. But one prediction may be luck. So the board collects "
        "evidence. Each prediction of the same label adds its confidence, times the milliseconds "
        "since the last one. With another label it begins at zero again. The name is told when "
        f"{enough:,} are reached."
    )
    s.show("firmware/recognizer.py", "\n".join(lines))
    s.word("latency")
    step_ms = round(model.hop * 1000 / model.rate_hz)
    confidence = 25
    times = ceil(enough / (confidence * step_ms))
    s.check(
        f"A prediction comes every {step_ms} ms. Each time the confidence is {confidence}. How "
        f"many predictions does it take to reach {enough:,}?",
        times,
        f"Each adds {confidence} · {step_ms} = {confidence * step_ms:,}. So it takes {times} "
        f"predictions, or {times * step_ms / 1000:g} s.",
        hint=f"First compute {confidence} · {step_ms}.",
    )
    s.read(
        "More evidence brings fewer false alarms. It also brings more latency. You know this "
        "trade: it is the threshold from lesson 8."
    )


def in_each_step(s: Session) -> None:
    """What happens in each period, and how long it takes."""
    s.step("In the time of one sample")
    model = s.model
    s.word("instruction")
    s.word("heap")
    period_ms = 1000 / model.rate_hz
    jobs = counted(model.device_bytes())
    s.read(
        f"A new sample comes every {period_ms:g} ms. All work must be done before the next one. A "
        "virtual board can count the instructions exactly. The time is an estimate from them: "
        f"{SLOWER.cycles} ticks each, with {SLOWER.clock_mhz} ticks in a millionth "
        "of a second. All this is about a V1, which is the slower board. A V2 has the same jobs."
    )
    s.table(
        ["job", "instructions (counted)", "ms (estimated)"],
        [
            [name, f"{job:,.0f}", f"{in_ms(job):.2f}"]
            for name, job in (
                ("sample, and move the window", jobs.sample),
                ("tidy the heap, before a prediction", jobs.tidy),
                ("predict and decide", jobs.predict),
            )
        ],
        "Work on a micro:bit V1",
    )
    slots = list(range(1, model.hop + 1))
    extra = np.zeros(model.hop)
    extra[-2:] = jobs.tidy, jobs.predict
    work = [in_ms(jobs.sample + one) for one in extra]
    s.picture(
        Chart(
            f"Busy in each {period_ms:g} ms",
            "sample",
            "work in ms",
            [Series("work", slots, work, style="bars")],
            alt=f"Most samples take {work[0]:.1f} ms. The one before a prediction takes "
            f"{work[-2]:.1f} ms, the one with it {work[-1]:.1f} ms of {period_ms:g}.",
            y_range=(0, period_ms),
        )
    )
    s.read(
        f"The busiest sample takes {max(work):.1f} of {period_ms:g} ms. The rest is free for your "
        "own program."
        if max(work) < period_ms
        else "That is more than there is. This model would lose samples."
    )


# --- memory


def memory(s: Session) -> None:
    """Flash and heap."""
    s.step("Two kinds of memory")
    s.word("flash")
    model = s.model
    free = free_heap()
    files = {**files_for(model.device_bytes()), "main.py": main_program()}
    taken = model.heap_bytes()
    s.table(
        ["file in flash", "bytes"],
        [[name, len(content)] for name, content in files.items()],
        f"All files: {sum(map(len, files.values())):,} bytes",
    )
    in_file = len(model.device_bytes())
    names = sum(32 + 2 * len(label.encode()) for label in model.labels)
    work = (taken - in_file - names) // 2
    s.formula(
        "H = F + 2 · n + N",
        {"H": "bytes of heap that the model takes", "F": "bytes of its file",
         "n": "numbers that it works on, of two bytes each", "N": "bytes for the names"},
        code=Model,
        only="heap_bytes",
        line="return len(self.device_bytes())",
        worked=f"{in_file} + {np.int16().nbytes} · {work} + {names} = {taken}",
    )  # fmt: skip
    s.read(
        f"A V1 has {free:,} bytes of heap free when a short program starts. The kit's own program "
        f"needs some of it, so that {ROOM:,} are left for a model."
    )
    s.check(
        f"This model takes {taken:,} bytes of heap. Does it fit on a V1?",
        "yes" if taken <= ROOM else "no",
        f"{taken:,} of {ROOM:,}: {taken / ROOM:.0%}.",
        choices=("yes", "no"),
        hint=f"Compare it with {ROOM:,}.",
    )


# --- the kernel


def meaning(line: str) -> str:
    """An instruction in words."""
    name, *operands = re.findall(r"\w+", line)
    first = operands[0]
    if name in ("ldrsh", "ldrh", "ldrsb"):
        size = "byte" if name == "ldrsb" else "two bytes"
        return f"{first} = the {size} in memory at {operands[1]} + {operands[2]}"
    if name == "mul":
        return f"{first} = {first} · {operands[1]}"
    if name in ("add", "sub"):
        sign = "+" if name == "add" else "−"
        left, right = operands[-2:] if len(operands) > 2 else (first, operands[1])
        return f"{first} = {left} {sign} {right}"
    if name == "asr":
        return f"{first} = {first} >> {operands[1]}; the last bit that falls out is kept"
    if name == "adc":
        return f"{first} = {first} + {operands[1]} + the kept bit"
    return f"unless the last result is below zero, go back to {first}"


def inside_the_processor(s: Session) -> None:
    """Registers, assembler, the kernel's lines."""
    s.step("Inside the processor")
    s.word("register")
    s.word("assembler")
    s.word("kernel")
    s.read(
        "Most of the work of a layer is one small piece of code: weight times input, added up. "
        "Here it is, for one input and two neurons at once. It is the real code of a V1, from "
        "`firmware/kernels/dot_product.py`. (The V2 has a version of its own, `dot_product_v2.py`.)"
    )
    part = kernel_part("label(FOUR_INPUTS)", "sub(")[1:]
    s.show("the kernel, line by line", "\n".join(f"{line:<23}{meaning(line)}" for line in part))
    s.read(
        "`r0` is where the inputs begin in memory. `r1` and `r2` are where the weights of the two "
        "neurons begin. `r4` and `r6` are the two sums. `r5` is the place of the input. It goes "
        "down by two, for an input takes two bytes, and so does a pair of weights. Why two "
        "neurons? So each input is loaded once and used twice."
    )
    (*_, layer) = (one for one in s.model.network.stages if isinstance(one, IntegerDense))
    inputs, weights = TRACED.inputs, TRACED.first
    pairs = list(zip(inputs, weights, strict=True))
    total = sum(x * w for x, w in pairs)
    terms = [f"({w}) · {x}" if w < 0 else f"{w} · {x}" for x, w in pairs]
    s.formula(
        "a = Σ wᵢ · xᵢ",
        {"a": "the sum of a neuron: `r4`, which in truth begins with the bias",
         "wᵢ": "a weight: `r7`", "xᵢ": "an input: `r3`"},
        code=IntegerDense,
        only="apply",
        line="products = ",
        worked=f"{' + '.join(terms)} = {total}, for the first neuron of the next step",
    )  # fmt: skip
    s.read(
        f"The last layer of our model has {len(layer.weights)} neurons with "
        f"{layer.weights.shape[1]} inputs each: {layer.weights.size} products."
    )


def watch_it_run(s: Session) -> None:
    """The registers after each instruction."""
    s.step("Watch it run")
    n = len(TRACED.inputs)
    s.read(
        f"Now with small numbers. The {n} inputs are {as_words(TRACED.inputs)}. The weights of the "
        f"first neuron are {as_words(TRACED.first)}. Those of the second are "
        f"{as_words(TRACED.second)}. Both sums begin at zero. The code takes the last input first, "
        "and goes on to the front."
    )
    lines, rows = trace_sums()
    a_round = len(lines) // n
    s.table(
        ["instruction", *rows[0]],
        [[line, *row.values()] for line, row in zip(lines[:a_round], rows[:a_round], strict=True)],
        "The registers after each instruction, for the last input",
    )
    total = sum(x * w for x, w in zip(TRACED.inputs, TRACED.second, strict=True))
    s.check(
        f"The same lines run for the other {n - 1} inputs. What is `r6` at the end?",
        total,
        f"The processor says {rows[-1]['r6']}, and `r4` is {rows[-1]['r4']}.",
        hint="It is the dot product of the inputs and the weights of the second neuron.",
    )
    s.read(
        f"In all that took {len(rows)} instructions for {2 * n} products, or "
        f"{len(rows) / (2 * n):.1f} for each."
    )


def as_words(numbers: tuple[int, ...]) -> str:
    """Numbers in a sentence."""
    return ", ".join(map(str, numbers[:-1])) + f" and {numbers[-1]}"


def rounding_in_two(s: Session) -> None:
    """Requantization in the kernel."""
    s.step("Rounding in two instructions")
    accumulator, multiplier, shift = 43, 5, 3
    lines = kernel_part("ldrh(", "adc(")
    rows = trace(
        lines,
        {"r1": MEMORY, "r3": 0, "r4": accumulator},
        np.array([multiplier, shift], dtype="<u2").tobytes(),
        [f"r{i}" for i in (5, 4)],
    )
    s.read(
        "In lesson 9 a sum was multiplied, then half was added, then it was shifted. The kernel "
        "does it with a trick. It shifts first. The last bit that falls out says whether the rest "
        "was a half or more. That bit is added."
    )
    s.show("its lines", "\n".join(f"{line:<23}{meaning(line)}" for line in lines))
    s.read(
        "At `r1` stand the multiplier and the shift, two bytes each. `r3` holds a zero here, so "
        "that only the kept bit is added."
    )
    one = np.array([accumulator]), np.array([multiplier]), np.array([shift])
    kit = int(requantize(*one, -1000, 1000)[0])
    exact = accumulator * multiplier / 2**shift
    s.check(
        f"The accumulator is {accumulator}, the multiplier {multiplier}, the shift {shift}. "
        f"{accumulator} · {multiplier} / {2**shift} = {exact}. What will stand in `r4` at the end?",
        kit,
        f"The kit's Python says {kit}, and the processor says {rows[-1]['r4']}.",
        hint="Is what stands behind the point a half or more?",
    )
    s.table(
        ["instruction", *rows[0]],
        [[line, *row.values()] for line, row in zip(lines, rows, strict=True)],
        f"The accumulator is {accumulator}, the multiplier {multiplier}, the shift {shift}",
    )


def against_python(s: Session) -> None:
    """Instructions of the network in Python and in the kernel."""
    s.step("Against plain Python")
    cost = network_footprint(BOARD, s.model.device_bytes()).instructions
    fast, slow = cost.network or 0.0, cost.network_python
    s.read(
        "The same network can be written in plain Python. The kit has that, too, to compare: "
        "`firmware/plain_network.py`. Both give the same scores. Let us count the instructions of "
        "both."
    )
    if slow is None:
        s.read(f"Plain Python has too little memory for this one. The kernel takes {fast:,.0f}.")
        return
    s.predict(
        f"The kernel takes {fast:,.0f} instructions. How many times as many does Python take?",
        f"about {slow / fast:.0f}",
        f"Python takes {slow:,.0f}, or about {in_ms(slow):.0f} ms. Before each product it must "
        "find out what to do with which objects.",
    )
    s.table(
        ["network", "instructions (counted)", "ms (estimated)"],
        [
            ["plain Python", f"{slow:,.0f}", f"{in_ms(slow):.1f}"],
            ["kernel", f"{fast:,.0f}", f"{in_ms(fast):.2f}"],
        ],
        "The layers of our model on a V1",
    )
    period_ms = s.model.hop * 1000 / s.model.rate_hz
    s.read(
        f"A prediction is due every {period_ms:g} ms. In Python the layers alone take "
        f"{in_ms(slow) / period_ms:.0%} of that. Features and samples come on top."
    )


# --- a program of your own


def your_own_program(s: Session) -> None:
    """main.py of a few lines, and a gesture that is played into it."""
    s.step("Your own program")
    recording = most_confident(s.model, s.data.recordings)
    program = OWN_PROGRAM.format(label=recording.label)
    s.read(
        "A few lines, and the board does what **you** want. This program shows a heart for one "
        "movement only."
    )
    s.show("main.py", program.strip())
    played = play(s.model, program, recording)
    told = bool(played.printed)
    s.predict(
        f"We put it on a virtual board, and move it as in a recording of {named(recording.label)}. "
        "What will the display show?",
        "a heart" if told else "nothing",
        "Let us look." if told else "This time the board did not say this name. Look:",
        choices=("a heart", "nothing", "the name"),
    )
    s.show("the display", played.leds)
    s.show("on the serial line", played.printed or "(nothing)")
    s.read(
        "Your turn: write a `main.py` for your own idea. A door bell for a wave, a step counter, a "
        "game. With a board: `microbit-ml flash MODEL --program main.py`."
    )


# --- the world


def turned_around(s: Session) -> None:
    """Another strength, another orientation."""
    s.step("In the world")
    every = s.data.recordings

    def harder(times: float) -> str:
        share = right_share(s.model, every, [moved_harder(one, times) for one in every])
        return f"{times:g} times as strong: {share:.0%} right"

    def share_turned(degrees: float) -> float:
        return right_share(s.model, every, [turned(one, degrees) for one in every])

    s.read(
        "Out there, nobody moves as in the data. Let us try. We take the very recordings that the "
        "model learned from, and alter them. The sensor cannot say more than "
        f"{HIGHEST_COUNT} counts: what is stronger is cut off."
    )
    s.change("Move how many times as strongly?", 2.0, (0.5, 1, 2, 4), harder, low=0, high=10)
    angles = list(range(0, 181, 30))
    shares = [share_turned(angle) for angle in angles]
    s.predict(
        f"As they were, {shares[0]:.0%} get their own name. Now the board is held the other way "
        f"up, tipped over by {angles[-1]} degrees. How many get their name?",
        f"{shares[-1]:.0%}",
        "Two of the axes, y and z, have changed their sign. The model was never shown that."
        if shares[-1] < shares[0]
        else "This model does not mind.",
    )
    s.picture(
        Chart(
            "A tipped board",
            "tipped by, in degrees",
            "right answers in %",
            [Series("right answers", angles, [100 * share for share in shares])],
            alt=f"From {shares[0]:.0%} as it was to {min(shares):.0%} in the worst place.",
            y_range=(0, 100),
        )
    )
    s.read(
        "What helps? Record it that way, too. Or let augmentation turn the recordings. Or draw an "
        "arrow on the board, so that people hold it right."
    )


def false_alarms(s: Session) -> None:
    """Rare mistakes, all day long."""
    s.step("All day long")
    often = predictions_a_second(s.model.rate_hz, s.model.hop)
    one_in = 10_000
    s.read(
        f"The board predicts {often:g} times a second, all day long. Most of the time nobody makes "
        "a gesture. So even a rare mistake comes often."
    )
    s.formula(
        "f = p · q · t",
        {"f": "false alarms in a day", "p": "predictions in a second",
         "q": "the share of them that is a false alarm", "t": "the seconds of a day"},
        code=alarms_a_day,
        line="predictions * share",
        worked=f"{often:g} · {1 / one_in:g} · {SECONDS_A_DAY:,} = "
        f"{alarms_a_day(often, 1 / one_in):.1f}, with one in {one_in:,} wrong",
    )  # fmt: skip
    s.change(
        "One prediction is wrong in how many?",
        one_in,
        (100, one_in, 10 * one_in),
        lambda number: f"false alarms in a day: {alarms_a_day(often, 1 / number):,.1f}",
        low=1,
    )
    s.check(
        "You want one false alarm a day at most. One prediction in how many may be wrong?",
        often * SECONDS_A_DAY,
        f"{often:g} · {SECONDS_A_DAY:,} = {often * SECONDS_A_DAY:,.0f} predictions in a day. That "
        "is why one prediction alone must not ring, and evidence is collected.",
        tolerance=0.05 * often * SECONDS_A_DAY,
        hint="How many predictions are there in a day?",
    )


def decisions_that_matter(s: Session) -> None:
    """Who decides, and what if it is wrong."""
    s.step("Decisions that matter")
    s.read(
        "Other things go wrong, too. A new person moves in another way. A battery gets weak, and "
        "the alarm is silent without a word. Somebody wears the board on the other arm.\n\n"
        "So ask before you build. What happens if it is wrong? Who is hurt, and can they say no? "
        "Is there a person who looks? How do you notice that it stopped?"
    )
    s.check(
        "For which of these would you let the board alone decide?",
        "a lamp goes on at a wave",
        "If the lamp is wrong, you wave again. For the others a mistake hurts somebody. There the "
        "board may help, but a person must decide.",
        choices=(
            "an ambulance is sent or not",
            "a lamp goes on at a wave",
            "a pupil gets a mark in sports",
        ),
        hint="Think of each mistake, both ways round. What happens then?",
    )
    s.read(
        "You have come a long way: from counts to vectors, from one neuron to a network, downhill "
        "and back, to integers on a chip that costs little. You can read all of it, for it is all "
        "in the kit. And you know which questions to ask."
    )
