"""``train``: from recordings to a model, through all stages of its life.

Prepare the data; hold recordings out (whole people where people are known); fit a network for each
fold and ask its integer form about what was held out; fit once more on everything; set the limit of
"unknown" from the distances of the held-out recordings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from microbit_ml.errors import DataError
from microbit_ml.features import N_FEATURES, compute_features
from microbit_ml.model import Model
from microbit_ml.network import OPTIMIZERS, History, Network, Progress, fit
from microbit_ml.quantize import FloatGate, FloatModel, Normaliser, check_size, quantize
from microbit_ml.recordings import Dataset, Recording, make_window
from microbit_ml.recordings.augment import augment
from microbit_ml.recordings.folds import assign_folds
from microbit_ml.settings import Settings

MIN_PER_LABEL = 2


def train(
    data: Dataset | Sequence[Recording] | Sequence[np.ndarray],
    labels: Sequence[str] | None = None,
    subjects: Sequence[str] | None = None,
    *,
    progress: Progress | None = None,
    **settings: object,
) -> Model:
    """Train a model.

    data: a Dataset, Recordings, or arrays (n_samples, 3) in counts with ``labels`` (and
    ``subjects``, who made each; "" for unknown). Settings are those of
    :class:`~microbit_ml.settings.Settings`, by name, such as ``hidden=(24,)``. progress is called
    as (step, steps, training loss, validation loss or None).

    The same data and seed give the same model, byte for byte. Raises DataError when there is
    nothing to learn: fewer than two labels, a label with one recording or none.
    """
    options = Settings.of(settings)
    recordings = as_recordings(data, labels, subjects)
    names = learnable_labels(data, recordings)
    check_size([N_FEATURES, *options.hidden, len(names)])
    windows = np.stack([make_window(r, options.window, options.rate_hz) for r in recordings])
    targets = np.array([names.index(r.label) for r in recordings])
    people = np.array([r.subject for r in recordings])
    rng = np.random.default_rng(options.seed)
    rows = _Rows.prepare(windows, targets, options.copies, rng)
    folds, held_out_by = assign_folds(targets, people, rng)
    unseen = _hold_out(rows, folds, options, len(names), progress)

    everything = np.ones(len(targets), dtype=bool)
    final, _ = _fit_model(rows, everything, options, len(names), options.seed)
    limit = smallest_limit(unseen.log_distance, options.accept_known)
    network = quantize(final, rows.original).with_limit(limit)
    return Model(
        labels=names,
        window=options.window,
        hop=options.hop,
        rate_hz=options.rate_hz,
        seed=options.seed,
        float_model=final.with_limit(limit),
        network=network,
        history=asdict(unseen.history),
        metrics={
            "held_out_by": held_out_by,
            "held_out_accuracy": float((unseen.best == targets).mean()),
            "held_out_known": float((unseen.log_distance <= limit).mean()),
        },
        provenance={
            "settings": asdict(options) | {"hidden": list(options.hidden)},
            "recordings": sorted(r.digest for r in recordings),
            "subjects": sorted(set(people.tolist()) - {""}),
            "counts": {name: int((targets == i).sum()) for i, name in enumerate(names)},
        },
    )


def as_recordings(
    data: Dataset | Sequence[Recording] | Sequence[np.ndarray],
    labels: Sequence[str] | None = None,
    subjects: Sequence[str] | None = None,
) -> list[Recording]:
    """Recordings from whatever :func:`train` was given, with these labels and subjects if any."""
    items = list(data.recordings if isinstance(data, Dataset) else data)
    for name, values in (("labels", labels), ("subjects", subjects)):
        if values is not None and len(values) != len(items):
            raise DataError(f"There are {len(items)} recordings but {len(values)} {name}.")
    recordings = []
    for i, item in enumerate(items):
        recording = item if isinstance(item, Recording) else Recording(item, name=f"{i:04d}")
        if labels is not None:
            recording = replace(recording, label=labels[i])
        if subjects is not None:
            recording = replace(recording, subject=subjects[i])
        recordings.append(recording)
    return recordings


def learnable_labels(data: object, recordings: Sequence[Recording]) -> list[str]:
    """The labels in sorted order. Raises DataError when one of them cannot be learned."""
    empty = sorted(getattr(data, "empty_labels", ()))
    if empty:
        raise DataError(
            f"There is no recording of {', '.join(map(repr, empty))}. "
            "Record some, or delete the empty folder."
        )
    if any(not r.label for r in recordings):
        raise DataError("A recording has no label. Give labels=[...], one for each recording.")
    names = sorted({r.label for r in recordings})
    if len(names) < 2:
        raise DataError(
            "A model needs at least two different gestures to tell apart; the data has "
            f"{repr(names[0]) + ' only' if names else 'none'}. "
            "Record another one: even holding still will do."
        )
    for name in names:
        if sum(r.label == name for r in recordings) < MIN_PER_LABEL:
            raise DataError(
                f"There is only one recording of {name!r}. Record at least {MIN_PER_LABEL}, better "
                "3 or more: one is always held back to check what the others taught."
            )
    return names


def smallest_limit(log_distance: np.ndarray, accept_known: float) -> int:
    """The smallest limit that calls at least this share of held-out recordings known.

    log_distance: (n,) how far recordings that training did not see lie from their label.
    """
    ordered = np.sort(log_distance)
    return int(ordered[int(np.ceil(accept_known * len(ordered))) - 1])


@dataclass(frozen=True, eq=False)
class _Rows:
    """Features of the recordings (n, f); of them and their copies (1 + copies, n, f); labels."""

    original: np.ndarray
    copies: np.ndarray
    targets: np.ndarray

    @classmethod
    def prepare(
        cls, windows: np.ndarray, targets: np.ndarray, copies: int, rng: np.random.Generator
    ) -> _Rows:
        every = np.concatenate([windows[None], augment(windows, copies, rng)])
        features = compute_features(every.reshape(-1, *windows.shape[1:]))
        features = features.reshape(*every.shape[:2], -1)
        return cls(features[0], features, targets)


@dataclass(frozen=True, eq=False)
class _Unseen:
    """For each recording, what an integer network says that never saw it.

    best (n,): the label; log_distance (n,): how far from it; history: losses of the first fold.
    """

    best: np.ndarray
    log_distance: np.ndarray
    history: History


def _hold_out(
    rows: _Rows, folds: np.ndarray, options: Settings, n_labels: int, progress: Progress | None
) -> _Unseen:
    best = np.zeros(len(folds), dtype=np.int64)
    log_distance = np.zeros(len(folds), dtype=np.int64)
    histories: list[History] = []
    for fold in range(folds.max() + 1):
        held = folds == fold
        if not held.any():
            continue
        shown = None if histories else progress
        seed = options.seed + fold + 1
        model, history = _fit_model(rows, ~held, options, n_labels, seed, shown)
        histories.append(history)
        network = quantize(model, rows.original[~held])
        _, best[held], log_distance[held] = network.classify(rows.original[held])
    return _Unseen(best, log_distance, histories[0])


def _fit_model(
    rows: _Rows,
    chosen: np.ndarray,
    options: Settings,
    n_labels: int,
    seed: int,
    progress: Progress | None = None,
) -> tuple[FloatModel, History]:
    """Normaliser, network and gate from the chosen recordings and their copies."""
    rng = np.random.default_rng(seed)
    features = rows.copies[:, chosen].reshape(-1, rows.copies.shape[2])
    targets = np.tile(rows.targets[chosen], len(rows.copies))
    normaliser = Normaliser.fit(features)
    network = Network([features.shape[1], *options.hidden, n_labels], rng)
    history = fit(
        network,
        normaliser.apply(features),
        targets,
        OPTIMIZERS[options.optimizer](),
        rng,
        steps=options.steps,
        weight_decay=options.weight_decay,
        validation=(normaliser.apply(rows.original[~chosen]), rows.targets[~chosen]),
        progress=progress,
    )
    hidden = network.hidden(normaliser.apply(rows.original[chosen]))
    gate = FloatGate.fit(hidden, rows.targets[chosen], n_labels)
    return FloatModel(normaliser, network, gate), history
