"""What lesson 9 is for: its aims, its plan, and what a teacher needs to know."""

from __future__ import annotations

from microbit_ml.lessons.about import About

ABOUT = About(
    number=9,
    title="Integers",
    question="The kit's code on the board knows only whole numbers. How can it compute what the "
    "laptop does?",
    aims=(
        "write a number in bits, also one below zero, and say when it overflows",
        "turn a real number into an integer and a scale, and round half up with a shift",
        "say how few bits a network needs, and how one finds out",
        "compute one score by hand in integers, and find it again on the board",
    ),
    plan=(
        (10, "Bits with eight switches: pupils stand up for a one, sit down for a zero."),
        (5, "Overflow, and what the board does with a large number."),
        (10, "Scales and rounding, with a ruler."),
        (8, "From float to one bit: guess, then look."),
        (10, "One score by hand, and on the board."),
        (2, "Look back: where was something lost, and where not?"),
    ),
    misconceptions=(
        (
            "An integer network is a worse network.",
            "Each weight is rounded a little, up or down. In a sum of many the errors mostly "
            "cancel. Look at the table: it may lose nothing at all.",
        ),
        (
            "Fewer bits are always faster.",
            "Only if the processor has an instruction for it. This one multiplies whole "
            "registers, so fewer bits save room, not time.",
        ),
        (
            "The first bit is a minus sign.",
            "It is a place that counts below zero. With a mere sign there would be two zeros, "
            "and adding would need a special rule.",
        ),
    ),
    one_board=(
        "The last step asks the board. Flash the lesson's model once, then let one pupil after "
        "the other choose a recording; the class computes its score."
    ),
    no_board="Everything runs on a virtual board, which gives the very integers of a real one.",
)
