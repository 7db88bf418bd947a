"""Lesson 3: weighted sum, bias, ReLU; a layer is a matrix product; what a hidden layer adds."""

from __future__ import annotations

if __name__ == "__main__":  # this file was started by itself: run the lesson of its folder
    from microbit_ml.lessons.alone import run_folder

    run_folder(__file__)

import numpy as np

from microbit_ml.charts.chart import Chart, Grid, Series
from microbit_ml.features import FEATURE_NAMES, FEATURES
from microbit_ml.lessons.lesson_02_distance.maths import dot
from microbit_ml.lessons.material import energy
from microbit_ml.lessons.session import Session
from microbit_ml.lessons.values import listed, signed
from microbit_ml.network import Dense, ReLU
from microbit_ml.pages import as_is
from microbit_ml.recordings import Recording

from .example import (
    OPENS,
    POSITIONS,
    ROLLS,
    STARTS,
    TRIES,
    door_right,
    random_neurons,
    scaled_inputs,
    trained_door,
)
from .maths import SIGNS, as_one, door_by_hand, layer_one_by_one, neuron, position, two_without_relu


def vector(numbers: np.ndarray) -> str:
    """Numbers in brackets: (0.7, -0.7)."""
    return f"({', '.join(f'{number:.2g}' for number in numbers)})"


def lesson(s: Session) -> None:
    """The steps, in order."""
    recording = max(s.data, key=energy)
    a_position(s)
    inputs_and_weights(s)
    a_pattern(s)
    bias_and_activation(s)
    a_layer(s)
    shapes(s)
    real_layer(s, recording)
    what_lights_up(s, recording)
    the_door(s)
    one_neuron_tries(s)
    why_it_fails(s)
    two_layers(s)
    found_by_training(s)
    what_relu_is_for(s)


def a_position(s: Session) -> None:
    s.step("A position is two numbers")
    s.read(
        "Hold the board still. Roll it to the left, to the right, or over on its face. Each time "
        "gravity pulls differently along x and z. So x and z together show the board's position. "
        "(Engineers say orientation.) Here are four positions, in g. Each is halfway between two "
        f"sides, so x and z feel gravity equally: {POSITIONS.max():.2f}."
    )
    s.table(
        ("position", "x", "z"),
        [(name, f"{x:.2f}", f"{z:.2f}") for name, (x, z) in zip(ROLLS, POSITIONS, strict=True)],
        "what a resting board reads in four positions",
    )
    s.read("A minus on x: the left side is lower. A minus on z: the board lies face up.")
    face_up = position(0)
    s.check(
        f"Another board reads {face_up[0]:.0f} g along x and {face_up[1]:.0f} g along z. How is "
        "it lying?",
        "flat, face up",
        "Nothing along x: it is not rolled to either side. Minus one along z: it is face up.",
        choices=("flat, face down", "flat, face up", "on its left side"),
        hint="Look at the signs in the table.",
    )


def inputs_and_weights(s: Session) -> None:
    s.step("Some inputs matter more")
    s.read(
        "What can we do with such numbers? Some may matter a lot, some only a little, and some "
        "may count against the rest. So multiply each by a number for how much it matters, and "
        "add them up."
    )
    x, w = np.array([0.5, -0.9]), np.array([2.0, -1.0])
    s.word("weight")
    s.word("weighted sum")
    s.formula(
        "y = w₁ x₁ + w₂ x₂",
        symbols={
            "x₁": "the first input, here x in g",
            "x₂": "the second input, here z in g",
            "w₁": "the weight of the first input",
            "w₂": "the weight of the second",
            "y": "the weighted sum",
        },
        code=dot,
        line="total + a[i] * b[i]",
        worked=f"{w[0]:g} · {x[0]:g} + {signed(w[1])} · {signed(x[1])} = {dot(x, w):g}",
    )
    s.read(
        "Does that line of code look familiar? It is the dot product of lesson 2. A weighted sum "
        "is the dot product of the inputs and the weights."
    )
    other = np.array([1.0, 0.5])
    s.check(
        f"The weights stay {vector(w)}. Now the inputs are {vector(other)}. What is the weighted "
        "sum?",
        dot(other, w),
        f"{w[0]:g} · {other[0]:g} + {signed(w[1])} · {other[1]:g} = {dot(other, w):g}.",
        tolerance=0.01,
        hint="First weight times first input, second times second. Then add. Mind the minus.",
    )


