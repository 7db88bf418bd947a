"""One page about a data set: what is in it, what may be wrong with it, and pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from microbit_ml.charts.chart import Chart, Grid, Series
from microbit_ml.common.wording import in_words, plural
from microbit_ml.evaluate.classical import squared_distances
from microbit_ml.evaluate.feature_points import FeaturePoints
from microbit_ml.evaluate.label_summary import LabelSummary, summarize
from microbit_ml.evaluate.odd_labels import odd_labels
from microbit_ml.evaluate.principal_components import (
    PrincipalComponents,
    principal_components,
)
from microbit_ml.evaluate.problems import CLIPPED_FRACTION, clipped_fraction, seconds_of
from microbit_ml.features import FEATURES, N_FEATURES
from microbit_ml.pages import Page, as_is
from microbit_ml.recordings import Dataset, Recording
from microbit_ml.recordings.recording import AXES, COUNTS_PER_G
from microbit_ml.recordings.simulated_people import about_recordings
from microbit_ml.report.pictures import axes_over_time

MOST_LABELS = 24  # in pictures; more would be hard to distinguish and slow to draw
MOST_TRACES = 30  # faint lines of a label; more would be a grey blur and a large file
MOST_POINTS = 1500  # of the picture of principal components
MOST_PEOPLE = 16  # in the table of who made what
MOST_MARKED = 8  # recordings that are named in a picture
EQUAL_LENGTHS = 1.02  # times the shortest; a clock's jitter makes this much
RATE_HZ = 50.0  # of a window
NO_LABEL = "(none)"


def data_set_html(data: Dataset, name: str, problems: Sequence[str]) -> str:
    """The page as HTML.

    name: of the data set; problems: sentences about what may be wrong, as
    :func:`~microbit_ml.evaluate.problems.find_problems` finds them.
    """
    page = Page(f"{as_is(name)}: what is in the data set")
    _add_overview(page, data, name, problems)
    _add_people(page, data)
    _add_lengths(page, data)
    points = FeaturePoints.of(data)
    _add_components(page, points.recordings, points.rows)
    _add_traces(page, points)
    return page.html()


def _add_overview(page: Page, data: Dataset, name: str, problems: Sequence[str]) -> None:
    people = plural(len(data.subjects), "person", "people")
    page.paragraph(
        f"**{as_is(name)}** holds {plural(len(data), 'recording')} of "
        f"{plural(len(data.labels), 'label')}, with {data.rate_hz:g} samples a second. "
        + (f"They were made by {people}. " if data.subjects else "They don't say who made them. ")
        + "Each recording is what the accelerometer measured during one movement."
    )
    if remark := about_recordings(data.n_simulated, len(data)):
        page.note(remark, "careful")
    page.heading("What may be wrong")
    if problems:
        page.note("Check these recordings. Something may be wrong.", "careful")
        page.bullets([as_is(problem) for problem in problems])
    else:
        page.note("No problems found.", "good")
    page.heading("How much data there is")
    page.table(
        [
            *("label", "recordings", "people", "shortest in s", "median in s", "longest in s"),
            *("samples", "clipped"),
        ],
        [_row(label, one) for label, one in summarize(data).items()],
        "The recordings of each label. A sample is clipped when an axis hits the end of the "
        "sensor's range, 2 g",
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
    """Who made what, for a few people or more, but not very many."""
    people, labels = data.subjects, data.labels
    if not 2 <= len(people) <= MOST_PEOPLE or not 0 < len(labels) <= MOST_LABELS:
        return
    made = Counter((one.subject, one.label) for one in data)
    counts = np.array([[made[who, label] for label in labels] for who in people])
    missing = [
        f"{who} made no {label}"
        for who, row in zip(people, counts, strict=True)
        for label, n in zip(labels, row, strict=True)
        if not n
    ]
    fewest, most = counts.min(), counts.max()
    n = f"{most}" if fewest == most else f"from {fewest} to {most}"
    alt = f"Each person made {n} recordings of each label. "
    alt += f"{'; '.join(missing[:10])}." if missing else "Everyone made every gesture."
    page.figure(
        Grid("Who recorded what", "label", "person", labels, people, counts, alt, number=".0f"),
        "Recordings by person and label. Darker: a larger part of that person's recordings",
    )


def _add_lengths(page: Page, data: Dataset) -> None:
    n_labels = len({one.label for one in data})
    page.heading("How long and how strong")
    if n_labels > MOST_LABELS:
        page.note(
            f"The pictures show {MOST_LABELS} of the {n_labels} labels: those with the most "
            "recordings."
        )
    groups = data.by_label()
    by_label = {label: groups[label] for label in _drawn(data.recordings)}
    ticks = {float(i): label or NO_LABEL for i, label in enumerate(by_label)}
    _add_seconds(page, data, by_label, ticks)
    percents = [100 * clipped_fraction(own) for own in by_label.values()]
    if not any(percents):
        page.paragraph("No sample is clipped: no axis ever hit the end of the sensor's range, 2 g.")
        return
    clipped = ", ".join(
        f"{label} {percent:.1f}%" for label, percent in zip(ticks.values(), percents, strict=True)
    )
    texts = [f"{percent:.1f}" for percent in percents]
    bars = Series("", range(len(percents)), percents, "bars", texts)
    page.figure(
        Chart(
            "How much is clipped",
            "label",
            "clipped samples in %",
            [bars],
            f"Clipped samples: {clipped}.",
            y_range=(0.0, max(10.0, 1.15 * max(percents))),
            x_ticks=ticks,
        ),
        "Samples at the end of the sensor's range, 2 g. Anything stronger is lost. Above "
        f"{CLIPPED_FRACTION:.0%}, a gesture may be hard to recognise",
    )


def _add_seconds(
    page: Page, data: Dataset, by_label: dict[str, list[Recording]], ticks: dict[float, str]
) -> None:
    """How long each recording is: a picture, or a sentence if all are alike."""
    seconds = [
        np.array([seconds_of(one, data.rate_hz) for one in own]) for own in by_label.values()
    ]
    length = np.concatenate(seconds)
    if length.max() <= EQUAL_LENGTHS * length.min():
        page.paragraph(f"All recordings are {np.median(length):.2f} s long.")
        return
    alt = "; ".join(
        f"{label} from {own.min():.2f} s to {own.max():.2f} s, median {np.median(own):.2f} s"
        for label, own in zip(ticks.values(), seconds, strict=True)
    )
    drawn, some = seconds, ""
    if len(length) > MOST_POINTS:
        drawn = [_thinned(own, MOST_POINTS // len(seconds)) for own in seconds]
        some = f"; {sum(map(len, drawn)):,} of {len(length):,} are drawn"
    positions = np.concatenate([i + _side_by_side(len(own)) for i, own in enumerate(drawn)])
    page.figure(
        Chart(
            "How long the recordings are",
            "label",
            "length in s",
            [Series("", positions, np.concatenate(drawn), "points")],
            f"{alt}.",
            x_range=(-0.6, len(seconds) - 0.4),
            y_range=(0.0, 1.08 * float(length.max())),
            x_ticks=ticks,
        ),
        "Each point is a recording. Points of one label are side by side only so that you can see "
        "them all" + some,
    )


def _thinned(values: np.ndarray, most: int) -> np.ndarray:
    """All values, or of more than ``most`` that many, the smallest and the largest among them."""
    if len(values) <= most:
        return values
    return np.sort(values)[np.linspace(0, len(values) - 1, most).astype(int)]


def _side_by_side(n: int) -> np.ndarray:
    """Horizontal offsets for n points of a label, from -0.3 to 0.3."""
    return np.linspace(-0.3, 0.3, n) if n > 1 else np.zeros(n)


def _add_components(page: Page, recordings: Sequence[Recording], rows: np.ndarray) -> None:
    page.heading("Which recordings are alike")
    if len(recordings) < 3:
        page.paragraph("Record three or more movements to see how alike they are.")
        return
    found = principal_components(rows, 2)
    first, second = (f"{fraction:.0%}" for fraction in found.explained_variance_ratio)
    page.paragraph(
        f"The kit describes each recording with {N_FEATURES} numbers, its features: how the board "
        "was held, how strongly and how fast it moved, and when. So each recording is a point in a "
        f"space of {N_FEATURES} dimensions, and nobody can draw that. But you can turn the whole "
        "cloud of points until you see its widest side, just as you would photograph a ship from "
        "the side, not from the front. This is called **principal component analysis**. The first "
        "principal component is the direction in which the points differ most. The second is the "
        "widest direction at right angles to it."
    )
    page.paragraph(
        f"The first shows {first} of all the variance, that is, of all the differences between "
        f"recordings. The second shows {second}. You can't see the rest here. Points that overlap "
        "may be far apart in another direction, but points that are far apart here really are "
        "different."
    )
    odd = odd_labels(rows, [one.label for one in recordings])
    marked = {one.number for one in odd[:MOST_MARKED]}
    page.figure(
        _components_chart(recordings, found, rows, marked),
        f"All recordings on one map. It shows {found.explained_variance_ratio.sum():.0%} of the "
        "variance. Each feature was first scaled to a standard deviation of 1"
        + (". Recordings with a name lie among those of another label" if marked else ""),
    )
    strongest = _strongest_features(found)
    page.bullets(
        [
            f"Component {i} depends most on {in_words([as_is(name) for name in names])}."
            for i, names in enumerate(strongest, start=1)
        ]
    )


def _strongest_features(found: PrincipalComponents) -> list[list[str]]:
    """For each component, the three features with the largest weights."""
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
        "All recordings on one map",
        "component 1, in standard deviations",
        "component 2, in standard deviations",
        series,
        _about_centres(labels, np.array([points[of_label == one].mean(axis=0) for one in labels])),
    )


def _about_centres(labels: Sequence[str], centres: np.ndarray) -> str:
    """Which labels lie closest together in the picture, and which furthest apart."""
    if len(labels) < 2:
        return "There is only one label, so there is nothing to compare."
    apart = squared_distances(centres, centres)
    pairs = [(apart[i, j], i, j) for i in range(len(labels)) for j in range(i)]
    near, far = min(pairs), max(pairs)
    nearest = f"The centres of {labels[near[2]]} and {labels[near[1]]} are"
    if len(labels) == 2:
        return f"{nearest} {np.sqrt(near[0]):.1f} standard deviations apart."
    return (
        f"{nearest} closest together. Those of {labels[far[2]]} and {labels[far[1]]} are furthest "
        "apart."
    )


def _add_traces(page: Page, points: FeaturePoints) -> None:
    recordings, windows = points.recordings, points.windows
    if not len(recordings):
        return
    page.heading("What the movements look like")
    page.paragraph(
        "A model looks at one second of each recording: the one with the most movement. These "
        "pictures show the acceleration in that second, in units of the Earth's gravity (g). When "
        "a board lies still with its face up, z reads -1 g, and x and y read 0. The thick lines "
        "are the most typical recording of the label: the one that is most like all the others. "
        "The thin lines are other recordings with that label."
    )
    with page.side_by_side():
        for label in _drawn(recordings):
            own = points.of_label(label)
            typical = points.typical(label)
            others = own[own != typical]
            if len(others) > MOST_TRACES:
                others = others[np.linspace(0, len(others) - 1, MOST_TRACES).astype(int)]
            title = label or NO_LABEL
            n_others = len(own) - 1
            thin = ""
            if n_others:
                some = "" if len(others) == n_others else f"{len(others)} of "
                thin = f". Thin lines: {some}{plural(n_others, 'other')}"
            page.figure(
                _trace_chart(title, windows[typical], windows[others]),
                f"{as_is(title)}. Thick lines: {as_is(recordings[typical].path)}{thin}",
            )


def _trace_chart(title: str, typical: np.ndarray, others: np.ndarray) -> Chart:
    """Three axes over time; the other windows as one faint series per axis, separated by NaN."""
    seconds = np.arange(len(typical)) / RATE_HZ
    behind = []
    for i, axis in enumerate(AXES):
        values = np.pad(others[:, :, i] / COUNTS_PER_G, ((0, 0), (0, 1)), constant_values=np.nan)
        times = np.tile(np.append(seconds, np.nan), len(others))
        behind.append(Series(axis, times, values.ravel(), faint=True))
    what = f"The typical recording of {title}"
    return axes_over_time(title, seconds, typical, what, behind)


def _drawn(recordings: Sequence[Recording]) -> list[str]:
    """The labels that pictures show, sorted: all, or those with the most recordings."""
    counts = Counter(one.label for one in recordings)
    return sorted(sorted(counts, key=lambda label: (-counts[label], label))[:MOST_LABELS])
