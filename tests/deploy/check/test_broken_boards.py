"""Each check also fails when it should: virtual boards that are broken in that way, one by one."""

from dataclasses import replace

import pytest
from checked_boards import TINY, changed_link, checked, hand, kit_on, shared, slower_by
from faulty_port import Fault, FaultyPort
from tiers import tiers

from microbit_ml.board.boards import AttachedBoard
from microbit_ml.board.ports import BoardPort
from microbit_ml.board.repl import RawRepl
from microbit_ml.deploy.check import (
    FAILED,
    NOT_DONE,
    PASSED,
    SimulatedHand,
    bench,
    golden,
    identity,
    line,
    memory,
    sampling,
    sensor,
    storage,
    timing,
    touch,
)
from microbit_ml.targets import TARGETS
from microbit_ml.virtual import VirtualSerial
from microbit_ml.virtual.accelerometers import Accelerometer, Lsm303agr, Mma8653


def failed(results):
    return {one.what: one.reason for one in results if one.status == FAILED}


# Which board it is


@pytest.mark.parametrize("expected", tiers(["v2"], full=["v1"]))
def test_a_board_that_is_not_what_its_usb_id_says(monkeypatch, expected):
    usb_id = {"v1": "9901", "v2": "9904"}[expected]
    monkeypatch.setattr(bench, "_expected", lambda address: (TARGETS[expected], usb_id))
    with shared("v1") as (url, _):
        results = checked(url, [identity])
    wrong = failed(results)
    if expected == "v1":
        assert not wrong
    else:
        assert list(wrong) == ["board, by its chip"]
        assert "is that of a V2, but the chip that answers is a nRF51822" in wrong.popitem()[1]
    assert usb_id in [one.value for one in results]


def test_the_usb_id_is_that_of_the_port(monkeypatch):
    boards = [AttachedBoard("9904" + "0" * 44, BoardPort("/dev/x", "9904"), None)]
    monkeypatch.setattr(bench, "find_boards", lambda: boards)
    assert bench._expected("/dev/x") == (TARGETS["v2"], "9904")
    assert bench._expected("/dev/y") == (None, "")
    assert bench._expected("virtual:V1") == (TARGETS["v1"], "")


@pytest.mark.slow
def test_another_version_of_the_kit():
    with shared("v1", kit_on("v1", recognizer_py=kit_on("v1")["recognizer.py"] + b"x=1\n")) as (
        url,
        _,
    ):
        wrong = failed(checked(url, [identity]))
    assert list(wrong) == ["files of this kit"] and "recognizer.py" in wrong["files of this kit"]


# The motion sensor


@pytest.mark.parametrize(
    ("kind", "revision", "coarse"),
    tiers([], slow=[("v1", "1.3", 32)], full=[("v1", "1.5", 8), ("v2", None, 8)]),
)
def test_a_sensor_with_another_step(monkeypatch, kind, revision, coarse):
    exact = Accelerometer._converted
    unit = coarse // 4
    monkeypatch.setattr(
        Accelerometer, "_converted", lambda self, value: exact(self, value) // unit * unit
    )
    with shared(kind, revision=revision) as (url, _):
        wrong = failed(checked(url, [sensor]))
    assert list(wrong) == ["step of the readings"]
    assert f"these are steps of {coarse}" in wrong["step of the readings"]


@pytest.mark.slow
def test_a_sensor_that_nobody_knows():
    with shared("v1") as (url, board):
        board.run(1)
        accelerometer = board._hardware.accelerometer
        accelerometer.registers[accelerometer.WHO_AM_I] = 0x11
        results = checked(url, [sensor])
    assert failed(results) == {"sensor chip": "No motion sensor that the kit knows answers."}


@pytest.mark.slow
def test_a_board_that_lies_still_is_not_done(monkeypatch):
    monkeypatch.setattr(bench, "SimulatedPerson", lambda board, labels: Still())
    with shared("v1") as (url, _):
        results = {one.what: one for one in checked(url, [sensor])}
    assert results["step of the readings"].status == NOT_DONE
    assert results["samples a second"].status == PASSED


