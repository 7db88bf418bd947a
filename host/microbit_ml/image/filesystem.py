"""The file system of MicroPython on the micro:bit, as bytes.

Flash is cut into chunks of 128 bytes, numbered from 1::

    byte 0        marker: 0xFE a file starts here, 1-252 the number of the file's previous chunk,
                  0x00 freed (its page must be erased before it is used again), 0xFF unused
    bytes 1-126   data
    byte 127      number of the file's next chunk, 0xFF in the last one

The data of a file's first chunk begins with the file's header::

    byte 1        end offset: the number of data bytes used in the LAST chunk; in a file of one
                  chunk the header counts too. 0xFF: the file was never closed
    byte 2        length of the name in bytes
    bytes 3-...   name, UTF-8; the content follows at once

Besides the chunks there is one spare page, whose first byte is 0xFD. It is the last page of the
area until the board tidies up: then every page moves by one and the first page is the spare one.
V1 and V2 share the format; the address, the page size and the number of chunks differ.
Source: filesystem.c of MicroPython for the micro:bit V1 1.0.1, and microbitfs.c of V2's.

``micropython_microbit_fs`` writes and reads the same bytes, and the tests compare this module with
it. It cannot take this module's place: it reads the text of a hex, not the flash of a virtual
board; once a board has tidied up it calls long files damaged, and it reads unused bytes as the
content of a file that was never closed; it refuses empty files; and it cannot leave the first
chunks free for a target with a smaller area.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from microbit_ml.errors import HexError
from microbit_ml.image.intel_hex import MemoryImage
from microbit_ml.targets import TARGETS

CHUNK_BYTES = 128
DATA_BYTES = CHUNK_BYTES - 2
MAX_CHUNKS = 252  # 253 to 255 and 0 are markers
MAX_NAME_BYTES = 120

FILE_START = 0xFE
SPARE_PAGE = 0xFD
UNUSED = 0xFF


@dataclass(frozen=True)
class FileSystemLayout:
    """The pages of a board's file system in flash: from ``start``, the spare one at the end."""

    board: str  # the name of a target, for messages
    start: int  # address of the first page
    end: int  # address after the last page
    page_bytes: int
    first: int = 1  # number of the chunk at ``start``: above 1 if MicroPython's area begins earlier

    @property
    def area_start(self) -> int:
        """The address of chunk 1, where MicroPython's area begins."""
        return self.start - (self.first - 1) * CHUNK_BYTES

    def smaller(self, n_bytes: int) -> FileSystemLayout:
        """The last pages of this area, ``n_bytes`` at most, as the area for files.

        The chunks keep their numbers: MicroPython counts them from the start of its own area.
        """
        start = max(self.start, self.end - n_bytes // self.page_bytes * self.page_bytes)
        return replace(self, start=start, first=self.first + (start - self.start) // CHUNK_BYTES)

    @property
    def chunks(self) -> int:
        """The number of chunks for files: the area without its spare page."""
        return (self.end - self.page_bytes - self.start) // CHUNK_BYTES

    @property
    def capacity_bytes(self) -> int:
        return self.chunks * DATA_BYTES


def build_file_system(files: Mapping[str, bytes], layout: FileSystemLayout) -> MemoryImage:
    """The flash contents that hold ``files``: used chunks from the first on, and the spare page.

    Names and contents are stored unchanged; a board runs the file ``main.py``. Raises
    HexError for a name that is empty or longer than 120 bytes, and for files that do not fit.
    """
    _check_capacity(files, layout)
    chunks: list[bytes] = []
    for name, content in files.items():
        chunks += _file_chunks(_name_bytes(name), content, first=layout.first + len(chunks))
    image = MemoryImage([(layout.start, b"".join(chunks))])
    # Without this mark the board would write it when it first starts.
    image.write(layout.end - layout.page_bytes, bytes([SPARE_PAGE]))
    return image


def read_files(image: MemoryImage, layout: FileSystemLayout) -> dict[str, bytes]:
    """The files in a board's flash, as the board itself would read them.

    If a file was never closed, the board reads only its full chunks. Raises HexError when a file's
    chain of chunks leaves the file system or forms a loop.
    """
    flash = image.read(layout.start, layout.end - layout.start)
    first = layout.page_bytes if flash[0] == SPARE_PAGE else 0
    chunks = [
        flash[first + i * CHUNK_BYTES : first + (i + 1) * CHUNK_BYTES] for i in range(layout.chunks)
    ]
    files: dict[str, bytes] = {}
    for chunk in chunks:
        if chunk[0] == FILE_START:
            name = chunk[3 : 3 + chunk[2]].decode("utf-8", "replace")
            files.setdefault(name, _content(chunk, chunks, layout.first, name))
    return files


def _check_capacity(files: Mapping[str, bytes], layout: FileSystemLayout) -> None:
    used = 0
    for name, content in files.items():
        used += _chunks_needed(_name_bytes(name), content)
        if used > layout.chunks:
            total = sum(_chunks_needed(_name_bytes(n), c) for n, c in files.items())
            over_bytes = (total - layout.chunks) * DATA_BYTES
            raise HexError(
                f"{name} ({len(content):,} bytes) does not fit on the micro:bit "
                f"{TARGETS[layout.board].title}: the files take {total * DATA_BYTES:,} bytes, but "
                f"its file system holds only {layout.capacity_bytes:,} ({over_bytes:,} too many). "
                f"Use a smaller model or a shorter program."
            )


def _name_bytes(name: str) -> bytes:
    encoded = name.encode("utf-8", "surrogatepass")
    if not 1 <= len(encoded) <= MAX_NAME_BYTES:
        raise HexError(
            f"A file on the micro:bit cannot be called {name!r}: the name takes {len(encoded)} "
            f"bytes in UTF-8. It must take 1 to {MAX_NAME_BYTES}. Choose another name."
        )
    return encoded


def _chunks_needed(name: bytes, content: bytes) -> int:
    # One more than the full chunks: if the last one is full, an empty one follows.
    return (2 + len(name) + len(content)) // DATA_BYTES + 1


def _file_chunks(name: bytes, content: bytes, first: int) -> list[bytes]:
    """The chunks of one file; ``first`` is the number of its first chunk."""
    stream_bytes = 2 + len(name) + len(content)
    header = bytes([stream_bytes % DATA_BYTES, len(name)])
    stream = header + name + content
    count = _chunks_needed(name, content)
    chunks = []
    for i in range(count):
        marker = FILE_START if i == 0 else first + i - 1
        following = first + i + 1 if i < count - 1 else UNUSED
        data = stream[i * DATA_BYTES : (i + 1) * DATA_BYTES].ljust(DATA_BYTES, b"\xff")
        chunks.append(bytes([marker]) + data + bytes([following]))
    return chunks


def _content(chunk: bytes, chunks: list[bytes], first: int, name: str) -> bytes:
    """The content of the file that begins with a chunk; ``first`` is the number of chunks[0]."""
    end_offset = chunk[1]
    skip = 2 + chunk[2]  # the header, in the first chunk only
    content = b""
    for _ in chunks:
        data, following = chunk[1:-1], chunk[-1]
        if following == UNUSED:
            return content + (b"" if end_offset == UNUSED else data[skip:end_offset])
        content += data[skip:]
        skip = 0
        if not first <= following < first + len(chunks):
            raise HexError(
                f"The file {name} on the micro:bit is damaged: one of its chunks points to chunk "
                f"{following}, but there are only {len(chunks)}. Put the file on the board again."
            )
        chunk = chunks[following - first]
    raise HexError(
        f"The file {name} on the micro:bit is damaged: its chunks form a loop. "
        f"Put the file on the board again."
    )
