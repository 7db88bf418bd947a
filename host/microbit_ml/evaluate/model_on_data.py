"""Testing a model on a data set: labels that it knows, and labels that it was not trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from microbit_ml.common.short_repr import short_repr
from microbit_ml.errors import DataError
from microbit_ml.metrics import Evaluation, McNemar, UnknownScores, mcnemar, unknown_scores
from microbit_ml.model import Model, Prediction
from microbit_ml.recordings import Dataset, Recording


@dataclass(frozen=True, eq=False)
class ModelTest:
    """A model's predictions on a data set.

    known: for recordings whose labels it knows; other: for recordings of other labels;
    other_labels: the labels of these, in order; without_label: the number of recordings left out
    because they have none; seen: how many of the known ones it was trained on.
    """

    known: Evaluation
    other: Prediction
    other_labels: list[str]
    without_label: int
    seen: int

    __repr__ = short_repr

    @classmethod
    def of(cls, model: Model, data: Dataset, name: str = "The data set") -> ModelTest:
        """Run the model. Raises DataError, which begins with ``name``, when no recording has a
        label that it knows.
        """
        labelled = [one for one in data if one.label]
        known = [one for one in labelled if one.label in model.labels]
        other = [one for one in labelled if one.label not in model.labels]
        if not known:
            raise DataError(
                f"{name} has no recordings of the labels that the model knows: "
                f"{', '.join(model.labels)}. Its labels are: {', '.join(data.labels) or 'none'}."
            )
        return cls(
            known=evaluation_of(model, known),
            other=model.predict(other),
            other_labels=[one.label for one in other],
            without_label=len(data) - len(labelled),
            seen=model.count_trained_on(known),
        )

    @property
    def unknown(self) -> UnknownScores | None:
        """Known against other labels, by confidence; None if there are no others."""
        if not self.other_labels:
            return None
        return unknown_scores(self.known.confidence, self.other.confidence)

    @property
    def confusion_of_others(self) -> dict[str, list[int]]:
        """For each other label, how often each known label was predicted; unknown is last."""
        counts = Counter(zip(self.other_labels, self.other.labels, strict=True))
        return {
            label: [counts[label, predicted] for predicted in (*self.known.names, None)]
            for label in sorted({*self.other_labels})
        }

    def against(self, second: ModelTest, names: tuple[str, str]) -> McNemar:
        """McNemar's test against a second model on the same data; names: those of the two models.

        Raises DataError when they know different labels.
        """
        if self.known.digests != second.known.digests:
            first_labels, second_labels = (", ".join(one.known.names) for one in (self, second))
            raise DataError(
                f"{names[0]} knows {first_labels}, but {names[1]} knows {second_labels}. Only "
                "models with the same labels can be compared."
            )
        return mcnemar(self.known.truth, self.known.best, second.known.best)


def evaluation_of(model: Model, recordings: Sequence[Recording]) -> Evaluation:
    """The predictions of both forms of a model for recordings whose labels it knows."""
    integer, real = model.predict(recordings), model.predict_float(recordings)
    return Evaluation(
        names=tuple(model.labels),
        truth_index=np.array([model.labels.index(one.label) for one in recordings]),
        best_index=integer.best_index,
        best_float_index=real.best_index,
        confidence=integer.confidence,
        probability=integer.probability,
        probability_float=real.probability,
        fold=np.zeros(len(recordings), dtype=np.int64),
        n_models=1,
        subjects=[one.subject for one in recordings],
        digests=[one.digest for one in recordings],
    )
