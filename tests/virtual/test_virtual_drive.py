"""The virtual MICROBIT drive, and flashing onto it with the kit's own flash_hex."""

import shutil

import pytest
from tiers import both_boards

from microbit_ml.board.drives import drives_among
from microbit_ml.board.flash import FlashError, flash_hex
from microbit_ml.errors import BoardError, VirtualBoardError
from microbit_ml.image import build_hex
from microbit_ml.image.stock import text_of
from microbit_ml.virtual import VirtualDrive
from microbit_ml.virtual.drive import FAIL_TEXTS

STOCK = text_of()


class Desk:
    """A drive with its own time, which passes only in ``sleep``."""

    def __init__(self, folder, kind="v2", **options):
        self.time_s = 0.0
        self.drive = VirtualDrive(folder / "MICROBIT", kind, clock=lambda: self.time_s, **options)

    def find(self):
        self.drive.poll()
        return drives_among(self.drive.volumes())

    def sleep(self, seconds):
        self.time_s += seconds
        self.drive.poll()

    def flash(self, text=STOCK):
        clock = lambda: self.time_s  # noqa: E731
        return flash_hex(text, self.find()[0], find=self.find, clock=clock, sleep=self.sleep)

    @property
    def files(self):
        return sorted(path.name for path in self.drive.path.iterdir())


OWN = ["DETAILS.TXT", "MICROBIT.HTM"]
LONGEST_WAIT_S = 600.0  # of the drive's time: at least two minutes of real time


@both_boards
def test_a_hex_that_arrives_runs(tmp_path, kind):
    desk = Desk(tmp_path, kind)
    assert desk.find()[0].board == kind
    assert desk.files == OWN
    assert desk.drive.board is None
    came_back = desk.flash()
    assert came_back == desk.find()[0]
    assert 3 < desk.time_s < 5
    assert desk.files == OWN
    first = desk.drive.board
    assert first.run_until(">>>", 2)
    desk.flash(build_hex({board: {"main.py": b"print('second')"} for board in ("v1", "v2")}))
    assert desk.drive.board.run_until("second", 2)
    with pytest.raises(VirtualBoardError, match="switched off"):
        first.run(1)
    desk.drive.close()
    assert not desk.drive.volumes()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("way", FAIL_TEXTS)
def test_each_type_of_fail_txt(tmp_path, way):
    desk = Desk(tmp_path)
    desk.drive.fail(way, way)
    with pytest.raises(FlashError) as caught:
        desk.flash()
    assert caught.value.failure.kinds == (way,)
    assert caught.value.failure.error == FAIL_TEXTS[way].rstrip(".")
    assert desk.drive.board is None
    assert desk.files == [OWN[0], "FAIL.TXT", OWN[1]]
    if way != "transient":
        with pytest.raises(FlashError):  # the second of the two
            desk.flash()
    desk.flash()
    assert desk.files == OWN


def test_a_second_try_overcomes_a_transient_failure(tmp_path):
    desk = Desk(tmp_path)
    desk.drive.fail("transient")
    desk.flash()
    assert desk.drive.board.run_until(">>>", 2)


@pytest.mark.parametrize(
    ("way", "message"),
    [
        ("ignored", "did nothing with the hex"),
        ("listed", "did nothing with the hex"),
        ("lost", "did not come back within 15 s"),
        ("full", "is full, after 4,096 of"),
    ],
)
def test_other_failures(tmp_path, way, message):
    desk = Desk(tmp_path)
    desk.drive.fail(way)
    with pytest.raises(BoardError, match=message):
        desk.flash()
    assert desk.drive.board is None
    if way in ("ignored", "listed"):
        assert "firmware.hex" in desk.files
        desk.flash()  # the failure is over
        assert desk.files == OWN


def test_a_device_that_is_gone_after_the_last_byte_was_flashed(tmp_path):
    desk = Desk(tmp_path)
    desk.drive.fail("gone")
    desk.flash()
    assert desk.drive.board.run_until(">>>", 2)


def test_maintenance_mode(tmp_path):
    desk = Desk(tmp_path, maintenance=True)
    assert desk.find()[0].maintenance
    with pytest.raises(BoardError, match="without holding its reset button"):
        desk.flash()
    (desk.drive.path / "copied.hex").write_text(STOCK, "ascii")
    desk.sleep(20)
    assert desk.drive.board is None


@pytest.mark.parametrize("text", [":0100000041BF\n:00000001FF\n", "hello\n:00000001FF\n"])
def test_a_bad_hex_is_the_users_fault(tmp_path, text):
    desk = Desk(tmp_path)
    with pytest.raises(FlashError) as caught:
        desk.flash(text)
    assert caught.value.failure.kinds == ("user",)


def test_a_hex_that_stops_half_way_times_out(tmp_path):
    desk = Desk(tmp_path)
    desk.drive.fail()
    with pytest.raises(FlashError) as caught:
        desk.flash(STOCK[:5000])
    assert caught.value.failure.kinds == ("transient", "user")


def test_the_thread_flashes_what_any_program_copies(tmp_path):
    source = tmp_path / "program.HEX"
    source.write_text(STOCK, "ascii")
    time_s = 0.0  # does not pass during the copy, however long that takes
    with VirtualDrive(tmp_path / "drive", "v1", clock=lambda: time_s) as drive:
        shutil.copyfile(source, tmp_path / "drive" / "program.HEX")
        while drive.board is None or not drive.volumes():
            drive._thread.join(0.01)
            time_s += 0.05
            assert time_s < LONGEST_WAIT_S, "it hangs"
        assert drive.board.run_until(">>>", 2)
    assert not (tmp_path / "drive").exists()


def test_wrong_use_is_explained(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"1")
    with pytest.raises(VirtualBoardError, match="deletes everything in its folder"):
        VirtualDrive(tmp_path, "v1")
    assert (tmp_path / "holiday.jpg").exists()
    with pytest.raises(VirtualBoardError, match="no virtual board called 'v9'"):
        VirtualDrive(tmp_path / "new", "v9")
    with pytest.raises(VirtualBoardError, match="no failure 'loudly'"):
        Desk(tmp_path).drive.fail("loudly")


def test_a_drive_names_the_port_of_its_board(tmp_path):
    desk = Desk(tmp_path, port="/dev/pts/7")
    assert desk.find()[0].port == "/dev/pts/7"
    assert desk.flash().port == "/dev/pts/7"
    desk.drive.close()
    without = Desk(tmp_path)
    assert without.find()[0].port == ""
    without.drive.close()
