"""A pupil's copy of a lesson: it runs its own files, by each way in which a lesson is run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import microbit_ml
from microbit_ml.cli import main
from microbit_ml.lessons import pieces
from microbit_ml.lessons.course import all_lessons, load_lesson
from microbit_ml.lessons.folder import LessonFileError, lesson_in
from microbit_ml.lessons.source import LessonError
from microbit_ml.lessons.straight import Silent
from microbit_ml.lessons.terminal import teach

KIT = Path(microbit_ml.__file__).parents[1]
RIGHT, CHANGED = "return counts / COUNTS_PER_G", "return counts / (2 * COUNTS_PER_G)"


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """``copy("a name")`` -> the folder of a new copy of lesson 1, the quickest."""
    monkeypatch.chdir(tmp_path)

    def make(name="my copy"):
        assert main(["lesson", "1", "--copy", name]) == 0
        return Path(name)

    return make


def change(folder, old=RIGHT, new=CHANGED, file="maths.py"):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def python(*arguments, cwd=None):
    environment = {**os.environ, "PYTHONPATH": str(KIT), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, *map(str, arguments)], cwd=cwd, env=environment, capture_output=True,
        encoding="utf-8", stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def lines_shown(session):
    return [piece.line for piece in session.record if isinstance(piece, pieces.Formula)]


@pytest.mark.parametrize("name", ["my_copy", "my lesson 2", "Lesson-1 (copy)", "Größe.ä"])
def test_a_changed_copy_runs_its_own_maths_by_the_verb(copy, capsys, name):
    folder = copy(name)
    change(folder)
    capsys.readouterr()
    assert main(["lesson", name]) == 0
    out = capsys.readouterr().out
    assert f"  {CHANGED}" in out and "In code (maths.py, line " in out
    assert "/ 1024 = 0.2 g" in out  # 0.5 g in the kit
    assert {path.suffix for path in folder.iterdir()} == {".py"}  # nothing compiled is left
    assert lines_shown(load_lesson(1).run(Silent()))[0] == RIGHT  # the kit's own is another one


@pytest.mark.parametrize("file", ["lesson.py", "my lesson 1/lesson.py"])
def test_a_changed_copy_runs_its_own_maths_by_its_file(copy, file):
    """As Run does in Thonny and Mu, in the copy's folder or in another one."""
    folder = copy("my lesson 1")
    change(folder)
    ran = python(file, cwd=folder if "/" not in file else None)
    assert ran.returncode == 0, ran.stderr
    assert f"  {CHANGED}" in ran.stdout and "/ 1024 = 0.2 g" in ran.stdout


def test_the_kits_own_lesson_runs_as_a_module(tmp_path):
    ran = python("-m", "microbit_ml.lessons.lesson_01_matrix.lesson", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert f"  {RIGHT}" in ran.stdout and "lesson_01_matrix/maths.py, line" in ran.stdout


def test_a_changed_copy_runs_as_a_module(copy):
    folder = copy("my_copy")
    change(folder)
    ran = python("-m", "my_copy.lesson", cwd=folder.parent)
    assert ran.returncode == 0, ran.stderr
    assert f"  {CHANGED}" in ran.stdout


def test_the_other_files_of_a_copy_are_its_own_too(copy):
    folder = copy()
    change(folder, 'title="A gesture is a matrix"', 'title="My own"', "about.py")
    change(folder, "SWINGS = 4 ", "SWINGS = 3 ", "lesson.py")
    lesson = lesson_in(folder)
    assert lesson.about.title == "My own" and lesson.is_copy
    tables = [p.picture.title for p in lesson.run(Silent()).record if hasattr(p, "picture")]
    assert any("3 swings a second" in title for title in tables)


def test_copies_in_one_process_do_not_mix(copy):
    one, two = copy("one"), copy("two")
    change(one)
    first, second = lesson_in(one), lesson_in(two)
    assert [lines_shown(each.run(Silent()))[0] for each in (first, second, first)] == [
        CHANGED, RIGHT, CHANGED,
    ]  # fmt: skip
    change(one, CHANGED, RIGHT)  # and what was changed again is read again
    assert lines_shown(lesson_in(one).run(Silent()))[0] == RIGHT


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: str(lesson.about.number))
def test_each_lesson_can_be_loaded_as_a_copy(lesson, tmp_path):
    folder = tmp_path / "a copy"
    shutil.copytree(lesson.folder, folder)
    copied = lesson_in(folder)
    assert copied.n_steps == lesson.n_steps
    assert copied.function.__module__ != lesson.function.__module__
    for name, value in vars(sys.modules[copied.function.__module__]).items():
        module = str(getattr(value, "__module__", ""))
        assert not module.startswith(lesson.function.__module__.rpartition(".")[0]), name


