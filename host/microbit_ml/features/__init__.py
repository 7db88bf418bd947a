"""Integer features of a window: one definition, and the NumPy twin of what the board computes."""

from microbit_ml.features.definitions import FEATURE_NAMES, FEATURE_SET, FEATURES, LAGS, N_FEATURES
from microbit_ml.features.definitions import Feature as Feature
from microbit_ml.features.integer import MAX_WINDOW, MIN_WINDOW, compute_features, log_scale

__all__ = [
    "FEATURES",
    "FEATURE_NAMES",
    "FEATURE_SET",
    "LAGS",
    "MAX_WINDOW",
    "MIN_WINDOW",
    "N_FEATURES",
    "Feature",
    "compute_features",
    "log_scale",
]
