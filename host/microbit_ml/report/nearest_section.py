"""How a model of prototypes decides: how far its gestures are from each other."""

from __future__ import annotations

import numpy as np

from microbit_ml.common.wording import plural
from microbit_ml.pages import Page, as_is
from microbit_ml.quantize import NearestModel
from microbit_ml.quantize.float_model import INPUT_STEP
from microbit_ml.report.evidence import Evidence

FAR = 1e6  # further than any movement is


def add_nearest(page: Page, evidence: Evidence) -> None:
    """The distances between gestures; nothing for models of other kinds."""
    model = evidence.model.fitted
    if not isinstance(model, NearestModel):
        return
    labels = evidence.model.labels
    means = len(model.prototypes) == len(labels)
    page.heading("How it decides")
    page.paragraph(
        "It is a **nearest-centroid** model: it stores the mean recording of each gesture (its "
        "centroid). A movement gets the name of the nearest one."
        if means
        else f"It is a **nearest-neighbour** model: it stores {len(model.prototypes)} prototypes, "
        "typical recordings of the gestures. A movement gets the name of the nearest one."
    )
    page.table(
        ["gesture", "prototypes", "nearest other gesture", "its distance", "accepts up to"],
        [
            [
                as_is(labels[i]),
                int((model.owners == i).sum()),
                as_is(labels[nearest]),
                f"{distance:.1f}",
                f"{reach:.1f}" if reach < FAR else "any distance",
            ]
            for i, (nearest, distance, reach) in enumerate(neighbours(model))
        ],
        "The distances between the gestures. A distance is like one on a map, but in "
        f"{plural(model.n_inputs, 'feature')} instead of two directions. In steps that make up for "
        "how much each feature varies between recordings of one gesture",
        left=1,
    )
    page.paragraph(
        "Two gestures that are close together are easily mixed up. A movement that is further from "
        "every prototype than its gesture accepts is “unknown”."
    )


def neighbours(model: NearestModel) -> list[tuple[int, float, float]]:
    """For each label, the other one with the nearest prototype, its distance, and the largest
    distance that still counts as known; in scales of the features.
    """
    found = []
    for label in range(model.n_labels):
        squares = model.distances(model.prototypes[model.owners == label]).min(axis=0)
        squares[label] = np.inf
        nearest = int(squares.argmin())
        steps = np.sqrt(np.array([squares[nearest], model.largest_square(label)]))
        found.append((nearest, *(steps * INPUT_STEP).tolist()))
    return found
