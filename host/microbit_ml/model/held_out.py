"""What models said of recordings that they had not seen while they learned.

Training holds each recording out once, from one of several models like the one that it keeps (the
*judges*), and asks that judge about it. The answers are the honest part of a model's numbers, so
the model's file keeps them: some 20 bytes a recording.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from microbit_ml.errors import ModelError

NOBODY = -1  # in place of a person who is not known
_LISTS = ("recording", "truth", "best", "best_float", "over", "sure", "person")


@dataclass(frozen=True, eq=False)
class HeldOut:
    """The judges' answers about n recordings; labels are numbered as in the model.

    digests: what tells each recording from others; truth, best, best_float: int (n,), the label
    that it has, the one that the judge's integers take it for, and the one that its floats do;
    over: int (n,), how far the confidence lies over the model's limit, 0 or more is known; sure:
    (n,), how sure the integers are of ``best``, 0 to 1, to a thousandth; people: who made each,
    "" for unknown; judges: how many models were asked.
    """

    digests: list[str]
    truth: np.ndarray
    best: np.ndarray
    best_float: np.ndarray
    over: np.ndarray
    sure: np.ndarray
    people: list[str]
    judges: int

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def known(self) -> np.ndarray:
        """Which the model would not call unknown: bool (n,)."""
        return self.over >= 0

    @property
    def right(self) -> np.ndarray:
        """Of which the best known label is the true one: bool (n,)."""
        return self.best == self.truth

    def packed(self, recordings: Sequence[str], subjects: Sequence[str]) -> dict[str, Any]:
        """As JSON; digests and people by their places in these sorted lists of the model."""
        place = {digest: i for i, digest in enumerate(recordings)}
        person = {name: i for i, name in enumerate(subjects)}
        return {
            "judges": self.judges,
            "recording": [place[digest] for digest in self.digests],
            "truth": self.truth.tolist(),
            "best": self.best.tolist(),
            "best_float": self.best_float.tolist(),
            "over": self.over.tolist(),
            "sure": np.rint(1000 * self.sure).astype(int).tolist(),
            "person": [person.get(name, NOBODY) for name in self.people],
        }

    @classmethod
    def unpacked(
        cls, metrics: Mapping[str, Any], provenance: Mapping[str, Any], n_labels: int
    ) -> HeldOut | None:
        """The answers in a model's metrics; None of a model from before they were kept.

        Raises ModelError when they cannot be: numbers of labels or recordings that are not there.
        """
        packed = metrics.get("held_out")
        if packed is None:
            return None
        try:
            columns = np.array([packed[name] for name in _LISTS], dtype=np.int64)
            recording, truth, best, best_float, over, sure, person = columns
            recordings, subjects = provenance["recordings"], provenance["subjects"]
            labels = np.concatenate([truth, best, best_float])
            if min(labels.min(), recording.min(), sure.min()) < 0 or labels.max() >= n_labels:
                raise ValueError("a label that the model does not have")
            return cls(
                digests=[recordings[i] for i in recording],
                truth=truth,
                best=best,
                best_float=best_float,
                over=over,
                sure=np.minimum(sure / 1000, 1.0),
                people=["" if i < 0 else subjects[i] for i in person],
                judges=int(packed["judges"]),
            )
        except (KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
            raise ModelError(
                f"What the model says of held-out recordings makes no sense ({error}). "
                "Train it again."
            ) from error
