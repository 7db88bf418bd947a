"""Lesson 9, Integers: bits, overflow, quantization (scales and rounding), and how few bits a
network needs.

The board computes with whole numbers only. Here pupils compute a prediction by hand in the same
numbers, and compare it with the board's. The specification is ``arithmetic/ARITHMETIC.md``.
"""

from __future__ import annotations

if __name__ == "__main__":  # this file was started by itself: run the lesson of its folder
    from microbit_ml.lessons.alone import run_folder

    run_folder(__file__)

from dataclasses import replace

import numpy as np

from microbit_ml.arithmetic.fixed_point import SMALL_INT_LIMIT, requantize
from microbit_ml.charts import Chart, Series
from microbit_ml.common.wording import in_words
from microbit_ml.kinds import HIDDEN_LIMIT
from microbit_ml.lessons.session import Session
from microbit_ml.lessons.values import named
from microbit_ml.quantize.quantizer import WEIGHT_LIMIT, quantize_dense, round_half_up
from microbit_ml.targets import TARGETS

from .example import BIG_INTS, PRODUCTS, ByHand, Exam, unchanged
from .maths import (
    BYTE_BITS,
    add_int8,
    bits_of,
    bytes_for,
    dense_layers,
    fractions_of_limit,
    int8_of,
    to_bits,
    to_ternary,
    value_of,
)

FLOAT_BITS = 32  # of the floats that the laptop trains with
TERNARY_BITS = 2  # enough for -1, 0 or 1


def lesson(s: Session) -> None:
    """From one bit to a prediction in integers."""
    switches(s)
    below_zero(s)
    too_large(s)
    on_the_board_too_large(s)
    a_ruler(s)
    half_up(s)
    exam = Exam.of(s)
    fewer_bits(s, exam)
    your_bits(s, exam)
    time_for_a_product(s)
    no_overflow(s)
    a_wrong_scale(s, exam)
    hand = ByHand.of(s)
    a_sum_by_hand(s, hand)
    a_score_by_hand(s, hand)
    found_on_the_board(s, hand)


# --- bits


def switches(s: Session) -> None:
    """A byte, and the value of each of its bits."""
    s.step("Eight switches")
    weight = float(s.model.float_model.network.trainable_layers[-1].weights[0, 0])
    s.read(
        f"On the laptop, a weight is a number such as {weight:.2f}. On the board every number is "
        "whole, because whole numbers are small and fast. Can that work? First things first: how "
        "does a computer store a number at all? With switches that are on or off."
    )
    s.word("bit")
    s.word("byte")
    s.word("integer")
    s.predict(
        "Here is a row of eight switches, each on or off. How many different patterns are there?",
        2**BYTE_BITS,
        then="Each new switch doubles the number of patterns: two for one switch, four for two, "
        f"{2**BYTE_BITS} for eight.",
    )
    s.read(
        "Each position is worth twice as much as the one to its right. Add up the ones that are on."
    )
    example = 37
    ones = [2**i for i, bit in enumerate(reversed(bits_of(example))) if bit == "1"]
    s.formula(
        "n = Σ bᵢ · 2ⁱ",
        {"n": "the number", "bᵢ": "the bit at position i, counted from the right, starting at zero",
         "2ⁱ": "what the position is worth"},
        code=value_of,
        line="sum(int(bit)",
        worked=f"{bits_of(example)}: {' + '.join(f'{one}' for one in reversed(ones))} = {example}",
    )  # fmt: skip
    s.change("A number in bits", example, (5, example, 255), bits_text, low=0, high=255)
    asked = 20
    s.check(
        f"Which number is {bits_of(asked)}?",
        asked,
        f"{value_of(bits_of(16))} + {value_of(bits_of(4))} = {asked}.",
        hint="From the right, the positions are worth one, two, four, eight and so on.",
    )


def bits_text(number: float) -> str:
    """A number and its bits, in words."""
    return f"{round(number)} is {bits_of(round(number))}"


