"""A lesson in the terminal, as a pupil goes through it: typed lines in, a screen of 80 x 24 out."""

import builtins
import json
import os
import shutil

import pytest

from microbit_ml.lessons.about import About
from microbit_ml.lessons.folder import Lesson
from microbit_ml.lessons.progress import FOLDER_VARIABLE, Progress, Reached, own_folder
from microbit_ml.lessons.terminal import teach
from microbit_ml.network.layers import Dense

ABOUT = About(7, "Try", "What is it?", ("aim",), ((45, "all"),), (("a", "b"),), "one", "no")
runs = []


def lesson(s):
    """Three steps, with a question of each kind."""
    s.step("First")
    runs.append(1)
    s.read("Hello.")
    s.check("2 + 2?", 4, "Count them.", hint="Use your fingers.")
    s.step("Second")
    runs.append(2)
    s.check("3 + 3?", 6, "Count again.")
    s.predict("How many?", 5, "So many.")
    s.step("Third")
    runs.append(3)
    s.change("Try a number.", 1, (1, 2), lambda n: f"{n} tried")
    s.read("The end.")


def half(x):
    return x / 2


class Left(Exception):
    """There was nothing more to type."""


@pytest.fixture
def pupil(monkeypatch, capsys):
    """``pupil("4", "", ...)`` types these lines and returns what was printed.

    A line may be an exception: EOFError for Ctrl-D, KeyboardInterrupt for Ctrl-C.
    """
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((80, 24)))

    def go(*typed, function=lesson, **settings):
        runs.clear()
        lines = list(typed)

        def read(prompt=""):
            print(prompt, end="")
            line = lines.pop(0) if lines else Left
            if not isinstance(line, str):
                raise line
            print(line)
            return line

        monkeypatch.setattr(builtins, "input", read)
        teach(Lesson(ABOUT, function), **settings)
        assert lines == []
        return capsys.readouterr().out

    return go


def kept(own_folder):
    return json.loads((own_folder / "lessons.json").read_text())["lessons"]


ALL = ("4", "", "6", "5", "", "9", "")


def test_from_the_first_line_to_the_last(pupil, own_folder):
    printed = pupil(*ALL)
    for text in ("Step 1 of 3: First", "Right.", "Count them.", "Your guess: 5. The answer: 5.",
                 "For example: 1, 2.", "9 tried", "The end.",
                 "That was lesson 7. You got 2 of 2 checks right first time.",
                 "Next lesson: microbit-ml lesson 8"):  # fmt: skip
        assert text in printed
    assert kept(own_folder) == {"7": {"step": 3, "done": True, "attempts": [1, 1]}}


def test_wrong_answers_get_a_hint_then_the_answer(pupil, own_folder):
    printed = pupil("5", "7", "8", "", "7", "6", "?", "", "")
    assert printed.index("Not yet. Use your fingers.") < printed.index("The answer: 4.")
    assert "0 of 2 checks right first time." in printed
    assert kept(own_folder)["7"]["attempts"] == [None, 2]


def test_what_can_be_no_answer_costs_no_attempt(pupil, own_folder):
    printed = pupil("", "four", "4", "", "x", "?", "5", "", "")
    assert printed.count("Type a number, or ? for a hint.") == 2  # the second question has none:
    assert printed.count("Type a number, or ? for the answer.") == 1
    assert "The answer: 6." in printed
    assert kept(own_folder)["7"]["attempts"] == [1, None]


def test_help_is_announced_once_at_the_first_question(pupil):
    printed = pupil(*ALL)
    announcement = "Stuck? Type ? for a hint, and ? again for the answer."
    assert printed.count(announcement) == 1
    assert printed.index("2 + 2?") < printed.index(announcement) < printed.index("Your answer: ")


def test_help_is_announced_again_after_a_break(pupil):
    pupil("5", "4", "", "q")
    assert pupil("6", "5", "", "").count("Stuck? Type ?") == 1


