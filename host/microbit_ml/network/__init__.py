"""A neural network in floats, written to be read: layers, losses, optimizers, fit."""

from microbit_ml.network.architecture import check_architecture, sees_raw_window
from microbit_ml.network.batches import BalancedBatches
from microbit_ml.network.convolution import Conv1D, MaxPool
from microbit_ml.network.fit import History, Progress, fit, schedule
from microbit_ml.network.layers import Dense, Dropout, Layer, ReLU
from microbit_ml.network.losses import cross_entropy, softmax
from microbit_ml.network.network import Network
from microbit_ml.network.optimizers import OPTIMIZERS, SGD, Adam, RMSProp

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adam",
    "BalancedBatches",
    "Conv1D",
    "Dense",
    "Dropout",
    "History",
    "Layer",
    "MaxPool",
    "Network",
    "Progress",
    "RMSProp",
    "ReLU",
    "check_architecture",
    "cross_entropy",
    "fit",
    "schedule",
    "sees_raw_window",
    "softmax",
]
