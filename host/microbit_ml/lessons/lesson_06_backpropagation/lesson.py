"""Lesson 6, Backpropagation by hand: the gradient of a whole network, on one sheet of paper."""

from __future__ import annotations

if __name__ == "__main__":  # this file was started by itself: run the lesson of its folder
    from microbit_ml.lessons.alone import run_folder

    run_folder(__file__)

from math import exp

import numpy as np

from microbit_ml.charts import Chart, Grid, Series
from microbit_ml.lessons.lesson_05_downhill.example import rows_and_targets
from microbit_ml.lessons.lesson_05_downhill.maths import slope_between
from microbit_ml.lessons.session import Session
from microbit_ml.lessons.values import named
from microbit_ml.network import Dense, Network, ReLU
from microbit_ml.network.losses import score_gradient

from .example import (
    decimals,
    finite_difference,
    gradient_cost,
    in_kit,
    kit_gradient,
    kit_loss,
    loss_after_step,
    loss_over_score,
    multiplications,
)
from .maths import BLOCKED, BOTH, NAMES, PAPER, Backward, Forward, backward, chain, forward

GEAR, WHEEL_M = 3.0, 2.0  # wheel turns for a pedal turn; metres for a wheel turn
BUCKETS = (2.0, 3.0)  # litres a minute into each, for one turn of the tap
INNER, AT = 3.0, 2.0  # y = INNER * x, at the point x = AT
TINY = 1e-6
RATE = 0.1


def in_product(number: float) -> str:
    """A number as a factor of a product: a negative one in brackets."""
    text = f"{number:.3f}".rstrip("0").rstrip(".")
    return f"({text})" if number < 0 else text


def lesson(s: Session) -> None:
    """The lesson from top to bottom."""
    f = forward(PAPER)
    b = backward(PAPER, f)
    s.step("Who is to blame?")
    blame(s)
    s.step("Gears: slopes in a row")
    gears(s)
    s.step("Slopes that change, and paths that meet")
    curves_and_taps(s)
    s.step("A network on paper")
    on_paper(s)
    s.step("Forward: the hidden layer")
    forward_hidden(s, f)
    s.step("Forward: scores, softmax and loss")
    forward_loss(s, f)
    s.step("Backward: the scores")
    backward_scores(s, f, b)
    s.step("Backward: the last weights")
    backward_last(s, f, b)
    s.step("Backward: to the hidden layer")
    backward_hidden(s, b)
    s.step("Backward: through ReLU to the first weights")
    backward_first(s, f, b)
    s.step("Is it right?")
    is_it_right(s, b)
    s.step("One step downhill")
    one_step(s, f, b)
    s.step("A ReLU that is off")
    blocked(s)
    s.step("Why it is fast")
    why_fast(s)


def blame(s: Session) -> None:
    """The question of the lesson."""
    s.read(
        "In lesson 5 you walked downhill. For that you needed the gradient: a slope for each "
        "weight. The slope of a weight says how much it is to blame for the loss.\n\n"
        "Let's take the smallest network that has all the parts: two inputs, two hidden neurons "
        "with ReLU, and two scores. It is called a 2-2-2 network. It fits on paper, so get a sheet "
        "and a calculator."
    )
    network = in_kit(PAPER)
    first = network.trainable_layers[0]
    s.predict(
        "How many weights and biases does a 2-2-2 network have?",
        network.parameters.size,
        f"Each layer has {first.weights.size} weights and {first.bias.size} biases, and there are "
        f"{len(network.trainable_layers)} such layers. So we need {network.parameters.size} "
        "slopes.",
    )
    s.read(
        "You could change each weight a little and see what happens to the loss. But then you must "
        "run the whole network again for each weight. There is a better way. It takes one idea, "
        "and you know it from your bike."
    )


def gears(s: Session) -> None:
    """The chain rule with a bicycle."""
    s.read(
        f"Turn the pedals once, and the wheel turns {GEAR:g} times. Each turn of the wheel takes "
        f"you {WHEEL_M:g} metres. How far does one turn of the pedals take you? Multiply: "
        f"{GEAR:g} times {WHEEL_M:g}."
    )
    s.word("chain rule")
    s.formula(
        "dz/dx = dz/dy · dy/dx",
        symbols={
            "dz/dx": "how fast z grows with x (metres per pedal turn)",
            "dz/dy": "how fast z grows with y (metres per wheel turn)",
            "dy/dx": "how fast y grows with x (wheel turns per pedal turn)",
        },
        code=chain,
        line="outer_slope * inner_slope",
        worked=f"{WHEEL_M:g} · {GEAR:g} = {chain(WHEEL_M, GEAR):g} metres per pedal turn",
    )
    other = 4.0
    s.check(
        f"Change gear: now one turn of the pedals gives {other:g} turns of the wheel. How many "
        "metres does one turn of the pedals take you?",
        chain(WHEEL_M, other),
        f"{WHEEL_M:g} metres for each turn of the wheel, times {other:g} turns: "
        f"{chain(WHEEL_M, other):g} metres.",
        hint="Multiply the two slopes.",
    )


