"""What lesson 10 is for: its aims, its plan, and what a teacher needs to know."""

from __future__ import annotations

from microbit_ml.lessons.about import About

ABOUT = About(
    number=10,
    title="On the board",
    question="What happens on the board between your movement and its answer?",
    aims=(
        "follow a movement through sample, window, prediction and decision",
        "say where time and memory go, and what a hop changes",
        "read some lines of machine code, and follow the registers",
        "write a program that uses a model, and say what can go wrong in the world",
    ),
    plan=(
        (8, "Four jobs: pupils play sensor, window, network and judge with slips of paper."),
        (7, "Time and memory: what fits between two samples, and onto the board."),
        (12, "The kernel, line by line: one pupil is the processor, others are registers."),
        (10, "A program of your own, on a board or a virtual one."),
        (8, "What could go wrong? Turn the board, count false alarms, decide who decides."),
    ),
    misconceptions=(
        (
            "The board learns while it is used.",
            "It only computes. It learned on the laptop. Its weights never change on the board.",
        ),
        (
            "A faster board gives better answers.",
            "It gives the same answers sooner. The integers are equal on both boards.",
        ),
        (
            "If it works here, it works everywhere.",
            "Turn the board in your hand and look. A model knows the ways that it was shown.",
        ),
    ),
    one_board=(
        "Flash the model and the program of this lesson with `microbit-ml flash MODEL --program "
        "main.py`. One pupil moves, the class predicts what the display will show."
    ),
    no_board=(
        "Every board here is a virtual one by default. It runs the real MicroPython, so the "
        "counts are exact. Only the times are estimates."
    ),
)
