"""The settings of training: one table, from which help, checks and the command line are made."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Collection, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from typing import Any, TypeVar

from microbit_ml.errors import SettingError
from microbit_ml.features import GROUP_NAMES, MAX_WINDOW, MIN_WINDOW, check_groups
from microbit_ml.model.older_versions import OLD_SETTINGS
from microbit_ml.network import OPTIMIZERS, check_architecture, sees_raw_window
from microbit_ml.network.architecture import AUTO
from microbit_ml.recordings.augment import KINDS, check_kinds

_F = TypeVar("_F", bound=Callable[..., Any])


def _setting(
    default: Any,
    meaning: str,
    unit: str = "",
    limits: tuple[float, float] | None = None,
    *,
    shown: str = "",
    choices: Collection[str] = (),
) -> Any:
    """One line of the table: default, meaning, unit, and the least and greatest value.

    shown: the text for a default whose value explains nothing; choices: all names that a setting
    accepts, if it takes names.
    """
    metadata = {"meaning": meaning, "unit": unit, "limits": limits, "shown": shown}
    return field(default=default, metadata={**metadata, "choices": choices})


KIND_SETTINGS: dict[str, Mapping[str, Any]] = {}
"""The kinds of models (training/kinds/), and the settings that each of them fixes."""

_BY_DATA = "depends on the number of recordings"
_UNITS = "16 units, 14 with more than 7 labels, 12 with more than 9"


@dataclass(frozen=True)
class Settings:
    """How to train. Every setting has a sensible default; ``describe()`` lists them all."""

    # fmt: off
    seed: int = _setting(0, "starting point of the random numbers; the same seed gives the same model", limits=(0, 2**63 - 1))
    kind: str = _setting("network", "kind of model", choices=KIND_SETTINGS)
    arch: str = _setting(AUTO, "units of the hidden layers: 16 or 24 for one layer, 32-16 for two; or cnn for convolutions on the raw window", shown=_UNITS)
    features: tuple[str, ...] = _setting(GROUP_NAMES, "groups of features that the model uses", shown="all", choices=GROUP_NAMES)
    window: int = _setting(50, "length of the window, the piece of movement that the model looks at", "samples", (MIN_WINDOW, MAX_WINDOW))
    hop: int = _setting(5, "step from one prediction to the next on the board", "samples", (1, 255))
    rate_hz: float = _setting(50.0, "how often the board reads its accelerometer", "times per second", (4, 50))
    optimizer: str = _setting("adam", "method of gradient descent", choices=tuple(sorted(OPTIMIZERS)))
    steps: int | None = _setting(None, "steps of gradient descent", "batches of 96", (1, 1_000_000), shown=_BY_DATA)
    copies: int = _setting(8, "number of augmented samples (slightly changed versions) to make from each recording", limits=(0, 1000))
    augment: tuple[str, ...] = _setting(tuple(KINDS), "how augmented samples differ from their recording", shown="all", choices=tuple(KINDS))
    negatives: int = _setting(750, 'synthetic negatives: random movements that teach the model "unknown"', limits=(10, 100_000))
    weight_decay: float | None = _setting(None, "how strongly training pulls the weights toward zero", limits=(0, 1), shown=_BY_DATA)
    dropout: float = _setting(0.3, "fraction of hidden outputs that each training step leaves out", limits=(0, 0.9))
    early_stopping: bool = _setting(False, "keep the network from the step where it did best on held-out recordings")
    accept_known: float = _setting(0.95, 'fraction of known gestures to accept; the rest become "unknown"', limits=(0, 1))
    # fmt: on

    @classmethod
    def of(cls, values: dict[str, Any]) -> Settings:
        """Settings by name. Raises SettingError for an unknown name or an invalid value."""
        values = _with_todays_names(values)
        names = [one.name for one in fields(cls)]
        for name in values:
            if name not in names:
                raise SettingError(
                    f"There is no setting {name!r}. The settings are: {', '.join(names)}."
                )
        settings = cls(**values)
        for one in fields(cls):
            _check(one, getattr(settings, one.name))
        settings = _of_kind(settings, values)
        if "features" in values and sees_raw_window(settings.arch):
            raise SettingError(
                f"A network {settings.arch!r} uses the raw window, not features. "
                "Leave the features out, or choose an architecture such as 16.",
                "features",
            )
        return replace(
            settings,
            arch=check_architecture(settings.arch),
            features=() if sees_raw_window(settings.arch) else check_groups(settings.features),
            augment=check_kinds(settings.augment),
        )


def _with_todays_names(values: dict[str, Any]) -> dict[str, Any]:
    """The settings under their current names. Raises SettingError for one that is given twice."""
    for old, name in OLD_SETTINGS.items():
        if old in values and name in values:
            raise SettingError(
                f"{name} is given twice, as {values[name]!r} and, under its old name {old!r}, as "
                f"{values[old]!r}. Leave {old} out.",
                name,
            )
    return {OLD_SETTINGS.get(name, name): value for name, value in values.items()}


def _of_kind(settings: Settings, given: dict[str, Any]) -> Settings:
    """The settings with the values that the kind fixes. Raises SettingError for other values.

    given: the settings that the caller chose, by name.
    """
    fixed = KIND_SETTINGS[settings.kind]
    for name, value in fixed.items():
        if name in given and given[name] != value:
            raise SettingError(
                f"A model of kind {settings.kind!r} has {name} {value!r}, not {given[name]!r}. "
                f"Leave {name} out, or choose another kind.",
                name,
            )
    return replace(settings, **fixed)


TABLE: tuple[Field, ...] = fields(Settings)
"""The settings in order; each one's metadata has meaning, unit, limits, shown and choices."""


