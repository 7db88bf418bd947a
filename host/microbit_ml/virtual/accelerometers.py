"""The accelerometers, modelled at the level of their registers.

Every sensor works in four steps, and a board's reading is exact in each:

1. The board (:mod:`microbit_ml.virtual.motion`) tells how it is accelerated, in counts of
   1/1024 g along the micro:bit's own axes, the axes of ``accelerometer.get_values()``.
2. The sensor sits turned on the board: its axes are (x, -y, z) on V2 and (-x, -y, z) on V1.3.
3. At its own rate it converts: rounds to its step (half up, in its own axes), and clips to its
   range of +-2 g.
4. The runtime reads the registers and scales them back.

| sensor | converts to | what the runtime takes | steps of get_values() |
|---|---|---|---|
| LSM303AGR (V2, V1.5), normal mode | 10 bits: 4 counts | all 10 bits | 4 counts |
| MMA8653 (V1.3) | 10 bits: 4 counts | the upper 8 bits, so it rounds down | 16 counts |

The MMA8653's rounding down happens in the sensor's axes: where the axis is turned over, it is
rounding up in the micro:bit's. :meth:`Accelerometer.as_read` gives what ``get_values()`` shows
for given counts; tests hold the booted runtimes to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from microbit_ml.virtual.clock import TICKS_PER_SECOND, ScheduledEvent, VirtualClock
from microbit_ml.virtual.i2c_devices import RegisterDevice

Counts = tuple[int, int, int]

_TEN_BIT_STEP = 4  # counts
_TEN_BIT_MIN, _TEN_BIT_MAX = -512, 511
_LEFT_JUSTIFIED = 6  # 10-bit values stand in the upper bits of two bytes
_OUTPUT_REGISTERS = 6


def _ten_bits(counts: int) -> int:
    """Counts along one axis of the sensor -> its 10-bit value: steps of 4, half up, clipped."""
    return max(_TEN_BIT_MIN, min(_TEN_BIT_MAX, (counts + _TEN_BIT_STEP // 2) // _TEN_BIT_STEP))


class Acceleration(NamedTuple):
    """What the board feels at one moment: counts, and the number of the sample they came from."""

    counts: Counts
    number: int


class Accelerometer(RegisterDevice):
    """What both sensors share: converting at their rate, the data-ready line, noting reads.

    ``feel()`` tells what the board feels when the sensor converts; ``set_interrupt(level)``
    drives the line to the chip; ``on_read(acceleration, shown)`` hears which conversion the board
    has read, and what ``get_values()`` shows of it; ``signs`` are those of the sensor's axes,
    relative to the micro:bit's, as it is soldered in.
    """

    first_output: int  # the first of the six registers of X, Y and Z

    def __init__(
        self,
        registers: dict[int, int],
        signs: Counts,
        clock: VirtualClock,
        feel: Callable[[], Acceleration],
        set_interrupt: Callable[[int], None],
        on_read: Callable[[Acceleration, Counts], None],
    ) -> None:
        super().__init__(registers)
        self.signs = signs
        self._clock = clock
        self._feel = feel
        self._set_interrupt = set_interrupt
        self._on_read = on_read
        self._next_conversion: ScheduledEvent | None = None
        self._converted = self._being_read = Acceleration((0, 0, 0), 0)
        self.data_ready = False

    def as_read(self, counts: Counts) -> Counts:
        """What ``accelerometer.get_values()`` shows when the board feels these counts."""
        x, y, z = (
            sign * self._shown(_ten_bits(sign * axis))
            for sign, axis in zip(self.signs, counts, strict=True)
        )
        return x, y, z

    def _shown(self, value: int) -> int:
        """What the runtime makes of a 10-bit value, in counts along the sensor's axis."""
        raise NotImplementedError

    # Converting

    def _convert_every(self, rate_hz: float | None) -> None:
        """Convert at this rate from now on; None: standby."""
        if self._next_conversion is not None:
            self._next_conversion.cancel()
            self._next_conversion = None
        if rate_hz is None:
            self._set_ready(False)
            return
        period = round(TICKS_PER_SECOND / rate_hz)

        def convert() -> None:
            self._converted = self._feel()
            self._set_ready(True)
            self._next_conversion = self._clock.after(period, convert, of_chip=False)

        self._next_conversion = self._clock.after(period, convert, of_chip=False)

    def _set_ready(self, ready: bool) -> None:
        self.data_ready = ready
        self._set_interrupt(0 if ready and self._interrupt_is_on() else 1)

    def _interrupt_is_on(self) -> bool:
        """Whether the data-ready line (active low) is switched on."""
        raise NotImplementedError

    # Being read

    def start(self, reading: bool) -> None:
        """A transfer begins: the outputs stand still until it is over."""
        super().start(reading)
        self._being_read = self._converted

    def read_register(self, register: int) -> int:
        output = register - self.first_output
        if not 0 <= output < _OUTPUT_REGISTERS:
            return super().read_register(register)
        axis = output >> 1
        value = _ten_bits(self.signs[axis] * self._being_read.counts[axis])
        if output == _OUTPUT_REGISTERS - 1:
            if self._being_read is self._converted:
                self._set_ready(False)
            self._on_read(self._being_read, self.as_read(self._being_read.counts))
        return self._byte((value << _LEFT_JUSTIFIED) & 0xFFFF, output & 1)

    def _byte(self, word: int, place: int) -> int:
        """The first (0) or second (1) byte of an output."""
        raise NotImplementedError


