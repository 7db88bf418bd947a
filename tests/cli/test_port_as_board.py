"""The port of ``virtual --pty``, and the drive of ``--drive``, as --board of the kit's verbs."""

import json
import sys
import threading
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from tiers import tiers

import microbit_ml as mb
from microbit_ml.board.boards import board_address
from microbit_ml.cli.virtual.port import PortDrive
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.pty_port import PtyPort

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals"),
    pytest.mark.usefixtures("board_time"),
]
HELLO = "print('hello from my program')\n"
both = pytest.mark.parametrize("kind", tiers([], slow=["v1", "v2"]))


@contextmanager
def served(kind, content, drive=None):
    """A board behind a port, which runs in a thread; drive: the folder of its drive."""
    done = threading.Event()
    with VirtualBoard(kind, content) as board, PtyPort(board) as port:
        port_drive = None if drive is None else PortDrive(drive, board, port)
        board.run(2.5)  # it has loaded its model

        def stop():
            if port_drive is not None:
                port_drive.poll()
            return done.is_set()

        thread = threading.Thread(target=port.serve, args=(stop,))
        thread.start()
        try:
            yield SimpleNamespace(port=port.path, board=board)
        finally:
            done.set()
            thread.join()
            if port_drive is not None:
                port_drive.close()


def succeeds(outcome):
    assert outcome.code == 0, outcome.transcript
    return outcome.out + outcome.err


@both
def test_every_verb_takes_the_port(cli, gestures, kind):
    (gestures / "game.py").write_text(HELLO, encoding="utf-8")
    model = mb.Model.load("gestures.mbml")
    with served(kind, model.hex(), None) as desk:
        name = ("--board", desk.port)
        watched = succeeds(cli("watch", "gestures.mbml", *name, "--seconds", "1.5"))
        assert "The model on this computer agrees" in watched
        here = json.loads(succeeds(cli("predict", "gestures.mbml", "gestures/shake", "--json")))
        there = cli("predict", "gestures.mbml", "gestures/shake", "--json", *name)
        assert json.loads(there.out) == here
        (entry,) = json.loads(cli("boards", *name, "--json").out)
        assert (entry["port"], entry["labels"]) == (desk.port, list(model.labels))
        assert "hello from my program" in succeeds(cli("run", "game.py", *name))
        assert f"watch gestures.mbml {' '.join(name)}" in succeeds(
            flashed := cli("flash", "gestures.mbml", *name)
        )
        assert "over serial" in flashed.out
        assert desk.board.files["main.py"] == model.board_files(board=kind)["main.py"]


@pytest.mark.parametrize("way", tiers(["port"], slow=["link"]))
def test_collect(cli, tmp_path, way):
    with served("v1", {}) as desk:
        name = desk.port
        if way == "link":
            name = tmp_path / "ttyACM99"
            name.symlink_to(desk.port)
        desk.board.hold("a")
        done = threading.Event()
        pressed = threading.Thread(target=press_until, args=(desk.board, done))
        pressed.start()
        words = ("--count", "1", "--seconds", "0.4", "--no-countdown", "--board", name)
        outcome = cli("collect", "mine", "still", *words)
        done.set()
        pressed.join()
        succeeds(outcome)
    assert len(mb.Dataset.load(tmp_path / "mine").recordings) == 1


def press_until(board, done):
    while not done.wait(0.3):
        board.release("a")
        done.wait(0.3)
        board.hold("a")


@both
def test_flash_is_rehearsed_with_a_drive(cli, gestures, kind):
    (gestures / "game.py").write_text(HELLO, encoding="utf-8")
    name = ("--board", "MICROBIT")
    with served(kind, {}, gestures / "MICROBIT") as desk:
        assert board_address("MICROBIT") == desk.port
        first = succeeds(cli("flash", "gestures.mbml", *name))
        assert "as a whole hex through the drive MICROBIT. The kit is not on the board yet" in first
        assert desk.board.is_closed  # another one runs its hex
        assert "hello from my program" in succeeds(cli("run", "game.py", *name))
        assert "over serial" in succeeds(cli("flash", "gestures.mbml", *name))
        assert "has the model" in succeeds(cli("flash", "gestures.mbml", "--board", desk.port))
        (entry,) = json.loads(cli("boards", *name, "--json").out)
        assert (entry["board"], entry["port"]) == (kind.upper(), desk.port)
        assert entry["drive"] == "MICROBIT"
        assert entry["labels"] == list(mb.Model.load("gestures.mbml").labels)
    assert not (gestures / "MICROBIT").exists()


@pytest.mark.slow
def test_a_board_that_records_on_its_own(cli, gestures):
    with served("v2", {}) as desk:
        name = f"--board {desk.port}"
        sent = succeeds(cli("collect", "mine", "shake", "--away", "--board", desk.port))
        assert f"collect mine --fetch {name}" in sent
        assert "has its own" in succeeds(cli("collect", "mine", "--fetch", "--board", desk.port))


def test_a_port_without_a_drive_explains_how_to_get_one(cli, gestures):
    with served("v2", {}) as desk:
        outcome = cli("flash", "gestures.mbml", "--board", desk.port)
    assert outcome.code == 1
    assert f"We can't tell which drive belongs to the port {desk.port}." in outcome.err
    assert "microbit-ml virtual --pty --drive my-board" in outcome.err
