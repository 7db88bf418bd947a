"""How good is a model? Metrics of predictions, and protocols that make the predictions fair."""

from microbit_ml.evaluate.metrics import ClassScores, Scores, confusion_matrix, score
from microbit_ml.evaluate.protocols import CrossValidation, cross_validate, deal
from microbit_ml.evaluate.streams import StreamScores, evaluate_streams

__all__ = [
    "ClassScores",
    "CrossValidation",
    "Scores",
    "StreamScores",
    "confusion_matrix",
    "cross_validate",
    "deal",
    "evaluate_streams",
    "score",
]
