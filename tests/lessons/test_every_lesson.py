"""Every lesson, run twice: as it stands with right answers, and on other data with wrong ones.

A lesson takes seconds, so each test looks at all of one run.
"""

import re
from dataclasses import replace
from pathlib import Path

import lesson_checks
import pytest
from lesson_numbers import numbers_not_computed
from tiers import tiers

from microbit_ml import lessons
from microbit_ml.lessons import pieces
from microbit_ml.lessons.course import lesson_folders, load_lesson
from microbit_ml.lessons.material import LABELS
from microbit_ml.lessons.page_session import glossary_page, lesson_page
from microbit_ml.lessons.straight import Silent
from microbit_ml.lessons.teacher import teacher_lines, teacher_page
from microbit_ml.recordings import Dataset, simulate

FOLDER = Path(lessons.__file__).parent
NUMBERS = sorted(lesson_folders())
SHORT = (3, 8)  # lessons that take little time
OTHER_NAMES = {"twist": "zig zag", "walking": "Grüße", "wave": "not a spell"}


@pytest.fixture(scope="module")
def other_data():
    """Recordings with other labels, another length and another rate than the lessons' own."""
    made = simulate(list(OTHER_NAMES), people=2, repeats=4, seed=5, seconds=1.4, rate_hz=40)
    renamed = [replace(r, label=OTHER_NAMES[r.label]) for r in made.recordings]
    return Dataset(renamed, made.rate_hz)


def steps_of(record):
    return [piece.number for piece in record if isinstance(piece, pieces.Step)]


def complaints_of_page(page, record):
    titles = [piece.title for piece in record if isinstance(piece, pieces.Step)]
    missing = [f"no step {i + 1}" for i in range(len(titles)) if f">{i + 1}. " not in page]
    return missing + lesson_checks.invalid_html(page)


def test_all_ten_are_there():
    assert [load_lesson(number).about.number for number in NUMBERS] == list(range(1, 11))


@pytest.mark.parametrize("number", NUMBERS)
def test_with_right_answers(number):
    lesson = load_lesson(number)
    session = lesson.run(Silent("right"))
    record = session.record
    assert set(session.attempts) == {1}
    assert steps_of(record) == list(range(1, lesson.n_steps + 1))
    complaints = [
        *lesson_checks.wrong_checks(record),
        *lesson_checks.too_little(record),
        *lesson_checks.words_too_early(record, number),
        *lesson_checks.words_not_defined(record, number),
        *lesson_checks.too_hard(record),
        *lesson_checks.too_wide(record),
        *lesson_checks.incomplete_about(lesson.about),
        *complaints_of_page(lesson_page(session), record),
        *lesson_checks.invalid_html(teacher_page(session)),
        *(line for line in teacher_lines(session) if len(line) > lesson_checks.WIDTH),
    ]
    assert complaints == []


@pytest.mark.parametrize("number", tiers(SHORT, slow=sorted({*NUMBERS} - {*SHORT})))
def test_with_other_data_and_wrong_answers(number, other_data):
    lesson = load_lesson(number)
    session = lesson.run(Silent("wrong"), other_data)
    record = session.record
    assert session.own
    assert set(session.attempts) == {None}
    assert steps_of(record) == list(range(1, lesson.n_steps + 1))
    text = "\n".join(one.text for piece in record for one in lesson_checks.texts_of(piece))
    complaints = [
        *lesson_checks.wrong_checks(record),
        *lesson_checks.words_too_early(record, number),
        *lesson_checks.too_wide(record),
        *(f"speaks of {label}" for label in LABELS if re.search(rf"[`*]{label}[`*]", text)),
    ]
    assert complaints == []


@pytest.mark.parametrize("name", lesson_folders().values())
def test_no_number_in_a_text_that_is_not_computed(name):
    files = sorted((FOLDER / name).glob("*.py"))  # a constant may be used in another file
    assert numbers_not_computed("".join(file.read_text(encoding="utf-8") for file in files)) == []


def test_no_number_in_the_glossary_that_is_not_computed():
    source = (FOLDER / "words.py").read_text(encoding="utf-8")
    assert numbers_not_computed(source) == []


def test_the_glossary_is_a_valid_page():
    assert lesson_checks.invalid_html(glossary_page()) == []