def below_zero(s: Session) -> None:
    """Two's complement."""
    s.step("Below zero")
    s.read(
        "And what about minus one? Count down like the mileage counter of an old car: one, zero, "
        f"and then all the wheels roll over. Below {bits_of(0)} comes {bits_of(-1)}. So the first "
        "position is worth a **negative** number. This is called two's complement."
    )
    s.word("int8")
    example = -100
    bits = bits_of(example)
    s.formula(
        "n = v − b · 2⁸",
        {"n": "the number", "v": "what the bits are worth as before", "b": "the first bit"},
        code=int8_of,
        line="value_of(bits) - int",
        worked=f"{bits}: {value_of(bits)} − {bits[0]} · {2**BYTE_BITS} = {int8_of(bits)}",
    )
    more = 1 - example
    s.read(
        f"The best part: adding works just as before. Take {example} and {more}: {bits} plus "
        f"{bits_of(more)} is {bits_of(example + more)}, and a one drops off at the front. You need "
        "no rule for the sign."
    )
    asked = -3
    s.check(
        f"Which number is {bits_of(asked)} as an int8?",
        asked,
        f"{value_of(bits_of(asked))} − {2**BYTE_BITS} = {asked}.",
        hint=f"{bits_of(-1)} is minus one. Count down from there.",
    )


def too_large(s: Session) -> None:
    """Overflow in a byte."""
    s.step("Too large")
    largest = int(np.iinfo(np.int8).max)
    s.predict(
        f"The largest int8 is {largest}, which is {bits_of(largest)}. Add one. What do you get?",
        add_int8(largest, 1),
        f"{bits_of(largest)} plus one is {bits_of(largest + 1)}. Now the first position is on, and "
        "it is worth a negative number.",
    )
    s.word("overflow")
    s.run(add_int8, largest, 1)
    s.change(f"Add to {largest}", 1, (1, 2, 100), overflow_text, low=0, high=255)
    by_numpy = np.array([largest], dtype=np.int8) + np.array([1], dtype=np.int8)
    s.read(
        f"NumPy's own int8 gives {by_numpy[0]}, too. Nothing warns you. The board would trust "
        "a wrong number, and name the wrong gesture."
        if by_numpy[0] == add_int8(largest, 1)
        else f"NumPy's own int8 gives {by_numpy[0]}."
    )


def overflow_text(number: float) -> str:
    """The sum of a number and the largest int8, in words."""
    largest = int(np.iinfo(np.int8).max)
    return f"{largest} + {round(number)} gives {add_int8(largest, round(number))}"


def on_the_board_too_large(s: Session) -> None:
    """How MicroPython stores a number that is too large for a small integer."""
    s.step("On the board")
    bits = SMALL_INT_LIMIT.bit_length()
    s.read(
        f"Python does not overflow. On the board it has {bits} bits for an integer. That is enough "
        f"up to {SMALL_INT_LIMIT - 1:,}. What does it do with one more? Let's find out how much "
        "memory the next number takes."
    )
    program = BIG_INTS.format(below=SMALL_INT_LIMIT - 2, limit=SMALL_INT_LIMIT - 1)
    s.show("a program for the board", program.strip())
    below, above = (int(text) for text in s.run_on_board(program).split())
    s.show("it prints", f"{below} {above}")
    s.read(
        f"Adding one to {SMALL_INT_LIMIT - 2:,} takes {below} bytes of memory. Adding one to "
        f"{SMALL_INT_LIMIT - 1:,} takes {above} bytes. "
        + (
            f"So a larger number needs {above - below} bytes of its own. And faster code, as in "
            "the next lesson, would overflow without a warning."
            if above > below
            else "On this board there is no difference."
        )
    )
    s.read(
        "So the kit proves that no number in a prediction ever gets that large. More about that "
        "later."
    )


# --- scales and rounding


