"""Watching a board that runs the kit: its samples, scores and decisions while it recognises.

The board's own program is stopped meanwhile. A small one replaces it in memory, over the raw REPL,
and nothing is written to the board's files. It samples and decides with the board's own
recognizer, and sends frames (:mod:`microbit_ml.board.frames`)::

    i  bytes 4 to 16 of the board's model (quantize/device_file.py), once
    n  label, a byte of its name in UTF-8: all names, once
    s  number of the sample, x, y, z
    d  number of the newest sample in its window, label (-1: unknown), confidence, the scores
    t  number of the newest sample, label that next() has returned: a gesture was detected
    m  number of samples that the board was too late to read so far

Afterwards a soft reset starts the board's main.py again.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from microbit_ml.board.answers import INT16, INT32, Number, all_fit
from microbit_ml.board.frames import NUMBERS, Frame, FrameReader, lost_between
from microbit_ml.board.link import Link
from microbit_ml.board.repl import CTRL_D, BoardGoneError, BoardProgramError, RawRepl
from microbit_ml.board.watch_model import BoardModel, damaged, model_of
from microbit_ml.board.watch_program import PROGRAMS
from microbit_ml.errors import BoardError

READ_BYTES, READ_S = 256, 0.02  # a read ends after this many bytes, or after this time
BEGIN_S = 10.0  # V1 takes two seconds to load the kernels and check the model
SILENCE_S = 3.0  # without a sample for so long, a board has stopped: it should send 50 a second
BEGIN_BYTES = 2**15  # of the description of a model: V1 has memory for labels of 2 KB
_NUMBER = Number(0, NUMBERS - 1)
_INT16, _INT32 = Number(-INT16, INT16 - 1), Number(-INT32, INT32 - 1)
_ERROR = re.compile(r"\w*(Error|Interrupt)\b")  # the start of the last line of a traceback
RATE_S = 2.0  # the period for measuring the rate of samples


class Sample(NamedTuple):
    """One reading of the accelerometer, in counts. ``number`` counts from 0, with lost samples."""

    number: int
    x: int
    y: int
    z: int


class Decision(NamedTuple):
    """The board's result for the window that ends with sample ``number``.

    It differs from :class:`~microbit_ml.quantize.Prediction` because it is an event: one of many
    that come over the serial line, with the board's own decision and without features.
    label_index: an index into the names, or -1 for unknown; confidence: 0 or more means known.
    """

    number: int
    label_index: int
    confidence: int
    scores: tuple[int, ...]


class Detection(NamedTuple):
    """The recognizer detected a gesture at sample ``number``; label is an index into the names."""

    number: int
    label: int


Event = Sample | Decision | Detection


class Watch:
    """A board that is being watched: :meth:`read` returns its events since the last call.

    ``lost`` counts samples that did not arrive, ``missed`` samples that the board itself was too
    late to read, ``damaged`` lines with a wrong checksum.
    """

    def __init__(
        self, link: Link, model: BoardModel, reader: FrameReader, received: list[Frame]
    ) -> None:
        self.model = model
        self.samples = self.lost = self.missed = 0
        self._link = link
        self._reader = reader
        self._frames = received  # not yet returned by read()
        self._shapes = _shapes(len(model.names))
        self._last = -1  # number of the last sample
        self._received_at = self._frame_at = link.clock()
        self._first = (self._received_at, 0)  # time of the first samples, and their number
        self._arrived: deque[tuple[float, int]] = deque([(self._received_at, 0)])

    @property
    def damaged(self) -> int:
        """The number of lines that began as a frame but are not valid."""
        return self._reader.damaged

    @property
    def rate_hz(self) -> float:
        """Samples received per second, over the last two seconds."""
        (began, before), (now, count) = self._arrived[0], self._arrived[-1]
        return (count - before) / (now - began) if now > began else 0.0

    @property
    def mean_hz(self) -> float:
        """Samples received per second, since the first ones."""
        (began, before), (now, count) = self._first, self._arrived[-1]
        return (count - before) / (now - began) if now > began else 0.0

    def read(self) -> list[Event]:
        """The events that have arrived, or arrive within 20 ms.

        Raises BoardGoneError when the port breaks, BoardError when no new sample has come for three
        seconds, whatever else the board sends.
        """
        frames = [*self._frames, *self._reader.feed(_read(self._link))]
        self._frames = []
        before = self.samples
        events = [self._event(frame) for frame in frames]
        if frames:
            self._frame_at = self._link.clock()
        self._keep_time(self.samples > before)
        return [event for event in events if event is not None]

    def _keep_time(self, received: bool) -> None:
        now = self._link.clock()
        if received:
            self._received_at = now
        elif now - self._received_at > SILENCE_S:
            raise self._why_silent()
        if not self._first[1]:
            self._first = (now, self.samples)
            self._arrived.clear()
        self._arrived.append((now, self.samples))
        while self._arrived[0][0] < now - RATE_S:
            self._arrived.popleft()

    def _event(self, frame: Frame) -> Event | None:
        """None for a frame without news, or of another program."""
        letter, numbers = frame
        if letter not in self._shapes or not all_fit(self._shapes[letter], numbers):
            return None
        if letter == "s":
            return self._sample(*numbers)
        if letter == "d":
            number, label, confidence, *scores = numbers
            return Decision(self._unwrap(number), label, confidence, tuple(scores))
        if letter == "t":
            return Detection(self._unwrap(numbers[0]), numbers[1])
        self.missed = numbers[0]
        return None

    def _sample(self, number: int, x: int, y: int, z: int) -> Sample | None:
        missing = lost_between(self._last, number)
        if missing < 0:
            return None  # the same line twice
        self.lost += missing
        self.samples += 1
        self._last += missing + 1
        return Sample(self._last, x, y, z)

    def _unwrap(self, number: int) -> int:
        """Undo the wrap-around of a frame's number (0 to 9999): the nearest to the last one."""
        half = NUMBERS // 2
        return self._last + (number - self._last + half) % NUMBERS - half

    def _why_silent(self) -> BoardError:
        why = _failure(self._reader)
        if why and not (self.samples and _is_memory(why)):  # a board that sampled had enough
            return _explained(why, self._link.name)
        text = self._reader.text
        last = f" The last line it sent: {text[-1]!r}." if text else ""
        what = "no new sample" if self._link.clock() - self._frame_at < SILENCE_S else "nothing"
        return BoardError(
            f"The micro:bit on {self._link.name} has sent {what} for {SILENCE_S:g} s. Was it "
            f"reset, or the cable pulled out?{last} Plug it in again, then try again."
        )