def curves_and_taps(s: Session) -> None:
    """The chain rule where a slope depends on the point, and the sum over several paths."""
    y = INNER * AT
    exact = chain(y + y, INNER)
    tried = slope_between(lambda x: (INNER * x) ** 2, AT, TINY)
    s.read(
        f"A gear has the same slope all the time. A curve does not. Take y = {INNER:g}x, and then "
        f"z = y². Stand at x = {AT:g}, so y = {y:g}. The slope of y is {INNER:g} everywhere. The "
        f"slope of a square is y + y, as in lesson 5: here it is {y + y:g}. So the slope of both "
        f"in a row is {y + y:g} · {INNER:g} = {exact:g}. **Take each slope at the point where you "
        "stand.**"
    )
    s.word("finite difference")
    s.read(
        f"Test it: make x just a little larger, as in lesson 5. The finite difference is "
        f"{tried:.4f}. The chain rule gave {exact:g}."
    )
    s.read(
        "One more thing. A tap fills two buckets. Give it one more turn, and each minute the first "
        f"bucket gets {BUCKETS[0]:g} litres more, the second {BUCKETS[1]:g}."
    )
    s.check(
        "How many more litres a minute is that for both buckets together?",
        sum(BUCKETS),
        f"{BUCKETS[0]:g} + {BUCKETS[1]:g} = {sum(BUCKETS):g}. If several paths lead from one "
        "number to the end, multiply along each path, then add up the paths.",
        hint="The two buckets do not affect each other. So add.",
    )


def on_paper(s: Session) -> None:
    """The network that the lesson works through."""
    s.read(
        "Draw two circles for the inputs x₁ and x₂, then two for the hidden neurons h₁ and h₂, "
        "then two for the scores s₁ and s₂. Connect each circle to both circles of the next layer. "
        "Write these weights on the lines, and each bias next to its circle:"
    )
    first, last = in_kit(PAPER).trainable_layers
    weights = np.concatenate([first.weights, first.bias], axis=0)
    more = np.concatenate([last.weights, last.bias], axis=0)
    s.picture(
        Grid(
            title="First layer",
            x_label="to",
            y_label="from",
            columns=["h₁", "h₂"],
            rows=["x₁", "x₂", "bias"],
            values=weights,
            alt="The weights of the first layer: "
            + ", ".join(f"{n} {w:g}" for n, w in zip(NAMES[:6], weights.ravel(), strict=True)),
            shades="signed",
        )
    )
    s.picture(
        Grid(
            title="Last layer",
            x_label="to",
            y_label="from",
            columns=["s₁", "s₂"],
            rows=["h₁", "h₂", "bias"],
            values=more,
            alt="The weights of the last layer: "
            + ", ".join(f"{n} {w:g}" for n, w in zip(NAMES[6:], more.ravel(), strict=True)),
            shades="signed",
        )
    )
    labels = s.model.labels
    s.read(
        f"A movement comes in. It has two features: x₁ = {PAPER.x[0]:g} and x₂ = {PAPER.x[1]:g}. "
        f"Let s₁ be the score of {named(labels[0])}, and s₂ the score of {named(labels[1])}. The "
        f"true label is {named(labels[PAPER.right])}. So we want s₂ to win."
    )


