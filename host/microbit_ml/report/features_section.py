"""The features that the network gets as input, and how the gestures differ in them."""

from __future__ import annotations

import numpy as np

from microbit_ml.common.wording import plural
from microbit_ml.evaluate.principal_components import principal_components, standardized
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
        n = evidence.model.fitted.n_inputs
        page.paragraph(
            f"This network sees the raw window, {n} numbers, and finds out by itself what matters. "
            "So there are no features to show."
        )
        return
    features = features_of(groups)
    page.paragraph(
        f"From each window, the board computes {plural(len(features), 'number')}, its "
        f"**features**, in {plural(len(groups), 'group')}: "
        f"{', '.join(f'`{group}`' for group in groups)}. They are all that the model sees."
    )
    rows, targets = evidence.rows
    if not len(rows):
        page.paragraph(
            "The model's file holds no recordings, so this page can't show their features."
        )
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
    from_mean = means - means.mean(axis=1, keepdims=True)
    between = from_mean.std(axis=1)  # standard deviation between labels
    chosen = np.sort(np.argsort(-between, kind="stable")[:MOST_SHOWN])
    page.figure(
        feature_means([features[i].name for i in chosen], labels, from_mean[chosen]),
        "The features in which the gestures differ most. Blue, above 0: higher than average. "
        "Orange, below 0: lower. Recordings of the same gesture typically vary by 1",
    )
    page.table(
        ["feature", "meaning"],
        [[features[i].name, features[i].meaning] for i in chosen],
        "These features in words",
        left=2,
    )


def _add_scatter(page: Page, evidence: Evidence) -> None:
    """All recordings on a map: their first two principal components."""
    targets = evidence.rows[1]
    if len(targets) < 2:
        return  # one point has no variance
    rows = standardized(evidence.rows[0])
    components = principal_components(rows)
    points = components.project(rows)
    page.figure(
        scatter(points, targets, evidence.model.labels, components.explained_variance_ratio),
        "Each point is a recording that the model was trained on, by the "
        f"{rows.shape[1]} features that it sees, each scaled to a standard deviation of 1. Points "
        "close together have similar features. Gestures that overlap here may still differ in "
        "other features",
    )


def _add_table(page: Page, features: list[Feature], labels: list[str], means: np.ndarray) -> None:
    page.table(
        ["feature", "meaning", "unit", *map(as_is, labels)],
        [
            [one.name, one.meaning, one.unit, *(f"{mean:.0f}" for mean in row)]
            for one, row in zip(features, means, strict=True)
        ],
        "The mean of each feature over the recordings that the model was trained on. In 1/16 "
        "octaves, 16 more means twice as much",
        left=3,
    )