def sums_around(weights: np.ndarray, title: str, bias: float = 0.0, *, bent: bool = False) -> Chart:
    """The weighted sum, or the output of a neuron, as the board is rolled all the way round."""
    rolls = np.arange(-180, 181, 5)
    sums = np.array([dot(position(float(roll)), weights) + bias for roll in rolls])
    outputs = ReLU(1).forward(sums) if bent else sums
    named = np.array([*ROLLS.values()])
    at_named = np.interp(named, rolls, outputs)
    highest = rolls[outputs.argmax()]
    return Chart(
        title,
        "roll to the right in degrees; zero is face up",
        "output of the neuron" if bent else "weighted sum",
        [
            Series("all the way round", rolls, outputs),
            Series("the four positions", named, at_named, "points"),
        ],
        f"Highest, {outputs.max():.2f}, at a roll of {highest} degrees. Lowest: "
        f"{outputs.min():.2f}.",
        x_ticks={float(tick): f"{tick}" for tick in rolls[::9]},
    )


def a_pattern(s: Session) -> None:
    s.step("Weights as a pattern")
    name = [*ROLLS][1]
    w = position(ROLLS[name])
    s.read(
        f"Now use the numbers of one position as weights: those of **{name}**, {vector(w)}. The "
        "inputs can come from any position. They all have the same norm: one g."
    )
    sums = POSITIONS @ w
    s.predict(
        "For which position is the weighted sum largest?",
        [*ROLLS][int(sums.argmax())],
        f"It is {sums.max():.2f} there, and {sums.min():.2f} for {[*ROLLS][int(sums.argmin())]}. "
        "The sum is largest where inputs and weights point the same way, and lowest where they "
        "point opposite ways. So it shows how well the position matches the pattern in the "
        "weights.",
        choices=tuple(ROLLS),
    )
    s.picture(sums_around(w, f"Weights: {name}"))
    s.change(
        "the roll, in degrees, of the position that we use as weights",
        int(ROLLS[name]),
        (0, -90),
        lambda roll: sums_around(position(roll), f"Weights: a roll of {roll:g} degrees"),
        low=-180,
        high=180,
    )


def bias_and_activation(s: Session) -> None:
    s.step("Add a bias, then bend")
    name = [*ROLLS][1]
    w, bias = position(ROLLS[name]), -0.5
    s.word("bias")
    s.word("activation")
    s.word("ReLU")
    s.word("neuron")
    x = position(20)
    total = dot(x, w) + bias
    s.formula(
        "a = ReLU(y + b)",
        symbols={
            "y": "the weighted sum",
            "b": "the bias",
            "a": "the output of the neuron",
            "ReLU": "makes negative numbers zero, and keeps all others",
        },
        code=ReLU.forward,
        line="x * self._slope",
        worked=f"at a roll of {np.degrees(np.arcsin(x[0])):.0f} degrees: y is {dot(x, w):.2f}, "
        f"ReLU({dot(x, w):.2f} + {signed(bias)}) = {neuron(x, w, bias):.2f}",
    )
    s.read(
        "In the code, `x` is the weighted sum plus the bias. `_slope` is one where `x` is above "
        f"zero, and zero elsewhere. With the bias {bias:g} the output is zero unless the position "
        "is close to the pattern."
    )
    s.picture(sums_around(w, f"Weights: {name}; bias {bias:g}; ReLU", bias, bent=True))
    s.change(
        "the bias",
        bias,
        (-0.9, 0.5),
        lambda b: sums_around(w, f"Weights: {name}; bias {b:g}; ReLU", b, bent=True),
        low=-3,
        high=3,
    )
    low = total - 1
    s.check(
        f"A neuron has the weighted sum {low:.2f} and the bias {bias:g}. What is its output?",
        max(low + bias, 0.0),
        f"{low:.2f} + {signed(bias)} is {low + bias:.2f}. That is below zero, so ReLU makes it "
        f"{max(low + bias, 0.0):g}.",
        tolerance=0.001,
        hint="Add the bias. Then think of ReLU: what does it do with a negative number?",
    )