def forward_hidden(s: Session, f: Forward) -> None:
    """Weighted sums and ReLU."""
    s.word("forward pass")
    x, w, bias = PAPER.x, PAPER.w1, PAPER.b1
    s.formula(
        "z = x₁ · w₁ + x₂ · w₂ + b",
        symbols={
            "z": "the weighted sum of a hidden neuron",
            "x₁": "the first input",
            "x₂": "the second input",
            "w₁": "the weight from x₁ to this neuron",
            "w₂": "the weight from x₂ to this neuron",
            "b": "the bias of this neuron",
        },
        code=forward,
        line="z = [paper.x[0]",
        worked=f"h₁: {in_product(x[0])} · {in_product(w[0][0])} + {in_product(x[1])} · "
        f"{in_product(w[1][0])} + {in_product(bias[0])} = {in_product(f.z[0])}",
    )
    s.read(
        "The kit does this for all neurons at once, with a matrix product: `x @ self.weights`. "
        "Then it adds the bias."
    )
    s.check(
        "Now work out z for the second hidden neuron. Use the second column of the first layer.",
        f.z[1],
        f"{in_product(x[0])} · {in_product(w[0][1])} + {in_product(x[1])} · "
        f"{in_product(w[1][1])} + {in_product(bias[1])} = {in_product(f.z[1])}.",
        tolerance=0.001,
        hint="Input times weight, twice, and then add the bias.",
    )
    s.read(
        "ReLU keeps what is above zero. Both sums are, so they stay the same: "
        f"h₁ = {f.h[0]:g} and h₂ = {f.h[1]:g}."
    )


def forward_loss(s: Session, f: Forward) -> None:
    """Scores (logits), softmax and the cross-entropy loss."""
    w, bias = PAPER.w2, PAPER.b2
    rows = [
        [
            f"s{'₁₂'[j]}",
            f"{in_product(f.h[0])} · {in_product(w[0][j])} + "
            f"{in_product(f.h[1])} · {in_product(w[1][j])} + {in_product(bias[j])}",
            f"{f.s[j]:g}",
            f"{exp(f.s[j]):.3f}",
            f"{f.p[j]:.3f}",
        ]
        for j in BOTH
    ]
    s.read(
        "The scores are weighted sums again, now of h₁ and h₂. (Engineers call such scores "
        "logits.) Then comes softmax, as in lesson 4: raise e to the power of each score, and "
        "divide by the sum of both. That gives a probability for each label."
    )
    s.table(
        ["", "sum", "score", "exp(score)", "probability"],
        rows,
        "From the hidden layer to softmax",
    )
    s.read("Now the loss. It is the cross-entropy from lesson 4.")
    s.formula(
        "loss = -log(p)",
        symbols={"loss": "how wrong the network is", "p": "the probability of the true label"},
        code=forward,
        line="-log(p[paper.right])",
        worked=f"-log({f.p[PAPER.right]:.3f}) = {f.loss:.3f}",
    )
    wrong = f.p[PAPER.right] < f.p[1 - PAPER.right]
    s.read(
        "On a calculator, this `log` is the `ln` key, as in lesson 4. The `log` key is different."
    )
    s.read(
        f"The true label got a probability of {f.p[PAPER.right]:.3f}. "
        + (
            "The other label got more, so the network is wrong. "
            if wrong
            else "The other label got less, so the network is right. "
        )
        + "Now give these weights to the kit's own network. Its loss is "
        f"{kit_loss(in_kit(PAPER), PAPER):.3f}."
    )


def backward_scores(s: Session, f: Forward, b: Backward) -> None:
    """The gradient of the cross-entropy for the scores: p - y."""
    s.word("backward pass")
    s.read(
        "Now we go back. Start at the loss, and ask about each number: if it grew a little, how "
        "much would the loss grow? That is its slope."
    )
    s.predict(
        "Think of s₂, the score of the true label. If it grows, what does the loss do?",
        "it falls",
        "A higher score for the true label gives it a higher probability, and that makes the loss "
        "smaller. So the slope of s₂ is negative.",
        choices=("it grows", "it falls", "it stays"),
    )
    j = 1 - PAPER.right
    s.formula(
        "slope of s = (p - y) / n",
        symbols={
            "slope of s": "how fast the loss grows with this score",
            "p": "the probability of this label",
            "y": f"the target: {max(BOTH)} for the true label, {min(BOTH)} for the others",
            "n": f"recordings in the batch, here {len(BOTH[:1])}",
        },
        code=score_gradient,
        line="return (probabilities - ",
        worked=f"s₁: ({f.p[j]:.3f} - {min(BOTH)}) / {len(BOTH[:1])} = {b.s[j]:.3f}",
    )
    tried = slope_between(loss_over_score(f, j), f.s[j], TINY)
    s.read(
        "What you got, minus what you wanted. Such a short rule, for exp, log and a division "
        "together! Can it be true? Make s₁ a little larger, and work out the loss again. The "
        f"finite difference is {tried:.3f}."
    )
    s.check(
        "What is the slope of s₂? Three decimals are enough.",
        b.s[PAPER.right],
        f"{f.p[PAPER.right]:.3f} - {max(BOTH)} = {b.s[PAPER.right]:.3f}. The two slopes add up to "
        "zero: what one label gains, the other one loses.",
        tolerance=0.002,
        hint="Probability minus target. For s₂ the target is one.",
    )


