"""``microbit-ml virtual``: in a pipe, on a terminal (a pseudo-terminal here), and as a port."""

import os
import re
import select
import signal
import struct
import subprocess
import sys
import time

import makecode
import pytest
import serial
from tiers import tiers

from microbit_ml.cli.virtual.screen import LiveView, PlainView
from microbit_ml.image import build_hex, intel_hex
from microbit_ml.image.hex import build_hex_for_one

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
SLOW_S = 60  # of real time, for a computer that does much else

BUTTONS = """\
from microbit import *
display.show(Image.HEART)
print('ready')
while True:
    if button_a.was_pressed():
        print('pressed A')
    if button_b.was_pressed():
        print('pressed B')
    sleep(20)
"""
MOVED = """\
from microbit import *
display.show('7')
while True:
    print('x', accelerometer.get_x())
    sleep(100)
"""
TILTED = """\
from microbit import *
while True:
    x = accelerometer.get_x()
    display.clear()
    display.set_pixel(0 if x < -400 else 4 if x > 400 else 2, 2, 9)
    if button_b.was_pressed():
        print('!')
    sleep(50)
"""
GAME = """\
from microbit import *
from gesture import Recognizer
recognizer = Recognizer()
while True:
    name = recognizer.next()
    if name:
        display.show(Image.HAPPY if name == 'shake' else Image.SQUARE)
"""


