"""About lesson 2: its aims, its plan, and what a teacher needs to know."""

from __future__ import annotations

from microbit_ml.lessons.about import About

ABOUT = About(
    number=2,
    title="Distance decides",
    question="Can a board tell movements apart with nothing but a ruler?",
    aims=(
        "compute two features of a recording by hand, and check them against the kit",
        "explain why features must be scaled to about the same size",
        "compute a dot product, a norm and a distance",
        "find the nearest centroid on paper, and have a board do the same",
        "explain why the most modern method is not always the best one",
    ),
    plan=(
        (5, "why the numbers of two recordings never match; what a feature is"),
        (8, "two features by hand"),
        (8, "dot product, norm and distance, on paper"),
        (6, "the standard deviation, and scaling"),
        (10, "the nearest centroid on paper, and on held-out recordings"),
        (4, "the same on the board"),
        (4, "other methods: which one is best?"),
    ),
    misconceptions=(
        (
            "Deep learning is always best.",
            "Try it: the last steps compare simple methods with a network, on recordings that "
            "none of them has seen. With little data a simple method is often just as good, and it "
            "is easier to explain.",
        ),
        (
            "More features are always better.",
            "A feature that has nothing to do with the movement still adds to every distance.",
        ),
        (
            "The unit does not matter.",
            "It does for distances: the feature with the widest range of numbers decides almost "
            "alone. That is why we scale.",
        ),
        (
            "The centroid is one of the recordings.",
            "It is their average. That exact movement may never have happened.",
        ),
    ),
    one_board="Use the virtual board until the step “On the board”. Then each group in turn runs "
    "its program on the real board: `microbit-ml lesson 2 --board PORT`. It takes a few seconds "
    "each time. The centroid step works well on squared paper for the whole class.",
    no_board="Everything works with the virtual board: it runs the same program as a real one.",
)
