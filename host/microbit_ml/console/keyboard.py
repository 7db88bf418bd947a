"""Single key presses from a terminal: without waiting for Enter, without echo.

Keys that act on the board's hardware are separated from text, which goes to the board. POSIX
terminals send bytes and escape sequences; the Windows C runtime gives characters and key codes.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

if sys.platform == "win32":
    import ctypes
    import msvcrt
else:
    import select
    import termios

# Action -> the bytes of its keys. Ctrl letters that MicroPython's prompt uses (A to E, K, N, P,
# U) are left alone. Function keys: xterm, VT220, the Linux console.
ACTIONS: dict[str, tuple[bytes, ...]] = {
    "a": (b"\x1bOP", b"\x1b[11~", b"\x1b[[A", b"\x06"),  # F1, Ctrl-F
    "b": (b"\x1bOQ", b"\x1b[12~", b"\x1b[[B", b"\x07"),  # F2, Ctrl-G
    "ab": (b"\x1bOR", b"\x1b[13~", b"\x1b[[C", b"\x14"),  # F3, Ctrl-T
    "reset": (b"\x1bOS", b"\x1b[14~", b"\x1b[[D", b"\x12"),  # F4, Ctrl-R
    "play": (b"\x1b[15~", b"\x1b[[E", b"\x19"),  # F5, Ctrl-Y
    "quit": (b"\x1d", b"\x11"),  # Ctrl-], Ctrl-Q
}
_ACTION_OF = {sequence: action for action, sequences in ACTIONS.items() for sequence in sequences}
_SEQUENCES = re.compile(b"|".join(re.escape(s) for s in sorted(_ACTION_OF, key=len, reverse=True)))
_BEGUN = re.compile(rb"\x1b(O|\[\[?|\[1[1-5]?)?$")

# The second half of the code that Windows gives for a key that is not a character. Last: Shift-Tab.
_WINDOWS_KEYS = {
    ";": b"\x1bOP", "<": b"\x1bOQ", "=": b"\x1bOR", ">": b"\x1bOS", "?": b"\x1b[15~",
    "H": b"\x1b[A", "P": b"\x1b[B", "M": b"\x1b[C", "K": b"\x1b[D",
    "G": b"\x1b[H", "O": b"\x1b[F", "S": b"\x1b[3~",
    "\x0f": b"\x1b[Z",
}  # fmt: skip
_CONSOLE_INPUT, _CONSOLE_OUTPUT = -10, -11
_PROCESSED_INPUT, _VIRTUAL_TERMINAL = 0x0001, 0x0004


def split_keys(typed: bytes) -> list[tuple[str, bytes]]:
    """The typed keys in order: (action, b"") or ("", text for the board)."""
    keys = []
    at = 0
    for found in _SEQUENCES.finditer(typed):
        if found.start() > at:
            keys.append(("", typed[at : found.start()]))
        keys.append((_ACTION_OF[found[0]], b""))
        at = found.end()
    if at < len(typed):
        keys.append(("", typed[at:]))
    return keys


def windows_keys(waiting: Callable[[], bool], get: Callable[[], str]) -> bytes:
    """The keys typed on Windows, as the bytes that a POSIX terminal would send.

    ``waiting`` and ``get`` are msvcrt's kbhit and getwch.
    """
    typed = b""
    while waiting():
        character = get()
        if character in ("\x00", "\xe0"):
            typed += _WINDOWS_KEYS.get(get(), b"")
        else:
            typed += character.encode("utf-8", "replace")
    return typed


class Keyboard:
    """``with Keyboard() as keyboard: keyboard.read()`` returns the keys typed since the last call.

    Ctrl-C is an ordinary key: it goes to the board. The terminal is restored when the block ends,
    whatever happens.
    """

    def __enter__(self) -> Keyboard:
        self._held = b""
        if sys.platform == "win32":
            self._restore = _raw_console()
        else:
            self._restore = _raw_terminal()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._restore()

    def read(self) -> list[tuple[str, bytes]]:
        """See :func:`split_keys`. Never waits. A closed terminal counts as quit."""
        if sys.platform == "win32":
            return split_keys(windows_keys(msvcrt.kbhit, msvcrt.getwch))
        handle = sys.stdin.fileno()
        held, self._held = self._held, b""
        if not select.select([handle], [], [], 0)[0]:
            return split_keys(held)
        typed = os.read(handle, 1024)
        if not typed:
            return [("quit", b"")]
        typed = held + typed
        begun = _BEGUN.search(typed)
        if begun:  # the rest of a function key's sequence may come with the next read
            typed, self._held = typed[: begun.start()], begun[0]
        return split_keys(typed)


if sys.platform == "win32":

    def _raw_console() -> Callable[[], Any]:
        """Make Ctrl-C a character and obey escape sequences; return a function that undoes it."""
        kernel32 = ctypes.windll.kernel32
        undo = []
        for number, clear, add in (
            (_CONSOLE_INPUT, _PROCESSED_INPUT, 0),
            (_CONSOLE_OUTPUT, 0, _VIRTUAL_TERMINAL),
        ):
            handle, mode = kernel32.GetStdHandle(number), ctypes.c_uint32()
            if kernel32.GetConsoleMode(handle, ctypes.byref(mode)):
                kernel32.SetConsoleMode(handle, mode.value & ~clear | add)
                undo.append((handle, mode.value))
        return lambda: [kernel32.SetConsoleMode(handle, value) for handle, value in undo]

else:

    def _raw_terminal() -> Callable[[], Any]:
        """Turn off line mode, echo and signal keys; return a function that undoes it."""
        handle = sys.stdin.fileno()
        before = termios.tcgetattr(handle)
        settings = termios.tcgetattr(handle)
        settings[0] &= ~(termios.IXON | termios.ICRNL | termios.INLCR)
        settings[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
        settings[6][termios.VMIN] = 1
        settings[6][termios.VTIME] = 0
        termios.tcsetattr(handle, termios.TCSANOW, settings)
        # TCSADRAIN: the drawing of the board is written out before the terminal changes.
        return lambda: termios.tcsetattr(handle, termios.TCSADRAIN, before)
