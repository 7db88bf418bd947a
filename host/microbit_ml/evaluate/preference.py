"""Choosing a threshold for a purpose: rather a false alarm, or rather a miss?

A fall alarm must not miss a fall, and may ring once too often: it needs **recall**. A light switch
that goes off by itself is a nuisance: it needs **precision**. One number, the *shift*, moves the
threshold of one label: it is added to the confidence in this label (positive: the label is detected
more readily). A recording is detected as the label when the label is its top-1 class and
confidence + shift is 0 or more.

Only confidences that occur matter, so the candidates for the shift are the negatives of these. For
each, precision and recall are counted: the precision-recall curve.

    top-1 class is "fall", confidence and truth: 7 fall, 4 fall, 1 walk, -3 fall; a fourth fall had
    another top-1 class.
    shift -7: detected 1, correct 1: precision 1,   recall 1/4
    shift -4: detected 2, correct 2: precision 1,   recall 2/4
    shift -1: detected 3, correct 2: precision 2/3, recall 2/4
    shift  3: detected 4, correct 3: precision 3/4, recall 3/4   the highest possible recall
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from microbit_ml.errors import DataError
from microbit_ml.kinds import OPEN
from microbit_ml.model import Model

PURPOSES = ("recall", "precision")
AT_LEAST = 0.95


@dataclass(frozen=True)
class Point:
    """A point of the curve. detected: the number of recordings predicted as the label; correct: how
    many of these have the label; precision and recall: 0 to 1.
    """

    shift: int
    detected: int
    correct: int
    precision: float
    recall: float

    def as_json(self) -> dict[str, float]:
        """The same for ``json.dumps``."""
        return dict(vars(self))


def precision_recall_curve(
    label: str, truth: Sequence[str], best: Sequence[str], confidence: np.ndarray
) -> list[Point]:
    """The precision-recall curve of a label, from few detections to many.

    truth, best: the true label and the top-1 class of each recording; confidence: (n,), 0 or more
    is known. Raises DataError when no recording has the label, or it is never the top-1 class.
    """
    is_it = np.array([one == label for one in truth], dtype=bool)
    is_best = np.array([one == label for one in best], dtype=bool)
    if not is_it.any():
        raise DataError(
            f'No recording has the label "{label}". The labels are: {", ".join(sorted({*truth}))}.'
        )
    if not is_best.any():
        raise DataError(
            f'To this model, no recording looks most like "{label}", so no threshold makes it '
            "detect one. Record more of it, and train again."
        )
    points = []
    for threshold in np.unique(confidence[is_best])[::-1]:
        detected = is_best & (confidence >= threshold)
        correct, n = int((detected & is_it).sum()), int(detected.sum())
        points.append(Point(-int(threshold), n, correct, correct / n, correct / int(is_it.sum())))
    return points


def choose(points: Sequence[Point], purpose: str, at_least: float = AT_LEAST) -> Point:
    """The point where ``purpose`` ("recall" or "precision") is ``at_least`` this high and the other
    is highest; if there is no such point, the one with the highest ``purpose``.

    In a tie, the first point, which has the fewest detections. For recall, the shift is then raised
    as far as possible without any further detection, and at least to 0: the next recording of the
    label may be a little weaker than the weakest one here.
    """
    other = "precision" if purpose == "recall" else "recall"
    enough = [one for one in points if getattr(one, purpose) >= at_least]
    if enough:
        chosen = max(enough, key=lambda one: getattr(one, other))
    else:
        chosen = max(points, key=lambda one: (getattr(one, purpose), getattr(one, other)))
    if purpose == "recall":
        weaker = points[points.index(chosen) + 1 :]
        shift = weaker[0].shift - 1 if weaker else max(chosen.shift, 0)
        chosen = replace(chosen, shift=shift)
    return chosen


def with_shift(model: Model, label: str, shift: int) -> Model:
    """The model with ``shift`` added to its confidence in the label, in both of its forms.

    Its provenance records this under "shifts", by label. Its metrics stay those of the training.

    Raises DataError for a label that it does not know.
    """
    if label not in model.labels:
        raise DataError(f'The model does not know "{label}". It knows: {", ".join(model.labels)}.')
    is_it = np.array([one == label for one in model.labels])
    gate = model.network.gate
    radius = np.clip(gate.radius + shift * is_it, -OPEN, OPEN)
    shifts = model.provenance.get("shifts", {})
    return replace(
        model,
        provenance={
            **model.provenance,
            "shifts": {**shifts, label: shifts.get(label, 0) + shift},
        },
        fitted=model.fitted.with_shift(shift * is_it),
        network=replace(model.network, gate=replace(gate, radius=radius)),
    )
