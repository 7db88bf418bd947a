"""What lesson 6 is for: its aims, its plan, and what a teacher needs to know."""

from __future__ import annotations

from microbit_ml.lessons.about import About

ABOUT = About(
    number=6,
    title="Backpropagation by hand",
    question="How does a network find the slope for each of its weights, all at once?",
    aims=(
        "multiply slopes along a chain, and add them up where ways meet",
        "do the forward pass of a 2-2-2 network on paper, up to the loss",
        "do the backward pass of the same network, weight by weight",
        "check a gradient by finite differences",
        "say why one backward pass is so much cheaper than trying each weight",
    ),
    plan=(
        (7, "gears and taps: the chain rule"),
        (8, "the network on paper, and the forward pass"),
        (15, "the backward pass: scores, last layer, hidden layer, first layer"),
        (6, "is it right? Finite differences and the kit's own code"),
        (5, "one step downhill; a ReLU that is off"),
        (4, "why it is fast"),
    ),
    misconceptions=(
        (
            "In the backward pass the network runs backwards, from the label to the input.",
            "No input comes out. What travels back is blame: for each number, how much the loss "
            "would change if that number changed a little.",
        ),
        (
            "A large gradient means that the weight is wrong by a large amount.",
            "It means that the loss is steep there. How far to go is for the learning rate and "
            "the next steps to say.",
        ),
        (
            "A weight with the gradient zero is as good as it can be.",
            "Not always. Behind a ReLU that is off, nothing can be seen: the weight may be good "
            "or bad, this recording does not tell.",
        ),
    ),
    one_board="No board is needed. Print the page, and let pairs fill in the numbers: one does the "
    "forward pass, the other one the backward pass.",
    no_board="Nothing changes. The lesson needs paper, a calculator and one computer to check.",
)