class Still:
    def move(self):
        pass


@pytest.mark.parametrize("hz", tiers([], slow=[25], full=[100]))
def test_a_sensor_at_another_rate(monkeypatch, hz):
    """Slow: samples would be read twice. Fast: samples are never read."""
    monkeypatch.setattr(Mma8653, "_rate_hz", lambda self, control: hz if control & 1 else None)
    with shared("v1") as (url, _):
        wrong = failed(checked(url, [sensor, sampling]))
    assert f"The sensor measures {hz}" in wrong["samples a second"]
    assert ("reads too early" in wrong) == (hz == 25)
    assert ("sensor samples unread" in wrong) == (hz == 100)


# Memory, integers, time


@pytest.mark.slow
def test_a_heap_that_is_smaller():
    files = kit_on("v1")
    files["recognizer.py"] += b"keep = bytearray(600)\n"
    with shared("v1", files) as (url, _):
        wrong = failed(checked(url, [memory]))
    assert list(wrong) == ["heap free, with the model"]
    assert "bytes less than on a virtual board" in wrong["heap free, with the model"]


FIFTH = (13107).to_bytes(4, "little")  # kernels/emit.py: a fifth, as 2**16 / 5


@pytest.mark.parametrize("kind", tiers(["v1"], full=["v2"]))
def test_one_wrong_number_in_the_kernels(kind):
    files = kit_on(kind)
    name = f"kernel_{kind}.bin"
    assert files[name].count(FIFTH) == 1
    files[name] = files[name].replace(FIFTH, (13000).to_bytes(4, "little"))
    with shared(kind, files) as (url, _):
        (result,) = checked(url, [golden])
    assert result.status == FAILED and result.value < TINY.windows
    assert "windows differ" in result.reason


@pytest.mark.parametrize("kind", tiers([], slow=["v1"], full=["v2"]))
def test_a_processor_at_half_its_speed(kind):
    with shared(kind) as (url, board):
        board._chip.clock.ticks_per_instruction *= 2
        wrong = failed(checked(url, [timing]))
    assert set(wrong) == {"cycles an instruction, machine code", "cycles an instruction, Python"}
    assert "needs 3." in wrong["cycles an instruction, machine code"]


@pytest.mark.slow
def test_too_little_memory_for_a_check_is_not_done():
    files = kit_on("v1")
    files["recognizer.py"] += b"keep = bytearray(3000)\n"
    with shared("v1", files) as (url, _):
        results = checked(url, [sampling, storage])
    assert results[0].status == NOT_DONE and "too little memory" in results[0].reason
    assert {one.status for one in results[1:]} == {PASSED}


# Samples


@pytest.mark.parametrize("percent", tiers([], slow=[3], full=[-3]))
def test_a_slow_or_fast_clock(percent):
    with shared("v1") as (url, _), changed_link(slower_by(percent)):
        wrong = failed(checked(url, [sampling], TINY))
    assert list(wrong) == ["clock, against the computer's"]


@pytest.mark.parametrize("kind", tiers(["v1"], full=["v2"]))
def test_samples_that_are_lost(kind):
    files = kit_on(kind)
    marker = b"    period = model[14] * 1000\n"
    assert marker in files["loader.py"]
    files["loader.py"] = files["loader.py"].replace(marker, marker + b"    sleep(45)\n")
    with shared(kind, files) as (url, _):
        wrong = failed(checked(url, [sampling]))
    assert "samples missed of 20" in wrong and "intervals near 20 ms" in wrong


# Files


@pytest.mark.slow
def test_a_full_file_system():
    fill = (
        "i=0\nfor n in (2000,300,60):\n try:\n  while 1:\n   f=open('f%d'%i,'wb')\n"
        "   f.write(bytes(n))\n   f.close()\n   i+=1\n except OSError:pass"
    )
    with shared("v1") as (url, board):
        repl = RawRepl(VirtualSerial(board), lambda: board.time_us / 1e6)
        repl.enter()
        repl.exec(fill, 60)
        before = board.files
        results = checked(url, [storage])
        assert board.files == before
    assert "The file system is full" in failed(results)["bytes written and read"]


