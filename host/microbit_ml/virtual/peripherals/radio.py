"""RADIO: switches between receiving and sending; what is sent is kept, nothing is received.

Source of states, tasks and shortcuts: nRF51 Reference Manual, "RADIO".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from microbit_ml.virtual.clock import ScheduledEvent
from microbit_ml.virtual.peripherals.base import Peripheral

if TYPE_CHECKING:
    from microbit_ml.virtual.chip import Chip

TXEN, RXEN, START, STOP, DISABLE, RSSISTART = 0x000, 0x004, 0x008, 0x00C, 0x010, 0x014
READY, ADDRESS, END, DISABLED, RSSIEND = 0x100, 0x104, 0x10C, 0x110, 0x11C
PACKETPTR, FREQUENCY, RSSISAMPLE, STATE = 0x504, 0x508, 0x548, 0x550

_DISABLED, _RX_RAMP_UP, _RX_IDLE, _RX, _RX_DISABLE = 0, 1, 2, 3, 4
_TX_RAMP_UP, _TX_IDLE, _TX, _TX_DISABLE = 9, 10, 11, 12

# SHORTS: (bit, event, the task that it starts)
_SHORTCUTS = (
    (0, READY, START),
    (1, END, DISABLE),
    (2, DISABLED, TXEN),
    (3, DISABLED, RXEN),
    (5, END, START),
)
_RAMP_UP_US, _DISABLE_US, _RSSI_US = 40, 5, 1
_BYTE_US = 8  # 1 Mbit/s
_OVERHEAD_BYTES = 9  # preamble, address, CRC
_NOISE_DBM = 60  # RSSISAMPLE: minus this


class Radio(Peripheral):
    """The radio. ``chip.radio_sent`` collects (channel, packet): what went out on which channel."""

    def __init__(self, chip: Chip, number: int) -> None:
        super().__init__(chip, number)
        self._state = _DISABLED
        self._change: ScheduledEvent | None = None

    def read_register(self, offset: int) -> int:
        if offset == STATE:
            return self._state
        if offset == RSSISAMPLE:
            return _NOISE_DBM
        return super().read_register(offset)

    def run_task(self, task: int) -> None:
        if task == TXEN:
            self._state = _TX_RAMP_UP
            self._change_after(_RAMP_UP_US, _TX_IDLE, READY)
        elif task == RXEN:
            self._state = _RX_RAMP_UP
            self._change_after(_RAMP_UP_US, _RX_IDLE, READY)
        elif task == START:
            self._start()
        elif task == STOP:
            self._state = {_TX: _TX_IDLE, _RX: _RX_IDLE}.get(self._state, self._state)
            self._cancel()
        elif task == DISABLE:
            self._state = _TX_DISABLE if self._state >= _TX_RAMP_UP else _RX_DISABLE
            self._change_after(_DISABLE_US, _DISABLED, DISABLED)
        elif task == RSSISTART:
            self.raise_after_us(_RSSI_US, RSSIEND)

    def _start(self) -> None:
        if self._state == _RX_IDLE:
            self._state = _RX
        elif self._state == _TX_IDLE:
            self._state = _TX
            at = self.registers.get(PACKETPTR, 0)
            length = self.chip.read_memory(at, 1)[0]
            packet = self.chip.read_memory(at, 1 + length)
            self.chip.radio_sent.append((self.registers.get(FREQUENCY, 0) & 0x7F, packet))
            self.raise_event(ADDRESS)
            self._change_after(_BYTE_US * (length + _OVERHEAD_BYTES), _TX_IDLE, END)

    def _cancel(self) -> None:
        if self._change is not None:
            self._change.cancel()

    def _change_after(self, us: float, state: int, event: int) -> None:
        """Go to a state later, with an event and what SHORTS joins to it."""
        self._cancel()

        def change() -> None:
            self._state = state
            self.raise_event(event)
            for bit, source, task in _SHORTCUTS:
                if source == event and self.shorts >> bit & 1:
                    self.run_task(task)

        self._change = self.after_us(us, change)
