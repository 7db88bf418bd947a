"""After a board was moved with a model, ``virtual`` offers a program of one's own."""

import argparse
import shlex
from pathlib import Path

import numpy as np
import pytest

from microbit_ml.cli.app import parse
from microbit_ml.cli.virtual.command import _say_own_program
from microbit_ml.cli.virtual.hand_screen import HandView, Scene
from microbit_ml.deploy.keyed_hand import keyed_gestures
from microbit_ml.image.program import Program
from microbit_ml.targets import TARGETS


@pytest.fixture
def offered(monkeypatch, tmp_path, capsys):
    """``offered(labels, file)``: what is said after a model with these labels was played with."""
    monkeypatch.chdir(tmp_path)

    def say(labels, file=None):
        scene = Scene(True, "", np.zeros(6), keyed_gestures(labels), None, None)
        view = HandView("Virtual V2", lambda: scene, len(labels))
        args = argparse.Namespace(kind="v2", model=Path("my wand.mbml"), file=file)
        _say_own_program(args, view)
        return capsys.readouterr().err

    return say


@pytest.mark.parametrize("label", ["shake", "it's"])
def test_a_program_for_the_first_gesture_that_every_board_can_run(offered, label):
    start, _, rest = offered((label, "mine")).partition("game.py:\n\n")
    text, _, then = rest.rpartition("\nThen: ")
    assert start == "Next, your own program. Save this as "
    Path("game.py").write_text(text, encoding="utf-8")
    program = Program.read(Path("game.py"))
    assert program.imports_recognizer and repr(label) in text
    program.check([*TARGETS])
    assert then == 'microbit-ml run game.py --model "my wand.mbml"\n'
    parse(shlex.split(then)[1:])


def test_a_program_that_is_there_is_not_replaced(offered):
    Path("game.py").write_text("mine", encoding="utf-8")
    assert offered(("shake",)) == (
        'Next, your own program: microbit-ml run game.py --model "my wand.mbml"\n'
    )


def test_who_ran_a_program_needs_no_other(offered):
    assert offered(("shake",), Path("other.py")) == ""
