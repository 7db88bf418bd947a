"""Lesson 2: features, scaling, dot product, norm, distance, and the nearest centroid by hand."""

from __future__ import annotations

if __name__ == "__main__":  # this file was started by itself: run the lesson of its folder
    from microbit_ml.lessons.alone import run_folder

    run_folder(__file__)

import numpy as np

from microbit_ml.charts.chart import Chart, Series
from microbit_ml.evaluate.classical import (
    DecisionTree,
    NearestCentroid,
    NearestNeighbours,
    best_question,
    squared_distances,
)
from microbit_ml.evaluate.comparison import (
    NETWORK,
    Comparison,
    compare,
)
from microbit_ml.features import FEATURE_NAMES, compute_features, log_scale
from microbit_ml.lessons.material import FOLDS, few_of_each
from microbit_ml.lessons.session import Session
from microbit_ml.lessons.values import listed, signed
from microbit_ml.metrics.significance import SIGNIFICANT, mcnemar_exact
from microbit_ml.pages import as_is
from microbit_ml.quantize import Normaliser
from microbit_ml.recordings.recording import COUNTS_PER_G
from microbit_ml.targets import slowest

from .example import (
    AXES,
    RULES,
    Plane,
    a_new_one,
    choose_plane,
    fraction_of_first,
    learned_part,
    liveliest,
    question_part,
    two_labels_points,
    window_of,
)
from .maths import (
    TENTHS,
    Numbers,
    distance,
    dot,
    mean_change,
    mean_of,
    nearest,
    norm,
    standard_deviation,
    whole,
)

COMPARED = ("nearest centroid", "3 nearest neighbours", "decision tree", NETWORK)
WINNERS = ("the network", "a simpler method", "a tie between the network and a simpler method")


def row(numbers: Numbers) -> str:
    """Numbers for a row of a table: 3, 4, 5."""
    return ", ".join(f"{number:g}" for number in numbers)


def pair(point: np.ndarray) -> str:
    """A point as a text: (3, 4)."""
    return f"({point[0]:g}, {point[1]:g})"


def lesson(s: Session) -> None:
    """The steps, in order."""
    plane = choose_plane(s.data)
    no_two_alike(s, plane)
    how_it_is_held(s, plane)
    how_much_it_moves(s, plane)
    points_in_a_plane(s, plane)
    dot_product(s)
    how_far_apart(s, plane)
    scaled_features(s, plane)
    centroids_on_paper(s, plane)
    picture_of_centroids(s, plane)
    any_good(s, plane)
    on_the_board(s, plane)
    neighbours_and_questions(s, plane)
    which_is_best(s)
    what_you_know(s, plane)


def no_two_alike(s: Session, plane: Plane) -> None:
    s.step("No two are alike")
    label = liveliest(plane)
    first, second = [window_of(r) for r in plane.recordings if r.label == label][:2]
    same = int((first == second).sum())
    s.read(
        f"Here are the windows of two recordings, both with the label **{as_is(label)}**. Each is "
        f"a matrix of {len(first)} samples with {first.shape[1]} numbers each. That makes "
        f"{first.size} numbers."
    )
    s.table(
        ("sample", "first window: x, y, z", "second window: x, y, z"),
        [(i + 1, row(first[i]), row(second[i])) for i in range(4)],
        "the first samples of both, in counts",
    )
    s.predict(
        f"Compare the two windows number by number. How many of the {first.size} match?",
        str(same),
        f"{same} of {first.size}. The label is the same, yet {first.size - same} numbers differ. "
        "Nobody moves in exactly the same way twice, or starts at exactly the same time.",
    )
    s.read(
        "So it is little help to compare them number by number. We need other numbers. They should "
        "be alike when the movement is the same, and differ when it is not."
    )
    s.word("feature")


