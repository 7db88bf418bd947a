"""Reading a zip file that anybody may have made, without unpacking it onto the disk.

So no path in it can lead anywhere, and what computers add by themselves (``__MACOSX``,
``.DS_Store``) is left out. Only files with the endings that are asked for are read at all.
"""

from __future__ import annotations

import contextlib
import io
import zipfile
import zlib
from dataclasses import dataclass

from microbit_ml.errors import DataError

# A recording of one second has about 1 KB, an hour 5 MB. More than this is no data set, but
# something that would fill the memory.
LARGEST_ZIP = 128 * 2**20  # bytes on the disk
LARGEST_FILE = 16 * 2**20  # bytes of a recording, unpacked
LARGEST_TOTAL = 256 * 2**20  # bytes of all that is read, unpacked
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

    content: what the file holds; None for a folder, and for a file that was not asked for.
    where: what messages call it.
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
    """Reads one zip and those in it, and ends where there is more than a data set can have."""

    def __init__(self) -> None:
        self._n_bytes = 0
        self._n_entries = 0

    def members(self, content: bytes, where: str, endings: tuple[str, ...]) -> list[Member]:
        """What is in the zip, without hidden files; files with one of the endings are read.

        Raises DataError for a zip that is damaged or not whole, has a password or a path that
        leads out of it, or is too large.
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
                f"{where} is damaged or not whole ({error}). Download or copy it again, or let it "
                "be exported again."
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
        place = f"{where}, {'/'.join(parts)}"
        is_folder = info.orig_filename.endswith(("/", "\\"))
        wanted = not is_folder and parts[-1].lower().endswith(endings)
        content = self._unpack(file, info, place) if wanted else None
        return Member(parts, is_folder, content, place)

    def _unpack(self, file: zipfile.ZipFile, info: zipfile.ZipInfo, place: str) -> bytes:
        """The bytes of one file; zipfile gives no more than its entry says, and checks them."""
        if info.flag_bits & _ENCRYPTED:
            raise DataError(
                f"{place} is locked with a password. Unpack the zip with the tool that made it "
                "and import the folder, or let it be saved without a password."
            )
        self._n_bytes += info.file_size
        limit = LARGEST_ZIP if info.filename.lower().endswith(".zip") else LARGEST_FILE
        if info.file_size > limit or self._n_bytes > LARGEST_TOTAL:
            raise too_large(place, info.file_size)
        try:
            return file.read(info)
        except NotImplementedError as error:
            raise DataError(
                f"{place} is packed in a way that microbit-ml cannot read ({error}). Unpack the "
                "zip and import the folder."
            ) from error
        except BROKEN as error:
            raise DataError(
                f"{place} is damaged ({error}). Download or copy the zip again."
            ) from error


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is none of a data set's, but a computer's own."""
    return name.startswith(".") or name == "__MACOSX"


def too_large(where: str, n_bytes: int) -> DataError:
    """The error for a zip, or a file in it, of so many bytes."""
    return DataError(
        f"{where} has {n_bytes / 2**20:.0f} MB: too large for recordings (one may have "
        f"{LARGEST_FILE // 2**20} MB, all together {LARGEST_TOTAL // 2**20} MB, the zip "
        f"{LARGEST_ZIP // 2**20} MB). Is it the right file?"
    )


def _parts_of(info: zipfile.ZipInfo, where: str) -> tuple[str, ...]:
    """The folders and the name of an entry; DataError for a path that leads out of the zip."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME:
        # A name that is not marked as UTF-8 was read as code page 437; macOS does not mark it.
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    name = name.replace("\\", "/")  # as some tools of Windows write it
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if ".." in parts or name.startswith("/") or name[1:3] == ":/":
        raise DataError(
            f"{where} holds the path {name!r}, which leads out of the zip. No data set has such "
            "paths: do not use this file."
        )
    return parts
