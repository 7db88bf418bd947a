"""RADIO: switches between receiving and sending; packets go to the radio medium and come from it.

Source of states, tasks and shortcuts: nRF51 Reference Manual, "RADIO". A transmitted packet is

    preamble 1 byte | address 5 bytes | LENGTH 1 byte | payload | CRC 2 bytes

as the micro:bit's runtimes configure it; memory holds LENGTH and the payload.
"""

from __future__ import annotations

from microbit_ml.virtual.clock import TICKS_PER_US, ScheduledEvent
from microbit_ml.virtual.connections import Packet
from microbit_ml.virtual.peripherals.base import ChipInterface, Peripheral

TXEN, RXEN, START, STOP, DISABLE, RSSISTART = 0x000, 0x004, 0x008, 0x00C, 0x010, 0x014
READY, ADDRESS, PAYLOAD, END, DISABLED, RSSIEND = 0x100, 0x104, 0x108, 0x10C, 0x110, 0x11C
CRCSTATUS, RXMATCH, PACKETPTR, FREQUENCY, MODE = 0x400, 0x408, 0x504, 0x508, 0x510
PCNF1, BASE0, PREFIX0, RSSISAMPLE, STATE = 0x518, 0x51C, 0x524, 0x548, 0x550

_DISABLED, _RX_RAMP_UP, _RX_IDLE, _RX, _RX_DISABLE = 0, 1, 2, 3, 4
_TX_RAMP_UP, _TX_IDLE, _TX, _TX_DISABLE = 9, 10, 11, 12

# SHORTS: (bit, event, the task that it starts)
_SHORTCUTS = (
    (0, READY, START),
    (1, END, DISABLE),
    (2, DISABLED, TXEN),
    (3, DISABLED, RXEN),
    (4, ADDRESS, RSSISTART),
    (5, END, START),
)
_RAMP_UP_US, _DISABLE_US, _RSSI_US = 140, 5, 1
_BYTE_US = {0: 8, 1: 4, 2: 32}  # MODE: 1 Mbit/s, 2 Mbit/s, 250 kbit/s
_OVERHEAD_BYTES = 9
_STRENGTH_DBM = 50  # RSSISAMPLE: minus this


class Radio(Peripheral):
    """The radio, with its first logical address only. It passes a packet to the chip's connections
    (``send_packet``) when sending begins; :meth:`receive` takes the packets of others.
    """

    def __init__(self, chip: ChipInterface, number: int) -> None:
        super().__init__(chip, number)
        self._state = _DISABLED
        self._change: ScheduledEvent | None = None
        self._arrival = 0  # ticks: when the latest packet arrives, received or not
        self._busy_until = 0  # ticks: a packet that began earlier is not received

    def read_register(self, offset: int) -> int:
        if offset == STATE:
            return self._state
        if offset == RSSISAMPLE:
            return _STRENGTH_DBM
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
            self._send()

    def _cancel(self) -> None:
        if self._change is not None:
            self._change.cancel()

    def _change_after(self, us: float, state: int, event: int) -> None:
        """Go to a state later, with an event and the tasks that SHORTS connects to it."""
        self._cancel()

        def change() -> None:
            self._state = state
            self._happens(event)

        self._change = self.after_us(us, change)

    def _happens(self, event: int) -> None:
        self.raise_event(event)
        for bit, source, task in _SHORTCUTS:
            if source == event and self.shorts >> bit & 1:
                self.run_task(task)

    # Packets

    def _channel(self) -> int:
        return self.registers.get(FREQUENCY, 0) & 0x7F

    def _address(self) -> tuple[int, int]:
        return self.registers.get(BASE0, 0), self.registers.get(PREFIX0, 0) & 0xFF

    def _send(self) -> None:
        """The packet is read from memory when sending begins."""
        address = self.registers.get(PACKETPTR, 0)
        length = self.chip.memory.read(address, 1)[0]
        mode = self.registers.get(MODE, 0)
        duration_us = _BYTE_US.get(mode, _BYTE_US[0]) * (length + _OVERHEAD_BYTES)
        began = self.chip.clock.now()
        packet = Packet(
            data=self.chip.memory.read(address, 1 + length),
            channel=self._channel(),
            mode=mode,
            address=self._address(),
            began=began,
            ended=began + duration_us * TICKS_PER_US,
        )
        self._busy_until = packet.ended
        self._happens(ADDRESS)
        self._change_after(duration_us, _TX_IDLE, END)
        self.chip.connections.send_packet(packet)

    def receive(self, packet: Packet) -> None:
        """Another radio sends a packet: it arrives when it ends.

        If that time has passed it arrives now, but never two at the same time.
        """
        duration = packet.ended - packet.began
        clock = self.chip.clock
        self._arrival = max(packet.ended, clock.now(), self._arrival + duration)
        clock.at(self._arrival, lambda: self._arrives(packet))

    def _arrives(self, packet: Packet) -> None:
        registers = self.registers
        tuned = (self._channel(), registers.get(MODE, 0), self._address())
        if self._state != _RX or tuned != (packet.channel, packet.mode, packet.address):
            return
        if packet.began < self._busy_until:
            return
        self._busy_until = packet.ended
        longest = registers.get(PCNF1, 0) & 0xFF
        self.chip.memory.write(registers.get(PACKETPTR, 0), packet.data[: 1 + longest])
        registers[CRCSTATUS] = 1
        registers[RXMATCH] = 0
        self._state = _RX_IDLE
        for event in (ADDRESS, PAYLOAD, END):
            self._happens(event)
