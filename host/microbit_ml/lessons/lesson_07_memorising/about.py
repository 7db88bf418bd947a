"""Aims, plan and teacher's notes of lesson 7."""

from __future__ import annotations

from microbit_ml.lessons.about import About

ABOUT = About(
    number=7,
    title="Learning, not memorising",
    question="Does a network learn the gesture, or your recordings by heart?",
    aims=(
        "explain what training, validation and test sets are for",
        "spot overfitting in two curves, and name its cause",
        "try weight decay, dropout, early stopping and augmentation, and compare their effect",
        "read a learning curve: are there enough recordings?",
        "explain why recordings of a new person are the harder test",
    ),
    plan=(
        (8, "a perfect memory, and three piles of recordings"),
        (8, "a network that memorises: two curves"),
        (14, "four cures: each on its own, then all together"),
        (6, "how many recordings are enough?"),
        (5, "a new person"),
        (4, "a new gesture from a few recordings; opening the test set"),
    ),
    misconceptions=(
        (
            "A network that makes no mistakes on its training recordings is a good one.",
            "A list of all recordings makes no mistakes either. Test it on recordings that the "
            "network has never seen.",
        ),
        (
            "Deep learning needs a huge amount of labelled data.",
            "It needs less than you think, with some help: features, augmentation, and a network "
            "that starts from what another one learned. One of the last steps adds a gesture with "
            "a few recordings.",
        ),
        (
            "If it works for me, it works for everyone.",
            "Compare the two tests in the step about people. Let a pupil from another table try "
            "this table's model.",
        ),
        (
            "I may choose the best of many models on the test set.",
            "Then the test set has become a validation set, and its number is too good. For the "
            "final result you need recordings that nobody has looked at.",
        ),
    ),
    one_board="Let the class record three gestures with the one board, a few times each, and run "
    "the lesson on these recordings: `microbit-ml lesson 7 --data FOLDER`. Note down who made "
    "which recording, for the step about people.",
    no_board="The kit's simulated gestures come from simulated people. All steps work with them.",
)
