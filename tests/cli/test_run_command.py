"""``microbit-ml run``: a pupil's own program, checked, on a virtual board and on one plugged in."""

import os
import select
import shutil
import signal
import subprocess
import sys
import time

import pytest

from microbit_ml.board import AttachedBoard, BoardPort
from microbit_ml.cli import run as run_command
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.protocol_virtual import share_board, unshare_board

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
SLOW_S = 60  # of real time, for a computer that does much else
V2_ID = "9904360258824e45003f8006000000480000000097969901"

GESTURES = """\
from microbit import *
from gesture import Recognizer

recognizer = Recognizer()
print('it knows', ', '.join(recognizer.names))
while True:
    recognizer.next()
"""
ENDLESS = "while True:\n    print('on')\n"
PRESSED = """\
from microbit import *
while True:
    if button_a.was_pressed():
        print('pressed')
"""
TILTED = """\
from microbit import *
while True:
    x = accelerometer.get_x()
    display.clear()
    display.set_pixel(0 if x < -400 else 4 if x > 400 else 2, 2, 9)
    if button_b.was_pressed():
        print(points)
    sleep(50)
"""
GESTURES_SHOWN = """\
from microbit import *
from gesture import Recognizer
recognizer = Recognizer()
while True:
    name = recognizer.next()
    if name:
        display.show(Image.HAPPY if name == 'shake' else Image.SQUARE)
"""
STOPS = """\
from microbit import *

display.show(Image.HEART)
def score():
    print(points)

sleep(100)
score()
"""


