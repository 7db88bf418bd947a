"""Flashing a folder that behaves like a micro:bit's drive, with a clock of its own."""

import errno
import os
import sys
from pathlib import Path

import pytest

from microbit_ml.board.drives import BoardDrive
from microbit_ml.board.flash import Failure, FlashError, flash_hex, read_failure
from microbit_ml.errors import BoardError

HEX = ":0100000041BE\n:00000001FF\n"


class FakeDrive:
    """A folder that takes a hex, vanishes and comes back as ``outcomes`` says.

    Each outcome is the text of FAIL.TXT ("" for success), "deaf" (nothing happens), or "lost"
    (vanishes for good). Time passes only in ``sleep``.
    """

    def __init__(self, folder: Path, *outcomes: str, unique_id: str = "9904aa") -> None:
        self.folder = folder
        self.drive = BoardDrive(folder, unique_id)
        self.outcomes = list(outcomes)
        self.time_s = 0.0
        self.events: list[tuple[float, str]] = []
        self.received: list[str] = []
        self.present = True
        folder.mkdir()

    def find(self):
        hex_file = self.folder / "firmware.hex"
        if self.present and not self.events and self.outcomes and hex_file.exists():
            self.received.append(hex_file.read_text("ascii"))
            outcome = self.outcomes.pop(0)
            if outcome != "deaf":
                self.events = [(self.time_s + 1, "vanish")]
                if outcome != "lost":
                    self.events += [(self.time_s + 6, "return " + outcome)]
        return [self.drive] if self.present else []

    def clock(self):
        return self.time_s

    def sleep(self, duration_s):
        self.time_s += duration_s
        while self.events and self.events[0][0] <= self.time_s:
            _, event = self.events.pop(0)
            self.present = event != "vanish"
            if self.present:
                (self.folder / "firmware.hex").unlink()
                (self.folder / "FAIL.TXT").unlink(missing_ok=True)
                if event != "return ":
                    (self.folder / "FAIL.TXT").write_text(event[len("return ") :], "ascii")

    def flash(self):
        return flash_hex(HEX, self.drive, find=self.find, clock=self.clock, sleep=self.sleep)


def fail_text(kind, error="The transfer timed out."):
    return f"error: {error}\r\ntype: {kind}\r\n"


def test_a_hex_that_arrives(tmp_path):
    board = FakeDrive(tmp_path / "MICROBIT", "")
    assert board.flash() == board.drive
    assert board.received == [HEX]
    assert 6 <= board.time_s < 7


def test_an_old_fail_txt_does_not_count(tmp_path):
    board = FakeDrive(tmp_path / "MICROBIT", "")
    (board.folder / "FAIL.TXT").write_text(fail_text("user"), "ascii")
    board.flash()


def test_the_drive_may_come_back_elsewhere(tmp_path):
    board = FakeDrive(tmp_path / "MICROBIT", "")
    elsewhere = BoardDrive(tmp_path / "MICROBIT1", "9904aa")
    stranger = BoardDrive(tmp_path / "other", "9904bb")
    elsewhere.path.mkdir()

    def find():
        here = board.find()
        return [stranger, *here] if board.time_s < 2 else [stranger, elsewhere]

    found = flash_hex(HEX, board.drive, find=find, clock=board.clock, sleep=board.sleep)
    assert found == elsewhere


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ("internal", "update its firmware"),
        ("user", "Build it again"),
        ("target", "connected to its pins"),
        ("interface", "Update it"),
        ("user, target", "Build it again"),
        ("unheard-of", "Unplug the board, plug it in"),
    ],
)
def test_each_type_of_failure_is_explained(tmp_path, kind, advice):
    board = FakeDrive(tmp_path / "MICROBIT", fail_text(kind))
    with pytest.raises(FlashError, match=advice) as caught:
        board.flash()
    assert f"reports: The transfer timed out (type: {kind}). " in str(caught.value)
    assert caught.value.failure.kinds == tuple(kind.split(", "))
    assert len(board.received) == 1


def test_a_transient_failure_is_retried_once(tmp_path):
    board = FakeDrive(tmp_path / "MICROBIT", fail_text("transient"), "")
    board.flash()
    assert board.received == [HEX, HEX]
    board = FakeDrive(tmp_path / "MICROBIT2", *[fail_text("transient")] * 3)
    with pytest.raises(FlashError, match="It failed twice"):
        board.flash()
    assert board.received == [HEX, HEX]


def test_an_old_fail_txt_without_types(tmp_path):
    (tmp_path / "FAIL.TXT").write_text("The interface firmware FAILED to reset the target\r\n")
    assert read_failure(tmp_path) == Failure(
        "The interface firmware FAILED to reset the target", ()
    )
    assert read_failure(tmp_path / "none") is None


def test_a_drive_that_does_nothing(tmp_path):
    board = FakeDrive(tmp_path / "MICROBIT", "deaf")
    with pytest.raises(BoardError, match=r"did nothing with the hex: firmware\.hex is still"):
        board.flash()
    assert 15 <= board.time_s < 16


def test_a_drive_that_stays_away(tmp_path):
    board = FakeDrive(tmp_path / "MICROBIT", "lost")
    with pytest.raises(BoardError, match="did not come back within 15 s"):
        board.flash()


def test_maintenance_mode_accepts_no_hex(tmp_path):
    drive = BoardDrive(tmp_path, maintenance=True)
    with pytest.raises(BoardError, match="without holding its reset button"):
        flash_hex(HEX, drive)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENODEV, errno.EIO])
def test_a_drive_that_goes_right_after_the_last_byte_is_well(tmp_path, monkeypatch, number):
    def fail(handle):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("os.fsync", fail)
    board = FakeDrive(tmp_path / "MICROBIT", "")
    board.flash()
    assert board.received == [HEX]


def test_a_drive_that_goes_before_is_not(tmp_path):
    board = FakeDrive(tmp_path / "MICROBIT")
    board.folder.rmdir()
    with pytest.raises(BoardError, match=r"failed after 0 of 26 bytes \(No such file"):
        board.flash()


def test_other_errors_after_the_last_byte_count(tmp_path, monkeypatch):
    def fail(handle):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(BoardError, match="failed after 26 of 26 bytes"):
        FakeDrive(tmp_path / "MICROBIT", "").flash()


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's always full disk")
def test_a_full_drive(tmp_path):
    board = FakeDrive(tmp_path / "MICROBIT")
    (board.folder / "firmware.hex").symlink_to("/dev/full")
    with pytest.raises(BoardError, match="is full, after 0 of 26 bytes"):
        board.flash()
