"""How good is a model? Metrics of predictions, and protocols that make the predictions fair."""

from microbit_ml.evaluate.calibration import Calibration, calibration, sureness
from microbit_ml.evaluate.metrics import ClassScores, Scores, confusion_matrix, score
from microbit_ml.evaluate.protocols import (
    CrossValidation,
    UnknownTest,
    cross_validate,
    deal,
    few_shot,
    learning_curve,
    leave_one_label_out,
    leave_one_subject_out,
)
from microbit_ml.evaluate.significance import Interval, Intervals, McNemar, bootstrap, mcnemar
from microbit_ml.evaluate.streams import StreamScores, evaluate_streams
from microbit_ml.evaluate.unknown import UnknownScores, unknown_scores

__all__ = [
    "Calibration",
    "ClassScores",
    "CrossValidation",
    "Interval",
    "Intervals",
    "McNemar",
    "Scores",
    "StreamScores",
    "UnknownScores",
    "UnknownTest",
    "bootstrap",
    "calibration",
    "confusion_matrix",
    "cross_validate",
    "deal",
    "evaluate_streams",
    "few_shot",
    "learning_curve",
    "leave_one_label_out",
    "leave_one_subject_out",
    "mcnemar",
    "score",
    "sureness",
    "unknown_scores",
]