def how_it_is_held(s: Session, plane: Plane) -> None:
    s.step("First feature: how the board is held")
    axis = plane.axes[0]
    one = plane.recordings[0]
    window = window_of(one)
    counts = window[:, AXES.index(axis)]
    s.word("mean")
    s.read(
        f"Take the {axis} axis of one window, with the label **{as_is(one.label)}**. In the mean, "
        "pushes back and forth nearly cancel out. What is left shows how the hand held the board, "
        "because gravity always pulls."
    )
    s.formula(
        "m = (x₁ + x₂ + … + xₙ) / n",
        symbols={
            "x₁": f"the first of the counts of the {axis} axis",
            "x₂": "the second",
            "xₙ": "the last",
            "n": "how many counts there are",
            "m": "their mean",
        },
        code=mean_of,
        line="total / len(numbers)",
        worked=f"{counts.sum()} / {len(counts)} = {mean_of(counts):.1f}",
    )
    windows = window[None]  # the kit takes several at once
    s.run(compute_features, windows, ("tilt",))
    s.read(
        f"The means of x, y and z are three of the kit's features. For {axis} it gives "
        f"{plane.points[0, 0]}. It takes the nearest whole number, because the board works in "
        "whole numbers."
    )
    few = counts[:4]
    s.check(
        f"Your turn. The first counts of {axis} are {listed(few)}. What is their mean?",
        mean_of(few),
        f"Their sum is {few.sum()}, and {few.sum()} / {len(few)} = {mean_of(few):g}.",
        tolerance=0.5,
        hint="Add them up first. Then divide by how many there are.",
    )


def how_much_it_moves(s: Session, plane: Plane) -> None:
    s.step("Second feature: how much it moves")
    axis = plane.axes[1]
    counts = window_of(plane.recordings[0])[:, AXES.index(axis)]
    few, change = counts[:4], mean_change(counts)
    s.read(
        f"Take the same window. Now look at the {axis} axis, and at how much it changes from one "
        "sample to the next, whether up or down. On a still board it hardly changes. On a shaken "
        "one it jumps."
    )
    s.formula(
        "c = (|x₂ − x₁| + |x₃ − x₂| + …) / (n − 1)",
        symbols={
            "x₁": "the first count, and so on",
            "x₂": "the second",
            "x₃": "the third",
            "n": "how many counts there are; there is one change fewer",
            "|": "bars around a number: drop its minus sign",
            "c": "the mean change",
        },
        code=mean_change,
        line="sum(changes) / len(changes)",
        worked=f"for {listed(few)}: ({' + '.join(str(abs(d)) for d in np.diff(few))}) / "
        f"{len(few) - 1} = {mean_change(few):.1f}; for the whole window {change:.1f}",
    )
    sizes = 80 * 2 ** np.arange(5)
    gentle, strong = sizes[0] // 8, sizes[-1]
    s.read(
        f"The kit does one more thing. From {gentle} counts to {2 * gentle} is a big change: twice "
        f"as much. From {strong} to {strong + gentle} is hardly any. So the kit counts doublings, "
        "like octaves in music. Its function for that is `log_scale`."
    )
    s.table(
        ("mean change in counts", *map(str, sizes)),
        [("its log_scale", *map(str, log_scale(sizes)))],
        "each change is twice the one before",
    )
    steps = np.diff(log_scale(sizes))
    small = int(np.flatnonzero(log_scale(np.arange(64)) == np.arange(64))[-1])
    s.read(
        f"Each doubling adds about the same step: {steps.min()} to {steps.max()}. Only small "
        f"changes, up to {small} counts, stay as they are. The kit drops what follows the decimal "
        f"point. So here {change:.1f} counts become {log_scale(np.array(int(change)))}. The kit's "
        f"own feature `{plane.names[1]}` is {plane.points[0, 1]}. Jerk is another word for a "
        "sudden change."
    )
    other = np.array([10, 30, 25, 40])
    changes = np.abs(np.diff(other))
    s.check(
        f"A board reads {listed(other)}. What is the mean change?",
        mean_change(other),
        f"The changes are {listed(changes)}. Their mean is {mean_change(other):.1f}.",
        tolerance=0.4,
        hint="There is one change fewer than there are counts. Drop the minus signs.",
    )


