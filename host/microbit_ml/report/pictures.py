"""The pictures of a report, as charts. Each has a description of what it shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from microbit_ml.charts.chart import Chart, Grid, Series
from microbit_ml.common.wording import plural
from microbit_ml.metrics import Calibration, Scores
from microbit_ml.recordings import Recording
from microbit_ml.recordings.recording import AXES, COUNTS_PER_G

WIDEST_G = 2.1  # the sensor's range, and a little room


def trace(recording: Recording, title: str) -> Chart:
    """The three axes of a recording over time."""
    seconds = recording.time_ms / 1000
    return axes_over_time(title, seconds, recording.samples, f"Over {seconds[-1]:.1f} s")


def axes_over_time(
    title: str,
    seconds: np.ndarray,
    counts: np.ndarray,
    what: str,
    behind: Sequence[Series] = (),
) -> Chart:
    """Three axes over time, always on the same scale: seconds (n,), counts (n, 3).

    what: the beginning of the description in words; behind: series that are drawn behind them.
    """
    in_g = counts / COUNTS_PER_G
    ranges = ", ".join(
        f"{axis} from {_number(low)} to {_number(high)} g"
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


def _number(value: float) -> str:
    """With one decimal, and no minus before zero."""
    return f"{round(value, 1) + 0.0:.1f}"


def loss_curves(history: dict[str, list]) -> Chart:
    """The training loss and the held-out loss over the steps."""
    steps, training = history["step"], history["training"]
    series = [Series("training", steps, training)]
    alt = f"The training loss goes from {training[0]:.2f} to {training[-1]:.2f}."
    unseen = history.get("validation", [])
    if len(unseen) == len(steps):
        series.append(Series("held out", steps, unseen))
        alt += (
            f" The held-out loss goes from {unseen[0]:.2f} to {unseen[-1]:.2f}. Its lowest value "
            f"is {min(unseen):.2f}, at step {steps[int(np.argmin(unseen))]}."
        )
    highest = max(max(one.y) for one in series)
    return Chart(
        "Learning", "step", "loss (cross-entropy)", series, alt, y_range=(0.0, 1.05 * highest)
    )


def confusion(scores: Scores, title: str) -> Grid:
    """A confusion matrix, with a column for unknown if it occurs."""
    columns = [*scores.labels, *(["unknown"] if scores.unknown else [])]
    values = scores.confusion[:, : len(columns)]
    mistakes = [
        f"{label} taken for {columns[j]} ({values[i, j]})"
        for i, label in enumerate(scores.labels)
        for j in np.argsort(-values[i], kind="stable")
        if i != j and values[i, j]
    ]
    alt = f"{scores.right} of {plural(scores.recordings, 'recording')} are right. "
    alt += f"Mistakes: {', '.join(mistakes)}." if mistakes else "There are no mistakes."
    return Grid(title, "predicted", "actual", columns, scores.labels, values, alt, number=".0f")


def reliability(table: Calibration) -> Chart:
    """The fraction of right answers over the probability of the predicted class."""
    used = [one for one in table.bins if one.n]
    confidence = [100 * one.confidence for one in used]
    accuracy = [100 * one.accuracy for one in used]
    points = "; ".join(
        f"probability {mean:.0f}%, {right:.0f}% right ({plural(one.n, 'recording')})"
        for one, mean, right in zip(used, confidence, accuracy, strict=True)
    )
    return Chart(
        "Calibration",
        "mean probability of its answers, in %",
        "how often it is right, in %",
        [
            Series("perfectly calibrated", [-10, 120], [-10, 120]),
            Series("this model", confidence, accuracy, "points"),
        ],
        f"By group: {points}.",
        x_range=(0.0, 105.0),
        y_range=(-5.0, 107.0),
    )


def feature_means(names: Sequence[str], labels: Sequence[str], means: np.ndarray) -> Grid:
    """Means of features by label, above or below the mean of all labels, in standard deviations:
    means (n_features, n_labels).
    """
    strongest = [
        f"{name}: {labels[int(np.argmax(row))]} {row.max():+.1f}, "
        f"{labels[int(np.argmin(row))]} {row.min():+.1f}"
        for name, row in zip(names, means, strict=True)
    ]
    return Grid(
        "How the gestures differ",
        "gesture",
        "feature",
        labels,
        names,
        means,
        f"The highest and the lowest gesture for each feature. {'; '.join(strongest)}.",
        number="+.1f",
        shades="signed",
    )


def scatter(
    points: np.ndarray, targets: np.ndarray, labels: Sequence[str], explained: np.ndarray
) -> Chart:
    """Recordings as points, by their first two principal components: points (n, 2).

    targets: (n,) numbers of labels; explained: (2,), each component's fraction of the variance.
    """
    series, centres = [], []
    for i in np.unique(targets):
        own = points[targets == i]
        series.append(Series(labels[i], own[:, 0], own[:, 1], "points"))
        x, y = own.mean(axis=0)
        centres.append(f"{labels[i]} ({x:.1f}, {y:.1f})")
    return Chart(
        "All recordings on one map",
        f"component 1, {explained[0]:.0%} of the variance",
        f"component 2, {explained[1]:.0%} of the variance",
        series,
        f"The centre of each gesture, by first and second component: {', '.join(centres)}.",
    )
