"""The interface chip of V2: its commands on the I2C bus, and the data log that comes out of it."""

import pytest

from microbit_ml import virtual
from microbit_ml.image.hex import add_files
from microbit_ml.image.intel_hex import write_plain
from microbit_ml.image.runtime import bundled_runtimes
from microbit_ml.image.stock import CURRENT
from microbit_ml.recordings.formats.microbit_log import read_log
from microbit_ml.virtual import VirtualBoard, VirtualDrive
from microbit_ml.virtual.clock import TICKS_PER_US, VirtualClock
from microbit_ml.virtual.interface_chip import InterfaceChip

BUSY = bytes([0x20, 0x39])


class Still:
    """A board whose program does nothing."""

    executed = 0

    def end_after(self, instructions):
        pass


class Desk:
    """An interface chip alone, and what a program sees of it."""

    def __init__(self):
        self.clock = VirtualClock(Still(), 14)
        self.asks = False
        self.chip = InterfaceChip(self.clock, self._ask)

    def _ask(self, whether):
        self.asks = whether

    def send(self, address, *content):
        device = self.chip.devices[address]
        device.start(False)
        for byte in content:
            device.write(byte)
        device.end()

    def read(self, address, size):
        device = self.chip.devices[address]
        device.start(True)
        content = bytes(device.read() for _ in range(size))
        device.end()
        return content

    def wait_us(self, us):
        self.clock.ticks += round(us * TICKS_PER_US)
        self.clock.run_due_events()

    def ask(self, address, *content, size=12):
        self.send(address, *content)
        self.wait_us(2_000_000)
        assert self.asks
        content = self.read(address, size)
        assert not self.asks
        return content


@pytest.fixture
def desk():
    return Desk()


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ([0x10, 1], "11 01 02 04 99"),  # the board: V2.00
        ([0x10, 2], "11 02 02 02 00"),  # the protocol
        ([0x10, 3], "11 03 02 01 01"),  # DAPLink 0257
        ([0x10, 4], "11 04 01 01"),  # on USB
        ([0x10, 5], "11 05 08 00 00 00 00 a0 5a 32 00"),  # no battery, 3.3 V
        ([0x10, 6], "11 06 01 02"),  # USB is connected
        ([0x10, 7], "20 36"),  # the power mode cannot be read
        ([0x10, 0x0B], "20 34"),  # no such property
        ([0x12, 1, 2, 0, 0], "20 37"),  # the board's version cannot be written
        ([0x12, 7, 1, 8], "13 07"),  # power down
        ([0x12, 7, 1, 9], "20 38"),
        ([0x12, 8, 2, 0, 0], "20 35"),
        ([0x12, 0x0A, 1, 1], "13 0a"),
        ([0x12, 0x0B, 1, 1], "20 34"),
        ([0x11, 1], "20 33"),
        ([0x55], "20 32"),
        ([0x10], "20 31"),
    ],
)
def test_settings_and_their_errors(desk, command, answer):
    assert desk.ask(0x70, *command)[: len(answer.split())].hex(" ") == answer


def test_an_answer_takes_its_time_and_is_given_once(desk):
    desk.send(0x70, 0x10, 4)
    assert not desk.asks and desk.read(0x70, 2) == BUSY
    desk.wait_us(200)
    assert desk.asks and desk.read(0x70, 4) == bytes([0x11, 4, 1, 1])
    assert not desk.asks and desk.read(0x70, 2) == BUSY
    desk.send(0x70)  # wakes it up: nothing to answer
    desk.send(0x72, 0)
    desk.wait_us(1000)
    assert not desk.asks


def test_a_second_command_takes_the_place_of_the_first(desk):
    desk.send(0x70, 0x10, 1)
    desk.send(0x70, 0x10, 4)
    desk.wait_us(1000)
    assert desk.read(0x70, 4) == bytes([0x11, 4, 1, 1])
    desk.wait_us(1000)
    assert not desk.asks


def test_the_flash_is_written_read_and_erased(desk):
    place, word = [0, 4, 0, 0, 0, 0, 4], [1, 2, 3, 4]
    assert desk.ask(0x72, 0x0A, *place)[8:] == b"\xff" * 4
    assert desk.ask(0x72, 0x0B, *place, *word) == bytes([0x0B, *place, *word])
    assert desk.ask(0x72, 0x0A, *place) == bytes([0x0A, *place, *word])
    assert desk.ask(0x72, 0x0B, *place, 0, 2, 0, 4)[8:] == bytes([0, 2, 0, 4])  # clears bits
    assert desk.ask(0x72, 0x0B, *place, 8, 0, 0, 0)[:1] == b"\x20"  # cannot set one
    assert desk.ask(0x72, 0x0C, 0, 4, 0, 0, 0, 4, 0)[:1] == b"\x0c"
    assert desk.ask(0x72, 0x0A, *place)[8:] == b"\xff" * 4


