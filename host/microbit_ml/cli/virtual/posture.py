"""A small picture of the board in the hand, as the person who holds it sees it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from microbit_ml.recordings.simulation.hand import rotation

COLUMNS, LINES = 14, 5  # characters
HALF_WIDTH, HALF_LENGTH = 0.026, 0.021  # of a micro:bit, m
LOOK_DOWN = 1.3  # radians: the eye looks forwards and down at the board
NEARER = 14  # by 1 m nearer to the eye, so much larger: more than in reality, to be seen
_DOTS_PER_M = 300
_ACROSS, _DOWN = 2, 4  # dots in a braille character
_EMPTY = 0x2800
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_MARGIN = np.array([9, 7])  # dots between the picture's edges and the board's middle, at least
_PATH_SCALE = 0.35  # of movements, which are larger than the picture

# The board's outline, and a triangle at its middle that points to the logo's edge: x to the right,
# y forwards, z up in the hand, in half widths and half lengths.
_OUTLINE = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
_POINTER = ((-0.3, 0.1), (0, 0.75), (0.3, 0.1))


def posture_lines(row: np.ndarray, *, plain: bool = False) -> list[str]:
    """Five lines of 14 characters. row: (6,) position in m, pitch, roll, yaw in radians.

    plain: letters instead of braille.
    """
    across, down = (1, 1) if plain else (_ACROSS, _DOWN)
    cells = np.full((LINES, COLUMNS), _EMPTY)
    turned = rotation(*row[3:, np.newaxis])[0]
    for shape in (_OUTLINE, _POINTER):
        for x, y in _dots(np.array(shape), turned, row[:3], plain):
            column, line = x // across, y // down
            if 0 <= column < COLUMNS and 0 <= line < LINES:
                cells[line, column] |= 0x01 if plain else _BITS[x % _ACROSS][y % _DOWN]
    blank, mark = (" ", "*") if plain else (" ", "")
    return [
        "".join(blank if cell == _EMPTY else mark or chr(cell) for cell in line) for line in cells
    ]


def _dots(
    shape: np.ndarray, turned: np.ndarray, position: np.ndarray, plain: bool
) -> list[tuple[int, int]]:
    """The dots of a line through points in the board's plane, as they are seen."""
    corners = np.column_stack([shape * [HALF_WIDTH, HALF_LENGTH], np.zeros(len(shape))])
    seen = _seen(corners @ turned.T) * _DOTS_PER_M
    size = np.array([COLUMNS * _ACROSS, LINES * _DOWN])
    right, forwards, up = _PATH_SCALE * _DOTS_PER_M * position
    middle = np.array([right, -(forwards * np.sin(LOOK_DOWN) + up)])
    points = size / 2 + np.clip(middle, _MARGIN - size / 2, size / 2 - _MARGIN) + seen
    if plain:
        points = points / [_ACROSS, _DOWN]
    dots: list[tuple[int, int]] = []
    for start, end in pairwise(points):
        n = max(2, int(np.abs(end - start).max()) + 2)
        path = start + np.linspace(0, 1, n)[:, np.newaxis] * (end - start)
        dots += [(int(x), int(y)) for x, y in np.floor(path)]
    return dots


def _seen(points: np.ndarray) -> np.ndarray:
    """Points (..., 3) right, forwards, up -> (..., 2) to the right and down on the screen."""
    right, forwards, up = points[..., 0], points[..., 1], points[..., 2]
    away = forwards * np.cos(LOOK_DOWN) - up * np.sin(LOOK_DOWN)
    higher = forwards * np.sin(LOOK_DOWN) + up * np.cos(LOOK_DOWN)
    return np.stack([right, -higher], axis=-1) / (1 + NEARER * away)[..., np.newaxis]
