"""Keys that move a virtual board: held keys, the two modes, and what the hand then does."""

from dataclasses import replace

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.deploy.hand_keys import HandKeys
from microbit_ml.deploy.keyed_hand import FIRST_US, NEXT_US, HeldKeys, KeyedHand, keyed_gestures
from microbit_ml.recordings import Dataset


class Board:
    """The part of a board that a hand uses; running it takes no time."""

    kind = "v2"
    time_us = 0

    def __init__(self):
        self.held = []

    def tilt(self, *counts):
        self.held.append(counts)

    def run(self, seconds):  # also the pace
        self.time_us += round(seconds * 1e6)


def moved(hand, board, seconds):
    """Run for some seconds, in frames of 20 ms; the counts meanwhile."""
    began = len(board.held)
    for _ in range(round(seconds / 0.02)):
        hand.run(board, 0.02)
    return np.array(board.held[began:])


def a_hand(labels=("shake", "mine", "still"), data=None):
    board = Board()
    return KeyedHand(board, keyed_gestures(labels, data)), board


def test_a_key_is_held_until_its_repeats_stop_coming():
    keys = HeldKeys()
    keys.press("left", 0)
    assert keys.held(FIRST_US - 1) == ["left"]
    assert keys.held(FIRST_US) == []
    keys.press("left", 1_000_000)
    for at in range(1_500_000, 3_000_000, 40_000):  # 0.5 s later its repeats begin
        assert keys.held(at) == ["left"]
        keys.press("left", at)
    last = at
    assert keys.held(last + NEXT_US - 1) == ["left"]
    assert keys.held(last + NEXT_US) == []


def test_the_opposite_key_takes_over_and_others_join():
    keys = HeldKeys()
    keys.press("left", 0)
    keys.press("up", 10)
    assert keys.held(20) == ["left", "up"]
    keys.press("right", 30)
    assert keys.held(40) == ["up", "right"]


def test_an_arrow_tilts_while_it_is_held():
    hand, board = a_hand()
    moved(hand, board, 0.5)
    assert hand.doing == "flat, face up"
    hand.press("left")
    x = moved(hand, board, 0.5)[:, 0]
    assert hand.doing == "tilted to the left"
    assert x[0] > -50 and x[-1] < -600  # not at once
    x = moved(hand, board, 1.2)[:, 0]
    assert hand.doing == "flat, face up"
    assert abs(x[-1]) < 60


def test_a_gesture_is_made_once_and_again_while_its_key_is_held():
    hand, board = a_hand()
    hand.press("1")
    times = []
    for _ in range(400):
        moved(hand, board, 0.02)
        times.append(hand.doing == "shake")
    assert np.count_nonzero(np.diff(np.array([False, *times]).astype(int)) == 1) == 1
    assert not times[-1]
    for _ in range(300):
        hand.press("1")
        assert np.abs(moved(hand, board, 0.02)).max() < 2049
    held = np.array(board.held[-150:])
    assert np.ptp(held[:, 0]) > 1500  # it still goes on


def fast(keyed, board, clock, seconds):
    """Run for seconds of real time on a computer that is five times as fast as the board."""
    began = len(board.held)
    for _ in range(round(seconds / 0.004)):
        keyed.run(board, 0.02)
        clock.us += 4000
    return np.array(board.held[began:])


def test_a_board_that_runs_ahead_is_moved_as_long_as_a_person_holds_the_key():
    class Clock:
        us = 0

    clock, board = Clock(), Board()
    keyed = KeyedHand(board, keyed_gestures(("shake",)), lambda: clock.us)
    keyed.press("left")
    fast(keyed, board, clock, 0.48)
    for _ in range(20):  # its repeats begin half a second later, in real time
        keyed.press("left")
        fast(keyed, board, clock, 0.04)
        assert keyed.doing == "tilted to the left"
    assert np.array(board.held)[50:, 0].max() < -600  # all 6 seconds of the board's time
    fast(keyed, board, clock, NEXT_US / 1e6)
    assert keyed.doing == "flat, face up"
    keyed.press("1")
    times = []
    for _ in range(150):
        fast(keyed, board, clock, 0.004)
        times.append(keyed.doing == "shake")
    assert np.count_nonzero(np.diff(np.array([False, *times]).astype(int)) == 1) == 1  # only tapped


