"""The training settings as options, one each, for every verb that trains."""

from __future__ import annotations

import argparse
from dataclasses import Field
from typing import Any

from microbit_ml.errors import UsageError
from microbit_ml.features.definitions import OLD_NAMES as OLD_GROUPS
from microbit_ml.model.older_versions import OLD_SETTINGS
from microbit_ml.training import Settings
from microbit_ml.training.settings import TABLE, about, kind_of

_METAVARS = {int: "N", float: "X", str: "NAME", tuple: "NAMES"}


def add_training_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the training settings, for ``train`` and for every verb that trains to evaluate."""
    group = parser.add_argument_group("training settings (the defaults are a good choice)")
    for one in TABLE:
        group.add_argument(f"--{one.name.replace('_', '-')}", **_described(one))
    for old, name in OLD_SETTINGS.items():
        described = _described(next(one for one in TABLE if one.name == name))
        group.add_argument(f"--{old}", dest=name, **{**described, "help": argparse.SUPPRESS})


def training_settings(args: argparse.Namespace) -> dict[str, Any]:
    """The settings that were given as options, for ``train``; without the seed.

    Raises UsageError for a value that can never be right.
    """
    given = {one.name: getattr(args, one.name) for one in TABLE}
    given = {name: value for name, value in given.items() if value is not None}
    for one in TABLE:
        if one.name in given and kind_of(one) is tuple:
            given[one.name] = _without_excluded(one, given[one.name])
    Settings.of(given)  # refuses impossible values at once
    del given["seed"]
    return given


def differs_from_defaults(args: argparse.Namespace) -> bool:
    """Whether any training setting was given."""
    return bool(training_settings(args)) or args.seed != Settings.seed


def _described(setting: Field) -> dict[str, Any]:
    """A setting's arguments for argparse; one that is not given is None, except the seed."""
    kind, choices = kind_of(setting), setting.metadata["choices"]
    words = about(setting).replace("%", "%%")
    if kind is bool:
        return {"action": "store_true", "default": None, "help": words}
    if kind is tuple:
        return {
            "type": _names,
            "metavar": _METAVARS[kind],
            "help": f"{words}; separate names with commas; a minus before each name leaves it out",
        }
    if choices:
        return {"choices": choices, "metavar": _METAVARS[str], "help": words}
    default = setting.default if setting.name == "seed" else None
    return {"type": kind, "metavar": _METAVARS[kind], "default": default, "help": words}


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _without_excluded(setting: Field, given: tuple[str, ...]) -> tuple[str, ...]:
    """The names as they are; if each has a minus, all names but these."""
    every = setting.metadata["choices"]
    excluded = [name[1:] for name in given if name.startswith("-")]
    excluded = [OLD_GROUPS.get(name, name) for name in excluded]
    if not excluded:
        return given
    if len(excluded) < len(given):
        raise UsageError(
            f"{','.join(given)!r} names some and leaves out others. Do one or the other.",
            setting.name,
        )
    for name in excluded:
        if name not in every:
            raise UsageError(
                f"There is no {name!r} to leave out. Choose from: {', '.join(every)}.", setting.name
            )
    return tuple(name for name in every if name not in excluded)
