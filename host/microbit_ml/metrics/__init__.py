"""How good are predictions: scores, calibration, AUROC, intervals and tests of significance."""

from microbit_ml.metrics.calibration import Calibration, calibration, sureness
from microbit_ml.metrics.scores import ClassScores, Scores, confusion_matrix, score
from microbit_ml.metrics.significance import Interval, Intervals, McNemar, bootstrap, mcnemar
from microbit_ml.metrics.unknown import UnknownScores, unknown_scores

__all__ = [
    "Calibration",
    "ClassScores",
    "Interval",
    "Intervals",
    "McNemar",
    "Scores",
    "UnknownScores",
    "bootstrap",
    "calibration",
    "confusion_matrix",
    "mcnemar",
    "score",
    "sureness",
    "unknown_scores",
]
