"""The accelerometers, modelled at the level of their registers.

Every sensor works in four steps, and a board's reading is exact in each:

1. The board (:mod:`microbit_ml.virtual.motion`) provides the acceleration, in counts of 1/1024 g
   along the micro:bit's own axes, the axes of ``accelerometer.get_values()``.
2. The sensor is rotated on the board: its axes are (x, -y, z) on V2 and (-x, -y, z) on V1.3.
3. At its own rate it converts: it rounds to its step (half up, in its own axes) and clips to its
   range of +-2 g.
4. The runtime reads the registers and scales them back.

| sensor | converts to | used by the runtime | steps of get_values() |
|---|---|---|---|
| LSM303AGR (V2, V1.5), normal mode | 10 bits: 4 counts | all 10 bits | 4 counts |
| MMA8653 (V1.3) | 10 bits: 4 counts | the upper 8 bits, so it rounds down | 16 counts |

The MMA8653 rounds down in the sensor's axes: where an axis is inverted, that is rounding up in the
micro:bit's. :meth:`Accelerometer.as_read` returns what ``get_values()`` shows for given counts;
tests compare the booted runtimes with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from microbit_ml.virtual.clock import VirtualClock
from microbit_ml.virtual.sensors import Counts, Sensor

_TEN_BIT_STEP = 4  # counts
_TEN_BIT_MIN, _TEN_BIT_MAX = -512, 511
_LEFT_JUSTIFIED = 6  # 10-bit values are in the upper bits of two bytes


class Acceleration(NamedTuple):
    """The acceleration at one time: counts, and the number of the sample they came from."""

    counts: Counts
    number: int


class SensorCount(NamedTuple):
    """The conversions of an accelerometer since power-on, and how they were read.

    offered: conversions; unread: those that were skipped, up to the last one that was read; reread:
    reads of a conversion that had been read before.
    """

    offered: int
    unread: int
    reread: int


class Accelerometer(Sensor):
    """The base of both accelerometers: 10 bits at their own rate, and a record of what is read.

    ``measure()`` returns the acceleration when the sensor converts; ``set_interrupt(level)`` drives
    the line to the chip (active low); ``on_read(acceleration, shown)`` is called with each
    conversion that the board has read, and the value that ``get_values()`` shows for it.
    """

    INTERRUPT_CONTROL: int  # the register that switches the data-ready line on,
    DATA_READY: int  # by this bit

    def __init__(
        self,
        signs: Counts,
        clock: VirtualClock,
        measure: Callable[[], Acceleration],
        set_interrupt: Callable[[int], None],
        on_read: Callable[[Acceleration, Counts], None],
    ) -> None:
        super().__init__(signs, clock)
        self._measure = measure
        self._set_interrupt = set_interrupt
        self._on_read = on_read
        self._latest = self._being_read = Acceleration((0, 0, 0), 0)
        self.count = SensorCount(0, 0, 0)
        self._conversion_being_read = self._conversion_read = 0  # by number, from 1

    def _converted(self, true_value: float) -> int:
        """Counts -> 10 bits: steps of 4, half up, clipped."""
        steps = int((true_value + _TEN_BIT_STEP // 2) // _TEN_BIT_STEP)
        return max(_TEN_BIT_MIN, min(_TEN_BIT_MAX, steps))

    def _convert(self) -> None:
        self.count = self.count._replace(offered=self.count.offered + 1)
        self._latest = self._measure()
        self._set_ready(True)
        self._plan_conversion()

    def _set_chip_line(self, ready: bool) -> None:
        is_on = self.registers.get(self.INTERRUPT_CONTROL, 0) & self.DATA_READY
        self._set_interrupt(0 if ready and is_on else 1)

    def start(self, reading: bool) -> None:
        """A transfer begins: the outputs are frozen until it is over."""
        super().start(reading)
        self._being_read = self._latest
        self._conversion_being_read = self.count.offered

    def _output(self, axis: int) -> int:
        true_value = self._signs[axis] * self._being_read.counts[axis]
        return self._converted(true_value) << _LEFT_JUSTIFIED

    def _note_read(self) -> None:
        if self._being_read is self._latest:
            self._set_ready(False)
        skipped = self._conversion_being_read - self._conversion_read - 1
        self._conversion_read = self._conversion_being_read
        offered, unread, reread = self.count
        if skipped < 0:
            self.count = SensorCount(offered, unread, reread + 1)
        else:
            self.count = SensorCount(offered, unread + skipped, reread)
        self._on_read(self._being_read, self.as_read(self._being_read.counts))


class Lsm303agr(Accelerometer):
    """V2's sensor, at I2C address 0x19. Source: LSM303AGR data sheet; its normal mode only."""

    WHO_AM_I, CTRL_REG1, CTRL_REG3, STATUS, OUT_X_L = 0x0F, 0x20, 0x22, 0x27, 0x28
    ADDRESS = 0x19
    IDENTITY = 0x33
    CONTROL, FIRST_OUTPUT = CTRL_REG1, OUT_X_L
    INTERRUPT_CONTROL, DATA_READY = CTRL_REG3, 0x10
    BYTE_ORDER = "little"
    IN_TURN_BIT = 0x80
    _RATES_HZ = (None, 1, 10, 25, 50, 100, 200, 400)  # upper half of CTRL_REG1

    def _rate_hz(self, control: int) -> float | None:
        rate = control >> 4
        return self._RATES_HZ[rate] if rate < len(self._RATES_HZ) else None

    def _shown(self, value: int) -> int:
        return value * _TEN_BIT_STEP


class Mma8653(Accelerometer):
    """V1.3's sensor, at I2C address 0x1D. Source: MMA8653FC data sheet."""

    STATUS, OUT_X_MSB, WHO_AM_I, CTRL_REG1, CTRL_REG4 = 0x00, 0x01, 0x0D, 0x2A, 0x2D
    ADDRESS = 0x1D
    IDENTITY = 0x5A
    CONTROL, FIRST_OUTPUT = CTRL_REG1, OUT_X_MSB
    INTERRUPT_CONTROL, DATA_READY = CTRL_REG4, 1
    BYTE_ORDER = "big"
    _RATES_HZ = (800, 400, 200, 100, 50, 12.5, 6.25, 1.56)  # bits 3-5 of CTRL_REG1
    _ACTIVE = 1
    _EIGHT_BIT_STEP = 16

    def _rate_hz(self, control: int) -> float | None:
        return self._RATES_HZ[control >> 3 & 7] if control & self._ACTIVE else None

    def _shown(self, value: int) -> int:
        return (value >> 2) * self._EIGHT_BIT_STEP
