"""Training: a batch forward, the loss, the gradient backward, a step downhill; again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from microbit_ml.network.losses import cross_entropy
from microbit_ml.network.network import Network
from microbit_ml.network.optimizers import Optimizer

Progress = Callable[[int, int, float, float | None], None]
"""Called with (step, steps, training loss, validation loss or None)."""


@dataclass
class History:
    """The loss while training went on: ``step[i]``, ``training[i]``, ``validation[i]``."""

    step: list[int] = field(default_factory=list)
    training: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)


def fit(
    network: Network,
    x: np.ndarray,
    targets: np.ndarray,
    optimizer: Optimizer,
    rng: np.random.Generator,
    *,
    steps: int = 300,
    batch_size: int = 64,
    weight_decay: float = 0.01,
    validation: tuple[np.ndarray, np.ndarray] | None = None,
    progress: Progress | None = None,
) -> History:
    """Train ``network`` in place and return how the loss went.

    x: (n, n_inputs) float; targets: (n,) classes 0..n_classes-1; validation: the same pair for
    recordings that training must not see. Each batch draws every class equally often, so that a
    class with few recordings counts as much as one with many. Steps get shorter along half a
    cosine wave. ``weight_decay`` pulls the weights (not the biases) toward zero: its gradient is
    ``weight_decay * W``, that of ``weight_decay / 2 * sum(W^2)`` added to the loss.
    """
    history = History()
    rows_of = [np.flatnonzero(targets == c) for c in np.unique(targets)]
    report_every = max(1, steps // 50)
    for step in range(steps):
        rows = balanced_batch(rows_of, batch_size, rng)
        loss, gradient = cross_entropy(network.forward(x[rows]), targets[rows])
        network.backward(gradient)
        gradients = [
            g + weight_decay * p if p.ndim == 2 else g
            for p, g in zip(network.parameters, network.gradients, strict=True)
        ]
        optimizer.step(network.parameters, gradients, scale=cosine(step, steps))
        if step % report_every == 0 or step == steps - 1:
            history.step.append(step)
            history.training.append(loss)
            unseen = None
            if validation is not None and len(validation[1]):
                unseen = cross_entropy(network.forward(validation[0]), validation[1])[0]
                history.validation.append(unseen)
            if progress is not None:
                progress(step + 1, steps, loss, unseen)
    return history


def balanced_batch(
    rows_of: list[np.ndarray], batch_size: int, rng: np.random.Generator
) -> np.ndarray:
    """Row numbers for one batch: first a class at random, then one of its rows at random."""
    sizes = np.array([len(rows) for rows in rows_of])
    starts = np.cumsum(sizes) - sizes
    classes = rng.integers(0, len(rows_of), batch_size)
    picks = (rng.random(batch_size) * sizes[classes]).astype(np.intp)
    return np.concatenate(rows_of)[starts[classes] + picks]


def cosine(step: int, steps: int) -> float:
    """From 1 at the first step along half a cosine wave to nearly 0 at the last."""
    return 0.5 * (1.0 + np.cos(np.pi * step / steps))
