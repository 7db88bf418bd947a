"""The session: its methods for lessons, what it presents, and how answers are checked."""

from pathlib import Path

import numpy as np
import pytest

from microbit_ml.charts import Chart, Series
from microbit_ml.errors import BoardError
from microbit_ml.lessons import material, pieces
from microbit_ml.lessons.about import About
from microbit_ml.lessons.alone import run_alone
from microbit_ml.lessons.answers import is_right, number_in, right_answer, written, wrong_answer
from microbit_ml.lessons.folder import Lesson
from microbit_ml.lessons.progress import Reached
from microbit_ml.lessons.session import Session
from microbit_ml.lessons.source import LessonError, count_steps, line_of, source_of
from microbit_ml.lessons.straight import Silent, Straight
from microbit_ml.lessons.text import WIDTH, lines_of, picture_lines, wrapped
from microbit_ml.lessons.values import as_text
from microbit_ml.lessons.words import NoSuchWordError
from microbit_ml.model import Model
from microbit_ml.network.layers import Dense
from microbit_ml.pages import as_is
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.protocol_virtual import share_board, unshare_board

ABOUT = About(1, "Try", "What is it?", ("aim",), ((45, "all"),), (("a", "b"),), "one", "no")


def half(x):
    """Half of it: y = x / 7 is not what it does."""
    return x / 2


def printing(x):
    print(f"half of {x}")
    return half(x)


@pytest.fixture
def session():
    return Session(ABOUT, Silent())


def only(session):
    (piece,) = session.record
    return piece


class Typing(Silent):
    """Answers with what it was given, in turn, and keeps the replies."""

    def __init__(self, *typed):
        super().__init__()
        self.typed, self.replies, self.shown = list(typed), [], []

    def answer(self, question, attempt):
        return self.typed.pop(0)

    def reply(self, text):
        self.replies.append(text)

    def show(self, shown):
        self.shown.append(shown)


# Things to read and look at


def test_paragraphs_lose_indents_and_line_ends(session):
    session.read("""One
        and `two`.

        Three.""")
    assert only(session).text == "One and `two`.\n\nThree."


def test_a_formula_stands_beside_its_line(session):
    session.formula("y = x / k", {"y": "half", "x": "it", "k": "two"}, half, "/ 2", "3 / 2 = 1.5")
    piece = only(session)
    assert piece.line == "return x / 2"
    number = int(piece.location.split("line ")[1])
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    assert lines[number - 1].strip() == piece.line
    printed = "\n".join(lines_of(piece))
    for part in ("y = x / k", "k  two", piece.line, piece.location, "3 / 2 = 1.5"):
        assert part in printed


@pytest.mark.parametrize(
    ("formula", "symbols", "line", "worked", "message"),
    [
        ("y = x", {"y": "half"}, "/ 2", "1", "'x' in the formula"),
        ("y = x", {"y": "half", "x": "it", "z": "?"}, "/ 2", "1", "'z' is not in"),
        ("y = x", {"y": "half", "x": "it"}, "/ 3", "1", "No line of half"),
        ("y = x", {"y": "half", "x": "it"}, "x / 7", "1", "No line of half"),
        ("y = x", {"y": "half", "x": "it"}, "/ 2", "none", "has no number"),
    ],
)
def test_a_formula_that_is_not_explained_is_refused(
    session, formula, symbols, line, worked, message
):
    with pytest.raises(LessonError, match=message):
        session.formula(formula, symbols, half, line, worked)


def test_functions_and_longer_symbols_need_no_names(session):
    symbols = {"wₙ": "a weight", "dL/dw": "a slope", "max": "the larger one"}
    session.formula("dL/dw = max(wₙ, exp(wₙ))", symbols, half, "/ 2", "1")


def test_code_of_a_method_tells_its_file_and_line(session):
    session.code(Dense, only="forward")
    piece = only(session)
    assert piece.source.startswith("def forward(self") and "self.weights" in piece.source
    assert piece.location.startswith("network/layers.py, line ")
    with pytest.raises(LessonError):
        source_of(np.sqrt)


def test_a_docstring_is_no_line_of_code():
    with pytest.raises(LessonError):
        line_of(half, "y = x / 7")


def test_run_shows_the_call_as_it_was_written(session):
    number = 5
    assert session.run(printing, number) == 2.5
    piece = only(session)
    assert piece == pieces.Ran("printing(number)", "half of 5", "2.5")
    assert lines_of(piece)[:3] == [">>> printing(number)", "half of 5", "2.5"]


