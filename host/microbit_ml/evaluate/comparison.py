"""The network beside simpler methods: the same recordings, the same folds, the same features.

Every method is asked about every recording once, when it has not seen it (k-fold
cross-validation, ``protocols.py``). All get the kit's integer features, brought to one size as the
network gets them. The network answers in integers, with its best known class; the others compute
in real numbers. Methods are compared with McNemar's test (``significance.py``): what counts are the
recordings that only one of two got right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from microbit_ml.deploy.costs import (
    Cost,
    dense_instructions,
    lines_cost,
    neighbours_cost,
    tree_cost,
)
from microbit_ml.evaluate.classical import (
    Classifier,
    DecisionTree,
    NearestCentroid,
    NearestNeighbours,
)
from microbit_ml.evaluate.linear import LinearSVM, LogisticRegression
from microbit_ml.evaluate.protocols import cross_validate
from microbit_ml.features import GROUP_NAMES, compute_features
from microbit_ml.metrics.scores import Scores, score
from microbit_ml.metrics.significance import McNemar, mcnemar
from microbit_ml.model import Model
from microbit_ml.quantize import Normaliser
from microbit_ml.recordings import Dataset, make_window
from microbit_ml.targets import TARGETS, slowest
from microbit_ml.training import Settings, train

NETWORK = "network"
METHODS: dict[str, Callable[[], Classifier]] = {
    "decision tree": DecisionTree,
    "nearest centroid": NearestCentroid,
    "logistic regression": LogisticRegression,
    "linear SVM": LinearSVM,
    "3 nearest neighbours": NearestNeighbours,
}
# What the kit puts on a board, and how each is trained beside the defaults. The second has no
# hidden layer: it is logistic regression with the kit's way of training, and can say "unknown".
ONE_LAYER = "one-layer network"
NETWORKS: dict[str, dict[str, Any]] = {NETWORK: {}, ONE_LAYER: {"arch": ""}}
CLOSE = 0.01 + 1e-9  # a simpler method is chosen if it is right at most this much less often

Progress = Callable[[int, int, str], None]
"""Called as (done, of, what is next)."""


@dataclass(frozen=True, eq=False)
class Method:
    """What one method said of each recording, in the data set's order, and what it takes."""

    name: str
    predicted: list[str]
    scores: Scores
    cost: Cost
    fits_all: bool

    @classmethod
    def of(
        cls, name: str, truth: Sequence[str], predicted: list[str], cost: Cost, beside: int
    ) -> Method:
        """beside: bytes of a board's heap that any model needs beside its file."""
        fits = all(one.has_room(cost.n_bytes + beside) for one in TARGETS.values())
        return cls(name, predicted, score(truth, predicted), cost, fits)


@dataclass(frozen=True, eq=False)
class Comparison:
    """All methods on one data set.

    fold: int (n_recordings,), the test fold of each; taken_in: by the names of networks, the share
    of made-up movements, none of them a gesture, that they do not call "unknown".
    """

    truth: list[str]
    fold: np.ndarray
    methods: tuple[Method, ...]
    taken_in: Mapping[str, float]

    @property
    def network(self) -> Method:
        """The kit's own."""
        return next(one for one in self.methods if one.name == NETWORK)

    @property
    def best(self) -> Method:
        """The most accurate one; of equals that with the fewest instructions."""
        return _best(self.methods)

    @property
    def ranked(self) -> list[Method]:
        """The most accurate first; of equals the one with the fewest instructions."""
        return sorted(self.methods, key=_rank)

    @property
    def simpler(self) -> list[Method]:
        """Those that take fewer instructions and fewer bytes than the network."""
        network = self.network
        return [
            one
            for one in self.methods
            if _effort(one) < _effort(network) and one.cost.n_bytes < network.cost.n_bytes
        ]

    @property
    def guess(self) -> tuple[str, int]:
        """The most frequent label, and how often always saying it would be right."""
        return Counter(self.truth).most_common(1)[0]

    def test(self, first: Method, second: Method) -> McNemar:
        """McNemar's test of two of the methods."""
        return mcnemar(self.truth, first.predicted, second.predicted)

    def worse(self, method: Method) -> bool:
        """Whether it is significantly worse than the best."""
        return method is not self.best and self.test(self.best, method).significant

    @property
    def choice(self) -> Method:
        """Which of all methods to choose."""
        return self._choose(self.methods)

    @property
    def choice_for_board(self) -> Method:
        """Which of the networks to choose, which are what the kit puts on a board.

        There it also counts what they call "unknown": a simpler one must not take 1 % more of the
        made-up movements for gestures than the kit's own.
        """
        choice = self._choose([one for one in self.methods if one.name in NETWORKS])
        most = self.taken_in[NETWORK] + CLOSE
        return choice if self.taken_in[choice.name] <= most else self.network

    def _choose(self, methods: Sequence[Method]) -> Method:
        """The one with the fewest instructions of those that are about as good as the best.

        About as good: not significantly worse, and right at most 1 % less often; few recordings
        alone must not make a bad method look good. It also must fit every micro:bit, unless only
        the best itself is left.
        """
        best = _best(methods)
        level = [
            one
            for one in methods
            if one.fits_all
            and one.scores.accuracy >= best.scores.accuracy - CLOSE
            and not (one is not best and self.test(best, one).significant)
        ]
        return min(level or [best], key=lambda one: (_effort(one), -one.scores.right))

    def with_costs(self, measured: dict[str, Cost]) -> Comparison:
        """The same with other costs, by the names of methods."""
        return replace(
            self,
            methods=tuple(
                replace(one, cost=measured.get(one.name, one.cost)) for one in self.methods
            ),
        )


