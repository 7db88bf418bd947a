"""The cross-validation in a model's file: an Evaluation as JSON, and back.

Training holds each recording out once, from one of several models like the final one (the *fold
models*), and lets that model predict it. These held-out predictions are the honest part of a
model's numbers, so the model's file keeps them, about 22 bytes a recording.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from microbit_ml.errors import ModelError
from microbit_ml.metrics.evaluation import Evaluation

NO_PERSON = -1  # the index of an unknown person
_LISTS = ("recording", "truth", "best", "best_float", "confidence", "probability", "person")
_PROBABILITY_STEPS = 1000  # a probability is rounded to a thousandth


def pack(held_out: Evaluation, recordings: Sequence[str], subjects: Sequence[str]) -> dict:
    """As JSON; digests and people as indices in these sorted lists of the model."""
    index = {digest: i for i, digest in enumerate(recordings)}
    person = {name: i for i, name in enumerate(subjects)}
    return {
        "fold_models": held_out.n_models,
        "fold": held_out.fold.tolist(),
        "recording": [index[digest] for digest in held_out.digests],
        "truth": held_out.truth_index.tolist(),
        "best": held_out.best_index.tolist(),
        "best_float": held_out.best_float_index.tolist(),
        "confidence": held_out.confidence.tolist(),
        "probability": np.rint(_PROBABILITY_STEPS * held_out.probability).astype(int).tolist(),
        "person": [person.get(name, NO_PERSON) for name in held_out.subjects],
    }


def unpack(
    metrics: Mapping[str, Any], provenance: Mapping[str, Any], names: Sequence[str]
) -> Evaluation | None:
    """The held-out predictions in a model's metrics; None for old models, which have none.

    names: the model's labels. The confidence is relative to the threshold that the model had after
    training. Raises ModelError for invalid content, such as the index of a label or a recording
    that does not exist.
    """
    packed = metrics.get("held_out")
    if packed is None:
        return None
    try:
        columns = np.array([packed[name] for name in _LISTS], dtype=np.int64)
        recording, truth, best, best_float, confidence, probability, person = columns
        recordings, subjects = provenance["recordings"], provenance["subjects"]
        labels = np.concatenate([truth, best, best_float])
        if min(labels.min(), recording.min(), probability.min()) < 0 or labels.max() >= len(names):
            raise ValueError("a label that the model does not have")
        fold = np.array(packed.get("fold", [-1] * len(truth)), dtype=np.int64)
        if fold.shape != truth.shape:
            raise ValueError(f"{fold.size} folds for {truth.size} recordings")
        return Evaluation(
            names=tuple(names),
            truth_index=truth,
            best_index=best,
            best_float_index=best_float,
            confidence=confidence,
            probability=np.minimum(probability / _PROBABILITY_STEPS, 1.0),
            probability_float=np.full(len(truth), np.nan),
            fold=fold,
            n_models=int(packed["fold_models"]),
            subjects=["" if i < 0 else subjects[i] for i in person],
            digests=[recordings[i] for i in recording],
        )
    except (KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
        raise ModelError(
            f"The model's predictions for held-out recordings are invalid ({error}). "
            "Train it again."
        ) from error
