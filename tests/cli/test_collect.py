"""``collect``: live with virtual boards that a simulated person moves, a class, away and back."""

import errno
import re
import signal
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from tiers import tiers

from microbit_ml.board import AttachedBoard, BoardPort
from microbit_ml.board.link import Link
from microbit_ml.cli.collect import command as collect
from microbit_ml.cli.collect.live import commands_of
from microbit_ml.cli.collect.screen import LiveView, PlainView, RowView
from microbit_ml.console.screen import Console
from microbit_ml.deploy.collect import record
from microbit_ml.deploy.collect.session import Plan
from microbit_ml.image import build_hex
from microbit_ml.recordings import Dataset, Recording, dataset, store
from microbit_ml.recordings.keeping import Keeper, NotSavedError
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.protocol_virtual import share_board, unshare_board
from microbit_ml.virtual.pty_port import PtyPort

MINE = b"print('my own program')\n"


@pytest.fixture
def desk():
    """desk(kind): a board with a program of its own, which virtual://KIND?name=desk leads to."""
    boards = []

    def switch_on(kind, name="desk", files=None):
        board = VirtualBoard(kind, build_hex({kind: files or {"main.py": MINE}}))
        boards.append(board)
        share_board(name, board)
        assert board.run_until("my own program", 2)
        return board

    yield switch_on
    for board in boards:
        board.close()
    for name in ("desk", *map(str, range(8))):
        unshare_board(name)


def runs_its_own_program(board):
    """Whether the board's main.py has run since the last soft reset, or runs within a second."""
    board.run(1)
    return "my own program" in board.serial.rpartition("soft reboot")[2]


def was_read(samples, board):
    read = np.array([counts for _, counts in board.samples_read])
    windows = np.lib.stride_tricks.sliding_window_view(read, (len(samples), 3))[:, 0]
    return bool((windows == samples).all(axis=(1, 2)).any())


# From the board to the disk


@pytest.mark.parametrize("kind", tiers(["v1"], slow=["v2"]))
def test_what_the_board_read_is_on_disk(cli, golden, desk, tmp_path, kind):
    board = desk(kind)
    outcome = cli("collect", "gestures", "shake", "--count", "2", "--subject", "Ann",
                  "--board", f"virtual://{kind}?name=desk")  # fmt: skip
    golden(f"collect-{kind}", outcome.transcript)
    data = Dataset.load(tmp_path / "gestures")
    assert len(data) == 2 == data.n_simulated
    assert data.provenance == [{"kind": "simulated", "with": "collect"}]
    assert data.labels == ["shake"]
    assert data.subjects == ["Ann"]
    for recording in data:
        assert recording.board == kind.upper()
        assert recording.samples.shape == (50, 3)
        assert np.ptp(recording.samples[:, 0]) > 1000  # the simulated person did shake it
        assert was_read(recording.samples, board)
    assert runs_its_own_program(board)
    assert board.files["main.py"] == MINE


@pytest.mark.slow
def test_motion_that_is_cut_by_activity(cli, golden, desk, tmp_path):
    board = desk("v1")
    outcome = cli("collect", "gestures", "shake", "--auto", "--count", "3", "--board",
                  "virtual://v1?name=desk")  # fmt: skip
    golden("collect-auto", outcome.transcript)
    data = Dataset.load(tmp_path / "gestures")
    assert len(data) == 3
    assert all(was_read(recording.samples, board) for recording in data)


def test_a_board_that_is_switched_on_for_the_occasion(cli, tmp_path):
    outcome = cli("collect", "gestures", "my spell", "--count", "1", "--seconds", "0.5",
                  "--no-countdown", "--board", "virtual:v1")  # fmt: skip
    assert outcome.code == 0
    assert outcome.out == "my spell/my spell-01.csv: 25 samples, 0 to go\n"
    assert [len(one) for one in Dataset.load(tmp_path / "gestures")] == [25]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="a pseudo-terminal as a serial port")
