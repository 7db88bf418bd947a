"""The network compared with simpler methods: same recordings, same folds, same features.

Every method predicts every recording once, without having seen it (k-fold cross-validation,
``protocols.py``). All get the kit's integer features, scaled as the network gets them. Those that
the kit can put on a board compute in integers and answer with their top-1 class; the others compute
in floating point. Methods are compared with McNemar's test (``significance.py``), which looks at
the recordings that only one of two methods got right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from microbit_ml.common.short_repr import short_repr
from microbit_ml.deploy.footprint import (
    Footprint,
    lines_footprint,
    neighbours_footprint,
    stages_instructions,
)
from microbit_ml.evaluate.classical import (
    Classifier,
    NearestNeighbours,
)
from microbit_ml.evaluate.linear import LinearSVM, LogisticRegression
from microbit_ml.evaluate.protocols import cross_validate
from microbit_ml.features import GROUP_NAMES, compute_features
from microbit_ml.kinds import IntegerDense
from microbit_ml.metrics.scores import Scores, most_frequent, score
from microbit_ml.metrics.significance import McNemar, mcnemar
from microbit_ml.model import Model
from microbit_ml.quantize import Normaliser
from microbit_ml.recordings import Dataset, make_window
from microbit_ml.targets import TARGETS, slowest
from microbit_ml.training import Settings, train
from microbit_ml.training.kinds import KINDS, ModelKind

METHODS: dict[str, Callable[[], Classifier]] = {
    "logistic regression": LogisticRegression,
    "linear SVM": LinearSVM,
    "3 nearest neighbours": NearestNeighbours,
}
NETWORK = KINDS[Settings.kind].TITLE
CLOSE = 0.01 + 1e-9  # a simpler method is chosen if its accuracy is at most this much lower

Progress = Callable[[int, int, str], None]
"""Called as (steps done, steps, what is next)."""


@dataclass(frozen=True, eq=False)
class Method:
    """One method's prediction for each recording, in the data set's order, and its footprint."""

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
        overhead: int,
    ) -> Method:
        """overhead: bytes of a board's heap that any model needs in addition to its file."""
        fits = all(one.has_room(footprint.n_bytes + overhead) for one in TARGETS.values())
        return cls(name, predicted, score(truth, predicted), footprint, fits)


@dataclass(frozen=True, eq=False)
class Comparison:
    """All methods on one data set.

    fold: int (n_recordings,), the test fold of each; false_accept_rates: for each method that the
    kit can put on a board, by name, the fraction of synthetic negatives that it does not reject as
    "unknown".
    """

    truth: list[str]
    fold: np.ndarray
    methods: tuple[Method, ...]
    false_accept_rates: Mapping[str, float]

    __repr__ = short_repr

    @property
    def network(self) -> Method:
        """The kit's own method."""
        return next(one for one in self.methods if one.name == NETWORK)

    @property
    def best(self) -> Method:
        """The most accurate method; in a tie, the one with the fewest instructions."""
        return _best(self.methods)

    @property
    def ranked(self) -> list[Method]:
        """The most accurate first; in a tie, the one with the fewest instructions."""
        return sorted(self.methods, key=_rank)

    @property
    def simpler(self) -> list[Method]:
        """The methods that need fewer instructions and fewer bytes than the network."""
        network = self.network
        return [
            one
            for one in self.methods
            if _instructions(one) < _instructions(network)
            and one.footprint.n_bytes < network.footprint.n_bytes
        ]

    @property
    def most_frequent(self) -> tuple[str, int]:
        """The most frequent label, and how often always predicting it would be right."""
        return most_frequent(self.truth)

    def test(self, first: Method, second: Method) -> McNemar:
        """McNemar's test of two of the methods."""
        return mcnemar(self.truth, first.predicted, second.predicted)

    def worse(self, method: Method) -> bool:
        """Whether it is significantly worse than the best."""
        return method is not self.best and self.test(self.best, method).significant

    @property
    def cheapest(self) -> Method:
        """The method with the fewest instructions of all that are about as good as the best.

        It shows what the data need. It is no recommendation: it may not run on a board.
        """
        return self._cheapest(self.methods)

    @property
    def for_board(self) -> list[Method]:
        """The methods that the kit can put on a board."""
        return [one for one in self.methods if one.name in self.false_accept_rates]

    @property
    def cheapest_for_board(self) -> Method:
        """The same as :attr:`cheapest`, of the methods that the kit can put on a board."""
        return self._cheapest(self.for_board)

    @property
    def choice(self) -> Method:
        """The recommended method: one that the kit can put on a board.

        There, "unknown" matters too: only a method whose false-accept rate on synthetic negatives
        is at most 1 % above that of the network can be chosen.
        """
        most = self.false_accept_rates[NETWORK] + CLOSE
        return self._cheapest(
            [one for one in self.for_board if self.false_accept_rates[one.name] <= most]
        )

    def _cheapest(self, methods: Sequence[Method]) -> Method:
        """The method with the fewest instructions of those that are about as good as the best.

        About as good: not significantly worse, and an accuracy at most 1 % lower; a bad method must
        not look good just because there are few recordings. It must also fit every micro:bit,
        unless only the best itself is left.
        """
        best = _best(methods)
        as_good = [
            one
            for one in methods
            if one.fits_all
            and one.scores.accuracy >= best.scores.accuracy - CLOSE
            and not (one is not best and self.test(best, one).significant)
        ]
        return min(as_good or [best], key=lambda one: (_instructions(one), -one.scores.right))

    def with_footprints(self, measured: dict[str, Footprint]) -> Comparison:
        """The same comparison with these footprints, by the names of methods."""
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
    return -method.scores.right, _instructions(method)


