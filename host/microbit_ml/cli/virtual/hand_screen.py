"""The head of the screen when a hand holds the board: LEDs, posture, recognised gesture, keys."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len, set_cell_size

from microbit_ml.cli.arguments import again
from microbit_ml.cli.nearby import data_here
from microbit_ml.cli.virtual.posture import COLUMNS, posture_lines
from microbit_ml.cli.virtual.screen import KEY_HELP, LED_COLUMNS, LiveView
from microbit_ml.common.printable import printable
from microbit_ml.console.screen import say
from microbit_ml.deploy.keyed_hand import KeyedGesture
from microbit_ml.deploy.live import Picture

MOVING_KEYS = "arrows tilt  space shakes  a b buttons  Tab types  q quits"
TYPING_KEYS = "Keys go to the board. Tab: move the board by keys"
TYPING_WITH_MODEL = "Tab moves the board  F1 button A  F2 button B  F4 reset  Ctrl-Q quits"
LEAST_SCALE = 256  # a full bar means at least this score
WIDEST_NAME = 16  # columns, in a narrow terminal
GAP = 3  # columns between the parts
SERIAL_LINES = 6  # always left for what the board prints
_SCORE_COLUMNS = 7  # "-32767" and a space
_GREEN, _PLAIN = "\x1b[1;32m", "\x1b[0m"
_HEADLINES = 2  # above the bars


@dataclass(frozen=True)
class Recognised:
    """What the twin recognises. label: predicted now, -1 for unknown; None: no window yet.

    latest, ago_s: the label that was recognised last, None for none yet, and how long ago.
    """

    labels: Sequence[str]
    label: int | None
    scores: Sequence[int]
    latest: int | None
    ago_s: float
    is_silent: bool


@dataclass(frozen=True)
class Scene:
    """What stands beside the LEDs. row: of the hand, (6,) as for ``posture_lines``.

    moving: whether keys move the board; recognised: None without a model; reading: the last that
    the program has read, None for none; key_help: the keys that work while typing.
    """

    moving: bool
    doing: str
    row: np.ndarray
    gestures: Sequence[KeyedGesture]
    recognised: Recognised | None
    reading: tuple[int, int, int] | None
    key_help: Sequence[str] = KEY_HELP


class HandView(LiveView):
    """The screen with a hand; ``scene`` returns what there is to show now."""

    def __init__(self, title: str, scene: Callable[[], Scene], n_labels: int) -> None:
        super().__init__(title, KEY_HELP)
        self._scene = scene
        self._n_labels = n_labels
        self._scale = LEAST_SCALE

    @property
    def on_keys(self) -> list[str]:
        """The labels on the keys 1 to 9."""
        return [one.label for one in self._scene().gestures]

    @property
    def without_movement(self) -> list[str]:
        """The labels on keys that the hand cannot make."""
        return [one.label for one in self._scene().gestures if not one.can_be_made]

    def _head_lines(self) -> int:
        return self._panel_lines() + 4  # two lines of keys, one about time, a rule

    def _panel_lines(self) -> int:
        room = self._size.lines - SERIAL_LINES - 4
        return max(5, min(_HEADLINES + self._n_labels, room))

    def _head(self, leds: Picture, time_us: int) -> list[str]:
        scene = self._scene()
        columns = self._size.columns
        if scene.recognised is not None:
            self._scale = max(self._scale, *(abs(score) for score in scene.recognised.scores), 0)
        panel = panel_lines(
            scene,
            columns - LED_COLUMNS - COLUMNS - 2 * GAP,
            self._panel_lines(),
            self._scale,
            self._is_plain,
            colour=bool(self._colours[0]),
        )
        posture = posture_lines(scene.row, plain=self._is_plain)
        lines = []
        for i, beside in enumerate(panel):
            picture = self._picture(leds[i]) if i < len(leds) else " " * LED_COLUMNS
            drawn = posture[i] if i < len(posture) else " " * COLUMNS
            line = f"{picture}{' ' * GAP}{drawn}{' ' * GAP}{beside}"
            lines.append(line if columns > LED_COLUMNS + COLUMNS + 2 * GAP else picture)
        return [
            *lines,
            *key_lines(scene, columns),
            status_line(self._title, time_us, scene.doing, columns),
            self._rule * columns,
        ]


def say_without_movement(args: argparse.Namespace, view: HandView) -> None:
    """Say which labels the hand cannot make, and what makes it able to."""
    if view.without_movement:
        data = data_here()
        again_with = again(args, "--data", data)
        how = f"use: {again_with}" if data else "add --data and a data set of them."
        say(
            f"The simulator does not know: {', '.join(view.without_movement)}. To play recordings "
            f"instead, {how}"
        )


def panel_lines(
    scene: Scene, width: int, lines: int, scale: int, plain: bool = False, *, colour: bool = False
) -> list[str]:
    """Exactly ``lines`` lines of at most ``width`` columns: the model, or the keys without one.

    scale: the score of a full bar; plain: for a terminal without Unicode.
    """
    found = scene.recognised
    if found is None:
        shown = _reading_lines(scene) if scene.moving else list(scene.key_help)
    else:
        shown = _recognised_lines(found)
    texts = [fitted(line, width) for line in shown]
    if found is not None and found.label is not None and not found.is_silent:
        texts += _bars(found, width, lines - len(texts), scale, plain)
    if colour:
        texts = [f"{_GREEN}{text}{_PLAIN}" if text.startswith(">") else text for text in texts]
    return (texts + [""] * lines)[:lines]


def _recognised_lines(found: Recognised) -> list[str]:
    """The lines above the bars: the gesture recognised last, and the prediction now."""
    latest = "nothing yet"
    if found.latest is not None:
        latest = f"{found.labels[found.latest]}, {found.ago_s:.1f} s ago"
    if found.is_silent:
        now = "The program does not read the accelerometer"
    elif found.label is None:
        now = "Waiting for the first full window"
    else:
        now = f"Now: {found.labels[found.label] if found.label >= 0 else 'unknown'}"
    return [f"Recognised (twin): {latest}", now]


def _reading_lines(scene: Scene) -> list[str]:
    if scene.reading is None:
        return ["The program has not read", "the accelerometer yet."]
    return [
        "The program reads:",
        *(f"{axis} {count:6}" for axis, count in zip("xyz", scene.reading, strict=True)),
    ]


def _bars(found: Recognised, width: int, most: int, scale: int, plain: bool) -> list[str]:
    """A line for each label in the model's order; only the highest scores if not all fit."""
    shown = sorted(range(len(found.labels)), key=lambda label: -found.scores[label])[:most]
    widest = max(WIDEST_NAME, width // 3)
    name = min(widest, max(cell_len(printable(label)) for label in found.labels))
    half = max((width - name - _SCORE_COLUMNS - 4) // 2, 1)
    block, middle = ("#", "|") if plain else ("█", "│")
    lines = []
    for label in sorted(shown):
        score = found.scores[label]
        bar = block * min(half, round(abs(score) / scale * half))
        drawn = f"{bar if score < 0 else '':>{half}}{middle}{bar if score > 0 else ''}"
        sign = ">" if found.label == label else " "
        text = f"{sign} {fitted(found.labels[label], name, fill=True)}{score:>{_SCORE_COLUMNS}} "
        lines.append(fitted(text + drawn, width))
    return lines


def status_line(title: str, time_us: int, doing: str, width: int) -> str:
    """One line: the board, its time, and what the hand does, which is cut last."""
    time, hand = f", {time_us / 1e6:.1f} s", f"   Hand: {doing}"
    for text in (f"{title}{time} (estimated){hand}", f"{title}{time}{hand}"):
        if cell_len(printable(text)) <= width:
            return fitted(text, width)
    room = width - cell_len(time + hand)
    return fitted(f"{fitted(title, room)}{time}{hand}" if room > 0 else hand.lstrip(), width)


def key_lines(scene: Scene, width: int) -> tuple[str, str]:
    """Two lines of at most ``width`` columns: what the keys do, and the gestures on 1 to 9."""
    if not scene.moving:
        keys = TYPING_KEYS if scene.recognised is None else TYPING_WITH_MODEL
        return fitted(keys, width), ""
    n_more = len(scene.recognised.labels) - len(scene.gestures) if scene.recognised else 0
    more = f"  ({n_more} more have no key)" if n_more > 0 else ""
    return fitted(MOVING_KEYS, width), fitted(
        _named(scene.gestures, width - len(more)) + more, width
    )


def _named(gestures: Sequence[KeyedGesture], width: int) -> str:
    """The keys and their gestures on a line: closer together where it would be too long, and long
    names cut where that is not enough.
    """
    text = ""
    for longest, gap in ((width, "  "), *((longest, " ") for longest in range(width, 0, -1))):
        names = (fitted(one.label, longest) for one in gestures)
        text = gap.join(
            f"{one.key} {name if one.can_be_made else f'({name})'}"
            for one, name in zip(gestures, names, strict=True)
        )
        if cell_len(text) <= width:
            break
    return text


def fitted(text: str, width: int, *, fill: bool = False) -> str:
    """The text on one line of at most ``width`` columns; fill: of exactly so many."""
    text = printable(text).replace("\n", " ").replace("\t", " ")
    return set_cell_size(text, max(width, 0)) if fill or cell_len(text) > width else text
