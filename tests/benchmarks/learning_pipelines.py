"""The pipelines that are compared. Each trains and tests on all splits of a set."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from createai_pipeline import THRESHOLD, CreateAINetwork, createai_features
from learning_measures import Answer
from learning_protocol import RealSet, Split

import microbit_ml as mb

Job: TypeAlias = tuple[np.ndarray, list[str], list[str], int]
"""The training data of one model: windows (n, 50, 3) in counts, labels, subjects, seed."""

Pipeline: TypeAlias = Callable[[RealSet, Sequence[Split]], dict[str, list[Answer]]]
"""(set, splits) -> for each row of the table, an answer to each split."""

INTEGER, FLOAT = "this kit", "this kit, float"
CREATEAI, FOREST = "CreateAI", "random forest"


def train_models(jobs: Sequence[Job]) -> list[mb.Model]:
    """A model of this kit for each job, with the default settings of ``train``."""
    return [
        mb.train(list(windows), labels=labels, subjects=subjects, seed=seed)
        for windows, labels, subjects, seed in jobs
    ]


def this_kit(data: RealSet, splits: Sequence[Split]) -> dict[str, list[Answer]]:
    """The integer model, as the board computes it, and the float model."""
    jobs = [
        (
            data.windows[split.train],
            data.labels[split.train].tolist(),
            data.known_subjects[split.train].tolist(),
            split.seed,
        )
        for split in splits
    ]
    answers: dict[str, list[Answer]] = {INTEGER: [], FLOAT: []}
    for model, split in zip(train_models(jobs), splits):
        tested = list(data.windows[split.test])
        integer, real = model.predict(tested), model.predict_float(tested)
        answers[INTEGER].append(_from_prediction(integer, len(model.device_bytes())))
        answers[FLOAT].append(_from_prediction(real, None))
    return answers


def createai(data: RealSet, splits: Sequence[Split]) -> dict[str, list[Answer]]:
    """CreateAI's features and network. The highest probability is the confidence."""
    features = createai_features(data.windows)
    answers = []
    for split in splits:
        rng = np.random.default_rng(split.seed)
        names, targets = np.unique(data.labels[split.train], return_inverse=True)
        network = CreateAINetwork(features.shape[1], len(names), rng)
        network.fit(features[split.train], targets, rng)
        p = network.probabilities(features[split.test])
        best = p.max(axis=1)
        answers.append(Answer(names[p.argmax(axis=1)], best, best >= THRESHOLD))
    return {CREATEAI: answers}


def random_forest(data: RealSet, splits: Sequence[Split]) -> dict[str, list[Answer]]:
    """scikit-learn's forest of 100 trees on CreateAI's features; it has no threshold."""
    from sklearn.ensemble import RandomForestClassifier

    features = createai_features(data.windows)
    answers = []
    for split in splits:
        forest = RandomForestClassifier(random_state=split.seed)
        forest.fit(features[split.train], data.labels[split.train])
        p = forest.predict_proba(features[split.test])
        answers.append(Answer(forest.classes_[p.argmax(axis=1)], p.max(axis=1)))
    return {FOREST: answers}


def available_pipelines() -> dict[str, Pipeline]:
    """The kit and its peers by name; the forest only where scikit-learn is installed."""
    found: dict[str, Pipeline] = {INTEGER: this_kit, CREATEAI: createai}
    if importlib.util.find_spec("sklearn"):
        found[FOREST] = random_forest
    return found


def _from_prediction(prediction: mb.Prediction, n_bytes: int | None) -> Answer:
    known = np.array([label is not None for label in prediction.labels])
    return Answer(np.array(prediction.best), np.asarray(prediction.confidence), known, n_bytes)