def a_ruler(s: Session) -> None:
    """A scale: real weights as integers."""
    s.step("A ruler")
    s.read(
        "How can an integer stand for a real weight, with digits after the decimal point? Think "
        "of the marks on a ruler. From mark to mark is one step. Choose the step so that the "
        f"largest weight is at the last mark. The kit uses {WEIGHT_LIMIT} marks on each side of "
        "zero."
    )
    s.word("scale")
    s.word("rounding")
    s.word("fixed point")
    s.word("quantization")
    weights = s.model.float_model.network.trainable_layers[-1].weights[:, 0]
    step = float(np.abs(weights).max()) / WEIGHT_LIMIT
    marks = round_half_up(weights / step)
    s.formula(
        "q = round(w / s)",
        {"q": "the integer", "w": "the real weight", "s": "the scale: what one step is worth"},
        code=quantize_dense,
        line="w = round_half_up(",
        worked=f"{weights[0]:.4f} / {step:.5f} = {weights[0] / step:.2f}, rounded to {marks[0]}",
    )
    s.table(
        ["weight", "in steps", "integer", "integer times scale"],
        [
            [f"{w:.4f}", f"{w / step:.2f}", q, f"{q * step:.4f}"]
            for w, q in zip(weights[:5], marks[:5], strict=True)
        ],
        "A few weights of the last layer",
    )
    s.check(
        f"The scale is {step:.5f}. Which real number does the integer {WEIGHT_LIMIT // 2} stand "
        "for?",
        WEIGHT_LIMIT // 2 * step,
        f"{WEIGHT_LIMIT // 2} · {step:.5f} = {WEIGHT_LIMIT // 2 * step:.4f}.",
        tolerance=0.01 * WEIGHT_LIMIT * step,
        hint="That many steps, and each one is worth the scale.",
    )
    worst = float(np.abs(weights - marks * step).max())
    s.read(f"No weight is off by more than half a step: here {worst:.5f} at most.")


def half_up(s: Session) -> None:
    """Dividing by shifting, and rounding half up."""
    s.step("Shift and round")
    s.read(
        "The V1's small processor cannot divide in one go. But it can **shift** all the bits "
        "to the right. Shifting by one position halves the number. What drops off is lost, so the "
        "result is always rounded down. In Python you write `>>`."
    )
    example, positions = 10, 2
    half = 1 << (positions - 1)
    s.formula(
        "y = (a + h) >> s",
        {"y": "the rounded result", "a": "the integer", "s": "how many positions to shift",
         "h": f"half of what one step is worth after the shift: here {half}"},
        code=requantize,
        line="+ rounding) >> shift",
        worked=f"({example} + {half}) >> {positions} = {(example + half) >> positions}",
    )  # fmt: skip
    s.table(
        ["a", "real", "a >> s", "(a + h) >> s"],
        [
            [a, a / 2**positions, a >> positions, (a + half) >> positions]
            for a in (9, 10, 11, -9, -10, -11)
        ],
        f"Shifted by {positions} positions",
    )
    s.read(
        "A half is always rounded up, even below zero: "
        f"{-example / 2**positions:g} becomes {(half - example) >> positions}. The kit rounds all "
        "its integers this way."
    )
    asked = 22
    s.check(
        f"What is ({asked} + {half}) >> {positions}?",
        (asked + half) >> positions,
        f"{asked} / {2**positions} = {asked / 2**positions}, and a half goes up.",
        hint=f"Add first. Then halve it {positions} times, and drop what is left over.",
    )


# --- how few bits


def fewer_bits(s: Session, exam: Exam) -> None:
    """Float, int8, int4, ternary, one bit."""
    s.step("How few bits?")
    n = len(exam.recordings)
    seen = "that it has not seen" if exam.held_out else "(the ones that it learned from)"
    s.read(
        f"The network has {exam.n_weights} weights. The laptop stores each of them in {FLOAT_BITS} "
        f"bits. Let's use fewer, and test it on {n} recordings {seen}. We only make the weights "
        "coarser here. All other numbers stay as they are."
    )
    whole, eight = exam.accuracy(unchanged), exam.with_bits(BYTE_BITS)
    s.predict(
        f"With all bits, {whole:.0%} are right. How many are right with int8?",
        f"{eight:.0%}",
        "You lose nothing."
        if eight >= whole
        else f"You lose {round((whole - eight) * n)} of {n} answers.",
    )
    s.code(to_bits)
    half = BYTE_BITS // 2
    ways = [
        ("float", FLOAT_BITS, whole),
        ("int8", BYTE_BITS, eight),
        ("int4", half, exam.with_bits(half)),
        ("ternary: minus one, zero, one", TERNARY_BITS, exam.accuracy(to_ternary)),
        ("the sign alone", 1, exam.with_bits(1)),
    ]
    s.table(
        ["weights", "bits each", "bytes for all", "right"],
        [
            [name, bits, bytes_for(exam.n_weights, bits), f"{accuracy:.1%}"]
            for name, bits, accuracy in ways
        ],
        f"The same network with coarser weights, on {n} recordings",
    )
    losses = [(name.split(":")[0], round((whole - accuracy) * n)) for name, _, accuracy in ways[1:]]
    as_good = [name for name, lost in losses if lost <= 0]
    s.read(
        (f"As good as float here: {in_words(as_good)}. " if as_good else "")
        + "".join(
            f"With {name}, {lost} more of the {n} are wrong. " for name, lost in losses if lost > 0
        )
        + "A long sum forgives a lot: some weights are rounded up, others down. But one answer "
        "more or less may just be luck: see lesson 8."
    )


