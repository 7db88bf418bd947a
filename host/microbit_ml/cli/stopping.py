"""Ctrl-C that is noted and obeyed at the next good moment."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def noted_interrupts() -> Iterator[Callable[[], bool]]:
    """Yields a function that tells whether Ctrl-C came (or SIGTERM).

    As an exception it would be lost when it comes while a virtual board's CPU calls back into
    Python, and a board must get its own program back before the command ends. The second Ctrl-C
    is an exception, for those who cannot wait. In other threads than the main one nothing is noted.
    """
    noted: list[int] = []

    def note(number: int, frame: object) -> None:
        noted.append(number)
        if len(noted) > 1:
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield lambda: bool(noted)
        return
    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(noted)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
