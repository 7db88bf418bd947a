"""Lesson 9: integers. Bits, overflow, scales and rounding; how few bits a network needs.

The board computes with whole numbers only. Here a prediction is computed in the same numbers by
hand, and found again on the board. The specification is ``arithmetic/ARITHMETIC.md``.
"""

from __future__ import annotations

if __name__ == "__main__":  # this file was started by itself: run the lesson of its folder
    from microbit_ml.lessons.alone import run_folder

    run_folder(__file__)

from dataclasses import replace

import numpy as np

from microbit_ml.arithmetic.fixed_point import SMALL_INT_LIMIT, requantize
from microbit_ml.charts import Chart, Series
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
    int8_of,
    shares_of_limit,
    to_bits,
    to_ternary,
    value_of,
)

FLOAT_BITS = 32  # of the numbers that the laptop trains with
TERNARY_BITS = 2  # that hold -1, 0 or 1


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
    """A byte, and what its bits are worth."""
    s.step("Eight switches")
    weight = float(s.model.float_model.network.trainable_layers[-1].weights[0, 0])
    s.read(
        f"On the laptop, a weight is a number such as {weight:.2f}. On the board all are whole, "
        "for these are small and quick. Can that work? First: how does a computer keep a number at "
        "all? With switches that are on or off."
    )
    s.word("bit")
    s.word("byte")
    s.word("integer")
    s.predict(
        "A row of eight switches, each on or off. How many different patterns are there?",
        2**BYTE_BITS,
        then=f"Each switch doubles them: two for one, four for two, {2**BYTE_BITS} for eight.",
    )
    s.read("Each place is worth twice as much as the one to its right. Add up those that are on.")
    example = 37
    ones = [2**i for i, bit in enumerate(reversed(bits_of(example))) if bit == "1"]
    s.formula(
        "n = Σ bᵢ · 2ⁱ",
        {"n": "the number", "bᵢ": "the bit at place i; the last place is place zero",
         "2ⁱ": "what the place is worth"},
        code=value_of,
        line="sum(int(bit)",
        worked=f"{bits_of(example)}: {' + '.join(f'{one}' for one in reversed(ones))} = {example}",
    )  # fmt: skip
    s.change("A number in bits", example, (5, example, 255), bits_told, low=0, high=255)
    asked = 20
    s.check(
        f"Which number is {bits_of(asked)}?",
        asked,
        f"{value_of(bits_of(16))} + {value_of(bits_of(4))} = {asked}.",
        hint="The places are worth, from the right, one, two, four, eight and so on.",
    )


def bits_told(number: float) -> str:
    """A number and its bits."""
    return f"{round(number)} is {bits_of(round(number))}"


def below_zero(s: Session) -> None:
    """Two's complement."""
    s.step("Below zero")
    s.read(
        "And minus one? Go down like an old car's counter: one, zero, and then all wheels turn "
        f"over. Below {bits_of(0)} comes {bits_of(-1)}. So the first place is worth something "
        "**below zero**."
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
        f"The nice thing: adding works as always. Take {example} and {more}: {bits} and "
        f"{bits_of(more)} are {bits_of(example + more)}, and a one falls out at the front. No rule "
        "for the sign is needed."
    )
    asked = -3
    s.check(
        f"As an int8, which number is {bits_of(asked)}?",
        asked,
        f"{value_of(bits_of(asked))} − {2**BYTE_BITS} = {asked}.",
        hint=f"{bits_of(-1)} is minus one. Go down from there.",
    )


def too_large(s: Session) -> None:
    """Overflow in a byte."""
    s.step("Too large")
    largest = int(np.iinfo(np.int8).max)
    s.predict(
        f"The largest int8 is {largest}, which is {bits_of(largest)}. Add one. What comes out?",
        add_int8(largest, 1),
        f"{bits_of(largest)} and one is {bits_of(largest + 1)}. The first place is on now, and it "
        "stands for less than zero.",
    )
    s.word("overflow")
    s.run(add_int8, largest, 1)
    s.change(f"Add to {largest}", 1, (1, 2, 100), overflow_told, low=0, high=255)
    by_numpy = np.array([largest], dtype=np.int8) + np.array([1], dtype=np.int8)
    s.read(
        f"NumPy's own int8 says {by_numpy[0]}, too. Nobody warns you. A gesture would be judged "
        "by a wrong number."
        if by_numpy[0] == add_int8(largest, 1)
        else f"NumPy's own int8 says {by_numpy[0]}."
    )


