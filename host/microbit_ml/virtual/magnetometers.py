"""The magnetometers, modelled at the level of their registers.

The board tells the magnetic field that it is in, in nanotesla along the axes of
``compass.get_x()``, ``get_y()`` and ``get_z()``. The sensor rounds it to its step (half up, in its
own axes) and clips it to 16 bits; the runtime reads the registers and scales them back:

| sensor | step | its axes, seen from the micro:bit's |
|---|---|---|
| LSM303AGR (V2, V1.5) | 150 nT | (x, -y, z) |
| MAG3110 (V1.3) | 100 nT | (-x, -y, -z) |

A sensor that is switched on converts once, says so on its line to the chip, and converts again
when it has been read, not sooner than its rate allows: while nobody looks, nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable

from microbit_ml.virtual.accelerometers import Counts
from microbit_ml.virtual.clock import TICKS_PER_SECOND, ScheduledEvent, VirtualClock
from microbit_ml.virtual.i2c_devices import RegisterDevice

Field = tuple[float, float, float]

_INT16_MIN, _INT16_MAX = -(1 << 15), (1 << 15) - 1
_OUTPUT_REGISTERS = 6


class Magnetometer(RegisterDevice):
    """What both sensors share.

    ``feel()`` tells the field at this moment (nT); ``set_ready(True)`` is called when a conversion
    waits to be read, ``set_ready(False)`` when it has been; ``signs`` are those of the sensor's
    axes, relative to the micro:bit's.
    """

    ADDRESS: int
    STEP_NT: int
    first_output: int  # the first of the six registers of X, Y and Z

    def __init__(
        self,
        registers: dict[int, int],
        signs: Counts,
        clock: VirtualClock,
        feel: Callable[[], Field],
        set_ready: Callable[[bool], None],
    ) -> None:
        super().__init__(registers)
        self.data_ready = False
        self._signs = signs
        self._clock = clock
        self._feel = feel
        self._set_ready = set_ready
        self._period: int | None = None  # ticks; None: standby
        self._next_conversion: ScheduledEvent | None = None
        self._being_read: Field = (0, 0, 0)

    def as_read(self, field: Field) -> Counts:
        """What ``compass.get_x()``, ``get_y()`` and ``get_z()`` show in this field (nT)."""
        x, y, z = (
            sign * self.STEP_NT * self._converted(sign * axis)
            for sign, axis in zip(self._signs, field, strict=True)
        )
        return x, y, z

    def _converted(self, nanotesla: float) -> int:
        steps = int((2 * nanotesla + self.STEP_NT) // (2 * self.STEP_NT))
        return max(_INT16_MIN, min(_INT16_MAX, steps))

    def _convert_at(self, rate_hz: float | None) -> None:
        """Convert at most this often from now on; None: standby."""
        if self._next_conversion is not None:
            self._next_conversion.cancel()
            self._next_conversion = None
        self._period = None if rate_hz is None else round(TICKS_PER_SECOND / rate_hz)
        self._wait_for_conversion()

    def _wait_for_conversion(self) -> None:
        self.data_ready = False
        self._set_ready(False)
        if self._period is not None:
            self._next_conversion = self._clock.after(self._period, self._convert, of_chip=False)

    def _convert(self) -> None:
        self._next_conversion = None
        self.data_ready = True
        self._set_ready(True)

    def start(self, reading: bool) -> None:
        """A transfer begins: the outputs stand still until it is over."""
        super().start(reading)
        self._being_read = self._feel()

    def read_register(self, register: int) -> int:
        output = register - self.first_output
        if not 0 <= output < _OUTPUT_REGISTERS:
            return super().read_register(register)
        if output == _OUTPUT_REGISTERS - 1 and self.data_ready:
            self._wait_for_conversion()
        axis = output >> 1
        word = self._converted(self._signs[axis] * self._being_read[axis]) & 0xFFFF
        return self._byte(word, output & 1)

    def _byte(self, word: int, place: int) -> int:
        """The first (0) or second (1) byte of an output."""
        raise NotImplementedError


class Lsm303agrMagnetometer(Magnetometer):
    """The magnetic half of the LSM303AGR, at I2C address 0x1E. Source: its data sheet.

    The upper bit of a register address asks for the following registers in turn.
    """

    WHO_AM_I, CFG_REG_A, STATUS, OUT_X_L = 0x4F, 0x60, 0x67, 0x68
    ADDRESS = 0x1E
    STEP_NT = 150
    _IDENTITY = 0x40
    _RATES_HZ = (10, 20, 50, 100)  # bits 2-3 of CFG_REG_A
    _MODE, _CONTINUOUS, _IDLE = 3, 0, 3  # bits 0-1 of CFG_REG_A
    _NEW_DATA_ON_ALL_AXES = 0x0F
    _AUTO_INCREMENT = 0x80

    first_output = OUT_X_L

    def __init__(
        self,
        signs: Counts,
        clock: VirtualClock,
        feel: Callable[[], Field],
        set_ready: Callable[[bool], None],
    ) -> None:
        registers = {self.WHO_AM_I: self._IDENTITY, self.CFG_REG_A: self._IDLE}
        super().__init__(registers, signs, clock, feel, set_ready)

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
        if register == self.CFG_REG_A:
            runs = value & self._MODE == self._CONTINUOUS
            self._convert_at(self._RATES_HZ[value >> 2 & 3] if runs else None)

    def _byte(self, word: int, place: int) -> int:
        return word >> 8 if place else word & 0xFF


class Mag3110(Magnetometer):
    """V1.3's sensor, at I2C address 0x0E. Source: MAG3110 data sheet."""

    STATUS, OUT_X_MSB, WHO_AM_I, CTRL_REG1 = 0x00, 0x01, 0x07, 0x10
    ADDRESS = 0x0E
    STEP_NT = 100
    _IDENTITY = 0xC4
    _FASTEST_HZ = 80  # halved by each step of bits 5-7 (rate) and 3-4 (oversampling) of CTRL_REG1
    _ACTIVE = 1
    _NEW_DATA_ON_ALL_AXES = 0x0F

    first_output = OUT_X_MSB

    def __init__(
        self,
        signs: Counts,
        clock: VirtualClock,
        feel: Callable[[], Field],
        set_ready: Callable[[bool], None],
    ) -> None:
        super().__init__({self.WHO_AM_I: self._IDENTITY}, signs, clock, feel, set_ready)

    def read_register(self, register: int) -> int:
        if register == self.STATUS:
            return self._NEW_DATA_ON_ALL_AXES if self.data_ready else 0
        return super().read_register(register)

    def write_register(self, register: int, value: int) -> None:
        super().write_register(register, value)
        if register == self.CTRL_REG1:
            halvings = (value >> 5 & 7) + (value >> 3 & 3)
            self._convert_at(self._FASTEST_HZ / (1 << halvings) if value & self._ACTIVE else None)

    def _byte(self, word: int, place: int) -> int:
        return word & 0xFF if place else word >> 8