def _instructions(method: Method) -> int:
    return method.footprint.instructions[slowest().name]


def compare(
    data: Dataset, folds: int = 5, seed: int = 0, progress: Progress | None = None
) -> tuple[Comparison, dict[str, Model]]:
    """Cross-validate all methods; also return a model of each kind (by title), trained on all data.

    ``seed`` is that of the folds and of training. Raises DataError as
    :func:`~microbit_ml.evaluate.protocols.cross_validate` does.
    """

    def report(percent: float, what: str) -> None:
        if progress:
            progress(round(percent), 100, what)

    results, models = {}, {}
    kinds = compared_kinds()
    for i, (name, kind) in enumerate(kinds.items()):
        begin = i * 80 / len(kinds)

        def fitting(done: int, of: int, begin: float = begin, name: str = name) -> None:
            report(begin + done / max(of, 1) * 60 / len(kinds), name)

        report(begin, name)
        results[name] = cross_validate(data, folds, seed, fitting, kind=kind.NAME)
        report(begin + 60 / len(kinds), f"{name} on all data")
        models[name] = train(data, seed=seed, kind=kind.NAME)
    truth, fold = results[NETWORK].truth, results[NETWORK].fold
    model = models[NETWORK]
    overhead = model.heap_bytes() - len(model.device_bytes())
    rows = features_of_recordings(data)
    methods = []
    for i, (name, make) in enumerate(METHODS.items()):
        report(80 + i * 20 / len(METHODS), name)
        predicted = cross_predict(make, rows, truth, fold)
        footprint = footprint_of(make(), rows, np.array(truth))
        methods.append(Method.of(name, truth, predicted, footprint, overhead))
    for name, result in results.items():
        footprint = network_footprint(models[name])
        methods.append(Method.of(name, truth, result.best, footprint, overhead))
    report(100, "done")
    false_accept_rates = {name: false_accept_rate(one) for name, one in models.items()}
    return Comparison(truth, fold, tuple(methods), false_accept_rates), models


def compared_kinds() -> dict[str, ModelKind]:
    """The kinds of models that are compared, by title."""
    return {one.TITLE: one for one in KINDS.values() if one.COMPARED}


def false_accept_rate(model: Model) -> float:
    """The fraction of synthetic negatives that a model takes for gestures, at its own threshold."""
    accept_known = model.provenance["settings"]["accept_known"]
    rates = {
        one["accept_known"]: one["false_accept_rate"] for one in model.metrics["false_accept_rates"]
    }
    return float(rates[accept_known])


def features_of_recordings(data: Dataset) -> np.ndarray:
    """All of the kit's features for each recording, float (n, n_features), by default settings."""
    settings = Settings()
    windows = [make_window(one, settings.window, settings.rate_hz) for one in data]
    return compute_features(np.stack(windows)).astype(np.float64)


def cross_predict(
    method: Callable[[], Classifier], rows: np.ndarray, truth: Sequence[str], fold: np.ndarray
) -> list[str]:
    """A method's cross-validated predictions: each row by a model trained on the other folds.

    rows: (n, n_features) of the kit, not scaled; truth: (n,) labels; fold: (n,) from 0.
    """
    labels = np.array(truth)
    predicted = np.empty(len(rows), dtype=labels.dtype)
    for k in range(int(fold.max()) + 1):
        seen = fold != k
        scaled = scaler(rows[seen], labels[seen]).apply(rows)
        predicted[~seen] = method().fit(scaled[seen], labels[seen]).predict(scaled[~seen])
    return [str(one) for one in predicted]


def scaler(rows: np.ndarray, labels: np.ndarray) -> Normaliser:
    """A normaliser, (x - mean) / scale, with the scale that the network's features are divided by.

    The scale is the standard deviation within a class (``within_class_scale``), so features that
    vary without a change of gesture get low weights. rows: (n, n_features); labels: (n,).
    """
    names, targets = np.unique(labels, return_inverse=True)
    # The last target is the negative class. Its only row here is the mean of all, which leaves the
    # mean unchanged.
    with_negative = np.vstack([rows, rows.mean(axis=0)])
    return Normaliser.fit(with_negative, np.append(targets, len(names)), GROUP_NAMES)


def footprint_of(classifier: Classifier, rows: np.ndarray, labels: np.ndarray) -> Footprint:
    """The footprint of the classifier when trained on all rows (n, n_features)."""
    names = sorted(set(labels.tolist()))
    if isinstance(classifier, NearestNeighbours):
        return neighbours_footprint(rows.shape[1], len(rows), names)
    return lines_footprint(rows.shape[1], names)


def network_footprint(model: Model) -> Footprint:
    """The footprint of the kit's own model; its bytes include the novelty detector."""
    stages = model.network.stages[1:]
    instructions = {one.name: stages_instructions(one, stages) for one in TARGETS.values()}
    sizes = (stages[0].n_inputs, *(one.n_outputs for one in stages))
    dense = all(isinstance(one, IntegerDense) for one in stages)
    return Footprint(len(model.device_bytes()), instructions, layers=sizes if dense else ())
