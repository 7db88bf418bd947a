"""The MicroPython runtimes for V1 and V2, and the location of their file systems.

The location is read from the image, so a newer runtime works as well.

``micropython_microbit_fs.get_device_info`` finds the same location, and the tests compare this
module with it. It cannot take this module's place: it reads the text of a hex, in 0.1 s, where the
flash of a virtual board is at hand; and it believes every page size: a hostile hex with pages of
2**(2**31) bytes takes 10 s and 800 MB before it answers.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from microbit_ml.errors import HexError
from microbit_ml.image import stock
from microbit_ml.image.filesystem import CHUNK_BYTES, MAX_CHUNKS, FileSystemLayout
from microbit_ml.image.intel_hex import MemoryImage, parse_sections
from microbit_ml.targets import TARGETS, V1, V2

# V1 keeps its facts in the customer area of the UICR (user information configuration registers):
#   0x100010C0  u32  0x17EEB07C
#               u32  0xFFFFFFFF
#               u32  log2 of the page size
#               u16  first page of the runtime
#               u16  number of pages that the runtime takes
#               u32  0xFFFFFFFF
#               u32  address of the version string
V1_FACTS = struct.Struct("<IIIHHII")
V1_FACTS_ADDRESS = 0x100010C0
V1_MAGIC = 0x17EEB07C
V1_FLASH_END = 0x40000  # 256 KiB; the last page keeps the compass calibration

# V2 has a table of flash regions: one row of 16 bytes per region and a last row about the table,
# which ends at the end of a flash page:
#   row        u8   region: 1 SoftDevice, 2 MicroPython, 3 file system
#              u8   kind of hash: 2 means that the hash holds the address of a version string
#              u16  first page
#              u32  length in bytes
#              8    hash
#   last row   u32  0x597F30FE
#              u16  version of the table
#              u16  length of the rows above in bytes
#              u16  number of rows above
#              u16  log2 of the page size
#              u32  0xC1B1D79D
V2_REGION = struct.Struct("<BBHI8s")
V2_TABLE_END = struct.Struct("<IHHHHI")
V2_MAGIC = (0x597F30FE, 0xC1B1D79D)
V2_RUNTIME_REGION, V2_FILE_SYSTEM_REGION = 2, 3
V2_HASH_IS_ADDRESS = 2

PAGE_LOG2 = range(8, 17)  # plausible sizes of flash pages


@dataclass(frozen=True, eq=False)
class Runtime:
    """One board's MicroPython: its flash contents and its file system."""

    board: str  # the name of a target
    version: str  # such as "1.0.1" or "2.0.0-beta.5", "" when unknown
    image: MemoryImage
    layout: FileSystemLayout


def bundled_runtimes(name: str | None = None) -> dict[str, Runtime]:
    """A pair of runtimes that the kit brings along, by their target. Do not change them.

    name: one of ``stock.STOCK``, or None for the default pair.
    """
    return _read_once(name or stock.DEFAULT)


@lru_cache(maxsize=len(stock.STOCK))
def _read_once(name: str) -> dict[str, Runtime]:
    return {
        board: runtime
        for text in stock.texts_of(name)
        for board, runtime in read_runtimes(text).items()
    }


def read_runtimes(text: str) -> dict[str, Runtime]:
    """The runtimes in the text of a hex file, universal or plain, by target.

    A target may use the MicroPython of another one; then its section holds that one.
    Raises HexError for a damaged file and for one without MicroPython for the micro:bit.
    """
    runtimes = {}
    for board, image in parse_sections(text).items():
        runtime = find_runtime(image)
        if board is not None and TARGETS[board].like != runtime.board:
            raise HexError(
                f"The section for {board} of this hex holds a runtime for {runtime.board}. "
                f"Download the MicroPython hex again."
            )
        if board == runtime.board or runtime.board not in runtimes:
            runtimes[runtime.board] = runtime
    return runtimes


