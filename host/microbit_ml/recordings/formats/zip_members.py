"""Reading a zip file from any source safely, without unpacking it to the disk.

So no path in it can escape, and files that systems add by themselves (``__MACOSX``,
``.DS_Store``) are skipped. Only files with the requested endings are read at all.
"""

from __future__ import annotations

import contextlib
import io
import zipfile
import zlib
from dataclasses import dataclass

from microbit_ml.errors import DataError

# A recording of one second has about 1 KB, an hour 5 MB. Anything larger is
# not a data set, and might fill the memory (a zip bomb).
LARGEST_ZIP = 128 * 2**20  # bytes on the disk
LARGEST_FILE = 16 * 2**20  # bytes of a recording, unpacked
LARGEST_TOTAL = 256 * 2**20  # bytes of all files that are read, unpacked
MOST_ENTRIES = 50_000

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
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

    content: the file's bytes; None for a folder, and for a file that was not requested.
    where: its name in messages.
    """

    parts: tuple[str, ...]
    is_folder: bool
    content: bytes | None
    where: str

    @property
    def name(self) -> str:
        """The last of its parts."""
        return self.parts[-1]


class ZipReader:
    """Reads one zip and those in it, up to the size limits of a data set."""

    def __init__(self) -> None:
        self._n_bytes = 0
        self._n_entries = 0

    def members(self, content: bytes, where: str, endings: tuple[str, ...]) -> list[Member]:
        """The zip's entries without hidden files; files with one of the endings are read.

        Raises DataError for a zip that is damaged or incomplete, is encrypted, is too large, or
        has a path that leads out of it.
        """
        if len(content) > LARGEST_ZIP:
            raise too_large(where, len(content))
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as file:
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
            raise DataError(f"{where} holds more than {MOST_ENTRIES} files. Is it the right file?")
        parts = _parts_of(info, where)
        if not parts or any(map(is_hidden, parts)):
            return None
        inner = f"{where}, {'/'.join(parts)}"
        is_folder = info.orig_filename.endswith(("/", "\\"))
        requested = not is_folder and parts[-1].lower().endswith(endings)
        content = self._unpack(file, info, inner) if requested else None
        return Member(parts, is_folder, content, inner)

    def _unpack(self, file: zipfile.ZipFile, info: zipfile.ZipInfo, where: str) -> bytes:
        """The bytes of one file; zipfile returns at most its declared size, and checks them."""
        if info.flag_bits & _ENCRYPTED:
            raise DataError(
                f"{where} is locked with a password. Unpack the zip with the tool that made it "
                "and import the folder, or save it again without a password."
            )
        self._n_bytes += info.file_size
        limit = LARGEST_ZIP if info.filename.lower().endswith(".zip") else LARGEST_FILE
        if info.file_size > limit or self._n_bytes > LARGEST_TOTAL:
            raise too_large(where, info.file_size)
        try:
            return file.read(info)
        except NotImplementedError as error:
            raise DataError(
                f"{where} is compressed in a way that microbit-ml cannot read ({error}). Unpack "
                "the zip and import the folder."
            ) from error
        except BROKEN as error:
            raise DataError(
                f"{where} is damaged ({error}). Download or copy the zip again."
            ) from error


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
