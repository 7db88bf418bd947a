"""About lesson 5: its aims, its plan, and what a teacher needs to know."""

from __future__ import annotations

from microbit_ml.lessons.about import About

ABOUT = About(
    number=5,
    title="Downhill",
    question="How does a network find good weights?",
    aims=(
        "see the loss as a height, and training as a walk downhill",
        "work out a slope with a small step, and know the rule for w²",
        "take steps of gradient descent by hand, with one weight and with two",
        "say what happens when the learning rate is too small or too large",
        "tell SGD, momentum, RMSProp and Adam apart by how they walk",
    ),
    plan=(
        (5, "one knob of the network: the loss as a height"),
        (10, "slopes: a small step, then the rule"),
        (10, "steps downhill by hand; learning rates too small and too large"),
        (10, "two weights: the gradient, a narrow valley, the race"),
        (7, "batches, and the real network"),
        (3, "looking back"),
    ),
    misconceptions=(
        (
            "The gradient points to the lowest place.",
            "It points up the steepest way from where you stand, and you step against it. In a "
            "narrow valley the steepest way down leads across the valley, not along it. Look at "
            "the zigzag path.",
        ),
        (
            "A larger learning rate is always faster.",
            "Only up to a limit. Beyond it each step jumps over the valley and lands higher on "
            "the other side. Let pupils find the limit in the step where they can choose a rate.",
        ),
        (
            "Adam is the best optimizer.",
            "The race has one winner on this hill, with these rates. Another hill may have another "
            "winner. That is why the kit lets you choose, and why you should try more than one.",
        ),
    ),
    one_board="No board is needed. Pupils can be walkers: one stands for the weight on a line of "
    "chalk numbers, one works out the slope, one calls the step.",
    no_board="Nothing changes. All steps run on the computer, and the three steps by hand need "
    "only paper.",
)
