"""GPIO: the pins. What drives them, what they read, who listens.

Pins are numbered 32 * port + n, as in the pin select registers. The outside world holds pins
with :meth:`Gpio.hold` (a button, an interrupt line of a sensor); a pin that nobody holds reads
its pull resistor.
"""

from __future__ import annotations

from collections.abc import Callable

GPIO = 0x5000_0000
GPIO_SIZE = 0x1000
PORT_1 = 0x800  # on chips with two ports, port 1 has its registers 0x300 higher: 0x804 on
_PORT_1_SHIFT = 0x300

OUT, OUTSET, OUTCLR, IN, DIR, DIRSET, DIRCLR, PIN_CNF = (
    0x504, 0x508, 0x50C, 0x510, 0x514, 0x518, 0x51C, 0x700,
)  # fmt: skip
_CNF_RESET = 0x2  # input buffer disconnected
_CNF_PULL_UP = 3


class _Port:
    """32 pins; each field is a bit mask."""

    def __init__(self) -> None:
        self.out = 0
        self.direction = 0
        self.pull_up = 0
        self.held = 0  # pins that the outside world holds
        self.level = 0  # ... and at which level
        self.configuration = [_CNF_RESET] * 32

    def reset(self) -> None:
        self.out = self.direction = self.pull_up = 0
        self.configuration = [_CNF_RESET] * 32

    def inputs(self) -> int:
        outside = self.level & self.held | self.pull_up & ~self.held
        return self.out & self.direction | outside & ~self.direction


class Gpio:
    """All ports of a chip, as unicorn's memory callbacks.

    ``on_output(port, before, after)`` hears of every change of the pins that are driven high;
    listeners survive a reset, what the program configured does not.
    """

    def __init__(self, ports: int) -> None:
        self._ports = [_Port() for _ in range(ports)]
        self.on_output: Callable[[int, int, int], None] | None = None

    def reset(self) -> None:
        for port in self._ports:
            port.reset()

    # The outside world

    def hold(self, pin: int, level: int) -> None:
        """Hold a pin at 0 or 1 from outside."""
        port, bit = self._ports[pin >> 5], 1 << (pin & 31)
        port.held |= bit
        port.level = port.level | bit if level else port.level & ~bit

    def driven_high(self, pin: int) -> bool:
        """Whether the chip drives the pin high."""
        port = self._ports[pin >> 5]
        return bool(port.out & port.direction & 1 << (pin & 31))

    # Other peripherals

    def drive(self, pin: int, level: int) -> None:
        """Set the output latch of a pin (GPIOTE does)."""
        number, bit = pin >> 5, 1 << (pin & 31)
        out = self._ports[number].out
        self._set_output(number, out | bit if level else out & ~bit)

    def toggle(self, pin: int) -> None:
        """Turn the output latch of a pin over (GPIOTE does)."""
        number = pin >> 5
        self._set_output(number, self._ports[number].out ^ 1 << (pin & 31))

    def _set_output(self, number: int, out: int) -> None:
        self._change(number, out, self._ports[number].direction)

    def _change(self, number: int, out: int, direction: int) -> None:
        port = self._ports[number]
        before = port.out & port.direction
        port.out, port.direction = out & 0xFFFF_FFFF, direction & 0xFFFF_FFFF
        after = port.out & port.direction
        if before != after and self.on_output is not None:
            self.on_output(number, before, after)

    # The program

    def _locate(self, offset: int) -> tuple[int, int]:
        if offset >= PORT_1 and len(self._ports) > 1:
            return 1, offset - _PORT_1_SHIFT
        return 0, offset

    def read(self, uc: object, offset: int, size: int, user_data: object) -> int:
        """A register that the program reads."""
        number, offset = self._locate(offset)
        port = self._ports[number]
        if offset == IN:
            return port.inputs()
        if offset in (OUT, OUTSET, OUTCLR):
            return port.out
        if offset in (DIR, DIRSET, DIRCLR):
            return port.direction
        if PIN_CNF <= offset < PIN_CNF + 4 * 32:
            return port.configuration[(offset - PIN_CNF) >> 2]
        return 0

    def write(self, uc: object, offset: int, size: int, value: int, user_data: object) -> None:
        """A register that the program writes."""
        number, offset = self._locate(offset)
        port = self._ports[number]
        if offset == OUTSET:
            self._change(number, port.out | value, port.direction)
        elif offset == OUTCLR:
            self._change(number, port.out & ~value, port.direction)
        elif offset == OUT:
            self._change(number, value, port.direction)
        elif offset == DIRSET:
            self._change(number, port.out, port.direction | value)
        elif offset == DIRCLR:
            self._change(number, port.out, port.direction & ~value)
        elif offset == DIR:
            self._change(number, port.out, value)
        elif PIN_CNF <= offset < PIN_CNF + 4 * 32:
            self._configure(number, (offset - PIN_CNF) >> 2, value)

    def _configure(self, number: int, pin: int, value: int) -> None:
        """PIN_CNF: direction in bit 0, pull resistor in bits 2-3."""
        port, bit = self._ports[number], 1 << pin
        port.configuration[pin] = value
        port.pull_up = port.pull_up | bit if value >> 2 & 3 == _CNF_PULL_UP else port.pull_up & ~bit
        direction = port.direction | bit if value & 1 else port.direction & ~bit
        self._change(number, port.out, direction)
