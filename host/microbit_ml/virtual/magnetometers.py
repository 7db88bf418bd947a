"""The magnetometers, modelled at the level of their registers.

The board provides the magnetic field around it, in nanotesla along the axes of
``compass.get_x()``, ``get_y()`` and ``get_z()``. The sensor rounds it to its step (half up, in its
own axes) and clips it to 16 bits; the runtime reads the registers and scales them back:

| sensor | step | its axes, in terms of the micro:bit's |
|---|---|---|
| LSM303AGR (V2, V1.5) | 150 nT | (x, -y, z) |
| MAG3110 (V1.3) | 100 nT | (-x, -y, -z) |

A sensor that is switched on converts once, signals that on its line to the chip, and converts again
after it has been read, no sooner than its rate allows. Until it is read, nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable

from microbit_ml.virtual.clock import VirtualClock
from microbit_ml.virtual.sensors import Counts, Sensor

Field = tuple[float, float, float]

_INT16_MIN, _INT16_MAX = -(1 << 15), (1 << 15) - 1


class Magnetometer(Sensor):
    """The base of both magnetometers: 16 bits, and a conversion only after the last was read.

    ``measure()`` returns the field now (nT); ``set_ready(True)`` is called when a conversion can be
    read, ``set_ready(False)`` when it has been read.
    """

    STEP_NT: int

    def __init__(
        self,
        signs: Counts,
        clock: VirtualClock,
        measure: Callable[[], Field],
        set_ready: Callable[[bool], None],
    ) -> None:
        super().__init__(signs, clock)
        self._measure = measure
        self._on_ready = set_ready
        self._being_read: Field = (0, 0, 0)

    def _converted(self, true_value: float) -> int:
        """Nanotesla -> 16 bits: the sensor's steps, half up, clipped."""
        steps = int((2 * true_value + self.STEP_NT) // (2 * self.STEP_NT))
        return max(_INT16_MIN, min(_INT16_MAX, steps))

    def _shown(self, value: int) -> int:
        return value * self.STEP_NT

    def _convert(self) -> None:
        self._set_ready(True)

    def _set_chip_line(self, ready: bool) -> None:
        self._on_ready(ready)

    def start(self, reading: bool) -> None:
        """A transfer begins: the outputs are frozen until it is over."""
        super().start(reading)
        self._being_read = self._measure()

    def _output(self, axis: int) -> int:
        return self._converted(self._signs[axis] * self._being_read[axis])

    def _note_read(self) -> None:
        if self._data_ready:
            self._set_ready(False)
            self._plan_conversion()


class Lsm303agrMagnetometer(Magnetometer):
    """The magnetic half of the LSM303AGR, at I2C address 0x1E. Source: its data sheet."""

    WHO_AM_I, CFG_REG_A, STATUS, OUT_X_L = 0x4F, 0x60, 0x67, 0x68
    ADDRESS = 0x1E
    STEP_NT = 150
    IDENTITY = 0x40
    _MODE, _CONTINUOUS, _IDLE = 3, 0, 3  # bits 0-1 of CFG_REG_A
    CONTROL, STANDBY, FIRST_OUTPUT = CFG_REG_A, _IDLE, OUT_X_L
    BYTE_ORDER = "little"
    IN_TURN_BIT = 0x80
    _RATES_HZ = (10, 20, 50, 100)  # bits 2-3 of CFG_REG_A

    def _rate_hz(self, control: int) -> float | None:
        runs = control & self._MODE == self._CONTINUOUS
        return self._RATES_HZ[control >> 2 & 3] if runs else None


class Mag3110(Magnetometer):
    """V1.3's sensor, at I2C address 0x0E. Source: MAG3110 data sheet."""

    STATUS, OUT_X_MSB, WHO_AM_I, CTRL_REG1 = 0x00, 0x01, 0x07, 0x10
    ADDRESS = 0x0E
    STEP_NT = 100
    IDENTITY = 0xC4
    CONTROL, FIRST_OUTPUT = CTRL_REG1, OUT_X_MSB
    BYTE_ORDER = "big"
    _FASTEST_HZ = 80  # halved by each step of bits 5-7 (rate) and 3-4 (oversampling) of CTRL_REG1
    _ACTIVE = 1

    def _rate_hz(self, control: int) -> float | None:
        halvings = (control >> 5 & 7) + (control >> 3 & 3)
        return self._FASTEST_HZ / (1 << halvings) if control & self._ACTIVE else None
