"""A comparison of methods with made-up predictions, to test its text and advice."""

import numpy as np

from microbit_ml.deploy.footprint import Footprint
from microbit_ml.evaluate.comparison import NETWORK, Comparison, Method
from microbit_ml.metrics import score
from microbit_ml.training.kinds import OneLayerKind

ONE_LAYER = OneLayerKind.TITLE
TRUTH = ["shake"] * 6 + ["still"] * 6 + ["twist"] * 6


def method(name, wrong, v1, n_bytes, fits_all=True, layers=()):
    predicted = ["twist" if i in wrong else label for i, label in enumerate(TRUTH)]
    footprint = Footprint(n_bytes, {"v1": v1, "v2": v1 // 2}, layers=layers)
    return Method(name, predicted, score(TRUTH, predicted), footprint, fits_all)


def made_up(network_wrong):
    """Methods with made-up predictions. network_wrong: indices that the network gets wrong."""
    methods = (
        method("decision tree", range(10), 60, 100),
        method("logistic regression", [0], 2000, 600, layers=(54, 3)),
        method("3 nearest neighbours", [0, 7], 30_000, 7000, fits_all=False),
        method(NETWORK, network_wrong, 5000, 2000, layers=(54, 16, 4)),
        method(ONE_LAYER, [0, 1], 1900, 900, layers=(54, 4)),
    )
    return Comparison(TRUTH, np.arange(18) % 3, methods, {NETWORK: 0.1, ONE_LAYER: 0.2})