def test_the_maths_of_each_lesson_is_what_it_shows():
    for lesson in all_lessons():
        record = lesson.run(Silent()).record
        shown = [p.location for p in record if isinstance(p, (pieces.Formula, pieces.Code))]
        own = [path for path in shown if path.startswith("lessons/")]
        assert own or lesson.about.number == 7, lesson.about.title
        assert all(re.search(r"/maths\.py, line \d+$", path) for path in own)


def test_a_line_that_was_rewritten_is_still_shown(copy):
    folder = copy()
    change(folder, RIGHT, "half = 2\n    return counts * (1 / COUNTS_PER_G) / half")
    assert (
        lines_shown(lesson_in(folder).run(Silent()))[0]
        == "return counts * (1 / COUNTS_PER_G) / half"
    )


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("return counts / (COUNTS_PER_G", "'(' was never closed (SyntaxError)"),
        ("return counts / COUNTS", "name 'COUNTS' is not defined (NameError)"),
        ("return counts / 0 if counts.ndim else 1 // 0", "(ZeroDivisionError)"),
    ],
)
def test_a_mistake_in_a_copy_is_explained(copy, capsys, new, message):
    folder = copy()
    text = (folder / "maths.py").read_text(encoding="utf-8")
    line = text[: text.index(RIGHT)].count("\n") + 1
    change(folder, RIGHT, new)
    for run in ([], ["--debug"]):
        capsys.readouterr()
        assert main([*run, "lesson", str(folder)]) == 1
        err = capsys.readouterr().err
        assert f"{folder / 'maths.py'}, line {line}: " in err and message in err
        assert "Correct that line, then run the lesson again." in err
        assert ("Traceback" in err) == bool(run)
    ran = python(folder / "lesson.py")
    assert ran.returncode == 1 and "Traceback" not in ran.stderr
    assert f"maths.py, line {line}: " in ran.stderr


def test_a_name_that_is_missing_is_explained(copy):
    folder = copy()
    change(folder, "def to_g(", "def in_g(")
    with pytest.raises(LessonFileError, match=r"lesson\.py, line \d+: cannot import name 'to_g'"):
        lesson_in(folder)


def test_the_kits_own_errors_about_a_copy_are_unchanged(copy):
    folder = copy()
    lesson = lesson_in(folder)

    class Refusing(Silent):
        def present(self, piece):
            raise LessonError("Not so.")

    with pytest.raises(LessonError, match=r"^Not so\.$"):
        lesson.run(Refusing())


def test_a_copy_explains_what_comes_next(copy, capsys):
    folder = copy("my copy")
    printed = capsys.readouterr()
    assert printed.out == "Saved a copy of lesson 1 in my copy.\n"
    assert f"Change {folder / 'maths.py'}" in printed.err
    assert 'microbit-ml lesson "my copy"' in printed.err
    again = Path("another")
    assert main(["lesson", "my copy", "--copy", str(again)]) == 0
    for path in folder.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["1", "--copy", "full"], 1, "full is not empty. Name a new folder after --copy."),
        (["1", "--copy", "a file"], 1, "a file is a file. Name a new folder after --copy."),
        (["--copy", "new"], 2, "Use --copy with a lesson only"),
        (["glossary", "--copy", "new"], 2, "Use --copy with a lesson only"),
        (["1", "--copy", "new", "--html"], 2, "Use --copy with a lesson only"),
        (["full"], 1, "There is no lesson in full: about.py is missing."),
        (["nowhere"], 2, "'nowhere' is not the number of a lesson, and there is no such folder."),
    ],
)
def test_what_is_wrong_is_explained(tmp_path, monkeypatch, capsys, arguments, code, message):
    monkeypatch.chdir(tmp_path)
    Path("full").mkdir()
    Path("full/kept.txt").write_text("kept")
    Path("a file").write_text("kept")
    assert main(["lesson", *arguments]) == code
    printed = capsys.readouterr()
    assert message in printed.err and printed.out == ""
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a file", "full", "kept.txt"]
    assert not (tmp_path / "new").exists()


def test_a_copy_that_is_left_explains_how_to_go_on(copy, monkeypatch, capsys):
    monkeypatch.setattr("builtins.input", lambda prompt="": "q")
    for name, argument in (("plain", "plain"), ("my copy", '"my copy"')):
        teach(lesson_in(copy(name)))
        assert f"Go on from there with: microbit-ml lesson {argument}\n" in capsys.readouterr().out
    teach(load_lesson(1))
    assert "Go on from there with: microbit-ml lesson 1\n" in capsys.readouterr().out


def test_an_empty_folder_is_taken(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    assert main(["lesson", "1", "--copy", "empty"]) == 0
    assert (tmp_path / "empty" / "maths.py").is_file()