def test_two_tilts_are_one_phrase():
    hand, _ = a_hand()
    for key in ("shake", "left", "up"):
        hand.press(key)
    assert hand.doing == "shaking, tilted to the left and away from you"


def test_a_second_gesture_waits_and_an_arrow_breaks_it_off():
    hand, board = a_hand()
    hand.press("1")
    moved(hand, board, 0.4)
    hand.press("3")
    moved(hand, board, 0.2)
    assert hand.doing == "shake"
    moved(hand, board, 3)
    assert hand.doing == "still"
    hand.press("up")
    moved(hand, board, 0.4)
    assert hand.doing == "tilted away from you"


def test_an_unknown_movement_is_explained_or_played_from_data():
    hand, board = a_hand()
    assert [one.can_be_made for one in hand.gestures] == [True, False, True]
    hand.press("2")
    assert hand.doing == "cannot make mine without --data DATASET"
    moved(hand, board, 1)
    assert np.abs(np.array(board.held) - [0, 0, -1024]).max() < 60
    hand.press("left")
    assert hand.doing == "tilted to the left"

    recordings = mb.simulate(["shake"], people=1, repeats=2).recordings
    data = Dataset([replace(one, label="mine") for one in recordings], 50.0, [])
    hand, board = a_hand(data=data)
    hand.press("2")
    moved(hand, board, 0.1)
    assert hand.doing == "mine"
    assert np.ptp(moved(hand, board, 2)[:, 0]) > 1500


def test_only_nine_labels_have_a_key():
    gestures = keyed_gestures([f"label {i}" for i in range(12)])
    assert [one.key for one in gestures] == list("123456789")


class Keyboard:
    """Gives what was typed."""

    def __init__(self):
        self.typed = []

    def read(self):
        typed, self.typed = self.typed, []
        return typed


class Pressed:
    """A hand that notes its keys."""

    def __init__(self):
        self.keys = []

    def press(self, key):
        self.keys.append(key)


@pytest.fixture
def typing():
    """typing(moving, *chunks): the commands, the keys of the hand, and the mode at the end."""

    def typed(moving, *chunks):
        keyboard, hand = Keyboard(), Pressed()
        keys = HandKeys(keyboard, hand, moving=moving)
        commands = []
        for chunk in chunks:
            keyboard.typed = [chunk if isinstance(chunk, tuple) else ("", chunk)]
            commands += keys.read()
        return commands, hand.keys, keys.moving

    return typed


def test_typing_goes_to_the_board_as_it_is(typing):
    typed = [("", b"ab 1q\r\x03\x1b[A"), ("a", b""), ("quit", b"")]
    assert typing(False, *typed) == (typed, [], False)


def test_tab_changes_the_mode_but_not_in_a_pasted_program(typing):
    assert typing(False, b"\t", b"\t") == ([], [], False)
    assert typing(False, b"\t", b"\x1b[A") == ([], ["up"], True)
    pasted = b"if x:\r\n\ty = 1\r\n"
    assert typing(False, pasted) == ([("", pasted)], [], False)
    assert typing(False, b"\x1b[Z") == ([("", b"\t")], [], False)  # Shift-Tab
    assert typing(True, b" \tab") == ([("", b"ab")], ["shake"], False)


def test_keys_that_move(typing):
    arrows = b"\x1b[A\x1b[B\x1b[C\x1b[D\x1bOA\x1bOB\x1bOC\x1bOD"
    assert typing(True, arrows)[1] == ["up", "down", "right", "left"] * 2
    commands, keys, _ = typing(True, b"aBb 19", ("reset", b""), b"\x03")
    assert keys == ["shake", "1", "9"]
    assert [action for action, _ in commands] == ["a", "b", "b", "reset", "quit"]
    assert typing(True, b"q") == ([("quit", b"")], [], True)


def test_other_keys_do_nothing_while_moving(typing):
    unused = "xyz0\r\x1b\x1b[3~\x1b[1;5A\x1b[15;2~\x1b[Hé".encode()
    assert typing(True, unused) == ([], [], True)
