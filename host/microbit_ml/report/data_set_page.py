"""One page about a data set: what is in it, what may be wrong with it, and pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from microbit_ml.charts.chart import Chart, Grid, Series
from microbit_ml.common.wording import plural
from microbit_ml.evaluate.classical import squared_distances
from microbit_ml.evaluate.label_summary import LabelSummary, summarize
from microbit_ml.evaluate.odd_labels import odd_labels
from microbit_ml.evaluate.principal_components import (
    PrincipalComponents,
    principal_components,
    standardized,
)
from microbit_ml.evaluate.problems import CLIPPED_FRACTION, clipped_fraction, seconds_of, windows_of
from microbit_ml.features import FEATURES, N_FEATURES, compute_features
from microbit_ml.pages import Page, as_is
from microbit_ml.recordings import Dataset, Recording
from microbit_ml.recordings.recording import AXES, COUNTS_PER_G
from microbit_ml.report.pictures import axes_over_time

MOST_LABELS = 24  # in pictures; more could not be told apart, and drawing them takes long
MOST_TRACES = 30  # faint lines of a label; more would be a grey field and a large file
MOST_POINTS = 1500  # of the picture of principal components
MOST_PEOPLE = 16  # in the table of who made what
MOST_MARKED = 8  # recordings that are named in a picture
EQUAL_LENGTHS = 1.02  # times the shortest; a clock's trembling makes so much
RATE_HZ = 50.0  # of a window
NO_LABEL = "(none)"


def data_set_html(data: Dataset, name: str, problems: Sequence[str]) -> str:
    """The page as HTML.

    name: what the data set is called; problems: sentences about what may be wrong, as
    :func:`~microbit_ml.evaluate.problems.find_problems` finds them.
    """
    page = Page(f"{as_is(name)}: what is in the data set")
    _add_overview(page, data, name, problems)
    _add_people(page, data)
    _add_lengths(page, data)
    recordings, windows = windows_of(data)
    rows = standardized(compute_features(windows)) if len(recordings) else np.zeros((0, N_FEATURES))
    _add_components(page, recordings, rows)
    _add_traces(page, recordings, windows, rows)
    return page.html()


def _add_overview(page: Page, data: Dataset, name: str, problems: Sequence[str]) -> None:
    people = plural(len(data.subjects), "person", "people") if data.subjects else "nobody noted who"
    page.paragraph(
        f"**{as_is(name)}** holds {plural(len(data), 'recording')} of "
        f"{plural(len(data.labels), 'label')} ({people}), {data.rate_hz:g} samples a second. "
        "Each recording is what the accelerometer said while somebody made one movement."
    )
    page.heading("What may be wrong")
    if problems:
        page.note("Look at these; they may be wrong.", "careful")
        page.bullets([as_is(problem) for problem in problems])
    else:
        page.note("No problems found.", "good")
    page.heading("How much there is")
    page.table(
        [
            *("label", "recordings", "people", "shortest in s", "median in s", "longest in s"),
            *("samples", "clipped"),
        ],
        [_row(label, one) for label, one in summarize(data).items()],
        "What each label holds. A sample is clipped when an axis is at the end of what the sensor "
        "can measure, 2 g",
    )


def _row(label: str, one: LabelSummary) -> list[object]:
    """A label's line in the table."""
    return [
        as_is(label or NO_LABEL),
        one.recordings,
        one.subjects or "not noted",
        *(f"{seconds:.2f}" for seconds in (one.shortest_s, one.median_s, one.longest_s)),
        one.samples,
        f"{one.clipped:.1%}",
    ]


def _add_people(page: Page, data: Dataset) -> None:
    """Who made what, when there are some people but not very many."""
    people, labels = data.subjects, data.labels
    if not 2 <= len(people) <= MOST_PEOPLE or not 0 < len(labels) <= MOST_LABELS:
        return
    counts = np.array(
        [[sum(one.subject == who and one.label == label for one in data) for label in labels]
         for who in people]
    )  # fmt: skip
    missing = [
        f"{who} has no {label}"
        for who, row in zip(people, counts, strict=True)
        for label, n in zip(labels, row, strict=True)
        if not n
    ]
    told = f"From {counts.min()} to {counts.max()} recordings of each label by each person. "
    told += f"{'; '.join(missing[:10])}." if missing else "Everybody made every gesture."
    page.figure(
        Grid("Who recorded what", "label", "person", labels, people, counts, told, number=".0f"),
        "Recordings by person and label. The darker, the larger a part of what that person made",
    )


