"""A virtual board in a hand that keys move: arrows tilt it, space shakes it, 1-9 make gestures.

A terminal sends no message when a key is let go, but repeats a key that is held. So a movement
goes on while repeats keep coming, and stops a moment after the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from microbit_ml.common.wording import in_words
from microbit_ml.recordings import Dataset, Recording
from microbit_ml.recordings.simulation.gestures import MOTIONS
from microbit_ml.recordings.simulation.live_hand import PERIOD_S, LiveHand
from microbit_ml.targets import TARGETS
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.pacing import Pace

FIRST_US = 600_000  # a key counts as held: terminals wait up to this long before they repeat it
NEXT_US = 200_000  # after a repeat
TILT = 0.9  # radians, about 50 degrees
PERIOD_US = round(PERIOD_S * 1e6)
DIGITS = "123456789"
OPPOSITE = {"left": "right", "right": "left", "up": "down", "down": "up"}
TILTED = {
    "left": "to the left",
    "right": "to the right",
    "up": "away from you",
    "down": "towards you",
}


class HeldKeys:
    """Which keys are held, from the times at which they came (in us, of any clock)."""

    def __init__(self) -> None:
        self._until: dict[str, int] = {}
        self._repeated: set[str] = set()

    def press(self, key: str, now_us: int) -> None:
        """A key has come, for the first time or as a repeat."""
        is_repeat = key in self.held(now_us)
        self._repeated = self._repeated | {key} if is_repeat else self._repeated - {key}
        until = now_us + (NEXT_US if is_repeat else FIRST_US)
        self._until[key] = max(self._until.get(key, 0), until)
        self._until.pop(OPPOSITE.get(key, ""), None)

    def held(self, now_us: int) -> list[str]:
        """The keys that are held at this time, the one held longest first."""
        self._until = {key: until for key, until in self._until.items() if until > now_us}
        return list(self._until)

    def repeated(self, now_us: int) -> list[str]:
        """Those of the held keys that have come more than once: they are not only tapped."""
        return [key for key in self.held(now_us) if key in self._repeated]


@dataclass(frozen=True)
class KeyedGesture:
    """A gesture on a digit key. recordings: counts (n, 3) every 20 ms to play instead, if any."""

    key: str
    label: str
    recordings: tuple[np.ndarray, ...] = ()

    @property
    def can_be_made(self) -> bool:
        """Whether the simulator knows it or there are recordings of it."""
        return bool(self.recordings) or self.label in MOTIONS


def keyed_gestures(labels: Sequence[str], data: Dataset | None = None) -> list[KeyedGesture]:
    """The first nine labels on the keys 1 to 9; data: recordings to play where there are any."""
    found: Mapping[str, list[np.ndarray]] = {label: [] for label in labels}
    for recording in data.recordings if data else ():
        if recording.label in found:
            found[recording.label].append(_every_20_ms(recording))
    pairs = zip(DIGITS, labels, strict=False)
    return [KeyedGesture(key, label, tuple(found[label])) for key, label in pairs]


def _every_20_ms(recording: Recording) -> np.ndarray:
    """The samples at the hand's rate, int (n, 3)."""
    times = np.arange(recording.time_ms[0], recording.time_ms[-1] + 1, 1000 * PERIOD_S)
    axes = [np.interp(times, recording.time_ms, axis) for axis in recording.samples.T]
    return np.rint(np.stack(axes, axis=1)).astype(int)


class KeyedHand:
    """Moves a board as keys say; see the module. ``doing`` is what the hand does, in words.

    Keys: "left", "right", "up", "down" (tilt), "shake", and the digits of ``gestures``. now_us: the
    clock by which keys are held (default: the board's). A board that runs ahead of real time needs
    the computer's, because a person holds keys in real time.
    """

    def __init__(
        self,
        board: VirtualBoard,
        gestures: Sequence[KeyedGesture],
        now_us: Callable[[], int] | None = None,
    ) -> None:
        self.gestures = list(gestures)
        self._of_key = {gesture.key: gesture for gesture in gestures}
        self._board = board
        self._now_us = now_us or (lambda: board.time_us)
        self._hand = LiveHand(TARGETS[board.kind].sensor)
        self._keys = HeldKeys()
        self._rng = np.random.default_rng(0)
        self._making = ""
        self._asked = ""  # the digit that came while the hand was busy
        self._cannot = ""
        self._due_us = board.time_us

    @property
    def row(self) -> np.ndarray:
        """Where the hand is: right, forwards, up in m, pitch, roll, yaw in radians: (6,)."""
        return self._hand.row

    @property
    def doing(self) -> str:
        """What the hand does, in words."""
        if self._hand.is_busy and self._making:
            return self._making
        if self._cannot:
            return self._cannot
        held = self._keys.held(self._now_us())
        words = ["shaking"] if "shake" in held else []
        if tilted := [TILTED[key] for key in held if key in TILTED]:
            words.append(f"tilted {in_words(tilted)}")
        return ", ".join(words) or "flat, face up"

    def press(self, key: str) -> None:
        """A key has come; an unknown one does nothing."""
        gesture = self._of_key.get(key)
        self._cannot = ""
        if gesture is not None and not gesture.can_be_made:
            self._cannot = f"cannot make {gesture.label} without --data DATASET"
        elif gesture is not None or key in (*TILTED, "shake"):
            self._keys.press(key, self._now_us())
            if gesture is not None:
                self._asked = key
            elif self._hand.is_busy and self._making:
                self._asked = self._making = ""
                self._hand.interrupt()

    def play_again(self) -> None:
        """Nothing: there is no recording to play from its start."""

    def run(self, pace: Pace, seconds: float) -> None:
        """Run the board for ``seconds`` and move it meanwhile."""
        end_us = self._board.time_us + round(seconds * 1e6)
        while self._due_us < end_us:
            pace.run(max(0, self._due_us - self._board.time_us) / 1e6)
            self._obey()
            self._board.tilt(*self._hand.advance())
            self._due_us += PERIOD_US
        pace.run(max(0, end_us - self._board.time_us) / 1e6)

    def _obey(self) -> None:
        """Give the hand its posture, or begin a gesture when the one before is over."""
        held = self._keys.held(self._now_us())
        self._hand.pitch = TILT * (("down" in held) - ("up" in held))
        self._hand.roll = TILT * (("right" in held) - ("left" in held))
        self._hand.shaking = "shake" in held
        if self._hand.is_busy:
            return
        self._making = ""
        again = self._keys.repeated(self._now_us())
        digits = [key for key in (self._asked, *again) if key in self._of_key]
        self._asked = ""
        if digits:
            self._begin(self._of_key[digits[0]])

    def _begin(self, gesture: KeyedGesture) -> None:
        self._making = gesture.label
        if gesture.recordings:
            self._hand.play(gesture.recordings[self._rng.integers(len(gesture.recordings))])
        else:
            self._hand.make(gesture.label)