def overflow_told(number: float) -> str:
    """What comes out when a number is added to the largest int8."""
    largest = int(np.iinfo(np.int8).max)
    return f"{largest} + {round(number)} gives {add_int8(largest, round(number))}"


def on_the_board_too_large(s: Session) -> None:
    """What MicroPython does with a number that does not fit."""
    s.step("On the board")
    bits = SMALL_INT_LIMIT.bit_length()
    s.read(
        f"Python does not overflow. On the board it has {bits} bits for an integer, which is "
        f"enough up to {SMALL_INT_LIMIT - 1:,}. What does it do with one more? Let us ask how much "
        "memory the next number takes."
    )
    program = BIG_INTS.format(below=SMALL_INT_LIMIT - 2, limit=SMALL_INT_LIMIT - 1)
    s.show("a program for the board", program.strip())
    below, above = (int(word) for word in s.run_on_board(program).split())
    s.show("it prints", f"{below} {above}")
    s.read(
        f"It takes {below} bytes of memory to add one to {SMALL_INT_LIMIT - 2:,}, and {above} "
        f"bytes to add one to {SMALL_INT_LIMIT - 1:,}. "
        + (
            f"So a larger number needs {above - below} bytes of its own. And faster "
            "code, as in the next lesson, would overflow without a word."
            if above > below
            else "This board makes no difference between the two."
        )
    )
    s.read(
        "So the kit proves that no number of a prediction ever gets that large. More on that later."
    )


# --- scales and rounding


def a_ruler(s: Session) -> None:
    """A scale: real weights as integers."""
    s.step("A ruler")
    s.read(
        "How can an integer stand for a real weight, with digits after the point? Like the marks "
        "of a ruler. Each mark is one step. Choose the step so that the largest weight is at the "
        f"last mark. The kit takes {WEIGHT_LIMIT} marks on each side of zero."
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
        worked=f"{weights[0]:.4f} / {step:.5f} = {weights[0] / step:.2f}, rounded {marks[0]}",
    )
    s.table(
        ["weight", "in steps", "integer", "integer times scale"],
        [
            [f"{w:.4f}", f"{w / step:.2f}", q, f"{q * step:.4f}"]
            for w, q in zip(weights[:5], marks[:5], strict=True)
        ],
        "Some weights of the last layer",
    )
    s.check(
        f"The scale is {step:.5f}. Which real number is the integer {WEIGHT_LIMIT // 2}?",
        WEIGHT_LIMIT // 2 * step,
        f"{WEIGHT_LIMIT // 2} · {step:.5f} = {WEIGHT_LIMIT // 2 * step:.4f}.",
        tolerance=0.01 * WEIGHT_LIMIT * step,
        hint="So many steps, each worth the scale.",
    )
    worst = float(np.abs(weights - marks * step).max())
    s.read(f"No weight is off by more than half a step: here {worst:.5f} at most.")


def half_up(s: Session) -> None:
    """Dividing by shifting, and rounding half up."""
    s.step("Shift and round")
    s.read(
        "The small processor of the V1 cannot divide in one go. But it can **shift** all bits to "
        "the right. One place halves the number, and what falls out is lost: so it always rounds "
        "down. In Python that is `>>`."
    )
    example, places = 10, 2
    half = 1 << (places - 1)
    s.formula(
        "y = (a + h) >> s",
        {"y": "the rounded result", "a": "the integer", "s": "how many places",
         "h": f"half of what one step is worth after the shift: here {half}"},
        code=requantize,
        line="+ rounding) >> shift",
        worked=f"({example} + {half}) >> {places} = {(example + half) >> places}",
    )  # fmt: skip
    s.table(
        ["a", "real", "a >> s", "(a + h) >> s"],
        [[a, a / 2**places, a >> places, (a + half) >> places] for a in (9, 10, 11, -9, -10, -11)],
        f"Shifted by {places} places",
    )
    s.read("A half is rounded up, on both sides of zero. The kit's integers are all rounded so.")
    asked = 22
    s.check(
        f"What is ({asked} + {half}) >> {places}?",
        (asked + half) >> places,
        f"{asked} / {2**places} = {asked / 2**places}, and a half goes up.",
        hint=f"Add first. Then halve {places} times and drop what is left over.",
    )


