"""Target: a board that models can run on, and all that makes it another than the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class DenseCost:
    """Instructions that dense layers take on a target: a straight line through measurements.

    call: from Python into the first layer and back; output: of each output (its bias,
    requantizing, storing it); product: of each product of an input and a weight.
    """

    call: float
    output: float
    product: float


@dataclass(frozen=True)
class Target:
    """A board that models can run on.

    name: in commands and in the kit's files ("v1"); title: in texts ("V1"); chip: the name with
    which ``os.uname().machine`` ends; usb_ids: the numbers that its unique id may begin with;
    block_id: what a universal hex calls it; data_record: the type of its records there; is_m4:
    whether its processor has a Cortex-M4's instructions; clock_mhz; cycles: of an instruction, on
    average, an estimate; heap_bytes: what a model may take beside the kit's launcher, None where
    there is always room; search_from: the first address at which the loader looks for kernels;
    kernels: listings that it has in the place of others, None for one that it does without;
    dense_cost; features_cost: instructions of all features of a window, about; sensor: its
    accelerometer in simulations (recordings/simulation/sensor.py); circuit: the target whose
    circuit and MicroPython it has, by itself its own; file_system_bytes: of flash for files, where
    that is less than its MicroPython has.
    """

    name: str
    title: str
    chip: str
    usb_ids: tuple[int, ...]
    block_id: int
    data_record: int
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

    @property
    def like(self) -> str:
        """The name of the target whose circuit and MicroPython it has."""
        return self.circuit or self.name

    @property
    def kernel_digit(self) -> str:
        """The digit in the name of its kernels' file, by which a board finds them.

        It is the one with which MicroPython tells the chips apart: the fourth from the end of
        ``os.uname().machine``, 1 of nRF51822 and 2 of nRF52833.
        """
        return self.chip[-4]

    def microseconds(self, instructions: float) -> float:
        """How long so many instructions take, by the estimate of cycles."""
        return instructions * self.cycles / self.clock_mhz

    def has_room(self, heap_bytes: int) -> bool:
        """Whether a model that takes so many bytes of heap runs beside the kit's launcher."""
        return self.heap_bytes is None or heap_bytes <= self.heap_bytes