def your_bits(s: Session, exam: Exam) -> None:
    """Any number of bits, and a chart of all."""
    s.step("Choose the bits")

    def result_of(number: float) -> str:
        bits = round(number)
        n_bytes = bytes_for(exam.n_weights, bits)
        return f"bits: {bits}; bytes: {n_bytes}; right: {exam.with_bits(bits):.1%}"

    s.change("Bits for each weight", 4, (1, 2, 3, 4), result_of, low=1, high=16)
    every = list(range(1, BYTE_BITS + 1))
    percents = [100 * exam.with_bits(bits) for bits in every]
    whole = 100 * exam.accuracy(unchanged)
    s.picture(
        Chart(
            "Fewer bits",
            "bits for each weight",
            "right answers in %",
            [Series("rounded", every, percents), Series("float", every, [whole] * len(every))],
            alt=f"With one bit {percents[0]:.0f}% are right, with eight {percents[-1]:.0f}%; "
            f"as float {whole:.0f}%.",
        )
    )
    ternary = 100 * exam.accuracy(to_ternary)
    s.read(
        "Two bits and ternary use the same integers: minus one, zero and one. Only their scales "
        "differ: one comes from the largest weight, the other from the mean size of all weights. "
        + (
            f"Here both get {ternary:.1f}% right."
            if percents[1] == ternary
            else f"Yet two bits get {percents[1]:.1f}% right, and ternary gets {ternary:.1f}%."
        )
    )
    s.read(
        "The kit uses int8. It loses next to nothing, and the processor reads a whole byte at "
        "once. Fewer bits would save bytes, but no time: the processor would have to unpack them "
        "first."
    )


def in_ms(microseconds: float) -> float:
    """Microseconds in milliseconds."""
    return microseconds / 1000


def time_for_a_product(s: Session) -> None:
    """The time of one product: float and int in Python, and int8 in the kit's code."""
    s.step("And the time?")
    s.read("A network is mostly products: weight times input, added up. How long does one take?")
    s.show("a program for the board", PRODUCTS.strip())
    kind, of_float, of_int = s.run_on_board(PRODUCTS).split()
    target = TARGETS[kind]
    fast = target.microseconds(target.dense_cost.product)
    n = sum(layer.weights.size for layer in s.model.float_model.network.trainable_layers)
    measured = f"measured, {'virtual' if s.board.startswith('virtual') else 'your'} board"
    s.table(
        ["method", "one product", f"all {n}", "source"],
        [
            [method, f"{each:.2f} µs", f"{in_ms(n * each):.2f} ms", source]
            for method, each, source in (
                ("float, Python", float(of_float), measured),
                ("integer, Python", float(of_int), measured),
                ("int8, the kit's code", fast, "computed from a count of steps"),
            )
        ]
        + [["int4 to one bit", "", "", "the kit has no code for it"]],
        "Time for one product (in microseconds), and for the network (in milliseconds)",
    )
    s.read(
        f"In Python, a float takes only {float(of_float) / float(of_int):.1f} times as long as an "
        f"integer. But Python itself is slow: the kit's code is about {float(of_int) / fast:.0f} "
        "times as fast. It talks to the processor directly, and the V1's processor has only "
        f"integers. (We assume {target.cycles} ticks of its clock for each step. That is an "
        "estimate.)"
    )


# --- nothing overflows, unless a scale is wrong


