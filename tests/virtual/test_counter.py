"""Counting instructions: the fast counter and the reliable one give the same run."""

from microbit_ml.image import build_hex
from microbit_ml.image.stock import text_of
from microbit_ml.virtual import VirtualBoard, counter, cpu

PROGRAM = b"""
from microbit import *
import random
total = 0
for i in range(30):
    total += i * i
    display.set_pixel(i % 5, i // 6, 9)
sleep(20)
print(total, accelerometer.get_values(), random.randrange(10 ** 6))
"""


def run(kind: str, seconds: float) -> tuple[type, str, int, int, list, object]:
    board = VirtualBoard(kind, build_hex({kind: {"main.py": PROGRAM}}))
    board.run(seconds)
    state = board.serial, board.instructions, board.time_us, board.leds, board.samples_read
    return type(board._chip.cpu.counter), *state


def test_fallback_counts_the_same(monkeypatch):
    fast = {"v1": run("v1", 0.12), "v2": run("v2", 0.03)}
    assert "8555 (" in fast["v1"][1]

    def changed_layout(uc):
        raise counter.LayoutError

    monkeypatch.setattr(counter, "FastCounter", changed_layout)
    for kind, seconds in (("v1", 0.12), ("v2", 0.03)):
        slow = run(kind, seconds)
        assert fast[kind][0] is not counter.HookCounter
        assert slow[0] is counter.HookCounter
        assert slow[1:] == fast[kind][1:]


def test_check_finds_a_changed_layout(monkeypatch):
    """When the numbers are not at the expected offset, the slow counter is used."""
    assert cpu.make_counter is counter.make_counter
    monkeypatch.setattr(counter, "_SEARCHED_BYTES", 256)
    board = VirtualBoard("v1", text_of())
    assert isinstance(board._chip.cpu.counter, counter.HookCounter)
    board.run(0.005)
    assert board.instructions > 10_000