@pytest.mark.usefixtures("board_time")
def test_over_a_port_of_the_system(cli, desk, tmp_path, monkeypatch):
    board = desk("v1")
    done = threading.Event()
    with PtyPort(board) as port:
        found = AttachedBoard("", BoardPort(port.path, ""), None)
        monkeypatch.setattr(collect, "find_boards", lambda: [found])
        thread = threading.Thread(target=port.serve, args=(done.is_set,))
        thread.start()
        board.hold("a")
        presses = threading.Timer(0, lambda: press_until(board, done))
        presses.start()
        outcome = cli("collect", "gestures", "still", "--count", "1", "--seconds", "0.4")
        done.set()
        thread.join()
        presses.join()
    assert outcome.code == 0, outcome.err
    (recording,) = Dataset.load(tmp_path / "gestures")
    assert was_read(recording.samples, board)


def press_until(board, done):
    while not done.wait(0.3):
        board.release("a")
        done.wait(0.3)
        board.hold("a")


@pytest.mark.parametrize("n_boards", tiers([3], slow=[8]))
def test_a_class_of_boards(cli, desk, tmp_path, monkeypatch, n_boards):
    boards = [desk("v2" if i == 7 else "v1", name=str(i)) for i in range(n_boards)]
    names = ["Ann", "Ben", "Gül", "Dora", "Emil", "Fay", "Cem", "Hugo"][:n_boards]
    addresses = [f"virtual://{board.kind}?name={i}" for i, board in enumerate(boards)]
    found = [AttachedBoard("", BoardPort(address, ""), None) for address in addresses]
    monkeypatch.setattr(collect, "find_boards", lambda: found)
    outcome = cli("collect", "gestures", "shake", "--all", "--subjects", ",".join(names),
                  "--count", "2", "--seconds", "0.4", "--no-countdown")  # fmt: skip
    assert outcome.code == 0, outcome.err
    data = Dataset.load(tmp_path / "gestures")
    assert len(data) == 2 * n_boards
    assert data.subjects == sorted(names)
    for recording in data:
        assert was_read(recording.samples, boards[names.index(recording.subject)])
    assert len(outcome.out.splitlines()) == 2 * n_boards
    assert all(board.files["main.py"] == MINE for board in boards)
    wrong = cli("collect", "gestures", "shake", "--all", "--subjects", "Ann,Ben")
    assert wrong.code == 1
    assert f"names 2 people, but there are {n_boards} boards" in wrong.err


def test_one_board_of_a_class_that_does_not_exist(cli, desk, tmp_path, monkeypatch):
    desk("v1", name="0")
    addresses = ["virtual://v1?name=0", "virtual://v9"]
    found = [AttachedBoard("", BoardPort(address, ""), None) for address in addresses]
    monkeypatch.setattr(collect, "find_boards", lambda: found)
    outcome = cli("collect", "gestures", "shake", "--all", "--count", "1", "--seconds", "0.4",
                  "--no-countdown")  # fmt: skip
    assert outcome.code == 1
    assert "1 of 2 boards did not finish. person-2:" in outcome.err
    assert Dataset.load(tmp_path / "gestures").subjects == ["person-1"]


@pytest.mark.slow
def test_one_board_of_a_class_that_meets_an_unforeseen_error(cli, desk, tmp_path, monkeypatch):
    desk("v1", name="0")
    desk("v1", name="1")
    addresses = ["virtual://v1?name=0", "virtual://v1?name=1"]
    found = [AttachedBoard("", BoardPort(address, ""), None) for address in addresses]
    monkeypatch.setattr(collect, "find_boards", lambda: found)
    opened = record.open_link

    def refused(address, *args, **kwargs):
        if "name=1" in address:
            raise ZeroDivisionError
        return opened(address, *args, **kwargs)

    monkeypatch.setattr(record, "open_link", refused)
    outcome = cli("collect", "gestures", "shake", "--all", "--count", "1", "--seconds", "0.4",
                  "--no-countdown")  # fmt: skip
    assert outcome.code == 1
    assert "1 of 2 boards did not finish. person-2: ZeroDivisionError" in outcome.err
    assert "Traceback" not in outcome.err
    assert Dataset.load(tmp_path / "gestures").subjects == ["person-1"]


# Away


