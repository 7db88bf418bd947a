"""Recording as a program does it, without the command line: one board, several, away and back."""

import numpy as np
import pytest

from microbit_ml.board import AttachedBoard, BoardPort
from microbit_ml.deploy.collect.away import fetch_recordings, send_board_away
from microbit_ml.deploy.collect.record import open_board, record
from microbit_ml.deploy.collect.record_all import Station, plans_for_class, record_all
from microbit_ml.deploy.collect.session import Plan
from microbit_ml.errors import BoardError, DataError
from microbit_ml.recordings import Dataset, Recording
from microbit_ml.recordings.keeping import Keeper
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.protocol_virtual import share_board, unshare_board

PLAN = Plan("shake", count=1, length=20, countdown=False)


class Seen:
    """Notes what happens, as a screen would show it."""

    def __init__(self):
        self.states, self.reported, self.paths = [], [], []

    def state(self, text):
        self.states.append(text)

    def report(self, text):
        self.reported.append(text)

    def kept(self, path, n_samples, left):
        self.paths.append(path)

    def thrown_away(self, name, left):
        self.reported.append(name)

    def sample(self, sample):
        pass


@pytest.fixture
def board():
    """A virtual V1 with a program of its own, at virtual://v1?name=record."""
    with VirtualBoard("v1", {"main.py": b"print('mine')\n"}) as board:
        share_board("record", board)
        assert board.run_until("mine", 2)
        yield board
        unshare_board("record")


def test_a_program_records_with_one_board(tmp_path):
    keeper, seen, done = Keeper(tmp_path / "set"), Seen(), []
    with open_board("virtual:v1") as link:
        assert record(link, PLAN, keeper, seen, on_movement=done.append) == 1
    assert done[:4] == ["at rest", "presses button A", "at rest", "shake"]
    assert seen.states[:2] == ["ready", "recording"]
    (path,) = seen.paths
    assert path == tmp_path / "set" / "shake" / "shake-01.csv"


@pytest.mark.slow
def test_commands_are_obeyed_like_buttons(tmp_path):
    keeper, seen = Keeper(tmp_path / "set"), Seen()
    coming = [["start"], *[[]] * 400]
    with open_board("virtual:v1", attended=True) as link:  # so nobody presses button A
        kept = record(
            link,
            Plan("still", count=9, length=5, countdown=False),
            keeper,
            seen,
            commands=lambda: coming.pop(0) if not seen.paths else ["throw", "quit"],
            attended=True,
        )
    assert (kept, len(seen.paths)) == (1, 1)
    with open_board("virtual:v1") as link, pytest.raises(KeyboardInterrupt):
        record(link, PLAN, keeper, seen, stopped=lambda: True)
    with open_board("virtual:v1") as link, pytest.raises(KeyboardInterrupt):
        record(link, PLAN, keeper, seen, commands=lambda: ["stop"])


def test_several_boards_and_an_error_of_one(tmp_path):
    stations = [
        Station(board, Plan("shake", 1, 20, who, countdown=False), Seen())
        for board, who in (("virtual:v1", "Ann"), ("virtual://v9", "Ben"))
    ]
    looks = []
    ann, ben = record_all(stations, Keeper(tmp_path / "set"), look=lambda: looks.append(None))
    assert (ann.n_kept, ann.error, ann.reason) == (1, None, "")
    assert (ben.n_kept, type(ben.error)) == (0, BoardError)
    assert ben.plan.subject == "Ben" and ben.reason == str(ben.error)
    assert stations[0].view.states[-1] == "done"
    assert stations[1].view.states == ["stopped"]
    assert stations[1].view.reported == [ben.reason]
    assert looks
    assert Dataset.load(tmp_path / "set").subjects == ["Ann"]


@pytest.mark.slow
def test_quit_ends_all_boards(tmp_path):
    stations = [Station("virtual:v1", Plan("shake", 9, 20), Seen()) for _ in range(2)]
    keeper = Keeper(tmp_path / "set")
    ends = record_all(stations, keeper, commands=lambda: ["quit"], attended=True)
    assert [one.error for one in ends] == [None, None]
    ends = record_all(stations, keeper, stopped=lambda: True)
    assert [one.error for one in ends] == [None, None]
    assert [station.view.states[-1] for station in stations] == ["stopped", "stopped"]
    with pytest.raises(KeyboardInterrupt):
        record_all(stations, keeper, commands=lambda: ["stop"])


def test_who_has_which_board():
    boards = [AttachedBoard("", BoardPort(f"COM{i}", ""), None) for i in (3, 4)]
    named = plans_for_class([*boards, AttachedBoard("", None, None)], PLAN, ["Ann", "Ben"])
    assert [(port, plan.subject) for port, plan in named] == [("COM3", "Ann"), ("COM4", "Ben")]
    assert [plan.subject for _, plan in plans_for_class(boards, PLAN)] == ["person-1", "person-2"]
    with pytest.raises(BoardError, match="No micro:bit found"):
        plans_for_class([], PLAN)
    with pytest.raises(DataError, match="names 1 person, but there are 2 boards: COM3, COM4"):
        plans_for_class(boards, PLAN, ["Ann"])


@pytest.mark.slow  # by default, the command "collect" does the same
def test_away_and_fetched(board, tmp_path):
    address, keeper = "virtual://v1?name=record", Keeper(tmp_path / "set")
    with pytest.raises(DataError, match="too long for a board's memory"):
        send_board_away(address, Plan("tap", 1, 501))
    assert send_board_away(address, Plan("tap", 1, 20, "Ann")) == 0
    board.run(1)
    board.press("a")
    board.run(4)
    read = np.array([counts for _, counts in board.samples_read][-20:])
    assert send_board_away(address, Plan("tap", 1, 20, "Ann")) == 1  # it holds an earlier one
    reported = []
    (fetched,) = fetch_recordings(address, keeper, reported.append)
    assert reported == [fetched]
    assert (fetched.n_samples, fetched.reason, fetched.stays) == (20, "", False)
    (recording,) = Dataset.load(tmp_path / "set")
    assert (recording.subject, recording.samples.tolist()) == ("Ann", read.tolist())
    assert fetch_recordings(address, keeper) == []
    assert board.files["main.py"] == b"print('mine')\n"


@pytest.mark.slow
def test_what_cannot_be_kept_stays_on_the_board(board, tmp_path):
    address = "virtual://v1?name=record"
    Dataset([Recording([[0, 0, 0]], "Tap", name="a")]).save(tmp_path / "set")
    send_board_away(address, Plan("tap", 1, 5))
    board.run(1)
    board.press("a")
    board.run(4)
    for _ in range(2):
        (fetched,) = fetch_recordings(address, Keeper(tmp_path / "set"))
        assert (fetched.path, fetched.stays) == (None, True)
        assert "stays on the board. " in fetched.reason
    (fetched,) = fetch_recordings(address, Keeper(tmp_path / "other"))
    assert fetched.path is not None
