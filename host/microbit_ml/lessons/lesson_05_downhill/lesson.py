"""Lesson 5, Downhill: how a network finds good weights. Feel the slope, take a step, repeat."""

from __future__ import annotations

if __name__ == "__main__":  # this file was started by itself: run the lesson of its folder
    from microbit_ml.lessons.alone import run_folder

    run_folder(__file__)

import numpy as np

from microbit_ml.charts import Chart, Contour, Series
from microbit_ml.lessons.session import Session
from microbit_ml.network import SGD, Adam, BalancedBatches, Network, RMSProp, cross_entropy, fit

from .example import (
    FAR,
    NARROW,
    POINT,
    RACE,
    RATE,
    RATE_NARROW,
    RATE_ROUND,
    RATES,
    ROUND,
    SMALL_STEPS,
    START,
    START_TWO,
    WALK,
    WALKERS,
    a_weight_that_matters,
    best_rate_of,
    gradient_of,
    left_to_go,
    loss_after,
    losses_along,
    race,
    rows_and_targets,
    walk,
    walk_on_square,
    walk_with_two_steps,
)
from .maths import (
    agreement,
    factor,
    slope_between,
    slope_of_square,
    square,
    valley,
    valley_gradient,
)


def lesson(s: Session) -> None:
    """The lesson from top to bottom."""
    s.step("The loss is a height")
    one_knob(s)
    s.step("How steep is it?")
    small_steps(s)
    s.step("A rule saves the small steps")
    the_rule(s)
    s.step("One step downhill")
    a_step_downhill(s)
    s.step("Three steps by hand")
    three_steps(s)
    s.step("How long should a step be?")
    learning_rates(s)
    s.step("Two weights: the gradient")
    two_weights(s)
    s.step("A narrow valley")
    narrow_valley(s)
    s.step("A ball that rolls")
    a_rolling_ball(s)
    s.step("A pace for each weight")
    a_pace_for_each(s)
    s.step("The race")
    the_race(s)
    s.step("A few recordings at a time")
    batches(s)
    s.step("The real thing")
    the_real_thing(s)
    s.step("Looking back")
    s.read(
        "The loss is a height. The slope shows which way is up. So a step against the slope leads "
        "down, if it is not too long. With many weights there are many slopes, and together "
        "they are the gradient.\n\n"
        "One question is left. We worked out slopes with small steps, or with a rule for w². "
        "Where does the gradient of a whole network come from? That is lesson 6."
    )


