"""What lesson 3 is for: its aims, its plan, and what a teacher needs to know."""

from __future__ import annotations

from microbit_ml.lessons.about import About

ABOUT = About(
    number=3,
    title="A neuron, a layer",
    question="What does a neuron compute, and why is one layer of them not always enough?",
    aims=(
        "compute what a neuron gives: weighted sum, bias, ReLU",
        "read the weights of a neuron as a pattern that it looks for",
        "write a layer as a matrix product, and say which shapes fit together",
        "show that one neuron cannot do XOR, and build two layers that can",
        "say why ReLU must stand between two layers",
    ),
    plan=(
        (5, "postures as numbers; the weighted sum on paper"),
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
            "Real nerve cells are far richer.",
        ),
        (
            "A network follows rules that somebody wrote into it.",
            "Nobody wrote the weights of the model in this lesson. Training found them. Only the "
            "way of computing was written by people.",
        ),
        (
            "More layers are always better.",
            "Two layers without a bend between them are no better than one: the lesson shows it. "
            "And more weights need more recordings.",
        ),
        (
            "A large weight means an important input.",
            "Only if the inputs are of about the same size. That is why the features were scaled "
            "in lesson 2.",
        ),
    ),
    one_board="Let one pupil hold the board in the four postures. The class says what x and z "
    "read, and whether the door opens. `microbit-ml collect` draws x, y and z live.",
    no_board="Nothing in this lesson needs a board. A book with an arrow on its cover does for "
    "the four postures.",
)
