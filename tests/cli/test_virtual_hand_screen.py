"""What stands beside the LEDs when a hand holds the virtual board."""

import argparse
import io
from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len

from microbit_ml.cli.virtual import hand_screen
from microbit_ml.cli.virtual.command import _say_next
from microbit_ml.cli.virtual.hand_screen import HandView, Recognised, Scene, panel_lines
from microbit_ml.cli.virtual.posture import COLUMNS, LINES, posture_lines
from microbit_ml.deploy.keyed_hand import KeyedGesture, keyed_gestures

NINE = ("circle", "fidgeting", "lift", "shake", "still", "tap", "twist", "walking", "wave")
WIDE = ("摇一摇手臂", "a circle drawn slowly in the air", "手を振る", "\x1b[2Jbad", *"defghijkl")
S = [[0, 9, 9, 9, 0], [9, 0, 0, 0, 0], [0, 9, 9, 0, 0], [0, 0, 0, 9, 0], [9, 9, 9, 0, 0]]


def posture(pitch=0.0, roll=0.0, right=0.0):
    return np.array([right, 0, 0, pitch, roll, 0.0])


def a_scene(labels=NINE, moving=True, label=3, roll=-0.9, **changes):
    scores = [140 * i - 400 for i in range(len(labels))]
    found = Recognised(labels, label, scores, 3, 0.42, False) if labels else None
    content = {
        "moving": moving,
        "doing": "tilted to the left",
        "row": posture(roll=roll),
        "gestures": keyed_gestures(labels or ("shake", "mine")),
        "recognised": found,
        "reading": (-812, 4, -640),
    }
    return Scene(**{**content, **changes})


def screen(monkeypatch, scene, columns=80, lines=24, encoding="utf-8", colour=False):
    """The head of the screen, line by line, and what was written."""
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", str(lines))
    if colour:
        monkeypatch.delenv("NO_COLOR", raising=False)
    else:
        monkeypatch.setenv("NO_COLOR", "1")
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace", newline="")
    n_labels = len(scene.recognised.labels) if scene.recognised else 0
    monkeypatch.setattr("sys.stdout", out)
    with HandView("Virtual V2", lambda: scene, n_labels) as view:
        view.update(b"shake\r\n", S, 12_340_000)
        head = view._head(S, 12_340_000)
    out.flush()
    return head, out.buffer.getvalue().decode(encoding)


def test_the_screen_of_80_columns_and_24_lines(monkeypatch, golden):
    pictures = []
    for scene in (
        a_scene(),
        a_scene(moving=False, label=-1, roll=0.0),
        a_scene(labels=()),
        a_scene(labels=(), moving=False),
        a_scene(label=None),
    ):
        head, _ = screen(monkeypatch, scene)
        pictures.append("\n".join(line.rstrip() for line in head))
    golden("virtual-hand-80x24", "\n\n".join(pictures) + "\n")


@pytest.mark.parametrize("labels", [NINE, WIDE, ()])
@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (120, 40), (40, 16), (30, 30)])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("moving", [True, False])
def test_the_screen_fits_the_terminal(monkeypatch, labels, columns, lines, encoding, moving):
    scene = a_scene(labels=labels, moving=moving)
    head, written = screen(monkeypatch, scene, columns, lines, encoding)
    assert len(head) <= lines - hand_screen.SERIAL_LINES or len(head) == 9
    assert max(cell_len(line) for line in head) <= columns
    assert f"\x1b[{len(head) + 1};{lines}r" in written  # the board's output scrolls below it
    assert "\x1b[2J" not in written
    if encoding == "ascii":
        assert all(ord(c) < 128 or c in "".join(labels) for c in "".join(head))


def test_the_decision_is_coloured_unless_no_color_is_set(monkeypatch):
    head, _ = screen(monkeypatch, a_scene(), colour=True)
    coloured = [line for line in head if "\x1b[1;32m" in line]
    assert len(coloured) == 1
    assert "> shake" in coloured[0]
    assert "\x1b[1;32m" not in "".join(screen(monkeypatch, a_scene())[0])


def test_the_panel_is_honest_about_what_it_knows():
    def panel(**changes):
        found = Recognised(NINE, 3, range(9), 3, 0.4, False)
        found = Recognised(**{**found.__dict__, **changes})
        return "\n".join(panel_lines(a_scene(recognised=found), 44, 11, 256))

    assert "Recognised (twin): shake, 0.4 s ago\nNow: shake" in panel()
    assert "Recognised (twin): nothing yet\nNow: unknown" in panel(label=-1, latest=None)
    assert ">" not in panel(label=-1)
    assert "Waiting for the first full window" in panel(label=None)
    assert "The program does not read the accelerometer" in panel(is_silent=True)