def test_away_and_fetched(cli, golden, desk, tmp_path):
    board = desk("v1")
    address = "virtual://v1?name=desk"
    sent = cli("collect", "gestures", "tap", "--away", "--seconds", "0.4", "--subject", "Ann",
               "--board", address)  # fmt: skip
    golden("collect-away", sent.transcript)
    board.run(1)
    read = []
    for i in range(2):
        board.tilt(100 * i, 0, -1024)
        board.press("a")
        board.run(4)
        read.append([list(counts) for _, counts in board.samples_read][-20:])
    fetched = cli("collect", "gestures", "--fetch", "--board", address)
    golden("collect-fetch", fetched.transcript)
    data = Dataset.load(tmp_path / "gestures")
    assert sorted(one.samples.tolist() for one in data) == sorted(read)
    assert data.n_simulated == len(data)
    assert data.subjects == ["Ann"]
    assert runs_its_own_program(board)
    assert board.files.keys() == {"main.py", "recorder.py"}
    assert board.files["main.py"] == MINE
    nothing = cli("collect", "gestures", "--fetch", "--board", address)
    assert nothing.code == 0
    assert "0 recordings fetched" in nothing.err


# What can be wrong


def test_no_board(cli, golden, monkeypatch):
    monkeypatch.setattr(collect, "find_boards", lambda: [])
    golden("collect-no-board-in-class", cli("collect", "gestures", "shake", "--all").transcript)
    assert "No micro:bit found" in cli("collect", "gestures", "shake").err


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("no-label", ("gestures",)),
        ("fetch-label", ("gestures", "tap", "--fetch")),
        ("subjects", ("gestures", "tap", "--subjects", "Ann,Ben")),
        ("all-subject", ("gestures", "tap", "--all", "--subject", "Ann")),
        ("away-auto", ("gestures", "tap", "--away", "--auto")),
        ("away-count", ("gestures", "tap", "--away", "--count", "3")),
        ("away-virtual", ("gestures", "tap", "--away", "--board", "virtual:v1")),
        ("count", ("gestures", "tap", "--count", "0")),
        ("seconds", ("gestures", "tap", "--seconds", "a")),
        ("control", ("gestures", "ta\np")),
        ("twice", ("gestures", "tap", "--all", "--subjects", "Ann,Ann")),
        ("away-long", ("gestures", "tap", "--away", "--seconds", "11", "--board", "virtual://v1")),
    ],
)
def test_options_that_do_not_go_together(cli, golden, tmp_path, name, arguments):
    outcome = cli("collect", *arguments)
    assert outcome.code in (1, 2)
    golden(f"collect-wrong-{name}", outcome.transcript)
    assert not (tmp_path / "gestures").exists()


def test_a_board_without_micropython(cli, golden, monkeypatch):
    blinks = VirtualBoard("v1", {"main.py": b"import microbit\n"})
    blinks.run(1)
    share_board("desk", blinks)  # a program that is not MicroPython does not react
    monkeypatch.setattr(VirtualBoard, "write", lambda self, data: None)
    outcome = cli("collect", "gestures", "shake", "--board", "virtual://v1?name=desk")
    unshare_board("desk")
    assert outcome.code == 1
    golden("collect-wrong-firmware", outcome.transcript)


@pytest.mark.slow  # by default, it is one of the faults of test_collect_faults.py
def test_a_full_disk(cli, golden, desk, tmp_path, monkeypatch):
    board = desk("v1")
    address = "virtual://v1?name=desk"
    arguments = ("collect", "gestures", "shake", "--count", "1", "--seconds", "0.4",
                 "--no-countdown", "--board", address)  # fmt: skip
    assert cli(*arguments).code == 0
    before = {path: path.read_bytes() for path in tmp_path.glob("gestures/**/*.*")}

    def no_room(path, content):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(store, "create_whole", no_room)
    golden("collect-full-disk", cli(*arguments).transcript.replace("\\", "/"))
    after = {path: path.read_bytes() for path in tmp_path.glob("gestures/**/*.*")}
    journal = tmp_path / "gestures" / "recordings.jsonl"  # may know of what could not be saved
    assert after.pop(journal).startswith(before.pop(journal))
    assert after == before
    assert runs_its_own_program(board)


def test_ctrl_c_gives_the_board_its_program_back(cli, golden, desk, tmp_path, monkeypatch):
    board = desk("v1")

    def kept(self, path, n_samples, left):
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(PlainView, "kept", kept)
    before = signal.getsignal(signal.SIGINT)
    outcome = cli("collect", "gestures", "shake", "--count", "3", "--seconds", "0.4",
                  "--no-countdown", "--board", "virtual://v1?name=desk")  # fmt: skip
    assert signal.getsignal(signal.SIGINT) is before
    assert outcome.code == 130
    assert len(Dataset.load(tmp_path / "gestures")) == 1
    assert runs_its_own_program(board)