def kind_of(setting: Field) -> type:
    """The type of a setting's values: int, float, bool, str or tuple."""
    name = str(setting.type).split(" |")[0].split("[")[0]
    kinds: dict[str, type] = {one.__name__: one for one in (int, float, bool, str, tuple)}
    return kinds[name]


def about(setting: Field) -> str:
    """A setting's meaning, unit, choices and default, in words."""
    facts = []
    unit, limits, choices = (setting.metadata[name] for name in ("unit", "limits", "choices"))
    if choices:
        facts.append(
            f"one of {', '.join(choices)}" if kind_of(setting) is str else ", ".join(choices)
        )
    elif limits and setting.name != "seed":
        low, high = limits
        facts.append(f"{low:,} to {high:,} {unit}".rstrip())
    default = setting.default
    if isinstance(default, float):
        default = f"{default:g}"
    elif default is False:
        default = "off"
    facts.append(f"default {setting.metadata['shown'] or default}")
    return f"{setting.metadata['meaning']} ({'; '.join(facts)})"


def describe(indent: str = "") -> str:
    """The table of all settings as text: each name with its meaning."""
    width = max(len(one.name) for one in TABLE) + 2
    return "\n".join(
        textwrap.fill(
            about(one),
            96,
            initial_indent=f"{indent}{one.name:<{width}}",
            subsequent_indent=indent + " " * width,
        )
        for one in TABLE
    )


def takes_settings(function: _F) -> _F:
    """Show the settings that ``function`` takes as ``**settings`` in its signature and, instead of
    a line ``{settings}``, in its docstring.
    """
    signature = inspect.signature(function)
    own = [one for one in signature.parameters.values() if one.kind is not one.VAR_KEYWORD]
    listed = [
        inspect.Parameter(
            one.name, inspect.Parameter.KEYWORD_ONLY, default=one.default, annotation=one.type
        )
        for one in TABLE
    ]
    function.__signature__ = signature.replace(parameters=[*own, *listed])  # type: ignore[attr-defined]
    if function.__doc__:  # python -OO leaves docstrings out
        function.__doc__ = re.sub(
            r"^( *)\{settings\}",
            lambda line: describe(f"{line[1]}    "),
            function.__doc__,
            flags=re.M,
        )
    return function


def _check(setting: Field, value: Any) -> None:
    """Raise SettingError for a value that this setting does not allow."""
    name, kind, limits = setting.name, kind_of(setting), setting.metadata["limits"]
    if value is None and setting.default is None:
        return
    choices = setting.metadata["choices"]
    if kind is str and choices and value not in choices:
        raise SettingError(
            f"There is no {name} {value!r}. Choose one of {', '.join(choices)}.", name
        )
    if kind is str and not isinstance(value, str):
        raise SettingError(f"{name} must be text such as '16' or '32-16', not {value!r}.", name)
    if not limits:
        return
    if kind is int and (not isinstance(value, int) or isinstance(value, bool)):
        raise SettingError(f"{name} is {value!r}, but must be a whole number.", name)
    if not isinstance(value, (int, float)):
        raise SettingError(f"{name} is {value!r}, but must be a number.", name)
    low, high = limits
    if not low <= value <= high:
        raise SettingError(f"{name} is {value}, but must be {low} to {high}.", name)
    if name == "accept_known" and value == 0:
        raise SettingError(f"{name} is {value}, but must be above 0 and at most 1.", name)
