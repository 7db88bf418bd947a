"""Target: a board that models can run on, and everything that is specific to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from microbit_ml.common.short_repr import short_repr


@dataclass(frozen=True)
class DenseCost:
    """The instructions that dense layers take on a target: a linear fit to measurements.

    call: from Python into the first layer and back; output: per output (its bias, requantizing,
    storing it); product: per product of an input and a weight.
    """

    call: float
    output: float
    product: float


@dataclass(frozen=True)
class Target:
    """A board that models can run on.

    name: in commands and in the kit's files ("v1"); title: in texts ("V1"); chip: the name with
    which ``os.uname().machine`` ends; usb_ids: the numbers that its unique id may begin with;
    block_id: its id in a universal hex; is_m4: whether its processor has a Cortex-M4's
    instructions; clock_mhz; cycles: per instruction, an estimated average; heap_bytes: the heap
    that a model may take beside the kit's launcher, None where there is always room; search_from:
    the first address at which the loader looks for kernels; kernels: listings that replace others,
    or None for one to leave out; dense_cost; features_cost: instructions for all features of a
    window, about; sensor: its accelerometer in simulations (recordings/simulation/sensor.py);
    circuit: the target whose circuit and MicroPython it shares, "" for its own; file_system_bytes:
    the flash for files, in whole pages including the spare one, at the end of its MicroPython's
    area; None for all of it; lacks: the parts of Python that its MicroPython does not have, by
    their names in image/lacking.py; has_speaker: whether it can play sounds.
    """

    name: str
    title: str
    chip: str
    usb_ids: tuple[int, ...]
    block_id: int
    is_m4: bool
    clock_mhz: int
    heap_bytes: int | None
    search_from: int
    dense_cost: DenseCost
    features_cost: int
    sensor: str
    kernels: Mapping[str, str | None] = field(default_factory=dict)
    cycles: float = 1.75
    circuit: str = ""
    file_system_bytes: int | None = None
    lacks: tuple[str, ...] = ()
    has_speaker: bool = False

    __repr__ = short_repr

    @property
    def like(self) -> str:
        """The name of the target whose circuit and MicroPython it uses."""
        return self.circuit or self.name

    @property
    def kernel_digit(self) -> str:
        """The digit in the name of its kernels' file, by which a board finds them.

        It identifies the chip: the fourth character from the end of ``os.uname().machine``, 1 for
        nRF51822 and 2 for nRF52833.
        """
        return self.chip[-4]

    def microseconds(self, instructions: float) -> float:
        """The time that this number of instructions takes, from the estimated cycles."""
        return instructions * self.cycles / self.clock_mhz

    def has_room(self, heap_bytes: int) -> bool:
        """Whether a model that takes ``heap_bytes`` of heap runs beside the kit's launcher."""
        return self.heap_bytes is None or heap_bytes <= self.heap_bytes