def scatter(plane: Plane, points: np.ndarray, mask: np.ndarray) -> list[Series]:
    """A series of points for each label; only recordings that ``mask``, bool (n,), selects."""
    return [
        Series(label, points[mask & (plane.truth == label), 0],
               points[mask & (plane.truth == label), 1], style="points")
        for label in plane.labels
    ]  # fmt: skip


def points_in_a_plane(s: Session, plane: Plane) -> None:
    s.step("Each recording is a point")
    s.read(
        f"With two features, each recording is a point on a map: `{plane.names[0]}` to the right, "
        f"`{plane.names[1]}` upwards. Movements with the same label should lie close together."
    )
    highest = liveliest(plane)
    s.predict(
        "Which label will lie highest in the picture?",
        highest,
        "Recordings with this label change most from one sample to the next. See the picture.",
        choices=tuple(plane.labels),
    )
    means = {c: plane.points[plane.truth == c].mean(axis=0) for c in plane.labels}
    where = "; ".join(f"{c} around {pair(np.round(means[c]))}" for c in plane.labels)
    everything = np.ones(len(plane.truth), dtype=bool)
    s.picture(
        Chart(
            "Recordings as points",
            f"{plane.names[0]} in counts",
            f"{plane.names[1]} in sixteenths of a doubling",
            scatter(plane, plane.points, everything),
            f"One point for each recording: {where}.",
        )
    )


def dot_product(s: Session) -> None:
    s.step("Multiply and add")
    a, b = np.array([3.0, 4.0]), np.array([2.0, 1.0])
    s.read("How close is close? To find out we need two tools. Here is the first.")
    s.word("dot product")
    s.formula(
        "a · b = a₁ b₁ + a₂ b₂",
        symbols={
            "a": "a vector",
            "a₁": "its first number",
            "a₂": "its second",
            "b": "another vector",
            "b₁": "its first number",
            "b₂": "its second",
        },
        code=dot,
        line="total + a[i] * b[i]",
        worked=f"{pair(a)} · {pair(b)} = {a[0]:g} · {b[0]:g} + {a[1]:g} · {b[1]:g} = {dot(a, b):g}",
    )
    s.word("norm")
    s.formula(
        "|a| = √(a · a)",
        symbols={"a": "a vector", "|a|": "its norm: how long the arrow from zero to a is"},
        code=norm,
        line="np.sqrt(dot(a, a))",
        worked=f"|{pair(a)}| = √({a[0] ** 2:g} + {a[1] ** 2:g}) = √{dot(a, a):g} = {norm(a):g}",
    )
    s.read("This is Pythagoras again: one side to the right, one side up, and the long side.")
    c, d = np.array([2.0, 5.0]), np.array([4.0, -1.0])
    s.check(
        f"What is {pair(c)} · {pair(d)}?",
        dot(c, d),
        f"{c[0]:g} · {d[0]:g} is {c[0] * d[0]:g}, and {c[1]:g} · ({d[1]:g}) is {c[1] * d[1]:g}. "
        f"Together: {dot(c, d):g}. In NumPy you write `c @ d` and get {c @ d:g}.",
        tolerance=0,
        hint="First times first, second times second, then add. Mind the minus sign.",
    )


