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
    in_kit,
    kit_gradient,
    kit_loss,
    loss_after_step,
    loss_over_score,
    multiplications,
    price,
)
from .maths import BLOCKED, BOTH, NAMES, PAPER, Backward, Forward, backward, chain, forward

GEAR, WHEEL_M = 3.0, 2.0  # wheel turns for a pedal turn; metres for a wheel turn
BUCKETS = (2.0, 3.0)  # litres a minute into each, for one turn of the tap
INNER, AT = 3.0, 2.0  # y = INNER * x, looked at where x = AT
TINY = 1e-6
RATE = 0.1


def at(number: float) -> str:
    """A number as it is written within a product: a negative one in brackets."""
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
    s.step("Slopes that change, and ways that meet")
    curves_and_taps(s)
    s.step("A network on paper")
    on_paper(s)
    s.step("Forward: the hidden layer")
    forward_hidden(s, f)
    s.step("Forward: scores, shares and loss")
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
        "weight. A slope says how much of the blame for the loss a weight has.\n\n"
        "We take the smallest network that has all parts: two inputs, two hidden neurons with "
        "ReLU, two scores. People call it a 2-2-2 network. It fits on paper, so have a sheet and a "
        "calculator ready."
    )
    network = in_kit(PAPER)
    first = network.trainable_layers[0]
    s.predict(
        "How many weights and biases does a 2-2-2 network have?",
        network.parameters.size,
        f"Each layer has {first.weights.size} weights and {first.bias.size} biases, and there are "
        f"{len(network.trainable_layers)} such layers. So we look for {network.parameters.size} slopes.",
    )
    s.read(
        "You could change each weight a little and look at the loss. Each try costs a whole run. "
        "There is a better way. It needs one idea, and you know it from your bicycle."
    )


def gears(s: Session) -> None:
    """The chain rule with a bicycle."""
    s.read(
        f"Turn the pedals once, and the wheel turns {GEAR:g} times. Each turn of the wheel takes "
        f"you {WHEEL_M:g} metres on. How far does one turn of the pedals take you? You multiply: "
        f"{GEAR:g} times {WHEEL_M:g}."
    )
    s.word("chain rule")
    s.formula(
        "dz/dx = dz/dy · dy/dx",
        symbols={
            "dz/dx": "how fast z grows with x (metres for a pedal turn)",
            "dz/dy": "how fast z grows with y (metres for a wheel turn)",
            "dy/dx": "how fast y grows with x (wheel turns for a pedal turn)",
        },
        code=chain,
        line="outer_slope * inner_slope",
        worked=f"{WHEEL_M:g} · {GEAR:g} = {chain(WHEEL_M, GEAR):g} metres for a pedal turn",
    )
    other = 4.0
    s.check(
        f"Shift the gear: now one turn of the pedals gives {other:g} turns of the wheel. How many "
        "metres does one turn of the pedals take you?",
        chain(WHEEL_M, other),
        f"{WHEEL_M:g} metres for a wheel turn, times {other:g} wheel turns: "
        f"{chain(WHEEL_M, other):g} metres.",
        hint="Multiply the two slopes.",
    )


def curves_and_taps(s: Session) -> None:
    """The chain rule where a slope depends on the place, and the sum over several ways."""
    y = INNER * AT
    exact = chain(y + y, INNER)
    tried = slope_between(lambda x: (INNER * x) ** 2, AT, TINY)
    s.read(
        f"Gears have the same slope at all times. A curve does not. Take y = {INNER:g}x, and then "
        f"z = y². Stand at x = {AT:g}, so y = {y:g}. The slope of y is {INNER:g} everywhere. The "
        f"slope of a square is y + y, as in lesson 5: here {y + y:g}. So the slope of both in a "
        f"row is {y + y:g} · {INNER:g} = {exact:g}. **Take each slope where you stand.**"
    )
    s.word("finite difference")
    s.read(
        f"Test it: make x larger by a tiny step, as in lesson 5. The finite difference is "
        f"{tried:.4f}. The chain rule said {exact:g}."
    )
    s.read(
        "One more thing. A tap fills two buckets. Open it by one more turn, and the first bucket "
        f"gets {BUCKETS[0]:g} litres a minute more, the second {BUCKETS[1]:g}."
    )
    s.check(
        "How many litres a minute more is that for both buckets together?",
        sum(BUCKETS),
        f"{BUCKETS[0]:g} + {BUCKETS[1]:g} = {sum(BUCKETS):g}. Where several ways lead from one "
        "number to the end, multiply along each way, then add the ways up.",
        hint="Water in one bucket does not change the water in the other one.",
    )