@pytest.fixture
def program(tmp_path):
    """program(text): a file with a program for the board, where the commands run."""

    def write(text, name="mine.py"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_a_program_in_a_pipe(cli, golden, program, kind):
    path = program("from microbit import *\nprint('one', 'two')\ndisplay.show(Image.HAPPY)\n")
    outcome = cli("virtual", kind, path, "--fast", "--seconds", "1")
    golden(f"virtual-pipe-{kind}", re.sub(r"\d+\.\d+(?= s )", "#", outcome.transcript))


@pytest.mark.default_runtime
def test_the_prompt_of_a_bare_board(cli):
    outcome = cli("virtual", "v2", "--fast", "--seconds", "0.6")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("MicroPython v1.18")
    assert outcome.out.endswith("\n>>> \n")


def test_a_hex_file_and_a_model(cli, gestures):
    assert cli("build", "gestures.mbml", "-o", "gestures.hex").code == 0
    for kind, name in (("v2", "gestures.mbml"), ("v1", "gestures.hex")):
        outcome = cli("virtual", kind, name, "--gesture", "shake", "--fast", "--seconds", "4")
        assert (outcome.code, outcome.err) == (0, "")
        assert "shake\n" in outcome.out


def test_a_recording_is_played_once_and_its_ends_stay(cli, program, tmp_path):
    lines = ["time_ms,x,y,z", *(f"{20 * i},{100 + 8 * i},0,-1024" for i in range(50))]
    (tmp_path / "ramp.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    path = program(MOVED)
    outcome = cli("virtual", "v2", path, "--play", "ramp.csv", "--fast", "--seconds", "3")
    seen = [int(x) for x in re.findall(r"^x (-?\d+)$", outcome.out, flags=re.M)]
    assert seen[:4] == [100] * 4
    assert seen[-4:] == [492] * 4
    assert seen == sorted(seen)
    assert len(set(seen)) >= 9


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["v3"], 2, "invalid choice: 'v3'"),
        (["v1", "--seconds", "soon"], 2, "'soon' is not a positive number of seconds"),
        (["v1", "--seconds", "-1"], 2, "'-1' is not a positive number of seconds"),
        (["v1", "--fast", "--pty"], 2, "not allowed with argument"),
        (["v1", "--pty", "--gesture", "shake"], 2, "leave out --pty"),
        (["v1", "--drive", "MICROBIT"], 2, "--drive goes with --pty"),
        (["v1", "--drive", "MICROBIT", "--fast"], 2, "--drive goes with --pty"),
        (["v1", "--miniterm", "--seconds", "1"], 2, "Leave out --seconds"),
        (["v1", "--miniterm"], 1, "--miniterm needs a terminal"),
        (["v1", "none.py"], 1, "There is no file none.py"),
        (["v1", "none.mbml"], 1, "There is no model file none.mbml"),
        (["v1", "photo.jpg"], 2, "Name a .hex file, a .py program or a .mbml model"),
        (["v1", "--gesture", "moonwalk"], 2, "invalid choice: 'moonwalk'"),
        (["v1", "--play", "none.csv"], 1, "There is no file none.csv"),
        (["v3"], 2, "There are: microbit-ml virtual v1, microbit-ml virtual v2."),
        (["v1", "a.mbml", "--model", "b.mbml"], 2, "are two models. Leave one out"),
        (["v1", "a.py", "--program", "b.py"], 2, "are two programs. Leave one out"),
        (["v1", "--program", "b.jpg"], 2, "--program takes a .py program, not b.jpg"),
        (["v1", "--model", "none.mbml"], 1, "There is no model file none.mbml"),
        (["v1", "--data", "none"], 1, "There is no data set folder none"),
        (["v1", "--data", "none", "--gesture", "shake"], 2, "or leave out --gesture"),
        (["v1", "--data", "none", "--pty"], 2, "leave out --pty"),
    ],
)
def test_wrong_use_is_explained(cli, arguments, code, message):
    outcome = cli("virtual", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert message in outcome.err


@pytest.mark.parametrize(
    ("arguments", "printed"),
    tiers(
        [(["--model", "gestures.mbml", "--program", "game.py"], "got shake\n")],
        slow=[
            (["--model", "gestures.mbml"], "shake\n"),
            (["gestures.mbml", "--program", "game.py"], "got shake\n"),
            (["game.py", "--model", "gestures.mbml"], "got shake\n"),
            (["gestures.hex", "--model", "gestures.mbml"], "shake\n"),
        ],
    ),
)
def test_a_model_as_an_option_with_a_program_or_a_hex(cli, gestures, program, arguments, printed):
    program(GAME + "        print('got', name)\n", "game.py")
    cli("build", "gestures.mbml", "-o", "gestures.hex")
    outcome = cli("virtual", "v2", *arguments, "--gesture", "shake", "--fast", "--seconds", "3")
    assert (outcome.code, outcome.err) == (0, "")
    assert printed in outcome.out


def test_without_a_board_it_is_a_v2(cli, program):
    path = program("print('one')\n")
    for arguments in ([], [path]):
        outcome = cli("virtual", *arguments, "--fast", "--seconds", "0.8")
        assert outcome.code == 0
        assert outcome.err == (
            "No board was named, so this is a V2. There are: microbit-ml virtual v1, "
            "microbit-ml virtual v2.\n"
        )
        assert ("one" if arguments else "nRF52833") in outcome.out


def test_a_makecode_hex_with_its_source_behind_the_end(cli, tmp_path):
    """MakeCode's first hexes for V1: a plain hex, then the project at an address in RAM."""
    files = {"main.py": b"print('I run')\n"}
    text = makecode.behind_the_end(makecode.source({"main.ts": ""}), build_hex_for_one("v1", files))
    (tmp_path / "game.hex").write_text(text, encoding="ascii")
    outcome = cli("virtual", "v1", "game.hex", "--fast", "--seconds", "2")
    assert outcome.code == 0, outcome.err
    assert "I run" in outcome.out


@pytest.mark.parametrize(("kind", "other"), [("v1", "v2"), ("v2", "v1")])
def test_a_hex_for_the_other_board_is_refused(cli, tmp_path, kind, other):
    image = intel_hex.parse(build_hex({other: {}}), other)
    (tmp_path / "other.hex").write_text(intel_hex.write_plain(image), encoding="ascii")
    outcome = cli("virtual", kind, "other.hex", "--fast", "--seconds", "1")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        f"microbit-ml: other.hex: This hex is for a micro:bit {other.upper()}, so a "
        f"{kind.upper()} cannot run it. Use a virtual {other.upper()} (microbit-ml virtual "
        f"{other} other.hex --fast --seconds 1), or a universal hex, which runs on both.\n"
    )


VECTORS = {"v1": (0x20004000, 0x101), "v2": (0x20020000, 0x101)}


def without_micropython(path, kind, code=b"\xfe\xe7"):
    """A plain hex of a program that loops for ever, as MakeCode's compiler would place it."""
    start = struct.pack("<II", *VECTORS[kind])
    image = intel_hex.MemoryImage([(0, start.ljust(0x100, b"\0") + code)])
    path.write_text(intel_hex.write_plain(image), encoding="ascii")