@pytest.mark.parametrize(
    "command",
    [
        [0x0B, 0, 0, 1, 0, 0, 0, 4, 1, 2, 3, 4],  # not on a word
        [0x0B, 0, 0, 0, 0, 0, 0, 8, 1, 2, 3, 4],  # another length
        [0x0B, 1, 0xFC, 0, 0, 0, 0, 4, 1, 2, 3, 4],  # behind the end
        [0x0A, 1, 0xFC, 0, 0, 0, 0, 4],
        [0x0A, 0, 0],  # cut short
        [0x0C, 0, 0, 1, 0, 0, 4, 0],  # not at a sector
        [0x0C, 0, 8, 0, 0, 0, 4, 0],  # last before first
        [0x01, *b" EMPTY  TXT"],
        [0x01, *b"small   TXT"],
        [0x02, 0, 2, 0, 0],  # larger than the flash
        [0x03, 1, 1],
        [0x42],
    ],
)
def test_what_the_flash_cannot_do_fails(desk, command):
    assert desk.ask(0x72, *command)[0] == 0x20


def test_the_file_on_the_drive(desk):
    storage = desk.chip.storage
    assert desk.ask(0x72, 0x01) == b"\x01DATA    BIN"
    assert desk.ask(0x72, 0x02)[:5] == bytes([2, 0, 1, 0xF8, 0])  # 126 KiB
    assert desk.ask(0x72, 0x06)[:2] == bytes([6, 127])
    assert desk.ask(0x72, 0x07)[:3] == bytes([7, 4, 0])
    desk.ask(0x72, 0x0B, 0, 0, 0, 0, 0, 0, 4, *b"data")
    desk.ask(0x72, 0x01, *b"MY_DATA HTM")
    desk.ask(0x72, 0x02, 0, 0, 0, 6)
    desk.ask(0x72, 0x03, 1)
    assert desk.ask(0x72, 0x03)[:2] == bytes([3, 1])
    assert storage.files == {}  # until the drive comes anew
    assert desk.ask(0x72, 0x04)[0] == 4 and desk.ask(0x72, 0x08)[0] == 8
    assert storage.files == {"MY_DATA.HTM": b"data\xff\xff"}
    desk.ask(0x72, 0x01, *b"OTHER   EXE")
    desk.ask(0x72, 0x08)
    assert list(storage.files) == ["OTHER.BIN"]
    desk.ask(0x72, 0x05)
    desk.ask(0x72, 0x08)
    assert storage.files == {}
    assert desk.ask(0x72, 0x09, 0, 0, 0, 1, 0, 0, 0, 2)[0] == 9
    assert desk.ask(0x72, 0x09)[:9] == bytes([9, 0, 0, 0, 1, 0, 0, 0, 2])


# The runtime itself.

LOGS = """
from microbit import *
import log
log.set_labels('x', 'y', 'z', 'label', timestamp=log.MILLISECONDS)
for i in range(60):
    x, y, z = accelerometer.get_values()
    log.add(x=x, y=y, z=z, label='up' if i < 40 else 'down')
    sleep(5)
print('logged')
"""


def board_with(program):
    """A V2 with MicroPython 2.1.2 and this main.py."""
    files = {"main.py": program.encode()} if program else {}
    return VirtualBoard("v2", write_plain(add_files(bundled_runtimes(CURRENT)["v2"], files)))


@pytest.mark.slow
def test_a_log_of_the_board_is_imported(tmp_path):
    with board_with(LOGS) as board:
        assert board.drive_files == {}
        board.tilt(100, -200, -996)
        assert board.run_until("logged", 10), board.serial
        content = board.drive_files["MY_DATA.HTM"]
    assert len(content) == 0x1F000 and content.startswith(b"<")
    path = tmp_path / "MY_DATA.HTM"
    path.write_bytes(content)
    dataset = read_log(path)
    assert [(one.label, len(one.samples)) for one in dataset] == [("up", 40), ("down", 20)]
    assert {tuple(row) for one in dataset for row in one.samples.tolist()} == {(100, -200, -996)}


@pytest.mark.slow
def test_the_log_appears_on_the_virtual_drive(tmp_path):
    runtime = bundled_runtimes(CURRENT)["v2"]
    now = [0.0]
    drive = VirtualDrive(tmp_path / "MICROBIT", "v2", clock=lambda: now[0])
    text = write_plain(add_files(runtime, {"main.py": LOGS.encode()}))
    (drive.path / "log.hex").write_text(text, "ascii")
    for _ in range(10):
        drive.poll()
        now[0] += virtual.drive.AWAY_S
    shown = drive.path / "MY_DATA.HTM"
    assert drive.board is not None and not shown.exists()
    assert drive.board.run_until("logged", 10)
    drive.poll()
    assert shown.read_bytes() == drive.board.drive_files["MY_DATA.HTM"]
    drive.board.write(b"log.delete(full=True)\r")
    drive.board.run(6)
    drive.poll()
    assert not shown.exists()
    drive.close()


@pytest.mark.slow
def test_writing_main_py_and_ctrl_c_while_it_is_written():
    with board_with("") as board:
        assert board.run_until(">>> ", 3)
        board.write(b"f = open('main.py', 'w')\r")
        board.run(0.1)
        board.write(b"\x03")
        board.run(2)
        board.write(b"f = open('main.py', 'w'); f.write('print(1234)'); f.close()\r")
        assert board.run_until("11\r\n>>> ", 3), board.serial
        assert board.files == {"main.py": b"print(1234)"}
        board.reset()
        assert board.run_until("1234\r\n", 3), board.serial


@pytest.mark.slow
def test_switching_the_power_off_is_acknowledged_though_nothing_is_off_here():
    with board_with("import power\npower.off()\nprint('still on')") as board:
        assert board.run_until("still on", 2), board.serial


def test_v1_has_no_log():
    with VirtualBoard("v1", {}) as board:
        assert board.drive_files == {}
