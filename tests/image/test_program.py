"""A pupil's own program: what is refused before anything is written, and what is let through."""

import json

import pytest

from microbit_ml.errors import FileMissingError, ProgramError
from microbit_ml.image.board_files import board_files
from microbit_ml.image.lacking import PARTS
from microbit_ml.image.program import Program, read_program
from microbit_ml.targets import TARGETS
from microbit_ml.virtual import VirtualBoard

EXAMPLES = {
    "f-strings": "x = 1\ny = f'{x}'",
    "match": "match 1:\n  case 1:\n    pass",
    "assignment expressions": "if (n := 3) > 2:\n  pass",
    "annotated variables": "x: int = 1",
    "async": "async def f():\n  pass",
    "matrix product": "def f(a, b):\n  return a @ b",
    "digit groups": "x = 1_000",
    "complex numbers": "x = 1j",
    "stars in lists": "a = [*[1], 2]",
    "several stars in calls": "print(*[1], 2)",
    "positional-only parameters": "def f(a, /):\n  pass",
    "exception groups": "try:\n  pass\nexcept* ValueError:\n  pass",
    "type aliases": "type X = int",
}
FINE = """\
from microbit import *
import random, time, os
from gesture import Recognizer

try:
    import json
except ImportError:
    pass

def play(first, *others, fast=False, **more):
    global score
    a, *b = others
    return [x for x in b if x], {1: 2}, {3, 4}, print(*b, sep='')

class Game:
    points = 0
"""


@pytest.fixture
def program(tmp_path):
    def write(text, name="game.py"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return path

    return write


def test_every_part_has_an_example():
    assert set(EXAMPLES) == set(PARTS)
    assert all(set(target.lacks) <= set(PARTS) for target in TARGETS.values())


@pytest.mark.parametrize("kind", TARGETS)
def test_what_a_target_lacks_is_what_its_micropython_refuses(kind):
    """Every example is tried on the virtual board itself."""
    tries = "".join(
        f"try:\n exec({json.dumps(text)})\nexcept SyntaxError:\n print('lacks', {name!r})\n"
        for name, text in EXAMPLES.items()
    )
    with VirtualBoard(kind, {"main.py": tries + "print('end')\n"}) as board:
        board.run_until("end", 10)
        refused = {line[6:] for line in board.serial.splitlines() if line.startswith("lacks ")}
    assert refused == set(TARGETS[kind].lacks)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_parts_that_a_target_lacks_are_found(program, name):
    path = program(f"print('one')\n{EXAMPLES[name]}\n")
    try:
        found = Program.read(path)
    except ProgramError:
        return  # this computer's Python is too old to know it
    for kind, target in TARGETS.items():
        problem = found.problem_on(kind)
        assert (problem is not None) == (name in target.lacks)
        if problem:
            assert problem.line in (2, 3)
            assert target.title in problem.text


def test_a_program_without_problems_is_let_through(program):
    path = program(FINE)
    found = Program.read(path)
    assert found.imports_recognizer
    assert [found.problem_on(kind) for kind in TARGETS] == [None] * len(TARGETS)
    assert read_program(path) == FINE.encode()
    assert not Program.read(program("import microbit\n")).imports_recognizer


def test_a_syntax_error_is_shown_with_its_line_and_a_mark(program):
    with pytest.raises(ProgramError) as raised:
        read_program(program("from microbit import *\nif x:\n\twhile True\n"))
    first, line, mark, end = str(raised.value).splitlines()
    assert first.endswith("game.py, line 3: expected ':'.") or "line 3: invalid syntax" in first
    assert line == "    \twhile True"
    assert mark == "    \t          ^"
    assert end.startswith("Correct line 3")
    assert end.endswith("Nothing was written.")


def test_the_mark_counts_characters_and_not_bytes(program):
    with pytest.raises(ProgramError) as raised:
        read_program(program("x = 'é' + f'{y}'\n"))
    assert str(raised.value).splitlines()[1:3] == ["    x = 'é' + f'{y}'", "              ^"]
    assert "MicroPython on V1 and V2 has no f-strings" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("print 'x'\n", "line 1: Missing parentheses"),
        ("x = 1\nreturn x\n", "line 2: 'return' outside function"),
        ("break\n", "line 1: 'break' outside loop"),
        ("def f(a, a): pass\n", "line 1: duplicate argument"),
        (b"x = 1\ny = '\xff'\n", "line 2: this is not text in UTF-8"),
        ("x = 1\nimport datetime\n", "line 2: there is no module 'datetime' on a micro:bit"),
        ("x = 1\0\n", "line 1: "),
    ],
)
def test_what_is_refused(program, text, part):
    with pytest.raises(ProgramError, match="Correct line") as raised:
        read_program(program(text))
    assert part in str(raised.value)
    assert "outside.." not in str(raised.value)
    assert "?." not in str(raised.value)


def test_what_only_one_board_lacks_is_refused_for_that_board_alone(program):
    path = program("points: int = 0\n")
    assert read_program(path)
    assert read_program(path, ["v2"])
    with pytest.raises(ProgramError, match="MicroPython on V1 has no types of variables"):
        read_program(path, ["v1"])


def test_a_byte_order_mark_is_left_out(program):
    """MicroPython would take it for a part of the first name."""
    path = program(b"\xef\xbb\xbffrom microbit import *\n")
    assert board_files(b"", path)["main.py"] == b"from microbit import *\n"


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(FileMissingError, match=r"There is no file .*none\.py"):
        read_program(tmp_path / "none.py")