@pytest.mark.parametrize(("kind", "other"), [("v1", "v2"), ("v2", "v1")])
def test_a_hex_without_micropython_for_the_other_board_is_refused(cli, tmp_path, kind, other):
    without_micropython(tmp_path / "my game.hex", other)
    outcome = cli("virtual", kind, "my game.hex", "--seconds", "1", "--fast")
    assert (outcome.code, outcome.out) == (1, "")
    assert f"for a micro:bit {other.upper()}, so a {kind.upper()} cannot run it" in outcome.err
    assert f'(microbit-ml virtual {other} "my game.hex" --seconds 1 --fast)' in outcome.err
    outcome = cli("virtual", other, "my game.hex", "--seconds", "0.1", "--fast")
    assert (outcome.code, outcome.err) == (0, "")


def test_without_a_board_it_is_the_one_that_the_hex_is_for(cli, tmp_path):
    without_micropython(tmp_path / "old.hex", "v1")
    outcome = cli("virtual", "old.hex", "--seconds", "0.1", "--fast")
    assert outcome.code == 0
    assert outcome.err.startswith(
        "No board was named, and old.hex is for a V1, so this is a V1. There are: "
    )


def test_a_crash_without_micropython_gives_no_advice_about_it(cli, tmp_path):
    without_micropython(tmp_path / "odd.hex", "v2", b"\x00\xde")  # UDF: no such instruction
    outcome = cli("virtual", "v2", "odd.hex", "--seconds", "1", "--fast")
    assert outcome.code == 1
    assert outcome.err == (
        "microbit-ml: odd.hex is not MicroPython, and it uses something that the virtual board "
        "does not have, so it stopped. Try it on a real micro:bit: drag it onto the MICROBIT "
        "drive.\n"
    )


def test_a_hex_that_no_board_could_start(cli, tmp_path):
    image = intel_hex.MemoryImage([(0, b"only some text, and no program")])
    (tmp_path / "text.hex").write_text(intel_hex.write_plain(image), encoding="ascii")
    for board in ([], ["v1"]):
        outcome = cli("virtual", *board, "text.hex", "--seconds", "1", "--fast")
        assert outcome.code == 1
        assert outcome.err.startswith("microbit-ml: text.hex: This hex has no program for a micro")


@pytest.mark.parametrize(
    "arguments",
    [["game.py"], ["--program", "game.py"], ["--program", "game.py", "--model", "gestures.mbml"]],
)
def test_a_program_is_checked_before_the_board_starts(cli, golden, gestures, program, arguments):
    program("from microbit import *\nwhile True\n    pass\n", "game.py")
    outcome = cli("virtual", "v2", *arguments, "--fast", "--seconds", "1")
    assert (outcome.code, outcome.out) == (1, "")
    golden("virtual-syntax", outcome.err)
    program("points: int = 0\nprint(points)\n", "game.py")
    assert cli("virtual", "v2", *arguments, "--fast", "--seconds", "1").code == 0
    outcome = cli("virtual", "v1", *arguments, "--fast", "--seconds", "1")
    assert (outcome.code, outcome.out) == (1, "")
    assert "game.py, line 1: MicroPython on V1 has no types of variables" in outcome.err


def test_a_program_that_needs_a_model_says_how_to_add_it(cli, gestures, program):
    program(GAME, "game.py")
    outcome = cli("virtual", "v2", "game.py", "--fast")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        "microbit-ml: game.py imports gesture, so it needs a model. Add it: microbit-ml virtual v2 "
        "game.py --fast --model gestures.mbml\n"
    )


def test_files_that_are_not_hex(cli, tmp_path):
    (tmp_path / "bytes.hex").write_bytes(b"\xff\xfe")
    assert "is not a hex file" in cli("virtual", "v1", "bytes.hex").err
    (tmp_path / "text.hex").write_text("hello\n", encoding="utf-8")
    assert cli("virtual", "v1", "text.hex").code == 1


def test_a_crash_is_explained_after_the_last_output(cli, program):
    path = program(
        "import machine, microbit\nprint('now')\nmicrobit.sleep(50)\nmachine.mem32[0x70000000]\n"
    )
    outcome = cli("virtual", "v2", path, "--fast", "--seconds", "2")
    assert outcome.code == 1
    assert outcome.out.startswith("now\n")
    assert "HardFault" in outcome.err


def run_cli(*arguments, **options):
    command = [sys.executable, "-m", "microbit_ml", *map(str, arguments)]
    return subprocess.Popen(command, **options)


