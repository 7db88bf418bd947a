"""TIMER: the computed counter against a stepped one."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from microbit_ml.virtual.clock import VirtualClock
from microbit_ml.virtual.peripherals import timer
from microbit_ml.virtual.peripherals.base import FIRST_EVENT, INTENSET, SHORTS
from microbit_ml.virtual.peripherals.timer import Timer

CLOCK = 32  # ticks of a clock of 16 MHz


class Chip:
    """A chip reduced to what a timer needs: time, and a record of interrupts."""

    def __init__(self) -> None:
        self.clock = VirtualClock(SimpleNamespace(executed=0, end_after=lambda n: None), 1)
        self.ppi_routes: dict = {}
        self.interrupts: list[int] = []
        self.is_enabled = True

    def interrupt_is_enabled(self, number: int) -> bool:
        return self.is_enabled

    def pend_interrupt(self, number: int) -> None:
        self.interrupts.append(self.clock.ticks // CLOCK)

    def advance(self, clocks: int) -> None:
        until = self.clock.ticks + clocks * CLOCK
        while self.clock.ticks < until:
            self.clock.sleep_until(self.clock.next_event(until))
            self.clock.run_due_events()


def make(cc: list[int], shorts: int, bitmode: int = 1) -> tuple[Chip, Timer]:
    chip = Chip()
    device = Timer(chip, 8)  # type: ignore[arg-type]
    device.write(timer.PRESCALER, 0)
    device.write(timer.BITMODE, bitmode)
    for channel, value in enumerate(cc):
        device.write(timer.CC + 4 * channel, value)
    device.write(SHORTS, shorts)
    return chip, device


def stepped(cc: list[int], shorts: int, clocks: int) -> tuple[int, list[int]]:
    """A timer of 8 bits, clock by clock: its counter at the end, and matches by channel."""
    counter, matches, running = 0, [0] * 6, True
    for _ in range(clocks):
        if not running:
            break
        counter = (counter + 1) % 256
        at = counter
        for channel, value in enumerate(cc):
            if value == at:
                matches[channel] += 1
                running = running and not shorts >> (8 + channel) & 1
                if shorts >> channel & 1:
                    counter = 0
    return counter, matches


@given(
    cc=st.lists(st.integers(1, 255), min_size=6, max_size=6),
    clear=st.integers(0, 63),
    steps=st.lists(st.integers(1, 700), min_size=1, max_size=5),
)
def test_counter_and_events_as_if_stepped(cc, clear, steps):
    chip, device = make(cc, clear)
    device.write(timer.START, 1)
    matches = [0] * 6
    raise_event = device.raise_event

    def count(event: int, times: int = 1) -> None:
        matches[(event - timer.COMPARE) >> 2] += times
        raise_event(event, times)

    device.raise_event = count  # type: ignore[method-assign]
    total = 0
    for clocks in steps:
        chip.advance(clocks)
        device.synchronise()
        total += clocks
    counter, expected = stepped(cc, clear, total)
    assert matches == expected
    device.write(timer.CAPTURE, 1)
    assert device.read(timer.CC) == counter


@given(st.integers(1, 250), st.integers(1, 250))
def test_interrupts_come_on_time(period, other):
    chip, device = make([period, other, 0, 0, 0, 0], shorts=1)
    device.write(INTENSET, 1 << ((timer.COMPARE - FIRST_EVENT) >> 2))
    device.write(timer.START, 1)
    for number in range(1, 4):
        chip.advance(period)
        assert chip.interrupts[-1] == period * number
        device.write(timer.COMPARE, 0)
    assert len(chip.interrupts) == 3


@given(st.lists(st.integers(1, 60), max_size=8), st.integers(0, 5), st.booleans())
def test_interrupt_comes_on_time_when_it_was_off_for_a_while(waits, captured, written_when_off):
    """Off, a capture or a write, on again: the interrupt comes where the counter meets CC[0]."""
    chip, device = make([200, 0, 0, 0, 0, 0], shorts=0)
    device.write(INTENSET, 1 << ((timer.COMPARE - FIRST_EVENT) >> 2))
    device.write(timer.START, 1)
    due = 200
    for wait in waits:
        chip.advance(wait)
        chip.is_enabled = False
        device.write(timer.CAPTURE + 4 * captured, 1)
        if captured == 0:
            due = chip.clock.ticks // CLOCK + 256  # CC[0] is now the counter's own value
        if written_when_off:
            device.write(timer.CC + 4 * 5, 0)
        chip.is_enabled = True
        device.interrupt_enabled()
        if due <= chip.clock.ticks // CLOCK:
            break
    else:
        chip.advance(due - chip.clock.ticks // CLOCK)
    assert chip.interrupts == [due]


def test_moved_clear_point_is_planned_for_when_the_interrupt_is_on_again():
    chip, device = make([120, 150, 0, 0, 0, 0], shorts=1)  # cleared at 120, so never at 150
    device.write(INTENSET, 2 << ((timer.COMPARE - FIRST_EVENT) >> 2))
    device.write(timer.START, 1)
    chip.advance(100)
    chip.is_enabled = False
    device.write(timer.CAPTURE, 1)  # cleared at 100, which is over: it counts on to 256
    chip.is_enabled = True
    device.interrupt_enabled()
    chip.advance(100)
    assert chip.interrupts == [150]


def test_stop_shortcut_stops_at_the_match():
    chip, device = make([100, 0, 0, 0, 0, 0], shorts=1 << 8)
    device.write(timer.START, 1)
    chip.clock.sleep_until(103 * CLOCK)  # an instruction may take longer than a clock
    chip.clock.run_due_events()
    chip.advance(500)
    device.write(timer.CAPTURE + 4, 1)
    assert device.read(timer.CC + 4) == 100
    assert device.read(timer.COMPARE) == 1