def on_paper(s: Session) -> None:
    """The network that is worked through."""
    s.read(
        "Draw two circles for the inputs x₁ and x₂, then two for the hidden neurons h₁ and h₂, "
        "then two for the scores s₁ and s₂. Join each circle with both of the next layer. Write "
        "these weights on the lines, and each bias beside the circle that it belongs to:"
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
        f"A movement comes in with two features: x₁ = {PAPER.x[0]:g} and x₂ = {PAPER.x[1]:g}. "
        f"Say that s₁ is the score of {named(labels[0])}, and s₂ that of {named(labels[1])}. The "
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
        worked=f"h₁: {at(x[0])} · {at(w[0][0])} + {at(x[1])} · {at(w[1][0])} + {at(bias[0])} "
        f"= {at(f.z[0])}",
    )
    s.read(
        "The kit does this for all neurons at once, with a matrix product: `x @ self.weights`, and "
        "then the bias."
    )
    s.check(
        "Now do z of the second hidden neuron, with the second column of the first layer.",
        f.z[1],
        f"{at(x[0])} · {at(w[0][1])} + {at(x[1])} · {at(w[1][1])} + {at(bias[1])} = {at(f.z[1])}.",
        tolerance=0.001,
        hint="Input times weight, twice, and then the bias.",
    )
    s.read(
        "ReLU keeps what is above zero. Both sums are, so they stay as they are: "
        f"h₁ = {f.h[0]:g} and h₂ = {f.h[1]:g}."
    )


def forward_loss(s: Session, f: Forward) -> None:
    """Scores, softmax and the loss."""
    w, bias = PAPER.w2, PAPER.b2
    rows = [
        [
            f"s{'₁₂'[j]}",
            f"{at(f.h[0])} · {at(w[0][j])} + {at(f.h[1])} · {at(w[1][j])} + {at(bias[j])}",
            f"{f.s[j]:g}",
            f"{exp(f.s[j]):.3f}",
            f"{f.p[j]:.3f}",
        ]
        for j in BOTH
    ]
    s.read(
        "The scores are weighted sums again, now of h₁ and h₂. Then comes softmax, as in lesson "
        "4: take e to the power of each score, and divide by the sum of both."
    )
    s.table(["", "sum", "score", "exp(score)", "share p"], rows, "From the hidden layer to softmax")
    s.formula(
        "loss = -log(p)",
        symbols={"loss": "how wrong the network is", "p": "the share that the true label got"},
        code=forward,
        line="-log(p[paper.right])",
        worked=f"-log({f.p[PAPER.right]:.3f}) = {f.loss:.3f}",
    )
    wrong = f.p[PAPER.right] < f.p[1 - PAPER.right]
    s.read(
        "On a calculator this `log` is the key `ln`, as in lesson 4. The key `log` is another one."
    )
    s.read(
        f"The true label got a share of {f.p[PAPER.right]:.3f}. "
        + (
            "The other one got more, so the network is wrong. "
            if wrong
            else "The other one got less, so the network is right. "
        )
        + f"The kit's own network, with these weights, says {kit_loss(in_kit(PAPER), PAPER):.3f} "
        "for the loss."
    )


