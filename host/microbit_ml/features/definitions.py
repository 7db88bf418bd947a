"""What the network sees of a window: 24 integers, eight for each axis.

A window is 50 x 3 numbers, and the same gesture never gives the same 150 numbers twice: it starts
a little earlier, a hand is a little faster. Features are numbers that stay alike when the gesture
is the same and differ when it is not. Each of these is a mean, a peak or a sum of absolute
differences, so that a processor without a divider and without floats computes them quickly.
"""

from __future__ import annotations

from dataclasses import dataclass

AXES = ("x", "y", "z")
LAGS = (1, 2, 4, 8)  # samples between the two ends of a difference; 20, 40, 80 and 160 ms at 50 Hz
FEATURE_SET = 1  # written into model.bin: which definition of features a model was trained on

COUNTS = "counts"
LOG = "1/16 octave"  # the unit of log_scale: 16 more means twice as much


@dataclass(frozen=True)
class Feature:
    """One number of the 24: its name, its unit and what it tells about the movement."""

    name: str
    unit: str
    meaning: str


def _features_of(axis: str) -> list[Feature]:
    features = [
        Feature(f"{axis}_mean", COUNTS, f"average of {axis}: how the board is tilted"),
        Feature(f"{axis}_above", LOG, f"how far the highest {axis} rises above the average"),
        Feature(f"{axis}_below", LOG, f"how far the lowest {axis} falls below the average"),
        Feature(f"{axis}_spread", LOG, f"average distance of {axis} from its average"),
    ]
    for lag in LAGS:
        features.append(
            Feature(
                f"{axis}_change{lag}",
                LOG,
                f"average change of {axis} within {lag} sample{'s' if lag > 1 else ''}",
            )
        )
    return features


FEATURES: list[Feature] = [feature for axis in AXES for feature in _features_of(axis)]
FEATURE_NAMES: list[str] = [feature.name for feature in FEATURES]
N_FEATURES = len(FEATURES)
