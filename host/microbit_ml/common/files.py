"""Writing a file whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path


def write_whole(path: Path, content: bytes | str) -> None:
    """Write ``content`` to ``path`` so that a crash leaves the old file or the new one, never half.

    The content goes to a temporary file in the same folder, is forced to the disk (fsync) and
    then renamed over ``path``; renaming within a folder is atomic. Text is UTF-8 with ``\\n``.
    Raises OSError (a full disk, no permission, a device or a pipe) and leaves the old content of
    ``path`` untouched.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    path = Path(path)
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "It is not an ordinary file", str(path))
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}-", suffix=".part", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode_of(path))
        temporary.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError) and error.errno is not None:
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


def _mode_of(path: Path) -> int:
    """The permissions of the file at ``path``, or those that a new file would get."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask
