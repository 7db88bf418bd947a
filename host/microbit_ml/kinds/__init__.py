"""Kinds of records, each with its integers, its bytes and its kernel, in one registry."""

from microbit_ml.kinds.conv import IntegerConv
from microbit_ml.kinds.dense import HIDDEN_LIMIT, SCORE_LIMIT, IntegerDense, random_dense
from microbit_ml.kinds.gate import OPEN, PROJECTION_LIMIT, IntegerNoveltyDetector
from microbit_ml.kinds.nearest import IntegerNearest
from microbit_ml.kinds.pool import IntegerPool
from microbit_ml.kinds.record import LABELS, RECORDS, Record, Stage, even, padded, register
from microbit_ml.kinds.scale import ACTIVATION_LIMIT, RawScale, Scale
from microbit_ml.kinds.trees import IntegerTrees, random_trees

__all__ = [
    "ACTIVATION_LIMIT",
    "HIDDEN_LIMIT",
    "LABELS",
    "OPEN",
    "PROJECTION_LIMIT",
    "RECORDS",
    "SCORE_LIMIT",
    "IntegerConv",
    "IntegerDense",
    "IntegerNearest",
    "IntegerNoveltyDetector",
    "IntegerPool",
    "IntegerTrees",
    "RawScale",
    "Record",
    "Scale",
    "Stage",
    "even",
    "padded",
    "random_dense",
    "random_trees",
    "register",
]
