"""Aims, plan and teacher's notes of lesson 8."""

from __future__ import annotations

from microbit_ml.lessons.about import About

ABOUT = About(
    number=8,
    title="How good is it really?",
    question="A model is right nine times out of ten. Is that good?",
    aims=(
        "fill in a confusion matrix, and work out accuracy, precision, recall and F1",
        "choose a threshold for a purpose: a fall alarm or a light switch",
        "say how much of a score is luck, with a bootstrap and McNemar's test",
        "ask who and what is missing in the data: new people, other hands, unknown movements",
    ),
    plan=(
        (5, "The exam on paper: ten answers, counted on the board."),
        (10, "Accuracy, precision, recall and F1 by hand, in pairs."),
        (8, "The alarm that never rings; a threshold for a purpose."),
        (10, "Luck: draw slips from a hat, then let the computer draw."),
        (10, "The movement, the person and the hand that nobody recorded."),
        (2, "Look back: which question would you ask first?"),
    ),
    misconceptions=(
        (
            "A high accuracy means that the model works.",
            "Not if one case is rare. An alarm that never rings is nearly always right. Ask for "
            "the recall of the rare case.",
        ),
        (
            "The model with more right answers is the better one.",
            "It may be luck. Toss a coin a few times: one side nearly always comes up more often.",
        ),
        (
            "With enough data a model is fair.",
            "Not if all the data comes from the same kind of people. Who is missing matters more "
            "than how much data there is.",
        ),
        (
            "The confidence interval holds all values that can happen.",
            "It holds most of them. Now and then the true value is outside.",
        ),
    ),
    one_board=(
        "Let one pupil make ten gestures with the board while `watch` is running. The class "
        "chooses them in secret. The others write down the answers, and fill in the table of "
        "step two."
    ),
    no_board=(
        "Everything here runs on the laptop. For the exam, let pupils mime the gestures, and let "
        "the class vote without talking. People are classifiers, too, and you can count their "
        "mistakes."
    ),
)
