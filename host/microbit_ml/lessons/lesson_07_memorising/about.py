"""What lesson 7 is for: its aims, its plan, and what a teacher needs to know."""

from __future__ import annotations

from microbit_ml.lessons.about import About

ABOUT = About(
    number=7,
    title="Learning, not memorising",
    question="Does a network learn the gesture, or your recordings by heart?",
    aims=(
        "say what training, validation and test sets are for",
        "see overfitting in two curves, and name its cause",
        "use weight decay, dropout, early stopping and augmentation, and judge what each is worth",
        "read a learning curve: are there enough recordings?",
        "say why recordings of a new person are the harder test",
    ),
    plan=(
        (8, "a perfect memory, and three piles of recordings"),
        (8, "a network that memorises: two curves"),
        (14, "four cures, each tried out; all together"),
        (6, "how many recordings are enough?"),
        (5, "a new person"),
        (4, "a new gesture from a few recordings; the test set is opened"),
    ),
    misconceptions=(
        (
            "A network that makes no mistakes on its training recordings is a good one.",
            "A list of all recordings makes no mistakes either. Ask about recordings that the "
            "network has never seen.",
        ),
        (
            "Deep learning needs a huge amount of labelled data.",
            "Less than one thinks, if one helps: features, altered copies, and a network that "
            "begins with what another one learned. The last steps add a gesture with a few "
            "recordings.",
        ),
        (
            "If it works for me, it works for everybody.",
            "Compare both tests in the step about people. Let a pupil from another table try the "
            "model of this table.",
        ),
        (
            "I may choose the best of many models on the test set.",
            "Then the test set has become a validation set, and its number flatters. One that was "
            "never looked at has to judge.",
        ),
    ),
    one_board="Let the class record three gestures with the one board, a few times each, and run "
    "the lesson on these recordings: `microbit-ml lesson 7 --data FOLDER`. Note who made which "
    "recording, for the step about people.",
    no_board="The simulated gestures of the kit have people in them, too. All steps work.",
)
