"""The small peripherals: clocks and power, flash controller, random numbers, temperature, EGU."""

from __future__ import annotations

from typing import ClassVar

from microbit_ml.virtual.peripherals.base import ChipInterface, Peripheral


class ClockAndPower(Peripheral):
    """CLOCK and POWER: both oscillators start on request. RESETREAS holds the reset reason."""

    HFCLKSTART, HFCLKSTOP, LFCLKSTART, LFCLKSTOP, CAL = 0x000, 0x004, 0x008, 0x00C, 0x010
    HFCLKSTARTED, LFCLKSTARTED, DONE = 0x100, 0x104, 0x10C
    RESETREAS, HFCLKSTAT, LFCLKSTAT, LFCLKSRC, DCDCEN = 0x400, 0x40C, 0x418, 0x518, 0x578
    RESET_PIN, RESET_SOFT = 1 << 0, 1 << 2
    _RUNNING, _CRYSTAL = 1 << 16, 1

    initial: ClassVar[dict[int, int]] = {DCDCEN: 1}

    def run_task(self, task: int) -> None:
        if task == self.HFCLKSTART:
            self.registers[self.HFCLKSTAT] = self._RUNNING | self._CRYSTAL
            self.raise_after_us(5, self.HFCLKSTARTED)
        elif task == self.HFCLKSTOP:
            self.registers[self.HFCLKSTAT] = 0
        elif task == self.LFCLKSTART:
            source = self.registers.get(self.LFCLKSRC, 0) & 3
            self.registers[self.LFCLKSTAT] = self._RUNNING | source
            self.raise_after_us(20, self.LFCLKSTARTED)
        elif task == self.LFCLKSTOP:
            self.registers[self.LFCLKSTAT] = 0
        elif task == self.CAL:
            self.raise_after_us(100, self.DONE)

    def write_register(self, offset: int, value: int) -> None:
        if offset == self.RESETREAS:  # a bit is cleared by writing 1
            value = self.registers.get(offset, 0) & ~value
        self.registers[offset] = value


class FlashController(Peripheral):
    """NVMC: allows writing (CONFIG = 1) and erasing (2). It is always ready: no time passes."""

    READY, READYNEXT, CONFIG, ERASEPAGE, ERASEALL, ERASEPCR0 = (
        0x400, 0x408, 0x504, 0x508, 0x50C, 0x510,
    )  # fmt: skip
    _WRITE, _ERASE = 1, 2

    initial: ClassVar[dict[int, int]] = {READY: 1, READYNEXT: 1}

    def write_register(self, offset: int, value: int) -> None:
        self.registers[offset] = value
        if self.registers.get(self.CONFIG) != self._ERASE:
            return
        if offset in (self.ERASEPAGE, self.ERASEPCR0):
            self.chip.memory.erase_page(value)
        elif offset == self.ERASEALL and value & 1:
            self.chip.memory.erase_all()

    def allows_writing(self) -> bool:
        return self.registers.get(self.CONFIG) == self._WRITE


class RandomNumbers(Peripheral):
    """RNG: a generator with the board's seed, so a run repeats exactly."""

    START, STOP, VALRDY, VALUE = 0x000, 0x004, 0x100, 0x508
    _SHORT_VALRDY_STOP = 1
    _BYTE_US = 30

    def __init__(self, chip: ChipInterface, number: int) -> None:
        super().__init__(chip, number)
        self._running = False
        self._is_due = False
        self._state = 12_345 + chip.seed

    def run_task(self, task: int) -> None:
        self._running = task == self.START
        self._expect_next()

    def write(self, offset: int, value: int) -> None:
        super().write(offset, value)
        if offset == self.VALRDY and not value:
            self._expect_next()

    def _expect_next(self) -> None:
        """The next byte is generated after the program has taken the last."""
        if self._running and not self._is_due:
            self._is_due = True
            self.after_us(self._BYTE_US, self._next)

    def _next(self) -> None:
        """The upper byte of a 64-bit linear congruential generator (Knuth's MMIX constants)."""
        self._is_due = False
        if not self._running:
            return
        self._state = (
            self._state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407
        ) & 0xFFFF_FFFF_FFFF_FFFF
        self.registers[self.VALUE] = self._state >> 56
        self.raise_event(self.VALRDY)
        if self.shorts & self._SHORT_VALRDY_STOP:
            self._running = False


class Temperature(Peripheral):
    """TEMP: the chip's temperature in quarters of a degree Celsius."""

    START, DATARDY, TEMP = 0x000, 0x100, 0x508
    _MEASUREMENT_US = 36

    def run_task(self, task: int) -> None:
        if task == self.START:
            self.raise_after_us(self._MEASUREMENT_US, self.DATARDY)

    def read_register(self, offset: int) -> int:
        if offset == self.TEMP:
            return round(4 * self.chip.connections.senses.temperature_celsius) & 0xFFFF_FFFF
        return super().read_register(offset)


class EventGenerator(Peripheral):
    """EGU and SWI: a task raises the event of the same number."""

    def run_task(self, task: int) -> None:
        self.raise_event(0x100 + task)
