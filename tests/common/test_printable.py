"""What a terminal would obey is shown; what people write stays as it is."""

import json

import pytest

from microbit_ml.common.printable import looks, printable, printable_json


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
        ("a\x1b[2Jb", r"a\x1b[2Jb"),
        ("\x9b2J", r"\x9b2J"),
        ("exe.\u202egpj", r"exe.\u202egpj"),
        ("a\u2028b", r"a\u2028b"),
        ("shake\u200b", r"shake\u200b"),
        ("\ud800", r"\ud800"),
        ("line\rover", r"line\x0dover"),
        ("a\u200db", r"a\u200db"),
    ],
)
def test_hidden_characters_are_shown(text, shown):
    assert printable(text) == shown


@pytest.mark.parametrize(
    "text", ["naïve", "手を振る", "می‌خواهم", "👩‍👩‍👧", "क्‍ष", "two\nlines\tand a tab", "50 %", "☃"]
)
def test_what_people_write_stays(text):
    assert printable(text) == text


def test_json_stays_the_same_for_a_program():
    value = {"label": "shake\u202e\u2028\x9b", "emoji": "👩‍👩‍👧"}
    text = printable_json(json.dumps(value, ensure_ascii=False, indent=1))
    assert json.loads(text) == value
    assert "\u202e" not in text and "\x9b" not in text


def test_names_that_look_alike():
    assert looks("shake\u200b") == looks("Shake ") == looks("shake")
    assert looks("shake") != looks("shakes")
    assert looks("ｓｈａｋｅ") == looks("shake")
