"""A command on a pseudo-terminal of 80 x 24, as a person sees it."""

from __future__ import annotations

import os
import re
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from terminal_screen import TerminalScreen

COLUMNS, LINES = 80, 24
SLOW_S = 90  # of real time, for a computer that does much else
REPEAT_S = 0.05  # between the repeats of a key that is held
_SEQUENCE = re.compile(r"\x1b\[[?0-9;]*[A-Za-z]|\x1b.")


class PtyTerminal:
    """Runs a command; ``screen`` is what it shows, ``printed`` its text without sequences."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]):
        import fcntl
        import struct
        import termios

        self._ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.screen = TerminalScreen(COLUMNS, LINES)
        self._raw = b""
        self._pending = b""
        self._running = subprocess.Popen(
            command, cwd=folder, env={**environment}, start_new_session=True,
            stdin=theirs, stdout=theirs, stderr=theirs,
        )  # fmt: skip
        os.close(theirs)

    @property
    def printed(self) -> str:
        """All that was printed, without sequences for the cursor and colours."""
        text = self._raw.decode("utf-8", "replace").replace("\r\n", "\n")
        return _SEQUENCE.sub("", text)

    @property
    def printed_after_screen(self) -> str:
        """What was printed after a screen with LEDs had ended."""
        text = self._raw.rpartition(b"\x1b[?25h")[2].decode("utf-8", "replace")
        return _SEQUENCE.sub("", text.replace("\r\n", "\n"))

    @property
    def transcript(self) -> list[str]:
        """The lines that scrolled off and those on the screen, without empty ones at the end."""
        lines = [*self.screen.gone, *self.screen.text]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def type(self, keys: bytes) -> None:
        """Type keys."""
        os.write(self._ours, keys)

    def wait_for(self, text: str, held: bytes = b"") -> None:
        """Wait until a line of the screen has a text; held: a key that is held meanwhile."""
        deadline = time.monotonic() + SLOW_S
        while not any(text in line for line in self.screen.text):
            shown = "\n".join(self.screen.text)
            assert time.monotonic() < deadline, f"no {text!r} in:\n{shown}"
            assert self._running.poll() is None, f"it ended without {text!r}:\n{shown}"
            if held:
                self.type(held)
            self._read(REPEAT_S)

    def end(self) -> int:
        """Wait until the command ends. Returns its exit code."""
        deadline = time.monotonic() + SLOW_S
        while self._running.poll() is None:
            assert time.monotonic() < deadline, "\n".join(self.transcript)
            self._read(REPEAT_S)
        while self._read(0):
            pass
        return self._running.returncode

    def close(self) -> None:
        """Stop the command if it still runs, and close the terminal."""
        if self._running.poll() is None:
            self._running.kill()
        self._running.wait()
        os.close(self._ours)

    def _read(self, seconds: float) -> bool:
        if not select.select([self._ours], [], [], seconds)[0]:
            return False
        try:
            news = os.read(self._ours, 65536)
        except OSError:  # Linux: nobody has the other end open any more
            return False
        self._raw += news
        self._show(news)
        return bool(news)

    def _show(self, news: bytes) -> None:
        """Write to the screen what is complete: whole characters and whole sequences."""
        text = self._pending + news
        cut = len(text)
        begun = re.search(rb"(\x1b(\[[?0-9;]*)?|[\xc0-\xff][\x80-\xbf]*)\Z", text)
        if begun and not _is_whole(begun[0]):
            cut = begun.start()
        self._pending = text[cut:]
        self.screen.write(text[:cut].decode("utf-8", "replace"))


def _is_whole(piece: bytes) -> bool:
    try:
        return not piece.startswith(b"\x1b") and bool(piece.decode("utf-8"))
    except UnicodeDecodeError:
        return False