def how_far_apart(s: Session, plane: Plane) -> None:
    s.step("How far apart?")
    a, b = two_labels_points(plane)
    s.word("distance")
    s.formula(
        "d = |a − b|",
        symbols={
            "a": "a point",
            "b": "another point",
            "a − b": "the arrow from b to a",
            "d": "their distance",
        },
        code=distance,
        line="norm(a - b)",
        worked=f"|{pair(a)} − {pair(b)}| = |{pair(a - b)}| = √({(a - b)[0] ** 2:g} + "
        f"{(a - b)[1] ** 2:g}) = {distance(a, b):.1f}",
    )
    kit = squared_distances(a[None].astype(float), b[None].astype(float))[0, 0]
    s.read(
        "These two recordings have different labels. The kit leaves out the root: its "
        f"`squared_distances` gives {kit:.0f}, and the root of that is {np.sqrt(kit):.1f}. The "
        "nearest point stays nearest without the root, and the board has less work to do."
    )
    p, q = np.array([2, 1]), np.array([8, 9])
    s.check(
        f"How far is {pair(p)} from {pair(q)}?",
        distance(p, q),
        f"{q[0] - p[0]} to the right and {q[1] - p[1]} up: √({(q[0] - p[0]) ** 2} + "
        f"{(q[1] - p[1]) ** 2}) = {distance(p, q):g}.",
        tolerance=0.01,
        hint="How far is it to the right, and how far up? Square both, add, take the root.",
    )


def scaled_features(s: Session, plane: Plane) -> None:
    s.step("One feature takes over")
    learned = plane.points[plane.learn].astype(float)
    scaled = plane.scaler.apply(learned)
    before, after = fraction_of_first(learned), fraction_of_first(scaled)
    dominant = plane.names[0] if before > after else plane.names[1]
    minor = plane.names[1] if before > after else plane.names[0]
    s.predict(
        "Both features add to a squared distance. Which one adds more, over all pairs of points?",
        dominant,
        f"`{plane.names[0]}` makes up {before:.1%} of all squared distances, `{plane.names[1]}` "
        f"only {1 - before:.1%}." if before > after else
        f"`{plane.names[1]}` makes up {1 - before:.1%} of all squared distances.",
        choices=plane.names,
    )  # fmt: skip
    how_varied(s, plane)
    s.word("scaling")
    z = plane.scaler.apply(plane.points[:1])[0]
    s.formula(
        "z = (x − m) / s",
        symbols={
            "x": "a feature of a recording",
            "m": "the mean of this feature over the recordings that we learn from",
            "s": "its standard deviation over the same recordings",
            "z": "the scaled feature, without a unit",
        },
        code=Normaliser.apply,
        line="(rows - self.mean) / self.scale",
        worked=f"({plane.points[0, 0]} − {signed(plane.center[0])}) / {plane.scale[0]} = "
        f"{z[0]:.2f} and ({plane.points[0, 1]} − {signed(plane.center[1])}) / {plane.scale[1]} = "
        f"{z[1]:.2f}",
    )
    in_g = fraction_of_first(learned / np.array([COUNTS_PER_G, 1.0]))
    s.read(
        "Here the mean and the standard deviation are whole numbers, so that the board can use "
        f"them. Why did `{dominant}` take over? Its numbers vary more. But that depends on the "
        f"unit. In g instead of counts, `{plane.names[0]}` would make up only {in_g:.2%} of all "
        "squared distances. A unit should not decide.\n\n"
        f"After scaling, `{plane.names[0]}` makes up {after:.0%} of the squared distances and "
        f"`{plane.names[1]}` {1 - after:.0%}. " + weight_after_scaling(minor, min(after, 1 - after))
    )


def how_varied(s: Session, plane: Plane) -> None:
    """The standard deviation, worked out for a few numbers and for a feature."""
    s.word("standard deviation")
    few, feature = np.array([10, 4, 4, 2]), plane.points[plane.learn, 1]
    squares = (few - mean_of(few)) ** 2
    s.formula(
        "s = √(((x₁ − m)² + (x₂ − m)² + … + (xₙ − m)²) / n)",
        symbols={
            "x₁": "the first number",
            "x₂": "the second",
            "xₙ": "the last",
            "n": "how many numbers there are",
            "m": "their mean",
            "s": "their standard deviation",
        },
        code=standard_deviation,
        line="np.sqrt(sum(squares) / len(squares))",
        worked=f"for {listed(few)}, with the mean {mean_of(few):g}: "
        f"√(({' + '.join(f'{one:g}' for one in squares)}) / {len(few)}) = "
        f"√{squares.mean():g} = {standard_deviation(few):g}; for `{plane.names[1]}`, over the "
        f"{len(feature)} recordings that we learn from: {standard_deviation(feature):.1f}",
    )
    other = np.array([1, 1, 7, 7])
    squares = (other - mean_of(other)) ** 2
    s.check(
        f"What is the standard deviation of {listed(other)}?",
        standard_deviation(other),
        f"Their mean is {mean_of(other):g}. The squared differences are {listed(squares)}, and "
        f"the mean of these is {squares.mean():g}. Its root is {standard_deviation(other):g}.",
        tolerance=0.01,
        hint="First find the mean. How far is each number from it? Square that.",
    )


