"""The README's ten-minute walk, on a terminal: each step is the one that the last one offered."""

import os
import re
import shlex
import sys
from pathlib import Path

import pytest
from pty_terminal import PtyTerminal

import microbit_ml

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals"),
]
README = Path(__file__).resolve().parents[2] / "README.md"
MOVING, TYPING = "arrows tilt", "Tab moves the board"
HAPPY = "·· ██ ·· ██ ··"  # the upper row of Image.HAPPY


@pytest.fixture
def installed(tmp_path):
    """The environment of a shell where ``microbit-ml`` is installed, outside the folder."""
    program = tmp_path / "installed" / "bin" / "microbit-ml"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m microbit_ml "$@"\n')
    program.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(Path(microbit_ml.__file__).parents[1]),
        "PYTHONIOENCODING": "utf-8",
        "NO_COLOR": "1",
        "TERM": "xterm",
    }
    for name in ("COLUMNS", "LINES", "FORCE_COLOR", "TTY_COMPATIBLE"):
        environment.pop(name, None)
    return environment


@pytest.fixture
def play(tmp_path, installed):
    """``play(line)`` starts a command line in a fresh folder, on a terminal of 80 x 24."""
    folder = tmp_path / "fresh"
    folder.mkdir()
    opened = []

    def start(line):
        opened.append(PtyTerminal(["sh", "-c", line], folder, installed))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


def offered(verb, text):
    """The command of the text's line "Next: ..."; of an indented line or a block without one."""
    found = re.search(r"^(?:Next|Then): (microbit-ml .*)$", text, re.M) or re.search(
        rf"(?:^| )(?:\.venv/bin/)?(microbit-ml {verb}(?: .*)?)$", text, re.M
    )
    assert found and found[1].split()[1] == verb, f"{verb} is not the next step of:\n{text}"
    return found[1]


def stable(lines):
    """The lines without what differs from run to run: times, and the size of drawings."""
    differs = r"\d+\.\d+(?= s\b)|\d:\d\d:\d\d|\d+(?= bytes\. Open it)"
    return [re.sub(differs, "#", line) for line in lines]


def test_the_ten_minute_walk(play, golden, tmp_path):
    transcript = []
    folder = tmp_path / "fresh"

    def plain(line):
        terminal = play(line)
        assert terminal.end() == 0, terminal.printed
        transcript.extend(["", f"$ {line}", *stable(terminal.transcript)])
        return terminal.printed

    def moved(line, until):
        """A step on a screen with keys: 1 is held until the screen shows a text, then q quits."""
        terminal = play(line)
        terminal.wait_for(MOVING)
        terminal.type(b"\t")
        terminal.wait_for(TYPING)
        terminal.type(b"\t")
        terminal.wait_for(MOVING)
        terminal.wait_for(until, held=b"1")
        keys = [one for one in terminal.screen.text if re.match("arrows|1 ", one)]
        terminal.type(b"q")
        assert terminal.end() == 0, terminal.printed
        after = terminal.printed_after_screen.strip("\n")
        transcript.extend(["", f"$ {line}", *keys, f"(1 is held: {until})", *after.splitlines()])
        return after

    text = README.read_text("utf-8")
    for verb in ("demo", "simulate", "train", "report"):
        text = plain(offered(verb, text))
    text = moved(offered("virtual", text), "Recognised (twin): circle")
    program = text.partition("game.py:\n\n")[2].partition("\nThen:")[0]
    assert program in README.read_text("utf-8"), program
    (folder / "game.py").write_text(program)
    moved(offered("run", text), HAPPY)
    golden("walk", "\n".join(transcript[1:]) + "\n")
    assert {one.name for one in folder.iterdir()} == {
        "microbit-ml-demo", "practice", "practice.mbml", "practice-report.html", "game.py",
    }  # fmt: skip