def a_layer(s: Session) -> None:
    s.step("Neurons side by side")
    s.word("layer")
    x, bias = np.array([0.5, -0.9]), np.array([0.1, 0.0, -0.2])
    weights = np.array([[1.0, 2.0, -1.0], [-1.0, 0.0, 1.0]])
    s.read("A layer has several neurons. All get the same inputs, but each has its own weights.")
    s.show("inputs", x)
    s.show("weights, one column for each neuron", weights)
    s.show("biases", bias)
    s.run(layer_one_by_one, x, weights, bias)
    one = layer_one_by_one(x, weights, bias)
    kit = Dense(*weights.shape)
    kit.weights[:], kit.bias[:] = weights, bias
    s.formula(
        "y = x W + b",
        symbols={
            "x": "the inputs, a row",
            "W": "the matrix of weights, a column for each neuron",
            "b": "the biases, a row",
            "y": "the outputs, a row: one number for each neuron",
        },
        code=Dense.forward,
        line="x @ self.weights",
        worked=f"{vector(x)} W + {vector(bias)} = {vector(kit.forward(x[None])[0])}",
    )
    agree = (
        "the same result as" if np.allclose(one, kit.forward(x[None])[0]) else "other numbers than"
    )
    s.read(
        "In the code, `@` is the matrix product: a row times each column. The kit's next line adds "
        f"the biases. That gives {agree} one neuron at a time. But one large product is faster on "
        "a computer."
    )
    z, j = np.array([1.0, 1.0]), 1
    s.check(
        f"The inputs change to {vector(z)}. What does the second neuron compute, before ReLU?",
        dot(z, weights[:, j]) + bias[j],
        f"Its column is {vector(weights[:, j])}, its bias {bias[j]:g}: {z[0]:g} · "
        f"{weights[0, j]:g} + {z[1]:g} · {weights[1, j]:g} + {bias[j]:g} = "
        f"{dot(z, weights[:, j]) + bias[j]:g}.",
        tolerance=0.01,
        hint="Take the second column of the weights, and the second bias.",
    )


def shapes(s: Session) -> None:
    s.step("Shapes that fit")
    layer = s.model.float_model.network.trainable_layers[0]
    n_in, n_out = layer.weights.shape
    rows = len(s.data)
    s.read(
        "A layer can take many recordings at once, one in each row. Then the shapes must fit: each "
        "row of x must be as long as a column of W."
    )
    s.table(
        ("what", "rows", "columns"),
        [("x: recordings, features", rows, n_in), ("W: features, neurons", n_in, n_out)],
        "the inputs of this lesson's model, and the weights of its first layer",
    )
    s.predict(
        "What shape does `x @ W` have? Guess the number of rows and columns.",
        f"{rows} rows, {n_out} columns",
        "Each recording gets a row, and each neuron a column. The inner number, that of the "
        "features, is gone, because we added up over the features.",
    )
    x = scaled_inputs(s.model, s.data.recordings)
    s.show("shape of x @ W", (x @ layer.weights).shape)
    s.check(
        "How many weights and biases does this layer have altogether?",
        n_in * n_out + n_out,
        f"{n_in} · {n_out} weights and {n_out} biases: {n_in * n_out + n_out} numbers. Training "
        "found them all. Nobody typed them in.",
        tolerance=0,
        hint="One weight for each input of each neuron, and one bias for each neuron.",
    )


def real_layer(s: Session, recording: Recording) -> None:
    s.step("A neuron of a real model")
    network, names = s.model.float_model.network, s.model.feature_names
    layer, x = network.trainable_layers[0], scaled_inputs(s.model, [recording])[0]
    sums = layer.forward(x[None])[0]
    j = int(sums.argmax())
    parts = x * layer.weights[:, j]
    top = np.argsort(-np.abs(parts))[:5]
    rest = parts.sum() - parts[top].sum()
    column = float(np.round([*parts[top], rest, layer.bias[0, j]], 2).sum())
    s.read(
        f"The model was trained on {len(s.data)} recordings. We give it one with the label "
        f"**{as_is(recording.label)}** and look at its first layer. There, neuron number {j + 1} "
        "has the largest sum. Which inputs make it so large? First in the table is "
        f"`{names[top[0]]}`: {FEATURES[FEATURE_NAMES.index(names[top[0]])].meaning}."
    )
    s.table(
        ("feature", "input", "weight", "input · weight"),
        [
            *((names[i], f"{x[i]:.2f}", f"{layer.weights[i, j]:.2f}", f"{parts[i]:.2f}")
              for i in top),
            (f"the other {len(parts) - len(top)}", "", "", f"{rest:.2f}"),
            ("bias", "", "", f"{layer.bias[0, j]:.2f}"),
        ],
        f"the weighted sum of neuron {j + 1}",
    )  # fmt: skip
    s.check(
        "Add up the last column. What is the sum?",
        sums[j],
        f"The column adds up to {column:.2f}. The kit's layer gives {sums[j]:.2f}."
        + ("" if round(sums[j], 2) == round(column, 2) else " The table shows two decimals only."),
        tolerance=0.06,
        hint="Subtract the numbers with a minus. The table shows two decimals only, so a small "
        "difference is fine.",
    )


