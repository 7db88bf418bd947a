"""The README's examples: its Python runs, its program runs on a board, its commands parse."""

import os
import re
import shlex
from pathlib import Path

import pytest

from microbit_ml import VirtualBoard, simulate, train
from microbit_ml.cli.app import parse
from microbit_ml.lessons.course import all_lessons

README = Path(__file__).resolve().parents[1] / "README.md"
PYTHON = re.findall(r"^```python\n(.*?)^```", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_python_example_runs(tmp_path, capsys):
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        exec(compile(PYTHON[1], "README.md", "exec"), {})
    finally:
        os.chdir(here)
    assert "['" in capsys.readouterr().out
    assert (tmp_path / "gestures.mbml").stat().st_size > 1000


@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_the_pupils_program_runs(kind, tmp_path):
    program = tmp_path / "main.py"
    program.write_text(PYTHON[0])
    data = simulate(labels=["shake", "still", "tap"], people=4, repeats=3, seed=0)
    with VirtualBoard(kind, train(data).hex(program)) as board:
        board.run_until(lambda: len(board.samples_read) > 50, 8, wall_limit_s=60)
        shake = next(r for r in simulate(labels=["shake"], people=1, repeats=1, seed=9))
        board.play(shake.samples, wall_limit_s=60)
        board.run(0.3)
        assert board.show() == ".....\n.9.9.\n.....\n9...9\n.999.", board.serial


def test_every_command_parses():
    commands = re.findall(r"^\$ microbit-ml (.*?)(?: {3,}.*)?$", README.read_text("utf-8"), re.M)
    assert len(commands) > 7
    for command in commands:
        parse(shlex.split(command))


def test_the_table_of_lessons_is_the_lessons():
    rows = re.findall(r"^\| (\d+) (.*?) \| .* \| (.*?) \|$", README.read_text("utf-8"), re.M)
    lessons = [lesson.about for lesson in all_lessons()]
    assert [(int(n), title) for n, title, _ in rows] == [(a.number, a.title) for a in lessons]
    top = README.parent
    for _, _, paths in rows:
        for path in re.findall(r"`(.*?)`", paths):
            assert (top / "host" / "microbit_ml" / path).exists() or (top / path).exists(), path
