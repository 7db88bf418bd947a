"""About lesson 4: its aims, its plan, and what a teacher needs to know."""

from __future__ import annotations

from microbit_ml.lessons.about import About

ABOUT = About(
    number=4,
    title="From scores to probability",
    question="The model is almost certain. Should you believe it?",
    aims=(
        "turn scores (logits) into probabilities by hand, with softmax",
        "explain why adding a number to all scores changes nothing",
        "use the logarithm to measure how wrong an answer is: cross-entropy",
        "explain why a model can be almost certain about a movement that it has never seen",
        "read a reliability table, and say what calibration means",
    ),
    plan=(
        (10, "scores, exp and softmax, on paper with a calculator"),
        (5, "only differences count"),
        (10, "logarithm and loss"),
        (9, "a movement that the model was never taught; two kinds of doubt"),
        (8, "calibration and temperature"),
        (3, "looking back"),
    ),
    misconceptions=(
        (
            "A probability near one means that the answer is right.",
            "It means that this label fits better than the other labels. If no label fits, one of "
            "them still wins. The lesson shows a random movement for which one label gets a "
            "high probability.",
        ),
        (
            "A model that has doubts is a bad model.",
            "A model that admits its doubts is a good one. Ask which doctor the pupils would "
            "rather have: one who says that she does not know, or one who always sounds certain.",
        ),
        (
            "Softmax makes the model better.",
            "It never changes which label is highest. It only turns scores into probabilities.",
        ),
        (
            "The loss is the percentage of wrong answers.",
            "It also depends on how certain the model was. Two models with the same right "
            "answers can have quite different losses.",
        ),
    ),
    one_board="Flash your class's model, run `microbit-ml watch` on the projector, and let pupils "
    "look for a movement that fools it.",
    no_board="Nothing in this lesson needs a board.",
)
