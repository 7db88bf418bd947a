"""Choosing a limit for a purpose: better once too often, or better once too rarely?

A fall alarm should miss no fall, and may ring once too often: it wants **recall**. A light switch
that goes off by itself is a nuisance: it wants **precision**. A model can be made so for one label
with one number, the *shift*: how much its confidence in this label is raised (positive: the label
is told more readily) or lowered. A recording is told to be of the label when the label is its best
and confidence + shift is 0 or more.

Only confidences that occurred matter, so all shifts worth a thought are minus one of these. For
each of them precision and recall are counted: the precision-recall curve.

    best label is "fall", confidence and truth: 7 fall, 4 fall, 1 walk, -3 fall; a fourth fall had
    another best label.
    shift -7: told 1, right 1: precision 1,   recall 1/4
    shift -4: told 2, right 2: precision 1,   recall 2/4
    shift -1: told 3, right 2: precision 2/3, recall 2/4
    shift  3: told 4, right 3: precision 3/4, recall 3/4   the most that can be found
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
    """What a shift comes to: told, how many recordings are called by the label; right, how many of
    these are of it; precision and recall, 0 to 1.
    """

    shift: int
    detected: int
    right: int
    precision: float
    recall: float

    def as_json(self) -> dict[str, float]:
        """The same for ``json.dumps``."""
        return dict(vars(self))


def trade_off(
    label: str, truth: Sequence[str], best: Sequence[str], confidence: np.ndarray
) -> list[Point]:
    """The precision-recall curve of a label, from few told to many.

    truth, best: the true and the best known label of each recording; confidence: (n,), 0 or more
    is known. Raises DataError when no recording is of the label, or none has it as its best.
    """
    is_it = np.array([one == label for one in truth], dtype=bool)
    is_best = np.array([one == label for one in best], dtype=bool)
    if not is_it.any():
        raise DataError(f'No recording is of "{label}". There are: {", ".join(sorted({*truth}))}.')
    if not is_best.any():
        raise DataError(
            f'No recording looks most like "{label}" to this model, so no limit makes it tell '
            "one. Record more of it, and train again."
        )
    points = []
    for limit in np.unique(confidence[is_best])[::-1]:
        detected = is_best & (confidence >= limit)
        right = int((detected & is_it).sum())
        n_detections = int(detected.sum())
        points.append(
            Point(-int(limit), n_detections, right, right / n_detections, right / int(is_it.sum()))
        )
    return points


def choose(points: Sequence[Point], purpose: str, at_least: float = AT_LEAST) -> Point:
    """The point with ``purpose`` ("recall" or "precision") of ``at_least`` so much, and with as
    much of the other as is left; where none has so much, the one that has most.

    Of several equal points the first, which tells least. For recall, the shift then goes as far as
    it can without telling anything more, and at least to 0: the next recording of the label may
    be a little weaker than the weakest one here.
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

    Its provenance says so: "shifts", by label. Its metrics stay those of the training.

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
