"""The settings of training, and what may be asked of them."""

from __future__ import annotations

from dataclasses import dataclass, fields

from microbit_ml.errors import DataError
from microbit_ml.features import MAX_WINDOW, MIN_WINDOW
from microbit_ml.network import OPTIMIZERS


@dataclass(frozen=True)
class Settings:
    """How to train; every setting has a default that works.

    seed: what every random choice starts from; hidden: units of each hidden layer; window: samples
    that the network looks at; hop: samples between two predictions on the board; rate_hz: samples
    a second; optimizer: "adam", "rmsprop" or "sgd"; steps: batches of 64; copies: altered copies
    of each recording; weight_decay: how strongly weights are pulled toward zero; accept_known: the
    share of known gestures that "unknown" must not swallow.
    """

    seed: int = 0
    hidden: tuple[int, ...] = (16,)
    window: int = 50
    hop: int = 5
    rate_hz: float = 50.0
    optimizer: str = "adam"
    steps: int = 300
    copies: int = 8
    weight_decay: float = 0.01
    accept_known: float = 0.95

    @classmethod
    def of(cls, values: dict[str, object]) -> Settings:
        """Settings by name. Raises DataError for a name or a value that cannot be."""
        names = [field.name for field in fields(cls)]
        for name in values:
            if name not in names:
                raise DataError(f"train has no setting {name!r}. It has: {', '.join(names)}.")
        hidden = values.get("hidden", cls.hidden)
        units = (hidden,) if isinstance(hidden, int) else tuple(hidden)  # type: ignore[arg-type]
        settings = cls(**{**values, "hidden": units})  # type: ignore[arg-type]
        settings._check()
        return settings

    def _check(self) -> None:
        if self.optimizer not in OPTIMIZERS:
            raise DataError(
                f"There is no optimizer {self.optimizer!r}. "
                f"Choose one of {', '.join(sorted(OPTIMIZERS))}."
            )
        if any(not _is_int(units) or not 1 <= units <= 255 for units in self.hidden):
            raise DataError(f"A hidden layer has 1 to 255 units, not {list(self.hidden)}.")
        for name in ("seed", "window", "hop", "steps", "copies"):
            if not _is_int(getattr(self, name)):
                raise DataError(f"{name} is {getattr(self, name)!r}, but must be a whole number.")
        for name in ("rate_hz", "weight_decay", "accept_known"):
            if not isinstance(getattr(self, name), (int, float)):
                raise DataError(f"{name} is {getattr(self, name)!r}, but must be a number.")
        if len(self.hidden) > 4:
            raise DataError(f"At most 4 hidden layers, not {len(self.hidden)}.")
        for name, low, high in (
            ("window", MIN_WINDOW, MAX_WINDOW),
            ("hop", 1, 255),
            ("rate_hz", 4, 50),
            ("steps", 1, 1_000_000),
            ("copies", 0, 1000),
            ("weight_decay", 0, 1),
            ("seed", 0, 2**63 - 1),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise DataError(f"{name} is {value}, but must be {low} to {high}.")
        if not 0 < self.accept_known <= 1:
            raise DataError(f"accept_known is a share between 0 and 1, not {self.accept_known}.")


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
