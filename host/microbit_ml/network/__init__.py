"""The float mathematics of a network, written to be read: layers, losses, optimizers, fit."""

from microbit_ml.network.fit import History, Progress, fit
from microbit_ml.network.layers import Dense, ReLU
from microbit_ml.network.losses import cross_entropy, softmax
from microbit_ml.network.network import Network
from microbit_ml.network.optimizers import OPTIMIZERS, SGD, Adam, RMSProp

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adam",
    "Dense",
    "History",
    "Network",
    "Progress",
    "RMSProp",
    "ReLU",
    "cross_entropy",
    "fit",
    "softmax",
]
