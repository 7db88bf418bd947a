"""The LED matrix: from switching pins to a picture of 25 brightnesses.

On both boards one row of the matrix is driven at a time, and an LED is dimmed by driving its column
for only a fraction of the row's turn, its duty cycle. That is measured here, and compared with the
duty cycles of the runtime's brightnesses 0-9.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from microbit_ml.virtual.chip import Chip
from microbit_ml.virtual.clock import TICKS_PER_US
from microbit_ml.virtual.nvic import bits
from microbit_ml.virtual.peripherals import gpiote
from microbit_ml.virtual.peripherals.base import PERIPHERAL_SIZE, PERIPHERALS
from microbit_ml.virtual.peripherals.gpiote import Gpiote
from microbit_ml.virtual.peripherals.timer import COMPARE, Timer

SIZE = 5
_DARK_AFTER_US = 60_000  # a row without a turn for this long is off
_SHOWN = ".123456789"


def as_text(brightness: Sequence[Sequence[int]]) -> str:
    """Five lines: a dot for a dark LED, its brightness for one that is on."""
    return "\n".join("".join(_SHOWN[level] for level in row) for row in brightness)


def _nearest_level(duty: float, duties: Sequence[float]) -> int:
    """The brightness with the nearest duty cycle, by ratio: each step about doubles it."""
    if duty < duties[1] / 2:
        return 0
    return min(range(1, len(duties)), key=lambda level: abs(math.log(duty / duties[level])))


class MatrixV2:
    """V2: a pin for each of five rows and five columns.

    The runtime lets a timer switch the columns off, through PPI and GPIOTE: the duty cycle is the
    ratio of two compare values, that of the column and that of the row's end.
    """

    ROWS = (21, 22, 15, 24, 19)  # high: the row's turn
    COLUMNS = (28, 11, 31, 37, 30)  # low: the LED is on
    # Brightness 0-9 is drawn as 0, 1, 2, 4 ... 255 out of 257 steps of a row's turn.
    DUTY = tuple(step / 257 for step in (0, 1, 2, 4, 8, 16, 32, 64, 128, 255))

    def __init__(self, chip: Chip) -> None:
        self._chip = chip
        self._row_of_pin = {pin: row for row, pin in enumerate(self.ROWS)}
        self._row_mask = sum(1 << pin for pin in self.ROWS)
        self._levels = [[0] * SIZE for _ in range(SIZE)]
        self._turn_at = [-(10**18)] * SIZE
        chip.gpio.on_output = self._output_changed

    def brightness(self) -> list[list[int]]:
        """Five rows of five brightnesses 0-9, the upper left LED first."""
        latest = self._chip.clock.now() - _DARK_AFTER_US * TICKS_PER_US
        return [
            list(self._levels[row]) if self._turn_at[row] >= latest else [0] * SIZE
            for row in range(SIZE)
        ]

    def _output_changed(self, port: int, before: int, after: int) -> None:
        if port != 0:
            return
        for pin in bits(after & ~before & self._row_mask):
            row = self._row_of_pin[pin]
            self._turn_at[row] = self._chip.clock.now()
            self._levels[row] = [
                _nearest_level(self._duty(column), self.DUTY) for column in self.COLUMNS
            ]

    def _duty(self, pin: int) -> float:
        """The fraction of the row's turn for which a column is driven low."""
        switch = self._chip.first(Gpiote)
        for channel in range(gpiote.CHANNELS):
            config = switch.config(channel)
            if gpiote.drives_pin(config) and gpiote.pin_of(config) == pin:
                if gpiote.starts_high(config):
                    return 0.0
                return self._duty_until(switch, gpiote.SET + 4 * channel)
        return 0.0 if self._chip.gpio.driven_high(pin) else 1.0

    def _duty_until(self, switch: Gpiote, task: int) -> float:
        """The fraction of a row's turn after which a timer's compare event starts a task.

        Channel 0 of that timer ends the row's turn.
        """
        for event, targets in self._chip.ppi_routes.items():
            if (switch, task) in targets:
                timer = self._chip.peripherals[(event - PERIPHERALS) // PERIPHERAL_SIZE]
                channel = ((event - timer.address) - COMPARE) >> 2
                if isinstance(timer, Timer) and timer.cc[0]:
                    return min(1.0, timer.cc[channel] / timer.cc[0])
        return 1.0


class MatrixV1:
    """V1: three rows and nine columns of the electrical matrix are folded into 5 x 5 LEDs.

    The program itself switches the columns; the time for which each is low is added up until the
    row's turn of 6 ms ends.
    """

    ROWS = (13, 14, 15)  # high: the row's turn
    COLUMNS = (4, 5, 6, 7, 8, 9, 10, 11, 12)  # low: the LED is on
    # (row, column) of the electrical matrix for each LED
    POSITIONS = (
        ((0, 0), (1, 3), (0, 1), (1, 4), (0, 2)),
        ((2, 3), (2, 4), (2, 5), (2, 6), (2, 7)),
        ((1, 1), (0, 8), (1, 2), (2, 8), (1, 0)),
        ((0, 7), (0, 6), (0, 5), (0, 4), (0, 3)),
        ((2, 2), (1, 6), (2, 0), (1, 5), (2, 1)),
    )
    # Microseconds for which brightness 0-9 is lit in a row's turn of 6,000.
    DUTY = tuple(us / 6000 for us in (0, 32, 64, 128, 240, 448, 848, 1632, 3184, 6000))

    def __init__(self, chip: Chip) -> None:
        self._chip = chip
        self._levels = [[0] * len(self.COLUMNS) for _ in self.ROWS]
        self._lit = [0] * len(self.COLUMNS)  # ticks in the current turn
        self._turn_began = 0
        self._turn_ended = [-(10**18)] * len(self.ROWS)
        self._changed_at = 0
        chip.gpio.on_output = self._output_changed

    def brightness(self) -> list[list[int]]:
        """Five rows of five brightnesses 0-9, the upper left LED first."""
        latest = self._chip.clock.now() - _DARK_AFTER_US * TICKS_PER_US
        return [
            [self._levels[r][c] if self._turn_ended[r] >= latest else 0 for r, c in positions]
            for positions in self.POSITIONS
        ]

    def _output_changed(self, port: int, before: int, after: int) -> None:
        now = self._chip.clock.now()
        for row, pin in enumerate(self.ROWS):
            if before >> pin & 1:
                for column, column_pin in enumerate(self.COLUMNS):
                    if not before >> column_pin & 1:
                        self._lit[column] += now - self._changed_at
                if not after >> pin & 1:
                    self._end_turn(row, now)
            elif after >> pin & 1:
                self._lit = [0] * len(self.COLUMNS)
                self._turn_began = now
        self._changed_at = now

    def _end_turn(self, row: int, now: int) -> None:
        duration = max(1, now - self._turn_began)
        self._levels[row] = [_nearest_level(lit / duration, self.DUTY) for lit in self._lit]
        self._turn_ended[row] = now
