"""A pupil's own program on a board: its files, and what it prints, until it ends or stops."""

from __future__ import annotations

import re
from collections.abc import Callable

from microbit_ml.board.link import Link
from microbit_ml.board.repl import BoardGoneError
from microbit_ml.errors import ProgramError
from microbit_ml.image.program import Problem, Program
from microbit_ml.model import Model

QUIET_S = 1.0  # after a traceback: it scrolls over the display before the prompt comes
READ_S = 0.02
_FILES = (b'File "main.py"', b'File "__main__"')  # the program's file, on V2 and on V1
_BANNER = b"MicroPython v"
_TRACEBACK = re.compile(
    rb"Traceback \(most recent call last\):\r?\n(?P<calls>(?:  File [^\n]*\n)*)"
    rb"(?P<error>[A-Za-z_]\w*(?:: [^\r\n]*)?)\r?\n"
)
_PROMPT = re.compile(rb"MicroPython v[^\n]*\n[^\n]*\n>>> $")  # the banner, and the prompt
_LINE = re.compile(rb'"(?:main\.py|__main__)", line (\d+)')
_KEPT = 4000  # bytes: more than the longest traceback
_LONGEST_BANNER = 200


def files_of(program: Program, model: Model | None, kind: str) -> dict[str, bytes]:
    """The files for a target: the program, with the recognizer if it is imported.

    Raises ProgramError when the target cannot run the program.
    """
    program.check([kind])
    if model is None:
        return {"main.py": program.source}
    return model.board_files(program.source, kind)


class Output:
    """What a program prints, with the name of its own file in tracebacks.

    failed: whether a traceback was the last that came; ended: whether the program is over; error:
    why it stopped, if it stopped with an error.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._name = f'File "{program.path.name}"'.encode()
        self._seen = b""
        self._held = b""  # perhaps the beginning of a file's name or of the banner
        self._latest_s = 0.0
        self.failed = False
        self.ended = False
        self.error: ProgramError | None = None

    def take(self, sent: bytes, now_s: float) -> bytes:
        """Take what has come at a time of the board's clock; returns what is to be shown."""
        if sent:
            self._latest_s = now_s
            self._seen = (self._seen + sent)[-_KEPT:]
        self._look(now_s)
        text = self._held + sent
        for name in _FILES:
            text = text.replace(name, self._name)
        if self.ended:
            return _PROMPT.sub(b"", text)
        shown = len(text) - (_n_begun(text) if sent else 0)
        self._held = text[shown:]
        return text[:shown]

    def _look(self, now_s: float) -> None:
        """See whether the program is over, and why."""
        at_prompt = bool(_PROMPT.search(self._seen))
        traceback = max(_TRACEBACK.finditer(self._seen), key=lambda one: one.end(), default=None)
        after = self._seen[traceback.end() :] if traceback else b""
        self.failed = traceback is not None and not _PROMPT.sub(b"", after).strip()
        is_quiet = self.failed and now_s - self._latest_s >= QUIET_S
        self.ended = at_prompt or is_quiet
        if self.ended and self.failed and traceback is not None:
            self.error = self._error(traceback["calls"], traceback["error"])

    def _error(self, calls: bytes, error: bytes) -> ProgramError:
        text = error.decode("utf-8", "replace")
        lines = _LINE.findall(calls)
        if not lines:
            return ProgramError(f"The program {self._program.path} stopped: {text}.")
        number = int(lines[-1])
        line = self._program.line(number)
        problem = Problem(number, len(line) - len(line.lstrip()) + 1, "")
        return ProgramError(
            f"{self._program.path} stopped in line {number}: {text}."
            f"{self._program.shown(problem)}\n"
            f"Correct it, then use the same command again."
        )


def follow(
    link: Link,
    output: Output,
    begun: bytes,
    show: Callable[[bytes], None],
    seconds: float | None,
    obey: Callable[[], None],
) -> None:
    """Show what a board's program prints until it is over, or for ``seconds``.

    begun: what it has sent already; obey: called now and then; raises what ends the following.
    Raises BoardError when the board is unplugged.
    """
    link.port.timeout = READ_S
    end_s = None if seconds is None else link.clock() + seconds
    show(output.take(begun, link.clock()))
    while not output.ended and (end_s is None or link.clock() < end_s):
        obey()
        show(output.take(_read(link), link.clock()))


def _read(link: Link) -> bytes:
    try:
        return link.port.read(link.port.in_waiting or 1)
    except OSError as error:
        raise BoardGoneError(
            f"The micro:bit at {link.name} was disconnected ({error}). The program is on it. "
            "Plug it in and use the same command again."
        ) from error


def _n_begun(text: bytes) -> int:
    """How many bytes at the end may be the beginning of a file's name, or are of the banner."""
    at = text.rfind(_BANNER)
    if at >= 0 and len(text) - at < _LONGEST_BANNER:
        return len(text) - at
    begun = (n for one in (*_FILES, _BANNER) for n in range(1, len(one)) if text.endswith(one[:n]))
    return max(begun, default=0)
