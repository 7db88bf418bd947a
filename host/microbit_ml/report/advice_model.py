"""Advice about the model: what it mixes up, how well it is calibrated, which boards it fits."""

from __future__ import annotations

import numpy as np

from microbit_ml.common.wording import percent, plural
from microbit_ml.report.evidence import Evidence
from microbit_ml.report.words import Advice, named
from microbit_ml.targets import TARGETS, smallest

ALIKE, LEAST_MIXED = 0.08, 2  # of the recordings of two labels, taken for the other one
HARD_RECALL, LEAST_FOR_RECALL = 0.8, 3
UNCALIBRATED, LEAST_CALIBRATED = 0.1, 50
MUCH_ACCEPTED = 0.2  # of synthetic negatives
INTEGERS_LOSE, LEAST_LOST = 0.02, 2
OVERFITTED = 1.3  # times the lowest held-out loss


def _mixed(evidence: Evidence) -> list[tuple[str, str, int, int]]:
    """Pairs of labels that are mixed up: both, how many, out of how many; worst first."""
    scores = evidence.top1_scores
    if scores is None:
        return []
    table = scores.confusion[:, :-1]
    support = scores.confusion.sum(axis=1)
    mixed = table + table.T
    pairs = [
        (scores.labels[i], scores.labels[j], int(mixed[i, j]), int(support[i] + support[j]))
        for i in range(len(support))
        for j in range(i)
        if mixed[i, j] >= max(LEAST_MIXED, ALIKE * (support[i] + support[j]))
    ]
    return sorted(pairs, key=lambda pair: -pair[2] / pair[3])


def alike(evidence: Evidence) -> list[Advice]:
    """For gestures that are mistaken for each other."""
    return [
        Advice(
            "alike",
            f"**Make {named(first)} and {named(second)} more different.** The model mixes them up: "
            f"{n} of their {of} recordings were taken for the other gesture. Change one of the "
            "gestures, or record more of both.",
        )
        for first, second, n, of in _mixed(evidence)[:3]
    ]


def hard(evidence: Evidence) -> list[Advice]:
    """For gestures that are missed, whatever they are mistaken for."""
    if evidence.top1_scores is None:
        return []
    explained = {label for pair in _mixed(evidence) for label in pair[:2]}
    return [
        Advice(
            "hard",
            f"**Record more of {named(one.label)}**, in all the ways people will make it. Only "
            f"{round(one.recall * one.support)} of {one.support} were recognised.",
        )
        for one in evidence.top1_scores.classes
        if one.support >= LEAST_FOR_RECALL
        and one.recall < HARD_RECALL
        and one.label not in explained
    ]


def overfitted(evidence: Evidence) -> list[Advice]:
    """For a held-out loss that rises again."""
    losses = evidence.model.history.get("validation", [])
    if not losses or losses[-1] <= OVERFITTED * min(losses):
        return []
    if evidence.model.provenance.get("settings", {}).get("early_stopping"):
        return []
    return [
        Advice(
            "overfitted",
            "**Train with `--early-stopping`.** The loss on held-out recordings was lower earlier "
            "in the training. Then the model began to learn its own recordings by heart "
            "(overfitting). More recordings help too.",
        )
    ]


def uncalibrated(evidence: Evidence) -> list[Advice]:
    """For an overconfident or underconfident model."""
    held = evidence.held_out
    if held is None or len(held) < LEAST_CALIBRATED:
        return []
    if held.calibration.error <= UNCALIBRATED:
        return []
    return [Advice("uncalibrated", _calibration_advice(held.probability, held.is_right))]


def _calibration_advice(probability: np.ndarray, right: np.ndarray) -> str:
    """probability: (n,) of the predicted class; right: bool (n,)."""
    if probability.mean() > right.mean():
        return (
            "**Don't trust the model's high probabilities.** It is overconfident: on average it "
            f"is {probability.mean():.0%} sure, but only {right.mean():.0%} of its answers "
            "are right. More recordings, from more people, help."
        )
    return (
        "**Don't wait until the model is very sure.** It is underconfident: on average it is "
        f"only {probability.mean():.0%} sure, but {right.mean():.0%} of its answers are right."
    )


def unknown(evidence: Evidence) -> list[Advice]:
    """For a high false-accept rate on synthetic negatives."""
    rate = evidence.false_accept_rate
    if rate <= MUCH_ACCEPTED:
        return []
    accepted = [name for name in evidence.negative_predictions if name is not None]
    most = max(evidence.model.labels, key=accepted.count)
    fraction = accepted.count(most) / len(accepted)
    return [
        Advice(
            "unknown",
            "**Think about movements that aren't gestures.** The model gives a name to "
            f"{percent(rate)} of random movements, most often {named(most)} ({fraction:.0%} of the "
            "time). If that is your label for all other movements, this is fine. If not, "
            "record the other things people do under a label of their own, or train with a lower "
            "`--accept-known`.",
        )
    ]


def integers(evidence: Evidence) -> list[Advice]:
    """For accuracy that is lost by quantization."""
    if evidence.top1_scores is None or evidence.top1_scores_float is None:
        return []
    lost = evidence.top1_scores_float.right - evidence.top1_scores.right
    if lost < max(LEAST_LOST, INTEGERS_LOSE * evidence.top1_scores.recordings):
        return []
    return [
        Advice(
            "integers",
            "**Try another `--seed` or `--arch`.** With whole numbers, as on the board, the model "
            f"gets {plural(lost, 'fewer recording')} right than with decimal numbers. That is "
            "unusual.",
        )
    ]


def board(evidence: Evidence) -> list[Advice]:
    """For a model that is too large for the board with the least memory."""
    heap = evidence.model.heap_bytes()
    small = smallest()
    if small.has_room(heap):
        return []
    large = [one.title for one in TARGETS.values() if one.has_room(heap)]
    return [
        Advice(
            "board",
            f"**Choose a smaller network for a {small.title}**, such as `--arch 12`. This one "
            f"needs {heap:,} bytes of memory, and a {small.title} has only {small.heap_bytes:,} "
            f"for it. It runs on a {' or a '.join(large)}.",
        )
    ]
