"""Recorder: a board that sends every sample of its accelerometer, and shows signs on demand.

The program is ``firmware/recorder.py``. It is copied beside the board's own files when it is absent
or outdated, and started over the raw REPL. After recording the board is restarted, so that its own
``main.py`` runs as before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import TracebackType

from microbit_ml.board.answers import INT16, Number, Question, Text, all_fit
from microbit_ml.board.frames import NUMBERS, Frame, FrameReader, lost_between
from microbit_ml.board.link import Link
from microbit_ml.board.repl import (
    CTRL_D,
    BoardGoneError,
    RawRepl,
)
from microbit_ml.board.upload import (
    WHOLE,
    BoardFullError,
    checksum_of,
    file_state,
    put_file,
    restart,
)
from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.errors import BoardError
from microbit_ml.image.board_files import without_comments
from microbit_ml.targets import by_chip

NAME = "recorder.py"
RATE_HZ = 50
SILENCE_S = 2.0  # of a recorder that sends 50 samples a second
RECORDING, KEPT, THROWN_AWAY, WAITING = "rynw"  # signs that the board can show, beside digits
_COUNT = Number(-INT16, INT16 - 1)
FRAMES = {"s": (Number(0, NUMBERS - 1), _COUNT, _COUNT, _COUNT), "a": (), "b": ()}
MACHINE = Question("the name of its chip", Text(64))
_START = b"import recorder\nrecorder.stream()" + CTRL_D


@dataclass(frozen=True)
class Sample:
    """The result of ``accelerometer.get_values()``, in counts.

    lost: the number of samples missing before this one: they or their lines were lost.
    """

    counts: tuple[int, int, int]
    lost: int = 0


@dataclass(frozen=True)
class Press:
    """Button "a" or "b" was pressed on the board."""

    button: str


class RecorderStoppedError(BoardError):
    """The board has stopped sending samples; it may have been reset. It can be started again."""


class Recorder:
    """``with Recorder(link) as recorder: recorder.events()``.

    ``board`` is the title of its target, such as "V1". Every method raises BoardError when the
    board does not answer, runs something other than MicroPython, or is unplugged (BoardGoneError).
    """

    def __init__(self, link: Link) -> None:
        self._port = link.port
        self._clock = link.clock
        self._repl = RawRepl(link.port, link.clock)
        self.name = link.name
        self.board = ""

    def __enter__(self) -> Recorder:
        try:
            self.start()
        except BaseException:
            self._stop_whatever_happens()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self.stop()
        else:
            self._stop_whatever_happens()

    def start(self) -> None:
        """Stop the board's program, install the recorder if needed, and start it."""
        enter(self._repl)
        self.board = kind_of(self._repl)
        install(self._repl)
        restart(self._repl)  # V1 needs its memory in one piece to load the recorder
        self._reader = FrameReader()
        self._number: int | None = None
        self._received_at = self._clock()
        self._write(_START)

    def stop(self) -> None:
        """Start the board again: its own main.py runs."""
        try:
            self._start_again()
        except KeyboardInterrupt:
            self._start_again()  # the board gets its program back, then the program ends
            raise

    def events(self) -> list[Sample | Press]:
        """What the board has sent since the last call; waits a few milliseconds for something.

        Raises RecorderStoppedError when no new sample has come for two seconds.
        """
        try:
            data = self._port.read(self._port.in_waiting or 1)
        except OSError as error:
            raise _gone(self.name, error) from error
        events = [event for frame in self._reader.feed(data) if (event := self._event(frame))]
        if any(isinstance(event, Sample) for event in events):
            self._received_at = self._clock()
        elif self._clock() - self._received_at > SILENCE_S:
            last = (
                f" The last line it sent: {self._reader.text[-1]!r}." if self._reader.text else ""
            )
            raise RecorderStoppedError(
                f"The micro:bit on {self.name} has stopped sending samples: it was reset, or its "
                f"recorder stopped.{last} Try again."
            )
        return events

    def show(self, letter: str) -> None:
        """Let the board show a digit, or RECORDING, KEPT, THROWN_AWAY, WAITING."""
        self._write(letter.encode("ascii") + b"\n")

    def _event(self, frame: Frame) -> Sample | Press | None:
        if not all_fit(FRAMES.get(frame.letter, (Number(0, 0),) * 9), frame.numbers):
            return None  # of another program
        if frame.letter in ("a", "b"):
            return Press(frame.letter)
        number, x, y, z = frame.numbers
        lost = 0 if self._number is None else lost_between(self._number, number)
        if lost < 0:
            return None  # the same line twice
        self._number = number
        return Sample((x, y, z), lost)

    def _write(self, data: bytes) -> None:
        try:
            self._port.write(data)
        except OSError as error:
            raise _gone(self.name, error) from error

    def _start_again(self) -> None:
        self._repl.enter()
        self._repl.soft_reset()

    def _stop_whatever_happens(self) -> None:
        """Stop the board while another error is raised; a board that is gone cannot be stopped."""
        with suppress(BoardError):
            self.stop()


def enter(repl: RawRepl) -> None:
    """Stop the board's program, and enter its raw REPL with an empty heap.

    Raises BoardError, with advice, when the board has no MicroPython.
    """
    try:
        restart(repl)
    except BoardGoneError:
        raise
    except BoardError as error:
        raise BoardError(
            f"{error} MicroPython comes with a model that you flash, or with any .hex file that "
            "python.microbit.org saves: drag it onto the MICROBIT drive."
        ).mended_by_flash(*WHOLE) from error


@contextmanager
def at_prompt(link: Link) -> Iterator[RawRepl]:
    """The board's raw REPL. Afterwards, whatever happens, the board's main.py is started."""
    repl = RawRepl(link.port, link.clock)
    try:
        enter(repl)
        yield repl
    except BaseException:
        with suppress(BoardError):
            repl.enter()
            repl.soft_reset()
        raise
    repl.soft_reset()


def kind_of(repl: RawRepl) -> str:
    """The title of a board's target, such as "V1"; "" for an unknown board."""
    target = by_chip(machine_of(repl))
    return target.title if target else ""


def machine_of(repl: RawRepl) -> str:
    """The name that MicroPython gives the board and its chip. Raises BoardError."""
    return repl.ask(MACHINE, "import os\nprint(repr(os.uname().machine))")


def install(repl: RawRepl) -> None:
    """Put the recorder on the board when it is absent or outdated.

    The board's other files stay as they are. Raises BoardFullError when there is no room.
    """
    content = without_comments((firmware_folder() / NAME).read_bytes())
    if file_state(repl, [NAME]).get(NAME) == (len(content), checksum_of(content)):
        return
    try:
        put_file(repl, NAME, content)
    except BoardFullError as error:
        raise BoardFullError(
            f"The file system of the micro:bit is full: the recorder ({len(content):,} bytes) "
            "does not fit. Flash a smaller program, record, then flash your own again."
        ) from error


def _gone(name: str, error: OSError) -> BoardGoneError:
    return BoardGoneError(
        f"The micro:bit on {name} was disconnected ({error}). It was unplugged, or another program "
        "opened its port. All recordings so far are kept. Plug it in, then continue."
    )
