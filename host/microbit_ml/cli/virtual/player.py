"""Somebody plays with a virtual board: the hand, its keys, and the model's twin, on one screen."""

from __future__ import annotations

import time
from collections.abc import Sequence

from microbit_ml.cli.virtual.hand_screen import Recognised, Scene
from microbit_ml.cli.virtual.screen import KEY_HELP
from microbit_ml.deploy.hand_keys import HandKeys
from microbit_ml.deploy.keyed_hand import KeyedHand, keyed_gestures
from microbit_ml.deploy.live import Commands
from microbit_ml.deploy.live_twin import LiveTwin
from microbit_ml.evaluate.streams import Rule
from microbit_ml.model import Model
from microbit_ml.recordings import GESTURES, Dataset
from microbit_ml.virtual import VirtualBoard


def _real_us() -> int:
    """The computer's clock: a person holds keys in real time, however fast the board runs."""
    return time.monotonic_ns() // 1000


class Player:
    """What a board in a keyed hand needs: ``hand``, ``keys`` (wrapping the keyboard), scene().

    model: the one on the board, if any; without it the hand knows the simulator's gestures, or
    those of ``data``, whose recordings it plays. fast: the board runs ahead of real time; moving:
    whether keys move it at first (default: if there is a model); key_help: of the keys that work
    while typing.
    """

    def __init__(
        self,
        board: VirtualBoard,
        keyboard: Commands,
        model: Model | None,
        data: Dataset | None,
        *,
        fast: bool = False,
        moving: bool | None = None,
        key_help: Sequence[str] = KEY_HELP,
    ) -> None:
        labels = model.labels if model else data.labels if data else GESTURES
        self.hand = KeyedHand(board, keyed_gestures(labels, data), _real_us if fast else None)
        is_moving = model is not None if moving is None else moving
        self.keys = HandKeys(keyboard, self.hand, moving=is_moving)
        self._key_help = key_help
        self._board = board
        self._twin = None
        if model is not None:
            rule = Rule(round(1000 / model.rate_hz) * model.hop)
            self._twin = LiveTwin(board, model, rule.debounce)

    def scene(self) -> Scene:
        """What there is to show now."""
        read = self._board.read_since(-1)
        return Scene(
            self.keys.moving,
            self.hand.doing,
            self.hand.row,
            self.hand.gestures,
            self._recognised(),
            read[0][1] if read else None,
            self._key_help,
        )

    def _recognised(self) -> Recognised | None:
        twin = self._twin
        if twin is None:
            return None
        twin.follow()
        return Recognised(
            twin.labels,
            None if twin.now is None else twin.now.label,
            () if twin.now is None else twin.now.scores,
            twin.recognised,
            (self._board.time_us - twin.recognised_us) / 1e6,
            twin.is_silent,
        )
