"""The surroundings of a board, as its MicroPython program measures them."""

import pytest
from tiers import tiers

from microbit_ml.errors import VirtualBoardError
from microbit_ml.image.stock import STOCK, UFLASH
from microbit_ml.virtual import VirtualBoard

IMPORT = "from microbit import *"


@pytest.fixture
def board(boot, ask, kind):
    """A board of each kind at its prompt."""
    board = boot(kind)
    ask(board, IMPORT)
    return board


@pytest.mark.parametrize(
    ("kind", "revision", "step"),
    tiers([("v1", "1.3", 100), ("v2", "2.0", 150)], slow=[("v1", "1.5", 150)]),
)
def test_magnetic_field(ask, kind, revision, step):
    with VirtualBoard(kind, {}, revision=revision) as board:
        assert board.run_until(">>> ", 2)
        ask(board, IMPORT)
        assert ask(board, "compass.get_x(), compass.get_y(), compass.get_z()") == "(0, 0, 0)"
        for field in ((10_000, -20_000, 30_000), (-31_049, 22_075.5, -49_001), (49, 50, 75)):
            board.magnetic_field = field
            shown = ask(board, "sleep(250)", "compass.get_x(), compass.get_y(), compass.get_z()")
            values = [int(number) for number in shown.strip("()").split(",")]
            assert all(value % step == 0 for value in values)
            assert all(abs(a - b) <= step / 2 for a, b in zip(values, field))
            strength = int(ask(board, "compass.get_field_strength()"))
            assert strength == pytest.approx(sum(v * v for v in values) ** 0.5, abs=2)


def test_accelerometer_of_v1_5(ask):
    """It has steps of 4 and V1.3 has steps of 16."""
    with VirtualBoard("v1", {}, revision="1.5") as board:
        assert board.run_until(">>> ", 2)
        ask(board, IMPORT)
        for counts in ((0, 0, -1024), (104, -204, 308), (-1023, 5, 2)):
            board.tilt(*counts)
            shown = ask(board, "sleep(60)", "accelerometer.get_values()")
            assert shown == str(board.as_read(counts))
            assert all(abs(a - b) <= 2 for a, b in zip(board.as_read(counts), counts))


def test_light_level(board, ask):
    assert board.light_level == 195
    ask(board, "display.read_light_level()")
    for level in (0, 1, 77, 195, 254, 255):
        board.light_level = level
        assert ask(board, "sleep(300)", "display.read_light_level()") == str(level)
    for bad in (-1, 256):
        with pytest.raises(VirtualBoardError, match="from 0 to 255"):
            board.light_level = bad


def test_temperature(board, ask):
    for degrees in (-7, 38.25):
        board.temperature = degrees
        assert ask(board, "sleep(1500)", "temperature()") == str(int(degrees))


def test_buttons_and_pads(board, ask):
    watch = "pin0.is_touched(), pin1.is_touched(), pin2.is_touched()"
    wait = "sleep(300)"
    assert ask(board, watch, wait, watch) == "(False, False, False)"
    board.hold("pin1")
    assert ask(board, wait, watch) == "(False, True, False)"
    board.release("pin1")
    assert ask(board, wait, watch) == "(False, False, False)"
    with pytest.raises(VirtualBoardError, match="buttons are a and b. You can touch pin0"):
        board.hold("c")


def test_pads_have_a_weak_resistor(board, ask):
    assert ask(board, "pin1.set_pull(pin1.NO_PULL)", "pin1.read_digital()") == "1"
    assert ask(board, "pin1.set_pull(pin1.PULL_DOWN)", "pin1.read_digital()") == "0"
    assert ask(board, "pin1.set_pull(pin1.PULL_UP)", "pin1.read_digital()") == "1"


def test_logo_and_capacitive_pads(boot, ask):
    board = boot("v2")
    watch = "pin_logo.is_touched(), pin0.is_touched()"
    ask(board, IMPORT, "pin0.set_touch_mode(pin0.CAPACITIVE)", watch)
    for name, shown in (("logo", "(True, False)"), ("pin0", "(False, True)")):
        assert ask(board, "sleep(300)", watch) == "(False, False)"
        board.hold(name)
        assert ask(board, "sleep(300)", watch) == shown
        board.release(name)
    with pytest.raises(VirtualBoardError, match="logo"):
        boot("v1", to_prompt=False).press("logo")


@pytest.mark.slow
@pytest.mark.parametrize("name", STOCK)
def test_sound_level(boot, ask, name):
    board = boot("v2", stock=name)
    within = 2 if name == UFLASH else 4
    ask(board, IMPORT, "microphone.sound_level()")
    listen = "max([(sleep(30), microphone.sound_level())[1] for i in range(5)])"
    assert ask(board, "sleep(200)", listen) == "0"
    for level in (10, 100, 220):
        board.sound_level = level
        assert int(ask(board, "sleep(200)", listen)) == pytest.approx(level, rel=0.06, abs=within)
    assert ask(board, "microphone.current_event()") == "SoundEvent('loud')"
    board.sound_level = 0
    assert ask(board, "sleep(200)", listen) == "0"
    assert ask(board, "microphone.current_event()") == "SoundEvent('quiet')"
    with pytest.raises(VirtualBoardError, match="no microphone"):
        boot("v1", to_prompt=False).sound_level = 3


def test_sounds(board, ask):
    assert board.sounds == []
    ask(board, "import music")
    before_us = board.time_us
    ask(board, "music.play(['a4:4', 'r:4', 'e5:4', 'a3:4'])", "sleep(200)")
    audible = [sound for sound in board.sounds if sound[1]]
    assert [frequency for _, frequency in audible] == [
        pytest.approx(440, rel=0.01),
        pytest.approx(659, rel=0.01),
        pytest.approx(220, rel=0.01),
    ]
    times = [time_us for time_us, _ in audible]
    assert times[0] > before_us
    assert times[1] - times[0] == pytest.approx(1_000_000, rel=0.12)
    assert times[2] - times[1] == pytest.approx(500_000, rel=0.12)
    assert board.sounds[1][1] == 0  # the rest
    assert board.sounds[-1][1] == 0


def test_nothing_changes_while_it_is_not_used(boot, kind):
    """Surroundings cost nothing: setting one that no program measures does not change the run."""

    def run(change):
        board = boot(kind, "while True:\n    pass", to_prompt=False)
        if change:
            board.light_level, board.temperature = 3, -5.0
            board.magnetic_field = (1e4, 2e4, 3e4)
        board.run(0.5)
        return board.instructions, board.serial

    assert run(False) == run(True)


def test_wrong_revision():
    with pytest.raises(VirtualBoardError, match=r"Choose one of: 1\.3, 1\.5"):
        VirtualBoard("v1", {}, revision="2.0")


def test_the_seed_changes_identity_and_random_numbers(ask):
    seen = []
    for seed in (0, 0, 1):
        with VirtualBoard("v1", {}, seed=seed) as board:
            assert board.run_until(">>> ", 2)
            ask(board, "import machine, random")
            seen.append((ask(board, "machine.unique_id()"), ask(board, "random.random()")))
    assert seen[0] == seen[1]
    assert seen[0][0] != seen[2][0]
    assert seen[0][1] != seen[2][1]
