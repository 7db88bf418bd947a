"""FAIL.TXT and DETAILS.TXT that are not what an interface chip writes."""

import os
import sys
import time

import pytest

from microbit_ml.board.drives import LARGEST_TEXT, BoardDrive, drives_among
from microbit_ml.board.flash import SHOWN, FlashError, read_failure
from microbit_ml.console.screen import say
from microbit_ml.errors import BoardError

ESCAPE = "\x1b[2J\x1b]0;owned\x07\u202e"


@pytest.mark.parametrize("name", ["FAIL.TXT", "DETAILS.TXT"])
def test_a_file_of_100_mb_is_not_read(tmp_path, name):
    with (tmp_path / name).open("wb") as file:
        file.truncate(100 * 2**20)
    began = time.monotonic()
    if name == "DETAILS.TXT":
        assert drives_among([(tmp_path, "USB")]) == []
        assert drives_among([(tmp_path, "MICROBIT")]) == [BoardDrive(tmp_path)]
    else:
        with pytest.raises(BoardError, match=r"cannot be read .*FAIL\.TXT has 100 MB"):
            read_failure(tmp_path)
    assert time.monotonic() - began < 5
    assert LARGEST_TEXT == 2**16


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
@pytest.mark.parametrize("name", ["FAIL.TXT", "DETAILS.TXT"])
def test_a_named_pipe_is_not_waited_for(tmp_path, name):
    os.mkfifo(tmp_path / name)
    if name == "DETAILS.TXT":
        assert drives_among([(tmp_path, "USB")]) == []
    else:
        with pytest.raises(BoardError, match="named pipe"):
            read_failure(tmp_path)


def test_a_long_failure_is_cut(tmp_path):
    (tmp_path / "FAIL.TXT").write_text(f"error: {'x' * 5000}\ntype: {'y, ' * 5000}\n")
    failure = read_failure(tmp_path)
    assert len(failure.error) <= SHOWN + 4
    assert len(str(FlashError(BoardDrive(tmp_path), failure))) < 1000


def test_escapes_are_shown(tmp_path, capsys):
    (tmp_path / "FAIL.TXT").write_text(f"error: {ESCAPE}\ntype: user\n", encoding="utf-8")
    say(str(FlashError(BoardDrive(tmp_path), read_failure(tmp_path))))
    printed = capsys.readouterr().err
    assert r"\x1b[2J\x1b]0;owned\x07\u202e" in printed
    assert not set("\x1b\x07\u202e") & set(printed)


def test_escapes_of_details_are_shown_by_boards(tmp_path, capsys, monkeypatch):
    from microbit_ml.board import boards
    from microbit_ml.cli import main

    details = f"Unique ID: 9900{ESCAPE}\nInterface Version: {ESCAPE}\n"
    (tmp_path / "DETAILS.TXT").write_text(details, encoding="utf-8")
    monkeypatch.setattr(boards, "find_ports", lambda: [])
    monkeypatch.setattr(boards, "find_drives", lambda: drives_among([(tmp_path, "MICROBIT")]))
    for arguments in (["boards"], ["boards", "--json"]):
        assert main(arguments) == 0
        printed = capsys.readouterr()
        assert not set("\x1b\x07\u202e") & set(printed.out + printed.err)
        assert "owned" in printed.out
