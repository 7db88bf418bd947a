"""Which features a model decides by: over many recordings, and for one.

Permutation importance (L. Breiman, *Random Forests*, 2001). Shuffle one feature among the
recordings: each keeps its own other features, but gets this one from somebody else. If the model
is then right less often, it needed the feature:

    importance = accuracy - mean accuracy after shuffling

Example: 9 of 10 right; after shuffling 6, 7 and 5: 0.9 - 0.6 = 0.3. About 0: the feature does not
matter, or another one tells the same; so whole groups are shuffled too. Below 0: chance.

Contribution to one decision. Put the average of training in the place of one feature, and ask
again. The lead is how far the score of the model's answer stands above the best other one:

    contribution = lead - lead with that feature at its average

Above 0: the feature spoke for the answer; below 0: against it. Example: scores 90 and 60, a lead of
30; with x_mean at its average they are 70 and 65, a lead of 5: x_mean contributed 25. As features
work together, contributions do not add up to the lead, but where there is no hidden layer.

Both ask the integer network, so they tell what the board decides by.
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
    """How much accuracy (0 to 1) shuffling costs.

    name: of a feature or of a group; loss: the mean of all shuffles; spread: their standard
    deviation.
    """

    name: str
    loss: float
    std: float


@dataclass(frozen=True, eq=False)
class Importances:
    """Those of each group and of each feature of a model, the most important first."""

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
    """What one feature did for one decision.

    value: the feature, in its own unit; usual: its average in training; contribution: in steps of
    the integer scores, above 0 where it spoke for the answer.
    """

    feature: Feature
    value: int
    usual: int
    contribution: int


@dataclass(frozen=True, eq=False)
class Explanation:
    """One decision: the best known label and the next one, how far apart their scores are, and the
    features by the size of their contribution.
    """

    best: str
    second: str
    lead: int
    contributions: tuple[Contribution, ...]

    def as_json(self) -> dict[str, object]:
        """The same numbers for ``json.dumps``."""
        return {
            "best": self.best,
            "second": self.second,
            "lead": self.lead,
            "contributions": {one.feature.name: one.contribution for one in self.contributions},
        }


def permutation_importance(
    model: Model,
    recordings: Dataset | Sequence[Recording],
    repeats: int = REPEATS,
    seed: int = 0,
) -> Importances:
    """What shuffling each group and each feature costs on these recordings.

    Use recordings that the model was not trained on: of those that it was it may know the noise.
    Recordings of labels that it does not know are left out. Raises ModelError for a model that
    sees the raw window, DataError when fewer than two recordings are left.
    """
    used = features_of_model(model)
    known = [one for one in recordings if one.label in model.labels]
    if len(known) < 2 or repeats < 1:
        raise DataError(
            f"There are {len(known)} recordings of what the model knows and {repeats} shuffles. "
            "Give at least 2 recordings and 1 shuffle."
        )
    rows = input_rows(model.windows(known), model.network.groups)
    truth = np.array([model.labels.index(one.label) for one in known])
    accuracy = float(accuracies(model, rows[None], truth)[0])
    rng = np.random.default_rng(seed)
    orders = np.stack([rng.permutation(len(rows)) for _ in range(repeats)])

    def cost(name: str, columns: Sequence[int]) -> Importance:
        shuffled = np.repeat(rows[None], repeats, axis=0)  # (repeats, n, n_features)
        shuffled[:, :, columns] = rows[:, columns][orders]
        after = accuracies(model, shuffled, truth)
        loss = round(accuracy - float(after.mean()), 12) + 0.0  # a plain 0 where nothing changed
        return Importance(name, loss, float(after.std()))

    groups = [
        cost(group, [i for i, one in enumerate(used) if one.group == group])
        for group in model.network.groups
    ]
    features = [cost(one.name, [i]) for i, one in enumerate(used)]
    return Importances(accuracy, len(known), _sorted(groups), _sorted(features))


def accuracies(model: Model, tables: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The accuracy of the integer network's best known class in each table: (tables,).

    tables: int (tables, n, n_features); truth: (n,), places in the model's labels.
    """
    best = model.network.classify(tables.reshape(-1, tables.shape[-1]))[1]
    return (best.reshape(len(tables), -1) == truth).mean(axis=1)


def explain(model: Model, recording: Recording) -> Explanation:
    """Why the model says what it says of one recording.

    Raises ModelError for a model that sees the raw window.
    """
    used = features_of_model(model)
    row = input_rows(model.windows([recording]), model.network.groups)[0]  # (n_features,)
    first = model.network.stages[0]
    usual = first.center if isinstance(first, Scale) else 0 * row
    without = np.tile(row, (len(row), 1))
    np.fill_diagonal(without, usual)  # row i: feature i at its average
    scores = model.network.classify(np.vstack([row, without]))[0][:, :-1]  # without "other"
    best, second = np.argsort(-scores[0], kind="stable")[:2]
    others = np.delete(scores, best, axis=1)
    lead = scores[:, best] - others.max(axis=1)
    contributions = [
        Contribution(feature, int(row[i]), int(usual[i]), int(lead[0] - lead[1 + i]))
        for i, feature in enumerate(used)
    ]
    return Explanation(
        model.labels[best],
        model.labels[second],
        int(lead[0]),
        tuple(sorted(contributions, key=lambda one: -abs(one.contribution))),
    )


def wrong_ones(model: Model, recordings: Sequence[Recording]) -> list[Recording]:
    """The recordings whose label is not the model's best known class."""
    best = model.predict(recordings).best
    return [one for one, said in zip(recordings, best, strict=True) if said != one.label]


def importance_json(model: Model, recordings: Sequence[Recording]) -> dict[str, object]:
    """Why a model decides as it does on these recordings, for ``json.dumps``.

    recordings: such as the model knows. Of one alone its decision is explained; of several, each
    decision that is wrong, and what shuffling costs. Raises ModelError for a model that sees the
    raw window.
    """
    several = len(recordings) > 1
    explained = wrong_ones(model, recordings) if several else recordings
    decisions = [{"recording": one.path, **explain(model, one).as_json()} for one in explained]
    result: dict[str, object] = {"decisions": decisions}
    return result | permutation_importance(model, recordings).as_json() if several else result


def features_of_model(model: Model) -> list[Feature]:
    """The features that the model is given. Raises ModelError when it is given none."""
    if not model.network.groups:
        raise ModelError(
            "This model sees the raw window, not features, so there are none to weigh. "
            "Train one with features, such as --arch 16."
        )
    return features_of(model.network.groups)


def _sorted(importances: list[Importance]) -> tuple[Importance, ...]:
    return tuple(sorted(importances, key=lambda one: -one.loss))
