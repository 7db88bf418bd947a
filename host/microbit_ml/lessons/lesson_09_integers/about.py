"""Aims, plan and teacher's notes of lesson 9."""

from __future__ import annotations

from microbit_ml.lessons.about import About

ABOUT = About(
    number=9,
    title="Integers",
    question="The kit's code on the board uses only whole numbers. How can it get the same "
    "answers as the laptop?",
    aims=(
        "write a number in bits, even a negative one, and say when it overflows",
        "turn a real number into an integer and a scale, and round half up with a shift",
        "say how few bits a network needs, and how to find out",
        "compute one score by hand in integers, and check it against the board",
    ),
    plan=(
        (10, "Bits with eight switches: pupils stand up for a one, sit down for a zero."),
        (5, "Overflow, and what the board does with a large number."),
        (10, "Scales and rounding, with a ruler."),
        (8, "From float to one bit: guess, then look."),
        (10, "One score by hand, and on the board."),
        (2, "Look back: where did we lose something, and where not?"),
    ),
    misconceptions=(
        (
            "An integer network is a worse network.",
            "Each weight is rounded a little, up or down. In a long sum these errors mostly "
            "cancel out. Look at the table: it may lose nothing at all.",
        ),
        (
            "Fewer bits are always faster.",
            "Only if the processor has an instruction for it. This one multiplies whole "
            "registers, so fewer bits save memory, not time.",
        ),
        (
            "The first bit is a minus sign.",
            "It is a position that is worth a negative number. If it were just a sign, there would "
            "be two zeros, and adding would need a special rule.",
        ),
    ),
    one_board=(
        "The last step uses the board. Flash the lesson's model once. Then let pupils take turns "
        "to choose a recording, and let the class compute its score."
    ),
    no_board="Everything runs on a virtual board, with exactly the same integers as on a real one.",
)