@posix
def test_ctrl_c_in_a_pipe(program):
    running = run_cli(
        "virtual", "v1", program(BUTTONS),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert running.stdout.readline() == b"ready\n"
    running.send_signal(signal.SIGINT)
    _out, err = running.communicate(timeout=SLOW_S)
    assert (running.returncode, err) == (130, b"microbit-ml: stopped.\n")


@posix
def test_pty_prints_a_port_and_serves_it(program):
    running = run_cli(
        "virtual", "v2", "--pty", text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    path = running.stdout.readline().strip()
    with serial.Serial(path, 115200, timeout=SLOW_S) as port:
        port.write(b"print(6 * 7)\r")
        assert port.read_until(b"42\r\n>>> ").endswith(b"42\r\n>>> ")
    running.send_signal(signal.SIGINT)
    _out, err = running.communicate(timeout=SLOW_S)
    assert running.returncode == 0
    assert ("In Thonny" in err) == (sys.platform == "linux")
    assert f"microbit-ml boards --board {path}" in err
    assert err.endswith("The port is closed.\n")


@posix
def test_a_drive_whose_folder_is_in_use(cli, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "homework.txt").write_text("keep me", encoding="utf-8")
    outcome = cli("virtual", "v2", "--pty", "--drive", "mine")
    assert outcome.code == 1
    assert "The folder mine is not empty" in outcome.err
    assert (tmp_path / "mine" / "homework.txt").exists()


@posix
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_the_drive_is_gone_at_the_end(tmp_path, signum):
    running = run_cli(
        "virtual", "v2", "--pty", "--drive", tmp_path / "MICROBIT",
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    path = running.stdout.readline().strip()
    details = (tmp_path / "MICROBIT" / "DETAILS.TXT").read_text(encoding="ascii")
    assert f"Serial Port: {path}" in details
    running.send_signal(signum)
    _out, err = running.communicate(timeout=SLOW_S)
    assert running.returncode == (0 if signum == signal.SIGINT else 128 + signum)
    assert f"--board {tmp_path / 'MICROBIT'}" in err
    assert list(tmp_path.iterdir()) == []


class Terminal:
    """A pseudo-terminal of 80 x 24 in which a command runs."""

    def __init__(self, *arguments):
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
        self.running = run_cli("virtual", *arguments, env=environment, **ends)
        self.seen = ""

    def wait_for(self, text):
        deadline = time.monotonic() + SLOW_S
        while text not in self.seen:
            assert time.monotonic() < deadline, self.seen
            if select.select([self.ours], [], [], 0.1)[0]:
                self.seen += os.read(self.ours, 4096).decode("utf-8", "replace")
        self.seen = self.seen.partition(text)[2]

    def type(self, text):
        os.write(self.ours, text)

    def end(self):
        """The exit code; the terminal must be as it was."""
        deadline = time.monotonic() + SLOW_S
        while self.running.poll() is None:
            assert time.monotonic() < deadline, self.seen
            if select.select([self.ours], [], [], 0.05)[0]:  # what is printed must be taken
                self.seen += os.read(self.ours, 4096).decode("utf-8", "replace")
        while select.select([self.ours], [], [], 0)[0]:
            self.seen += os.read(self.ours, 4096).decode("utf-8", "replace")
        assert self._attributes(self.theirs) == self.before
        return self.running.returncode


@pytest.fixture
def terminal():
    opened = []

    def start(*arguments):
        opened.append(Terminal(*arguments))
        return opened[-1]

    yield start
    for one in opened:
        one.running.kill()
        one.running.wait()
        os.close(one.ours)
        os.close(one.theirs)


@posix
def test_live_leds_buttons_and_the_prompt(terminal, program):
    screen = terminal("v1", program(BUTTONS))
    screen.wait_for("F1 or Ctrl-F   button A")
    screen.wait_for("ready")
    screen.wait_for("·· ██ ·· ██ ··")  # the heart's upper row
    screen.type(b"\x1bOP")
    screen.wait_for("pressed A")
    screen.type(b"\x07")
    screen.wait_for("pressed B")
    screen.type(b"\x03")
    screen.wait_for(">>> ")
    screen.type(b"print(6 * 7)\r")
    screen.wait_for("42")
    screen.type(b"\x1bOS")  # F4 resets
    screen.wait_for("ready")
    screen.type(b"\x1d")
    assert screen.end() == 0
    assert "\x1b[r" in screen.seen


@posix
def test_keys_move_the_board(terminal, program):
    screen = terminal("v2", program(TILTED))
    screen.wait_for("Keys go to the board. Tab: move the board by keys")
    screen.wait_for("·· ·· ██ ·· ··")  # held level: a dot in the middle
    screen.type(b"\t")
    screen.wait_for("arrows tilt")
    screen.wait_for("z  -10")  # the program reads about -1024
    screen.type(b"\x1b[D")
    screen.wait_for("██ ·· ·· ·· ··")
    screen.wait_for("tilted to the left")
    screen.wait_for("flat, face up")  # the key is not repeated
    screen.wait_for("·· ·· ██ ·· ··")
    screen.type(b"b")
    screen.wait_for("!")  # one letter: a longer text may come in two parts, with a picture between
    screen.type(b"\t")
    screen.wait_for("F1 or Ctrl-F   button A")
    screen.type(b"\x03print(chr(35))\r")
    screen.wait_for("#")
    screen.type(b"\t")
    screen.wait_for("arrows tilt")
    screen.type(b"q")
    assert screen.end() == 0
    assert "To put this on a micro:bit: microbit-ml run" in " ".join(screen.seen.split())


@posix
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_the_recognised_gesture_changes_beside_the_leds(terminal, gestures, program, kind):
    model = gestures / "gestures.mbml"
    screen = terminal(kind, "--model", model, "--program", program(GAME))
    screen.wait_for("1 shake  2 still  3 twist")
    screen.wait_for("Now: still")
    screen.type(b"1")
    screen.wait_for("Hand: shake")
    screen.wait_for("Recognised (twin): shake")
    screen.wait_for("·· ██ ·· ██ ··")  # Image.HAPPY: the program has recognised it too
    screen.wait_for("Now: still")
    screen.type(b"3")
    screen.wait_for("Recognised (twin): twist")
    screen.wait_for("██ ██ ██ ██ ██")  # Image.SQUARE
    screen.type(b"\x03")
    assert screen.end() == 0
    assert f"microbit-ml flash {model} --program" in screen.seen


@posix
@pytest.mark.parametrize(("number", "code"), tiers([("SIGINT", 130)], slow=[("SIGTERM", 143)]))
def test_signals_restore_the_terminal(terminal, number, code):
    screen = terminal("v1")
    screen.wait_for(">>> ")
    screen.running.send_signal(getattr(signal, number))
    assert screen.end() == code
    assert "\x1b[r" in screen.seen


@posix
def test_a_crash_restores_the_terminal(terminal, program):
    screen = terminal("v2", program("import machine\nmachine.mem32[0x70000000]\n"))
    assert screen.end() == 1
    assert "HardFault" in screen.seen


@posix
def test_miniterm_shows_the_prompt(terminal):
    screen = terminal("v2", "--miniterm")
    screen.wait_for(">>> ")
    screen.type(b"print(6 * 7)\r")
    screen.wait_for("\n42")
    screen.type(b"\x1d")
    assert screen.end() == 0


class Recorder:
    """A stream of a given encoding that keeps what is written."""

    def __init__(self, encoding):
        self.encoding = encoding
        self.text = ""

    def write(self, text):
        self.text += text

    def flush(self):
        pass


DARK = [[0] * 5 for _ in range(5)]
RAMP = [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], *DARK[:3]]


@pytest.mark.parametrize(
    ("encoding", "first", "second"),
    [
        ("utf-8", "·· ░░ ░░ ▒▒ ▒▒", "▒▒ ▓▓ ▓▓ ▓▓ ██"),
        ("ascii", ".  1  2  3  4 ", "5  6  7  8  9 "),
    ],
)
def test_brightness_is_shown_without_colour(monkeypatch, encoding, first, second):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    out = Recorder(encoding)
    with LiveView("Board", ["keys"], out) as view:
        view.update(b"", RAMP, 0)
    assert first in out.text
    assert second in out.text
    assert "\x1b[31m" not in out.text
    if encoding == "ascii":
        assert out.text.isascii()


def test_a_small_terminal_shows_only_serial_output(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("LINES", "6")
    out = Recorder("utf-8")
    with LiveView("Board", ["keys"], out) as view:
        view.update(b"hello", RAMP, 0)
    assert "hello" in out.text
    assert "keys" not in out.text


def test_a_pipe_gets_whole_lines_and_settled_pictures():
    out = Recorder("ascii")
    with PlainView(out) as view:
        view.update(b"one\r\ntw", DARK, 0)
        view.update(b"o\r\n", RAMP, 20_000)  # seen once: perhaps half drawn
        assert "LEDs" not in out.text
        view.update(b">>> ", RAMP, 40_000)
        view.update(b"", RAMP, 60_000)
    assert out.text == (
        "one\ntwo\nLEDs at 0.04 s (estimated)\n.1234\n56789\n.....\n.....\n.....\n>>> \n"
    )
