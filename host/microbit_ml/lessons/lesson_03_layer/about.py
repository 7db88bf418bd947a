"""About lesson 3: its aims, its plan, and what a teacher needs to know."""

from __future__ import annotations

from microbit_ml.lessons.about import About

ABOUT = About(
    number=3,
    title="A neuron, a layer",
    question="What does a neuron compute, and why is one layer of them not always enough?",
    aims=(
        "compute the output of a neuron: weighted sum, bias, ReLU",
        "read the weights of a neuron as a pattern that it looks for",
        "write a layer as a matrix product, and say which shapes fit together",
        "show that one neuron cannot do XOR, and build two layers that can",
        "explain why two layers need an activation such as ReLU between them",
    ),
    plan=(
        (5, "positions as numbers; the weighted sum on paper"),
        (8, "a neuron as a pattern detector; bias and ReLU"),
        (9, "a layer as a matrix product; shapes; the layer of a real model"),
        (5, "the door with the XOR lock: let pupils try to set one neuron by hand"),
        (8, "why it cannot work: four lines on the blackboard"),
        (8, "the hidden layer by hand, then found by training"),
        (2, "what ReLU is for; looking back"),
    ),
    misconceptions=(
        (
            "An artificial neuron is a brain cell.",
            "It is a sum and a bend: a few lines of code. The name comes from an old comparison. "
            "Real nerve cells are far more complex.",
        ),
        (
            "A network follows rules that someone programmed.",
            "Nobody chose the weights of the model in this lesson. Training found them. People "
            "only wrote the code that computes with them.",
        ),
        (
            "More layers are always better.",
            "Two layers without an activation between them are no better than one, as the lesson "
            "shows. And more weights need more recordings.",
        ),
        (
            "A large weight means an important input.",
            "Only if the inputs are all about the same size. That is why we scaled the features in "
            "lesson 2.",
        ),
    ),
    one_board="Let one pupil hold the board in the four positions. The class says what x and z "
    "read, and whether the door opens. `microbit-ml collect` draws x, y and z live.",
    no_board="Nothing in this lesson needs a board. Use a book with an arrow on its cover for the "
    "four positions.",
)
