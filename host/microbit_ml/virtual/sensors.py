"""The base of all sensors: three axes in six registers, timed conversions, data ready."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal

from microbit_ml.virtual.clock import TICKS_PER_SECOND, ScheduledEvent, VirtualClock
from microbit_ml.virtual.i2c_devices import RegisterDevice

Counts = tuple[int, int, int]

_OUTPUT_REGISTERS = 6
_NEW_DATA_ON_ALL_AXES = 0x0F


class Sensor(RegisterDevice, ABC):
    """A sensor with three axes: a subclass defines its registers and what it measures.

    ``signs`` are those of the sensor's axes, relative to the micro:bit's, as it is mounted.
    """

    ADDRESS: int  # on the I2C bus
    WHO_AM_I: int
    IDENTITY: int  # value of the register WHO_AM_I
    STATUS: int
    CONTROL: int  # the register that sets the rate
    STANDBY = 0  # its value at power-on
    FIRST_OUTPUT: int  # of the six registers of X, Y and Z
    BYTE_ORDER: Literal["little", "big"]  # of an output's two registers

    def __init__(self, signs: Counts, clock: VirtualClock) -> None:
        super().__init__({self.WHO_AM_I: self.IDENTITY, self.CONTROL: self.STANDBY})
        self._signs = signs
        self._clock = clock
        self._period: int | None = None  # ticks; None: standby
        self._next_conversion: ScheduledEvent | None = None
        self._data_ready = False

    def as_read(self, true_values: tuple[float, float, float]) -> Counts:
        """The value that the runtime shows for it, along the micro:bit's axes."""
        x, y, z = (
            sign * self._shown(self._converted(sign * axis))
            for sign, axis in zip(self._signs, true_values, strict=True)
        )
        return x, y, z

    @abstractmethod
    def _converted(self, true_value: float) -> int:
        """The sensor's conversion of the quantity along one of its axes."""

    @abstractmethod
    def _shown(self, value: int) -> int:
        """The runtime's value for a converted value, along the sensor's axis."""

    # Converting

    @abstractmethod
    def _rate_hz(self, control: int) -> float | None:
        """The rate for this value of the control register; None: standby."""

    def _convert_at(self, rate_hz: float | None) -> None:
        """Convert at this rate from now on; None: standby."""
        if self._next_conversion is not None:
            self._next_conversion.cancel()
            self._next_conversion = None
        self._period = None if rate_hz is None else round(TICKS_PER_SECOND / rate_hz)
        self._set_ready(False)
        self._plan_conversion()

    def _plan_conversion(self) -> None:
        if self._period is not None:
            self._next_conversion = self._clock.after(self._period, self._convert, of_chip=False)

    @abstractmethod
    def _convert(self) -> None:
        """Make a conversion; its time has come."""

    def _set_ready(self, ready: bool) -> None:
        self._data_ready = ready
        self._set_chip_line(ready)

    @abstractmethod
    def _set_chip_line(self, ready: bool) -> None:
        """Set the line to the chip that signals whether data is ready."""

    # Being read

    def read_register(self, register: int) -> int:
        if register == self.STATUS:
            return _NEW_DATA_ON_ALL_AXES if self._data_ready else 0
        output = register - self.FIRST_OUTPUT
        if not 0 <= output < _OUTPUT_REGISTERS:
            return super().read_register(register)
        if output == _OUTPUT_REGISTERS - 1:
            self._note_read()
        word = self._output(output >> 1) & 0xFFFF
        return word.to_bytes(2, self.BYTE_ORDER)[output & 1]

    @abstractmethod
    def _output(self, axis: int) -> int:
        """The 16 bits (in two's complement) of an axis, in the current transfer."""

    @abstractmethod
    def _note_read(self) -> None:
        """The last output is being read."""

    def write_register(self, register: int, value: int) -> None:
        super().write_register(register, value)
        if register == self.CONTROL:
            self._convert_at(self._rate_hz(value))
