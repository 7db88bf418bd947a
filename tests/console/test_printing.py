"""Whatever is printed, a terminal obeys the kit alone, never a label, a file's name or a board."""

from __future__ import annotations

import io
import json

from rich.text import Text

from microbit_ml.console.explained import explained
from microbit_ml.console.screen import Console, print_json, print_table, say, write
from microbit_ml.errors import DataError

EVIL = "\x1b]0;owned\x07\x1b[2J\u202e\u2028\x9b2J"


def is_harmless(text: str) -> bool:
    return not set(text) & set("\x1b\x07\u202e\u2028\x9b")


def test_lines_tables_and_remarks(capsys):
    write(f"label {EVIL}")
    say(f"note {EVIL}")
    print_table(["label", "n"], [[EVIL, 3], ["shake", 4]])
    printed = capsys.readouterr()
    assert is_harmless(printed.out) and is_harmless(printed.err)
    assert r"\x1b]0;owned\x07" in printed.out and r"\u202e" in printed.err


def test_json_says_the_same(capsys):
    print_json({"label": EVIL, "list": [EVIL]})
    out = capsys.readouterr().out
    assert is_harmless(out)
    assert json.loads(out) == {"label": EVIL, "list": [EVIL]}


def test_errors_and_their_tracebacks(capsys):
    def fail() -> None:
        raise DataError(f"The file {EVIL} is damaged.")

    assert explained(fail, debug=True) == 1
    err = capsys.readouterr().err
    assert is_harmless(err)
    assert "Traceback" in err and r"\x1b]0;owned" in err


def test_screens(capsys):
    screen = io.StringIO()
    Console(file=screen, force_terminal=False, width=200).print(Text(EVIL))
    assert is_harmless(screen.getvalue())
    screen = io.StringIO()
    Console(file=screen, force_terminal=True, width=200).print(Text(EVIL, style="bold"))
    assert "\x1b[1m" in screen.getvalue()  # the kit's own
    assert "\x1b]0" not in screen.getvalue() and "\x1b[2J" not in screen.getvalue()
