"""About lesson 1: its aims, its plan, and what a teacher needs to know."""

from __future__ import annotations

from microbit_ml.lessons.about import About

ABOUT = About(
    number=1,
    title="A gesture is a matrix",
    question="How does a movement of your hand become numbers that a computer can learn from?",
    aims=(
        "say what an accelerometer measures, and why it reads one g on a table",
        "turn counts into g and into metres per second squared",
        "read a sample as a vector and a recording as a matrix, with rows, columns and a shape",
        "compute the length of a vector and explain what it shows about a board at rest",
        "explain with a picture why sampling too slowly shows a movement that never happened",
    ),
    plan=(
        (5, "Hold the board and guess: what does it read on the table? (step one)"),
        (10, "Counts, units and the length of a vector, with pencil and paper (to step four)"),
        (10, "Samples in rows: the matrix, its shape, and transposing it (to step seven)"),
        (10, "Look at a recording, and at the noise in a calm one (to step ten)"),
        (7, "Too slow: draw the samples of a fast shake on paper, and join them (step eleven)"),
        (3, "Look back: each pupil names one new word and explains it"),
    ),
    misconceptions=(
        (
            "The board lies still, so it must read zero.",
            "It does not feel speed. It feels the push of the table. Only a board in free fall "
            "reads zero. Let the pupils drop a board onto a cushion and look for the lowest value.",
        ),
        (
            "A faster movement gives larger numbers.",
            "At a steady speed it reads the same as at rest. Only a change of speed shows. Push a "
            "board along the table at a steady speed and watch.",
        ),
        (
            "More samples a second are always better.",
            "They show quicker changes, but cost memory, time and power. You need more than two "
            "for each swing. A few more than that help, but beyond them you gain little.",
        ),
    ),
    one_board="One pupil holds the board and the class tells them how to move it. Record one "
    "movement with `microbit-ml collect`, copy the folder to all computers, and open it with "
    "`--data`.",
    no_board="All steps work with simulated recordings and a virtual board. To feel one g, let the "
    "pupils hold a book on a flat hand, then lower the hand quickly.",
)