def test_a_word_that_is_not_in_the_glossary_is_refused(session):
    with pytest.raises(NoSuchWordError, match="flux"):
        session.word("flux")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.23456, "1.235"),
        (1234.5678, "1235"),
        (2.0, "2"),
        (0.000123456, "0.000123"),
        (-0.05, "-0.05"),
        (100.0, "100"),
        (np.float64(0.1), "0.1"),
        (np.int16(7), "7"),
        (True, "True"),
        ((1, 2.5), "(1, 2.5)"),
        (np.array([1.5, 2.0]), "[1.5 2]"),
        (np.array([[1, 2]]), "[[1 2]]"),
        (float("nan"), "nan"),
    ],
)
def test_values_as_text(value, text):
    assert as_text(value) == text


def test_large_arrays_are_shortened():
    for shape in ((50, 3), (3, 50), (200,), (40, 40)):
        lines = as_text(np.arange(np.prod(shape)).reshape(shape)).splitlines()
        assert len(lines) <= 10 and max(map(len, lines)) <= 76
        assert any("..." in line for line in lines)
    assert "..." not in as_text(np.eye(8))


def test_a_picture_fits_a_terminal_of_24_lines():
    series = [Series(f"series number {i}", [0, 1], [0, i]) for i in range(8)]
    chart = Chart("A very long title, " * 6, "x", "y", series, alt="a")
    lines = picture_lines(chart)
    assert len(lines) <= 21 and max(map(len, lines)) <= WIDTH


def test_steps_are_counted_in_the_source():
    from microbit_ml.lessons.lesson_01_matrix import about as about_01_matrix
    from microbit_ml.lessons.lesson_01_matrix import lesson as lesson_01_matrix

    session = Session(about_01_matrix.ABOUT, Silent())
    lesson_01_matrix.lesson(session)
    steps = [piece for piece in session.record if isinstance(piece, pieces.Step)]
    assert count_steps(lesson_01_matrix.lesson) == len(steps)


def test_marks_go_and_names_stay():
    name = "**x** `y` \\z*"
    text = f"Of **bold**, `co*de`, `{as_is(name)}` and **{as_is(name)}**."
    assert wrapped(text) == [f"Of bold, co*de, {name} and {name}."]


def test_texts_stand_to_the_left_and_numbers_to_the_right():
    table = pieces.Table(
        ["who", "says", "right", "why"],
        [["Ann", "shake", "9 of 10", "quick"], ["Benjamin", "lift", "10 of 10", "slow"]],
        "Answers",
    )
    assert table.left == 2
    assert lines_of(table)[1:5] == [
        "who       says      right    why",
        "────────────────────────────────",
        "Ann       shake   9 of 10  quick",
        "Benjamin  lift   10 of 10   slow",
    ]


# Questions


def test_a_lesson_run_by_itself_ends_as_a_command_does(capsys, monkeypatch):
    def unplugged(s):
        raise BoardError("The board went away.")

    with pytest.raises(SystemExit) as stop:
        run_alone(lambda: Lesson(ABOUT, unplugged))
    assert stop.value.code == 1
    assert "microbit-ml: The board went away.\n" in capsys.readouterr().err

    def closed(s):
        raise BrokenPipeError

    monkeypatch.setattr("microbit_ml.console.explained._forget_stdout", lambda: None)
    with pytest.raises(SystemExit) as stop:
        run_alone(lambda: Lesson(ABOUT, closed))
    assert stop.value.code == 141


def test_a_guess_is_answered_whatever_it_is():
    audience = Typing("b")
    session = Session(ABOUT, audience)
    session.predict("Which?", "one", "So it is.", choices=("one", "two"))
    assert audience.replies == ["Your guess: two. The answer: one.", "So it is."]
    audience.typed = [""]
    session.predict("How many?", 2.5, "So.")
    assert audience.replies[2:] == ["The answer: 2.5.", "So."]


def test_a_check_is_right_at_once():
    audience = Typing("4")
    session = Session(ABOUT, audience)
    session.check("2 + 2?", 4, "Count.")
    assert audience.replies == ["Right.", "Count."]
    assert session.attempts == [1]