def weight_after_scaling(feature: str, fraction: float) -> str:
    """A sentence about the feature that mattered little before scaling."""
    if fraction > 0.25:
        return f"Now `{feature}` matters, too."
    return f"`{feature}` still matters little."


def paper_row(label: str, point: np.ndarray, centroid: np.ndarray) -> tuple[str, ...]:
    """A row of the table on paper."""
    apart = point - centroid
    squares = apart**2
    return (label, pair(centroid), pair(apart), f"{squares[0]} + {squares[1]} = {squares.sum()}")


def centroids_on_paper(s: Session, plane: Plane) -> None:
    s.step("The nearest centroid, on paper")
    s.word("classifier")
    s.word("centroid")
    i = a_new_one(plane)
    point, centroids = plane.paper[i], plane.centroids
    first = plane.paper[plane.learn & (plane.truth == plane.labels[0])]
    between = -3.4
    s.read(
        "Let us do it on paper. To keep it simple we work in tenths of a standard deviation, and "
        f"take the nearest whole number: {between:g} becomes {whole(np.array(between))}."
    )
    s.formula(
        "c = (p₁ + p₂ + … + pₙ) / n",
        symbols={
            "p₁": "the first point with this label",
            "p₂": "the second",
            "pₙ": "the last",
            "n": "how many points have this label",
            "c": "its centroid",
        },
        code=NearestCentroid.fit,
        line="rows[targets == c].mean(axis=0)",
        worked=f"{plane.labels[0]}: {pair(first.sum(axis=0))} / {len(first)} = "
        f"{pair(np.round(first.mean(axis=0), 1))}, near {pair(centroids[0])}",
    )
    s.read(
        f"Here is a new recording, which was not used for the centroids. It lies at {pair(point)}. "
        "We can compare distances without taking the root."
    )
    predicted = plane.labels[nearest(point, centroids)]
    hidden = 1
    rows = [paper_row(c, point, m) for c, m in zip(plane.labels, centroids, strict=True)]
    rows[hidden] = (*rows[hidden][:3], "?")
    s.table(("label", "centroid", "new − centroid", "squares, added up"), rows, "on paper")
    apart = point - centroids[hidden]
    s.check(
        f"What number belongs at the question mark, for {as_is(plane.labels[hidden])}?",
        int((apart**2).sum()),
        f"{signed(apart[0])}² is {apart[0] ** 2}, {signed(apart[1])}² is {apart[1] ** 2}: together "
        f"{(apart**2).sum()}.",
        tolerance=0,
        hint="Square both numbers of the arrow and add them. A square is never negative.",
    )
    s.check(
        "So which label does the classifier give the new recording?",
        predicted,
        f"The smallest sum is {(np.square(point - centroids).sum(axis=1)).min()}, for "
        f"{as_is(predicted)}. The recording really was {as_is(plane.truth[i])}.",
        choices=tuple(plane.labels),
        hint="The smallest sum of squares belongs to the nearest centroid.",
    )