@pytest.mark.slow
def test_a_file_that_a_restart_loses(monkeypatch):
    restart = bench.Bench.restart

    def forgetful(self, seconds):
        restart(self, seconds)
        self.repl.exec(f"import os\nos.remove('{storage.FILE}')")

    monkeypatch.setattr(bench.Bench, "restart", forgetful)
    with shared("v1") as (url, _):
        assert failed(checked(url, [storage])) == {"bytes after the restart": "The file is gone."}


@pytest.mark.slow
def test_a_board_that_does_not_restart(monkeypatch):
    monkeypatch.setattr(bench.Bench, "restart", lambda self, seconds: self.repl.exec("1"))
    with shared("v1") as (url, _):
        assert list(failed(checked(url, [storage]))) == ["restarts when told to"]


# Display and buttons


class OneDeadButton(SimulatedHand):
    def pressing(self, what, seconds):
        self._board.hold("a")
        return super().pressing("button A", seconds)


@pytest.mark.slow
def test_a_dead_button(monkeypatch):
    monkeypatch.setattr(touch, "PRESS_S", 0.3)
    with shared("v1") as (url, _):
        wrong = failed(checked(url, [touch], person=lambda link: OneDeadButton(link.virtual)))
    assert list(wrong) == ["button B", "both buttons"]


@pytest.mark.slow
def test_an_led_that_stays_dark():
    def one_dark(link):
        person = hand(link)
        seen = person._board
        person._board = DarkLed(seen)
        return person

    with shared("v1") as (url, _):
        wrong = failed(checked(url, [touch], person=one_dark))
    assert set(wrong) == {"picture on the display", "all 25 LEDs"}


class DarkLed:
    """A board whose LED in the middle of the upper row is broken."""

    def __init__(self, board):
        self._board = board
        self.hold, self.release = board.hold, board.release

    @property
    def leds(self):
        rows = [list(row) for row in self._board.leds]
        rows[0][2] = rows[2][2] = rows[0][0] = 0
        return rows


# The serial line


@pytest.mark.parametrize("kind", tiers([], slow=["drop"], full=["double", "garble"]))
@pytest.mark.parametrize("reading", [True, False])
def test_a_line_that_is_disturbed(kind, reading):
    ports = []

    def faulty(link):
        ports.append(FaultyPort(link.port))
        return replace(link, port=ports[0])

    def begin(title):
        port = ports[0]
        done = port.n_read if reading else port.n_written
        port._plan = Fault(kind, done + 900, reading)

    with shared("v1") as (url, _), changed_link(faulty):
        results = checked(url, [line, identity], begun=lambda title: begin(title))
    assert results[0].status == FAILED and results[0].what == "bytes sent and back unchanged"
    assert ports[0].fired


class Mute:
    """A port whose board stops answering when ``mute`` is set."""

    mute = False

    def __init__(self, port):
        self._port = port
        self.write = port.write
        self.timeout = None

    @property
    def in_waiting(self):
        return 0 if self.mute else self._port.in_waiting

    def read(self, size=1):
        self._port.timeout = self.timeout
        data = self._port.read(size)
        return b"" if self.mute else data


@pytest.mark.slow
def test_a_board_that_stops_answering_ends_the_check_early():
    ports = []

    def mute(link):
        ports.append(Mute(link.port))
        return replace(link, port=ports[0])

    def begin(title):
        ports[0].mute = title == memory.TITLE

    with shared("v1") as (url, _), changed_link(mute):
        results = checked(url, [identity, memory, storage], begun=begin)
    assert [one.status for one in results[-2:]] == [FAILED, NOT_DONE]
    assert results[-1].reason == "The board no longer answers."


def test_lsm303agr_is_the_other_sensor():
    assert sensor.CHIPS[(Lsm303agr.ADDRESS, Lsm303agr.WHO_AM_I, Lsm303agr.IDENTITY)][1] == 4
    assert sensor.CHIPS[(Mma8653.ADDRESS, Mma8653.WHO_AM_I, Mma8653.IDENTITY)][1] == 16
