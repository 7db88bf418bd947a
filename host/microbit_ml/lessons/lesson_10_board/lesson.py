"""Lesson 10, On the board: latency, memory, machine code, a program of your own, the world.

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
    MODEL_HEAP,
    SLOWER,
    TRACED,
    busy_fraction,
    counted,
    files_for,
    firmware_lines,
    fraction_right,
    free_heap,
    in_ms,
    kernel_lines,
    main_program,
    most_confident,
    play,
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
        "You wave a board, but the model is on the laptop. That is no use. So the model must move "
        "to the board. There it has four jobs, again and again.\n\n"
        "**Sample**: read the sensor. **Window**: keep the newest samples, and forget the oldest. "
        "**Predict**: turn the window into scores. **Decide**: report a name, or wait."
    )
    s.word("deployment")
    s.read("Here is the whole program that the kit puts on a board. It is called `main.py`.")
    s.show("firmware/main.py", "\n".join(firmware_lines("main.py", "from gesture")))
    s.check(
        "Which line does all four jobs?",
        "name = recognizer.next()",
        "`next()` waits for a sample and moves the window. Now and then it predicts and decides. "
        "It returns a name when the model is sure enough, and otherwise nothing.",
        choices=("recognizer = Recognizer()", "name = recognizer.next()", "listen(recognizer)"),
        hint="It must be a line inside the loop.",
    )


def a_moving_window(s: Session) -> None:
    """The hop."""
    model = s.model
    s.step("The window moves")
    s.word("hop")
    s.read(
        f"The window of this model holds {model.window} samples. At {model.rate_hz:g} samples a "
        f"second, that is {model.window / model.rate_hz:g} s of movement. The board does not "
        f"predict after every sample. Its hop is {model.hop}. (Engineers also call it the stride.)"
    )
    s.predict(
        "How many predictions does it make in a second?",
        predictions_a_second(model.rate_hz, model.hop),
        "That is often enough: you do not notice the wait."
        if model.hop / model.rate_hz < 0.3
        else "That is slow: you may notice the wait.",
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
        f"{shared:.0%}. So the board sees a movement many times, each time a little further on."
    )

    def result_of(number: float) -> str:
        hop = round(number)
        busy = busy_fraction(model, hop)
        often = predictions_a_second(model.rate_hz, hop)
        return f"{often:.1f} predictions a second; a V1 is busy {busy:.0%} of the time"

    hops = (1, model.hop, 5 * model.hop)
    s.change("The hop", model.hop, hops, result_of, low=1, high=model.window)


def the_decision(s: Session) -> None:
    """Debouncing by evidence, and the latency that it costs."""
    s.step("Sure enough?")
    model = s.model
    lines = firmware_lines("recognizer.py", "and label != self.detected", "return self.names")
    enough = int(re.search(r"evidence >= (\d+)", "\n".join(lines))[1])  # type: ignore[index]
    s.read(
        "Each prediction has a **confidence**. It is negative for an unknown movement, and high "
        "for a movement that the model knows well. But one prediction may be luck. So the board "
        "collects evidence. Each prediction of the same label adds its confidence, times the "
        "milliseconds since the last prediction. If the label changes, the evidence starts again "
        f"from zero. At {enough:,} the board reports the name. Engineers call this debouncing."
    )
    s.show("firmware/recognizer.py", "\n".join(lines))
    s.word("latency")
    step_ms = round(model.hop * 1000 / model.rate_hz)
    confidence = 25
    times = ceil(enough / (confidence * step_ms))
    s.check(
        f"A prediction comes every {step_ms} ms. Each time the confidence is {confidence}. How "
        f"many predictions does it take to get to {enough:,}?",
        times,
        f"Each adds {confidence} · {step_ms} = {confidence * step_ms:,}. So it takes {times} "
        f"predictions, or {times * step_ms / 1000:g} s.",
        hint=f"First work out {confidence} · {step_ms}.",
    )
    s.read(
        "More evidence means fewer false alarms. It also means more latency. You know this "
        "trade-off: it is the threshold from lesson 8."
    )


def in_each_step(s: Session) -> None:
    """The work in each sample period, and how long it takes."""
    s.step("In the time of one sample")
    model = s.model
    s.word("instruction")
    s.word("heap")
    period_ms = 1000 / model.rate_hz
    jobs = counted(model.device_bytes())
    s.read(
        f"A new sample comes every {period_ms:g} ms. All the work must be done before the next "
        "one. A virtual board can count the instructions exactly. The time is an estimate from the "
        f"count: {SLOWER.cycles} ticks of the clock for each one, and {SLOWER.clock_mhz} ticks in "
        "a millionth of a second. All this is for the V1, the slower board. A V2 has the same "
        "jobs. One of them is garbage collection. It frees memory that is no longer used, one "
        "sample before each prediction."
    )
    s.table(
        ["job", "instructions (counted)", "ms (estimated)"],
        [
            [name, f"{job:,.0f}", f"{in_ms(job):.2f}"]
            for name, job in (
                ("sample, and move the window", jobs.sample),
                ("garbage collection", jobs.collect),
                ("predict and decide", jobs.predict),
            )
        ],
        "Work on a micro:bit V1",
    )
    slots = list(range(1, model.hop + 1))
    extra = np.zeros(model.hop)
    extra[-2:] = jobs.collect, jobs.predict
    work = [in_ms(jobs.sample + one) for one in extra]
    s.picture(
        Chart(
            f"Work in each {period_ms:g} ms",
            "sample",
            "work in ms",
            [Series("work", slots, work, style="bars")],
            alt=f"Most samples take {work[0]:.1f} ms. The one before a prediction takes "
            f"{work[-2]:.1f} ms, and the one with the prediction {work[-1]:.1f} ms of "
            f"{period_ms:g}.",
            y_range=(0, period_ms),
        )
    )
    s.read(
        f"The busiest sample takes {max(work):.1f} of {period_ms:g} ms. The rest is free for your "
        "own program."
        if max(work) < period_ms
        else "That is longer than a sample lasts. With this model the board would lose samples."
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
        f"needs some of that. So {MODEL_HEAP:,} are left for a model. Engineers call the memory "
        "that a program needs its footprint."
    )
    s.check(
        f"This model takes {taken:,} bytes of heap. Does it fit on a V1?",
        "yes" if taken <= MODEL_HEAP else "no",
        f"{taken:,} of {MODEL_HEAP:,}: {taken / MODEL_HEAP:.0%}.",
        choices=("yes", "no"),
        hint=f"Compare it with {MODEL_HEAP:,}.",
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
        return f"{first} = {first} >> {operands[1]}; the last bit that drops off is kept"
    if name == "adc":
        return f"{first} = {first} + {operands[1]} + the kept bit"
    return f"unless the last result is negative, go back to {first}"


def inside_the_processor(s: Session) -> None:
    """Registers, assembler, and the lines of the kernel."""
    s.step("Inside the processor")
    s.word("register")
    s.word("assembler")
    s.word("kernel")
    s.read(
        "A layer spends most of its time in one small piece of code: weight times input, added up. "
        "Here it is, for one input and two neurons at once. It is the real code of a V1, from "
        "`firmware/kernels/dot_product.py`. (The V2 has its own version, `dot_product_v2.py`.)"
    )
    loop = kernel_lines("label(FOUR_INPUTS)", "sub(")[1:]
    s.show("the kernel, line by line", "\n".join(f"{line:<23}{meaning(line)}" for line in loop))
    s.read(
        "`r0` is where the inputs start in memory: their address. `r1` and `r2` are the addresses "
        "of the weights of the two neurons. `r4` and `r6` are the two sums. `r5` is the offset of "
        "the input. It goes down by two, because an input takes two bytes, and so does a pair of "
        "weights. Why two neurons? That way each input is loaded once and used twice."
    )
    (*_, layer) = (one for one in s.model.network.stages if isinstance(one, IntegerDense))
    inputs, weights = TRACED.inputs, TRACED.first
    pairs = list(zip(inputs, weights, strict=True))
    total = sum(x * w for x, w in pairs)
    terms = [f"({w}) · {x}" if w < 0 else f"{w} · {x}" for x, w in pairs]
    s.formula(
        "a = Σ wᵢ · xᵢ",
        {"a": "the sum of a neuron: `r4` (really, it starts with the bias)",
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
        f"Now try it with small numbers. The {n} inputs are {listed(TRACED.inputs)}. The weights "
        f"of the first neuron are {listed(TRACED.first)}. The weights of the second are "
        f"{listed(TRACED.second)}. Both sums start at zero. The code takes the last input first, "
        "and works its way to the front."
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
        f"The processor gets {rows[-1]['r6']}, and `r4` is {rows[-1]['r4']}.",
        hint="It is the dot product of the inputs and the weights of the second neuron.",
    )
    s.read(
        f"That took {len(rows)} instructions in all for {2 * n} products, or "
        f"{len(rows) / (2 * n):.1f} for each."
    )


def listed(numbers: tuple[int, ...]) -> str:
    """Numbers as a list in a sentence."""
    return ", ".join(map(str, numbers[:-1])) + f" and {numbers[-1]}"


def rounding_in_two(s: Session) -> None:
    """Requantization in the kernel."""
    s.step("Rounding in two instructions")
    accumulator, multiplier, shift = 43, 5, 3
    lines = kernel_lines("ldrh(", "adc(")
    rows = trace(
        lines,
        {"r1": MEMORY, "r3": 0, "r4": accumulator},
        np.array([multiplier, shift], dtype="<u2").tobytes(),
        [f"r{i}" for i in (5, 4)],
    )
    s.read(
        "In lesson 9 you multiplied a sum, added a half, and then shifted. The kernel has a trick. "
        "It shifts first. The last bit that drops off tells whether the rest was a half or more. "
        "The kernel adds that bit."
    )
    s.show("the lines", "\n".join(f"{line:<23}{meaning(line)}" for line in lines))
    s.read(
        "The multiplier and the shift are in memory at `r1`, two bytes each. `r3` is zero here, so "
        "only the kept bit is added."
    )
    one = np.array([accumulator]), np.array([multiplier]), np.array([shift])
    kit = int(requantize(*one, -1000, 1000)[0])
    exact = accumulator * multiplier / 2**shift
    s.check(
        f"The accumulator is {accumulator}, the multiplier {multiplier}, the shift {shift}. "
        f"{accumulator} · {multiplier} / {2**shift} = {exact}. What will be in `r4` at the end?",
        kit,
        f"The kit's Python gets {kit}, and the processor gets {rows[-1]['r4']}.",
        hint="Look at the part after the point. Is it a half or more?",
    )
    s.table(
        ["instruction", *rows[0]],
        [[line, *row.values()] for line, row in zip(lines, rows, strict=True)],
        f"The accumulator is {accumulator}, the multiplier {multiplier}, the shift {shift}",
    )


def against_python(s: Session) -> None:
    """Instructions of the network in Python and in the kernel."""
    s.step("Against plain Python")
    counts = network_footprint(BOARD, s.model.device_bytes()).instructions
    fast, slow = counts.network or 0.0, counts.network_python
    s.read(
        "You can write the same network in plain Python. The kit has that, too, so that you can "
        "compare: `firmware/plain_network.py`. Both give the same scores. Let's count the "
        "instructions of both."
    )
    if slow is None:
        s.read(f"For plain Python there is not enough memory. The kernel takes {fast:,.0f}.")
        return
    s.predict(
        f"The kernel takes {fast:,.0f} instructions. How many times as many does Python take?",
        f"about {slow / fast:.0f}",
        f"Python takes {slow:,.0f}, or about {in_ms(slow):.0f} ms. Before each product it must "
        "find out what kind of objects they are, and how to multiply them.",
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
        f"A prediction is due every {period_ms:g} ms. In Python, the layers alone take "
        f"{in_ms(slow) / period_ms:.0%} of that. Features and samples come on top."
    )


# --- a program of your own


def your_own_program(s: Session) -> None:
    """A main.py of a few lines, and a gesture that is played to it."""
    s.step("Your own program")
    recording = most_confident(s.model, s.data.recordings)
    program = OWN_PROGRAM.format(label=recording.label)
    s.read(
        "It takes just a few lines to make the board do what **you** want. This program shows a "
        "heart, but only for one movement."
    )
    s.show("main.py", program.strip())
    played = play(s.model, program, recording)
    detected = bool(played.printed)
    s.predict(
        f"We put it on a virtual board, and move the board as in a recording of "
        f"{named(recording.label)}. What will the display show?",
        "a heart" if detected else "nothing",
        "Let's look." if detected else "This time the board did not detect it. Look:",
        choices=("a heart", "nothing", "the name"),
    )
    s.show("the display", played.leds)
    s.show("on the serial port", played.printed or "(nothing)")
    s.read(
        "Your turn: write a `main.py` for your own idea. How about a doorbell for a wave, a step "
        "counter, or a game? With a real board: `microbit-ml flash MODEL --program main.py`."
    )


# --- the world


def turned_around(s: Session) -> None:
    """Stronger movements, and a board that is held another way."""
    s.step("In the world")
    every = s.data.recordings

    def harder(times: float) -> str:
        fraction = fraction_right(s.model, every, [moved_harder(one, times) for one in every])
        return f"{times:g} times as strong: {fraction:.0%} right"

    def when_turned(degrees: float) -> float:
        return fraction_right(s.model, every, [turned(one, degrees) for one in every])

    s.read(
        "Out in the world, people do not move as in your data. Let's try that. We take the very "
        "recordings that the model learned from, and change them. The sensor only goes up to "
        f"{HIGHEST_COUNT} counts: anything stronger is cut off."
    )
    s.change("How many times as strong?", 2.0, (0.5, 1, 2, 4), harder, low=0, high=10)
    angles = list(range(0, 181, 30))
    fractions = [when_turned(angle) for angle in angles]
    s.predict(
        f"Unchanged, {fractions[0]:.0%} get the right name. Now hold the board the other way up, "
        f"tipped over by {angles[-1]} degrees. How many get the right name?",
        f"{fractions[-1]:.0%}",
        "Two of the axes, y and z, have changed sign. The model has never seen that."
        if fractions[-1] < fractions[0]
        else "This model does not mind.",
    )
    s.picture(
        Chart(
            "A tipped board",
            "tipped by, in degrees",
            "right answers in %",
            [Series("right answers", angles, [100 * fraction for fraction in fractions])],
            alt=f"From {fractions[0]:.0%} without tipping to {min(fractions):.0%} at the worst "
            "angle.",
            y_range=(0, 100),
        )
    )
    s.read(
        "What helps? Record it that way, too. Or let augmentation turn the recordings. Or draw an "
        "arrow on the board, so that people hold it the right way."
    )


def false_alarms(s: Session) -> None:
    """Rare mistakes, all day long."""
    s.step("All day long")
    often = predictions_a_second(s.model.rate_hz, s.model.hop)
    one_in = 10_000
    s.read(
        f"The board predicts {often:g} times a second, all day long. Most of the time nobody makes "
        "a gesture. So even a rare mistake happens often."
    )
    s.formula(
        "f = p · q · t",
        {"f": "false alarms in a day", "p": "predictions in a second",
         "q": "the fraction of them that are false alarms", "t": "the seconds in a day"},
        code=alarms_a_day,
        line="predictions * fraction",
        worked=f"{often:g} · {1 / one_in:g} · {SECONDS_A_DAY:,} = "
        f"{alarms_a_day(often, 1 / one_in):.1f}, with one in {one_in:,} wrong",
    )  # fmt: skip
    s.change(
        "One prediction in how many is wrong?",
        one_in,
        (100, one_in, 10 * one_in),
        lambda number: f"false alarms in a day: {alarms_a_day(often, 1 / number):,.1f}",
        low=1,
    )
    s.check(
        "You want at most one false alarm a day. One prediction in how many may be wrong?",
        often * SECONDS_A_DAY,
        f"{often:g} · {SECONDS_A_DAY:,} = {often * SECONDS_A_DAY:,.0f} predictions in a day. That "
        "is why a single prediction must not ring, and the board collects evidence.",
        tolerance=0.05 * often * SECONDS_A_DAY,
        hint="How many predictions are there in a day?",
    )


def decisions_that_matter(s: Session) -> None:
    """Who decides, and what happens if it is wrong."""
    s.step("Decisions that matter")
    s.read(
        "Other things go wrong, too. A new person moves in a different way. A battery runs low, "
        "and the alarm goes silent without a warning. Somebody wears the board on the other arm."
        "\n\n"
        "So ask before you build. What happens if it is wrong? Who gets hurt, and can they say no? "
        "Does a person check? How do you notice that it has stopped?"
    )
    s.check(
        "For which of these would you let the board decide on its own?",
        "switch a lamp on at a wave",
        "If the lamp gets it wrong, you wave again. In the other cases, a mistake hurts somebody. "
        "The board may help there, but a person must decide.",
        choices=(
            "send an ambulance or not",
            "switch a lamp on at a wave",
            "give a pupil a mark in sports",
        ),
        hint="Think of each mistake, both ways round. What happens then?",
    )
    s.read(
        "You have come a long way: from counts to vectors, from one neuron to a network, downhill "
        "and back, to integers on a cheap little chip. You can read all of the code, because it "
        "is all in the kit. And you know which questions to ask."
    )