def _add_lengths(page: Page, data: Dataset) -> None:
    n_labels = len({one.label for one in data})
    page.heading("How long, and how strong")
    if n_labels > MOST_LABELS:
        page.note(
            f"All pictures show {MOST_LABELS} of the {n_labels} labels: those with the most "
            "recordings."
        )
    by_label = {
        label: [one for one in data if one.label == label] for label in _drawn(data.recordings)
    }
    ticks = {float(i): label or NO_LABEL for i, label in enumerate(by_label)}
    _add_seconds(page, data, by_label, ticks)
    shares = [100 * clipped_fraction(own) for own in by_label.values()]
    if not any(shares):
        page.paragraph(
            "No sample is clipped: nowhere did an axis reach the end of what the sensor can "
            "measure, 2 g."
        )
        return
    told = "; ".join(
        f"{label} {share:.1f} %" for label, share in zip(ticks.values(), shares, strict=True)
    )
    bars = Series("", range(len(shares)), shares, "bars", [f"{share:.1f}" for share in shares])
    page.figure(
        Chart(
            "How much is clipped",
            "label",
            "clipped samples in %",
            [bars],
            f"{told}.",
            y_range=(0.0, max(10.0, 1.15 * max(shares))),
            x_ticks=ticks,
        ),
        "Samples at the end of the range, 2 g. What was beyond it is lost: above "
        f"{CLIPPED_FRACTION:.0%} a gesture may be hard to recognise",
    )


def _add_seconds(
    page: Page, data: Dataset, by_label: dict[str, list[Recording]], ticks: dict[float, str]
) -> None:
    """How long each recording is: in a picture, or in a word when all are alike."""
    seconds = [
        np.array([seconds_of(one, data.rate_hz) for one in own]) for own in by_label.values()
    ]
    length = np.concatenate(seconds)
    if length.max() <= EQUAL_LENGTHS * length.min():
        page.paragraph(f"All recordings are {np.median(length):.2f} s long.")
        return
    told = "; ".join(
        f"{label} from {own.min():.2f} s to {own.max():.2f} s, median {np.median(own):.2f} s"
        for label, own in zip(ticks.values(), seconds, strict=True)
    )
    places = np.concatenate([i + _spread(len(own)) for i, own in enumerate(seconds)])
    page.figure(
        Chart(
            "How long the recordings are",
            "label",
            "length in s",
            [Series("", places, length, "points")],
            f"{told}.",
            x_range=(-0.6, len(seconds) - 0.4),
            y_range=(0.0, 1.08 * float(length.max())),
            x_ticks=ticks,
        ),
        "Each point is a recording; points of a label stand beside each other only to be seen",
    )


def _spread(n: int) -> np.ndarray:
    """Places beside each other for n points of a label, from -0.3 to 0.3."""
    return np.linspace(-0.3, 0.3, n) if n > 1 else np.zeros(n)


def _add_components(page: Page, recordings: Sequence[Recording], rows: np.ndarray) -> None:
    page.heading("Which recordings are alike")
    if len(recordings) < 3:
        page.paragraph("Record three movements or more to see here how alike they are.")
        return
    found = principal_components(rows, 2)
    first, second = (f"{share:.0%}" for share in found.shares)
    page.paragraph(
        f"The kit describes a recording by {N_FEATURES} numbers, its features: how the board was "
        "held, how strongly and how fast it moved, and when. So a recording is a point with "
        f"{N_FEATURES} coordinates, which nobody can draw. But a cloud of points can be looked at "
        "from the side where it is widest. The first **principal component** is the direction in "
        "which the points are spread most; the second is at right angles to it and the widest of "
        "what is left."
    )
    page.paragraph(
        f"The first shows {first} of all the spread, the second {second}. The rest cannot be seen "
        "here: points that lie on each other may be far apart in another direction, but points "
        "that are far apart here are different indeed."
    )
    odd = odd_labels(rows, [one.label for one in recordings])
    marked = {one.number for one in odd[:MOST_MARKED]}
    page.figure(
        _components_chart(recordings, found, rows, marked),
        f"The recordings from their widest side: {found.shares.sum():.0%} of the spread. Each "
        "feature is scaled first, so that 1 is its standard deviation"
        + ("; named are recordings that lie among those of another label" if marked else ""),
    )
    strongest = _strongest_features(found)
    page.bullets(
        [
            f"Component {i} is mostly: {', '.join(as_is(name) for name in names)}."
            for i, names in enumerate(strongest, start=1)
        ]
    )