def find_runtime(image: MemoryImage) -> Runtime:
    """The runtime in ``image``, recognised by the marks described above.

    Raises HexError, naming these marks, when there is none.
    """
    runtime = runtime_in(image)
    if runtime is None:
        raise HexError(
            f"No MicroPython for the micro:bit was found in this hex: it has neither V1's mark "
            f"0x{V1_MAGIC:08X} at 0x{V1_FACTS_ADDRESS:08X} nor V2's table of flash regions "
            f"(0x{V2_MAGIC[0]:08X} ... 0x{V2_MAGIC[1]:08X} at the end of a page). "
            f"Use a MicroPython hex."
        )
    return runtime


def runtime_in(image: MemoryImage) -> Runtime | None:
    """The runtime in ``image``, None without one. Raises HexError when it is damaged."""
    return _find_v1(image) or _find_v2(image)


def _find_v1(image: MemoryImage) -> Runtime | None:
    facts = V1_FACTS.unpack(image.read(V1_FACTS_ADDRESS, V1_FACTS.size))
    magic, _, page_log2, first_page, pages, _, version_address = facts
    if magic != V1_MAGIC:
        return None
    page_bytes = 1 << page_log2 if page_log2 in PAGE_LOG2 else 0
    end = V1_FLASH_END - page_bytes  # the compass calibration comes after the files
    layout = _layout(V1.name, (first_page + pages) * page_bytes, end, page_bytes)
    return Runtime(V1.name, _version_at(image, version_address), image, layout)


def _find_v2(image: MemoryImage) -> Runtime | None:
    for segment_start, data in image.segments:
        offset = data.find(V2_MAGIC[0].to_bytes(4, "little"))
        while offset >= 0:
            regions = _v2_regions(image, segment_start + offset)
            if V2_FILE_SYSTEM_REGION in regions:
                files = regions[V2_FILE_SYSTEM_REGION]
                layout = _layout(V2.name, files.start, files.start + files.size, files.page_bytes)
                version = regions[V2_RUNTIME_REGION].version if V2_RUNTIME_REGION in regions else ""
                return Runtime(V2.name, version, image, layout)
            offset = data.find(V2_MAGIC[0].to_bytes(4, "little"), offset + 1)
    return None


class _Region(NamedTuple):
    start: int
    size: int
    page_bytes: int
    version: str


def _v2_regions(image: MemoryImage, last_row: int) -> dict[int, _Region]:
    """The flash regions of the table whose last row is at this address; {} if there is no table."""
    row = V2_TABLE_END.unpack(image.read(last_row, V2_TABLE_END.size))
    _, _, rows_bytes, count, page_log2, magic = row
    table_end = last_row + V2_TABLE_END.size
    if magic != V2_MAGIC[1] or page_log2 not in PAGE_LOG2 or table_end % (1 << page_log2):
        return {}
    regions = {}
    for i in range(count):
        address = last_row - rows_bytes + i * V2_REGION.size
        number, hash_kind, first_page, size, hashed = V2_REGION.unpack(
            image.read(address, V2_REGION.size)
        )
        pointer = int.from_bytes(hashed[:4], "little")
        version = _version_at(image, pointer) if hash_kind == V2_HASH_IS_ADDRESS else ""
        regions[number] = _Region(first_page << page_log2, size, 1 << page_log2, version)
    return regions


def _layout(board: str, start: int, end: int, page_bytes: int) -> FileSystemLayout:
    """The area where the runtime looks for files: at most 252 chunks and the spare page."""
    if not 0 < start < end - page_bytes or end > 1 << 24 or start % page_bytes or end % page_bytes:
        raise HexError(
            f"The MicroPython in this hex places its files at {start:#x}-{end:#x} in pages of "
            f"{page_bytes} bytes, which is impossible. Download the MicroPython hex again."
        )
    pages = (MAX_CHUNKS * CHUNK_BYTES) // page_bytes + 1
    return FileSystemLayout(board, max(start, end - pages * page_bytes), end, page_bytes)


def _version_at(image: MemoryImage, address: int) -> str:
    """The version in a text such as "micro:bit v1.0.1+b0bf4a9 on 2018-12-13; MicroPython ..."."""
    text = image.read(address, 100, fill=0).partition(b"\0")[0].decode("ascii", "replace")
    found = re.match(r"micro:bit v([^+\s]+)", text)
    return found[1] if found else ""
