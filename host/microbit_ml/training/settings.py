"""The settings of training, and what may be asked of them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from microbit_ml.errors import SettingError
from microbit_ml.features import GROUP_NAMES, MAX_WINDOW, MIN_WINDOW, check_groups
from microbit_ml.network import OPTIMIZERS, check_architecture, sees_raw_window
from microbit_ml.network.architecture import AUTO
from microbit_ml.recordings.augment import KINDS, check_kinds


@dataclass(frozen=True)
class Settings:
    """How to train; every setting has a default that works.

    seed: what every random choice starts from; arch: the hidden layers, such as "16", "32-16",
    "cnn" or "auto", 12 to 16 units by the number of labels (microbit_ml.network.architecture);
    features: the groups of features that the network is given; window: samples that it looks at;
    hop: samples between two predictions on the board; rate_hz: samples a second; optimizer: "adam",
    "rmsprop" or "sgd"; steps: batches of 96 (None: chosen by the number of recordings); copies:
    altered copies of each recording; augment: how they are altered; others: made-up movements that
    stand for "unknown"; weight_decay: how strongly weights are pulled toward zero (None: chosen
    likewise); dropout: the share of hidden outputs left out while training; early_stopping: end as
    it was when the held-out loss was lowest; accept_known: the share of known gestures that
    "unknown" must not swallow.
    """

    seed: int = 0
    arch: str = AUTO
    features: tuple[str, ...] = GROUP_NAMES
    window: int = 50
    hop: int = 5
    rate_hz: float = 50.0
    optimizer: str = "adam"
    steps: int | None = None
    copies: int = 8
    augment: tuple[str, ...] = tuple(KINDS)
    others: int = 750
    weight_decay: float | None = None
    dropout: float = 0.3
    early_stopping: bool = False
    accept_known: float = 0.95

    @classmethod
    def of(cls, values: dict[str, Any]) -> Settings:
        """Settings by name. Raises SettingError for a name or a value that cannot be."""
        names = [field.name for field in fields(cls)]
        for name in values:
            if name not in names:
                raise SettingError(f"train has no setting {name!r}. It has: {', '.join(names)}.")
        settings = cls(**values)
        settings._check()
        if "features" in values and sees_raw_window(settings.arch):
            raise SettingError(
                f"A network {settings.arch!r} sees the raw window, not features. "
                "Leave the features out, or choose an architecture such as 16.",
                "features",
            )
        return replace(
            settings,
            arch=check_architecture(settings.arch),
            features=() if sees_raw_window(settings.arch) else check_groups(settings.features),
            augment=check_kinds(settings.augment),
        )

    def _check(self) -> None:
        if self.optimizer not in OPTIMIZERS:
            raise SettingError(
                f"There is no optimizer {self.optimizer!r}. "
                f"Choose one of {', '.join(sorted(OPTIMIZERS))}.",
                "optimizer",
            )
        if not isinstance(self.arch, str):
            raise SettingError(
                f"arch is a text such as '16' or '32-16', not {self.arch!r}.", "arch"
            )
        for name, low, high, kind in _RANGES:
            value = getattr(self, name)
            if value is None and name in _CHOSEN_BY_DATA:
                continue
            if kind is int and not _is_int(value):
                raise SettingError(f"{name} is {value!r}, but must be a whole number.", name)
            if not isinstance(value, (int, float)):
                raise SettingError(f"{name} is {value!r}, but must be a number.", name)
            if not low <= value <= high:
                raise SettingError(f"{name} is {value}, but must be {low} to {high}.", name)
        if not 0 < self.accept_known <= 1:
            raise SettingError(
                f"accept_known is a share between 0 and 1, not {self.accept_known}.", "accept_known"
            )


_CHOSEN_BY_DATA = ("steps", "weight_decay")
_RANGES: tuple[tuple[str, float, float, type], ...] = (
    ("window", MIN_WINDOW, MAX_WINDOW, int),
    ("hop", 1, 255, int),
    ("rate_hz", 4, 50, float),
    ("steps", 1, 1_000_000, int),
    ("copies", 0, 1000, int),
    ("others", 10, 100_000, int),
    ("weight_decay", 0, 1, float),
    ("dropout", 0, 0.9, float),
    ("seed", 0, 2**63 - 1, int),
    ("accept_known", 0, 1, float),
)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