# Screens and keys


def test_screens_count_what_was_thrown_away():
    plan = Plan("tap", 3, 4)
    for view in (RowView("Ann", "COM4", plan), LiveView(plan, "COM4")):
        view.kept(Path("tap/tap-01.csv"), 4, 2)
        view.thrown_away("tap/tap-01.csv", 3)
        assert getattr(view, "left", None) == 3 or view._left == 3


def test_the_screen_shows_what_the_simulated_hand_does():
    view = LiveView(Plan("tap", 3, 4), "virtual:v2")
    console = Console(width=80, height=24)

    def shown():
        with console.capture() as captured:
            console.print(view._picture())
        return captured.get()

    assert "Simulated" not in shown()
    view.hand("presses button A")
    assert "Simulated hand: presses button A" in shown()


def test_keys_do_what_the_buttons_do():
    class Keys:
        def read(self):
            return [("a", b""), ("", b"\r b\x7fq\x03x"), ("quit", b"")]

    expected = ["start", "start", "start", "throw", "throw", "quit", "stop", "quit"]
    assert commands_of(Keys()) == expected


@pytest.mark.slow
def test_a_board_that_is_pulled_out(cli, golden, desk, tmp_path, monkeypatch):
    desk("v1")
    real = record.open_link

    class Pulled:
        def __init__(self, port):
            self._port = port
            self.left = 3000

        timeout = property(None, lambda self, seconds: setattr(self._port, "timeout", seconds))

        def __getattr__(self, name):
            return getattr(self._port, name)

        def read(self, size=1):
            data = self._port.read(size)
            self.left -= len(data)
            if self.left < 0:
                raise OSError(errno.EIO, "Input/output error")
            return data

    class opened:
        def __init__(self, address, real_pace):
            self._link = real(address)

        def __enter__(self):
            link = self._link.__enter__()
            return Link(Pulled(link.port), link.clock, "COM4", link.virtual)

        def __exit__(self, *error):
            return self._link.__exit__(*error)

    monkeypatch.setattr(record, "open_link", opened)
    outcome = cli("collect", "gestures", "shake", "--count", "9", "--seconds", "0.4",
                  "--no-countdown", "--board", "virtual://v1?name=desk")  # fmt: skip
    text = re.sub(r"(?m)^(recording|shake/.*)\n", "", outcome.transcript)
    golden("collect-pulled-out", re.sub(r"\[Errno \d+\] ", "", text))
    assert len(Dataset.load(tmp_path / "gestures")) >= 1


def test_what_cannot_be_kept_is_reported_before_anything_is_recorded(cli, tmp_path):
    Dataset([Recording([[0, 0, 0]], "shake", name="a")]).save(tmp_path / "set")
    outcome = cli("collect", "set", "Shake", "--count", "1", "--board", "virtual:v1")
    assert outcome.code == 1
    assert "differ only in upper and lower case" in outcome.err
    assert "ready" not in outcome.err
    outcome = cli("collect", "set", "--fetch", "--subject", "Ann")
    assert (outcome.code, "Leave out --subject" in outcome.err) == (2, True)


def test_a_file_that_another_program_adds_is_not_touched(tmp_path, monkeypatch):
    keeper = Keeper(tmp_path / "set")
    first = keeper.keep(Recording([[0, 0, 0]], "tap", name="tap-01"))
    real = dataset.Notes.write

    def other_program(notes, folder, rate_hz):
        (tmp_path / "set" / "tap" / "theirs.csv").write_bytes(first.read_bytes())
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(dataset.Notes, "write", other_program)
    with pytest.raises(NotSavedError, match="Free some space"):
        keeper.keep(Recording([[1, 1, 1]], "tap", name="tap-01"))
    monkeypatch.setattr(dataset.Notes, "write", real)
    names_there = sorted(path.name for path in (tmp_path / "set" / "tap").glob("*.csv"))
    assert names_there == ["tap-01.csv", "theirs.csv"]
