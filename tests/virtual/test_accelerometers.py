"""The accelerometers, read through the booted runtime: rounding, range and rate as documented."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from microbit_ml.errors import DataError
from microbit_ml.virtual.accelerometers import Lsm303agr, Mma8653
from microbit_ml.virtual.clock import VirtualClock
from microbit_ml.virtual.wiring import V1_3, V2_0

WATCH = """
from microbit import *
while True:
    print('A', accelerometer.get_values())
    sleep(5)
"""


def sensor(model):
    clock = VirtualClock(SimpleNamespace(executed=0, end_after=lambda n: None), 1)
    wiring = V1_3 if model is Mma8653 else V2_0
    return model(
        wiring.accelerometer_signs, clock, lambda: None, lambda level: None, lambda *read: None
    )


def test_steps_worked_by_hand():
    v2 = sensor(Lsm303agr)
    # 10 bits, steps of 4, half up along the sensor's axes (x, -y, z)
    assert v2.as_read((0, 0, -1024)) == (0, 0, -1024)
    assert v2.as_read((1, 2, 3)) == (0, 0, 4)  # y: -2 / 4 rounds up to 0
    assert v2.as_read((6, 6, -6)) == (8, 4, -4)
    assert v2.as_read((2047, 2047, 2047)) == (2044, 2048, 2044)
    assert v2.as_read((-2048, -2048, -2048)) == (-2048, -2044, -2048)
    v1 = sensor(Mma8653)
    # then down to 8 bits, along the sensor's axes (-x, -y, z)
    assert v1.as_read((0, 0, -1024)) == (0, 0, -1024)
    assert v1.as_read((15, 15, 15)) == (16, 16, 16)
    assert v1.as_read((4, 4, 4)) == (16, 16, 0)
    assert v1.as_read((-4, -4, -4)) == (0, 0, -16)
    assert v1.as_read((2047, 2047, 2047)) == (2048, 2048, 2032)
    assert v1.as_read((-2048, -2048, -2048)) == (-2032, -2032, -2048)


counts = st.integers(-4000, 4000)


@given(st.tuples(counts, counts, counts))
def test_steps_ranges_and_errors(values):
    for model, step, lowest, highest in ((Lsm303agr, 4, -2048, 2048), (Mma8653, 16, -2048, 2048)):
        shown = sensor(model).as_read(values)
        for true, seen in zip(values, shown, strict=True):
            assert seen % step == 0
            assert lowest <= seen <= highest
            if abs(true) <= 2020:
                assert abs(seen - true) < step + 2
        assert sensor(model).as_read(shown) == shown or max(map(abs, shown)) > 2028


def test_get_values_shows_exactly_what_is_documented(boot, kind):
    board = boot(kind, WATCH, to_prompt=False)
    assert board.run_until("A (", 2)
    rng = np.random.default_rng(1)
    edges = [-5000, -2048, -2047, -2046, -2041, -17, -16, -15, -9, -8, -7, -4, -3, -2, -1, 0]
    edges += [-edge for edge in edges]
    cases = [(x, y, z) for x, y, z in zip(edges, edges[5:] + edges[:5], edges[9:] + edges[:9])]
    cases += [tuple(int(v) for v in rng.integers(-2200, 2200, 3)) for _ in range(30)]
    for case in cases:
        board.tilt(*case)
        board.run(0.045)  # two conversions
        received = len(board.serial)
        board.run(0.02)
        shown = board.serial[received:].split("A ")[-2].strip()
        assert shown == str(board.as_read(case)), case
        assert board.samples_read[-1][1] == board.as_read(case)


def test_play_is_read_whole_and_in_order(boot, kind):
    board = boot(kind, WATCH, to_prompt=False)
    assert board.run_until("A (", 2)
    rng = np.random.default_rng(2)
    recording = SimpleNamespace(samples=rng.integers(-2048, 2048, (60, 3)).astype(np.int16))
    began, before = board.time_us, len(board.samples_read)
    board.play(recording)
    assert board.time_us - began == pytest.approx(60 * 20_000, abs=5)
    board.run(0.04)
    expected = [board.as_read(tuple(int(v) for v in row)) for row in recording.samples]
    read = [counts for _, counts in board.samples_read[before:]]
    start = read.index(expected[0])
    assert start <= 2  # before: the board lay flat
    assert read[start : start + 60] == expected
    assert set(read[start + 60 :]) <= {expected[-1]}  # the last sample is held
    assert board.samples_missed == 0
    times = [time_us for time_us, _ in board.samples_read[before:]]
    assert times == sorted(times)
    assert np.median(np.diff(times)) == pytest.approx(20_000, abs=6_000)


BUSY = """
from microbit import *
@micropython.asm_thumb
def busy(r0):
    label(again)
    sub(r0, 1)
    bne(again)
print('A', accelerometer.get_values())
while True:
    accelerometer.get_values()
    busy({loops})
"""


def test_unread_samples_are_counted(boot, kind):
    """A program that reads every 0.1 s gets one sample in five."""
    loops = {"v1": 450_000, "v2": 1_800_000}[kind]
    board = boot(kind, BUSY.format(loops=loops), to_prompt=False)
    assert board.run_until("A (", 2)
    before = len(board.samples_read)
    board.play(np.arange(150).reshape(50, 3) * 16)
    seen = len(
        {counts for _, counts in board.samples_read[before:]} - {board.as_read((0, 0, -1024))}
    )
    assert 9 <= seen <= 12
    assert 50 - seen - 2 <= board.samples_missed <= 50 - seen
    board.play(np.zeros((1, 3)))
    assert board.samples_missed == 0


def test_rate_of_play(boot):
    board = boot("v1")
    before = board.time_us
    board.play(np.zeros((10, 3), np.int16), rate_hz=100)
    assert board.time_us - before == pytest.approx(100_000, abs=5)


@pytest.mark.parametrize(
    "bad", [np.zeros((4, 2)), np.zeros(3), [[1, 2, float("nan")]], [["a", "b", "c"]], 7, None]
)
def test_what_cannot_be_played(boot, bad):
    board = boot("v1", to_prompt=False)
    with pytest.raises(DataError):
        board.play(bad)
