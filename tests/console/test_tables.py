"""Tables in a terminal: whole where they fit, in parts where not, and no number is ever cut."""

import sys

import pytest

from microbit_ml.console.screen import print_table

COLUMNS = ["gesture", *(f"number {i}" for i in range(12))]
ROWS = [[f"a gesture {j}", *(10_000 + 100 * j + i for i in range(12))] for j in range(3)]


@pytest.fixture
def terminal(capsys, monkeypatch):
    """``terminal(width, columns, rows)``: the lines of a table in a terminal of that width."""

    def lines(width, columns, rows, left=1):
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        for name, value in {"COLUMNS": str(width), "TERM": "xterm-256color"}.items():
            monkeypatch.setenv(name, value)
        for name in ("NO_COLOR", "TTY_COMPATIBLE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("FORCE_COLOR", "1")
        print_table(columns, rows, left)
        return capsys.readouterr().out.splitlines()

    return lines


def test_its_head_is_text_and_no_control_sequence(terminal):
    lines = terminal(80, ["label", "n"], [["shake", 3]])
    assert lines == ["label   n", "─────────", "shake   3"]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_wide_one_goes_on_below_and_says_so(terminal, width):
    lines = terminal(width, COLUMNS, ROWS)
    assert max(map(len, lines)) <= width
    words = " ".join(lines).split()
    assert all(words.count(str(cell)) == 1 for row in ROWS for cell in row[1:])
    heads = [line for line in lines if line.startswith("(column")]
    assert len(heads) >= 2
    assert heads[0].startswith("(columns 1-") and heads[0].endswith(" of 12, more below)")
    assert heads[-1].endswith("12 of 12)")
    assert "".join(lines).count("gesture 2") == len(heads)  # each part names its rows


def test_one_that_fits_is_whole(terminal):
    lines = terminal(200, COLUMNS, ROWS)
    assert not any(line.startswith("(") for line in lines)
    assert len(lines) == 2 + len(ROWS)


def test_columns_come_closer_before_a_table_is_cut(terminal):
    row = ["logistic regression", *["100,000"] * 5]
    assert len(terminal(72, ["method", *"abcde"], [row])) == 3
    lines = terminal(66, ["method", *"abcde"], [row])
    assert len(lines) == 3 and lines[2].count("100,000") == 5


def test_heads_and_texts_take_several_lines_before_that(terminal):
    lines = terminal(40, ["feature", "its meaning", "a long head"], [["x" * 8, "word " * 9, 7]], 2)
    assert max(map(len, lines)) <= 40 and not any(line.startswith("(") for line in lines)
    assert "".join(lines).count("word") == 9


def test_a_pipe_gets_the_whole_table(capsys):
    print_table(COLUMNS, ROWS)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + len(ROWS) and len(lines[0]) > 120
