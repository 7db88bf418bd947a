"""The surroundings of a board, which can be set: light, temperature, sound, magnet, fingers."""

from __future__ import annotations

from microbit_ml.errors import VirtualBoardError
from microbit_ml.virtual.clock import TICKS_PER_US
from microbit_ml.virtual.magnetometers import Field
from microbit_ml.virtual.peripherals.gpio import Gpio
from microbit_ml.virtual.wiring import Wiring

# The charging time of a pad in microseconds: V2 senses its capacitance.
_UNTOUCHED_US, _TOUCHED_US = 20.0, 2_000.0
# The value of an unconnected analogue input.
_NOT_CONNECTED = 100
# V1 measures the voltage at the columns of LEDs: 75 and below is level 255, 338 is level 0.
_BRIGHT_VOLTAGE, _DARK_VOLTAGE = 75, 338
# V2 measures how long the LEDs of the first row take to charge: 43.57 us more per level less.
_US_PER_LEVEL = 43.57
_MAX_LEVEL = 255
# The microphone's signal swings around this value of the converter, twice in a millisecond. How far
# it must swing for a level was measured with the booted runtimes: with 2.0.0-beta.5 this far per
# level (below the first 26 it is silence), with 2.1.2 twice as far for each 31.9 levels.
_MICROPHONE_REST = 8_000
_SWING_OFFSET, _SWING_PER_LEVEL = 26.0, 6.08
_SWING_AT, _LEVEL_AT, _LEVELS_PER_DOUBLING = 64.0, 61.0, 31.9
_HALF_SWING_TICKS = 250 * TICKS_PER_US


class Surroundings:
    """The world around one board. Its chip and sensors read it whenever they measure."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self.temperature_celsius = 21.0
        self.magnetic_field: Field = (0.0, 0.0, 0.0)
        self.light_level = 195
        self._sound_level = 0
        self._swing = 0
        self._touched: set[str] = set()

    @property
    def sound_level(self) -> int:
        """The loudness, as ``microphone.sound_level()`` returns it (V2)."""
        return self._sound_level

    def make_sound(self, level: int, in_decibels: bool) -> None:
        """A sound that the runtime shows as this level; newer ones show decibels."""
        if self._wiring.microphone is None:
            raise VirtualBoardError("A V1 has no microphone. Use a V2 to hear sounds.")
        self._sound_level = check_level("sound_level", level)
        swing = _SWING_OFFSET + _SWING_PER_LEVEL * level
        if in_decibels:
            swing = _SWING_AT * 2 ** ((level - _LEVEL_AT) / _LEVELS_PER_DOUBLING)
        self._swing = round(swing) if level else 0

    # Fingers

    def hold(self, gpio: Gpio, name: str) -> None:
        """A finger on a button or a pad."""
        pin = self._pin(name)
        self._touched.add(name)
        if name != "logo":
            gpio.hold(pin, 0)

    def release(self, gpio: Gpio, name: str) -> None:
        """The finger goes away."""
        pin = self._pin(name)
        self._touched.discard(name)
        if name in self._wiring.buttons:
            gpio.hold(pin, 1)
        elif name != "logo":
            gpio.let_go(pin)

    def _pin(self, name: str) -> int:
        wiring = self._wiring
        pin = wiring.buttons.get(name, wiring.pads.get(name))
        if name == "logo":
            pin = wiring.logo
        if pin is None:
            pads = [*wiring.pads, *(["logo"] if wiring.logo is not None else [])]
            raise VirtualBoardError(
                f"There is no button {name!r} on this board. The buttons are "
                f"{' and '.join(wiring.buttons)}. You can touch {', '.join(pads)}."
            )
        return pin

    # For the chip

    def charge_time_us(self, pin: int) -> float:
        """The charging time of a pin: longer for a touched pad, and for LEDs in the dark."""
        if pin == self._wiring.display.ROWS[0]:
            return _US_PER_LEVEL * (_MAX_LEVEL - self.light_level + 0.5)
        is_touched = any(self._pin(name) == pin for name in self._touched)
        return _TOUCHED_US if is_touched else _UNTOUCHED_US

    def hears_sound(self) -> bool:
        """Whether the microphone's level changes with time."""
        return self._swing > 0

    def analog_level(self, selected: int, ticks: int) -> int:
        """The converter's value for an input at that time."""
        if selected in self._wiring.light_columns:
            span = _DARK_VOLTAGE - _BRIGHT_VOLTAGE
            return _BRIGHT_VOLTAGE + (_MAX_LEVEL - self.light_level) * span // _MAX_LEVEL
        if selected == self._wiring.microphone:
            is_high = ticks // _HALF_SWING_TICKS % 2
            return _MICROPHONE_REST + (self._swing if is_high else -self._swing)
        return _NOT_CONNECTED


def check_level(what: str, level: int) -> int:
    """A level 0-255, or VirtualBoardError."""
    if not 0 <= level <= _MAX_LEVEL:
        raise VirtualBoardError(
            f"{what} is {level!r}. It must be a whole number from 0 to {_MAX_LEVEL}."
        )
    return level
