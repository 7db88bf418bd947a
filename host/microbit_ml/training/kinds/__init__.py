"""Kinds of models, a file each: how to fit them, and what the rest of the kit needs of them."""

from microbit_ml.training.kinds.model_kind import KINDS, ModelKind, register, unregister

from microbit_ml.training.kinds.network import NetworkKind  # isort: skip  the default comes first
from microbit_ml.training.kinds.one_layer import OneLayerKind  # isort: skip
from microbit_ml.training.kinds.centroid import CentroidKind  # isort: skip
from microbit_ml.training.kinds.neighbour import NeighbourKind  # isort: skip
from microbit_ml.training.kinds.cnn import CnnKind  # isort: skip
from microbit_ml.training.kinds.tree import TreeKind  # isort: skip
from microbit_ml.training.kinds.forest import ForestKind  # isort: skip

__all__ = [
    "KINDS",
    "CentroidKind",
    "CnnKind",
    "ForestKind",
    "ModelKind",
    "NeighbourKind",
    "NetworkKind",
    "OneLayerKind",
    "TreeKind",
    "register",
    "unregister",
]