def picture_of_centroids(s: Session, plane: Plane) -> None:
    s.step("The centroids on a map")
    i = a_new_one(plane)
    point, centroids = plane.paper[i], plane.centroids
    marks = Series("centroids", centroids[:, 0], centroids[:, 1], "points", plane.labels)
    new = Series("the new recording", [point[0]], [point[1]], "points")
    s.read(
        "Here is what you did, as a picture: the recordings that we learn from, their centroids, "
        "and the new recording."
    )
    s.picture(
        Chart(
            "Which centroid is nearest?",
            f"{plane.names[0]} in tenths of a standard deviation",
            f"{plane.names[1]} in tenths of a standard deviation",
            [*scatter(plane, plane.paper, plane.learn), marks, new],
            f"The new recording lies nearest to {plane.labels[nearest(point, centroids)]}.",
        )
    )
    s.read("Only the position of the point matters. What if the hand had moved more, or less?")

    def moved(up: float) -> str:
        there = np.array([point[0], up])
        squares = [dot(there - c, there - c) for c in centroids]
        sums = ", ".join(f"{c} {d:.0f}" for c, d in zip(plane.labels, squares, strict=True))
        several = squares.count(min(squares)) > 1
        return f"at {pair(there)}: {sums}. Nearest: {plane.labels[nearest(there, centroids)]}" + (
            ", the first of several equally near" if several else ""
        )

    low, high = int(plane.paper[:, 1].min()) - TENTHS, int(plane.paper[:, 1].max()) + TENTHS
    s.change(
        f"`{plane.names[1]}` of the new recording, in tenths of a standard deviation",
        int(point[1]),
        (low, 0, high),
        moved,
    )


def any_good(s: Session, plane: Plane) -> None:
    s.step("Is it any good?")
    n = len(plane.held_out)
    z = plane.scaler.apply(plane.points)
    scaled, unscaled = plane.right(z), plane.right(plane.points.astype(float))
    s.read(
        f"One new recording proves little. We held back {n} recordings when we made the "
        f"centroids. A blind guess among {len(plane.labels)} labels would get about "
        f"{n / len(plane.labels):.0f} of {n} right."
    )
    s.predict(
        f"How many of the {n} does the nearest centroid get right, with scaled features?",
        str(scaled.sum()),
        f"{scaled.sum()} of {n}. Without scaling it would be {unscaled.sum()}. "
        + scaling_verdict(scaled, unscaled),
    )

    def multiplied(factor: float) -> str:
        return f"right: {plane.right(z * np.array([factor, 1.0])).sum()} of {n}"

    s.read(f"What if one feature takes over? Multiply the scaled `{plane.names[0]}` by a number.")
    s.change(
        f"the number that multiplies `{plane.names[0]}`",
        1.0,
        (0.0, 0.1, 1.0, 10.0, 100.0),
        multiplied,
        low=0.0,
        high=1e6,
    )
    without = plane.right(z * np.array([0.0, 1.0]))
    s.read(
        f"Times zero, `{plane.names[0]}` has no effect at all. Then {without.sum()} of {n} are "
        "right. " + without_verdict(without, scaled)
    )


def may_be_luck(first: np.ndarray, second: np.ndarray) -> str:
    """A sentence if the difference is not significant, "" if it is.

    first, second: bool (n,), which of the same recordings are right. McNemar's test decides.
    """
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    if mcnemar_exact(only_first, only_second) < SIGNIFICANT:
        return ""
    return (
        f"A difference of {abs(int(first.sum()) - int(second.sum()))} in {len(first)} may be luck: "
        "it is too small to tell which way is better. Lesson 8 shows how to find out."
    )


def scaling_verdict(scaled: np.ndarray, unscaled: np.ndarray) -> str:
    """Whether scaling helps with the held-out recordings: bool (n,), which are right."""
    if scaled.sum() == unscaled.sum():
        return "Here scaling makes no difference. You only know that once you try."
    if luck := may_be_luck(scaled, unscaled):
        return luck
    if scaled.sum() > unscaled.sum():
        return "So here scaling helps."
    return (
        "Here it is better without: the feature that takes over happens to be the one that tells "
        "the labels apart."
    )