@contextmanager
def watching(link: Link) -> Iterator[Watch]:
    """Stop the board's program, watch it, and start its main.py again, however the block ends.

    Raises BoardError when the board has no MicroPython, not the kit, no model or too little
    memory, and when it goes away.
    """
    repl = RawRepl(link.port, link.clock)
    try:
        repl.enter()
    except KeyboardInterrupt:
        _try_to_let_go(repl)
        raise
    try:
        yield _start(repl, link)
    except BoardGoneError:
        raise
    except BaseException:
        _try_to_let_go(repl)
        raise
    _let_go(repl)


def _try_to_let_go(repl: RawRepl) -> None:
    with suppress(BoardError):  # the earlier error is the one that matters
        _let_go(repl)


def _let_go(repl: RawRepl) -> None:
    """Let main.py run again."""
    try:
        repl.soft_reset()
    except KeyboardInterrupt:
        repl.enter()
        repl.soft_reset()
        raise
    except BoardGoneError:
        raise
    except BoardError:
        repl.enter()
        repl.soft_reset()


def _start(repl: RawRepl, link: Link) -> Watch:
    """Put the program into the board's memory and start it; wait for the first sample."""
    why = ""
    for *commands, start in PROGRAMS:
        repl.soft_reset_raw()
        reader, received = FrameReader(), list[Frame]()
        why = _define(repl, commands)
        if not why:
            link.port.timeout = READ_S
            _write(link, start.encode() + CTRL_D)
            why = _wait_for_sample(link, reader, received)
        if not why:
            if reader.damaged:
                raise damaged(link.name)
            return Watch(link, model_of(received, link.name), reader, received)
        if not _is_memory(why):
            break
    raise _explained(why, link.name)


def _define(repl: RawRepl, commands: list[str]) -> str:
    """Run commands that print nothing; returns "", or why one failed."""
    try:
        for command in commands:
            repl.exec(command)
    except BoardProgramError as error:
        return error.last_line or "an error without a name"
    return ""


def _wait_for_sample(link: Link, reader: FrameReader, received: list[Frame]) -> str:
    """Add frames to ``received`` until the first sample; returns "", or why none came."""
    deadline = link.clock() + BEGIN_S
    n_bytes = 0
    while not any(frame.letter == "s" for frame in received):
        if why := _failure(reader):
            return why
        if link.clock() >= deadline or n_bytes > BEGIN_BYTES:
            raise BoardError(
                f"The recognizer on {link.name} did not start sampling within {BEGIN_S:g} s. "
                "Press the board's reset button, then try again."
            )
        data = _read(link)
        n_bytes += len(data)
        received += reader.feed(data)
    return ""


def _read(link: Link) -> bytes:
    try:
        return link.port.read(READ_BYTES)
    except OSError as error:
        raise _gone(link, error) from error


def _write(link: Link, data: bytes) -> None:
    try:
        link.port.write(data)
    except OSError as error:
        raise _gone(link, error) from error


def _gone(link: Link, error: OSError) -> BoardGoneError:
    return BoardGoneError(
        f"The micro:bit on {link.name} was disconnected ({error}). It was unplugged, or another "
        "program opened its port. Plug it in, close other programs, then try again."
    )


def _failure(reader: FrameReader) -> str:
    """The last line of the traceback that ended the program, or ""."""
    return next((line for line in reader.text if _ERROR.match(line)), "")


def _shapes(n_labels: int) -> dict[str, tuple[Number, ...]]:
    """The numbers of each frame that comes while a board samples."""
    return {
        "s": (_NUMBER, _INT16, _INT16, _INT16),
        "d": (_NUMBER, Number(-1, n_labels - 1), *[_INT32] * (1 + n_labels)),
        "t": (_NUMBER, Number(0, n_labels - 1)),
        "m": (Number(0, INT32),),
    }


def _is_memory(why: str) -> bool:
    return "too little memory" in why or "MemoryError" in why


def _explained(why: str, board: str) -> BoardError:
    """why: the last line of the board's traceback."""
    if _is_memory(why):
        return BoardError(
            f"The micro:bit on {board} has too little memory to be watched with this model. Train "
            "one with fewer hidden units or a shorter window, or watch it on a V2."
        )
    if why.startswith("ImportError"):
        return BoardError(
            f"The micro:bit on {board} runs MicroPython, but not the kit ({why}). Put a model on "
            "it first."
        ).mended_by_flash()
    return BoardError(
        f"The recognizer on {board} stopped ({why}). Put the model on the board again."
    ).mended_by_flash()
