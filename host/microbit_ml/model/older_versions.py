"""Older versions of the model file, translated into the current version when they are read.

Version 3 renamed the fields of version 2; no number changed. Tables map old names to new ones, so
the rest of the kit knows one set of names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from microbit_ml.features.definitions import OLD_NAMES as OLD_GROUPS

OLDEST = 2  # the oldest version that can be read

OLD_SETTINGS = {"others": "negatives"}  # of training; the old names are still accepted
_FACTS = {"gate_limit": "gate_threshold"}
_ARRAYS = {
    "spread": "scale",
    "gate_yardstick": "gate_class_offsets",
    "memory_rows": "replay_rows",
    "memory_targets": "replay_targets",
    "memory_recording": "replay_recording",
}
_METRICS = {"costs": "false_accept_rates"}
_RATES = {"others_accepted": "false_accept_rate"}
_HELD_OUT = {"judges": "fold_models", "over": "confidence", "sure": "probability"}
_TIMING = {"quiet": "low", "loud": "high"}
_T = TypeVar("_T")


def from_version_2(
    description: Mapping[str, Any], arrays: Mapping[str, _T]
) -> tuple[dict[str, Any], dict[str, _T]]:
    """The description and the arrays of a version 2 file under the names of version 3."""
    facts = _renamed(description, _FACTS)
    metrics = _renamed(facts.get("metrics", {}), _METRICS)
    if "false_accept_rates" in metrics:
        metrics["false_accept_rates"] = [
            _renamed(one, _RATES) for one in metrics["false_accept_rates"]
        ]
    if "timing" in metrics:
        metrics["timing"] = _TIMING.get(metrics["timing"], metrics["timing"])
    if "held_out" in metrics:
        metrics["held_out"] = _renamed(metrics["held_out"], _HELD_OUT)
    provenance = dict(facts.get("provenance", {}))
    if "settings" in provenance:
        settings = _renamed(provenance["settings"], OLD_SETTINGS)
        groups = settings.get("features", ())
        settings["features"] = [OLD_GROUPS.get(name, name) for name in groups]
        provenance["settings"] = settings
    return {**facts, "metrics": metrics, "provenance": provenance}, _renamed(arrays, _ARRAYS)


def _renamed(things: Mapping[str, _T], new_names: Mapping[str, str]) -> dict[str, _T]:
    return {new_names.get(name, name): value for name, value in things.items()}
