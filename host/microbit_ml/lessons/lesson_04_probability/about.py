"""What lesson 4 is for: its aims, its plan, and what a teacher needs to know."""

from __future__ import annotations

from microbit_ml.lessons.about import About

ABOUT = About(
    number=4,
    title="From scores to probability",
    question="The model says it is almost certain. May you believe it?",
    aims=(
        "turn scores into probabilities by hand, with softmax",
        "say why a number added to all scores changes nothing",
        "use the logarithm to say how wrong an answer is: cross-entropy",
        "explain why a model can be very sure of a movement that it never saw",
        "read a table of reliability, and say what calibration means",
    ),
    plan=(
        (10, "scores, exp and softmax, on paper with a calculator"),
        (5, "only differences count"),
        (10, "logarithm and loss"),
        (9, "a movement that nobody taught; two kinds of doubt"),
        (8, "calibration and temperature"),
        (3, "looking back"),
    ),
    misconceptions=(
        (
            "A probability near one means that the answer is right.",
            "It means that this label fits better than the other labels. If no label fits, one of "
            "them still wins. The lesson shows a made-up movement of which the model is very sure.",
        ),
        (
            "A doubtful model is a bad model.",
            "A model that says so when it is in doubt is a good one. Ask what you would rather "
            "have: a doctor who says that she does not know, or one who always sounds sure.",
        ),
        (
            "Softmax makes the model better.",
            "It never changes which label is highest. It only turns scores into shares.",
        ),
        (
            "The loss is the share of wrong answers.",
            "It also counts how sure the model was. Two models with the same right answers can "
            "have quite different losses.",
        ),
    ),
    one_board="With one board: flash the model of your class, run `microbit-ml watch` on the "
    "projector, and let pupils look for a movement that fools it.",
    no_board="Nothing in this lesson needs a board.",
)
