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

WARM_UP = 0.1  # the share of all steps in which steps grow to their full length
REPORTS = 50  # how often in a training the validation loss is looked at


@dataclass
class History:
    """The loss while training went on: ``step[i]``, ``training[i]``, ``validation[i]``.

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
    """Train ``network`` in place and return how the loss went.

    Steps grow during the warm-up and then get shorter along half a cosine wave. ``weight_decay``
    pulls the weights (not the biases) toward zero: its gradient is ``weight_decay * W``, that of
    ``weight_decay / 2 * sum(W^2)`` added to the loss; for several networks it may be an array
    (models, 1). ``validate()`` tells the loss on rows that training does not see; with
    ``early_stopping`` the network ends as it was when that loss was lowest.
    """
    history = History(stopped_at=steps)
    one_hot = np.eye(network.n_outputs, dtype=network.parameters.dtype)  # row c: 1 at class c
    report_every = max(1, steps // REPORTS)
    lowest, kept = np.inf, network.parameters.copy()
    decay = (weight_decay * network.is_weight).astype(network.parameters.dtype)
    network.set_training(True)
    for step in range(steps):
        x, targets = batches.draw()
        wanted = one_hot.take(targets, axis=0)
        probabilities = softmax(network.forward(x))
        network.backward(score_gradient(probabilities, wanted))
        network.gradient += decay * network.parameters
        optimizer.step(network.parameters, network.gradient, scale=schedule(step, steps))
        if step % report_every and step < steps - 1:
            continue
        history.step.append(step)
        history.training.append(float(mean_loss(probabilities, wanted).mean()))
        unseen = None
        if validate is not None:
            network.set_training(False)
            unseen = validate()
            network.set_training(True)
            history.validation.append(unseen)
            if early_stopping and unseen < lowest:
                lowest, history.stopped_at = unseen, step + 1
                kept[:] = network.parameters
        if progress is not None:
            progress(step + 1, steps, history.training[-1], unseen)
    if history.stopped_at < steps:
        network.parameters[:] = kept
    network.set_training(False)
    return history


def schedule(step: int, steps: int) -> float:
    """How long a step is: from 0 up to 1 during the warm-up, then down half a cosine wave to 0.

    At the start a batch says little about where downhill is, and at the end long steps would
    jump to and fro across the bottom.
    """
    done = step / steps
    if done < WARM_UP:
        return done / WARM_UP
    return 0.5 * (1.0 + cos(pi * (done - WARM_UP) / (1.0 - WARM_UP)))