def test_a_question_mark_helps_in_two_steps(pupil, own_folder):
    printed = pupil("?", "?", "", "6", "5", "", "")
    assert printed.index("Use your fingers.") < printed.index("The answer: 4.")
    assert "1 of 2 checks right first time." in printed
    assert kept(own_folder)["7"]["attempts"] == [None, 1]
    printed = pupil("?", "x", "4", "", "6", "5", "", "", again=True)
    assert "Type a number, or ? for the answer." in printed  # the hint was given
    assert "1 of 2 checks right first time." in printed
    assert kept(own_folder)["7"]["attempts"] == [2, 1]


def test_a_choice_is_a_letter_or_its_text(pupil, own_folder):
    def choose(s):
        s.step("Only")
        s.check("Which?", "lift", "So.", choices=("tap", "lift", "shake"))
        s.check("What is it?", "a layer", "So.")

    printed = pupil("d", "", "b", "", "a layer", function=choose)
    assert printed.count("Type a letter, a to c, or ? for the answer.") == 2
    assert printed.count("Type an answer, or ? for the answer.") == 1
    assert kept(own_folder)["7"]["attempts"] == [1, 1]


@pytest.mark.parametrize("leaving", ["q", " Q ", "quit", EOFError])
def test_leaving_keeps_the_step_and_what_was_answered(pupil, own_folder, leaving):
    printed = pupil("5", "4", "", leaving)
    assert "Stopped at step 2. Go on from there with: microbit-ml lesson 7" in printed
    assert kept(own_folder) == {"7": {"step": 2, "done": False, "attempts": [2]}}


def test_ctrl_c_keeps_progress_too(pupil, own_folder, capsys):
    with pytest.raises(KeyboardInterrupt):
        pupil("5", "4", "", KeyboardInterrupt)
    assert "Stopped at step 2." in capsys.readouterr().out
    assert kept(own_folder)["7"]["step"] == 2


def test_going_on_runs_earlier_steps_silently(pupil, own_folder):
    pupil("5", "4", "", "q")
    printed = pupil("6", "5", "", "")
    assert runs == [1, 2, 3]  # earlier steps run, for what later ones need
    assert "You were at step 2 of 3." in printed
    assert "Hello." not in printed and "Count them." not in printed and "First" not in printed
    assert "Step 2 of 3: Second" in printed
    assert "1 of 2 checks right first time." in printed
    assert kept(own_folder)["7"] == {"step": 3, "done": True, "attempts": [2, 1]}


def test_leaving_twice_keeps_the_first_attempts(pupil, own_folder):
    pupil("5", "4", "", "q")
    pupil("6", "5", "", "q")
    assert kept(own_folder)["7"] == {"step": 3, "done": False, "attempts": [2, 1]}


def test_again_begins_anew(pupil, own_folder):
    pupil("5", "4", "", "q")
    printed = pupil(*ALL, again=True)
    assert "You were at step" not in printed and "Hello." in printed
    assert kept(own_folder)["7"]["attempts"] == [1, 1]


def test_a_lesson_that_was_done_begins_anew(pupil):
    pupil(*ALL)
    assert "Step 1 of 3: First" in pupil(*ALL)


def test_an_error_in_a_lesson_keeps_progress(pupil, own_folder):
    def broken(s):
        s.step("First")
        s.step("Second")
        raise OSError("no board")

    with pytest.raises(OSError, match="no board"):
        pupil("", function=broken)
    assert kept(own_folder)["7"]["step"] == 2