# --- how few bits


def fewer_bits(s: Session, exam: Exam) -> None:
    """Float, int8, int4, ternary, one bit."""
    s.step("How few bits?")
    n = len(exam.recordings)
    seen = "that it has not seen" if exam.held_out else "(the ones that it learned from)"
    s.read(
        f"The network has {exam.n_weights} weights. The laptop keeps each in {FLOAT_BITS} bits. "
        f"Let us keep fewer, and ask it about {n} recordings {seen}. Only the weights get coarser "
        "here. All other numbers stay as they are."
    )
    whole, eight = exam.accuracy(unchanged), exam.with_bits(BYTE_BITS)
    s.predict(
        f"With all bits it is right for {whole:.0%}. How much is left with int8?",
        f"{eight:.0%}",
        "Nothing is lost."
        if eight >= whole
        else f"Answers that are lost: {round((whole - eight) * n)} of {n}.",
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
            [name, bits, bytes_for(exam.n_weights, bits), f"{share:.1%}"]
            for name, bits, share in ways
        ],
        f"The same network with coarser weights, on {n} recordings",
    )
    short = [(name.split(":")[0], round((whole - share) * n)) for name, _, share in ways[1:]]
    as_good = [name for name, lost in short if lost <= 0]
    s.read(
        (f"As good as float here: {', '.join(as_good)}. " if as_good else "")
        + "".join(f"Of {n} answers, {name} loses {lost}. " for name, lost in short if lost > 0)
        + "A sum of many terms forgives: some weights are rounded up, others down. But do not read "
        "too much into one answer more or less. That may be luck: see lesson 8."
    )


def your_bits(s: Session, exam: Exam) -> None:
    """Any number of bits, and a picture of all."""
    s.step("Choose the bits")

    def told(number: float) -> str:
        bits = round(number)
        n_bytes = bytes_for(exam.n_weights, bits)
        return f"bits: {bits}; bytes: {n_bytes}; right: {exam.with_bits(bits):.1%}"

    s.change("Bits for each weight", 4, (1, 2, 3, 4), told, low=1, high=16)
    every = list(range(1, BYTE_BITS + 1))
    shares = [100 * exam.with_bits(bits) for bits in every]
    whole = 100 * exam.accuracy(unchanged)
    s.picture(
        Chart(
            "Fewer bits",
            "bits for each weight",
            "right answers in %",
            [Series("rounded", every, shares), Series("float", every, [whole] * len(every))],
            alt=f"With one bit {shares[0]:.0f}% are right, with eight {shares[-1]:.0f}%; "
            f"as float {whole:.0f}%.",
        )
    )
    ternary = 100 * exam.accuracy(to_ternary)
    s.read(
        "Two bits and ternary have the same integers: minus one, zero and one. Only the scale "
        "differs: the largest weight, or the mean size of all. "
        + (
            f"With both {ternary:.1f}% are right here."
            if shares[1] == ternary
            else f"Yet with two bits {shares[1]:.1f}% are right, and with ternary {ternary:.1f}%."
        )
    )
    s.read(
        "The kit takes int8. It loses next to nothing, and the processor reads a byte at once. "
        "Fewer bits would save bytes, not time: the processor would have to unpack them first."
    )


def in_ms(microseconds: float) -> float:
    """Milliseconds."""
    return microseconds / 1000


def time_for_a_product(s: Session) -> None:
    """What a product takes: float, int in Python, and the kit's code."""
    s.step("And the time?")
    s.read("A network is mostly products: weight times input, added up. How long does one take?")
    s.show("a program for the board", PRODUCTS.strip())
    kind, of_float, of_int = s.run_on_board(PRODUCTS).split()
    target = TARGETS[kind]
    fast = target.microseconds(target.dense_cost.product)
    n = sum(layer.weights.size for layer in s.model.float_model.network.trainable_layers)
    measured = f"measured, {'virtual' if s.place.startswith('virtual') else 'your'} board"
    s.table(
        ["way", "one product", f"all {n}", "where from"],
        [
            [way, f"{each:.2f} µs", f"{in_ms(n * each):.2f} ms", where]
            for way, each, where in (
                ("float, Python", float(of_float), measured),
                ("integer, Python", float(of_int), measured),
                ("int8, the kit's code", fast, "computed from counted steps"),
            )
        ]
        + [["int4 to one bit", "", "", "the kit has no code for it"]],
        "What a product takes (in microseconds), and all of our network (in milliseconds)",
    )
    s.read(
        f"In Python, a float takes only {float(of_float) / float(of_int):.1f} times as long as an "
        f"integer. But Python itself is slow: the kit's code is about {float(of_int) / fast:.0f} "
        f"times as fast. It goes straight to the processor, and the V1's has integers only. (One "
        f"step of it is taken as {target.cycles} ticks of the clock. That is an estimate.)"
    )