def test_a_check_gives_a_hint_and_then_the_answer():
    audience = Typing("5", "six", "", "4")
    session = Session(ABOUT, audience)
    session.check("2 + 2?", 4, "Count.", hint="Use your fingers.")
    assert audience.replies == [
        "Not yet. Use your fingers. Type ? for the answer.", "Not yet.", "The answer: 4.", "Count.",
    ]  # fmt: skip
    assert session.attempts == [None]
    assert audience.typed == ["4"]  # three attempts, no more


def test_a_check_may_be_right_at_the_second_attempt():
    audience = Typing("5", "4")
    session = Session(ABOUT, audience)
    session.check("2 + 2?", 4, "Count.")
    assert session.attempts == [2]


def test_a_question_mark_gives_the_hint_and_then_the_answer():
    audience = Typing("?", "?", "4")
    session = Session(ABOUT, audience)
    session.check("2 + 2?", 4, "Count.", hint="Use your fingers.")
    assert audience.replies == ["Use your fingers.", "The answer: 4.", "Count."]
    assert session.attempts == [None]
    assert audience.typed == ["4"]


def test_a_check_that_is_right_after_a_hint_is_solved_but_not_at_once():
    audience = Typing(" ? ", "4", "?", "5", "4")
    session = Session(ABOUT, audience)
    for _ in range(2):
        session.check("2 + 2?", 4, "Count.", hint="Use your fingers.")
    assert session.attempts == [2, 3]
    assert Reached(1, True, tuple(session.attempts)).at_once == 0


def test_after_a_wrong_answer_the_hint_was_given_and_a_question_mark_gives_the_answer():
    audience = Typing("5", "?")
    session = Session(ABOUT, audience)
    session.check("2 + 2?", 4, "Count.", hint="Use your fingers.")
    assert audience.replies[1:] == ["The answer: 4.", "Count."]


def test_a_question_mark_gives_the_answer_at_once_where_there_is_no_hint():
    audience = Typing("?")
    session = Session(ABOUT, audience)
    session.check("2 + 2?", 4, "Count.")
    assert audience.replies == ["The answer: 4.", "Count."]
    assert session.attempts == [None]


def test_after_a_wrong_answer_help_is_announced_once_in_a_lesson():
    audience = Typing("5", "4", "5", "4")
    session = Session(ABOUT, audience)
    for _ in range(2):
        session.check("2 + 2?", 4, "Count.")
    assert audience.replies == ["Not yet. Type ? for the answer.", "Right.", "Count.",
                              "Not yet.", "Right.", "Count."]  # fmt: skip


def test_a_question_mark_is_no_guess():
    audience = Typing("?")
    Session(ABOUT, audience).predict("Which?", "one", "So it is.", choices=("one", "two"))
    assert audience.replies == ["The answer: one.", "So it is."]


@pytest.mark.parametrize(
    ("answer", "settings"),
    [
        (0.5, {}),
        ("three", {"choices": ("one", "two")}),
        ("one", {"choices": ("one", "one")}),
        ("one", {"choices": ("one",)}),
        (True, {}),
        ("a", {"choices": tuple("abcdefghi")}),
    ],
)
def test_a_check_that_cannot_be_answered_is_refused(session, answer, settings):
    with pytest.raises(LessonError):
        session.check("?", answer, "why", **settings)


@pytest.mark.parametrize(
    ("answer", "settings", "right", "wrong"),
    [
        (1.5, {"tolerance": 0.1}, ["1.5", "1,5", " 1.45 g", "3/2", "+1.5", "= 1.6"], ["1.7", "x"]),
        (-3, {}, ["-3", "−3", "-3.0"], ["3", "", "-3.1"]),
        (50, {}, ["50", "50 %", "100/2"], ["51", "fifty", "50/0.5"]),
        ("3 x 50", {}, ["3x50", "3 × 50", "3 X 50."], ["50 x 3", "3"]),
        ("ReLU", {}, ["relu", "RELU", "`ReLU`"], ["re lo"]),
        ("no", {"choices": ("yes", "no")}, ["b", "B)", "(b)", "No", "no."], ["a", "yes", "n"]),
        ("b", {"choices": ("b", "a")}, ["b", "a"], []),
    ],
)
def test_answers_are_checked(answer, settings, right, wrong):
    check = pieces.Check("?", answer, "", **settings)
    if settings.get("choices") == ("b", "a"):
        right, wrong = ["a"], []  # a letter means the letter, whatever the texts are
    assert [typed for typed in right if not is_right(check, typed)] == []
    assert [typed for typed in wrong if is_right(check, typed)] == []
    assert is_right(check, right_answer(check)) or settings.get("choices") == ("b", "a")


