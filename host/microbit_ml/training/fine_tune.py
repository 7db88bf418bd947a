"""Fine-tuning with a replay buffer: teach a model new gestures without losing the old ones.

A network that is trained on new gestures alone forgets the old ones (catastrophic forgetting): its
weights move wherever the new ones pull them. So a model keeps a replay buffer, a sample of the rows
that it was trained on. Fine-tuning starts from the model's weights, and trains them on the buffer
and the new recordings together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from microbit_ml.errors import DataError
from microbit_ml.model import Model, ReplayBuffer
from microbit_ml.network import Network
from microbit_ml.quantize import FloatModel
from microbit_ml.training.rows import TrainingRows

COPIES_KEPT = 3  # augmented samples of each recording
NEW_CLASS_WEIGHT = 0.5  # new gestures are drawn half as often as old ones: they have fewer examples
RECORDINGS_KEPT = 40  # of each label; 54 features of these and their copies take 17 KB


def settings_of(start: Model, given: dict[str, Any]) -> dict[str, Any]:
    """The settings that a model fixes. Raises DataError when ``given`` has other values."""
    fixed: dict[str, Any] = {
        "kind": start.kind,
        "features": start.network.groups,
        "window": start.window,
        "rate_hz": start.rate_hz,
    }
    if isinstance(start.fitted, FloatModel):
        fixed["arch"] = start.float_model.network.architecture
    for name, value in fixed.items():
        if name in given and given[name] != value:
            raise DataError(
                f"The model to start from has {name} {value!r}, not {given[name]!r}. "
                f"Leave {name} out, or train a new model."
            )
    if not len(start.replay.rows):
        raise DataError(
            "The model to start from has kept none of its recordings (its replay buffer is empty). "
            "Train it again first."
        )
    if not start.network.groups:
        del fixed["features"]
    return {**fixed, "hop": start.hop}


def replay_buffer_of(
    rows: TrainingRows, people: Sequence[str], digests: Sequence[str]
) -> ReplayBuffer:
    """The replay buffer of a model: a sample of the rows that it was trained on.

    people, digests: who made each recording, and its digest; (n_recordings,).
    """
    chosen: list[int] = []
    order = np.argsort(~rows.original, kind="stable")  # recordings before augmented samples
    for label in range(rows.n_labels):
        recordings = rows.recording[rows.original & (rows.targets == label)][:RECORDINGS_KEPT]
        for recording in recordings:
            of_it = order[rows.recording[order] == recording]
            chosen.extend(of_it[: 1 + COPIES_KEPT].tolist())
    kept = rows.recording[chosen]
    _, first, numbers = np.unique(kept, return_index=True, return_inverse=True)
    return ReplayBuffer(
        rows=rows.rows[chosen].astype(np.int16),
        targets=rows.targets[chosen].astype(np.int16),
        recording=numbers.astype(np.int16),
        people=[people[kept[i]] for i in first],
        digests=[digests[kept[i]] for i in first],
    )


def without(replay: ReplayBuffer, digests: Sequence[str]) -> ReplayBuffer:
    """The replay buffer without these recordings.

    A recording that is both new and in the buffer would count twice, and a model would train on it
    while it is held out.
    """
    keeps = np.array([digest not in digests for digest in replay.digests], dtype=bool)
    chosen = keeps[replay.recording]
    return ReplayBuffer(
        rows=replay.rows[chosen],
        targets=replay.targets[chosen],
        recording=(np.cumsum(keeps) - 1)[replay.recording[chosen]].astype(np.int16),
        people=[person for person, kept in zip(replay.people, keeps, strict=True) if kept],
        digests=[digest for digest, kept in zip(replay.digests, keeps, strict=True) if kept],
    )


def with_replay(
    rows: TrainingRows, replay: ReplayBuffer, start: Model, names: list[str]
) -> TrainingRows:
    """The rows of new recordings and, after them, those of a model's replay buffer.

    names: the labels of both, in order; the targets of ``rows`` are their indices.
    """
    n_new = rows.n_recordings
    new_index = np.array([names.index(label) for label in start.labels])
    first = np.zeros(len(replay.recording), dtype=bool)
    first[np.unique(replay.recording, return_index=True)[1]] = True
    return replace(
        rows,
        rows=np.concatenate([rows.rows, replay.rows.astype(np.int64)]),
        targets=np.concatenate([rows.targets, new_index[replay.targets]]),
        recording=np.concatenate([rows.recording, n_new + replay.recording.astype(np.int64)]),
        original=np.concatenate([rows.original, first]),
        sampling_weights=np.array(
            [1.0 if name in start.labels else NEW_CLASS_WEIGHT for name in names]
        ),
    )


def with_outputs(
    start: FloatModel, larger: Network, labels: list[str], names: list[str]
) -> FloatModel:
    """The model with an output for each of ``names``: old outputs unchanged, new ones at 0.

    larger: a network of that shape, whose weights are overwritten; labels: the old labels.
    """
    for new, old in zip(
        larger.trainable_layers[:-1], start.network.trainable_layers[:-1], strict=True
    ):
        new.weights[:], new.bias[:] = old.weights, old.bias
    scores, before = larger.trainable_layers[-1], start.network.trainable_layers[-1]
    columns = [*(names.index(label) for label in labels), len(names)]  # the last is "other"
    scores.weights[:], scores.bias[:] = 0.0, 0.0
    scores.weights[:, columns], scores.bias[:, columns] = before.weights, before.bias
    return replace(start, network=larger)
