"""A chip: the CPU, its memory and its peripherals, put together.

:class:`ChipModel` describes a kind of chip; the two that micro:bits have are in
:mod:`microbit_ml.virtual.models`. :class:`Chip` is one of them, running.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from microbit_ml.virtual.connections import Connections
from microbit_ml.virtual.cpu import CortexM
from microbit_ml.virtual.memory import Memory
from microbit_ml.virtual.peripherals.base import PERIPHERAL_SIZE, PERIPHERALS, Peripheral
from microbit_ml.virtual.peripherals.gpio import GPIO, GPIO_SIZE, Gpio
from microbit_ml.virtual.peripherals.small import ClockAndPower, FlashController
from microbit_ml.virtual.system_control import SystemControl

P = TypeVar("P", bound=Peripheral)
_NUMBERS = 0x100  # peripherals that the address space has room for
DEVICEID0 = 0x060  # in FICR: the first word of the chip's identity


@dataclass(frozen=True)
class ChipModel:
    """The properties of a kind of chip."""

    name: str
    is_m4: bool
    interrupts: int
    priority_bits: int
    ticks_per_instruction: int  # ticks of 1/512 us: the estimate of 1.75 cycles per instruction
    flash_size: int
    page_size: int
    ram_size: int
    ports: int  # of 32 pins
    factory: Mapping[int, int]  # words of FICR by offset
    fixed_memory: Mapping[int, bytes]  # further read-only memory by address
    peripherals: Mapping[int, type[Peripheral]]  # by number; all others do nothing

    def factory_words(self, seed: int) -> dict[int, int]:
        """The FICR of one chip: the seed is added to the first word of its identity."""
        words = dict(self.factory)
        words[DEVICEID0] = (words[DEVICEID0] + seed) & 0xFFFF_FFFF
        return words


class Chip:
    """One chip with a program in its flash.

    ``segments`` is the image as (address, bytes); ``connections`` lead to the rest of its board and
    to the world. ``seed`` determines its random numbers and its identity.
    """

    def __init__(
        self,
        model: ChipModel,
        segments: Iterable[tuple[int, bytes]],
        connections: Connections,
        *,
        seed: int,
    ) -> None:
        self.model = model
        self.connections = connections
        self.is_m4 = model.is_m4
        self.seed = seed
        self.cpu = CortexM(
            is_m4=model.is_m4,
            interrupts=model.interrupts,
            priority_bits=model.priority_bits,
            ticks_per_instruction=model.ticks_per_instruction,
            ram_size=model.ram_size,
            interrupt_line=lambda number: self.peripherals[number].interrupt_line(),
            on_reset=lambda: self.reset(ClockAndPower.RESET_SOFT),
        )
        self.clock = self.cpu.clock
        self.memory = Memory(
            self.cpu.uc,
            flash_size=model.flash_size,
            page_size=model.page_size,
            ram_size=model.ram_size,
            segments=segments,
            factory=model.factory_words(seed),
            allows_writing=lambda: self.first(FlashController).allows_writing(),
        )
        self.gpio = Gpio(model.ports)
        self._map_registers()
        self.reset(ClockAndPower.RESET_PIN)

    def _map_registers(self) -> None:
        uc = self.cpu.uc
        size = _NUMBERS * PERIPHERAL_SIZE
        uc.mmio_map(PERIPHERALS, size, self._read_register, None, self._write_register, None)
        uc.mmio_map(GPIO, GPIO_SIZE, self.gpio.read, None, self.gpio.write, None)
        self._system_control = SystemControl(self.cpu, self._interrupt_was_enabled)
        for address, data in self.model.fixed_memory.items():
            uc.mem_map(address & ~0xFFF, 0x1000)
            uc.mem_write(address, data)

    def reset(self, reason: int) -> None:
        """Reset CPU and peripherals; flash and RAM keep their content. ``reason`` as RESETREAS."""
        self.clock.drop_chip_events()
        self.gpio.reset()
        self._system_control.reset()
        self.ppi_routes: dict[int, list[tuple[Peripheral, int]]] = {}
        kinds = self.model.peripherals
        self.peripherals = [kinds.get(n, Peripheral)(self, n) for n in range(_NUMBERS)]
        self._planners = [
            p for p in self.peripherals if type(p).configured is not Peripheral.configured
        ]
        self._first_of_kind = {type(p): p for p in reversed(self.peripherals)}
        self.first(ClockAndPower).registers[ClockAndPower.RESETREAS] = reason
        self.cpu.reset()

    def first(self, kind: type[P]) -> P:
        """The peripheral of a kind that has the lowest number, such as the first UART."""
        return cast(P, self._first_of_kind[kind])

    # Registers

    def _read_register(self, uc: object, offset: int, size: int, user_data: object) -> int:
        value = self.peripherals[offset >> 12].read(offset & 0xFFC)
        if size == 4:
            return value & 0xFFFF_FFFF
        return value >> 8 * (offset & 3) & ((1 << 8 * size) - 1)

    def _write_register(
        self, uc: object, offset: int, size: int, value: int, user_data: object
    ) -> None:
        self.peripherals[offset >> 12].write(offset & 0xFFC, value)

    # For peripherals: see ChipInterface

    def pend_interrupt(self, number: int) -> None:
        """A peripheral requests its interrupt."""
        self.cpu.nvic.pend(16 + number)

    def interrupt_is_enabled(self, number: int) -> bool:
        """Whether the interrupt controller lets a peripheral's interrupt through."""
        return self.cpu.nvic.is_enabled(number)

    def end_slice(self) -> None:
        """Pause the CPU after this instruction, so that a caller's condition is checked."""
        self.cpu.counter.end_now()

    def _interrupt_was_enabled(self, number: int) -> None:
        self.peripherals[number].interrupt_enabled()

    def set_ppi_routes(self, routes: Mapping[int, Iterable[int]]) -> None:
        """Connect events to tasks, as PPI does (event address -> task addresses)."""
        self.ppi_routes = {
            event: [self._task_at(address) for address in tasks] for event, tasks in routes.items()
        }
        self.ppi_targets_changed()

    def _task_at(self, address: int) -> tuple[Peripheral, int]:
        number, task = divmod(address - PERIPHERALS, PERIPHERAL_SIZE)
        return self.peripherals[number % _NUMBERS], task

    def synchronise_ppi_sources(self) -> None:
        """Let the timers start the tasks that PPI has accumulated."""
        for peripheral in self._planners:
            peripheral.synchronise()

    def ppi_targets_changed(self) -> None:
        """A task that PPI starts has become more or less urgent: plan again."""
        for peripheral in self._planners:
            peripheral.configured()