def what_lights_up(s: Session, recording: Recording) -> None:
    s.step("Which neurons light up?")
    network = s.model.float_model.network
    lit = network.hidden(scaled_inputs(s.model, [recording]))[0]
    n_zero = int((lit == 0).sum())
    s.predict(
        f"The layer has {len(lit)} neurons. For this one recording, how many have an output of "
        "zero after ReLU?",
        str(n_zero),
        f"{n_zero} of {len(lit)} stay dark (engineers say inactive): the recording does not match "
        "their patterns.",
    )
    truth = np.array([one.label for one in s.data])
    outputs = network.hidden(scaled_inputs(s.model, s.data.recordings))
    of_label = np.array([outputs[truth == label].mean(axis=0) for label in s.model.labels])
    highest = of_label.argmax(axis=1)
    summary = "; ".join(
        f"{label} lights up number {j + 1} most"
        for label, j in zip(s.model.labels, highest, strict=True)
    )
    s.picture(
        Grid(
            "Mean output of each neuron, over the recordings of each label",
            "label",
            "neuron",
            s.model.labels,
            [f"{j + 1}" for j in range(len(lit))],
            of_label.T,
            f"{summary}.",
            number=".1f",
            shades="signed",
        )
    )
    s.read(
        "Each row is a neuron. For which labels does it light up: one, several or none? These "
        "outputs are the inputs of the last layer. That is how it can tell the labels apart."
    )


def the_door(s: Session) -> None:
    s.step("A door with a strange lock")
    s.word("XOR")
    s.read(
        "Now a puzzle. A door opens if the board is rolled to the right or is face up, but not "
        "both. So the rule is: rolled right XOR face up."
    )
    s.table(
        ("position", "rolled right", "face up", "door"),
        [
            (name, yes(x > 0), yes(z < 0), "open" if opens else "closed")
            for name, (x, z), opens in zip(ROLLS, POSITIONS, OPENS, strict=True)
        ],
        "when the door opens",
    )
    s.picture(
        Chart(
            "When does the door open?",
            "x in g",
            "z in g",
            door_points(),
            "The open positions lie in two opposite corners, the closed ones in the other two.",
            x_range=(-1, 1),
            y_range=(-1, 1),
        )
    )
    same = POSITIONS[:, 0] * POSITIONS[:, 1] > 0
    s.check(
        "Look at the signs of x and z. When is the door open?",
        "when they are the same" if (same == OPENS).all() else "when they differ",
        "Two minuses or no minus: open. One minus: closed.",
        choices=("when they are the same", "when they differ"),
        hint="Compare the picture with the first table of this lesson.",
    )


def yes(is_so: bool) -> str:
    """The answer in a table."""
    return "yes" if is_so else "no"


def door_points() -> list[Series]:
    """The four positions, open and closed."""
    return [
        Series(name, POSITIONS[which, 0], POSITIONS[which, 1], "points")
        for name, which in (("open", OPENS == 1), ("closed", OPENS == 0))
    ]


