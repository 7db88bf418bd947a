"""What pupils type in other ways, and lessons where a terminal or a file has few signs."""

import io

import pytest

from microbit_ml.lessons import pieces
from microbit_ml.lessons.about import About
from microbit_ml.lessons.answers import LETTERS, chosen, is_right, number_in, right_answer
from microbit_ml.lessons.course import all_lessons
from microbit_ml.lessons.session import Session
from microbit_ml.lessons.straight import Straight
from microbit_ml.lessons.text import in_its_signs
from microbit_ml.lessons.words import WORDS

ABOUT = About(1, "Try", "What is it?", ("aim",), ((45, "all"),), (("a", "b"),), "one", "no")


@pytest.mark.parametrize(
    ("answer", "tolerance", "right", "wrong"),
    [
        (0.8, 0.005, ["80 %", "80%", "12 of 15", "12 out of 15", "4/5", ",8"], ["80", "12", "8 %"]),
        (80, None, ["80 %", "80%", "80 of 100"], ["0.8 %", "0.8"]),
        (
            2500,
            None,
            ["2,500", "2 500", "2500", "2,500 bytes"],
            ["2,5", "25,00", "2.500.0", "2,50"],
        ),
        (2.5, 0.01, ["2,5", "2,500", "2.5 g", "5:2", "5 / 2"], ["2500", "25"]),
        (-3, None, ["- 3", "–3", "y = -3", "w1 = − 3", "≈ -3"], ["y = 3", "3 - 6"]),
        (12, None, ["12 of 12", "12", "12 people"], ["1", "of 12"]),
        (0, None, ["0", "-0", "0 of 5"], ["5", "5 of 0", "zero"]),
    ],
)
def test_numbers_in_the_ways_that_pupils_write_them(answer, tolerance, right, wrong):
    check = pieces.Check("?", answer, "", tolerance)
    assert [typed for typed in right if not is_right(check, typed)] == []
    assert [typed for typed in wrong if is_right(check, typed)] == []


def test_a_number_to_try_is_read_in_one_way():
    assert number_in("2,500") == 2.5
    assert number_in("lr = 0.5") == 0.5
    assert number_in("- 3") == -3
    assert number_in("5:2") == 2.5
    assert number_in("10:0") == 10


def test_a_letter_and_its_text():
    choices = ("flat, face up", "on its side")
    assert chosen(choices, "B) on its side") == "on its side"
    assert chosen(choices, "a) on its side") is None


@pytest.mark.parametrize("choices", [("b", "a"), ("Wave", "wave", "wave."), ("one", "two")])
def test_the_right_answer_is_right_whatever_labels_are_called(choices):
    for answer in choices:
        check = pieces.Check("?", answer, "", choices=choices)
        assert is_right(check, right_answer(check))
    assert right_answer(pieces.Check("?", "two", "", choices=("one", "two"))) == "two"
    assert right_answer(pieces.Check("?", "b", "", choices=("b", "a"))) == LETTERS[0]


def test_signs_where_there_are_none():
    formula = "|a| = √(x₁² + 2 · y²) → √25 × −1 “ok” … é"
    assert in_its_signs(formula, "utf-8") == formula
    plain = '|a| = sqrt(x1^2 + 2 * y^2) -> sqrt 25 x -1 "ok" ... é'
    assert in_its_signs(formula, "ascii") == plain
    windows = in_its_signs(formula, "cp1252")
    assert windows == "|a| = sqrt(x1² + 2 · y²) -> sqrt 25 × -1 “ok” … é"
    assert in_its_signs(formula, "no such encoding") == formula


def test_every_sign_of_a_text_can_be_written_in_ascii():
    """In a pipe on Windows a sign without a word would be a question mark."""
    texts = [word.definition for word in WORDS]
    for lesson in all_lessons():
        about = lesson.about
        texts += [about.title, about.question, *about.aims, about.one_board, about.no_board]
        texts += [path.read_text(encoding="utf-8") for path in lesson.folder.glob("*.py")]
    lost = {sign for sign in in_its_signs("\n".join(texts), "ascii") if not sign.isascii()}
    assert lost == set()


def test_a_pipe_with_few_signs_gets_words():
    out = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", errors="strict")
    session = Session(ABOUT, Straight(ABOUT, out=out))
    session.read("w₁ is √2.")
    out.flush()
    assert b"w1 is sqrt 2." in out.buffer.getvalue()
