"""The memory of a chip: flash with its write rules, RAM, and the factory's and user's pages.

    0x0000_0000  flash: program, runtime, file system
    0x1000_0000  FICR: data about the chip, written in the factory
    0x1000_1000  UICR: settings of the board, part of a hex image
    0x2000_0000  RAM

Writing to flash can only clear bits; erasing a page sets them all.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping

from unicorn import Uc, UcError
from unicorn import unicorn_const as ucc

from microbit_ml.errors import HexError

FICR, UICR, RAM = 0x1000_0000, 0x1000_1000, 0x2000_0000
PAGE_OF_REGISTERS = 0x1000
ERASED = 0xFF


class Memory:
    """Flash, FICR, UICR and RAM of one chip, mapped into unicorn.

    ``segments`` are the (address, bytes) of a hex image; the rest is erased. ``factory`` holds
    words of FICR by offset. ``allows_writing()`` returns whether the program may write to flash
    now. Raises HexError for an image that does not fit the chip.
    """

    def __init__(
        self,
        uc: Uc,
        *,
        flash_size: int,
        page_size: int,
        ram_size: int,
        segments: Iterable[tuple[int, bytes]],
        factory: Mapping[int, int],
        allows_writing: Callable[[], bool],
    ) -> None:
        self._uc = uc
        self._flash_size = flash_size
        self._page_size = page_size
        self._allows_writing = allows_writing
        readable = ucc.UC_PROT_READ | ucc.UC_PROT_EXEC
        uc.mem_map(0, flash_size, readable)
        uc.mem_write(0, bytes([ERASED]) * flash_size)
        uc.mem_map(FICR, 2 * PAGE_OF_REGISTERS, readable)
        uc.mem_write(FICR, bytes([ERASED]) * 2 * PAGE_OF_REGISTERS)
        uc.mem_map(RAM, ram_size)
        for offset, word in factory.items():
            uc.mem_write(FICR + offset, struct.pack("<I", word))
        for address, data in segments:
            self._load(address, data)
        uc.hook_add(ucc.UC_HOOK_MEM_WRITE_PROT, self._write_to_flash, None, 0, RAM - 1)

    def _load(self, address: int, data: bytes) -> None:
        in_flash = address + len(data) <= self._flash_size
        in_uicr = address >= UICR and address + len(data) <= UICR + PAGE_OF_REGISTERS
        if not in_flash and not in_uicr:
            raise HexError(
                f"The image has {len(data)} bytes at 0x{address:08X}, where this board has no "
                "flash. Is it an image for the other kind of micro:bit?"
            )
        self._uc.mem_write(address, data)

    def read(self, address: int, size: int) -> bytes:
        """Bytes at an address, for a peripheral with DMA. Raises UcError outside of memory."""
        return bytes(self._uc.mem_read(address, size)) if size else b""

    def write(self, address: int, data: bytes) -> None:
        """Write bytes to RAM, for a peripheral with DMA; writes elsewhere are ignored."""
        if address >= RAM:
            try:
                self._uc.mem_write(address, bytes(data))
            except UcError:
                return

    def _write_to_flash(
        self, uc: Uc, access: int, address: int, size: int, value: int, user_data: object
    ) -> bool:
        """The program writes to read-only memory: bits are cleared if writing is allowed."""
        if self._allows_writing():
            before = int.from_bytes(uc.mem_read(address, size), "little")
            after = before & value & ((1 << 8 * size) - 1)
            uc.mem_write(address, after.to_bytes(size, "little"))
        return True

    def erase_page(self, address: int) -> None:
        """Erase the page of flash that holds an address."""
        if 0 <= address < self._flash_size:
            page = address - address % self._page_size
            self._uc.mem_write(page, bytes([ERASED]) * self._page_size)

    def erase_all(self) -> None:
        """Erase all of flash."""
        self._uc.mem_write(0, bytes([ERASED]) * self._flash_size)
