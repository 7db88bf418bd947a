"""Ports and drives paired, and one board chosen."""

import os
import sys
from pathlib import Path

import pytest

from microbit_ml.board.boards import (
    AttachedBoard,
    board_address,
    choose_board,
    choose_boards,
    drive_of,
    find_boards,
    pair,
)
from microbit_ml.board.drives import BoardDrive
from microbit_ml.board.ports import BoardPort
from microbit_ml.errors import BoardError

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
V1_PORT = BoardPort("/dev/ttyACM0", "9900aa")
V2_PORT = BoardPort("/dev/ttyACM1", "9904bb")
V1_DRIVE = BoardDrive(Path("/media/ada/MICROBIT"), "9900aa")
V2_DRIVE = BoardDrive(Path("/media/ada/MICROBIT1"), "9904bb")


def test_ports_and_drives_are_joined_by_unique_id():
    boards = pair([V1_PORT, V2_PORT], [V2_DRIVE, V1_DRIVE])
    assert boards == [
        AttachedBoard("9900aa", V1_PORT, V1_DRIVE),
        AttachedBoard("9904bb", V2_PORT, V2_DRIVE),
    ]
    assert [board.board for board in boards] == ["v1", "v2"]


def test_halves_stand_alone():
    assert pair([V1_PORT], [V2_DRIVE]) == [
        AttachedBoard("9900aa", V1_PORT, None),
        AttachedBoard("9904bb", None, V2_DRIVE),
    ]
    unknown = [BoardPort("COM3", ""), BoardPort("COM4", "")]
    assert [board.drive for board in pair(unknown, [BoardDrive(Path("D:/"))])] == [
        None,
        None,
        BoardDrive(Path("D:/")),
    ]


def test_ids_are_the_same_in_capitals():
    """Windows writes the port's id in capitals; DETAILS.TXT has small letters."""
    port = BoardPort("COM4", "9904BB")
    assert pair([port, V1_PORT], [V2_DRIVE]) == [
        AttachedBoard("9904bb", port, V2_DRIVE),
        AttachedBoard("9900aa", V1_PORT, None),
    ]


def test_one_port_and_one_drive_belong_together_even_without_ids():
    port = BoardPort("COM3", "")
    assert pair([port], [V2_DRIVE]) == [AttachedBoard("9904bb", port, V2_DRIVE)]


def test_a_board_is_chosen_by_port_drive_or_id():
    boards = pair([V1_PORT, V2_PORT], [V1_DRIVE, V2_DRIVE])
    for name in ("/dev/ttyACM1", "/media/ada/MICROBIT1", "9904", "9904BB"):
        assert choose_board(boards, name) is boards[1]
    assert choose_board(boards[:1]) is boards[0]
    on_windows = AttachedBoard("", BoardPort("COM4", ""), None)
    assert choose_board([boards[0], on_windows], "com4") is on_windows


def test_messages_about_the_choice():
    boards = pair([V1_PORT, V2_PORT], [V1_DRIVE])
    with pytest.raises(BoardError, match=r"^No micro:bit found\. Plug .* try again\.$"):
        choose_board([])
    with pytest.raises(BoardError) as several:
        choose_board(boards)
    assert str(several.value) == (
        "Several micro:bits are plugged in: /dev/ttyACM0 and /media/ada/MICROBIT (id 9900aa); "
        "/dev/ttyACM1 (id 9904bb). Choose one: --board and its port, its drive or its id."
    )
    with pytest.raises(BoardError, match=r"There is no micro:bit 'COM9'\. Plugged in: /dev/tty"):
        choose_board(boards, "COM9")
    with pytest.raises(BoardError, match="Several micro:bits"):
        choose_board(boards, "99")


def test_a_board_without_a_mounted_drive_cannot_be_flashed():
    boards = pair([V1_PORT, V2_PORT], [V1_DRIVE])
    assert drive_of(boards[0]) == V1_DRIVE
    with pytest.raises(BoardError, match=r"ttyACM1 .* its MICROBIT drive is not open"):
        drive_of(boards[1])


def test_the_boards_of_this_computer_can_be_listed():
    assert all(isinstance(board, AttachedBoard) for board in find_boards())


def test_several_boards_are_chosen_each_once():
    boards = pair([V1_PORT, V2_PORT], [V1_DRIVE, V2_DRIVE])

    def find():
        return boards

    assert choose_boards(every=True, find=find) == boards
    with pytest.raises(BoardError, match="Several micro:bits"):
        choose_boards(find=find)
    twice = choose_boards(["virtual://v1", boards[1].name, boards[1].unique_id], find=find)
    assert [board.name for board in twice] == ["virtual://v1", boards[1].name]
    assert choose_boards(["virtual:v2"], find=list)[0].name == "virtual:v2"
    with pytest.raises(BoardError, match="No micro:bit found"):
        choose_boards(every=True, find=list)


def unlisted(tmp_path, port):
    """The folder of a virtual board's drive, as ``virtual --pty --drive`` makes it."""
    folder = tmp_path / "MICROBIT"
    folder.mkdir()
    details = f"Unique ID: 9904bb\r\nSerial Port: {port}\r\n"
    (folder / "DETAILS.TXT").write_text(details, encoding="ascii")
    return folder


@posix
def test_a_port_or_a_drive_that_is_not_listed_is_taken_at_its_word(tmp_path):
    import pty

    ends = pty.openpty()
    try:
        device = os.ttyname(ends[1])
        folder = unlisted(tmp_path, device)
        link = tmp_path / "link"
        link.symlink_to(device)
        port, drive = BoardPort(device, ""), BoardDrive(folder, "9904bb", port=device)
        for boards in ([], pair([V1_PORT, V2_PORT], [])):
            assert choose_board(boards, device) == AttachedBoard("", port, None)
            assert choose_board(boards, str(folder)) == AttachedBoard("9904bb", port, drive)
            assert board_address(str(link), lambda boards=boards: boards) == str(link)
        # A link to a port that is listed is that board, with its id and its drive.
        (listed,) = pair([BoardPort(device, "9904bb")], [V2_DRIVE])
        assert choose_board([listed, *pair([V1_PORT], [])], str(link)) is listed
        chosen = choose_boards([device, str(folder), device], find=list)
        assert [board.drive for board in chosen] == [None, drive]
        # Nothing of it is found without its name.
        with pytest.raises(BoardError, match="No micro:bit found"):
            choose_board([])
    finally:
        for end in ends:
            os.close(end)


def test_a_drive_that_names_a_port_that_is_gone(tmp_path):
    folder = unlisted(tmp_path, "/dev/pts/none")
    board = choose_board([], str(folder))
    assert (board.port, board.board) == (None, "v2")
    with pytest.raises(BoardError, match="has a drive, but no serial port"):
        board_address(str(folder), list)
    with pytest.raises(BoardError, match="There is no micro:bit"):
        choose_board([], str(tmp_path))  # a folder, but no drive
