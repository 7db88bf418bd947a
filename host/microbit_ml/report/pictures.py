"""The pictures of a report, as charts. Each tells in words what it shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from microbit_ml.charts.chart import Chart, Grid, Series
from microbit_ml.common.wording import plural
from microbit_ml.metrics import Calibration, Scores
from microbit_ml.recordings import Recording
from microbit_ml.recordings.recording import AXES, COUNTS_PER_G

WIDEST_G = 2.1  # what the sensor can say, and a little room


def trace(recording: Recording, title: str) -> Chart:
    """The three axes of a recording over time."""
    seconds = recording.time_ms / 1000
    return axes_over_time(title, seconds, recording.samples, f"In {seconds[-1]:.1f} s")


def axes_over_time(
    title: str,
    seconds: np.ndarray,
    counts: np.ndarray,
    what: str,
    behind: Sequence[Series] = (),
) -> Chart:
    """Three axes over time, always on the same scale: seconds (n,), counts (n, 3).

    what: what is shown, as the description in words begins; behind: what is drawn below them.
    """
    in_g = counts / COUNTS_PER_G
    ranges = ", ".join(
        f"{axis} from {low:.1f} to {high:.1f} g"
        for axis, low, high in zip(AXES, in_g.min(axis=0), in_g.max(axis=0), strict=True)
    )
    return Chart(
        title,
        "time in s",
        "acceleration in g",
        [*behind, *(Series(axis, seconds, in_g[:, i]) for i, axis in enumerate(AXES))],
        f"{what}: {ranges}.",
        x_range=(0.0, max(float(seconds[-1]), 0.02)),
        y_range=(-WIDEST_G, WIDEST_G),
    )


def loss_curves(history: dict[str, list]) -> Chart:
    """The loss of training and that of held-out recordings, over the steps."""
    steps, training = history["step"], history["training"]
    series = [Series("training", steps, training)]
    told = f"In training the loss goes from {training[0]:.2f} to {training[-1]:.2f}."
    unseen = history.get("validation", [])
    if len(unseen) == len(steps):
        series.append(Series("held out", steps, unseen))
        told += (
            f" On held-out recordings it goes from {unseen[0]:.2f} to {unseen[-1]:.2f}; the lowest "
            f"is {min(unseen):.2f}, at step {steps[int(np.argmin(unseen))]}."
        )
    highest = max(max(one.y) for one in series)
    return Chart(
        "Learning", "step", "loss (cross-entropy)", series, told, y_range=(0.0, 1.05 * highest)
    )


def confusion(scores: Scores, title: str) -> Grid:
    """A confusion matrix; unknown has a column of its own where it occurs."""
    columns = [*scores.labels, *(["unknown"] if scores.unknown else [])]
    values = scores.confusion[:, : len(columns)]
    mistakes = [
        f"{values[i, j]} of {label} called {columns[j]}"
        for i, label in enumerate(scores.labels)
        for j in np.argsort(-values[i], kind="stable")
        if i != j and values[i, j]
    ]
    told = f"{scores.right} of {plural(scores.recordings, 'recording')} are right. "
    told += f"Mistakes: {'; '.join(mistakes)}." if mistakes else "There is no mistake."
    return Grid(title, "was called", "is", columns, scores.labels, values, told, number=".0f")


def reliability(table: Calibration) -> Chart:
    """How often it is right, by how sure it says it is."""
    used = [one for one in table.bins if one.n]
    sure = [100 * one.confidence for one in used]
    right = [100 * one.accuracy for one in used]
    told = "; ".join(
        f"{plural(one.n, 'recording')} at {s:.0f} % sure, {r:.0f} % right"
        for one, s, r in zip(used, sure, right, strict=True)
    )
    return Chart(
        "Sureness and truth",
        "how sure it says it is, in %",
        "how often it is right, in %",
        [
            Series("as it should be", [-10, 120], [-10, 120]),
            Series("this model", sure, right, "points"),
        ],
        f"{told}.",
        x_range=(0.0, 105.0),
        y_range=(-5.0, 107.0),
    )


def feature_means(names: Sequence[str], labels: Sequence[str], means: np.ndarray) -> Grid:
    """Means of features by label, above or below that of all labels: means (n_features, n_labels),
    in spreads.
    """
    strongest = [
        f"{name}: {labels[int(np.argmax(row))]} {row.max():+.1f}, "
        f"{labels[int(np.argmin(row))]} {row.min():+.1f}"
        for name, row in zip(names, means, strict=True)
    ]
    return Grid(
        "What tells the gestures apart",
        "gesture",
        "feature",
        labels,
        names,
        means,
        f"Highest and lowest gesture of each feature. {'; '.join(strongest)}.",
        number="+.1f",
        shades="signed",
    )


def scatter(
    points: np.ndarray, targets: np.ndarray, labels: Sequence[str], shares: np.ndarray
) -> Chart:
    """Recordings as points, by their first two principal components: points (n, 2).

    targets: (n,) numbers of labels; shares: (2,), of the spread that each component shows.
    """
    series, middles = [], []
    for i in np.unique(targets):
        own = points[targets == i]
        series.append(Series(labels[i], own[:, 0], own[:, 1], "points"))
        x, y = own.mean(axis=0)
        middles.append(f"{labels[i]} {x:.1f} and {y:.1f}")
    return Chart(
        "Recordings, seen from their widest side",
        f"component 1, {shares[0]:.0%} of the spread",
        f"component 2, {shares[1]:.0%} of the spread",
        series,
        f"The middles, by first and second component: {'; '.join(middles)}.",
    )
