"""Answers of boards: read as declared, or refused in a sentence; never evaluated."""

from ast import literal_eval
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microbit_ml.board.answers import (
    AnswerError,
    Bytes,
    Many,
    Map,
    Number,
    Question,
    Row,
    Text,
    all_fit,
    shown,
)
from microbit_ml.board.installed import CONTENTS, LABELS
from microbit_ml.board.repl import MAX_COMMAND_BYTES
from microbit_ml.board.upload import NAMES
from microbit_ml.errors import BoardError

BYTE = Number(0, 255)
BOARD = "The micro:bit on COM3"


def read(shape, text, **options):
    return Question("something", shape).read(text, BOARD, **options)


@pytest.mark.parametrize(
    ("shape", "text", "value"),
    [
        (BYTE, " 255\n", 255),
        (Number(-5, 5), "-5", -5),
        (Text(9), r"'a\'\x41\u4e00\n'", "a'A一\n"),
        (Text(9), '"it\'s"', "it's"),
        (Text(9, 0), "''", ""),
        (Bytes(4), r"b'\x00\xff\\''"[:-1], b"\x00\xff\\"),
        (Many(BYTE, 3), "[]", []),
        (Many(BYTE, 3), "[1, 2 ,3]", [1, 2, 3]),
        (Row((BYTE, Text(3))), "(1, 'abc')", (1, "abc")),
        (Map(Text(3), BYTE, 2), "{'a': 1, 'b': 2}", {"a": 1, "b": 2}),
        (Map(Text(3), BYTE, 2), "{}", {}),
    ],
)
def test_what_fits(shape, text, value):
    assert read(shape, text) == value
    assert len(text.strip()) <= shape.longest + 32


@pytest.mark.parametrize(
    ("shape", "text", "why"),
    [
        (BYTE, "256", "256 is not a number from 0 to 255"),
        (BYTE, "-1", "not a number"),
        (BYTE, "9" * 5000, "'99999999999999999999' is not a number"),
        (BYTE, "٣", "not a number"),
        (BYTE, "1_0", "'_0' follows"),
        (BYTE, "1.5", "'.5' follows"),
        (BYTE, "True", "not a number"),
        (BYTE, "", "its end is not a number"),
        (BYTE, "9**9**9", "follows"),
        (Text(3), "'abcd'", "4 bytes came instead of 1-3"),
        (Text(3), "''", "0 bytes"),
        (Text(3), "b'a'", "not a text"),
        (Text(3), "'a", "not a text"),
        (Text(3), r"'\q'", "not a character"),
        (Text(3), r"'\U00110000'", "not a character"),
        (Text(3), r"'\ud800'", "half a character"),
        (Bytes(3), "'a'", "not bytes"),
        (Bytes(3), "b'abcd'", "4 bytes came instead of 3"),
        (Bytes(3), "b'一'", "not bytes"),
        (Many(BYTE, 2), "[1, 2, 3]", "more than 2 entries"),
        (Many(BYTE, 9, 4), "[1, 2, 3]", "3 entries came instead of 4"),
        (Many(BYTE, 2), "[" * 100_000, "not a number"),
        (Many(BYTE, 2), "[1 2]", "not a comma"),
        (Many(BYTE, 2), "(1, 2)", "not a list"),
        (Row((BYTE, BYTE)), "(1, 2, 3)", "not the end of 2 entries"),
        (Row((BYTE, BYTE)), "(1,)", "not a number"),
        (Map(Text(3), BYTE, 1), "{'a': 1, 'b': 2}", "more than 1 entries"),
        (Map(Text(3), BYTE, 1), "{'a', 'b'}", "not a colon"),
        (Many(Text(9), 2), "__import__('os')", "not a list"),
    ],
)
def test_what_does_not_fit_is_explained(shape, text, why):
    with pytest.raises(
        AnswerError, match=r"COM3 gave an answer .* Asked for something, it sent"
    ) as e:
        read(shape, text)
    assert why in str(e.value)
    assert len(str(e.value)) < 600


def test_the_advice_fits_the_cause():
    with pytest.raises(BoardError, match="change the cable"):
        read(BYTE, "x")
    with pytest.raises(AnswerError, match="arrived as it was sent") as caught:
        read(BYTE, "x", checked=True)
    assert caught.value.checked
    assert "other programs" not in str(caught.value)


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    for shape in (BYTE, Text(20), Bytes(20), Many(BYTE, 3), Row((BYTE,)), Map(BYTE, Text(3), 2)):
        with suppress(AnswerError):
            read(shape, text)


@settings(max_examples=40)
@given(st.lists(st.text(min_size=1, max_size=9).filter(lambda t: t.isprintable()), max_size=5))
def test_lists_of_names_are_read_as_python_reads_them(names):
    assert read(Many(Text(60), 5), repr(names)) == literal_eval(repr(names))


def test_the_longest_answers_are_within_reach():
    name = "\x00" * 119 + "x"
    assert NAMES.read(repr([name] * 255), BOARD) == [name] * 255
    assert len(repr([name] * 255)) <= NAMES.most_bytes
    assert CONTENTS.most_bytes < 2**20
    assert LABELS.most_bytes < 2**17


def test_numbers_of_a_frame():
    assert all_fit((BYTE, BYTE), (0, 255))
    assert not all_fit((BYTE, BYTE), (0, 256))
    assert not all_fit((BYTE, BYTE), (0,))


def test_what_is_shown_is_short_and_plain():
    assert shown(b"\x1b[2J" + b"x" * 1000) == repr("\x1b[2J" + "x" * 56) + " ..."
    assert shown("ab") == "'ab'"
    assert MAX_COMMAND_BYTES == 512