def without_verdict(without: np.ndarray, both: np.ndarray) -> str:
    """Whether the first feature helps with the held-out recordings: bool (n,), which are right."""
    if without.sum() == both.sum():
        return "So here it adds nothing. More features are not always better."
    if luck := may_be_luck(without, both):
        return luck
    if without.sum() > both.sum():
        return "So here it does harm: even a useless feature adds to every distance."
    return "So here it helps to have both."


def on_the_board(s: Session, plane: Plane) -> None:
    s.step("On the board")
    i = a_new_one(plane)
    learned = learned_part(plane)
    s.read(
        "Whole numbers, a few squares, the smallest sum: that is all. It fits on a micro:bit. "
        "These lines never change. `mean` and `jerk` compute the two features, and `jerk` counts "
        "doublings as the kit does. `square` and `nearest` are what you did on paper."
    )
    s.show("rules", RULES)
    s.read("The lesson writes this part for you, with the centroids that you have seen:")
    s.show("learned", learned)
    s.read(
        "In Python `//` divides and then goes down to a whole number. So the program first adds "
        "half of what it divides by. That gives the nearest whole number, as on paper."
    )
    printed = s.run_on_board(RULES + learned + question_part(plane, i)).split()
    x, y, answer, *board = (int(number) for number in printed)
    computer = [nearest(plane.paper[k], plane.centroids) for k in plane.held_out]
    same = sum(a == b for a, b in zip(board, computer, strict=True))
    s.predict(
        f"The board now computes both features of the new recording from its samples. Then it "
        f"gives each of the {len(computer)} held-out recordings a label. How many of these labels "
        "will be the same as on your computer?",
        str(same),
        f"{same} of {len(computer)}. The new recording lies at {pair(np.array([x, y]))} on the "
        f"board and at {pair(plane.paper[i])} here. The board gives it the label "
        f"{as_is(plane.labels[answer])}.",
    )
    s.table(
        ("label", "times on the board", "times on this computer"),
        [(c, board.count(k), computer.count(k)) for k, c in enumerate(plane.labels)],
        "how often each label was predicted for the held-out recordings",
    )
    s.read(
        "Whole numbers leave no room for chance: the same sums give the same answers on every "
        "chip. To do this live, read the counts with `accelerometer.get_values()`."
    )


def neighbours_and_questions(s: Session, plane: Plane) -> None:
    s.step("Two other ways to decide")
    s.word("nearest neighbours")
    s.word("decision tree")
    z, learn = plane.scaler.apply(plane.points), plane.learn
    is_label = (plane.truth[learn][:, None] == np.array(plane.labels)).astype(int)
    question = best_question(plane.points[learn].astype(float), is_label)
    if question is not None:
        feature, highest = question
        below = plane.points[learn][:, feature] <= highest
        s.read(
            "The kit's tree looks for the question that separates the labels best. Here its first "
            f"question is: is `{plane.names[feature]}` at most {highest:g}? Of the recordings that "
            f"we learn from, {below.sum()} answer yes and {(~below).sum()} no."
        )
        s.table(
            ("label", "yes", "no"),
            [
                (c, is_label[below, k].sum(), is_label[~below, k].sum())
                for k, c in enumerate(plane.labels)
            ],
            f"is {plane.names[feature]} at most {highest:g}?",
        )
    n_right = {
        name: int((one.fit(z[learn], plane.truth[learn]).predict(z[~learn]) ==
                   plane.truth[~learn]).sum())
        for name, one in (("nearest centroid", NearestCentroid()),
                          ("nearest neighbours", NearestNeighbours()),
                          ("decision tree", DecisionTree()))
    }  # fmt: skip
    s.table(
        ("with two features", f"right, out of {len(plane.held_out)}"),
        [(name, right) for name, right in n_right.items()],
        "on the held-out recordings",
    )