def test_no_screen_shows_more_than_24_lines_at_once(pupil):
    def long(s):
        s.step("Long")
        for n in range(9):
            s.read("A paragraph of a few words. " * 9 + f"Number {n}.")
        s.code(lesson)
        s.code(Dense)

    printed = pupil(*[""] * 6, function=long)
    screens = printed.split("Press Enter for more: ")
    assert len(screens) == 7
    for screen in screens:
        rows = sum(max(1, -(-len(line) // 80)) for line in screen.splitlines())
        assert rows <= 24
    for n in range(9):
        assert f"Number {n}." in printed


def test_a_narrow_terminal_breaks_no_word(pupil, monkeypatch):
    def narrow(s):
        s.step("What the board feels")
        s.read("Inside the board is a tiny block on springs, which stays behind a little. " * 2)
        s.word("acceleration")
        s.formula(
            "y = a x", {"y": "half", "a": "a number that stays the same", "x": "x, whatever it is"},
            half, "return", worked="0.5 times a number such as 3 is half of it, which is 1.5",
        )  # fmt: skip
        s.run(half, 1000000000 + 1000000000 + 1000000000)
        s.check("How long is the arrow from here to there?", "a", "Because.", choices=("a", "b"))
        s.predict("Which of them is it, if you look again?", "b", "It is the second of them, b.")

    size = os.terminal_size((40, 24))
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: size)
    printed = pupil("", "", "a", "b", function=narrow)
    lines = printed.replace("In code (", "\n").splitlines()
    assert [line for line in lines if len(line) > 39 and "Go on from" not in line] == []
    assert "Inside the board is a tiny block on" in lines


def test_what_was_just_answered_needs_no_pause(pupil):
    def tries(s):
        s.step("Try")
        s.change("Try.", 1, (), lambda n: "\n".join(map(str, range(12))))

    assert "Press Enter for more" not in pupil("1", "2", "3", "", function=tries)


# The file


OF_7 = b'{"version": 1, "lessons": {"7": %s}}'
DAMAGED = [
    b"",
    b"{",
    b"[]",
    b"[" * 100_000,
    b"\xff\xfe",
    b'{"version": 1}',
    b'{"version": 1, "lessons": 3}',
    b'{"version": 1, "lessons": {"x": {"step": 1, "done": true, "attempts": []}}}',
    OF_7 % b"1",
    OF_7 % b'{"step": -1, "done": false, "attempts": []}',
    OF_7 % b'{"step": 1, "done": false, "attempts": 2}',
    OF_7 % b'{"step": 1, "done": 1, "attempts": []}',
    OF_7 % b'{"step": 1, "done": true, "attempts": ["a"]}',
]


def test_a_damaged_file_is_ignored_and_reported(pupil, own_folder, capsys):
    own_folder.mkdir()
    for content in DAMAGED:
        (own_folder / "lessons.json").write_bytes(content)
        messages = []
        progress = Progress(own_folder / "lessons.json", messages.append)
        assert progress.of(7) == Reached()
        assert len(messages) == 1 and "is damaged" in messages[0] and "lessons.json" in messages[0]
        progress.note(7, Reached(2))
        assert Progress(own_folder / "lessons.json", messages.append).of(7) == Reached(2)
        assert len(messages) == 1


def test_a_folder_that_cannot_be_written_is_reported_once(tmp_path):
    (tmp_path / "file").write_text("no folder")
    messages = []
    progress = Progress(tmp_path / "file" / "lessons.json", messages.append)
    messages.clear()
    progress.note(1, Reached(1))
    progress.note(1, Reached(2))
    assert len(messages) == 1 and FOLDER_VARIABLE in messages[0]
    assert progress.of(1) == Reached(2)


def test_one_lesson_does_not_forget_the_others(own_folder):
    progress = Progress(own_folder / "lessons.json", print)
    progress.note(3, Reached(2, attempts=(1, None)))
    progress.note(10, Reached(5, done=True))
    again = Progress(own_folder / "lessons.json", print)
    assert again.of(3) == Reached(2, attempts=(1, None)) and again.of(10).done
    assert [path.name for path in own_folder.iterdir()] == ["lessons.json"]


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {"HOME": "/home/a"}, "/home/a/.local/share/microbit-ml"),
        ("linux", {"HOME": "/home/a", "XDG_DATA_HOME": "/data"}, "/data/microbit-ml"),
        ("darwin", {"HOME": "/Users/a"}, "/Users/a/Library/Application Support/microbit-ml"),
        ("win32", {"USERPROFILE": "/U/a", "APPDATA": "/U/a/R"}, "/U/a/R/microbit-ml"),
        ("win32", {"USERPROFILE": "/U/a"}, "/U/a/AppData/Roaming/microbit-ml"),
        ("linux", {"HOME": "/home/a", FOLDER_VARIABLE: "/class/7"}, "/class/7"),
    ],
)
def test_the_own_folder_of_each_system(platform, environment, folder):
    assert own_folder(environment, platform).as_posix() == folder
