"""Draws the pictures of the documentation from real runs: a terminal, and pages.

    python host/docs/pictures/draw.py

For the README's picture, the screen of ``microbit-ml virtual``, it simulates practice data, trains
a model as ``simulate practice`` and ``train practice`` do, boots it on a virtual V2, holds the key
of a gesture until the gesture is recognised, and writes what the terminal shows then. The board
runs in its own time, so the same screen comes out every time. Chromium draws the pages
(``page_pictures.py``).
"""

from __future__ import annotations

import copy
import io
import os
import re
from contextlib import redirect_stdout
from html import escape
from pathlib import Path

from page_pictures import draw_pages
from terminal_screen import TerminalScreen

from microbit_ml import VirtualBoard, train
from microbit_ml.cli.simulate import PEOPLE, REPEATS
from microbit_ml.cli.virtual.hand_screen import HandView
from microbit_ml.cli.virtual.player import Player
from microbit_ml.common.files import write_whole
from microbit_ml.deploy.live import LiveBoard
from microbit_ml.model import Model
from microbit_ml.recordings import GESTURES, simulate
from microbit_ml.targets import TARGETS
from microbit_ml.virtual.pacing import FastPace

PICTURE = Path(__file__).with_name("virtual-board.svg")
COLUMNS, LINES = 80, 24
KEY, LABEL = b"3", "shake"
TITLE = "$ microbit-ml virtual v2 --model practice.mbml"
ALT = (
    "A terminal: the LEDs of a virtual micro:bit, the board as the hand holds it, the recognised "
    "gesture with the score of each label, and the keys."
)
REST_S, MOST_S, AFTER_S = 2.0, 12.0, 0.3
CELL_W, CELL_H, EDGE = 10, 20, 12  # of a character, and around the screen
HEAD = 'xmlns="http://www.w3.org/2000/svg" font-family="Menlo, Consolas, \'DejaVu Sans Mono\', '
BACKGROUND = "#1e1e1e"
COLOURS = {"": "#d8d8d8", "31": "#ff5f5f", "1;32": "#7fd962"}


class _Holder:
    """A keyboard whose key is held from a time of the board on, as a terminal repeats it."""

    def __init__(self, board: VirtualBoard) -> None:
        self._board = board

    def read(self) -> list[tuple[str, bytes]]:
        """The keys since the last call."""
        return [("", KEY)] if self._board.time_us >= REST_S * 1e6 else []


class _Window(io.StringIO):
    """What ``HandView`` writes to: a screen in place of a terminal."""

    encoding = "utf-8"

    def __init__(self, screen: TerminalScreen) -> None:
        super().__init__()
        self._screen = screen

    def write(self, text: str) -> int:
        """Show the text."""
        self._screen.write(text)
        return len(text)


def practice_model() -> Model:
    """The model that the commands ``simulate practice`` and ``train practice`` make."""
    return train(simulate([*GESTURES], people=PEOPLE, repeats=REPEATS, seed=0), seed=0)


def screen_of(model: Model) -> TerminalScreen:
    """The screen a moment after the gesture was recognised."""
    os.environ.update(COLUMNS=str(COLUMNS), LINES=str(LINES))
    os.environ.pop("NO_COLOR", None)
    screen = TerminalScreen(COLUMNS, LINES)
    with VirtualBoard("v2", model.hex()) as board:
        player = Player(board, _Holder(board), model, None)
        title = f"Virtual {TARGETS['v2'].title}"
        with (
            redirect_stdout(_Window(screen)),
            HandView(title, player.scene, len(model.labels)) as view,
        ):
            live = LiveBoard(board, view, player.keys, FastPace(board), player.hand)
            live.run(MOST_S, lambda: _is_recognised(player))
            live.run(AFTER_S)
            return copy.deepcopy(screen)


def _is_recognised(player: Player) -> bool:
    found = player.scene().recognised
    return found is not None and found.latest is not None and found.labels[found.latest] == LABEL


def svg_of(screen: TerminalScreen) -> str:
    """The screen as a picture, down to its last line with text."""
    n_lines = max(i for i, line in enumerate(screen.text, start=1) if line)
    width, height = COLUMNS * CELL_W + 2 * EDGE, (n_lines + 2) * CELL_H + 2 * EDGE
    texts = [_text(TITLE, 0, -1, COLOURS["1;32"])]
    for line, pieces in enumerate(screen.colours()[:n_lines]):
        column = 0
        for text, colours in pieces:
            # Each word by itself: fonts give some characters another width.
            for word in re.finditer(r"█+|[^ █]+", text):
                texts.append(_text(word[0], column + word.start(), line, COLOURS[colours]))
            column += len(text)
    return (
        f'<svg {HEAD}monospace" font-size="16" viewBox="0 0 {width} {height}" role="img">\n'
        f"<title>{escape(ALT)}</title>\n"
        f'<rect width="{width}" height="{height}" rx="8" fill="{BACKGROUND}"/>\n'
        + "".join(f"{text}\n" for text in texts)
        + "</svg>\n"
    )


def _text(text: str, column: int, line: int, colour: str) -> str:
    """A word at its place; line -1 is the command above the screen."""
    x, y = EDGE + column * CELL_W, EDGE + (line + 1) * CELL_H + (0 if line < 0 else CELL_H // 2)
    length = len(text) * CELL_W
    if set(text) == {"█"}:
        return f'<rect x="{x}" y="{y + 1}" width="{length}" height="{CELL_H - 2}" fill="{colour}"/>'
    return (
        f'<text x="{x}" y="{y + 15}" textLength="{length}" lengthAdjust="spacingAndGlyphs" '
        f'fill="{colour}">{escape(text)}</text>'
    )


if __name__ == "__main__":
    write_whole(PICTURE, svg_of(screen_of(practice_model())))
    draw_pages()
