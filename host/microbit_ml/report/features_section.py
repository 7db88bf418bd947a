"""What the network is given of a movement, and which of it tells the gestures apart."""

from __future__ import annotations

import numpy as np

from microbit_ml.common.wording import plural
from microbit_ml.evaluate.principal_components import principal_components
from microbit_ml.features import Feature, features_of
from microbit_ml.pages import Page, as_is
from microbit_ml.report.evidence import Evidence
from microbit_ml.report.pictures import feature_means, scatter

MOST_SHOWN = 12  # features in the picture; the table has all of them


def add_features(page: Page, evidence: Evidence) -> None:
    """The feature map: means of the features by label."""
    page.heading("What it looks at")
    groups = evidence.model.network.groups
    if not groups:
        n = evidence.model.float_model.network.n_inputs
        page.paragraph(
            f"This network sees the raw window, {n} numbers, and finds by itself what to look at. "
            "So there are no features to show."
        )
        return
    features = features_of(groups)
    page.paragraph(
        f"The board computes {plural(len(features), 'number')} of each window, its **features**, "
        f"in {plural(len(groups), 'group')}: {', '.join(f'`{group}`' for group in groups)}. The "
        "network sees only these."
    )
    rows, targets = evidence.rows
    if not len(rows):
        page.paragraph("The model remembers no recordings, so what they are like is not known.")
        return
    present = np.unique(targets)
    labels = [evidence.model.labels[i] for i in present]
    _add_picture(page, features, labels, _means(evidence.scaled, targets, present))
    _add_scatter(page, evidence)
    with page.details(f"All {len(features)} features, with their means"):
        _add_table(page, features, labels, _means(rows, targets, present))


def _means(rows: np.ndarray, targets: np.ndarray, present: np.ndarray) -> np.ndarray:
    """The mean of each feature for each label: (n_features, n_labels)."""
    return np.stack([rows[targets == label].mean(axis=0) for label in present], axis=1)


def _add_picture(page: Page, features: list[Feature], labels: list[str], means: np.ndarray) -> None:
    from_middle = means - means.mean(axis=1, keepdims=True)
    apart = from_middle.std(axis=1)
    chosen = np.sort(np.argsort(-apart, kind="stable")[:MOST_SHOWN])
    page.figure(
        feature_means([features[i].name for i in chosen], labels, from_middle[chosen]),
        "The features by which the gestures differ most. Above 0 (blue): more than usual; below "
        "(orange): less. 1 is about what one gesture varies by",
    )
    page.table(
        ["feature", "what it is"],
        [[features[i].name, features[i].meaning] for i in chosen],
        "These features in words",
        left=2,
    )


def _add_scatter(page: Page, evidence: Evidence) -> None:
    """All recordings on a flat picture."""
    targets = evidence.rows[1]
    if len(targets) < 2:
        return  # one point has no spread to look at
    components = principal_components(evidence.scaled)
    points = components.project(evidence.scaled)
    page.figure(
        scatter(points, targets, evidence.model.labels, components.shares),
        "Each point is a recording that the model learned from. Points that lie together are alike "
        "in their features; gestures whose points mix here may still be apart in other features",
    )


def _add_table(page: Page, features: list[Feature], labels: list[str], means: np.ndarray) -> None:
    page.table(
        ["feature", "what it is", "unit", *map(as_is, labels)],
        [
            [one.name, one.meaning, one.unit, *(f"{mean:.0f}" for mean in row)]
            for one, row in zip(features, means, strict=True)
        ],
        "Means of the recordings that the model learned from",
        left=3,
    )