def backward_scores(s: Session, f: Forward, b: Backward) -> None:
    """p - wanted."""
    s.word("backward pass")
    s.read(
        "Now back. We begin at the loss and ask at each number: if it grew a little, how much "
        "would the loss grow? That is its slope."
    )
    s.predict(
        "Think of s₂, the score of the true label. If it grows, what does the loss do?",
        "it falls",
        "More score for the truth means a larger share for it, and a smaller loss. So the slope "
        "of s₂ is negative.",
        choices=("it grows", "it falls", "it stays"),
    )
    j = 1 - PAPER.right
    s.formula(
        "slope of s = (p - y) / n",
        symbols={
            "slope of s": "how fast the loss grows with this score",
            "p": "the share that the score got",
            "y": f"the share that we want: {max(BOTH)} for the true label, {min(BOTH)} for others",
            "n": f"recordings in the batch, here {len(BOTH[:1])}",
        },
        code=score_gradient,
        line="(probabilities - target) / target.shape[-2]",
        worked=f"s₁: ({f.p[j]:.3f} - {min(BOTH)}) / {len(BOTH[:1])} = {b.s[j]:.3f}",
    )
    tried = slope_between(loss_over_score(f, j), f.s[j], TINY)
    s.read(
        "What you got, minus what you wanted: so short a rule for exp, log and division together. "
        f"Can it be true? Make s₁ a little larger, and work out the loss again. The finite "
        f"difference says {tried:.3f}."
    )
    s.check(
        "What is the slope of s₂? Three decimals are enough.",
        b.s[PAPER.right],
        f"{f.p[PAPER.right]:.3f} - {max(BOTH)} = {b.s[PAPER.right]:.3f}. Both slopes add up to "
        "zero: what one label wins, the other one loses.",
        tolerance=0.002,
        hint="Share minus wanted share. We wanted all of it for s₂.",
    )


def backward_last(s: Session, f: Forward, b: Backward) -> None:
    """The weight gradients of the last layer."""
    s.read(
        "A weight of the last layer carries h to a score. If the weight grows a little, the score "
        "grows h times as much. Then the slope of the score says how the loss changes. Two slopes "
        "in a row: multiply."
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
        worked=f"h₁→s₁: {at(f.h[0])} · {at(b.s[0])} = {b.w2[0][0]:.3f}",
    )
    s.check(
        "What is the slope of the weight from h₂ to s₂?",
        b.w2[1][1],
        f"h₂ is {at(f.h[1])}, and the slope of s₂ is {b.s[1]:.3f}. So it is {b.w2[1][1]:.3f}.",
        tolerance=0.002,
        hint="What goes in, h₂, times the slope of s₂ from the last step.",
    )
    s.table(
        ["weight", "what goes in", "slope of the score", "slope of the weight"],
        [
            [NAMES[6 + 2 * i + j], at(f.h[i]), f"{b.s[j]:.3f}", f"{b.w2[i][j]:.3f}"]
            for i in BOTH
            for j in BOTH
        ],
        "The last layer",
    )
    s.read(
        "And a bias? What goes into it is always one. So its slope is the slope of its score: "
        f"{b.s[0]:.3f} and {b.s[1]:.3f}."
    )


