"""Reading a zip file from any source safely, without unpacking it to the disk.

So no path in it can escape, and files that systems add by themselves (``__MACOSX``,
``.DS_Store``) are skipped. Only files with the requested endings are read at all.
"""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from microbit_ml.common.inputs import read_input
from microbit_ml.errors import DataError

try:
    from lzma import LZMAError
except ImportError:  # a Python without it, which cannot read such an entry at all
    from zipfile import BadZipFile as LZMAError  # type: ignore[assignment]

# A recording of one second has about 1 KB, an hour 5 MB. Anything larger is
# not a data set, and might fill the memory (a zip bomb).
LARGEST_ZIP = 128 * 2**20  # bytes on the disk
LARGEST_FILE = 16 * 2**20  # bytes of a recording, unpacked
LARGEST_TOTAL = 128 * 2**20  # bytes of all files that are read, unpacked
MOST_ENTRIES = 100_000
# Bytes that are unpacked at once: a bzip2 of a few bytes may unpack to a million times as many.
PIECE, SMALL_PIECE = 64 * 1024, 4 * 1024

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
    struct.error,
    OverflowError,
    MemoryError,
    EOFError,
    OSError,
    ValueError,
    IndexError,
    RuntimeError,
    NotImplementedError,
)
_UTF8_NAME, _ENCRYPTED = 0x800, 0x1  # bits of an entry's flags


@dataclass(frozen=True)
class Member:
    """A folder or a file in a zip: the folders that lead to it and its name.

    is_requested: whether it is a file that can be read; where: its name in messages.
    """

    parts: tuple[str, ...]
    is_folder: bool
    is_requested: bool
    where: str
    unpack: Callable[[], bytes] = field(repr=False)

    @property
    def name(self) -> str:
        """The last of its parts."""
        return self.parts[-1]

    def read(self) -> bytes:
        """A requested file's bytes, unpacked now. Raises DataError for a damaged one."""
        return self.unpack()


def names_in(path: Path) -> list[str]:
    """The names in a zip file on the disk. Raises DataError for one too large, or one of BROKEN."""
    content = read_input(path, LARGEST_ZIP, "zip of recordings")
    return _opened(content, str(path)).namelist()


def _opened(content: bytes, where: str) -> zipfile.ZipFile:
    """The zip in these bytes. Each entry's description begins with a signature, so that too many
    are seen before each takes a kilobyte.
    """
    if content.count(b"PK\x01\x02") > MOST_ENTRIES:
        raise _too_many(where)
    return zipfile.ZipFile(io.BytesIO(content))


def _too_many(where: str) -> DataError:
    return DataError(f"{where} holds more than {MOST_ENTRIES:,} files. Is it the right file?")


class ZipReader:
    """Reads one zip and those in it, up to the size limits of a data set."""

    def __init__(self) -> None:
        self._n_bytes = 0
        self._n_entries = 0

    def members(self, content: bytes, where: str, endings: tuple[str, ...]) -> list[Member]:
        """The zip's entries without hidden files; those with one of the endings can be read.

        Raises DataError for a zip that is damaged or incomplete, is encrypted, is too large, or
        has a path that leads out of it.
        """
        if len(content) > LARGEST_ZIP:
            raise too_large(where, len(content))
        try:
            file = _opened(content, where)
            return [
                member
                for info in file.infolist()
                if (member := self._member(file, info, where, endings))
            ]
        except DataError:
            raise
        except BROKEN as error:
            raise DataError(
                f"{where} is damaged or incomplete ({error}). Download or copy it again, or "
                "export it again."
            ) from error

    def _member(
        self, file: zipfile.ZipFile, info: zipfile.ZipInfo, where: str, endings: tuple[str, ...]
    ) -> Member | None:
        self._n_entries += 1
        if self._n_entries > MOST_ENTRIES:
            raise _too_many(where)
        parts = _parts_of(info, where)
        if not parts or any(map(is_hidden, parts)):
            return None
        inner = f"{where}, {'/'.join(parts)}"
        is_folder = info.orig_filename.endswith(("/", "\\"))
        requested = not is_folder and parts[-1].lower().endswith(endings)
        if requested:
            self._check_size(info, inner)
        return Member(parts, is_folder, requested, inner, lambda: _unpacked(file, info, inner))

    def _check_size(self, info: zipfile.ZipInfo, where: str) -> None:
        """Raise DataError for a file with a password, or with a declared size beyond the limits."""
        if info.flag_bits & _ENCRYPTED:
            raise DataError(
                f"{where} is locked with a password. Unpack the zip with the tool that made it "
                "and import the folder, or save it again without a password."
            )
        self._n_bytes += info.file_size
        limit = LARGEST_ZIP if info.filename.lower().endswith(".zip") else LARGEST_FILE
        if info.file_size > limit or self._n_bytes > LARGEST_TOTAL:
            raise too_large(where, info.file_size)


def _unpacked(file: zipfile.ZipFile, info: zipfile.ZipInfo, where: str) -> bytes:
    """The bytes of one file; zipfile returns at most its declared size, and checks them."""
    is_deflated = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    try:
        with file.open(info) as entry:
            size = PIECE if is_deflated else SMALL_PIECE
            return b"".join(iter(lambda: entry.read(size), b""))
    except NotImplementedError as error:
        raise DataError(
            f"{where} is compressed in a way that microbit-ml cannot read ({error}). Unpack "
            "the zip and import the folder."
        ) from error
    except BROKEN as error:
        raise DataError(f"{where} is damaged ({error}). Download or copy the zip again.") from error


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is hidden, or the system's own."""
    return name.startswith(".") or name == "__MACOSX"


def too_large(where: str, n_bytes: int) -> DataError:
    """The error for a zip, or a file in it, of so many bytes."""
    return DataError(
        f"{where} has {n_bytes / 2**20:.0f} MB: too large for recordings (at most "
        f"{LARGEST_FILE // 2**20} MB for one, {LARGEST_TOTAL // 2**20} MB for all, and "
        f"{LARGEST_ZIP // 2**20} MB for the zip). Is it the right file?"
    )


def _parts_of(info: zipfile.ZipInfo, where: str) -> tuple[str, ...]:
    """The folders and the name of an entry; DataError for a path that leads out of the zip."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME:
        # A name not flagged as UTF-8 was decoded as code page 437; macOS does not set the flag.
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    name = name.replace("\\", "/")  # written by some Windows tools
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if ".." in parts or name.startswith("/") or name[1:3] == ":/":
        raise DataError(
            f"{where} contains the path {name!r}, which leads out of the zip. No data set has "
            "such paths: do not use this file."
        )
    return parts