def backward_last(s: Session, f: Forward, b: Backward) -> None:
    """The weight gradients of the last layer."""
    s.read(
        "A weight of the last layer leads from an h to a score. If the weight grows a little, the "
        "score grows h times as much. And the slope of the score says how much the loss changes "
        "then. These are two slopes in a row, so multiply."
    )
    s.formula(
        "slope of w = h · slope of s",
        symbols={
            "slope of w": "how fast the loss grows with this weight",
            "h": "the number that goes into the weight",
            "slope of s": "the slope of the score that the weight leads to",
        },
        code=Dense.keep_gradients,
        line="np.matmul(transposed(self._x), gradient",
        worked=f"h₁→s₁: {in_product(f.h[0])} · {in_product(b.s[0])} = {b.w2[0][0]:.3f}",
    )
    s.check(
        "What is the slope of the weight from h₂ to s₂?",
        b.w2[1][1],
        f"h₂ is {in_product(f.h[1])}, and the slope of s₂ is {b.s[1]:.3f}. So it is "
        f"{b.w2[1][1]:.3f}.",
        tolerance=0.002,
        hint="Take what goes in, h₂, times the slope of s₂ from the last step.",
    )
    s.table(
        ["weight", "what goes in", "slope of the score", "slope of the weight"],
        [
            [NAMES[6 + 2 * i + j], in_product(f.h[i]), f"{b.s[j]:.3f}", f"{b.w2[i][j]:.3f}"]
            for i in BOTH
            for j in BOTH
        ],
        "The last layer",
    )
    s.read(
        "And a bias? What goes into it is always one. So it has the same slope as its score: "
        f"{b.s[0]:.3f} and {b.s[1]:.3f}."
    )


def backward_hidden(s: Session, b: Backward) -> None:
    """From the scores to the hidden neurons: two paths add up."""
    w = PAPER.w2
    s.read(
        "Next question: how much does the loss grow if h₁ grows? Think of the tap with two "
        "buckets. One path from h₁ goes through s₁, the other through s₂. Multiply along each "
        "path, then add."
    )
    s.formula(
        "slope of h = w₁ · g₁ + w₂ · g₂",
        symbols={
            "slope of h": "how fast the loss grows with this hidden number",
            "w₁": "the weight from it to s₁",
            "g₁": "the slope of s₁",
            "w₂": "the weight from it to s₂",
            "g₂": "the slope of s₂",
        },
        code=Dense.backward,
        line="gradient @ transposed(self.weights)",
        worked=f"h₁: {in_product(w[0][0])} · {in_product(b.s[0])} + {in_product(w[0][1])} · "
        f"{in_product(b.s[1])} = {b.h[0]:.3f}",
    )
    s.check(
        "What is the slope of h₂?",
        b.h[1],
        f"{in_product(w[1][0])} · {in_product(b.s[0])} + {in_product(w[1][1])} · "
        f"{in_product(b.s[1])} = {b.h[1]:.3f}. "
        + ("It is negative: more of h₂ would help." if b.h[1] < 0 else "Less of h₂ would help."),
        tolerance=0.002,
        hint="Take both weights that start at h₂: the second row of the last layer.",
    )
    s.read(
        "Look at the weights. On the way forward they carried numbers to the scores. On the way "
        "back the same weights carry the blame. That is why the code says `transposed`: rows and "
        "columns swap."
    )