def test_wrong_answers_are_wrong():
    for check in (
        pieces.Check("?", 5.0, "", 100.0),
        pieces.Check("?", "yes", "", choices=("yes", "no")),
        pieces.Check("?", "word", ""),
    ):
        assert is_right(check, right_answer(check))
        assert not is_right(check, wrong_answer(check))


def test_numbers_are_written_as_precisely_as_they_are_asked():
    assert written(242.6667, 0.6) == "242.7"
    assert written(242.6667, 0.7) == "243"
    assert written(1 / 3, 0.01) == "0.33"
    assert written(4.0, None) == "4"
    assert number_in(".5") == 0.5
    assert number_in("about 5") is None


def test_change_shows_what_was_typed_and_refuses_what_cannot_be():
    audience = Typing("2", "0", "11", "x", "1.5", " ")
    session = Session(ABOUT, audience)
    session.change("How many?", 3, (1, 2), lambda n: f"{n} times", low=1, high=10)
    assert audience.shown == ["2 times"]
    assert audience.replies == [
        "Please type 1 or more.",
        "Please type 10 or less.",
        "'x' is not a number. Type a number, or press Enter to go on.",
        "Please type a whole number.",
    ]
    assert only(session).tried == [(1, "1 times"), (2, "2 times")]


def test_tries_are_not_computed_for_a_pupil_who_types():
    audience = Typing("")
    audience.sees_tries = False
    session = Session(ABOUT, audience)
    session.change("How many?", 3.0, (1, 2), lambda n: 1 / 0)
    assert only(session).tried == []


def test_wrong_answers_straight_through(capsys):
    session = Session(ABOUT, Straight(ABOUT, "wrong"))
    session.check("2 + 2?", 4, "Count.", hint="Fingers.")
    session.predict("Which?", "one", "Then.", choices=("one", "two"))
    session.change("Try", 1, (2,), lambda n: f"{n} tried")
    printed = capsys.readouterr().out
    for text in (
        "Not yet. Fingers.",
        "The answer: 4.",
        "Your guess: two. The answer: one.",
        "2 tried",
    ):
        assert text in printed


# What there is to work with


def test_the_model_is_trained_once_and_belongs_to_the_data(session):
    assert session.model is session.model
    assert session.model is Session(ABOUT, Silent()).model
    assert session.model.labels == session.data.labels
    few = session.data.subset(lambda recording: recording.label != session.data.labels[0])
    assert Session(ABOUT, Silent(), few).model.labels == few.labels


def test_a_virtual_board_predicts_what_the_model_predicts(session):
    recordings = session.data.recordings[:2]
    predicted = session.predict_on_board(session.model, recordings)
    expected = session.model.predict(recordings)
    assert np.array_equal(predicted.scores, expected.scores)
    assert predicted.labels == expected.labels


def test_a_long_program_runs_on_a_board(session):
    program = "# " + "long " * 300 + "\nfor i in range(3):\n    print('µ\\\\', i * 7)\n"
    assert session.run_on_board(program) == "µ\\ 0\nµ\\ 7\nµ\\ 14\n"


def test_a_board_that_was_there_runs_its_own_program_again(monkeypatch):
    own = {"main.py": "print('my own program')\n"}
    monkeypatch.setattr(material, "is_virtual", lambda board: False)
    with VirtualBoard("v2", own) as board:
        share_board("lessons", board)
        try:
            assert material.run_on("print(6 * 7)", "virtual://v2?name=lessons") == "42\n"
        finally:
            unshare_board("lessons")
        board.run(1)
        assert board.serial.count("my own program") == 2  # switched on, and started again
        assert set(board.files) == {"main.py"}


def test_a_program_that_fails_on_the_board_is_reported(session):
    with pytest.raises(BoardError, match="ZeroDivisionError"):
        session.run_on_board("1 // 0")


def test_a_board_without_the_model_is_explained(own_folder):
    session = Session(ABOUT, Silent(), board="no-such-port")
    with pytest.raises(BoardError, match=r"microbit-ml flash .*lesson\.mbml --board no-such-port"):
        session.predict_on_board(session.model, session.data.recordings[:1])
    assert Model.load(own_folder / "lesson.mbml").labels == session.data.labels
