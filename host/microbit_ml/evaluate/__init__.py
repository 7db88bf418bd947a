"""Validation: protocols that test models fairly, comparison with simpler methods, streams."""

from microbit_ml.evaluate.protocols import (
    UnknownTest,
    cross_validate,
    few_shot,
    learning_curve,
    leave_one_label_out,
    leave_one_subject_out,
    split_into_folds,
)
from microbit_ml.evaluate.streams import StreamScores, evaluate_streams

__all__ = [
    "StreamScores",
    "UnknownTest",
    "cross_validate",
    "evaluate_streams",
    "few_shot",
    "learning_curve",
    "leave_one_label_out",
    "leave_one_subject_out",
    "split_into_folds",
]