@pytest.fixture
def game(tmp_path):
    def write(text, name="game.py"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write


@pytest.fixture(autouse=True)
def no_board(monkeypatch):
    monkeypatch.setattr(run_command, "find_boards", list)


def test_without_a_board_it_runs_on_a_virtual_one_and_says_which(cli, golden, game):
    outcome = cli("run", game("print('hello')\n"))
    assert outcome.code == 0
    golden("run-virtual", outcome.transcript)


@pytest.mark.parametrize("board", ["virtual:v1", "virtual:v2"])
def test_the_recognizer_comes_along_when_it_is_imported(cli, gestures, game, board):
    outcome = cli(
        "run", game(GESTURES), "--model", "gestures.mbml", "--board", board, "--seconds", "3"
    )
    assert outcome.code == 0
    assert outcome.out == "it knows shake, still, twist\n"
    assert outcome.err.endswith("microbit-ml build gestures.mbml --program game.py\n")


@pytest.mark.parametrize("board", ["v1", "v2"])
def test_a_traceback_is_shown_with_the_line_of_the_file(cli, golden, game, board):
    outcome = cli("run", game(STOPS), "--board", f"virtual:{board}")
    assert outcome.code == 1
    assert 'File "game.py", line 5, in score\n' in outcome.out
    golden(f"run-stops-{board}", outcome.err)


@pytest.mark.parametrize("model", [(), ("--model", "gestures.mbml")])
def test_a_syntax_error_is_found_before_anything_runs(cli, golden, gestures, game, model):
    outcome = cli("run", game("from gesture import *\nwhile True\n    pass\n"), *model)
    assert (outcome.code, outcome.out) == (1, "")
    golden("run-syntax", outcome.err)


def test_gestures_without_a_model_say_what_to_add(cli, gestures, game):
    outcome = cli("run", game(GESTURES), "--board", "virtual:v2")
    assert outcome.code == 1
    assert outcome.err.endswith(
        "Add it: microbit-ml run game.py --board virtual:v2 --model gestures.mbml\n"
    )
    os.utime(gestures / "gestures.mbml", (0, 0))
    (gestures / "newest.mbml").write_bytes(b"")
    assert cli("run", "game.py").err.endswith("microbit-ml run game.py --model newest.mbml\n")
    for name in ("gestures.mbml", "newest.mbml"):
        (gestures / name).unlink()
    assert cli("run", "game.py").err.endswith(
        "Train one first: microbit-ml train gestures. Then add it: microbit-ml run game.py --model "
        "gestures.mbml\n"
    )
    shutil.rmtree(gestures / "gestures")
    assert cli("run", "game.py").err.endswith(
        "Train one first: microbit-ml simulate my-gestures, then microbit-ml train my-gestures. "
        "Then add it: microbit-ml run game.py --model my-gestures.mbml\n"
    )


def test_what_only_one_board_lacks_stops_it_there(cli, game):
    path = game("points: int = 1\nprint(points)\n")
    assert cli("run", path, "--board", "virtual:v2").out == "1\n"
    outcome = cli("run", path, "--board", "virtual:v1")
    assert outcome.code == 1
    assert "MicroPython on V1 has no types of variables" in outcome.err


def test_a_model_that_is_not_needed_is_left_out(cli, gestures, game):
    outcome = cli("run", game("print('hello')\n"), "--model", "gestures.mbml")
    assert outcome.code == 0
    assert "does not import gesture, so gestures.mbml is left out" in outcome.err


@pytest.fixture
def plugged_in(monkeypatch):
    """``plugged_in(files)``: a board that runs MicroPython with these files; returns it."""
    boards = []

    def start(files):
        board = VirtualBoard("v2", files)
        boards.append(board)
        share_board("run-board", board)
        board.run(1)
        address = "virtual://v2?name=run-board"
        attached = AttachedBoard(V2_ID, BoardPort(address, V2_ID), None)
        monkeypatch.setattr(run_command, "find_boards", lambda: [attached])
        return board

    yield start
    unshare_board("run-board")
    for board in boards:
        board.close()


def test_a_board_that_is_plugged_in_is_used(cli, plugged_in, game):
    board = plugged_in({"main.py": b"print('old')\n"})
    outcome = cli("run", game("print('hello')\n"))
    assert (outcome.code, outcome.out) == (0, "hello\n")
    assert "game.py runs on the micro:bit at virtual://v2?name=run-board" in outcome.err
    assert outcome.err.endswith("Next: change it, then use the same command again.\n")
    assert board.files["main.py"] == b"print('hello')\n"


def test_data_to_play_needs_a_virtual_board(cli, plugged_in, game):
    board = plugged_in({"main.py": b"print('old')\n"})
    outcome = cli("run", game("print('hello')\n"), "--data", "wand")
    assert outcome.code == 2
    assert "Choose: microbit-ml run game.py --data wand --board virtual:v2\n" in outcome.err
    assert board.files["main.py"] == b"print('old')\n"


def test_a_program_that_stops_on_a_real_board(cli, plugged_in, game):
    plugged_in({})
    outcome = cli("run", game(STOPS))
    assert outcome.code == 1
    assert "game.py stopped in line 5: NameError: name 'points' isn't defined.\n" in outcome.err
    assert "        print(points)\n" in outcome.err


def test_a_real_board_without_the_kit_needs_its_drive(cli, gestures, plugged_in, game):
    plugged_in({})
    outcome = cli("run", game(GESTURES), "--model", "gestures.mbml")
    assert outcome.code == 1
    assert "The kit is not on the board yet" in outcome.err


def test_stubs_are_written_beside_the_program_and_never_over_another_file(cli, game, tmp_path):
    (tmp_path / "sub").mkdir()
    path = game("from gesture import Recognizer\n", "sub/game.py")
    for _ in range(2):
        outcome = cli("run", path, "--stubs")
        assert outcome.code == 0
    assert "class Recognizer" in (tmp_path / "sub" / "gesture.pyi").read_text(encoding="utf-8")
    (tmp_path / "sub" / "gesture.pyi").write_text("mine\n", encoding="utf-8")
    assert cli("run", path, "--stubs").code == 1
    assert (tmp_path / "sub" / "gesture.pyi").read_text(encoding="utf-8") == "mine\n"


@posix
def test_ctrl_c_in_a_pipe_stops_it(game, tmp_path):
    running = subprocess.Popen(
        [sys.executable, "-m", "microbit_ml", "run", game(ENDLESS), "--board", "virtual:v2"],
        cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert running.stdout.readline() == b"on\n"
    running.send_signal(signal.SIGINT)
    _out, err = running.communicate(timeout=SLOW_S)
    assert running.returncode == 130
    assert err.endswith(b"microbit-ml: stopped.\n")


class Screen:
    """A pseudo-terminal of 80 x 24 in which a program runs."""

    def __init__(self, folder, *arguments):
        import fcntl
        import struct
        import termios

        self._attributes = termios.tcgetattr
        self.ours, self.theirs = os.openpty()
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(self.theirs)
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}
        for name in ("COLUMNS", "LINES"):
            environment.pop(name, None)
        ends = dict.fromkeys(("stdin", "stdout", "stderr"), self.theirs)
        command = [sys.executable, "-m", "microbit_ml", "run", *arguments]
        self.running = subprocess.Popen(command, cwd=folder, env=environment, **ends)

    def wait_for(self, text):
        return _read_until(self.ours, text)

    def type(self, text):
        os.write(self.ours, text)

    def end(self, last):
        """The exit code after this last line; the terminal must be as it was."""
        seen = self.wait_for(last)
        code = self.running.wait(SLOW_S)
        assert self._attributes(self.theirs) == self.before
        return code, seen


@pytest.fixture
def screen(tmp_path):
    opened = []

    def start(*arguments):
        opened.append(Screen(tmp_path, *arguments))
        return opened[-1]

    yield start
    for one in opened:
        one.running.kill()
        one.running.wait()
        os.close(one.ours)
        os.close(one.theirs)


@posix
def test_ctrl_c_in_a_terminal_stops_it_and_restores_the_terminal(game, screen):
    shown = screen(game(PRESSED), "--board", "virtual:v2")
    seen = shown.wait_for("q quits")
    shown.type(b"\x1bOP")
    seen += shown.wait_for("pressed")
    shown.type(b"\x03")
    code, more = shown.end("microbit-ml: stopped.")
    assert code == 130
    assert "Next: change it, then use the same command again." in more
    assert "game.py on a virtual V2" in seen


@posix
def test_without_a_model_keys_tilt_the_board_and_press_its_buttons(game, screen):
    shown = screen(game(TILTED), "--board", "virtual:v2")
    shown.wait_for("1 shake  2 circle")  # what the simulator knows
    shown.wait_for("·· ·· ██ ·· ··")
    shown.type(b"\x1b[D")
    shown.wait_for("██ ·· ·· ·· ··")
    shown.wait_for("tilted to the left")
    shown.type(b"\t")
    shown.wait_for("Ctrl-C   stop")
    shown.type(b"\t")
    shown.wait_for("arrows tilt")
    shown.type(b"b")  # ends it with an error
    shown.wait_for('File "game.py", line 7')
    code, seen = shown.end("Correct it, then use the same command again.")
    assert code == 1
    assert "game.py stopped in line 7: NameError: name 'points' isn't defined." in seen


@posix
@pytest.mark.slow
def test_with_a_model_it_is_the_screen_of_virtual(gestures, game, screen):
    shown = screen(game(GESTURES_SHOWN), "--model", "gestures.mbml", "--board", "virtual:v2")
    shown.wait_for("1 shake  2 still  3 twist")
    shown.wait_for("Now: still")
    shown.type(b"1")
    shown.wait_for("Hand: shake")
    shown.wait_for("Recognised (twin): shake")
    shown.wait_for("·· ██ ·· ██ ··")  # Image.HAPPY
    shown.type(b"q")
    code, seen = shown.end("--program game.py")
    assert code == 0
    assert "microbit-ml build gestures.mbml --program game.py" in seen


@posix
def test_a_program_that_asks_for_typing_gets_what_is_typed(game, screen):
    shown = screen(game("print('hello', input('who? '))\n"), "--board", "virtual:v2")
    shown.wait_for("who? ")
    shown.type(b"Ann\r")
    shown.wait_for("hello Ann")
    assert shown.end("use the same command again.")[0] == 0


def _read_until(handle, text):
    seen, deadline = "", time.monotonic() + SLOW_S
    while text not in seen:
        assert time.monotonic() < deadline, seen
        if select.select([handle], [], [], 0.1)[0]:
            seen += os.read(handle, 4096).decode("utf-8", "replace")
    return seen