def backward_first(s: Session, f: Forward, b: Backward) -> None:
    """Through ReLU, and the weight gradients of the first layer."""
    s.formula(
        "slope of z = slope of h · r",
        symbols={
            "slope of z": "how fast the loss grows with the sum before ReLU",
            "slope of h": "the same for the number after ReLU",
            "r": "the slope of ReLU: one where z is above zero, and zero elsewhere",
        },
        code=ReLU.backward,
        line="gradient * self._slope",
        worked=f"h₁: z = {f.z[0]:g} is above zero, so {in_product(b.h[0])} · "
        f"{float(f.z[0] > 0):g} = {b.z[0]:.3f}",
    )
    s.read(
        "Both sums are above zero here, so the slopes stay the same. You know the rest: take what "
        "goes into a weight, times the slope of where it leads."
    )
    on_paper, exact = PAPER.x[1] * round(b.z[1], 3), b.w1[1][1]
    s.check(
        "What is the slope of the weight from x₂ to h₂?",
        exact,
        f"{in_product(PAPER.x[1])} · {in_product(b.z[1])} = {on_paper:.3f}. "
        + (
            f"A computer gets {exact:.3f}: it keeps all the digits, and rounds only at the end."
            if f"{on_paper:.3f}" != f"{exact:.3f}"
            else ""
        ),
        tolerance=0.004,
        hint="What goes in is x₂. Multiply it by the slope of z for the neuron h₂.",
    )
    s.table(
        ["weight", "what goes in", "slope of z", "slope of the weight"],
        [
            [NAMES[2 * i + j], f"{PAPER.x[i]:g}", f"{b.z[j]:.3f}", f"{b.w1[i][j]:.3f}"]
            for i in BOTH
            for j in BOTH
        ],
        "The first layer (each bias has the slope of its z)",
    )
    s.word("backpropagation")
    slopes = b.in_order()
    largest = int(np.argmax(np.abs(slopes)))
    s.read(
        f"That was the whole backward pass: {len(slopes)} slopes for "
        f"{multiplications(in_kit(PAPER))[1]} multiplications. (We don't count multiplying by one "
        "or zero at ReLU.) Note that the inputs did not come back at the end. Slopes did.\n\n"
        f"The loss is steepest for {NAMES[largest]}: {slopes[largest]:.3f}. That is not how wrong "
        "this weight is. It is how fast the loss changes if you move it a little."
    )


def is_it_right(s: Session, b: Backward) -> None:
    """All slopes by hand, by the kit and by finite differences (a gradient check)."""
    network = in_kit(PAPER)
    by_hand, by_kit = b.in_order(), kit_gradient(network, PAPER)
    tried = [finite_difference(network, PAPER, index, TINY) for index in range(len(NAMES))]
    s.read(
        "Never trust a gradient that you have not checked. First check: change each weight a "
        "little, and run forward again. Second check: ask the kit. Its `Network` has the same "
        "weights, and its `backward` goes from layer to layer as you did."
    )
    s.table(
        ["", "by hand", "finite difference", "kit"],
        [
            [name, f"{hand:.4f}", f"{small:.4f}", f"{kit:.4f}"]
            for name, hand, small, kit in zip(NAMES, by_hand, tried, by_kit, strict=True)
        ],
        "The same gradient, worked out in three ways",
    )
    s.read(
        f"Your slopes and the kit's agree to {decimals(by_hand, by_kit)} decimals. Yours and the "
        f"finite differences agree to {decimals(by_hand, np.array(tried))}. Here is the kit's "
        "whole loop:"
    )
    s.code(Network, only="backward")
    index = int(np.argmax(np.abs(by_hand)))
    s.change(
        f"the small step h, for the weight {NAMES[index]}",
        0.01,
        (1.0, 0.1, 0.001, 1e-15),
        lambda h: (
            f"finite difference {finite_difference(network, PAPER, index, h):.5f}, "
            f"backpropagation {by_hand[index]:.5f}"
        ),
        low=1e-15,
        high=10.0,
    )
    s.read(
        "If the step is too large, you miss the slope, since the curve bends on the way. A step "
        "that is far too small fails as well. A computer keeps only so many digits, and such a "
        "small change gets lost."
    )


def one_step(s: Session, f: Forward, b: Backward) -> None:
    """One step of gradient descent with the slopes found by hand."""
    first = PAPER.w1[0][1]
    moved = first - RATE * b.w1[0][1]
    s.read(
        "Now use it. Each weight takes one step against its slope, with the learning rate "
        f"{RATE:g}. For example {NAMES[1]}: "
        f"{in_product(first)} - {RATE:g} · {in_product(b.w1[0][1])} = {moved:.3f}."
    )
    after = loss_after_step(RATE)
    s.predict(
        f"Before the step the loss was {f.loss:.3f}. And after it?",
        "smaller" if after < f.loss else "larger",
        f"Now it is {after:.3f}.",
        choices=("smaller", "larger", "the same"),
    )
    rates = np.linspace(0.0, 1.0, 51)
    losses = [loss_after_step(rate) for rate in rates]
    s.picture(
        Chart(
            title="The loss after one step",
            x_label="learning rate",
            y_label="loss",
            series=[Series("loss", rates, losses)],
            alt=f"At a learning rate of zero the loss is {losses[0]:.2f}. It falls to "
            f"{min(losses):.3f} at {rates[int(np.argmin(losses))]:g}.",
        )
    )
    s.change(
        "learning rate",
        RATE,
        (0.01, 0.5, -RATE),
        lambda rate: f"the loss goes from {f.loss:.4f} to {loss_after_step(rate):.4f}",
        low=-5.0,
        high=50.0,
    )
    s.read(
        "A negative rate goes uphill: try it. And be careful with a long step, even if it works "
        "well here. It is good for this one movement, and may be bad for all the others."
    )


