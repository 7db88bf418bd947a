"""Ctrl-C and SIGTERM, noted when they come and obeyed at the next safe point.

An exception would be lost when it comes while a virtual board's CPU calls back into Python; and a
real board must get its own program back before a command ends.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

TERMINATED = 143  # a shell's exit code for a program that SIGTERM ended


@contextmanager
def noted_signals(hasty: bool = False) -> Iterator[list[int]]:
    """Yields a list of the signals received so far, for a loop to check.

    hasty: the second Ctrl-C raises KeyboardInterrupt at once. Signals are noted only in the main
    thread.
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
    """Yields a function: has a signal come? The second Ctrl-C raises KeyboardInterrupt."""
    with noted_signals(hasty=True) as noted:
        yield lambda: bool(noted)


def end_by_signal(noted: list[int]) -> None:
    """End the program as the noted signals would have done, and forget them."""
    terminated, interrupted = signal.SIGTERM in noted, bool(noted)
    noted.clear()
    if terminated:
        sys.exit(TERMINATED)
    if interrupted:
        raise KeyboardInterrupt


@contextmanager
def obeyed_signals() -> Iterator[Callable[[], None]]:
    """Note Ctrl-C and SIGTERM; yields a function to call now and then, which obeys them."""
    with noted_signals() as noted:
        yield lambda: end_by_signal(noted)