def one_neuron_tries(s: Session) -> None:
    s.step("One neuron tries")
    s.read(
        "Can one neuron do it? Say that it opens the door if its sum plus the bias is above zero. "
        "It has two weights and a bias. Let us simply try random numbers for all three, "
        f"{TRIES} times."
    )
    right = random_neurons(TRIES)
    s.predict(
        f"How many of the {len(OPENS)} positions does the best of these neurons get right?",
        str(right.max()),
        f"{right.max()} of {len(OPENS)}. Not one of {TRIES} neurons gets them all right."
        if right.max() < len(OPENS)
        else f"{right.max()} of {len(OPENS)}.",
    )
    s.table(
        ("positions right", "number of neurons"),
        [(n, int((right == n).sum())) for n in range(len(OPENS) + 1)],
        "how many positions random neurons get right",
    )
    trained = [door_right(trained_door("", start)) for start in range(STARTS)]
    s.read(
        "Perhaps luck is not enough. The kit can also learn weights from examples, as lesson 5 "
        f"shows. We let it learn {STARTS} times, each time starting from new random numbers. Its "
        f"best single layer gets {max(trained)} of {len(OPENS)} right."
    )


def why_it_fails(s: Session) -> None:
    s.step("Why it must fail")
    k = POSITIONS.max()
    s.read(
        f"Write k for {k:.2f}, the number in all four positions. A neuron for this door would have "
        "to do all of this:"
    )
    s.table(
        ("position", "its sum", "must be"),
        [
            (name, f"{sign(x)} k w₁ {sign(z)} k w₂ + b", "above zero" if opens else "zero or less")
            for name, (x, z), opens in zip(ROLLS, POSITIONS, OPENS, strict=True)
        ],
        "what one neuron would have to do",
    )
    s.read(
        "Add up the two rows that must be above zero. The weights cancel out, and two times b is "
        "left. So b must be above zero.\n\n"
        "Now add up the other two rows. Again the weights cancel out, and again two times b is "
        "left. So b must be zero or less. It cannot be both. **No single neuron can do it**, "
        "whatever its weights are."
    )
    s.check(
        "Why does it fail?",
        "no bias fits both sums",
        "The two rows for the open door need a bias above zero. The other two need one of zero or "
        "less.",
        choices=("the weights are too small", "no bias fits both sums", "it needs more training"),
        hint="What is left when you add up two rows?",
    )


def sign(number: float) -> str:
    """Plus or minus."""
    return "+" if number > 0 else "−"


def two_layers(s: Session) -> None:
    s.step("Two layers can")
    s.word("hidden layer")
    network = door_by_hand()
    hidden, out = np.abs(network.hidden(POSITIONS)), network.forward(POSITIONS)[:, 0]
    s.read(
        f"Give each of the {len(OPENS)} positions its own neuron, which looks for just that "
        "position. Its weights are plus one or minus one, like the signs of x and z. All biases "
        "are zero."
    )
    s.code(door_by_hand)
    columns = [f"for {vector(signs)}" for signs in SIGNS]
    hidden_row = 1
    rows = [
        (name, *(f"{h:.2f}" for h in row), f"{y:.2f}")
        for name, row, y in zip(ROLLS, hidden, out, strict=True)
    ]
    rows[hidden_row] = (*rows[hidden_row][:-1], "?")
    s.table(("position", *columns, "output"), rows, "the hidden layer after ReLU, and the output")
    second = network.trainable_layers[1].weights[:, 0]
    s.check(
        f"The weights of the output are {vector(second)}. What number belongs at the question "
        "mark?",
        out[hidden_row],
        f"Only one neuron of the hidden layer lights up, with {hidden[hidden_row].max():.2f}. "
        f"Its output weight is {second[hidden[hidden_row].argmax()]:.0f}. So the output is "
        f"{out[hidden_row]:.2f}.",
        tolerance=0.02,
        hint="Which neuron is not zero in this row? Multiply it by its weight.",
    )
    right = int(((out > 0) == OPENS).sum())
    ticks = np.linspace(-1, 1, 8)
    plane = np.array([[(x, z) for x in ticks] for z in ticks[::-1]])
    s.picture(
        Grid(
            f"Output of the two layers: {right} of {len(OPENS)} positions are right",
            "x in g",
            "z in g",
            [f"{x:.1f}" for x in ticks],
            [f"{z:.1f}" for z in ticks[::-1]],
            network.forward(plane.reshape(-1, 2)).reshape(len(ticks), -1),
            "Above zero in two opposite corners, where x and z have the same sign; below zero in "
            "the other two.",
            number=".1f",
            shades="signed",
        )
    )


