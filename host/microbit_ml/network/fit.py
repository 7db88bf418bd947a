"""Training: a batch forward, the loss, the gradient backward, a step downhill; again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import cos, pi

import numpy as np

from microbit_ml.network.batches import BalancedBatches
from microbit_ml.network.losses import mean_loss, score_gradient, softmax
from microbit_ml.network.network import Network
from microbit_ml.network.optimizers import Optimizer

Progress = Callable[[int, int, float, float | None], None]
"""Called with (step, steps, training loss, validation loss or None)."""

WARM_UP = 0.1  # the fraction of all steps in which the learning rate grows to its full size
REPORTS = 50  # how often during training the validation loss is computed


@dataclass
class History:
    """The loss curves of a training: ``step[i]``, ``training[i]``, ``validation[i]``.

    stopped_at: the step whose parameters were kept (the last one without early stopping).
    """

    step: list[int] = field(default_factory=list)
    training: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    stopped_at: int = 0


def fit(
    network: Network,
    batches: BalancedBatches,
    optimizer: Optimizer,
    *,
    steps: int = 300,
    weight_decay: float | np.ndarray = 0.01,
    validate: Callable[[], float] | None = None,
    early_stopping: bool = False,
    progress: Progress | None = None,
) -> History:
    """Train ``network`` in place and return the loss curves.

    The learning rate grows during the warm-up and then falls along half a cosine wave.
    ``weight_decay`` pulls the weights (not the biases) toward zero: its gradient is
    ``weight_decay * W``, that of ``weight_decay / 2 * sum(W^2)`` added to the loss; for several
    networks it may be an array (models, 1). ``validate()`` returns the loss on held-out rows; with
    ``early_stopping`` the network keeps the parameters for which that loss was lowest.
    """
    history = History(stopped_at=steps)
    one_hot = np.eye(network.n_outputs, dtype=network.parameters.dtype)  # row c: 1 at class c
    report_every = max(1, steps // REPORTS)
    lowest, kept = np.inf, network.parameters.copy()
    decay = (weight_decay * network.is_weight).astype(network.parameters.dtype)
    network.set_training(True)
    for step in range(steps):
        x, targets = batches.draw()
        target = one_hot.take(targets, axis=0)
        probabilities = softmax(network.forward(x))
        network.backward(score_gradient(probabilities, target))
        network.gradient += decay * network.parameters
        optimizer.step(network.parameters, network.gradient, scale=schedule(step, steps))
        if step % report_every and step < steps - 1:
            continue
        history.step.append(step)
        history.training.append(float(mean_loss(probabilities, target).mean()))
        validation = None
        if validate is not None:
            network.set_training(False)
            validation = validate()
            network.set_training(True)
            history.validation.append(validation)
            if early_stopping and validation < lowest:
                lowest, history.stopped_at = validation, step + 1
                kept[:] = network.parameters
        if progress is not None:
            progress(step + 1, steps, history.training[-1], validation)
    if history.stopped_at < steps:
        network.parameters[:] = kept
    network.set_training(False)
    return history


def schedule(step: int, steps: int) -> float:
    """The learning-rate schedule: from 0 up to 1 during the warm-up, then down half a cosine to 0.

    At the start the gradient of one batch is not to be trusted yet, and at the end long steps would
    jump back and forth across the minimum.
    """
    done = step / steps
    if done < WARM_UP:
        return done / WARM_UP
    return 0.5 * (1.0 + cos(pi * (done - WARM_UP) / (1.0 - WARM_UP)))
