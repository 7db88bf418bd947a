"""Advice about the model: what it mixes up, how honest it is, where it runs."""

from __future__ import annotations

import numpy as np

from microbit_ml.common.wording import plural
from microbit_ml.metrics import Calibration
from microbit_ml.report.evidence import Evidence
from microbit_ml.report.words import Advice, named
from microbit_ml.targets import TARGETS, smallest

ALIKE, LEAST_MIXED = 0.08, 2  # of the recordings of two labels, taken for the other one
HARD_RECALL, LEAST_FOR_RECALL = 0.8, 3
UNCALIBRATED, LEAST_CALIBRATED = 0.1, 50
MUCH_ACCEPTED = 0.2  # of made-up movements
INTEGERS_COST, LEAST_COST = 0.02, 2
OVERFITTED = 1.3  # times the lowest held-out loss


def _mixed(evidence: Evidence) -> list[tuple[str, str, int, int]]:
    """Pairs of labels that are taken for each other: both, how many, of how many; worst first."""
    scores = evidence.best
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
    """Of gestures that are taken for each other."""
    return [
        Advice(
            "alike",
            f"**Make {named(first)} and {named(second)} more different.** They are alike: {n} of "
            f"their {of} recordings were taken for the other one. Change one of the gestures, or "
            "record more of both.",
        )
        for first, second, n, of in _mixed(evidence)[:3]
    ]


def hard(evidence: Evidence) -> list[Advice]:
    """Of gestures that are missed, whatever they are taken for."""
    if evidence.best is None:
        return []
    explained = {label for pair in _mixed(evidence) for label in pair[:2]}
    return [
        Advice(
            "hard",
            f"**Record more of {named(one.label)}**, in all ways in which it will be made. Only "
            f"{round(one.recall * one.support)} of {one.support} were taken for it.",
        )
        for one in evidence.best.classes
        if one.support >= LEAST_FOR_RECALL
        and one.recall < HARD_RECALL
        and one.label not in explained
    ]


def overfitted(evidence: Evidence) -> list[Advice]:
    """Of a held-out loss that rises again."""
    losses = evidence.model.history.get("validation", [])
    if not losses or losses[-1] <= OVERFITTED * min(losses):
        return []
    if evidence.model.provenance.get("settings", {}).get("early_stopping"):
        return []
    return [
        Advice(
            "overfitted",
            "**Train with `--early-stopping`.** The loss on held-out recordings was lower before "
            "the end of training: the model began to learn its recordings by heart. More "
            "recordings help too.",
        )
    ]


def uncalibrated(evidence: Evidence) -> list[Advice]:
    """Of a model that is surer, or less sure, than it should be."""
    held = evidence.held_out
    if held is None or len(held) < LEAST_CALIBRATED:
        return []
    table = held.calibration
    if table.error <= UNCALIBRATED:
        return []
    return [Advice("uncalibrated", _sureness_advice(table, held.probability, held.is_right))]


def _sureness_advice(table: Calibration, sure: np.ndarray, right: np.ndarray) -> str:
    numbers = f"It says {sure.mean():.0%} on average, and is right in {right.mean():.0%}."
    if sure.mean() > right.mean():
        return (
            "**Do not build on how sure the model says it is.** It is surer than it is right. "
            f"{numbers} More recordings, of more people, mend that."
        )
    return (
        "**Do not wait for the model to be very sure.** It is right more often than it says. "
        f"{numbers}"
    )


def unknown(evidence: Evidence) -> list[Advice]:
    """Of other movements that are taken for gestures."""
    share = evidence.false_accept_rate
    if share <= MUCH_ACCEPTED:
        return []
    with_unknown_scores = [name for name in evidence.others if name is not None]
    most = max(evidence.model.labels, key=with_unknown_scores.count)
    part = with_unknown_scores.count(most) / len(with_unknown_scores)
    return [
        Advice(
            "unknown",
            f"**Think of movements that are no gesture.** The model takes {share:.0%} of made-up "
            f"movements for a gesture, {part:.0%} of these for {named(most)}. If that is your "
            "label for all other movements, it is as it should be. If not, record a label of "
            "things that people do besides, or train with a lower `--accept-known`.",
        )
    ]


def integers(evidence: Evidence) -> list[Advice]:
    """Of what whole numbers cost."""
    if evidence.best is None or evidence.best_float is None:
        return []
    lost = evidence.best_float.right - evidence.best.right
    if lost < max(LEAST_COST, INTEGERS_COST * evidence.best.recordings):
        return []
    return [
        Advice(
            "integers",
            f"**Try another `--seed` or `--arch`.** With whole numbers, as on the board, the model "
            f"gets {plural(lost, 'recording')} less right than with real ones. That is rare.",
        )
    ]


def board(evidence: Evidence) -> list[Advice]:
    """Of a model that is too large for the board with the least memory."""
    heap = evidence.model.heap_bytes()
    small = smallest()
    if small.has_room(heap):
        return []
    large = [one.title for one in TARGETS.values() if one.has_room(heap)]
    return [
        Advice(
            "board",
            f"**Choose a smaller network for a {small.title}**, such as `--arch 12`. This one "
            f"takes {heap:,} bytes of memory, and a {small.title} has {small.heap_bytes:,} for it. "
            f"On a {' or a '.join(large)} it runs.",
        )
    ]
