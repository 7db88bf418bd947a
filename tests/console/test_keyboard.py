"""Keys: what goes to the board as text, and what acts on its hardware."""

from collections import deque

import pytest

from microbit_ml.console.keyboard import ACTIONS, split_keys, windows_keys


@pytest.mark.parametrize("action", ACTIONS)
def test_every_way_to_press_a_key(action):
    for sequence in ACTIONS[action]:
        typed = b"x = " + sequence + b"7\r"
        assert split_keys(typed) == [("", b"x = "), (action, b""), ("", b"7\r")]


def test_keys_of_the_prompt_reach_the_board():
    prompt_keys = b"\x01\x02\x03\x04\x05\x0b\x0e\x10\x15\r\t\x7f\x1b[A\x1b[B\x1b[C\x1b[D\x1b[3~"
    assert split_keys(prompt_keys) == [("", prompt_keys)]
    assert split_keys(b"") == []
    assert split_keys("é".encode()) == [("", "é".encode())]


def test_windows_reports_keys_in_two_halves():
    typed = deque("a\x00;\xe0H\xe0\x86\x03é\r")  # F1, up, F12 (of no use), Ctrl-C
    keys = windows_keys(lambda: bool(typed), typed.popleft)
    assert split_keys(keys) == [("", b"a"), ("a", b""), ("", b"\x1b[A\x03" + "é\r".encode())]
    typed.extend("\t\x00\x0f")  # Tab, Shift-Tab
    assert windows_keys(lambda: bool(typed), typed.popleft) == b"\t\x1b[Z"
