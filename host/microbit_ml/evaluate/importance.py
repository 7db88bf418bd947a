"""Feature importance: which features matter to a model, on many recordings and for one decision.

Permutation importance (L. Breiman, *Random Forests*, 2001). Shuffle one feature among the
recordings: each keeps its other features, but gets this one from another recording. If the model
is then right less often, it needed the feature:

    importance = accuracy - mean accuracy after shuffling

Example: 9 of 10 right; after shuffling 6, 7 and 5: 0.9 - 0.6 = 0.3. About 0: the feature does not
matter, or another one carries the same information, so whole groups are shuffled too. Below 0:
chance.

Contribution to one decision. Replace one feature by its average in training, and predict again. The
margin is the score (logit) of the predicted class minus the highest other score:

    contribution = margin - margin with that feature at its average

Above 0: the feature supported the prediction; below 0: it spoke against it. Example: scores 90 and
60, a margin of 30; with x_mean at its average they are 70 and 65, a margin of 5: x_mean contributed
25. Features interact, so contributions add up to the margin only without a hidden layer.

Both use the integer network, so they describe the decisions of the board.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from microbit_ml.errors import DataError, ModelError
from microbit_ml.features import Feature, features_of
from microbit_ml.kinds import Scale
from microbit_ml.model import Model
from microbit_ml.quantize import input_rows
from microbit_ml.recordings import Dataset, Recording

REPEATS = 10


@dataclass(frozen=True)
class Importance:
    """The accuracy (0 to 1) lost by shuffling.

    name: of a feature or a group; loss: the mean of all shuffles; std: their standard deviation.
    """

    name: str
    loss: float
    std: float


@dataclass(frozen=True, eq=False)
class Importances:
    """The importance of each group and each feature of a model, the most important first."""

    accuracy: float
    recordings: int
    groups: tuple[Importance, ...]
    features: tuple[Importance, ...]

    def as_json(self) -> dict[str, object]:
        """The same numbers for ``json.dumps``."""
        return {
            "accuracy": self.accuracy,
            "groups": {one.name: one.loss for one in self.groups},
            "features": {one.name: one.loss for one in self.features},
        }


@dataclass(frozen=True)
class Contribution:
    """The contribution of one feature to one decision.

    value: the feature, in its own unit; average: its mean in training; contribution: in steps of
    the integer scores, above 0 if it supported the prediction.
    """

    feature: Feature
    value: int
    average: int
    contribution: int


@dataclass(frozen=True, eq=False)
class Explanation:
    """One decision: the top-1 class and the runner-up, the margin between their scores, and the
    features, sorted by the size of their contribution.
    """

    best: str
    runner_up: str
    margin: int
    contributions: tuple[Contribution, ...]

    def as_json(self) -> dict[str, object]:
        """The same numbers for ``json.dumps``."""
        return {
            "top_1": self.best,
            "runner_up": self.runner_up,
            "margin": self.margin,
            "contributions": {one.feature.name: one.contribution for one in self.contributions},
        }


def permutation_importance(
    model: Model,
    recordings: Dataset | Sequence[Recording],
    repeats: int = REPEATS,
    seed: int = 0,
) -> Importances:
    """The permutation importance of each group and each feature on these recordings.

    Use recordings that the model was not trained on: it may have memorised the noise of the others.
    Recordings of labels that it does not know are left out. Raises ModelError for a model that
    reads the raw window, DataError when fewer than two recordings are left.
    """
    used = features_of_model(model)
    known = [one for one in recordings if one.label in model.labels]
    if len(known) < 2 or repeats < 1:
        raise DataError(
            f"There are {len(known)} recordings of labels that the model knows, and {repeats} "
            "shuffles. Give at least 2 recordings and 1 shuffle."
        )
    rows = input_rows(model.windows(known), model.network.groups)
    truth = np.array([model.labels.index(one.label) for one in known])
    accuracy = float(accuracies(model, rows[None], truth)[0])
    rng = np.random.default_rng(seed)
    orders = np.stack([rng.permutation(len(rows)) for _ in range(repeats)])

    def importance(name: str, columns: Sequence[int]) -> Importance:
        shuffled = np.repeat(rows[None], repeats, axis=0)  # (repeats, n, n_features)
        shuffled[:, :, columns] = rows[:, columns][orders]
        after = accuracies(model, shuffled, truth)
        loss = round(accuracy - float(after.mean()), 12) + 0.0  # a plain 0 where nothing changed
        return Importance(name, loss, float(after.std()))

    groups = [
        importance(group, [i for i, one in enumerate(used) if one.group == group])
        for group in model.network.groups
    ]
    features = [importance(one.name, [i]) for i, one in enumerate(used)]
    return Importances(accuracy, len(known), _sorted(groups), _sorted(features))


def accuracies(model: Model, tables: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The top-1 accuracy of the integer network on each table: (tables,).

    tables: int (tables, n, n_features); truth: (n,), indices of the model's labels.
    """
    best = model.network.classify(tables.reshape(-1, tables.shape[-1]))[1]
    return (best.reshape(len(tables), -1) == truth).mean(axis=1)


def explain(model: Model, recording: Recording) -> Explanation:
    """Explain the model's prediction for one recording.

    Raises ModelError for a model that reads the raw window.
    """
    used = features_of_model(model)
    row = input_rows(model.windows([recording]), model.network.groups)[0]  # (n_features,)
    first = model.network.stages[0]
    average = first.center if isinstance(first, Scale) else 0 * row
    without = np.tile(row, (len(row), 1))
    np.fill_diagonal(without, average)  # row i: feature i at its average
    scores = model.network.classify(np.vstack([row, without]))[0][:, :-1]  # no negative class
    best, runner_up = np.argsort(-scores[0], kind="stable")[:2]
    others = np.delete(scores, best, axis=1)
    margin = scores[:, best] - others.max(axis=1)
    contributions = [
        Contribution(feature, int(row[i]), int(average[i]), int(margin[0] - margin[1 + i]))
        for i, feature in enumerate(used)
    ]
    return Explanation(
        model.labels[best],
        model.labels[runner_up],
        int(margin[0]),
        tuple(sorted(contributions, key=lambda one: -abs(one.contribution))),
    )


def misclassified(model: Model, recordings: Sequence[Recording]) -> list[Recording]:
    """The recordings whose label is not the model's top-1 class."""
    best = model.predict(recordings).best
    return [one for one, top_1 in zip(recordings, best, strict=True) if top_1 != one.label]


def importance_json(model: Model, recordings: Sequence[Recording]) -> dict[str, object]:
    """Explanations of a model's decisions on these recordings, for ``json.dumps``.

    recordings: of labels that the model knows. For a single recording, its decision is explained;
    for several, each wrong decision, with the permutation importance. Raises ModelError for a model
    that reads the raw window.
    """
    several = len(recordings) > 1
    explained = misclassified(model, recordings) if several else recordings
    decisions = [{"recording": one.path, **explain(model, one).as_json()} for one in explained]
    result: dict[str, object] = {"decisions": decisions}
    return result | permutation_importance(model, recordings).as_json() if several else result


def features_of_model(model: Model) -> list[Feature]:
    """The model's input features. Raises ModelError when it reads the raw window instead."""
    if not model.network.groups:
        raise ModelError(
            "This model sees the raw window, not features, so there are no features to compare. "
            "Train a model with features, such as --arch 16."
        )
    return features_of(model.network.groups)


def _sorted(importances: list[Importance]) -> tuple[Importance, ...]:
    return tuple(sorted(importances, key=lambda one: -one.loss))
