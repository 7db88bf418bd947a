"""GPIO: the pins, their drivers, levels and listeners.

Pins are numbered 32 * port + n, as in the pin select registers. The outside world holds pins
with :meth:`Gpio.hold` (a button, an interrupt line of a sensor); a pin that is not held reads its
pull resistor. The pads have one on the board as well, of 10 MOhm: the chip's own, of 13 kOhm, is
stronger.
"""

from __future__ import annotations

from collections.abc import Callable

from microbit_ml.virtual.nvic import bits

GPIO = 0x5000_0000
GPIO_SIZE = 0x1000
PORT_1 = 0x800  # on chips with two ports, port 1's registers are 0x300 higher, from 0x804 on
_PORT_1_SHIFT = 0x300

OUT, OUTSET, OUTCLR, IN, DIR, DIRSET, DIRCLR, PIN_CNF = (
    0x504, 0x508, 0x50C, 0x510, 0x514, 0x518, 0x51C, 0x700,
)  # fmt: skip
_CNF_RESET = 0x2  # input buffer disconnected
_CNF_PULL_DOWN, _CNF_PULL_UP = 1, 3


class _Port:
    """32 pins; each field is a bit mask."""

    def __init__(self) -> None:
        self.out = 0
        self.direction = 0
        self.pull_up = 0
        self.pull_down = 0
        self.weak_pull_up = 0  # of the board
        self.watched = 0  # pins with a listener
        self.held = 0  # pins that the outside world holds
        self.level = 0  # ... and at which level
        self.configuration = [_CNF_RESET] * 32

    def reset(self) -> None:
        self.out = self.direction = self.pull_up = self.pull_down = 0
        self.configuration = [_CNF_RESET] * 32

    def inputs(self) -> int:
        pulled = self.pull_up | self.weak_pull_up & ~self.pull_down
        outside = self.level & self.held | pulled & ~self.held
        return self.out & self.direction | outside & ~self.direction


class Gpio:
    """All ports of a chip, as unicorn's memory callbacks.

    ``on_output(port, before, after)`` is called for every change of the pins that are driven high,
    a listener of :meth:`on_rise` for one pin. Listeners survive a reset, the program's
    configuration does not.
    """

    def __init__(self, ports: int) -> None:
        self._ports = [_Port() for _ in range(ports)]
        self.on_output: Callable[[int, int, int], None] | None = None
        self._on_rise: dict[int, Callable[[], None]] = {}

    def reset(self) -> None:
        for port in self._ports:
            port.reset()

    # The outside world

    def hold(self, pin: int, level: int) -> None:
        """Hold a pin at 0 or 1 from outside."""
        port, bit = self._ports[pin >> 5], 1 << (pin & 31)
        port.held |= bit
        port.level = port.level | bit if level else port.level & ~bit

    def let_go(self, pin: int) -> None:
        """Release a pin."""
        self._ports[pin >> 5].held &= ~(1 << (pin & 31))

    def pull_up_weakly(self, pin: int) -> None:
        """Solder a large resistor between a pin and the supply."""
        self._ports[pin >> 5].weak_pull_up |= 1 << (pin & 31)

    def on_rise(self, pin: int, listener: Callable[[], None]) -> None:
        """Call the listener whenever the chip drives this pin from low to high."""
        self._ports[pin >> 5].watched |= 1 << (pin & 31)
        self._on_rise[pin] = listener

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
        """Toggle the output latch of a pin (GPIOTE does)."""
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
        risen = after & ~before & port.watched
        if risen:
            for bit in bits(risen):
                self._on_rise[32 * number + bit]()

    # The program

    def _locate(self, offset: int) -> tuple[int, int]:
        if offset >= PORT_1 and len(self._ports) > 1:
            return 1, offset - _PORT_1_SHIFT
        return 0, offset

    def read(self, uc: object, offset: int, size: int, user_data: object) -> int:
        """Return a register that the program reads."""
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
        """Set a register that the program writes."""
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
        pull = value >> 2 & 3
        port.pull_up = port.pull_up | bit if pull == _CNF_PULL_UP else port.pull_up & ~bit
        port.pull_down = port.pull_down | bit if pull == _CNF_PULL_DOWN else port.pull_down & ~bit
        direction = port.direction | bit if value & 1 else port.direction & ~bit
        self._change(number, port.out, direction)
