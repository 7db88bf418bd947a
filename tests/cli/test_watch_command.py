"""``microbit-ml watch``: plain lines, JSON lines, the screen, and its errors."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest
from faulty_port import Fault, FaultyPort
from rich.cells import cell_len
from rich.console import Console
from tiers import tiers

import microbit_ml as mb
from microbit_ml.board.frames import FrameReader
from microbit_ml.board.link import Link, open_link
from microbit_ml.board.watch_twin import Twin
from microbit_ml.board.watching import BoardModel, Decision, Detection, Sample, Watch
from microbit_ml.cli.watch import command as watch_module
from microbit_ml.cli.watch.lines import JsonView, PlainView
from microbit_ml.cli.watch.screen import ScreenView
from microbit_ml.console.trace import Trace
from microbit_ml.deploy import watched_board
from microbit_ml.image import build_hex
from microbit_ml.recordings.recording import COUNTS_PER_G
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.protocol_virtual import share_board, unshare_board

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
SLOW_S = 60  # of real time, for a computer that does much else
NINE = ("circle", "fidgeting", "lift", "shake", "still", "tap", "twist", "walking", "wave")


@pytest.fixture
def shared():
    """shared(kind, program): the URL of a virtual board that runs already."""
    boards = []

    def start(kind, program):
        board = VirtualBoard(kind, program)
        board.run(2.5)
        name = f"watch-{len(boards)}"
        share_board(name, board)
        boards.append((name, board))
        return f"virtual://{kind}?name={name}"

    yield start
    for name, board in boards:
        unshare_board(name)
        board.close()


@pytest.mark.parametrize("kind", tiers(["v1"], slow=["v2"]))
def test_plain_lines_of_a_virtual_board(cli, gestures, kind):
    outcome = cli("watch", "gestures.mbml", "--board", f"virtual:{kind}", "--seconds", "3")
    assert outcome.code == 0
    assert outcome.err.startswith(f"A simulated person moves virtual:{kind}: shake, still, twist.")
    assert re.search(r"(?m)^ +0\.98 s  (shake|still|twist|unknown), confidence -?\d+$", outcome.out)
    assert re.search(r"(?m)^ +\d\.\d\d s  detected: (shake|still|twist)$", outcome.out)
    rate = r"(?:49\.[7-9]|50\.[0-3]) Hz"  # one sample more or less in 3 s: they come in batches
    n_samples = int(re.search(rf"(\d+) samples at {rate}, 0 lost", outcome.out)[1])
    assert 145 < n_samples < 155
    assert re.search(r"agrees with (2[01]) of \1 decisions on the same samples\.\n$", outcome.out)


def test_json_lines_of_a_virtual_board(cli, gestures):
    arguments = ("watch", "gestures.mbml", "--board", "virtual:v1", "--seconds", "1.5", "--json")
    events = [json.loads(line) for line in cli(*arguments).out.splitlines()]
    assert [event["event"] for event in events[:2]] == ["board", "sample"]
    assert events[-1]["event"] == "summary"
    decisions = [event for event in events if event["event"] == "decision"]
    assert len(decisions) >= 5
    assert all(decision["same"] is True for decision in decisions)
    assert events[-1]["same"] == len(decisions)
    assert events[-1]["lost"] == 0


@pytest.mark.parametrize("name", ["plain", "json"])
def test_what_is_printed(golden, capsys, name):
    watch, twin = small_watch(("shake", "静止")), OtherTwin()
    view = PlainView(watch, twin) if name == "plain" else JsonView("desk", watch, twin, None)
    with view:
        view.sample(Sample(49, 12, -4, -1020))
        view.decision(Decision(49, -1, -5, (7, -9)), Decision(49, -1, -5, (7, -9)))
        view.decision(Decision(54, -1, -7, (7, -9)), None)
        watch.lost = 2
        view.sample(Sample(57, 12, -4, -1020))
        view.decision(Decision(59, 1, 8, (2, 9)), Decision(59, 0, 1, (9, 2)))
        view.detected(Detection(59, 1))
    golden(f"watch-{name}", capsys.readouterr().out)


def test_a_twin_that_is_made_to_differ_is_shown(cli, gestures, monkeypatch):
    def other_twin(network, window):
        return Twin(replace(network, gate=network.gate.widened(-3000)), window)

    monkeypatch.setattr(watch_module, "Twin", other_twin)
    outcome = cli("watch", "gestures.mbml", "--board", "virtual:v1", "--seconds", "1.5")
    assert "DIFFERS: still, confidence" in outcome.out or "DIFFERS: shake" in outcome.out
    assert "but unknown, confidence -" in outcome.out
    assert "agrees with 0 of 6 decisions" in outcome.out


def test_help(cli, golden):
    golden("help-watch", cli("watch", "--help").transcript)


def test_without_a_model_the_names_come_from_the_board(cli, gestures, shared):
    url = shared("v1", mb.Model.load("gestures.mbml").hex())
    outcome = cli("watch", "--board", url, "--seconds", "2", "--json")
    assert outcome.code == 0
    events = [json.loads(line) for line in outcome.out.splitlines()]
    assert events[0]["labels"] == ["shake", "still", "twist"]
    assert events[0]["model"] is None
    assert not any("same" in event for event in events)


REFUSALS = ("no-kit", "no-model", "other-model", "not-micropython", "little-memory")


@pytest.mark.parametrize("case", tiers(REFUSALS, slow=["unplugged"]))
def test_boards_that_cannot_be_watched_are_explained(
    cli, golden, gestures, shared, monkeypatch, case
):
    model = mb.Model.load("gestures.mbml")
    files = model.board_files(board="v1")
    if case == "no-kit":
        files = {"main.py": b"print('hello')\n"}
    elif case == "no-model":
        del files["model.bin"]
    elif case == "other-model":
        files["model.bin"] = replace(model, hop=model.hop + 1).device_bytes()
    elif case == "little-memory":
        files["gesture.py"] += b"keep = bytearray(4800)\n"
    elif case == "not-micropython":
        monkeypatch.setattr(watched_board, "open_link", other_firmware)
    url = shared("v1", build_hex({"v1": files}))
    if case == "unplugged":
        monkeypatch.setattr(watched_board, "open_link", unplugged)
    outcome = cli("watch", "gestures.mbml", "--board", url)
    assert outcome.code == 1
    golden(f"watch-{case}", outcome.err)
    assert ("decisions" in outcome.out) == (case == "unplugged")  # the summary of what came


@contextmanager
def unplugged(address, hex_text=None, *, real_pace=False):
    with open_link(address) as link:
        yield replace(link, port=FaultyPort(link.port, Fault("cut", 4000)))


@contextmanager
def other_firmware(address, hex_text=None, *, real_pace=False):
    class Talker:
        timeout = None
        in_waiting = 0
        time_s = 0.0

        def read(self, size=1):
            self.time_s += 0.1
            return b"pxt "

        def write(self, data):
            return len(data)

    port = Talker()
    yield Link(port, lambda: port.time_s, "virtual:v1")


def test_a_virtual_board_without_a_model_and_no_board(cli, golden, monkeypatch):
    golden("watch-virtual-no-model", cli("watch", "--board", "virtual:v1").transcript)
    monkeypatch.setattr("microbit_ml.board.boards.find_boards", list)
    assert "No micro:bit found" in cli("watch").err


@posix
@pytest.mark.parametrize(
    ("number", "code"), tiers([(signal.SIGINT, 130)], slow=[(signal.SIGTERM, 143)])
)
def test_ctrl_c_ends_it_with_a_summary(gestures, number, code):
    command = [sys.executable, "-m", "microbit_ml", "watch", "gestures.mbml"]
    process = subprocess.Popen(
        [*command, "--board", "virtual:v1", "--json"],
        cwd=gestures,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if json.loads(line)["event"] == "decision":
            break
    process.send_signal(number)
    out, err = process.communicate(timeout=SLOW_S)
    assert process.returncode == code
    assert json.loads(out.splitlines()[-1])["event"] == "summary"
    assert "Traceback" not in err


def small_watch(names=("a", "b"), twin=False):
    """A watch that is fed by hand; views look at its numbers."""
    link = Link(None, lambda: 0.0, "desk")
    return Watch(link, BoardModel(1, 50, 5, 20, tuple(names)), FrameReader(), [])


class OtherTwin(Twin):
    def __init__(self):
        self.same, self.different, self.unchecked = 3, 1, 2


def test_a_difference_and_lost_samples_are_shown_in_plain_lines(capsys):
    watch = small_watch()
    view = PlainView(watch, OtherTwin())
    with view:
        watch.lost = 2
        view.sample(Sample(7, 0, 0, 0))
        view.decision(Decision(50, 1, 8, (2, 9)), Decision(50, -1, -1, (2, 9)))
    assert capsys.readouterr().out.splitlines() == [
        "   0.14 s  2 samples lost",
        "   1.00 s  b, confidence 8",
        "   1.00 s  DIFFERS: b, confidence 8 on the board, but unknown, confidence -1 here; "
        "scores [2, 9] and [2, 9]",
        "0 samples at 0.0 Hz, 2 lost on the way, 0 missed by the board, 0 damaged lines.",
        "1 decision, 0 gestures detected.",
        "The model on this computer agrees with 3 of 4 decisions on the same samples. Not checked, "
        "as samples were lost: 2.",
    ]


def test_a_difference_in_json(capsys):
    view = JsonView("desk", small_watch(), OtherTwin(), None)
    with view:
        view.decision(Decision(50, 1, 8, (2, 9)), Decision(50, -1, -1, (2, 9)))
        view.decision(Decision(55, -1, -8, (2, 9)), None)
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[1]["same"] is False
    assert events[1]["label"] == "b"
    assert events[1]["twin"] == {"label": None, "confidence": -1, "scores": [2, 9]}
    assert events[2]["same"] is None
    assert events[2]["time_ms"] == 1100
    assert (events[3]["different"], events[3]["unchecked"]) == (1, 2)


def screen(names, width, height, encoding="utf-8", different=False):
    """The lines of a screen of this size."""
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=file, width=width, height=height, force_terminal=False)
    watch = small_watch(names)
    view = ScreenView("desk", watch, OtherTwin() if different else None, None, console)
    for n in range(400):
        if n % 100 != 50:
            view.sample(Sample(n, 8 * n - 1600, 0, -COUNTS_PER_G))
    scores = tuple(60 * i - 200 for i in range(len(names)))
    board, twin = Decision(399, 1, 12, scores), Decision(399, -1, -7, scores)
    view.decision(board, twin if different else None)
    view.detected(Detection(390, 1))
    with console.capture() as captured:
        console.print(view)
    return captured.get().splitlines()


CJK = (
    "摇一摇手臂",
    "a circle drawn slowly in the air",
    "手を振る",
    "静止",
    "тук",
    "x",
    "y",
    "z",
    "w",
)


@pytest.mark.parametrize("names", [NINE, CJK, tuple(f"label {i}" for i in range(16))])
@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (40, 12), (200, 60)])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_screen_fits_the_terminal(names, width, height, encoding):
    lines = screen(names, width, height, encoding)
    assert len(lines) <= height
    assert max(cell_len(line) for line in lines) <= width
    assert any(line.startswith("> ") for line in lines) or len(names) > height - 10
    assert "Ctrl-C stops." in lines[-1]
    if encoding == "ascii":
        assert all(ord(c) < 128 or c in "".join(names) for c in "".join(lines))
    if height >= 24:
        assert lines[-3].rstrip().endswith("now")  # the trace
    if height >= 40:
        for name in names:
            assert any(line[2:].startswith(name[:20]) for line in lines)


def test_the_screen_shows_what_matters(golden):
    golden("watch-screen-80x24", "\n".join(line.rstrip() for line in screen(NINE, 80, 24)) + "\n")
    shown = "\n".join(screen(NINE, 120, 40, different=True))
    assert "DIFFERS 1 time, last: fidgeting 12 on the board, unknown -7 here" in shown


def test_the_screen_shows_what_the_simulated_person_does():
    watch = small_watch(NINE)
    for movements, line in ((["at rest", "circle"], "Simulated: circle"), ([], "")):
        console = Console(file=io.StringIO(), width=80, height=24, force_terminal=False)
        view = ScreenView("virtual:v2", watch, None, None, console, movements)
        with console.capture() as captured:
            console.print(view)
        assert captured.get().splitlines()[3].rstrip() == line


def test_a_trace_in_letters_and_in_braille():
    def drawn(encoding, trace):
        file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        console = Console(file=file, width=80)
        with console.capture() as captured:
            console.print(trace.render())
        return captured.get().splitlines()

    trace = Trace(47, 10, full_scale=2048)
    for n in range(100):
        trace.add(2040, 0, -2048 if n >= 50 else 2047)
    lines = drawn("ascii", trace)
    assert lines[0] == "x  2 g " + "x" * 40
    assert lines[4] == "   0 g " + "y" * 40
    assert lines[6] == "z  2 g " + "z" * 15 + " " * 25
    assert lines[7] == "   0 g " + " " * 15 + "z" + " " * 24  # the line between them
    assert lines[8] == "  -2 g " + " " * 15 + "z" * 25
    assert lines[9] == "       " + " " * 15 + "|-1 s" + " " * 17 + "now"
    lines = drawn("utf-8", trace)
    assert lines[0] == "x  2 g " + "⠉" * 40
    assert lines[8].endswith("⣀" * 24)
    trace.skip(20)
    assert drawn("utf-8", trace)[0].rstrip() == "x  2 g " + "⠉" * 30
    trace.resize(17, 4)
    assert len(drawn("ascii", trace)) == 4


@posix
def test_the_screen_on_a_terminal(gestures):
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "microbit_ml", "watch", "gestures.mbml"]
    process = subprocess.Popen(
        [*command, "--board", "virtual:v1"],
        cwd=gestures,
        stdout=theirs,
        stderr=theirs,
        stdin=theirs,
        env={**os.environ, "COLUMNS": "80", "LINES": "24", "TERM": "xterm"},
    )
    os.close(theirs)
    seen, until = b"", time.monotonic() + SLOW_S
    while b"agrees with" not in seen and time.monotonic() < until:
        seen += os.read(ours, 4096)
    process.send_signal(signal.SIGINT)
    try:
        while part := os.read(ours, 4096):
            seen += part
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert process.wait(SLOW_S) == 130
    assert b"\x1b[?1049h" in seen  # another screen, and back
    assert b"\x1b[?1049l" in seen
    assert b"gestures detected." in seen.split(b"\x1b[?1049l")[1]
