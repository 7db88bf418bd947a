"""Running the recognizer on a board remotely: counts in, integers out, over serial.

The kit's launcher answers lines (``firmware/answer.py`` lists them). A line stays below the 63
bytes that V1's receiver holds, and the next one is sent only after the answer.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from microbit_ml.board.answers import (
    DISTURBED,
    INT16,
    INT32,
    AnswerError,
    Many,
    Number,
    Question,
    Shape,
    shown,
)
from microbit_ml.board.repl import SerialPort
from microbit_ml.board.upload import WHOLE
from microbit_ml.errors import BoardError
from microbit_ml.quantize import Prediction, WorkLayout

PUT_NUMBERS = 5  # "205 -2048 ... -2048" and the end of the line: 35 bytes
ANSWER = b"\x01"  # starts an answer
TIMEOUT_S = 3.0
MOST_BYTES = 1024  # of a line; the longest answer has 120
READ_BYTES = 4096  # at a time
NUMBERS = Many(Number(-INT32, INT32 - 1), 9, 2)  # of ``work``, after the index of the first
LONGEST_ERROR = 200  # bytes of the last line of a traceback
_ERROR = re.compile(rb"\w+Error(: |\r?$)")
ATTEMPTS = (
    3  # the board may still be starting, or the line may hold half a command of another program
)


class RemoteRecognizer:
    """The recognizer of a board that runs the kit's launcher.

    port: an open serial port at 115200 baud, or a virtual one, then with its own time in seconds
    as clock; layout: that of the model that the board should carry. Every method raises BoardError
    when the board does not answer, or is unplugged.
    """

    def __init__(
        self,
        port: SerialPort,
        layout: WorkLayout,
        clock: Callable[[], float] = time.monotonic,
        name: str = "",
    ) -> None:
        self._port = port
        self._layout = layout
        self._clock = clock
        self._board = f"The micro:bit on {name}" if name else "The micro:bit"
        self._received = b""
        self._error = ""  # the last line of a traceback that the board printed
        port.timeout = 0.01
        self._wake()

    def put_window(self, window: np.ndarray) -> None:
        """Fill the recognizer's window. window: int (n_samples, 3) in counts."""
        numbers = window.reshape(-1).tolist()
        for begin in range(0, len(numbers), PUT_NUMBERS):
            some = numbers[begin : begin + PUT_NUMBERS]
            index = self._layout.WINDOW + begin
            after = index + len(some)
            self._ask(
                " ".join(map(str, [index, *some])),
                f"the index after {len(some)} numbers",
                Number(after, after),
            )

    def get_window(self) -> np.ndarray:
        """The counts in the recognizer's window: int16 (n_samples, 3)."""
        numbers = self._read(self._layout.WINDOW, 3 * self._layout.n_samples, INT16)
        return np.array(numbers, dtype=np.int16).reshape(-1, 3)

    def predict(self) -> int:
        """Let the board predict from its window; returns the checksum of its model."""
        four = self._ask("?", "its model's checksum", Many(Number(0, 255), 4, 4))
        return int.from_bytes(bytes(four), "little")

    def decide(self) -> Prediction:
        """Let the board predict from its window, and read everything that it computed.

        Raises BoardError also when its label does not follow from its own scores.
        """
        self.predict()
        layout = self._layout
        label, confidence = self._read(layout.LABEL, 2)
        features = self._read(layout.FEATURES, layout.n_features)
        scores = self._read(layout.scores, layout.n_labels)
        decided = Prediction(np.array([scores]), np.array([confidence]), np.array([features]))
        (expected,) = decided.label_index
        if label != expected:
            raise BoardError(
                f"{self._board} decided on label {label}, but its own scores mean label "
                f"{expected}. Put the model on it again."
            ).mended_by_flash()
        return decided

    def _read(self, index: int, count: int, bound: int = INT32) -> list[int]:
        """``count`` numbers of the board's ``work`` array, from ``index`` on."""
        numbers: list[int] = []
        while len(numbers) < count:
            at = index + len(numbers)
            first, *some = self._ask(str(at), f"its numbers from {at} on", NUMBERS)
            if first != at:
                raise self._garbled(f"its numbers from {at} on", f"those from {first} on")
            numbers += some
        numbers = numbers[:count]
        if not all(-bound <= number < bound for number in numbers):
            raise self._garbled("counts of the accelerometer", shown(str(numbers)))
        return numbers

    def _wake(self) -> None:
        """Wait for the first answer: the board may still be starting, or showing a gesture."""
        for attempt in range(ATTEMPTS):
            try:
                self._ask("0", "its numbers from 0 on", NUMBERS)
                return
            except BoardError:
                if attempt == ATTEMPTS - 1:
                    raise

    def _ask(self, line: str, what: str, shape: Shape) -> Any:
        self._received = b""
        try:
            self._port.write(line.encode("ascii") + b"\n")
        except OSError as error:
            raise self._gone(error) from error
        return Question(what, shape).read(self._next_answer(), self._board)

    def _next_answer(self) -> str:
        """The text of the next answer; skips names of gestures."""
        deadline = self._clock() + TIMEOUT_S
        while True:
            while b"\n" not in self._received:
                if self._clock() >= deadline or len(self._received) > MOST_BYTES:
                    raise self._silent()
                try:
                    waiting = min(self._port.in_waiting, READ_BYTES)
                    self._received += self._port.read(waiting or 1)
                except OSError as error:
                    raise self._gone(error) from error
            line, _, self._received = self._received.partition(b"\n")
            if not line.startswith(ANSWER):
                if _ERROR.match(line):
                    self._error = line[:LONGEST_ERROR].decode("utf-8", "replace").strip()
                continue
            return line[1:].decode("utf-8", "replace")

    def _silent(self) -> BoardError:
        if self._error:
            return BoardError(
                f"{self._board} stopped its program: {self._error}. Put the whole kit on it again."
            ).mended_by_flash(*WHOLE)
        return BoardError(
            f"{self._board} does not answer. It must run the kit's own launcher. "
            "Put the model on it."
        ).mended_by_flash()

    def _garbled(self, what: str, came: str) -> BoardError:
        return AnswerError(
            f"{self._board} gave an answer that does not fit the question. Asked for {what}, it "
            f"sent {came}. {DISTURBED}"
        )

    def _gone(self, error: OSError) -> BoardError:
        return BoardError(
            f"{self._board} was disconnected ({error}). It was unplugged, or another program "
            "opened its port. Plug it in, close other programs, then try again."
        )
