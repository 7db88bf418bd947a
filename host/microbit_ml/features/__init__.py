"""Integer features of a window: their definitions, and the NumPy twin of the board's kernels."""

from microbit_ml.features.definitions import (
    FEATURE_NAMES,
    FEATURE_SET,
    FEATURES,
    GROUP_NAMES,
    GROUPS,
    N_FEATURES,
    check_groups,
    features_of,
    groups_of_mask,
    groups_to_mask,
)
from microbit_ml.features.definitions import Feature as Feature
from microbit_ml.features.integer import (
    MAX_WINDOW,
    MIN_WINDOW,
    check_windows,
    compute_features,
    log_scale,
)

__all__ = [
    "FEATURES",
    "FEATURE_NAMES",
    "FEATURE_SET",
    "GROUPS",
    "GROUP_NAMES",
    "MAX_WINDOW",
    "MIN_WINDOW",
    "N_FEATURES",
    "Feature",
    "check_groups",
    "check_windows",
    "compute_features",
    "features_of",
    "groups_of_mask",
    "groups_to_mask",
    "log_scale",
]
