"""Targets: the boards that models run on, one file each. No other room names a board."""

from microbit_ml.targets.target import DenseCost, Target
from microbit_ml.targets.v1 import V1
from microbit_ml.targets.v2 import V2

__all__ = [
    "TARGETS",
    "V1",
    "V2",
    "DenseCost",
    "Target",
    "by_chip",
    "by_usb_id",
    "register",
    "slowest",
    "smallest",
]

TARGETS: dict[str, Target] = {}
"""The targets by name, in the order in which they are listed and written into a hex."""


def register(target: Target) -> None:
    """Add a target. Raises ValueError when its name or its block id is taken."""
    if target.name in TARGETS or any(o.block_id == target.block_id for o in TARGETS.values()):
        raise ValueError(f"The name or the block id of target {target.name!r} is already taken.")
    TARGETS[target.name] = target


def by_usb_id(unique_id: str) -> Target | None:
    """The target to which a board with this unique id belongs, or None."""
    for target in TARGETS.values():
        if unique_id[:4].lower() in (f"{number:04x}" for number in target.usb_ids):
            return target
    return None


def by_chip(machine: str) -> Target | None:
    """The target with the chip in ``os.uname().machine``, or None."""
    return next((target for target in TARGETS.values() if target.chip in machine), None)


def slowest() -> Target:
    """The target with the slowest instructions: code that is fast there is fast anywhere."""
    return max(TARGETS.values(), key=lambda one: one.microseconds(1))


def smallest() -> Target:
    """The target with the least memory for a model."""
    limited = [one for one in TARGETS.values() if one.heap_bytes is not None]
    return min(limited, key=lambda one: one.heap_bytes or 0, default=slowest())


for _target in (V1, V2):
    register(_target)
