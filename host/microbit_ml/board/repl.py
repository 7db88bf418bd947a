"""Raw REPL: running Python commands on a micro:bit over its serial line.

MicroPython's raw REPL is a prompt for programs. Ctrl-C stops the running program, Ctrl-A enters raw
mode. A command ends with Ctrl-D, and the answer is::

    OK <what it printed> 04 <traceback, or nothing> 04 >

The board receives into a buffer of 64 bytes (V1), so commands travel in slices of 32 bytes. A
command of about 6 KB makes a V1 hang, so no command may be longer than 512 bytes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Protocol

from microbit_ml.board.answers import Question, shown
from microbit_ml.errors import BoardError

CTRL_A, CTRL_B, CTRL_C, CTRL_D = b"\x01", b"\x02", b"\x03", b"\x04"
RAW_PROMPT = b"raw REPL; CTRL-B to exit\r\n>"
FRIENDLY_PROMPT = b">>> "

MAX_COMMAND_BYTES = 512
SLICE_BYTES = 32
POLL_S = 0.005  # 32 bytes take 2.8 ms at 115200 baud
ENTER_ATTEMPTS = 3
ENTER_TIMEOUT_S = 2.0
TIMEOUT_S = 10.0  # tidying up V2's file system takes seconds
MOST_BYTES = 2**15  # that a command may print, unless its question says how much
TRACEBACK_BYTES = 4096
KEPT_BYTES = 4096  # of what comes while only a prompt is awaited


class SerialPort(Protocol):
    """The part of pyserial's interface that is used here."""

    timeout: float | None

    @property
    def in_waiting(self) -> int: ...
    def read(self, size: int = 1) -> bytes: ...
    def write(self, data: bytes) -> int | None: ...


class CommandTooLongError(BoardError, ValueError):
    """A command has more bytes than a board accepts at once."""


class BoardGoneError(BoardError):
    """The port broke: the board was unplugged, or another program opened it."""


class BoardProgramError(BoardError):
    """A command failed on the board; ``traceback`` is what the board printed."""

    def __init__(self, traceback: str) -> None:
        self.traceback = traceback
        super().__init__(
            f"The micro:bit reports an error:\n{traceback or 'an error without a name'}\n"
            "Press its reset button, then try again."
        )

    @property
    def last_line(self) -> str:
        """What went wrong, such as "MemoryError: "; the lines before it say where."""
        return next(reversed(self.traceback.splitlines()), "")


