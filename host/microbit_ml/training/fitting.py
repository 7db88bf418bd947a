"""Fitting several models at once: the fold models of cross-validation, and the final model.

Each model has its own training set, so each has its own normaliser, whitening and novelty detector;
the networks themselves are trained together, as one array with an axis for the models.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from microbit_ml.common.short_repr import short_repr
from microbit_ml.network import (
    OPTIMIZERS,
    BalancedBatches,
    History,
    Network,
    Progress,
    cross_entropy,
    fit,
)
from microbit_ml.network.whitening import whitening_matrix
from microbit_ml.quantize import FloatModel, Normaliser, NoveltyDetector, last_hidden
from microbit_ml.quantize.float_model import within_class_residuals
from microbit_ml.training.rows import TrainingRows
from microbit_ml.training.settings import Settings

BATCH_SIZE = 96
NEGATIVES_WEIGHT = 2.0  # "other" is drawn twice as often as a gesture: it covers so much more

# Few recordings need few steps and strong weight decay, which keeps the network simple; many
# recordings need less.
STEPS_PER_RECORDING, LEAST_STEPS, MOST_STEPS = 2.5, 350, 1000
RAW_WINDOW_STEPS = 3  # times as many for a network that has to learn its own features
WEIGHT_DECAY, DECAY_RECORDINGS = 0.01, 60.0
DECAY_RANGE = (0.05, 30.0)


def fit_models(
    data: TrainingRows,
    held_out: np.ndarray,
    options: Settings,
    rng: np.random.Generator,
    *,
    start: FloatModel | None = None,
    timing: str = "low",
    progress: Progress | None = None,
) -> tuple[list[FloatModel], History]:
    """A model for each row of held_out, bool (models, n_recordings): what it must not train on.

    start: a model to fine-tune, with the same outputs; its normaliser is kept, and models for
    which nothing is held out start with its weights. timing: the weight of the timing features,
    "low" or "high". The history is that of all models together.
    """
    allowed = ~np.append(held_out, np.zeros((len(held_out), 1), dtype=bool), axis=1)[
        :, data.recording
    ]
    views = [_View.of(data, chosen, options, start, timing) for chosen in allowed]
    network = Network(
        options.arch,
        data.rows.shape[1],
        data.n_labels + 1,
        rng,
        models=len(held_out),
        dropout=options.dropout,
        dtype=np.float32,
    )
    if start is not None:  # held-out recordings must be new to a model, and start has seen them
        network.parameters[~held_out.any(axis=1)] = start.network.parameters
    history = _fitted(network, views, data, held_out, allowed, options, rng, progress)
    models = [view.model(network.one(i), data, allowed[i], options) for i, view in enumerate(views)]
    return models, history


def _fitted(
    network: Network,
    views: Sequence[_View],
    data: TrainingRows,
    held_out: np.ndarray,
    allowed: np.ndarray,
    options: Settings,
    rng: np.random.Generator,
    progress: Progress | None,
) -> History:
    """Train the networks of all views, in place; allowed: bool (models, n), their training sets."""
    if options.features:
        x = np.empty((len(views), *data.rows.shape), dtype=np.float32)
        for table, view in zip(x, views, strict=True):
            table[:] = view.apply(data.rows)
    else:  # raw windows are scaled the same for all
        x = views[0].apply(data.rows).astype(np.float32)
    weights = [*data.sampling_weights, NEGATIVES_WEIGHT]
    batches = BalancedBatches(x, data.targets, BATCH_SIZE, rng, allowed=allowed, weights=weights)
    n_training = (~held_out).sum(axis=1)
    history = fit(
        network,
        batches,
        OPTIMIZERS[options.optimizer](),
        steps=steps_for(int(n_training.max()), options),
        weight_decay=decay_for(n_training, options)[:, None],
        validate=_held_out_loss(network, x, data, held_out),
        early_stopping=options.early_stopping,
        progress=progress,
    )
    network.forget()
    return history


def steps_for(n_recordings: int, options: Settings) -> int:
    """The number of training steps, with one batch each."""
    if options.steps is not None:
        return options.steps
    steps = int(np.clip(STEPS_PER_RECORDING * n_recordings, LEAST_STEPS, MOST_STEPS))
    return steps if options.features else RAW_WINDOW_STEPS * steps


def decay_for(n_recordings: np.ndarray, options: Settings) -> np.ndarray:
    """The weight decay of each model, inversely proportional to its number of recordings, clipped.

    A fixed prior on the weights amounts to this, since its weight in the mean loss is 1/n.
    """
    if options.weight_decay is not None:
        return np.full(len(n_recordings), options.weight_decay)
    return WEIGHT_DECAY / np.clip(n_recordings / DECAY_RECORDINGS, *DECAY_RANGE)


@dataclass(frozen=True, eq=False)
class _View:
    """How one model sees the rows: normalised and whitened by its own training set.

    matrix: the whitening, (n_inputs, n_inputs), or None.
    """

    normaliser: Normaliser
    matrix: np.ndarray | None

    __repr__ = short_repr

    @classmethod
    def of(
        cls,
        data: TrainingRows,
        allowed: np.ndarray,
        options: Settings,
        start: FloatModel | None,
        timing: str,
    ) -> _View:
        matrix = None
        if start is not None:
            normaliser = start.normaliser
        elif not options.features:
            normaliser = Normaliser.raw(data.rows.shape[1])
        else:
            chosen, targets = data.rows[allowed].astype(np.float64), data.targets[allowed]
            normaliser = Normaliser.fit(chosen, targets, options.features, timing)
            residuals = within_class_residuals(chosen, targets) / normaliser.scale
            matrix = whitening_matrix(residuals.T @ residuals / len(residuals))
        return cls(normaliser, matrix)

    def apply(self, rows: np.ndarray) -> np.ndarray:
        """The rows as inputs: float64 (n, n_inputs)."""
        x = self.normaliser.apply(rows)
        return x if self.matrix is None else x @ self.matrix

    def model(
        self, network: Network, data: TrainingRows, allowed: np.ndarray, options: Settings
    ) -> FloatModel:
        """The trained network with its normaliser and its novelty detector."""
        if self.matrix is not None:
            first = network.trainable_layers[0]
            first.weights[:] = self.matrix @ first.weights
        labelled = allowed & (data.targets < data.n_labels)
        x = self.normaliser.apply(data.rows[labelled])
        hidden, targets = last_hidden(network, x), data.targets[labelled]
        features = x if options.features else x[:, :0]
        original = data.original[labelled]
        gate = NoveltyDetector.fit(
            features[original], hidden[original], targets[original], data.n_labels
        )
        gate = gate.with_class_offsets(features, hidden, targets)
        return FloatModel(options.features, self.normaliser, network, gate)


def _held_out_loss(
    network: Network, x: np.ndarray, data: TrainingRows, held_out: np.ndarray
) -> Callable[[], float] | None:
    """A function that returns the mean loss on what is held out from each model, or None."""
    rows = [data.originals(held) for held in held_out]
    longest = max(map(len, rows))
    if longest == 0:
        return None
    table = np.stack([np.resize(r, longest) if len(r) else np.zeros(longest, int) for r in rows])
    fold_models = np.array([len(r) > 0 for r in rows])
    network_axis = np.arange(len(rows))[:, None]
    batch = x[network_axis, table] if x.ndim == 3 else x[table]

    def loss() -> float:
        return float(
            cross_entropy(network.forward(batch), data.targets[table])[0][fold_models].mean()
        )

    return loss