def one_knob(s: Session) -> None:
    """The loss of the trained network over one of its weights."""
    trained = s.model.float_model.network
    network = Network(
        trained.architecture, trained.n_inputs, trained.n_outputs, np.random.default_rng(0)
    )
    network.parameters[:] = trained.parameters
    x, targets = rows_and_targets(s)
    index = a_weight_that_matters(network, x, targets)
    now = float(network.parameters[index])
    values = now + np.linspace(-4, 4, 41)
    losses = losses_along(network, index, values, x, targets)
    low = float(values[losses.argmin()])
    s.read(
        "From lesson 4 you know the **loss**. It is one number that says how wrong a network is. "
        "Low is good.\n\n"
        f"Here is a network that was trained to tell {len(s.model.labels)} labels apart. It has "
        f"{network.parameters.size} weights and biases. Think of each as a knob. Below, we turn "
        "one knob and leave all the others alone. The loss goes up and down like a path."
    )
    s.picture(
        Chart(
            title="The loss over one weight",
            x_label="value of the weight",
            y_label="loss",
            series=[
                Series("loss", values, losses),
                Series("where training left it", [now], [losses[len(values) // 2]], "points"),
            ],
            alt=f"The loss is lowest, {losses.min():.2f}, where the weight is {low:.1f}, and "
            f"rises to {losses[0]:.2f} at the left end and {losses[-1]:.2f} at the right end.",
        )
    )
    s.word("minimum")
    s.read(
        f"The lowest point in this picture is where the weight is about {low:.1f}. Training "
        f"left the knob at {now:.1f}. It could not see this picture. It walks in a fog, and only "
        "feels how the ground slopes under its feet."
    )
    ends = {float(values[0]): losses[0], float(values[-1]): losses[-1]}
    away = (max(ends, key=lambda end: abs(end - low)) + low) / 2
    left, right = losses_along(network, index, away + np.array([-0.1, 0.1]), x, targets)
    s.predict(
        f"Set the knob to {away:.1f}. To make the loss lower, should the weight get smaller or "
        "larger?",
        "smaller" if left < right else "larger",
        f"A little to the left the loss is {left:.4g}. A little to the right it is {right:.4g}. "
        "So looking to both sides is enough to find the way down.",
        choices=("smaller", "larger"),
    )


def small_steps(s: Session) -> None:
    """The derivative as a slope, worked out with smaller and smaller steps."""
    h = SMALL_STEPS[0]
    s.read(
        "We need a number for how steep the path is. Take a simple valley, whose height at w is w "
        f"times w, written w². Stand at w = {POINT:g}. Take a small step h to the right. How far "
        "do you climb for each unit to the right?"
    )
    s.formula(
        "slope = (f(w + h) - f(w)) / h",
        symbols={
            "slope": "how far you climb for each unit to the right",
            "f": "the height at w; here it is w²",
            "w": "where you stand: the weight",
            "h": "the length of the small step",
        },
        code=slope_between,
        line="(height(w + h) - height(w)) / h",
        worked=f"({square(POINT + h):g} - {square(POINT):g}) / {h:g} "
        f"= {slope_between(square, POINT, h):g} with h = {h:g}",
    )
    s.predict(
        f"With h = {h:g} the slope is {slope_between(square, POINT, h):g}. Now h gets smaller and "
        "smaller. Which whole number will the slope get close to?",
        slope_of_square(POINT),
        "Look at the table.",
    )
    s.table(
        ["h", "f(w + h)", "slope"],
        [
            [f"{h:g}", f"{square(POINT + h):.6f}", f"{slope_between(square, POINT, h):.3f}"]
            for h in SMALL_STEPS
        ],
        f"The slope of w² at w = {POINT:g}, with smaller and smaller steps",
    )
    s.word("derivative")
    s.read(
        f"The slopes get closer and closer to {slope_of_square(POINT):g}. That number is the "
        f"derivative of w² at w = {POINT:g}."
    )


def the_rule(s: Session) -> None:
    """Why the derivative of w² is w + w."""
    s.read(
        "Must we try small steps at every point? No, there is a rule for w². Draw a square with "
        "sides of length w. Make the sides longer by h. The square grows by two strips, each "
        "w times h, and by a tiny corner, h times h.\n\n"
        "Divide what was added by h, as for any slope. You get w + w + h. When h is almost "
        "nothing, only w + w is left."
    )
    s.formula(
        "slope of w² = 2w",
        symbols={"slope of w²": "how steep w² is at w", "w": "where you stand: the weight"},
        code=slope_of_square,
        line="2 * w",
        worked=f"at w = {POINT:g}: {slope_of_square(1):g} · {POINT:g} = {slope_of_square(POINT):g}",
    )
    points = (-3.0, -1.0, 0.0, 1.0, 3.0)
    h = SMALL_STEPS[-1]
    s.table(
        ["w", "by the rule", f"with h = {h:g}"],
        [
            [f"{w:g}", f"{slope_of_square(w):g}", f"{slope_between(square, w, h):.3f}"]
            for w in points
        ],
        "The rule compared with the small step",
    )
    s.read(
        "Left of the minimum the slope is negative: the path goes down to the right. At the "
        "minimum it is zero: the ground is flat. In this valley that shows that you have arrived."
    )
    w = -5.0
    s.check(
        f"What is the slope of w² at w = {w:g}?",
        slope_of_square(w),
        f"By the rule it is {slope_of_square(1):g} · ({w:g}) = {slope_of_square(w):g}. It is "
        "negative, so the way down is to the right, where w is larger.",
        tolerance=0.01,
        hint="Add w to itself, and keep the sign.",
    )


def a_step_downhill(s: Session) -> None:
    """The step of gradient descent, and the kit's line for it."""
    slope = slope_of_square(START)
    s.read(
        "The slope points uphill: where it is positive, a larger w means a larger height. So go "
        "against it. Take a long step where the ground is steep, and a short one where it is flat."
    )
    s.word("learning rate")
    s.word("gradient descent")
    s.formula(
        "w ← w - r · slope",
        symbols={
            "w": "the weight, before (right) and after (left) the step",
            "r": "the learning rate",
            "slope": "the derivative of the loss at w",
        },
        code=SGD.step,
        line="self.learning_rate * gradient",
        worked=f"{START:g} - {RATE:g} · {slope:g} = {START - RATE * slope:g}",
    )
    s.read(
        "The kit's line has one extra part: `momentum`. We will come to that later. With "
        "`momentum` at zero it is just the formula above. `scale` makes the first and last steps "
        "of training shorter."
    )


def three_steps(s: Session) -> None:
    """Gradient descent on one weight by hand."""
    path = walk_on_square(RATE, steps=4)
    hand, rows = START, []
    for number in (1, 2, 3):
        slope = slope_of_square(hand)
        new = hand - RATE * slope
        rows.append([f"{number}", f"{hand:g}", f"{slope:g}", f"{RATE * slope:g}", f"{new:g}"])
        hand = new
    s.predict(
        f"Take a sheet of paper. Start at w = {START:g} in the valley w², with the learning rate "
        f"{RATE:g}. Take three steps. Each time work out the slope, multiply it by the rate, and "
        "find the new w. Where do you end up?",
        hand,
        "The table shows all three steps.",
    )
    s.table(["step", "w", "slope", "rate · slope", "new w"], rows, "Gradient descent by hand")
    s.read(
        f"After three steps, the kit's own class `SGD` is at {path[3]:g}. "
        + ("That is the same as by hand. " if np.isclose(path[3], hand) else "")
        + "The steps get shorter by themselves, because the ground gets flatter."
    )
    s.check(
        f"Take one more step from w = {hand:g}. Where do you land?",
        float(path[4]),
        f"The slope is {slope_of_square(hand):g}. Times the rate {RATE:g} it is "
        f"{RATE * slope_of_square(hand):g}. So the new w is {path[4]:g}.",
        tolerance=0.001,
        hint="First the slope, w + w. Multiply it by the rate. Then subtract that from w.",
    )


def learning_rates(s: Session) -> None:
    """Too small, good, too large."""
    slow, swinging, wild = 0.01, 0.9, 1.1
    s.predict(
        f"The rate was {RATE:g}. What if it is {wild:g}?",
        "it swings out further each time",
        f"After {WALK} steps w is {walk_on_square(wild)[-1]:.1f}, and it started at {START:g}. "
        "Each step jumps over the valley and lands higher on the other side. We say that it "
        "diverges.",
        choices=(
            "it gets there sooner",
            "it swings, but comes nearer",
            "it swings out further each time",
        ),
    )
    s.change(
        "the learning rate",
        RATE,
        (slow, RATE, swinging, wild),
        rate_story,
        low=0.0,
        high=2.0,
    )
    s.formula(
        "new w = (1 - 2r) · w",
        symbols={
            "new w": "the weight after the step",
            "w": "the weight before it",
            "r": "the learning rate",
        },
        code=factor,
        line="1 - 2 * rate",
        worked=f"r = {wild:g}: {factor(0):g} - {slope_of_square(wild):g} = {factor(wild):g}",
    )
    s.read(
        f"Why is there a limit? Here the slope is {slope_of_square(1):g}w, so each step multiplies "
        f"w by the same number. As long as that is between {factor(1):g} and {factor(0):g}, w gets "
        f"nearer to zero. Below {factor(1):g}, each step takes it further away."
    )
    s.check(
        f"With the learning rate {swinging:g}, what number does each step multiply w by?",
        factor(swinging),
        f"{factor(0):g} - {slope_of_square(swinging):g} = {factor(swinging):g}. The sign flips "
        "each time, but the size shrinks, so it still comes down.",
        tolerance=0.001,
        hint="Put the rate into the formula. The result is negative.",
    )


def rate_story(rate: float) -> Chart:
    """The walk in the valley w² with this learning rate, as a chart."""
    path = walk_on_square(rate)
    size = abs(factor(rate))
    if size > 1:
        story = f"it diverges, {size:.2f} times further out with each step"
    elif size == 1:
        story = "it never gets any nearer"
    else:
        story = f"after {len(path) - 1} steps w is {path[-1]:.4f}"
    return Chart(
        title=f"Learning rate {rate:g}: {story}",
        x_label="step",
        y_label="w",
        series=[Series("w", np.arange(len(path)), path, "line")],
        alt=f"From {START:g}, w goes to {path[1]:.2f}, {path[2]:.2f} and so on. After "
        f"{len(path) - 1} steps it is {path[-1]:.3f}.",
    )


def map_of(steepness: float, title: str, paths: list[Series], alt: str) -> Contour:
    """The valley over two weights with paths across it; what leaves the map is cut off."""
    x, y = np.linspace(-5, 5, 61), np.linspace(-2.5, 2.5, 41)
    heights = valley(np.stack(np.meshgrid(x, y), axis=-1), steepness)
    return Contour(title, "w₁", "w₂", "height", x, y, heights, alt, paths)


def two_weights(s: Session) -> None:
    """Two slopes are a gradient; a step with both at once."""
    start = np.array(START_TWO)
    gradient = valley_gradient(start, ROUND)
    after = start - RATE_ROUND * gradient
    path = walk(SGD(RATE_ROUND, 0.0), START_TWO, lambda w: valley_gradient(w, ROUND), 3)
    s.read(
        f"Now there are two weights. The height is w₁² + {ROUND:g}w₂². For the first slope, hold "
        "w₂ still and move w₁. For the second, hold w₁ still and move w₂. Together the two slopes "
        "are a vector, an arrow on the map."
    )
    s.word("gradient")
    s.formula(
        f"gradient = (2w₁, {slope_of_square(ROUND):g}w₂)",
        symbols={
            "gradient": "both slopes, as a vector",
            "w₁": "the first weight",
            "w₂": "the second weight; the valley is steeper that way",
        },
        code=valley_gradient,
        line="np.array([2 * w[0], 2 * steepness * w[1]])",
        worked=f"at ({start[0]:g}, {start[1]:g}) it is ({gradient[0]:g}, {gradient[1]:g})",
    )
    s.read(
        "The arrow points up the steepest way. We go the other way: from each weight we subtract "
        f"its own slope times the learning rate, here {RATE_ROUND:g}."
    )
    s.check(
        f"You are at w₁ = {start[0]:g}, w₂ = {start[1]:g}. The gradient is ({gradient[0]:g}, "
        f"{gradient[1]:g}), the rate {RATE_ROUND:g}. What is w₁ after one step?",
        float(after[0]),
        f"{start[0]:g} - {RATE_ROUND:g} · ({gradient[0]:g}) = {after[0]:g}. And w₂ becomes "
        f"{start[1]:g} - {RATE_ROUND:g} · {gradient[1]:g} = {after[1]:g}.",
        tolerance=0.01,
        hint="Subtract the rate times the first slope. Subtracting a negative number adds.",
    )
    second = path[1]
    arrow = second + 0.15 * valley_gradient(second, ROUND)
    s.picture(
        map_of(
            ROUND,
            "Three steps of gradient descent",
            [
                Series("path", path[:, 0], path[:, 1]),
                Series(
                    "gradient at the second point",
                    [second[0], arrow[0]],
                    [second[1], arrow[1]],
                ),
            ],
            f"The gradient points up and out. The path goes the other way, from ({path[0][0]:g}, "
            f"{path[0][1]:g}) to ({path[-1][0]:.2f}, {path[-1][1]:.2f}). The minimum is in the "
            "middle.",
        )
    )


def narrow_valley(s: Session) -> None:
    """The steep direction limits the learning rate, and the flat one suffers."""
    rate, limit = RATE_NARROW, 1 / NARROW
    path = walk(SGD(rate, 0.0), START_TWO, lambda w: valley_gradient(w, NARROW), RACE)
    along, across = factor(rate), factor(NARROW * rate)
    s.read(
        f"Make the second direction steeper: the height is now w₁² + {NARROW:g}w₂². The valley "
        f"gets narrow. Now a rate above {limit:g} makes w₂ diverge. So we take {rate:g}."
    )
    s.picture(
        map_of(
            NARROW,
            f"Gradient descent in a narrow valley, {RACE} steps",
            [Series("path", path[:, 0], path[:, 1])],
            "The path zigzags across the valley from one wall to the other and creeps along it. "
            f"After {RACE} steps it is at ({path[-1][0]:.2f}, {path[-1][1]:.2f}).",
        )
    )
    s.read(
        f"Each step multiplies w₂ by {across:.2f}: it swings from wall to wall. Each step "
        f"multiplies w₁ by {along:.2f}: it creeps. The steep direction forbids longer steps, but "
        "the flat one needs them. The losses of real networks often have valleys like this."
    )
    flat = along**RACE
    s.check(
        f"Each step multiplies w₁ by {along:.2f}. After {RACE} steps, what fraction of w₁ is left, "
        "from zero to one? (A calculator helps.)",
        float(flat),
        f"{along:.2f} to the power of {RACE} is {flat:.3f}. So w₁ went from {START_TWO[0]:g} to "
        f"{path[-1][0]:.2f}.",
        tolerance=0.01,
        hint=f"Multiply {along:.2f} by itself: {RACE} of them in all.",
    )


def a_rolling_ball(s: Session) -> None:
    """Plain gradient descent and momentum."""
    s.read("Can we walk more cleverly? Here are four well-known rules. The kit has them all.")
    s.word("optimizer")
    s.read(
        "**Plain SGD** is what you did: gradient descent that looks only at the slope under its "
        "feet. The second rule gives it a memory."
    )
    s.word("momentum")
    first, second = walk_with_two_steps()
    kept = SGD().momentum
    s.formula(
        "v ← m · v - r · g",
        symbols={
            "v": "the velocity: how far w moves in this step",
            "m": f"the momentum, {kept:g} in the kit",
            "r": "the learning rate",
            "g": "the slope for this weight",
        },
        code=SGD.step,
        line="self.momentum * self._velocity",
        worked=f"w₁ with r = {RATES[1]:g}: the first step is {first:.3f}, the second "
        f"{kept:g} · {first:.3f} + {second - kept * first:.3f} = {second:.3f}",
    )
    s.read(
        "Across the valley the slope changes its sign from step to step, so those parts cancel. "
        "Along the valley it keeps its sign, so those parts add up, and the ball gets faster."
    )


def a_pace_for_each(s: Session) -> None:
    """RMSProp and Adam."""
    s.read(
        "The third rule keeps track of how large the slopes of each weight usually are. If they "
        "are always large, it takes smaller steps for that weight."
    )
    s.word("RMSProp")
    s.formula(
        "w ← w - r · g / √s",
        symbols={
            "w": "a weight",
            "r": "the learning rate",
            "g": "the slope for this weight",
            "s": "a running average of g²; each step mixes in a little of the new g²",
        },
        code=RMSProp.step,
        line="parameters -= rate * gradient",
        worked=rms_example(valley_gradient(np.array(START_TWO), NARROW)),
    )
    s.read("The code adds a tiny `epsilon` to √s, so that we never divide by zero.")
    s.word("Adam")
    s.code(Adam, only="step")
    s.read(
        "Find the two memories: `_mean` follows the gradient, as momentum does, and `_square` "
        "follows its size, as RMSProp does. Both start at zero, and `correction` makes up for that."
    )


def rms_example(gradient: np.ndarray) -> str:
    """The first step of RMSProp for both weights, in words."""
    rule = RMSProp(RATES[3])
    first, second = walk(rule, START_TWO, lambda w: valley_gradient(w, NARROW), 1)
    moved, part = second - first, 1 - rule.decay
    return (
        f"slopes of {gradient[0]:g} and {gradient[1]:g}, r = {RATES[3]:g}. At first s is "
        f"{part:.2g} · g²: {part * gradient[0] ** 2:g} and {part * gradient[1] ** 2:g}. So w₁ "
        f"moves by {moved[0]:.3f} and w₂ by {moved[1]:.3f}. Steep or flat, the pace is the same."
    )


def the_race(s: Session) -> None:
    """The optimizers race to the minimum, each with its best rate."""
    best_rate = {name: best_rate_of(name) for name in WALKERS}
    paths = {name: race(name, rate) for name, rate in best_rate.items()}
    order = sorted(paths, key=lambda name: left_to_go(paths[name]))
    s.read(
        f"All four start at w₁ = {START_TWO[0]:g}, w₂ = {START_TWO[1]:g} in the narrow valley, "
        f"and have {RACE} steps. To be fair, each may use the best of these rates: "
        f"{', '.join(f'{rate:g}' for rate in RATES)}."
    )
    s.predict(
        f"Which will be nearest to the minimum after {RACE} steps?",
        order[0],
        f"The nearest is {order[0]}, {left_to_go(paths[order[0]]):.2f} away. Next comes "
        f"{order[1]}, {left_to_go(paths[order[1]]):.2f} away.",
        choices=tuple(WALKERS),
    )
    s.picture(
        map_of(
            NARROW,
            f"The race: {RACE} steps in a narrow valley",
            [Series(name, path[:, 0], path[:, 1]) for name, path in paths.items()],
            "Four paths from the left toward the minimum in the middle. "
            + " ".join(
                f"{name} ends at ({path[-1][0]:.2f}, {path[-1][1]:.2f})."
                for name, path in paths.items()
            ),
        )
    )
    s.table(
        ["optimizer", "rate", "still to go"],
        [[name, f"{best_rate[name]:g}", f"{left_to_go(paths[name]):.3f}"] for name in order],
        f"Distance to the minimum after {RACE} steps, nearest first",
    )
    s.change("the learning rate for all four", RATES[2], (RATES[1], RATES[4]), all_four, 0.0, 1.0)
    s.read(
        f"Here the winner is {order[0]}. That says little about the next hill. But one thing is "
        "certain: each rule needs its own rate, and it pays to try a few."
    )


def all_four(rate: float) -> str:
    """The distance that each walker still has to go with the same rate, in words."""
    results = []
    for name in WALKERS:
        to_go = left_to_go(race(name, rate))
        on_map = np.isfinite(to_go) and to_go <= FAR
        results.append(f"{name}: {to_go:.3f} to go" if on_map else f"{name} has left the map")
    return ", ".join(results)


def batches(s: Session) -> None:
    """The gradient of a small batch compared with that of all recordings."""
    x, targets = rows_and_targets(s)
    network = Network("16", x.shape[1], len(s.model.labels), np.random.default_rng(1))
    everything = gradient_of(network, x, targets)
    rng = np.random.default_rng(2)
    sizes = [size for size in (1, 4, 16) if size < len(x)] + [len(x)]
    agreed = []
    for size in sizes:
        draws = [rng.permutation(len(x))[:size] for _ in range(30)]
        agreed.append(
            np.mean([agreement(gradient_of(network, x[d], targets[d]), everything) for d in draws])
        )
    s.read(
        f"A real loss is a mean over all recordings, here {len(x)}. To find its gradient, we must "
        "look at all of them for every single step. With many recordings that is slow. So training "
        "looks at only a few, picked at random. Let us try this with a new network, whose weights "
        "are still random."
    )
    s.word("batch")
    s.predict(
        "Take the gradient of one recording, and the gradient of all. Do the two arrows point the "
        "same way?",
        "not at all" if agreed[0] < 0.1 else "somewhat" if agreed[0] < 0.99 else "exactly",
        f"On average their agreement is {agreed[0]:.2f}, where {agreed[-1]:.0f} is the same "
        "direction and zero is a right angle.",
        choices=("exactly", "somewhat", "not at all"),
    )
    other = gradient_of(network, x[:1], targets[:1])
    s.formula(
        "agreement = a · b / (|a| |b|)",
        symbols={
            "agreement": "how much two arrows point the same way (cosine similarity)",
            "a": "one gradient",
            "b": "the other gradient",
            "a · b": "their dot product",
            "|a|": "the norm of a",
            "|b|": "the norm of b",
        },
        code=agreement,
        line="a @ b / (np.linalg.norm(a) * np.linalg.norm(b))",
        worked=f"the first recording against all: {other @ everything:.3f} / "
        f"({np.linalg.norm(other):.3f} · {np.linalg.norm(everything):.3f}) "
        f"= {agreement(other, everything):.2f}",
    )
    s.table(
        ["recordings in a batch", "agreement with all"],
        [[f"{size}", f"{value:.2f}"] for size, value in zip(sizes, agreed, strict=True)],
        "Mean agreement between the gradients of many batches and that of all recordings",
    )
    rounds, small = 5, min(4, len(x))
    few = loss_after(x, targets, len(x), rounds)
    many = loss_after(x, targets, small, rounds * len(x) // small)
    s.read(
        "A small batch gives an arrow with noise in it, but it costs less. Say we can afford to "
        f"look at {rounds * len(x)} recordings. Then {rounds} exact steps bring the loss to "
        f"{few:.2f}. And {rounds * len(x) // small} steps with batches of {small} bring it to "
        f"{many:.2f}. "
        + ("Many rough steps win. " if many < few else "Here the exact steps win. ")
        + "The S in SGD stands for stochastic, another word for random."
    )


def the_real_thing(s: Session) -> None:
    """Train a network with the kit's fit and each optimizer; the loss curves."""
    x, targets = rows_and_targets(s)
    steps, size = 120, 16
    curves, ends = [], {}
    sgd, rms_prop, adam = (kind().learning_rate for kind in (SGD, RMSProp, Adam))
    rates = {"plain SGD": sgd, "momentum": sgd, "RMSProp": rms_prop, "Adam": adam}
    for name, rate in rates.items():
        network = Network("16", x.shape[1], len(s.model.labels), np.random.default_rng(1))
        before = float(cross_entropy(network.forward(x), targets)[0])
        drawn = BalancedBatches(x, targets, size, np.random.default_rng(2))
        history = fit(network, drawn, WALKERS[name](rate), steps=steps, weight_decay=0.0)
        curves.append(Series(name, history.step, history.training))
        ends[name] = float(cross_entropy(network.forward(x), targets)[0])
    order = sorted(ends, key=lambda name: ends[name])
    n_weights = network.parameters.size
    s.read(
        f"Now the same with the {len(x)} recordings and a network of {n_weights} weights and "
        f"biases. No map can show {n_weights} directions. But we can draw the loss, step by step. "
        "Each optimizer starts with the same weights, uses the kit's default rate, and takes "
        f"{steps} steps with batches of {size}."
    )
    s.picture(
        Chart(
            title="The loss goes downhill",
            x_label="step",
            y_label="loss of the batch",
            series=curves,
            alt=f"Before training the loss is {before:.2f}. All four curves fall, jagged by the "
            "luck of each batch. "
            + " ".join(f"{name} ends with {ends[name]:.3f} on all recordings." for name in order),
        )
    )
    s.table(
        ["optimizer", "loss after training"],
        [[name, f"{ends[name]:.4f}"] for name in order],
        f"Loss on all recordings; before training it was {before:.2f}",
    )
    s.read(
        f"This time {order[0]} ended lowest, and {order[-1]} highest. But a low loss on the "
        "recordings that it learned from does not make a good network yet. Lesson 7 shows why."
    )
