"""Metrics of predictions: scores, calibration, AUROC, confidence intervals, significance tests."""

from microbit_ml.metrics.calibration import Calibration, calibration
from microbit_ml.metrics.evaluation import Evaluation
from microbit_ml.metrics.scores import (
    ClassScores,
    Scores,
    confusion_matrix,
    most_frequent,
    score,
)
from microbit_ml.metrics.significance import Interval, Intervals, McNemar, bootstrap, mcnemar
from microbit_ml.metrics.unknown import UnknownScores, unknown_scores

__all__ = [
    "Calibration",
    "ClassScores",
    "Evaluation",
    "Interval",
    "Intervals",
    "McNemar",
    "Scores",
    "UnknownScores",
    "bootstrap",
    "calibration",
    "confusion_matrix",
    "mcnemar",
    "most_frequent",
    "score",
    "unknown_scores",
]