# --- nothing overflows, unless a scale is wrong


def no_overflow(s: Session) -> None:
    """The bound of an accumulator."""
    s.step("Nothing overflows")
    s.read("A neuron adds up many products. The sum grows, so it needs more room than a byte.")
    s.word("accumulator")
    layer = dense_layers(s.model)[-1]
    weights = np.abs(layer.weights[0].astype(int))
    bias = abs(int(layer.bias[0]))
    bound = bias + int(weights.sum()) * HIDDEN_LIMIT
    s.formula(
        "B = |b| + Σ|w| · x",
        {"B": "the most that the accumulator can ever be", "|b|": "the size of the bias",
         "Σ|w|": "the sizes of all weights, added up", "x": "the largest input"},
        code=quantize_dense,
        line="bound = np.abs(b)",
        worked=f"{bias} + {weights.sum()} · {HIDDEN_LIMIT} = {bound:,}",
    )  # fmt: skip
    product = bound * int(layer.multiplier[0])
    s.read(
        "Then it is multiplied by an integer, to bring it to the next scale: by "
        f"{layer.multiplier[0]} for this neuron. That gives at most {product:,}."
    )
    s.check(
        f"The limit is {SMALL_INT_LIMIT:,}. Can this neuron overflow?",
        "no" if product < SMALL_INT_LIMIT else "yes",
        f"{product:,} is {product / SMALL_INT_LIMIT:.0%} of the limit, whatever the movement.",
        choices=("yes", "no"),
        hint="Compare the two numbers. How many digits has each?",
    )
    closest = max(shares_of_limit(s.model))
    s.read(
        "That is no luck. `choose_multipliers` in the kit takes as large a multiplier as stays "
        f"below the limit, for each neuron of a network. Here the closest comes to {closest:.0%} "
        "of the limit. It is a proof, not a test: no movement can break it."
    )
    s.code(shares_of_limit)


def a_wrong_scale(s: Session, exam: Exam) -> None:
    """A multiplier that is wrong on purpose."""
    s.step("Break a scale")

    def broken(times: float) -> tuple[float, float]:
        """Best label right, and told label right, when the first layer's scale is wrong."""
        first = dense_layers(exam.model)[0]
        wrong = replace(first, multiplier=round_half_up(first.multiplier * times))
        layers = [wrong if layer is first else layer for layer in exam.model.network.layers]
        network = exam.model.network.with_layers(layers)
        decisions = network.run(exam.model.windows(exam.recordings))
        return exam.right(decisions.best_index), exam.right(decisions.label_index)

    def told(times: float) -> str:
        best, label = broken(times)
        return f"times {times:g}: best label right {best:.0%}, named right {label:.0%}"

    s.read(
        "What if a scale is wrong? The first layer multiplies its sums, to bring them to the next "
        "scale. Let us spoil this factor, and change nothing else. Then its outputs are too large "
        "or too small for the layer behind it. We look at two things. Is the best label right? And "
        "is it named, or is the movement called unknown?"
    )
    best, label = broken(1)
    small_best, small_label = broken(0.1)
    s.predict(
        f"With the true scale the best label is right for {best:.0%}. What is left when all is a "
        "tenth as large?",
        f"{small_best:.0%}",
        "The activations are now so small that rounding eats them."
        if small_best < best
        else "This network does not mind.",
    )
    s.change("Multiply the factor by", 2.0, (0.01, 0.5, 2, 16), told, low=0, high=100)
    times = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20]
    pairs, places = [broken(one) for one in times], list(range(len(times)))
    s.picture(
        Chart(
            "A wrong scale",
            "factor times",
            "right answers in %",
            [
                Series("best label", places, [100 * one for one, _ in pairs]),
                Series("named right", places, [100 * one for _, one in pairs]),
            ],
            alt=f"At the true scale {label:.0%} are named rightly, at a tenth {small_label:.0%}, "
            f"at {times[-1]} times {pairs[-1][1]:.0%}.",
            x_ticks={place: f"{one:g}" for place, one in zip(places, times, strict=True)},
        )
    )

    def well(as_it_was: float, which: int) -> int:
        """At how many wrong factors no more than a twentieth of the answers is lost."""
        wrong = [pair[which] for one, pair in zip(times, pairs, strict=True) if one != 1]
        return sum(share >= as_it_was - 0.05 for share in wrong)

    s.read(
        f"The best label stays as good, or nearly, at {well(best, 0)} of {len(times) - 1} wrong "
        "factors: all outputs change together. But the right name is told as often, or nearly, at "
        f"{well(label, 1)} only. For “is it unknown?” asks for sizes. So a wrong scale makes a "
        "model refuse what it knows."
        if well(label, 1) < well(best, 0)
        else "Both questions suffer: which label is best, and whether the movement is known."
        if well(best, 0) < len(times) - 1
        else "This network hardly minds. It has few labels to tell apart, or very different ones."
    )


