"""Aims, plan and teacher's notes of lesson 10."""

from __future__ import annotations

from microbit_ml.lessons.about import About

ABOUT = About(
    number=10,
    title="On the board",
    question="What happens on the board between your movement and its answer?",
    aims=(
        "follow a movement through sample, window, prediction and decision",
        "say where time and memory go, and what the hop changes",
        "read a few lines of machine code, and follow the registers",
        "write a program that uses a model, and say what can go wrong in the real world",
    ),
    plan=(
        (8, "Four jobs: pupils play sensor, window, network and referee with slips of paper."),
        (7, "Time and memory: what fits between two samples, and what fits on the board."),
        (12, "The kernel, line by line: one pupil is the processor, others are the registers."),
        (10, "A program of your own, on a board or a virtual one."),
        (8, "What could go wrong? Turn the board, count false alarms, discuss who decides."),
    ),
    misconceptions=(
        (
            "The board learns while it is used.",
            "It only predicts. The model learned on the laptop. Its weights never change on the "
            "board.",
        ),
        (
            "A faster board gives better answers.",
            "It gives the same answers sooner. The integers are equal on both boards.",
        ),
        (
            "If it works here, it works everywhere.",
            "Turn the board in your hand, and see. A model only knows what it has been shown.",
        ),
    ),
    one_board=(
        "Flash the model and the program of this lesson with `microbit-ml flash MODEL --program "
        "main.py`. One pupil moves, and the class guesses what the display will show."
    ),
    no_board=(
        "By default every board here is a virtual one. It runs the real MicroPython, so the "
        "counts are exact. Only the times are estimates."
    ),
)