def blocked(s: Session) -> None:
    """Another movement, for which one hidden neuron is off."""
    f = forward(BLOCKED)
    b = backward(BLOCKED, f)
    off = [j for j in BOTH if f.z[j] <= 0]
    name = f"h{'₁₂'[off[0]]}"
    s.read(
        f"Here comes another movement: x₁ = {BLOCKED.x[0]:g} and x₂ = {BLOCKED.x[1]:g}. Now z of "
        f"{name} is {f.z[off[0]]:g}. ReLU makes it zero: the neuron is off."
    )
    s.predict(
        f"What are the slopes of the weights that lead into {name}?",
        "all zero",
        f"Change these weights a little, and z is still below zero. So {name} stays off, and the "
        "loss does not change at all. The blame cannot get through.",
        choices=("all zero", "all negative", "as before"),
    )
    slopes, kit = b.in_order(), kit_gradient(in_kit(BLOCKED), BLOCKED)
    s.table(
        ["", "by hand", "kit"],
        [
            [name, f"{hand:.3f}", f"{value:.3f}"]
            for name, hand, value in zip(NAMES, slopes + 0.0, kit + 0.0, strict=True)
        ],
        "The slopes for this movement",
    )
    zero = int((np.abs(kit) < TINY).sum())
    s.read(
        f"{zero} of the {len(kit)} slopes are zero. For the two weights into {name} and for its "
        f"bias, that is because {name} is off. For the two weights out of it, that is because a "
        "zero goes into them. It does not make them good weights. This movement just cannot teach "
        f"{name} anything. Other movements can, as long as some of them switch it on."
    )


def why_fast(s: Session) -> None:
    """Count the multiplications of both methods for the trained network, and for larger ones."""
    network = s.model.float_model.network
    by_backpropagation, by_differences = gradient_cost(network)
    ahead, back = multiplications(network)
    x, _ = rows_and_targets(s)
    s.read(
        f"The kit's network for {len(s.model.labels)} labels has {network.parameters.size} weights "
        f"and biases. A forward pass through its layers takes {ahead} multiplications. A backward "
        f"pass takes {back}."
    )
    s.predict(
        "How many forward passes would you need to find all the slopes by finite differences?",
        network.parameters.size + 1,
        "One with the weights as they are, and one more for each of the "
        f"{network.parameters.size} weights and biases.",
    )
    s.table(
        ["", "passes", "multiplications"],
        [
            [
                "finite differences",
                f"{network.parameters.size + 1} forward",
                f"{by_differences:,}",
            ],
            ["backpropagation", "one forward, one backward", f"{by_backpropagation:,}"],
        ],
        "The whole gradient for one recording",
    )
    sizes, times = [], []
    for units in (2, 4, 8, 16, 32, 64):
        larger = Network(str(units), x.shape[1], network.n_outputs, np.random.default_rng(0))
        one_pass, many_passes = gradient_cost(larger)
        sizes.append(larger.parameters.size)
        times.append(many_passes / one_pass)
    s.picture(
        Chart(
            title="How many times cheaper backpropagation is",
            x_label="weights and biases",
            y_label="times cheaper",
            series=[Series("times cheaper", sizes, times)],
            alt=f"A nearly straight line, from {times[0]:.0f} times cheaper for {sizes[0]} weights "
            f"and biases to {times[-1]:.0f} times for {sizes[-1]}.",
        )
    )
    s.read(
        "For this network, backpropagation is "
        f"{by_differences / by_backpropagation:.0f} times cheaper. The larger the network, the "
        "more you save. Without it, training a large network would take far too long."
    )
    s.read(
        "**Looking back.** On the way forward, you work out each number from the ones before it. "
        "On the way back, you work out each slope from the ones after it. Slopes in a row are "
        "multiplied. Where paths meet, they are added. That is all there is to backpropagation, in "
        "this network and in the largest ones.\n\n"
        "Now a network can learn. But what does it learn? The gesture, or your recordings by "
        "heart? That is lesson 7."
    )
