"""Aims, plan and teacher's notes of lesson 6."""

from __future__ import annotations

from microbit_ml.lessons.about import About

ABOUT = About(
    number=6,
    title="Backpropagation by hand",
    question="How does a network find the slope for every weight at once?",
    aims=(
        "multiply slopes along a chain, and add them up where paths meet",
        "work through the forward pass of a 2-2-2 network on paper, up to the loss",
        "work through the backward pass of the same network, weight by weight",
        "check a gradient by finite differences",
        "explain why one backward pass is so much cheaper than trying each weight",
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
            "No input comes out. What travels back is the gradient, or blame: for each number, how "
            "much the loss would change if that number changed a little.",
        ),
        (
            "A large gradient means that the weight is wrong by a large amount.",
            "It means that the loss is steep there. How far to go depends on the learning rate and "
            "on the next steps.",
        ),
        (
            "A weight whose gradient is zero is as good as it can be.",
            "Not always. If a ReLU is off, no gradient gets through: the weight may be good or "
            "bad, and this recording cannot show which.",
        ),
    ),
    one_board="No board is needed. Print the page, and let pupils fill in the numbers in pairs: "
    "one does the forward pass, the other the backward pass.",
    no_board="Nothing changes. The lesson needs paper, a calculator and one computer to check.",
)