def door_picture(n_hidden: float) -> Chart:
    """A map of where a trained network with this many hidden neurons opens the door."""
    network = trained_door(f"{n_hidden:.0f}")
    ticks = np.linspace(-1, 1, 12)
    plane = np.array([(x, z) for z in ticks for x in ticks])
    opens = network.forward(plane).argmax(axis=1) == 1
    right = door_right(network)
    return Chart(
        f"Hidden neurons: {n_hidden:.0f}. Right: {right} of {len(OPENS)}",
        "x in g",
        "z in g",
        [Series("predicted open", plane[opens, 0], plane[opens, 1], "points"), *door_points()],
        f"The network opens the door on {opens.mean():.0%} of the map.",
        x_range=(-1.1, 1.1),
        y_range=(-1.1, 1.1),
    )


def found_by_training(s: Session) -> None:
    s.step("Found by training")
    s.read(
        "We worked out these weights by thinking. Can training find some? The kit starts from "
        f"random weights, {STARTS} times for each number of hidden neurons."
    )
    sizes = (1, 2, 3, 4, 8)
    solved = {
        n: sum(door_right(trained_door(str(n), start)) == len(OPENS) for start in range(STARTS))
        for n in sizes
    }
    s.table(
        ("hidden neurons", f"door solved, out of {STARTS} starts"),
        [(n, solved[n]) for n in sizes],
        "how often training finds weights for the door",
    )
    most = max(sizes, key=lambda n: (solved[n], -n))
    s.read(
        f"With {most} hidden neurons it works {solved[most]} times out of {STARTS}. Two are "
        "enough if you choose the weights cleverly. But training starts at random and may get "
        "stuck. With a few neurons to spare, it rarely does."
    )
    s.change("the number of hidden neurons", 4, (1, 8), door_picture, low=1, high=32)


def what_relu_is_for(s: Session) -> None:
    s.step("What ReLU is for")
    network = door_by_hand()
    first, second = (layer.weights for layer in network.trainable_layers)
    x = np.array([2.0, 1.0])
    without = two_without_relu(POSITIONS, first, second)[:, 0]
    s.predict(
        "Take ReLU out of the two layers for the door. Does the door still work?",
        "yes" if ((without > 0) == OPENS).all() else "no",
        f"Without ReLU the output is {listed(np.round(without, 2) + 0.0)} for the four positions. "
        f"Above zero: {int((without > 0).sum())} of {len(OPENS)}. But the door should open for "
        f"{OPENS.sum()}.",
        choices=("yes", "no"),
    )
    a, b = np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([[3.0], [1.0]])
    s.formula(
        "(x A) B = x (A B)",
        symbols={
            "x": "the inputs",
            "A": "the weights of the first layer",
            "B": "the weights of the second",
        },
        code=as_one,
        line="x @ (first @ second)",
        worked=f"x = {vector(x)}; A has the rows {vector(a[0])} and {vector(a[1])}; B is the "
        f"column {vector(b[:, 0])}. Left: x A = {vector(x @ a)}, and times B that is "
        f"{two_without_relu(x, a, b)[0]:g}. Right: A B = {vector((a @ b)[:, 0])}, and x times that "
        f"is {as_one(x, a, b)[0]:g}",
    )
    s.read(
        "Without an activation between them, two layers are one layer in disguise, even with "
        "biases. And one layer is not enough for the door. The bend of ReLU between them is what "
        "makes a second layer worth having."
    )
    model = s.model.float_model.network
    s.table(
        ("layer", "inputs", "neurons", "weights and biases"),
        [
            (i + 1, *layer.weights.shape, layer.weights.size + layer.bias.size)
            for i, layer in enumerate(model.trainable_layers)
        ],
        f"the whole network of this lesson's model: {model.parameters.size} numbers",
    )
    s.check(
        f"The last layer of this network has {model.n_outputs} outputs: one for each of the "
        f"{len(s.model.labels)} labels, and some extra. How many extra?",
        model.n_outputs - len(s.model.labels),
        f"{model.n_outputs} − {len(s.model.labels)} = {model.n_outputs - len(s.model.labels)}. "
        "It stands for all other movements. The next lesson explains what these numbers mean.",
        tolerance=0,
        hint="Subtract the number of labels from the number of outputs.",
    )
