"""Locks between programs. They die with their process, so a crash locks nobody out.

A file is locked with what the system has for it: ``flock`` on Linux and macOS, ``LockFile`` on
Windows. There a lock keeps others from reading, too, so it lies on a byte far beyond the end.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

FAR_BYTE = 2**40  # which is locked on Windows
POLL_S = 0.02
PATIENCE_S = 2.0  # after which a person is told what is waited for
GIVE_UP_S = 120.0
# A disk that knows no locks (some network drives): then only exclusive creation protects.
_NO_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL)


class LockedError(OSError):
    """Another program has held the lock for too long."""


@contextlib.contextmanager
def file_lock(
    path: Path, waiting: Callable[[], None] | None = None, give_up_s: float = GIVE_UP_S
) -> Iterator[None]:
    """Hold the lock of a file, which is created where it is missing.

    ``waiting()`` is called once when it takes long. Raises LockedError when another program holds
    it for ``give_up_s``, OSError when the file may not be written.
    """
    began = time.monotonic()
    while True:
        handle = _opened(path)
        try:
            while not try_lock(handle):
                waited = time.monotonic() - began
                if waited > give_up_s:
                    raise LockedError(
                        errno.EAGAIN,
                        f"Another program has been writing to it for {give_up_s:.0f} seconds. Wait "
                        "until that has finished, or close it, then use the same command again",
                        str(path),
                    )
                if waiting is not None and waited > PATIENCE_S:
                    waiting()
                    waiting = None
                time.sleep(POLL_S)
            if _is_still(handle, path):
                yield
                return
        finally:
            os.close(handle)  # which ends the lock


def _opened(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    return os.open(path, flags, 0o666)


def _is_still(handle: int, path: Path) -> bool:
    """Whether the file was not removed or replaced while its lock was waited for."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def try_lock(handle: int) -> bool:
    """Lock an open file until it is closed; False when another program holds it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(handle, FAR_BYTE, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in _NO_LOCKS
    return True


def is_held(path: Path) -> bool:
    """Whether a program holds the file's lock."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        return not try_lock(handle)
    finally:
        os.close(handle)


def is_running(process: int) -> bool:
    """Whether a process of this number runs on this computer. On Windows a lock tells instead."""
    if sys.platform == "win32":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is another person's
        return True
    return True
