"""Long sentences on a terminal: broken between words, tables and commands whole."""

import io

import pytest

from microbit_ml.console.screen import in_lines, write

COMMAND = "microbit-ml virtual v2 --model practice.mbml"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("short", ["short"]),
        ("a sentence that is too long for it", ["a sentence that is too", "long for it"]),
        ("  - one that begins with spaces", ["  - one that begins with", "  spaces"]),
        ("label      added   already there", ["label      added   already there"]),
        ("─" * 30, ["─" * 30]),
        ("x" * 30, ["x" * 30]),
        (f"Next: {COMMAND}", ["Next:", COMMAND]),
        (f"Move a virtual board with it: .venv/bin/{COMMAND}",
         ["Move a virtual board", "with it:", f".venv/bin/{COMMAND}"]),
        ("It is done.\n\nNext: microbit-ml demo --seed 1",
         ["It is done.", "", "Next:", "microbit-ml demo --seed 1"]),
    ],
)  # fmt: skip
def test_lines_of_24_columns(text, lines):
    assert in_lines(text, 24).split("\n") == lines


@pytest.mark.parametrize("is_terminal", [True, False])
def test_only_a_terminal_gets_them(monkeypatch, is_terminal):
    monkeypatch.setenv("COLUMNS", "24")
    out = io.StringIO()
    out.isatty = lambda: is_terminal
    write("a sentence that is too long for it", file=out)
    assert out.getvalue().count("\n") == (2 if is_terminal else 1)