def which_is_best(s: Session) -> None:
    s.step("Is deep learning always best?")
    s.word("network")
    data = few_of_each(s.data, s.data.labels)
    fewest = min(sum(one.label == label for one in data) for label in data.labels)
    comparison, _ = compare(data, folds=min(FOLDS, fewest))
    methods = [one for one in comparison.methods if one.name in COMPARED]
    n = len(comparison.truth)
    best = max(one.scores.right for one in methods)
    winners = [one.name for one in methods if one.scores.right == best]
    s.read(
        "Learning with large networks is called deep learning. You hear about it every day. Is it "
        "always best? The kit's `compare` gives every method a fair test: the same "
        f"{len(data)} recordings of {len(data.labels)} labels, and all {len(FEATURE_NAMES)} "
        "features. Each is tested only on recordings that it has not learned from."
    )
    s.predict(
        "Which will get the most recordings right?",
        who_won(winners),
        f"The best result is {best} of {n}: {', '.join(winners)}.",
        choices=WINNERS,
    )
    s.table(
        ("method", f"right, out of {n}", "steps on a V1's chip"),
        [
            (one.name, one.scores.right, f"{one.footprint.instructions[slowest().name]}")
            for one in methods
        ],
        "held-out recordings, and roughly how much work is left after the features",
    )
    s.read(verdict(comparison, winners))


def who_won(winners: list[str]) -> str:
    """The choice of WINNERS that is right."""
    if NETWORK not in winners:
        return WINNERS[1]
    return WINNERS[0] if len(winners) == 1 else WINNERS[2]


def verdict(comparison: Comparison, winners: list[str]) -> str:
    """Which method won, in words that are true whichever it was."""
    network = comparison.network
    simple = max(
        (one for one in comparison.methods if one.name in COMPARED and one is not network),
        key=lambda one: (one.scores.right, -one.footprint.instructions[slowest().name]),
    )
    if network.name not in winners:
        behind = simple.scores.right - network.scores.right
        text = (
            f"Here the network loses to a simpler method, by {behind} of {len(comparison.truth)} "
            f"recordings: {simple.name}."
        )
    elif len(winners) > 1:
        text = f"Here a simpler method is right just as often: {simple.name}."
    else:
        lead = network.scores.right - simple.scores.right
        text = (
            f"Here the network wins, by {lead} of {len(comparison.truth)} recordings. Next comes "
            f"this method: {simple.name}."
        )
    if network.scores.right != simple.scores.right and not (
        comparison.test(network, simple).significant
    ):
        text += " That is so little that it may be luck. Lesson 8 shows how to find out."
    return (
        f"{text} With other movements, or more of them, it may turn out differently. So never "
        "assume that the most modern method is best. Try a simple one, too, and keep the one that "
        "does better on recordings that it has not learned from."
    )


def what_you_know(s: Session, plane: Plane) -> None:
    s.step("What you know now")
    a, b = np.array([1, 2]), np.array([4, -2])
    s.read(
        "We boil a recording down to a few features. Scaling gives each of them an equal say. "
        "Distance shows how alike two recordings are. The nearest centroid gives the label. And "
        "the dot product will come back in the next lesson: networks are made of it."
    )
    s.check(
        f"One more to work out: what is the norm of {pair(a - b)}?",
        norm(a - b),
        f"√({(a - b)[0] ** 2} + {(a - b)[1] ** 2}) = {norm(a - b):g}.",
        tolerance=0.01,
        hint="Square both numbers. Add them up. Take the root.",
    )
    m, deviation = int(plane.center[1]), int(plane.scale[1])
    new = m + 2 * deviation
    z = (new - m) / deviation
    s.check(
        f"A feature has mean {m} and standard deviation {deviation}. In a new recording it is "
        f"{new}. What is it after scaling?",
        z,
        f"({new} − {m}) / {deviation} = {z:g}. It is {z:g} standard deviations above the mean.",
        tolerance=0.01,
        hint="Subtract the mean first, then divide by the standard deviation.",
    )
