"""The features of a window: 54 integers in eight groups, each with a name.

A window is 50 x 3 numbers, and the same gesture never gives the same 150 numbers twice: it starts
a little earlier, or the hand is a little faster. Features are numbers that stay similar when the
gesture is the same and differ when it is not. A model may use all groups or some of them; the board
spends no memory and no time on the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from microbit_ml.errors import SettingError

AXES = ("x", "y", "z")
FEATURE_SET = 2
"""The version of the features that a model was trained on, in ``model.bin``."""
POINTS = 25  # a window of any length is reduced to this many points
SEGMENTS = 5  # of five points each
RHYTHM_LAGS = (2, 4, 6)  # points; 80, 160 and 240 ms in a window of 1 s
TURN_LAG = 2  # points
BANDS = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 8))  # first and last number of waves in a window

COUNTS = "counts"
LOG = "1/16 octave"  # the unit of log_scale: 16 more means twice as much
ENERGY_FRACTION = "1/128 of the energy"


@dataclass(frozen=True)
class Feature:
    """One of the 54 numbers: its name, its group, its unit and its meaning for people."""

    name: str
    group: str
    unit: str
    meaning: str


def _times(first: int, last: int) -> str:
    if first < last:
        return f"{first} to {last} times"
    return {1: "once", 2: "twice"}.get(first, f"{first} times")


def _bands(name: str, group: str, what: str) -> list[Feature]:
    return [
        Feature(
            f"{name}_wave{first}" if first == last else f"{name}_wave{first}to{last}",
            group,
            LOG,
            f"how strongly {what} swings {_times(first, last)} per window",
        )
        for first, last in BANDS
    ]


def _tilt() -> list[Feature]:
    return [
        Feature(f"{a}_mean", "tilt", COUNTS, f"average of {a}, how the board is held") for a in AXES
    ]


def _jerk() -> list[Feature]:
    return [
        Feature(f"{a}_jerk", "jerk", LOG, f"average change of {a} from one sample to the next")
        for a in AXES
    ]


def _spectrum() -> list[Feature]:
    return [feature for a in AXES for feature in _bands(a, "spectrum", a)]


def _magnitude() -> list[Feature]:
    return [
        Feature(
            "magnitude_mean",
            "magnitude",
            COUNTS,
            "average magnitude, with gravity",
        ),
        Feature("magnitude_deviation", "magnitude", LOG, "how much the magnitude varies"),
        *_bands("magnitude", "magnitude", "the magnitude of the acceleration"),
    ]


def _rhythm() -> list[Feature]:
    return [
        Feature(
            f"rhythm{lag}",
            "rhythm",
            ENERGY_FRACTION,
            f"how similar the movement is to itself {100 * lag // POINTS}% of a window later; "
            "below 0: opposite",
        )
        for lag in RHYTHM_LAGS
    ]


def _order() -> list[Feature]:
    return [
        Feature(
            f"{a}_part{k}",
            "order",
            COUNTS,
            f"{a} in part {k} of {SEGMENTS}, relative to its average",
        )
        for a in AXES
        for k in range(1, SEGMENTS + 1)
    ]


def _effort() -> list[Feature]:
    return [
        Feature(
            f"effort{k}",
            "effort",
            COUNTS,
            f"how much the board moves in part {k} of {SEGMENTS}",
        )
        for k in range(1, SEGMENTS + 1)
    ]


def _turn() -> list[Feature]:
    return [
        Feature(
            f"turn_{plane}",
            "turn",
            ENERGY_FRACTION,
            f"how much the acceleration circles from {plane[0]} to {plane[1]}; "
            "below 0: the other way round",
        )
        for plane in ("xy", "xz", "yz")
    ]


GROUPS: dict[str, list[Feature]] = {
    "tilt": _tilt(),
    "jerk": _jerk(),
    "spectrum": _spectrum(),
    "magnitude": _magnitude(),
    "rhythm": _rhythm(),
    "order": _order(),
    "effort": _effort(),
    "turn": _turn(),
}
"""The features of each group."""
GROUP_NAMES: tuple[str, ...] = tuple(GROUPS)
"""The names of the groups, in order."""
FEATURES: list[Feature] = [feature for group in GROUPS.values() for feature in group]
"""All features, in the order of a row."""
FEATURE_NAMES: list[str] = [feature.name for feature in FEATURES]
"""Their names."""
N_FEATURES = len(FEATURES)
"""How many they are."""


def features_of(groups: Iterable[str]) -> list[Feature]:
    """The features of some groups, in the order in which they are computed."""
    chosen = check_groups(groups)
    return [feature for feature in FEATURES if feature.group in chosen]


OLD_NAMES = {"force": "magnitude"}  # groups under their names in models before 0.3


def check_groups(groups: Iterable[str]) -> tuple[str, ...]:
    """The groups in standard order, each once. Raises SettingError for an unknown name or none."""
    given = [OLD_NAMES.get(name, name) for name in groups]
    for name in given:
        if name not in GROUPS:
            raise SettingError(
                f"There is no group of features {name!r}. Choose from: {', '.join(GROUP_NAMES)}.",
                "features",
            )
    if not given:
        raise SettingError(
            f"Choose at least one group of features from: {', '.join(GROUP_NAMES)}.", "features"
        )
    return tuple(name for name in GROUP_NAMES if name in given)


def groups_to_mask(groups: Sequence[str]) -> int:
    """The byte in ``model.bin``: bit i stands for group i; 0 is the raw window."""
    return sum(1 << GROUP_NAMES.index(name) for name in groups)


def groups_of_mask(mask: int) -> tuple[str, ...]:
    """The groups in that byte of ``model.bin``."""
    return tuple(name for i, name in enumerate(GROUP_NAMES) if mask >> i & 1)