def _strongest_features(found: PrincipalComponents) -> list[list[str]]:
    """For each component, the three features that its direction leans to most."""
    return [
        [f"{FEATURES[i].name} ({FEATURES[i].meaning})" for i in np.argsort(-np.abs(column))[:3]]
        for column in found.directions.T
    ]


def _components_chart(
    recordings: Sequence[Recording],
    found: PrincipalComponents,
    rows: np.ndarray,
    marked: set[int],
) -> Chart:
    points = found.project(rows)
    of_label = np.array([one.label for one in recordings], dtype=object)
    labels = _drawn(recordings)
    step = -(-len(recordings) // MOST_POINTS)
    shown = np.array([i % step == 0 or i in marked for i in range(len(recordings))])
    series = []
    for label in labels:
        own = np.flatnonzero((of_label == label) & shown)
        names = [recordings[i].name if i in marked else "" for i in own.tolist()]
        series.append(Series(label or NO_LABEL, points[own, 0], points[own, 1], "points", names))
    return Chart(
        "Recordings as points",
        "component 1, in standard deviations",
        "component 2, in standard deviations",
        series,
        _told_of_middles(
            labels, np.array([points[of_label == one].mean(axis=0) for one in labels])
        ),
    )


def _told_of_middles(labels: Sequence[str], middles: np.ndarray) -> str:
    """Which labels lie closest together in the picture, and which furthest apart."""
    if len(labels) < 2:
        return "There is one label only, so there is nothing to compare."
    apart = squared_distances(middles, middles)
    pairs = [(apart[i, j], i, j) for i in range(len(labels)) for j in range(i)]
    near, far = min(pairs), max(pairs)
    told = f"The middles of {labels[near[2]]} and {labels[near[1]]} lie closest together"
    if len(labels) > 2:
        told += f", those of {labels[far[2]]} and {labels[far[1]]} furthest apart"
    return f"{told}."


def _add_traces(
    page: Page, recordings: Sequence[Recording], windows: np.ndarray, rows: np.ndarray
) -> None:
    if not len(recordings):
        return
    page.heading("What the movements look like")
    page.paragraph(
        "Of each recording the second that a model looks at, its most active one, in units of the "
        "Earth's pull (g). A board that lies still with its face up reads -1 g on z and 0 on x and "
        "y. The strong lines are the typical recording of the label, the one with the smallest "
        "sum of distances to the others; the thin lines behind it are others."
    )
    of_label = np.array([one.label for one in recordings], dtype=object)
    with page.side_by_side():
        for label in _drawn(recordings):
            own = np.flatnonzero(of_label == label)
            typical = own[np.sqrt(squared_distances(rows[own], rows[own])).sum(axis=1).argmin()]
            others = own[own != typical]
            if len(others) > MOST_TRACES:
                others = others[np.linspace(0, len(others) - 1, MOST_TRACES).astype(int)]
            title = label or NO_LABEL
            n_others = len(own) - 1
            thin = ""
            if n_others:
                part = "" if len(others) == n_others else f"{len(others)} of "
                thin = f"; thin: {part}{plural(n_others, 'other')}"
            page.figure(
                _trace_chart(title, windows[typical], windows[others]),
                f"{as_is(title)}. Typical: {as_is(recordings[typical].path)}{thin}",
            )


def _trace_chart(title: str, typical: np.ndarray, others: np.ndarray) -> Chart:
    """Three axes over time; all other windows as one faint series an axis, broken by NaN."""
    seconds = np.arange(len(typical)) / RATE_HZ
    behind = []
    for i, axis in enumerate(AXES):
        values = np.pad(others[:, :, i] / COUNTS_PER_G, ((0, 0), (0, 1)), constant_values=np.nan)
        times = np.tile(np.append(seconds, np.nan), len(others))
        behind.append(Series(axis, times, values.ravel(), faint=True))
    what = f"In the typical recording of {title}"
    return axes_over_time(title, seconds, typical, what, behind)


def _drawn(recordings: Sequence[Recording]) -> list[str]:
    """The labels that pictures show, sorted: all, or those with the most recordings."""
    counts = Counter(one.label for one in recordings)
    return sorted(sorted(counts, key=lambda label: (-counts[label], label))[:MOST_LABELS])