def no_overflow(s: Session) -> None:
    """The bound of an accumulator: why nothing overflows."""
    s.step("Nothing overflows")
    s.read("A neuron adds up many products. The sum grows, so it needs more room than a byte.")
    s.word("accumulator")
    layer = dense_layers(s.model)[-1]
    weights = np.abs(layer.weights[0].astype(int))
    bias = abs(int(layer.bias[0]))
    bound = bias + int(weights.sum()) * HIDDEN_LIMIT
    s.formula(
        "B = |b| + Σ|w| · x",
        {"B": "the largest that the accumulator can ever be", "|b|": "the size of the bias",
         "Σ|w|": "the sizes of all weights, added up", "x": "the largest input"},
        code=quantize_dense,
        line="bound = np.abs(b)",
        worked=f"{bias} + {weights.sum()} · {HIDDEN_LIMIT} = {bound:,}",
    )  # fmt: skip
    product = bound * int(layer.multiplier[0])
    s.read(
        "Then it is multiplied by an integer, to bring it to the next scale. For this neuron that "
        f"is {layer.multiplier[0]}. So the result is {product:,} at most."
    )
    s.check(
        f"The limit is {SMALL_INT_LIMIT:,}. Can this neuron overflow?",
        "no" if product < SMALL_INT_LIMIT else "yes",
        f"{product:,} is {product / SMALL_INT_LIMIT:.0%} of the limit, whatever the movement.",
        choices=("yes", "no"),
        hint="Compare the two numbers. How many digits does each have?",
    )
    closest = max(fractions_of_limit(s.model))
    s.read(
        "That is not luck. For each neuron, `choose_multipliers` in the kit picks the largest "
        "multiplier that stays below the limit. Here the neuron closest to it reaches "
        f"{closest:.0%} of the limit. It is a proof, not a test: no movement can break it."
    )
    s.code(fractions_of_limit)


def a_wrong_scale(s: Session, exam: Exam) -> None:
    """A multiplier that is wrong on purpose."""
    s.step("Break a scale")

    def broken(times: float) -> tuple[float, float]:
        """Fractions right when the first layer's scale is wrong: top-1 label, emitted label."""
        first = dense_layers(exam.model)[0]
        wrong = replace(first, multiplier=round_half_up(first.multiplier * times))
        layers = [wrong if layer is first else layer for layer in exam.model.network.layers]
        network = exam.model.network.with_layers(layers)
        decisions = network.run(exam.model.windows(exam.recordings))
        return exam.right(decisions.best_index), exam.right(decisions.label_index)

    def result_of(times: float) -> str:
        best, label = broken(times)
        return f"times {times:g}: best label right {best:.0%}, named right {label:.0%}"

    s.read(
        "What if a scale is wrong? The first layer multiplies its sums to bring them to the next "
        "scale. Let's spoil this factor, and change nothing else. Then its outputs are too large "
        "or too small for the next layer. We look at two things. Is the best label right? And does "
        "the movement get that name, or does the board call it unknown?"
    )
    best, label = broken(1)
    small_best, small_label = broken(0.1)
    s.predict(
        f"With the true scale, the best label is right for {best:.0%}. What is left if everything "
        "is a tenth as large?",
        f"{small_best:.0%}",
        "The activations are now so small that they get lost in the rounding."
        if small_best < best
        else "This network does not mind.",
    )
    s.change("Multiply the factor by", 2.0, (0.01, 0.5, 2, 16), result_of, low=0, high=100)
    times = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20]
    pairs, positions = [broken(one) for one in times], list(range(len(times)))
    s.picture(
        Chart(
            "A wrong scale",
            "factor times",
            "right answers in %",
            [
                Series("best label", positions, [100 * one for one, _ in pairs]),
                Series("named right", positions, [100 * one for _, one in pairs]),
            ],
            alt=f"At the true scale {label:.0%} get the right name, at a tenth "
            f"{small_label:.0%}, at {times[-1]} times {pairs[-1][1]:.0%}.",
            x_ticks={i: f"{one:g}" for i, one in zip(positions, times, strict=True)},
        )
    )

    def as_good(before: float, which: int) -> int:
        """The number of wrong factors that lose no more than a twentieth of the answers."""
        wrong = [pair[which] for one, pair in zip(times, pairs, strict=True) if one != 1]
        return sum(fraction >= before - 0.05 for fraction in wrong)

    s.read(
        f"With {as_good(best, 0)} of the {len(times) - 1} wrong factors, the best label is still "
        "right about as often: all outputs change together. But the right name still comes about "
        f"as often with only {as_good(label, 1)} of them. That is because “is it unknown?” depends "
        "on how large the numbers are. So with a wrong scale, a model rejects what it knows."
        if as_good(label, 1) < as_good(best, 0)
        else "Both questions suffer: which label is best, and whether the movement is known."
        if as_good(best, 0) < len(times) - 1
        else "This network hardly minds. It has few labels, or they are very different."
    )