class Lsm303agr(Accelerometer):
    """V2's sensor, at I2C address 0x19. Source: LSM303AGR data sheet; its normal mode only.

    The upper bit of a register address asks for the following registers in turn.
    """

    WHO_AM_I, CTRL_REG1, CTRL_REG3, STATUS, OUT_X_L = 0x0F, 0x20, 0x22, 0x27, 0x28
    ADDRESS = 0x19
    _IDENTITY = 0x33
    _RATES_HZ = (None, 1, 10, 25, 50, 100, 200, 400)  # upper half of CTRL_REG1
    _DATA_READY_ON_INT1 = 0x10
    _NEW_DATA_ON_ALL_AXES = 0x0F
    _AUTO_INCREMENT = 0x80

    first_output = OUT_X_L

    def __init__(
        self,
        signs: Counts,
        clock: VirtualClock,
        feel: Callable[[], Acceleration],
        set_interrupt: Callable[[int], None],
        on_read: Callable[[Acceleration, Counts], None],
    ) -> None:
        registers = {self.WHO_AM_I: self._IDENTITY}
        super().__init__(registers, signs, clock, feel, set_interrupt, on_read)

    def next_pointer(self, pointer: int) -> int:
        return pointer + 1 if pointer & self._AUTO_INCREMENT else pointer

    def read_register(self, register: int) -> int:
        register &= ~self._AUTO_INCREMENT
        if register == self.STATUS:
            return self._NEW_DATA_ON_ALL_AXES if self.data_ready else 0
        return super().read_register(register)

    def write_register(self, register: int, value: int) -> None:
        register &= ~self._AUTO_INCREMENT
        super().write_register(register, value)
        if register == self.CTRL_REG1:
            rate = value >> 4
            self._convert_every(self._RATES_HZ[rate] if rate < len(self._RATES_HZ) else None)

    def _interrupt_is_on(self) -> bool:
        return bool(self.registers.get(self.CTRL_REG3, 0) & self._DATA_READY_ON_INT1)

    def _byte(self, word: int, place: int) -> int:
        return word >> 8 if place else word & 0xFF

    def _shown(self, value: int) -> int:
        return value * _TEN_BIT_STEP


class Mma8653(Accelerometer):
    """V1.3's sensor, at I2C address 0x1D. Source: MMA8653FC data sheet."""

    STATUS, OUT_X_MSB, WHO_AM_I = 0x00, 0x01, 0x0D
    CTRL_REG1, CTRL_REG4 = 0x2A, 0x2D
    ADDRESS = 0x1D
    _IDENTITY = 0x5A
    _RATES_HZ = (800, 400, 200, 100, 50, 12.5, 6.25, 1.56)  # bits 3-5 of CTRL_REG1
    _ACTIVE, _DATA_READY_INTERRUPT = 1, 1
    _NEW_DATA_ON_ALL_AXES = 0x0F
    _EIGHT_BIT_STEP = 16

    first_output = OUT_X_MSB

    def __init__(
        self,
        signs: Counts,
        clock: VirtualClock,
        feel: Callable[[], Acceleration],
        set_interrupt: Callable[[int], None],
        on_read: Callable[[Acceleration, Counts], None],
    ) -> None:
        registers = {self.WHO_AM_I: self._IDENTITY}
        super().__init__(registers, signs, clock, feel, set_interrupt, on_read)

    def read_register(self, register: int) -> int:
        if register == self.STATUS:
            return self._NEW_DATA_ON_ALL_AXES if self.data_ready else 0
        return super().read_register(register)

    def write_register(self, register: int, value: int) -> None:
        super().write_register(register, value)
        if register == self.CTRL_REG1:
            self._convert_every(self._RATES_HZ[value >> 3 & 7] if value & self._ACTIVE else None)

    def _interrupt_is_on(self) -> bool:
        return bool(self.registers.get(self.CTRL_REG4, 0) & self._DATA_READY_INTERRUPT)

    def _byte(self, word: int, place: int) -> int:
        return word & 0xFF if place else word >> 8

    def _shown(self, value: int) -> int:
        return (value >> 2) * self._EIGHT_BIT_STEP
