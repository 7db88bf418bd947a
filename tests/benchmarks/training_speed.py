"""The kit's training speed, compared with scikit-learn's and PyTorch's, as ratios in one run.

By hand: ``python tests/benchmarks/training_speed.py [--rounds N] [--json]``

All train the same network (54 inputs, 16 ReLU units, 6 classes) on the same random rows with Adam,
in batches of 64, for the same number of steps, on one core: first one model, then the five of a
cross-validation, each without its own fifth of the rows. The kit trains the five together, with a
leading axis of models; the others train them one after the other. In each round all take turns, so
a busy moment of the machine affects them equally; the shortest time of all rounds counts. For the
peers: ``pip install -e .[benchmarks]``.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import time
import warnings
from collections.abc import Callable
from typing import Any

for _library in ("OPENBLAS", "OMP", "MKL"):  # one core: set before NumPy is loaded
    os.environ[f"{_library}_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402

from microbit_ml.network import Adam, BalancedBatches, Network, fit  # noqa: E402

INPUTS, HIDDEN, CLASSES = 54, 16, 6
ROWS, FOLDS = 1200, 5
BATCH, EPOCHS, RATE, WEIGHT_DECAY = 64, 20, 0.02, 0.01
STEPS = EPOCHS * (ROWS * (FOLDS - 1) // FOLDS) // BATCH  # the batches of all epochs: 300

Data = tuple[np.ndarray, np.ndarray, np.ndarray]
"""x: float32 (1200, 54); targets: (1200,); allowed: bool (models, 1200), each model's rows."""

Trained = Callable[[np.ndarray], np.ndarray]
"""The result of training: inputs (n, 54) -> the classes that the first model predicts, (n,)."""


def random_data(models: int) -> Data:
    """Six clusters of points that overlap a little; a fifth is held out from each model."""
    rng = np.random.default_rng(0)
    targets = np.arange(ROWS) % CLASSES
    centres = rng.normal(0, 0.5, (CLASSES, INPUTS))
    x = (centres[targets] + rng.normal(0, 1, (ROWS, INPUTS))).astype(np.float32)
    fold = rng.permutation(np.arange(ROWS) % FOLDS)
    return x, targets, fold != np.arange(models)[:, np.newaxis]


def train_kit(data: Data) -> Trained:
    """This kit: all models in one network."""
    x, targets, allowed = data
    rng = np.random.default_rng(0)
    if len(allowed) == 1:  # one model, without the axis
        network = Network(str(HIDDEN), INPUTS, CLASSES, rng, dtype=np.float32)
        batches = BalancedBatches(x[allowed[0]], targets[allowed[0]], BATCH, rng)
    else:
        network = Network(str(HIDDEN), INPUTS, CLASSES, rng, models=len(allowed), dtype=np.float32)
        batches = BalancedBatches(x, targets, BATCH, rng, allowed=allowed)
    fit(network, batches, Adam(RATE), steps=STEPS, weight_decay=WEIGHT_DECAY)
    first = (0,) * (len(allowed) > 1)
    return lambda inputs: network.forward(inputs)[first].argmax(axis=-1)


def train_scikit_learn(data: Data) -> Trained:
    """scikit-learn's MLPClassifier: an epoch is a pass over the shuffled rows."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    x, targets, allowed = data
    models = []
    for mask in allowed:
        model = MLPClassifier(
            (HIDDEN,), solver="adam", alpha=WEIGHT_DECAY, batch_size=BATCH, max_iter=EPOCHS,
            learning_rate_init=RATE, tol=0.0, n_iter_no_change=EPOCHS, random_state=0,
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # it must stop after the epochs
            models.append(model.fit(x[mask], targets[mask]))
        if model.t_ != EPOCHS * mask.sum():
            raise RuntimeError(f"scikit-learn saw {model.t_} rows, not {EPOCHS * mask.sum()}.")
    return models[0].predict


def train_torch(data: Data) -> Trained:
    """PyTorch, with the training loop of its tutorials."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    inputs, classes = torch.from_numpy(data[0]), torch.from_numpy(data[1].astype(np.int64))
    models = []
    for mask in data[2]:
        x, targets = inputs[torch.from_numpy(mask)], classes[torch.from_numpy(mask)]
        model = torch.nn.Sequential(
            torch.nn.Linear(INPUTS, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, CLASSES)
        )
        optimizer = torch.optim.Adam(model.parameters(), lr=RATE, weight_decay=WEIGHT_DECAY)
        loss_of = torch.nn.CrossEntropyLoss()
        for _ in range(EPOCHS):
            order = torch.randperm(len(x))
            for start in range(0, len(x), BATCH):
                rows = order[start : start + BATCH]
                optimizer.zero_grad()
                loss_of(model(x[rows]), targets[rows]).backward()
                optimizer.step()
        models.append(model)

    def first(new: np.ndarray) -> Any:
        with torch.no_grad():
            return models[0](torch.from_numpy(new)).argmax(dim=1).numpy()

    return first


KIT = "this kit"


def available() -> dict[str, Callable[[Data], Trained]]:
    """The trainers by name: the kit, and the peers that are installed."""
    found: dict[str, Callable[[Data], Trained]] = {KIT: train_kit}
    if importlib.util.find_spec("sklearn"):
        found["scikit-learn"] = train_scikit_learn
    if importlib.util.find_spec("torch"):
        found["PyTorch"] = train_torch
    return found


def measure(models: int, rounds: int) -> dict[str, dict[str, float]]:
    """For each trainer: seconds, times the kit's, and accuracy on the rows that were held out."""
    data = random_data(models)
    x, targets, allowed = data
    trainers = available()
    result: dict[str, dict[str, float]] = {}
    for name, train in trainers.items():  # the first time also loads and warms up
        right = train(data)(x[~allowed[0]]) == targets[~allowed[0]]
        result[name] = {"seconds": float("inf"), "held_out_accuracy": float(right.mean())}
    for _ in range(rounds):
        for name, train in trainers.items():
            began = time.perf_counter()
            train(data)
            seconds = time.perf_counter() - began
            result[name]["seconds"] = min(result[name]["seconds"], seconds)
    for values in result.values():
        values["times_this_kit"] = values["seconds"] / result[KIT]["seconds"]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description="The kit's training speed, compared with its peers."
    )
    parser.add_argument("--rounds", type=int, default=7, help="rounds of timing (default 7)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    results = {models: measure(models, options.rounds) for models in (1, FOLDS)}
    if options.json:
        print(json.dumps({str(models): result for models, result in results.items()}, indent=1))
        return
    print(f"{INPUTS}-{HIDDEN}-{CLASSES}, {STEPS} steps of {BATCH} rows, Adam, one core")
    print("| | ms | times this kit | accuracy on held-out rows |\n|---|---|---|---|")
    for models, result in results.items():
        what = "one model" if models == 1 else f"{models} folds"
        for name, values in result.items():
            print(
                f"| {name}, {what} | {1000 * values['seconds']:.1f} | "
                f"{values['times_this_kit']:.1f} | {values['held_out_accuracy']:.3f} |"
            )


if __name__ == "__main__":
    main()