def backward_hidden(s: Session, b: Backward) -> None:
    """From the scores to the hidden neurons: two ways add up."""
    w = PAPER.w2
    s.read(
        "Next question: how much does the loss grow if h₁ grows? Think of the tap with two "
        "buckets. From h₁ one way leads over s₁, the other one over s₂. Multiply along each way, "
        "then add."
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
        worked=f"h₁: {at(w[0][0])} · {at(b.s[0])} + {at(w[0][1])} · {at(b.s[1])} = {b.h[0]:.3f}",
    )
    s.check(
        "What is the slope of h₂?",
        b.h[1],
        f"{at(w[1][0])} · {at(b.s[0])} + {at(w[1][1])} · {at(b.s[1])} = {b.h[1]:.3f}. "
        + ("It is negative: more of h₂ would help." if b.h[1] < 0 else "Less of h₂ would help."),
        tolerance=0.002,
        hint="Take both weights that leave h₂: the second row of the last layer.",
    )
    s.read(
        "Look at the weights: forward they carried numbers to the scores, backward the same "
        "weights carry the blame. `transposed` in the code says just that: rows and columns "
        "change places."
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
        worked=f"h₁: z = {f.z[0]:g} is above zero, so {at(b.h[0])} · {float(f.z[0] > 0):g} "
        f"= {b.z[0]:.3f}",
    )
    s.read(
        "Both sums are above zero here, so the slopes pass as they are. The rest you know: what "
        "goes into a weight, times the slope of what it leads to."
    )
    on_paper, exact = PAPER.x[1] * round(b.z[1], 3), b.w1[1][1]
    s.check(
        "What is the slope of the weight from x₂ to h₂?",
        exact,
        f"{at(PAPER.x[1])} · {at(b.z[1])} = {on_paper:.3f}. "
        + (
            f"A computer says {exact:.3f}: it keeps all digits, and rounds only at the end."
            if f"{on_paper:.3f}" != f"{exact:.3f}"
            else ""
        ),
        tolerance=0.004,
        hint="What goes in is x₂. Take the slope of h₂ from the last step: it has passed ReLU.",
    )
    s.table(
        ["weight", "what goes in", "slope of z", "slope of the weight"],
        [
            [NAMES[2 * i + j], f"{PAPER.x[i]:g}", f"{b.z[j]:.3f}", f"{b.w1[i][j]:.3f}"]
            for i in BOTH
            for j in BOTH
        ],
        "The first layer; the slopes of its biases are those of z",
    )
    s.word("backpropagation")
    slopes = b.in_order()
    largest = int(np.argmax(np.abs(slopes)))
    s.read(
        f"That was the whole backward pass: {len(slopes)} slopes for "
        f"{multiplications(in_kit(PAPER))[1]} multiplications. (Those by one at ReLU are not "
        "counted.) No input came out at its end. What went back were slopes.\n\n"
        f"The loss is steepest for {NAMES[largest]}, with {slopes[largest]:.3f}. That does not say "
        "how wrong this weight is. It says how fast the loss changes if you move it a little."
    )


def is_it_right(s: Session, b: Backward) -> None:
    """All slopes by hand, by the kit and by finite differences."""
    network = in_kit(PAPER)
    by_hand, by_kit = b.in_order(), kit_gradient(network, PAPER)
    tried = [finite_difference(network, PAPER, place, TINY) for place in range(len(NAMES))]
    s.read(
        "Never trust a gradient that was not checked. First check: change each weight a little "
        "and run forward again. Second check: ask the kit. Its `Network` has the same weights, "
        "and its `backward` goes from layer to layer as you did."
    )
    s.table(
        ["", "by hand", "finite difference", "kit"],
        [
            [name, f"{hand:.4f}", f"{small:.4f}", f"{kit:.4f}"]
            for name, hand, small, kit in zip(NAMES, by_hand, tried, by_kit, strict=True)
        ],
        "The same gradient, three times",
    )
    s.read(
        f"Hand and kit agree to {decimals(by_hand, by_kit)} decimals, hand and finite difference "
        f"to {decimals(by_hand, np.array(tried))}. Here is the loop of the kit, all of it:"
    )
    s.code(Network, only="backward")
    place = int(np.argmax(np.abs(by_hand)))
    s.change(
        f"the small step h, for the weight {NAMES[place]}",
        0.01,
        (1.0, 0.1, 0.001, 1e-15),
        lambda h: (
            f"finite difference {finite_difference(network, PAPER, place, h):.5f}, "
            f"backpropagation {by_hand[place]:.5f}"
        ),
        low=1e-15,
        high=10.0,
    )
    s.read(
        "A large step misses the slope, since the curve bends on the way. A far too small step "
        "fails as well: a computer keeps only so many digits, and the change gets lost in them."
    )


