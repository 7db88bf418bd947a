"""The file system of MicroPython on the micro:bit, as bytes.

Flash is cut into chunks of 128 bytes, numbered from 1::

    byte 0        marker: 0xFE a file starts here, 1-252 the number of the file's previous chunk,
                  0x00 freed (its page must be erased before it is used again), 0xFF unused
    bytes 1-126   data
    byte 127      number of the file's next chunk, 0xFF in the last one

The data of a file's first chunk begins with the file's header::

    byte 1        end offset: how many data bytes of the LAST chunk are used; in a file of one
                  chunk that counts the header too. 0xFF: the file was never closed
    byte 2        length of the name in bytes
    bytes 3-...   name, UTF-8; the content follows at once

Besides the chunks there is one spare page, whose first byte is 0xFD. It is the last page of the
area, until the board tidies up: then every page moves by one and the first page is the spare one.
V1 and V2 share the format; the place, the page size and the number of chunks differ.
Source: filesystem.c of MicroPython for the micro:bit V1 1.0.1, microbitfs.c of that for V2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from microbit_ml.errors import HexError
from microbit_ml.image.intel_hex import MemoryImage

CHUNK_BYTES = 128
DATA_BYTES = CHUNK_BYTES - 2
MAX_CHUNKS = 252  # 253 to 255 and 0 are markers
MAX_NAME_BYTES = 120

FILE_START = 0xFE
SPARE_PAGE = 0xFD
UNUSED = 0xFF


@dataclass(frozen=True)
class FileSystemLayout:
    """Where a board's file system lies in flash: pages from ``start``, the spare one at the end."""

    board: str  # the name of a target, for messages
    start: int  # address of the first page
    end: int  # address after the last page
    page_bytes: int

    @property
    def chunks(self) -> int:
        """How many chunks files can use: the area without its spare page."""
        return (self.end - self.page_bytes - self.start) // CHUNK_BYTES

    @property
    def capacity_bytes(self) -> int:
        return self.chunks * DATA_BYTES


def build_file_system(files: Mapping[str, bytes], layout: FileSystemLayout) -> MemoryImage:
    """The flash contents that hold ``files``: used chunks from the first on, and the spare page.

    Names and contents are stored as they are given; a board runs the file ``main.py``. Raises
    HexError for a name that is empty or longer than 120 bytes, and for files that do not fit.
    """
    _check_capacity(files, layout)
    chunks: list[bytes] = []
    for name, content in files.items():
        chunks += _file_chunks(_name_bytes(name), content, first=len(chunks) + 1)
    image = MemoryImage([(layout.start, b"".join(chunks))])
    # Without this mark a board would write it at its first start.
    image.write(layout.end - layout.page_bytes, bytes([SPARE_PAGE]))
    return image


def read_files(image: MemoryImage, layout: FileSystemLayout) -> dict[str, bytes]:
    """The files in a board's flash, as the board itself would read them.

    Of a file that was never closed the board reads only the chunks that are full. Raises HexError
    when a file's chain of chunks leaves the file system or runs in a circle.
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
            files.setdefault(name, _content(chunk, chunks, name))
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
                f"{layout.board.upper()}: the files take {total * DATA_BYTES:,} bytes of its file "
                f"system, which holds {layout.capacity_bytes:,} ({over_bytes:,} too many). "
                f"Use a smaller model or a shorter program."
            )


def _name_bytes(name: str) -> bytes:
    encoded = name.encode("utf-8", "surrogatepass")
    if not 1 <= len(encoded) <= MAX_NAME_BYTES:
        raise HexError(
            f"A file on the micro:bit cannot be called {name!r}: its name has {len(encoded)} bytes "
            f"in UTF-8, and 1 to {MAX_NAME_BYTES} are possible. Choose another name."
        )
    return encoded


def _chunks_needed(name: bytes, content: bytes) -> int:
    # One chunk more than is full: where the last one is full, an empty one follows.
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


def _content(chunk: bytes, chunks: list[bytes], name: str) -> bytes:
    end_offset = chunk[1]
    skip = 2 + chunk[2]  # the header, in the first chunk only
    content = b""
    for _ in chunks:
        data, following = chunk[1:-1], chunk[-1]
        if following == UNUSED:
            return content + (b"" if end_offset == UNUSED else data[skip:end_offset])
        content += data[skip:]
        skip = 0
        if not 1 <= following <= len(chunks):
            raise HexError(
                f"The file {name} on the micro:bit is damaged: one of its chunks points to chunk "
                f"{following}, and there are {len(chunks)}. Put the file on the board again."
            )
        chunk = chunks[following - 1]
    raise HexError(
        f"The file {name} on the micro:bit is damaged: its chunks point at each other in a "
        f"circle. Put the file on the board again."
    )