class RawRepl:
    """Runs commands on a board: ``with RawRepl(port) as repl: repl.exec("print(1 + 1)")``.

    ``port`` is an open serial port at 115200 baud, or anything that behaves like pyserial's; its
    timeout is set to 5 ms. It waits only by reading from the port, which keeps a virtual board
    running; pass the board's own time in seconds as ``clock`` for deadlines in that time.
    Every method raises BoardError when the board does not answer or is unplugged.
    """

    def __init__(self, port: SerialPort, clock: Callable[[], float] = time.monotonic) -> None:
        self._port = port
        self.clock = clock
        name = getattr(port, "port", None)
        self.board = f"The micro:bit on {name}" if name else "The micro:bit"
        self._received = b""  # received, not yet used
        self.timeout_s = TIMEOUT_S
        port.timeout = POLL_S

    def __enter__(self) -> RawRepl:
        self.enter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self.exit()
        except BoardError:
            if error is None:
                raise

    def enter(self) -> None:
        """Stop the running program and enter the raw REPL, whatever state the board is in.

        Tries three times, with a soft reset before the second and third.
        """
        received = b""
        for attempt in range(ENTER_ATTEMPTS):
            if attempt:
                self._send(CTRL_B + CTRL_C + CTRL_D)
                self._listen(0.5)  # V2 takes 0.3 s to start
            # The first Ctrl-C may be lost on a board that waits for input.
            self._send(b"\r" + CTRL_C)
            self._listen(0.1)
            self._send(CTRL_C)
            self._listen(0.1)
            received += self._received
            self._received = b""
            self._send(CTRL_A)
            if self._wait_for(RAW_PROMPT, ENTER_TIMEOUT_S):
                self._received = b""
                return
            received += self._received
        raise BoardError(self._why_no_prompt(received))

    def ask(self, question: Question, command: str) -> Any:
        """Run a command that prints the answer to a question, and return it as declared there.

        Raises AnswerError when the answer does not fit, otherwise as :meth:`exec` does.
        """
        answer = self.run(command, most_bytes=question.most_bytes)
        return question.read(_text(answer), self.board)

    def exec(
        self,
        command: str | bytes,
        timeout_s: float | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> str:
        """Run ``command`` (at most 512 bytes, text in UTF-8) and return what it printed.

        Raises BoardProgramError with the board's traceback when it fails there,
        CommandTooLongError, and BoardError when no complete answer comes within ``timeout_s`` (by
        default 10), or more than ``most_bytes``: the command is then interrupted, and
        :meth:`enter` starts afresh.
        """
        return _text(self.run(command, timeout_s, most_bytes))

    def run(
        self,
        command: str | bytes,
        timeout_s: float | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> bytes:
        """As :meth:`exec`; returns the bytes as they came."""
        timeout_s = self.timeout_s if timeout_s is None else timeout_s
        encoded = command.encode("utf-8") if isinstance(command, str) else command
        if len(encoded) > MAX_COMMAND_BYTES:
            raise CommandTooLongError(
                f"A command for the micro:bit has {len(encoded)} bytes, but a board accepts at "
                f"most {MAX_COMMAND_BYTES} at once. Send it in smaller pieces."
            )
        self._send(encoded + CTRL_D)
        deadline = self.clock() + timeout_s
        start = self._take(2, deadline, timeout_s)
        if start != b"OK":
            self._listen(0.1)
            answer = start + self._received
            raise BoardError(
                f"{self.board} answered {shown(answer)} instead of OK to a command. "
                f"The serial line was disturbed. Close other programs that use the "
                f"micro:bit, then try again."
            )
        output = self._take_to(CTRL_D, deadline, timeout_s, most_bytes)
        failure = self._take_to(CTRL_D, deadline, timeout_s, TRACEBACK_BYTES)
        self._take_to(b">", deadline, timeout_s, TRACEBACK_BYTES)
        if failure:
            raise BoardProgramError(_text(failure).strip())
        return output

    def soft_reset(self) -> bytes:
        """Leave the raw REPL and start MicroPython again, so that main.py runs.

        Returns what the program has sent already.
        """
        self.exit()
        self._send(CTRL_D)
        if not self._wait_for(b"soft reboot", TIMEOUT_S):
            raise self._no_restart()
        _, _, begun = self._received.partition(b"soft reboot")
        self._received = b""
        return begun.removeprefix(b"\r\n")

    def soft_reset_raw(self) -> None:
        """Start MicroPython again, with an empty heap, in the raw REPL: main.py does not run.

        The raw REPL must have been entered.
        """
        self._received = b""
        self._send(CTRL_D)
        if not (self._wait_for(b"soft reboot", TIMEOUT_S) and self._wait_for(RAW_PROMPT, 2.0)):
            raise self._no_restart()
        self._received = b""

    def exit(self) -> None:
        """Return to the ordinary prompt ``>>>``. The board's program stays stopped."""
        self._send(b"\r" + CTRL_C + CTRL_B)
        self._wait_for(FRIENDLY_PROMPT, ENTER_TIMEOUT_S)
        self._received = b""

    def _why_no_prompt(self, received: bytes) -> str:
        if not received:
            return (
                f"{self.board} does not answer. It may run a program that is not MicroPython "
                f"(flash it first), another program may be using it (close that), or the cable is "
                f"loose (plug it in again)."
            )
        if FRIENDLY_PROMPT in received or b"raw REPL" in received or b"MicroPython" in received:
            return (
                f"{self.board} runs MicroPython, but its answers are garbled. It sent: "
                f"{shown(received[-60:])}. Close other programs that use it, press its reset "
                f"button, then try again."
            )
        return (
            f"{self.board} runs a program that is not MicroPython, or one that cannot be "
            f"stopped. It sent: {shown(received[-60:])}. Flash it, then try again."
        )

    def _take(self, size: int, deadline: float, timeout_s: float) -> bytes:
        while len(self._received) < size:
            self._receive_before(deadline, timeout_s)
        taken, self._received = self._received[:size], self._received[size:]
        return taken

    def _take_to(self, mark: bytes, deadline: float, timeout_s: float, most: int) -> bytes:
        """Consume everything up to ``mark``; return what comes before it, ``most`` bytes."""
        while mark not in self._received[: most + 1]:
            if len(self._received) > most:
                raise self._endless(most)
            self._receive_before(deadline, timeout_s)
        taken, _, self._received = self._received.partition(mark)
        return taken

    def _endless(self, most: int) -> BoardError:
        partial = self._received
        self._send(CTRL_C)
        self._received = b""
        return BoardError(
            f"{self.board} sent more than {most:,} bytes in answer to a command, so it was "
            f"stopped. They begin with {shown(partial)}. Try again. If that does not help, press "
            "the board's reset button."
        )

    def _receive_before(self, deadline: float, timeout_s: float) -> None:
        if self.clock() >= deadline:
            partial = self._received[-60:]
            self._send(CTRL_C)
            raise BoardError(
                f"{self.board} did not finish a command within {timeout_s:g} s, so it was "
                f"stopped. Its answer so far: {shown(partial)}. Try again. If that does not help, "
                f"press the board's reset button."
            )
        self._receive()

    def _wait_for(self, mark: bytes, timeout_s: float) -> bool:
        deadline = self.clock() + timeout_s
        while mark not in self._received:
            if self.clock() >= deadline:
                return False
            self._forget()
            self._receive()
        return True

    def _listen(self, duration_s: float) -> None:
        deadline = self.clock() + duration_s
        while self.clock() < deadline:
            self._forget()
            self._receive()

    def _forget(self) -> None:
        """Keep only the end of what came: a program may print without end."""
        self._received = self._received[-KEPT_BYTES:]

    def _receive(self) -> None:
        """Read what has come, or wait up to 5 ms for the next byte."""
        try:
            self._received += self._port.read(self._port.in_waiting or 1)
        except OSError as error:
            raise self._gone(error) from error

    def _send(self, data: bytes) -> None:
        try:
            for i in range(0, len(data), SLICE_BYTES):
                self._port.write(data[i : i + SLICE_BYTES])
                # More bytes than can arrive: this read lasts as long as the port's timeout.
                self._received += self._port.read(4096)
        except OSError as error:
            raise self._gone(error) from error

    def _no_restart(self) -> BoardError:
        return BoardError(f"{self.board} did not restart. Press its reset button.")

    def _gone(self, error: OSError) -> BoardError:
        return BoardGoneError(
            f"{self.board} was disconnected ({error}). It was unplugged, or another program "
            f"opened its port. Plug it in, close other programs, then try again."
        )


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace("\r\n", "\n")