# --- a prediction by hand


def a_sum_by_hand(s: Session, hand: ByHand) -> None:
    """The products of one neuron."""
    s.step("One neuron by hand")
    label = named(s.model.labels[hand.output])
    s.read(
        f"Now a whole score with paper and pencil. Take the first recording. The hidden layer has "
        f"turned it into {len(hand.inputs)} numbers. Here is the neuron of {label} in the last "
        "layer."
    )
    s.table(
        ["input", "weight", "product"],
        [[*row] for row in zip(hand.inputs, hand.weights, hand.products, strict=True)],
        "Input times weight",
    )
    zeros = int((hand.inputs == 0).sum())
    if zeros:
        s.read(f"Inputs that are zero: {zeros}. ReLU has switched them off.")
    total = int(hand.products.sum())
    s.check(
        f"The products add up to {total}. The bias is {hand.bias}. What is the accumulator?",
        hand.accumulator,
        f"{total} + {hand.bias} = {hand.accumulator}.".replace("+ -", "− "),
        hint="Just add the bias. Mind its sign.",
    )


def a_score_by_hand(s: Session, hand: ByHand) -> None:
    """Requantization by multiplier and shift."""
    s.step("To the next scale")
    half = 1 << (hand.shift - 1)
    factor = hand.multiplier / 2**hand.shift
    s.read(
        "The accumulator goes in tiny steps. A score goes in larger ones. So it must be "
        f"multiplied by {factor:.7f}."
    )
    s.check(
        f"What is {hand.accumulator} · {factor:.7f}, rounded? Use a calculator.",
        hand.score,
        f"It is {hand.accumulator * factor:.2f}, which is rounded to {hand.score}.",
        tolerance=1.0,
        hint="Type in both numbers, then take the nearest integer.",
    )
    s.read(
        f"And without a fraction? Multiply by the integer {hand.multiplier}, and shift by "
        f"{hand.shift} places. For {hand.multiplier} / {2**hand.shift} is {factor:.7f}."
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
    """The same integers on the board."""
    s.step("Found again")
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
        "They are the same, to the last bit. Floats could not promise that: there each computer "
        "may round a little differently. With integers a test can ask for **equal**, not for "
        "nearly equal."
        if same
        else "They differ. So this board carries another model, or something is broken."
    )
    one = round(1 / s.model.network.score_step)
    real = s.model.predict_float([hand.recording]).scores[0][hand.output]
    s.check(
        f"A score of one has {one} steps. Which real number stands for {hand.score} steps?",
        hand.score / one,
        f"{hand.score} / {one} = {hand.score / one:.2f}. The float network on the laptop says "
        f"{real:.2f}.",
        tolerance=0.05,
        hint=f"Divide it by {one}.",
    )
    s.read(
        "**Looking back.** Integers stand for fractions, if a scale says what one step is worth. "
        "Rounding loses a little, and most of it cancels in a sum. A proof makes sure that nothing "
        "overflows. Then each board gives the very same answer. What else happens there? That is "
        "lesson 10."
    )
