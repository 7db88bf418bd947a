"""Writing files atomically, and without taking the place of another."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

from microbit_ml.common.locks import is_held, is_running, try_lock

ENDING = ".part"  # of a file that is being written
# A disk without links, such as a memory stick.
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)
LONGEST_START = 40  # characters of the file's name that its temporary one begins with


def write_whole(path: Path, content: bytes | str) -> None:
    """Write ``content`` to ``path`` atomically: a crash leaves the old file or the new one.

    The content goes to a temporary file in the same folder, is forced to the disk (fsync) and
    then renamed over ``path``; renaming within a folder is atomic. Text is UTF-8 with ``\\n``.
    A link is followed: the file that it points to is written, and the link stays.
    Raises OSError (a full disk, no permission, a device or a pipe) and leaves the old content of
    ``path`` untouched.
    """
    path = Path(path)
    target = _target_of(path)
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, "It is not an ordinary file", str(path))
    remove_litter(target.parent, f"{target.name[:LONGEST_START]}-")
    with _temporary(target, path, content) as temporary:
        with contextlib.suppress(OSError):
            temporary.chmod(target.stat().st_mode & 0o777)
        temporary.replace(target)


def create_whole(path: Path, content: bytes | str) -> None:
    """Write a new file atomically. Raises FileExistsError if there is one already.

    Of several programs that create the same file at the same moment, one succeeds.
    """
    path = Path(path)
    with _temporary(path, path, content) as temporary:
        if sys.platform == "win32":
            temporary.rename(path)  # which never replaces a file there
            return
        try:
            os.link(temporary, path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            temporary.replace(path)
            return
        temporary.unlink()


def remove_litter(folder: Path, start: str = "") -> int:
    """Remove temporary files whose writer was killed; how many there were.

    start: only those of files whose names begin so. What another program is writing stays: it
    holds a lock on its temporary file.
    """
    removed = 0
    with contextlib.suppress(OSError):
        names = [entry.name for entry in os.scandir(folder)]
        for name in names:
            if name.startswith(f".{start}") and name.endswith(ENDING):
                removed += _removed_if_left(folder / name)
    return removed


def _removed_if_left(path: Path) -> bool:
    """Remove a temporary file unless its writer is alive: a process of its number, or a lock."""
    number = path.name.removesuffix(ENDING).rpartition("-")[2].partition(".")[0]
    with contextlib.suppress(OSError, ValueError):
        if path.is_symlink() or not path.is_file() or is_running(int(number)):
            return False
        if not is_held(path):
            path.unlink()
            return True
    return False


def _target_of(path: Path) -> Path:
    """The file that a link points to in the end; OSError for links that lead in a circle."""
    if not path.is_symlink():
        return path
    try:
        return path.resolve()
    except RuntimeError as error:  # what Python 3.12 and older raise for a circle
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from error


@contextlib.contextmanager
def _temporary(target: Path, named: Path, content: bytes | str) -> Iterator[Path]:
    """A temporary file beside the target with the content, on the disk; removed if it is left.

    named: the path that errors name. New files get the permissions that the system gives any.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    start = f"{target.name[:LONGEST_START]}-"
    temporary = target.with_name(f".{start}{os.getpid()}.{secrets.token_hex(4)}{ENDING}")
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(temporary, flags, 0o666), "wb") as file:
            try_lock(file.fileno())
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if sys.platform != "win32":  # where an open file cannot be renamed
                yield temporary
        if sys.platform == "win32":
            yield temporary
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(named)) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
