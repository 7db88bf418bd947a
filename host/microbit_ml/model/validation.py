"""What a model's file must hold, declared once, and checked when it is loaded.

A file may have a right checksum and still be damaged, by a program or by somebody. What
``predict``, ``evaluate``, ``report``, ``build`` and ``train --from`` rely on is checked here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from microbit_ml.common.printable import shown
from microbit_ml.errors import DataError, ModelError
from microbit_ml.features import features_of
from microbit_ml.features.integer import MAX_WINDOW, MIN_WINDOW
from microbit_ml.quantize import DeviceModel
from microbit_ml.quantize.device_file import MAX_SIZE
from microbit_ml.recordings.faces import from_json
from microbit_ml.recordings.recording import HIGHEST_RATE_HZ, LOWEST_RATE_HZ

Shape = tuple[str, ...]
LARGEST_VALUE = 1e100  # of a learned number: its square is a number, too

# Arrays of every kind of model: type, and shape in symbols; those of one kind: FittedModel.SHAPES.
ARRAYS: Mapping[str, tuple[str, Shape]] = {
    "model.bin": ("|u1", ("bytes",)),
    "replay_rows": ("<i2", ("replayed rows", "inputs")),
    "replay_targets": ("<i2", ("replayed rows",)),
    "replay_recording": ("<i2", ("replayed rows",)),
}
MOST_PROBABILITY = 1000  # a probability is kept in thousandths
MOST_CONFIDENCE = 2**31
MOST_PRODUCTS = 2**24  # of one stage, for one window: seconds on a board


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and abs(value) < LARGEST_VALUE  # type: ignore[arg-type]


def _is_fraction(value: object) -> bool:
    return _is_number(value) and 0 <= value <= 1  # type: ignore[operator]


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _is_shift(value: object) -> bool:
    return type(value) is int and abs(value) < MOST_CONFIDENCE


def _is_setting(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_setting_alone, value))
    return _is_setting_alone(value)


def _is_setting_alone(value: object) -> bool:
    return value is None or isinstance(value, (str, bool)) or _is_number(value)


def _is_list_of(check: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and all(map(check, value))


def _is_map_of(check: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, dict) and all(map(check, value.values()))


def _are_faces(value: object) -> bool:
    try:
        from_json(value)
    except DataError:
        return False
    return True


def _is_rate(value: object) -> bool:
    wanted = {"accept_known", "false_accept_rate"}
    return isinstance(value, dict) and wanted <= set(value) and _is_map_of(_is_fraction)(value)


# Each entry by its path in the description: what it must be, in words and as a function. A line
# about something inside an optional entry counts when that is there; "!" at the end: required.
FACTS: Mapping[str, tuple[str, Callable[[object], bool]]] = {
    "rate_hz!": ("samples a second", _is_number),
    "seed!": ("a whole number", _is_count),
    "people!": ("a list of texts", _is_list_of(_is_text)),
    "digests!": ("a list of texts", _is_list_of(_is_text)),
    "labels": ("a list of labels with icons and sounds", _are_faces),
    "history!": ("an object", _is_map_of(lambda value: True)),
    "history.step": ("a list of whole numbers", _is_list_of(_is_count)),
    "history.training": ("a list of numbers", _is_list_of(_is_number)),
    "history.validation": ("a list of numbers", _is_list_of(_is_number)),
    "history.stopped_at": ("a whole number", _is_count),
    "metrics!": ("an object", _is_map_of(lambda value: True)),
    "metrics.held_out_by": ("a text", _is_text),
    "metrics.held_out_accuracy": ("a number from 0 to 1", _is_fraction),
    "metrics.held_out_known": ("a number from 0 to 1", _is_fraction),
    "metrics.timing": ("a text", _is_text),
    "metrics.false_accept_rates": ("a list of rates from 0 to 1", _is_list_of(_is_rate)),
    "metrics.held_out": ("an object", _is_map_of(lambda value: True)),
    "provenance!": ("an object", _is_map_of(lambda value: True)),
    "provenance.settings": ("settings by name", _is_map_of(_is_setting)),
    "provenance.settings.kind": ("a text", _is_text),
    "provenance.settings.accept_known": ("a number from 0 to 1", _is_fraction),
    "provenance.recordings": ("a list of texts", _is_list_of(_is_text)),
    "provenance.subjects": ("a list of texts", _is_list_of(_is_text)),
    "provenance.counts": ("whole numbers by label", _is_map_of(_is_count)),
    "provenance.simulated": ("a whole number", _is_count),
    "provenance.shifts": ("whole numbers by label", _is_map_of(_is_shift)),
}


def check_facts(facts: Mapping[str, Any], device: DeviceModel) -> None:
    """Raise ModelError for an entry of the description that is missing or not what it must be."""
    for path, (what, is_right) in FACTS.items():
        names = path.rstrip("!").split(".")
        holder: Any = facts
        for name in names[:-1]:
            holder = holder.get(name, {})
        if names[-1] not in holder:
            if path.endswith("!"):
                raise _wrong(f"it has no {names[-1]}")
        elif not is_right(holder[names[-1]]):
            raise _wrong(f"{'.'.join(names)} is {shown(holder[names[-1]])} instead of {what}")
    _check_rate(facts["rate_hz"], device)
    _check_history(facts["history"])
    if "held_out" in facts["metrics"]:
        _check_held_out(facts["metrics"]["held_out"], facts["provenance"], len(device.labels))


def _check_rate(rate_hz: float, device: DeviceModel) -> None:
    if not LOWEST_RATE_HZ <= rate_hz <= HIGHEST_RATE_HZ or (
        round(1000 / rate_hz) != device.period_ms
    ):
        raise _wrong(f"rate_hz is {rate_hz}, but on the board a sample takes {device.period_ms} ms")
    if not MIN_WINDOW <= device.window <= MAX_WINDOW or not device.hop:
        raise _wrong(f"its window has {device.window} samples, and its hop {device.hop}")


def _check_history(history: Mapping[str, list[float]]) -> None:
    steps = history.get("step", [])
    for name in ("training", "validation"):
        n = len(history.get(name, []))
        if n != len(steps) and (n or name == "training"):
            raise _wrong(f"history.{name} has {n} losses for {len(steps)} steps")


def _check_held_out(held: Mapping[str, Any], provenance: Mapping[str, Any], n_labels: int) -> None:
    """The predictions for held-out recordings: lists of equal length, with indices that exist."""
    n_models = held.get("fold_models")
    n_recordings = len(provenance.get("recordings", ()))
    n_people = len(provenance.get("subjects", ()))
    label = (0, n_labels - 1)
    limits = {
        "recording": (0, n_recordings - 1),
        "truth": label,
        "best": label,
        "best_float": label,
        "confidence": (-MOST_CONFIDENCE, MOST_CONFIDENCE),
        "probability": (0, MOST_PROBABILITY),
        "person": (-1, n_people - 1),
    }
    n = len(held["truth"]) if isinstance(held.get("truth"), list) else 0
    if not n or type(n_models) is not int or not 1 <= n_models <= n:
        raise _wrong(f"metrics.held_out has {n} predictions of {shown(n_models)} fold models")
    if "fold" in held:
        limits["fold"] = (-1, n_models - 1)
    for name, (low, high) in limits.items():
        values = held.get(name)
        if not isinstance(values, list) or len(values) != n:
            raise _wrong(f"metrics.held_out.{name} is not a list of {n} numbers")
        wrong = [one for one in values if type(one) is not int or not low <= one <= high]
        if wrong:
            raise _wrong(
                f"metrics.held_out.{name} has {shown(wrong[0])} instead of a whole number from "
                f"{low} to {high}"
            )


def check_arrays(
    arrays: Mapping[str, np.ndarray], shapes: Mapping[str, Shape], device: DeviceModel
) -> None:
    """Raise ModelError for an array that is missing, or does not fit ``model.bin`` or another.

    shapes: of the kind's own arrays, in symbols; "inputs" and "labels" are those of model.bin.
    """
    declared = {**ARRAYS, **{name: ("<f8", shape) for name, shape in shapes.items()}}
    sizes = {"inputs": device.network.stages[0].n_inputs, "labels": len(device.labels)}
    for name, (dtype, shape) in declared.items():
        array = arrays.get(name)
        if array is None:
            raise _wrong(f"it has no array {name}")
        if name == "replay_rows" and array.shape == (0, 0):  # an empty replay buffer
            array = array.reshape(0, sizes["inputs"])
        right = tuple(
            sizes.setdefault(symbol, n) for symbol, n in zip(shape, array.shape, strict=False)
        )
        if array.dtype.str != dtype or array.shape != right or len(right) != len(shape):
            raise _wrong(
                f"the array {name} is {array.dtype} {array.shape} instead of "
                f"({', '.join(shape)}) {right}"
            )
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not (np.abs(array) <= LARGEST_VALUE).all():
            raise _wrong(f"the array {name} has a value that is no number, or far too large")


def check_replay(arrays: Mapping[str, np.ndarray], facts: Mapping[str, Any], n_labels: int) -> None:
    """Raise ModelError for a replay buffer with labels or recordings that do not exist."""
    people, digests = len(facts["people"]), len(facts["digests"])
    if people != digests:
        raise _wrong(f"its replay buffer has {people} people for {digests} recordings")
    limits = {"replay_targets": n_labels, "replay_recording": people}
    for name, n in limits.items():
        array = arrays[name]
        if array.size and not 0 <= array.min() <= array.max() < n:
            raise _wrong(
                f"the array {name} goes from {array.min()} to {array.max()} instead of 0 to {n - 1}"
            )


def check_device(device: DeviceModel) -> None:
    """Raise ModelError for labels or stages in model.bin that do not fit each other, the window, or
    any board.
    """
    if len({*device.labels, ""}) != len(device.labels) + 1:
        raise _wrong(f"its labels are {shown(device.labels)}")
    network = device.network
    given = len(features_of(network.groups)) if network.groups else 3 * device.window
    if network.stages[0].n_inputs != given:
        raise _wrong(
            f"its network takes {network.stages[0].n_inputs} numbers, but a window gives {given}"
        )
    for stage in network.stages:
        if not 0 < stage.n_inputs <= given or stage.room > MAX_SIZE:
            raise _wrong(f"a {stage.NAME} stage of {stage.n_inputs} inputs gets {given}")
        if stage.products > MOST_PRODUCTS:
            raise _wrong(f"a {stage.NAME} stage takes {stage.products:,} products")
        given = stage.n_outputs
    gate = network.gate
    if gate.hidden_means.shape[1] > network.stages[-1].n_inputs or (
        gate.feature_centers.shape[1] > network.stages[0].n_inputs
    ):
        raise _wrong("its gate compares more numbers than there are")


def _wrong(problem: str) -> ModelError:
    return ModelError(f"Its content does not fit together: {problem}. Train it again.")
