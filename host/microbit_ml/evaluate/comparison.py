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

import numpy as np

from microbit_ml.deploy.footprint import (
    Footprint,
    lines_footprint,
    neighbours_footprint,
    stages_instructions,
    tree_footprint,
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
from microbit_ml.kinds import IntegerDense
from microbit_ml.metrics.scores import Scores, score
from microbit_ml.metrics.significance import McNemar, mcnemar
from microbit_ml.model import Model
from microbit_ml.quantize import Normaliser
from microbit_ml.recordings import Dataset, make_window
from microbit_ml.targets import TARGETS, slowest
from microbit_ml.training import Settings, train
from microbit_ml.training.kinds import KINDS, ModelKind

METHODS: dict[str, Callable[[], Classifier]] = {
    "decision tree": DecisionTree,
    "nearest centroid": NearestCentroid,
    "logistic regression": LogisticRegression,
    "linear SVM": LinearSVM,
    "3 nearest neighbours": NearestNeighbours,
}
NETWORK = KINDS[Settings.kind].TITLE
CLOSE = 0.01 + 1e-9  # a simpler method is chosen if it is right at most this much less often

Progress = Callable[[int, int, str], None]
"""Called as (done, of, what is next)."""


@dataclass(frozen=True, eq=False)
class Method:
    """What one method said of each recording, in the data set's order, and what it takes."""

    name: str
    predicted: list[str]
    scores: Scores
    footprint: Footprint
    fits_all: bool

    @classmethod
    def of(
        cls,
        name: str,
        truth: Sequence[str],
        predicted: list[str],
        footprint: Footprint,
        beside: int,
    ) -> Method:
        """beside: bytes of a board's heap that any model needs beside its file."""
        fits = all(one.has_room(footprint.n_bytes + beside) for one in TARGETS.values())
        return cls(name, predicted, score(truth, predicted), footprint, fits)


@dataclass(frozen=True, eq=False)
class Comparison:
    """All methods on one data set.

    fold: int (n_recordings,), the test fold of each; taken_in: by the names of those that the kit
    puts on a board, the share of made-up movements, none of them a gesture, that they do not call
    "unknown".
    """

    truth: list[str]
    fold: np.ndarray
    methods: tuple[Method, ...]
    false_accept_rates: Mapping[str, float]

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
            if _effort(one) < _effort(network) and one.footprint.n_bytes < network.footprint.n_bytes
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
        """Which to choose of those that the kit puts on a board.

        There it also counts what they call "unknown": a simpler one must not take 1 % more of the
        made-up movements for gestures than the kit's own.
        """
        choice = self._choose([one for one in self.methods if one.name in self.false_accept_rates])
        most = self.false_accept_rates[NETWORK] + CLOSE
        return choice if self.false_accept_rates[choice.name] <= most else self.network

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

    def with_footprints(self, measured: dict[str, Footprint]) -> Comparison:
        """The same with other costs, by the names of methods."""
        return replace(
            self,
            methods=tuple(
                replace(one, footprint=measured.get(one.name, one.footprint))
                for one in self.methods
            ),
        )


def _best(methods: Sequence[Method]) -> Method:
    return min(methods, key=_rank)


def _rank(method: Method) -> tuple[int, int]:
    """The smaller, the better."""
    return -method.scores.right, _effort(method)


def _effort(method: Method) -> int:
    return method.footprint.instructions[slowest().name]


def compare(
    data: Dataset, folds: int = 5, seed: int = 0, progress: Progress | None = None
) -> tuple[Comparison, dict[str, Model]]:
    """Cross-validate all methods; also a model of each kind (by its title), trained on everything.

    ``seed`` deals the folds and trains the models. Raises DataError as
    :func:`~microbit_ml.evaluate.protocols.cross_validate` does.
    """

    def tell(percent: float, what: str) -> None:
        if progress:
            progress(round(percent), 100, what)

    results, models = {}, {}
    kinds = compared_kinds()
    for i, (name, kind) in enumerate(kinds.items()):
        begin = i * 80 / len(kinds)

        def fitting(done: int, of: int, begin: float = begin, name: str = name) -> None:
            tell(begin + done / max(of, 1) * 60 / len(kinds), name)

        results[name] = cross_validate(data, folds, seed, fitting, kind=kind.NAME)
        tell(begin + 60 / len(kinds), f"{name} on everything")
        models[name] = train(data, seed=seed, kind=kind.NAME)
    truth, fold = results[NETWORK].truth, results[NETWORK].fold
    model = models[NETWORK]
    beside = model.heap_bytes() - len(model.device_bytes())  # what is needed beside the file
    rows = features_of_recordings(data)
    methods = []
    for i, (name, make) in enumerate(METHODS.items()):
        tell(80 + i * 20 / len(METHODS), name)
        predicted = cross_predict(make, rows, truth, fold)
        footprint = footprint_of(make(), rows, np.array(truth))
        methods.append(Method.of(name, truth, predicted, footprint, beside))
    for name, result in results.items():
        methods.append(Method.of(name, truth, result.best, network_footprint(models[name]), beside))
    tell(100, "done")
    false_accept_rates = {name: false_accept_rate(one) for name, one in models.items()}
    return Comparison(truth, fold, tuple(methods), false_accept_rates), models


def compared_kinds() -> dict[str, ModelKind]:
    """The kinds of models that are compared, by their titles."""
    return {one.TITLE: one for one in KINDS.values() if one.COMPARED}


def false_accept_rate(model: Model) -> float:
    """The share of made-up movements that a model takes for gestures, by its own settings."""
    share = model.provenance["settings"]["accept_known"]
    rates = {
        one["accept_known"]: one["false_accept_rate"] for one in model.metrics["false_accept_rates"]
    }
    return float(rates[share])


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

    It is what a feature varies by when the gesture is the same (``within_class_scale``), so what varies
    for no reason is heard quietly. rows: (n, n_features) to learn from; labels: (n,).
    """
    names, targets = np.unique(labels, return_inverse=True)
    # The last target stands for movements that are no gesture. There are none here but for their
    # mean, which leaves the mean as it is.
    with_other = np.vstack([rows, rows.mean(axis=0)])
    return Normaliser.fit(with_other, np.append(targets, len(names)), GROUP_NAMES)


def footprint_of(classifier: Classifier, rows: np.ndarray, labels: np.ndarray) -> Footprint:
    """What the classifier takes when it has learned from all rows (n, n_features)."""
    names = sorted(set(labels.tolist()))
    if isinstance(classifier, DecisionTree):
        root = classifier.fit(scaler(rows, labels).apply(rows), labels).root_
        return tree_footprint(root.n_nodes, root.depth, names)
    if isinstance(classifier, NearestNeighbours):
        return neighbours_footprint(rows.shape[1], len(rows), names)
    return lines_footprint(rows.shape[1], names)


def network_footprint(model: Model) -> Footprint:
    """What the kit's own model takes; its bytes include what tells "unknown"."""
    stages = model.network.stages[1:]
    instructions = {one.name: stages_instructions(one, stages) for one in TARGETS.values()}
    sizes = (stages[0].n_inputs, *(one.n_outputs for one in stages))
    dense = all(isinstance(one, IntegerDense) for one in stages)
    return Footprint(len(model.device_bytes()), instructions, layers=sizes if dense else ())