def test_only_the_highest_scores_where_not_all_fit():
    lines = panel_lines(a_scene(), 44, 6, 1000)
    assert [name for name in NINE if any(name in line for line in lines[2:])] == list(NINE[-4:])


def test_labels_without_a_movement_are_in_brackets():
    _, named = hand_screen.key_lines(a_scene(labels=("shake", "mine")), 80)
    assert named == "1 shake  2 (mine)"
    _, named = hand_screen.key_lines(a_scene(labels=[f"m{i}" for i in range(12)]), 100)
    assert named.endswith("9 (m8)  (3 more have no key)")
    assert not KeyedGesture("1", "mine").can_be_made
    _, named = hand_screen.key_lines(a_scene(), 80)
    assert named.startswith("1 circle 2 fidgeting 3 lift")  # closer together, but not cut
    assert named.endswith("9 wave")
    _, named = hand_screen.key_lines(a_scene(), 70)
    assert named.startswith("1 circle 2 fidget 3 lift")
    assert named.endswith("9 wave")  # only the longest names are cut


def test_what_the_hand_does_is_cut_last():
    doing = "shaking, tilted to the left and away from you"
    for title, width, expected in (
        ("Virtual V2", 100, f"Virtual V2, 12.3 s (estimated)   Hand: {doing}"),
        ("Virtual V2", 80, f"Virtual V2, 12.3 s   Hand: {doing}"),
        ("game.py on a virtual V2", 80, f"game.py on a virtu, 12.3 s   Hand: {doing}"),
        ("Virtual V2", 30, "Hand: shaking, tilted to the l"),
    ):
        assert hand_screen.status_line(title, 12_340_000, doing, width) == expected


@pytest.mark.parametrize("plain", [False, True])
def test_the_posture_is_drawn_as_it_is_seen(plain):
    def drawn(*arguments, **options):
        lines = posture_lines(posture(*arguments, **options), plain=plain)
        assert len(lines) == LINES
        assert all(len(line) == COLUMNS for line in lines)
        return np.array([[c != " " for c in line] for line in lines])

    def heights(dots):  # the mean line of the left and of the right half
        halves = dots[:, : COLUMNS // 2], dots[:, COLUMNS // 2 :]
        return [np.average(np.arange(LINES), weights=half.sum(axis=1)) for half in halves]

    flat, left, right = drawn(), drawn(roll=-0.9), drawn(roll=0.9)
    assert abs(np.diff(heights(flat))[0]) < 0.3
    assert np.diff(heights(left))[0] < -0.3  # the left half is lower on the screen
    assert np.diff(heights(right))[0] > 0.3
    assert drawn(pitch=-0.9).any(axis=1).sum() < flat.any(axis=1).sum()  # seen from the edge
    moved = np.nonzero(drawn(right=0.1))[1].mean() - np.nonzero(flat)[1].mean()
    assert moved > 1
    assert drawn(right=5.0).any()  # it never leaves the picture


def test_at_the_end_it_says_what_is_next(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)

    def said(scene, **options):
        view = HandView("Virtual V2", lambda: scene, 2)
        words = ["virtual", "v1"]
        chosen = {"kind": "v1", "model": None, "file": None, "words": words, **options}
        _say_next(argparse.Namespace(**chosen), view)
        return capsys.readouterr().err

    assert said(a_scene(labels=("shake",))) == (
        "To see what a model recognises, train one first: microbit-ml simulate my-gestures, then "
        "microbit-ml train my-gestures\n"
    )
    (tmp_path / "wand.mbml").write_bytes(b"")
    assert said(a_scene(labels=("shake",))) == (
        "To see what a model recognises: microbit-ml virtual v1 --model wand.mbml\n"
    )
    assert said(a_scene(labels=("shake",)), file=Path("my game.py")) == (
        'To put this on a micro:bit: microbit-ml run "my game.py"\n'
    )
    model, program = Path("my wand.mbml"), Path("game.py")
    assert said(a_scene(labels=("shake", "mine")), model=model, file=program) == (
        "The simulator does not know: mine. To play recordings instead, add --data and a data set "
        "of them.\n"
        'To put this on a micro:bit: microbit-ml flash "my wand.mbml" --program game.py\n'
    )
    assert said(a_scene(labels=("shake",)), model=model, file=Path("kit.hex")) == (
        "To put this on a micro:bit: drag kit.hex onto the MICROBIT drive.\n"
    )
    (tmp_path / "wand").mkdir()
    (tmp_path / "wand" / "dataset.json").write_text("{}", encoding="utf-8")
    assert "instead, use: microbit-ml virtual v1 --data wand\n" in said(a_scene(labels=("mine",)))