def one_step(s: Session, f: Forward, b: Backward) -> None:
    """One step of gradient descent with the slopes found by hand."""
    first = PAPER.w1[0][1]
    moved = first - RATE * b.w1[0][1]
    s.read(
        "Now use it. Each weight takes one step against its slope, with the learning rate "
        f"{RATE:g}. For example {NAMES[1]}: "
        f"{at(first)} - {RATE:g} · {at(b.w1[0][1])} = {moved:.3f}."
    )
    after = loss_after_step(RATE)
    s.predict(
        f"Before the step the loss was {f.loss:.3f}. And after it?",
        "smaller" if after < f.loss else "larger",
        f"It is {after:.3f} now.",
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
            alt=f"From {losses[0]:.2f} at the rate zero the loss falls to {min(losses):.3f} at "
            f"{rates[int(np.argmin(losses))]:g}.",
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
        "A negative rate goes uphill: try it. And do not be glad too soon about a long step. It "
        "is right for this one movement, and may be wrong for all the others."
    )


def blocked(s: Session) -> None:
    """Another movement, for which one hidden neuron is off."""
    f = forward(BLOCKED)
    b = backward(BLOCKED, f)
    off = [j for j in BOTH if f.z[j] <= 0]
    name = f"h{'₁₂'[off[0]]}"
    s.read(
        f"Another movement comes in: x₁ = {BLOCKED.x[0]:g} and x₂ = {BLOCKED.x[1]:g}. Now z of "
        f"{name} is {f.z[off[0]]:g}. ReLU makes it zero: the neuron is off."
    )
    s.predict(
        f"What are the slopes of the weights that lead into {name}?",
        "all zero",
        f"A tiny change of these weights leaves z below zero, so {name} stays off and the loss "
        "does not change at all. The blame is blocked.",
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
        f"{zero} of the {len(kit)} slopes are zero. Those of the two weights into {name} and of "
        "its bias, since it is off. And those of the two weights that leave it, since a zero goes "
        "into them. That does not mean that these weights are good: this movement cannot teach "
        f"{name} anything. Others can, as long as some of them switch it on."
    )


def why_fast(s: Session) -> None:
    """Count the work of both ways for the trained network, and for larger ones."""
    network = s.model.float_model.network
    clever, plain = price(network)
    ahead, back = multiplications(network)
    x, _ = rows_and_targets(s)
    s.read(
        f"The kit's network for {len(s.model.labels)} labels has {network.parameters.size} weights "
        f"and biases. In its layers, one forward pass takes {ahead} multiplications, and one "
        f"backward pass {back}."
    )
    s.predict(
        "To find all slopes by finite differences, how many forward passes would that take?",
        network.parameters.size + 1,
        f"One as it is, and one more for each of the {network.parameters.size} weights and biases.",
    )
    s.table(
        ["", "passes", "multiplications"],
        [
            ["finite differences", f"{network.parameters.size + 1} forward", f"{plain:,}"],
            ["backpropagation", "one forward, one backward", f"{clever:,}"],
        ],
        "The whole gradient for one recording",
    )
    sizes, times = [], []
    for units in (2, 4, 8, 16, 32, 64):
        larger = Network(str(units), x.shape[1], network.n_outputs, np.random.default_rng(0))
        clever_one, plain_one = price(larger)
        sizes.append(larger.parameters.size)
        times.append(plain_one / clever_one)
    s.picture(
        Chart(
            title="How many times cheaper backpropagation is",
            x_label="weights and biases",
            y_label="times cheaper",
            series=[Series("times cheaper", sizes, times)],
            alt=f"A nearly straight line, from {times[0]:.0f} times for {sizes[0]} weights and "
            f"biases to {times[-1]:.0f} times for {sizes[-1]}.",
        )
    )
    s.read(
        f"For this network, backpropagation is {plain / clever:.0f} times cheaper. The larger the "
        "network, the more it saves. Without it, training a large network would take far too long."
    )
    s.read(
        "**Looking back.** Forward, each number is worked out from those before it. Backward, each "
        "slope is worked out from those behind it. Slopes in a row are multiplied, and where ways "
        "meet they are added. That is all of backpropagation, in this network and in the largest "
        "ones.\n\n"
        "Now a network can learn. But what does it learn: the gesture, or your recordings by "
        "heart? That is lesson 7."
    )