# --- a prediction by hand


def a_sum_by_hand(s: Session, hand: ByHand) -> None:
    """The products of one neuron."""
    s.step("One neuron by hand")
    label = named(s.model.labels[hand.output])
    s.read(
        "Now work out a whole score with pencil and paper. Take the first recording. The hidden "
        f"layer has turned it into {len(hand.inputs)} numbers. Here is the neuron for {label} in "
        "the last layer."
    )
    s.table(
        ["input", "weight", "product"],
        [[*row] for row in zip(hand.inputs, hand.weights, hand.products, strict=True)],
        "Input times weight",
    )
    zeros = int((hand.inputs == 0).sum())
    if zeros:
        s.read(f"Inputs that are zero: {zeros}. ReLU switched them off.")
    total = int(hand.products.sum())
    s.check(
        f"The products add up to {total}. The bias is {hand.bias}. What is the accumulator?",
        hand.accumulator,
        f"{total} + {hand.bias} = {hand.accumulator}.".replace("+ -", "− "),
        hint="Just add the bias. Mind the sign.",
    )


def a_score_by_hand(s: Session, hand: ByHand) -> None:
    """Requantization by multiplier and shift."""
    s.step("To the next scale")
    half = 1 << (hand.shift - 1)
    factor = hand.multiplier / 2**hand.shift
    s.read(
        "The accumulator counts in tiny steps. A score counts in larger ones. So we must multiply "
        f"by {factor:.7f}."
    )
    s.check(
        f"What is {hand.accumulator} · {factor:.7f}, rounded? Use a calculator.",
        hand.score,
        f"It is {hand.accumulator * factor:.2f}, rounded to {hand.score}.",
        tolerance=1.0,
        hint="Type in both numbers, then take the nearest integer.",
    )
    s.read(
        f"And without a fraction? Multiply by the integer {hand.multiplier}, and shift by "
        f"{hand.shift} positions. It works because {hand.multiplier} / {2**hand.shift} is "
        f"{factor:.7f}. Engineers call this step requantization."
    )
    s.formula(
        "y = (a · m + h) >> s",
        {"y": "the score", "a": "the accumulator", "m": "the multiplier", "s": "the shift",
         "h": "half, for rounding"},
        code=requantize,
        line="+ rounding) >> shift",
        worked=f"({hand.accumulator} · {hand.multiplier} + {half}) >> {hand.shift} = {hand.score}",
    )  # fmt: skip


def found_on_the_board(s: Session, hand: ByHand) -> None:
    """The same integers, found on the board."""
    s.step("Does the board agree?")
    prediction = s.predict_on_board(s.model, [hand.recording])
    laptop = s.model.predict([hand.recording]).scores[0]
    board = prediction.scores[0]
    s.read(
        "Now let the board do it. It gets the window of the same recording. It computes the "
        "features, the layers and the scores, all in integers."
    )
    mine = ["" if i != hand.output else hand.score for i in range(len(board))]
    s.table(
        ["label", "by hand", "laptop", "board"],
        [[*row] for row in zip(s.model.labels, mine, laptop, board, strict=True)],
        "Scores of the recording",
    )
    same = np.array_equal(laptop, board) and board[hand.output] == hand.score
    s.read(
        "They are the same, to the last bit. Floats cannot promise that: each computer may round "
        "them a little differently. With integers, a test can ask for **equal**, not just nearly "
        "equal."
        if same
        else "They differ. So this board carries a different model, or something is broken."
    )
    one = round(1 / s.model.network.score_step)
    real = s.model.predict_float([hand.recording]).scores[0][hand.output]
    s.check(
        f"A score of one is {one} steps. Which real number do {hand.score} steps stand for?",
        hand.score / one,
        f"{hand.score} / {one} = {hand.score / one:.2f}. The float network on the laptop gives "
        f"{real:.2f}.",
        tolerance=0.05,
        hint=f"Divide it by {one}.",
    )
    s.read(
        "**Looking back.** Integers can stand for fractions if a scale says what one step is "
        "worth. Rounding loses a little, and in a sum most of that cancels out. A proof makes sure "
        "that nothing overflows. So every board gives exactly the same answer. What else happens "
        "there? That is lesson 10."
    )