def _best(methods: Sequence[Method]) -> Method:
    return min(methods, key=_rank)


def _rank(method: Method) -> tuple[int, int]:
    """The smaller, the better."""
    return -method.scores.right, _effort(method)


def _effort(method: Method) -> int:
    return method.cost.instructions[slowest().name]


def compare(
    data: Dataset, folds: int = 5, seed: int = 0, progress: Progress | None = None
) -> tuple[Comparison, dict[str, Model]]:
    """Cross-validate all methods; also the networks, by name, trained on everything.

    ``seed`` deals the folds and trains the networks. Raises DataError as
    :func:`~microbit_ml.evaluate.protocols.cross_validate` does.
    """

    def tell(percent: float, what: str) -> None:
        if progress:
            progress(round(percent), 100, what)

    results, models = {}, {}
    for i, (name, options) in enumerate(NETWORKS.items()):
        begin = i * 80 / len(NETWORKS)

        def fitting(done: int, of: int, begin: float = begin, name: str = name) -> None:
            tell(begin + done / max(of, 1) * 60 / len(NETWORKS), name)

        results[name] = cross_validate(data, folds, seed, fitting, **options)
        tell(begin + 60 / len(NETWORKS), f"{name} on everything")
        models[name] = train(data, seed=seed, **options)
    truth, fold = results[NETWORK].truth, results[NETWORK].fold
    model = models[NETWORK]
    beside = model.heap_bytes() - len(model.device_bytes())  # what is needed beside the file
    rows = features_of_recordings(data)
    methods = []
    for i, (name, make) in enumerate(METHODS.items()):
        tell(80 + i * 20 / len(METHODS), name)
        predicted = cross_predict(make, rows, truth, fold)
        cost = cost_of(make(), rows, np.array(truth))
        methods.append(Method.of(name, truth, predicted, cost, beside))
    for name, result in results.items():
        methods.append(Method.of(name, truth, result.best, network_cost(models[name]), beside))
    tell(100, "done")
    taken_in = {name: others_accepted(one) for name, one in models.items()}
    return Comparison(truth, fold, tuple(methods), taken_in), models


def others_accepted(model: Model) -> float:
    """The share of made-up movements that a model takes for gestures, by its own settings."""
    share = model.provenance["settings"]["accept_known"]
    costs = {one["accept_known"]: one["others_accepted"] for one in model.metrics["costs"]}
    return float(costs[share])


def features_of_recordings(data: Dataset) -> np.ndarray:
    """All of the kit's features of each recording, float (n, n_features), with its own settings."""
    settings = Settings()
    windows = [make_window(one, settings.window, settings.rate_hz) for one in data]
    return compute_features(np.stack(windows)).astype(np.float64)


def cross_predict(
    method: Callable[[], Classifier], rows: np.ndarray, truth: Sequence[str], fold: np.ndarray
) -> list[str]:
    """What a method says of each row when it learned from the other folds only.

    rows: (n, n_features) of the kit, not scaled; truth: (n,) labels; fold: (n,) from 0.
    """
    labels = np.array(truth)
    predicted = np.empty(len(rows), dtype=labels.dtype)
    for k in range(int(fold.max()) + 1):
        learn = fold != k
        scaled = scaler(rows[learn], labels[learn]).apply(rows)
        predicted[~learn] = method().fit(scaled[learn], labels[learn]).predict(scaled[~learn])
    return [str(one) for one in predicted]


def scaler(rows: np.ndarray, labels: np.ndarray) -> Normaliser:
    """(x - mean) / spread, with the spread that the network's features are divided by.

    It is what a feature varies by when the gesture is the same (``own_spread``), so what varies
    for no reason is heard quietly. rows: (n, n_features) to learn from; labels: (n,).
    """
    names, targets = np.unique(labels, return_inverse=True)
    # The last target stands for movements that are no gesture. There are none here but for their
    # mean, which leaves the mean as it is.
    with_other = np.vstack([rows, rows.mean(axis=0)])
    return Normaliser.fit(with_other, np.append(targets, len(names)), GROUP_NAMES)


def cost_of(classifier: Classifier, rows: np.ndarray, labels: np.ndarray) -> Cost:
    """What the classifier takes when it has learned from all rows (n, n_features)."""
    names = sorted(set(labels.tolist()))
    if isinstance(classifier, DecisionTree):
        root = classifier.fit(scaler(rows, labels).apply(rows), labels).root_
        return tree_cost(root.n_nodes, root.depth, names)
    if isinstance(classifier, NearestNeighbours):
        return neighbours_cost(rows.shape[1], len(rows), names)
    return lines_cost(rows.shape[1], names)


def network_cost(model: Model) -> Cost:
    """What the kit's own model takes; its bytes include what tells "unknown"."""
    layers = model.float_model.network.weighted
    sizes = (layers[0].n_inputs, *(layer.n_outputs for layer in layers))
    instructions = {one.name: dense_instructions(one, sizes) for one in TARGETS.values()}
    return Cost(len(model.device_bytes()), instructions, layers=sizes)
