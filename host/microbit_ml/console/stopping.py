"""Ctrl-C and SIGTERM that are noted, and obeyed at the next good moment.

As exceptions at any place they would be lost when they come while a virtual board's CPU calls back
into Python; and a real board must get its own program back before a command ends.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

TERMINATED = 143  # what a shell reports of a program that SIGTERM ended


@contextmanager
def noted_signals(hasty: bool = False) -> Iterator[list[int]]:
    """Yields a list of the signals that came, for a loop to look at.

    hasty: the second Ctrl-C is an exception, for those who cannot wait. In other threads than the
    main one nothing is noted.
    """
    noted: list[int] = []

    def note(number: int, frame: object) -> None:
        noted.append(number)
        if hasty and len(noted) > 1:
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield noted
        return
    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield noted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def noted_interrupts() -> Iterator[Callable[[], bool]]:
    """Yields a function that tells whether a signal came; the second Ctrl-C is an exception."""
    with noted_signals(hasty=True) as noted:
        yield lambda: bool(noted)


def end_by_signal(noted: list[int]) -> None:
    """End the program as the signals that came would have done; they count once."""
    terminated, interrupted = signal.SIGTERM in noted, bool(noted)
    noted.clear()
    if terminated:
        sys.exit(TERMINATED)
    if interrupted:
        raise KeyboardInterrupt


@contextmanager
def obeyed_signals() -> Iterator[Callable[[], None]]:
    """Ctrl-C and SIGTERM are noted; what this yields is called now and then, and obeys them."""
    with noted_signals() as noted:
        yield lambda: end_by_signal(noted)
