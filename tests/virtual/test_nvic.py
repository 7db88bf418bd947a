"""The interrupt controller by itself."""

import pytest

from microbit_ml.virtual.nvic import FIRST_INTERRUPT, HARD_FAULT, PENDSV, SVCALL, Nvic, bits


class Lines:
    """Interrupt lines that a test sets, and a count of how often attention was asked for."""

    def __init__(self) -> None:
        self.high: set[int] = set()
        self.asked = 0
        self.nvic = Nvic(32, 2, self.high.__contains__, self.ask)

    def ask(self) -> None:
        self.asked += 1


@pytest.fixture
def lines() -> Lines:
    return Lines()


def interrupt(number: int) -> int:
    return FIRST_INTERRUPT + number


def test_bits():
    assert list(bits(0)) == []
    assert list(bits(0b1001_0010)) == [1, 4, 7]


def test_disabled_interrupt_waits_until_it_is_enabled(lines):
    nvic = lines.nvic
    nvic.pend(interrupt(5))
    assert (nvic.candidate(), lines.asked) == (0, 0)
    nvic.enable(1 << interrupt(5))
    assert (nvic.candidate(), lines.asked) == (interrupt(5), 1)
    nvic.disable(1 << interrupt(5))
    assert nvic.candidate() == 0


def test_most_urgent_first_then_lowest_number(lines):
    nvic = lines.nvic
    nvic.enable(0xFFFF << FIRST_INTERRUPT)
    for number in (3, 7, 9):
        nvic.pend(interrupt(number))
    assert nvic.candidate() == interrupt(3)
    nvic.set_priority(interrupt(3), 0x80)
    assert nvic.candidate() == interrupt(7)
    nvic.pend(SVCALL)
    assert nvic.candidate() == SVCALL
    nvic.pend(HARD_FAULT)
    assert nvic.candidate() == HARD_FAULT


def test_only_a_more_urgent_one_preempts(lines):
    nvic = lines.nvic
    nvic.enable(0b11 << FIRST_INTERRUPT)
    nvic.set_priority(interrupt(0), 0x80)
    nvic.set_priority(interrupt(1), 0x80)
    nvic.activate(interrupt(0))
    nvic.pend(interrupt(1))
    assert nvic.candidate() == 0
    nvic.set_priority(interrupt(1), 0x40)
    assert nvic.candidate() == interrupt(1)
    nvic.activate(interrupt(1))
    assert nvic.deactivate() == interrupt(1)
    assert nvic.deactivate() == interrupt(0)
    assert nvic.candidate() == 0


def test_priority_keeps_only_its_upper_bits_and_faults_cannot_be_moved(lines):
    lines.nvic.set_priority(PENDSV, 0xFF)
    assert lines.nvic.priority[PENDSV] == 0xC0
    lines.nvic.set_priority(HARD_FAULT, 0xFF)
    assert lines.nvic.priority[HARD_FAULT] == -1


def test_line_that_stays_high_comes_again(lines):
    nvic = lines.nvic
    nvic.enable(1 << interrupt(4))
    lines.high.add(4)
    nvic.pend(interrupt(4))
    nvic.activate(interrupt(4))
    assert nvic.candidate() == 0
    nvic.deactivate()
    assert nvic.candidate() == interrupt(4)
    nvic.unpend(1 << interrupt(4))
    assert nvic.candidate() == interrupt(4)
    lines.high.clear()
    nvic.unpend(1 << interrupt(4))
    assert nvic.candidate() == 0


def test_line_high_before_it_is_enabled(lines):
    lines.high.add(2)
    lines.nvic.enable(1 << interrupt(2))
    assert lines.nvic.candidate() == interrupt(2)
