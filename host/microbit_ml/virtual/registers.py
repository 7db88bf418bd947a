"""Reading and writing several CPU registers at once, quickly.

An exception moves nine registers each way, about two thousand times a second. Unicorn's Python
binding builds new C arrays for every call, which takes ten times as long as the call; here they are
built once. If the binding has changed, its own slower calls are used instead.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

from unicorn import UcError


class RegisterBatch:
    """A fixed list of 32-bit registers of one unicorn CPU (``Any``: its types lack the batches)."""

    def __init__(self, uc: Any, registers: Sequence[int]) -> None:
        self._uc = uc
        self._registers = list(registers)
        self._count = len(registers)
        self._ids = (ctypes.c_int * self._count)(*registers)
        self._values = (ctypes.c_uint64 * self._count)()
        start, size = ctypes.addressof(self._values), ctypes.sizeof(ctypes.c_uint64)
        self._pointers = (ctypes.c_void_p * self._count)(
            *(start + size * i for i in range(self._count))
        )
        self._is_quick = hasattr(uc, "_do_reg_read_batch") and hasattr(uc, "_do_reg_write_batch")

    def read(self) -> list[int]:
        """The values, in the order of the registers."""
        if not self._is_quick:
            return list(self._uc.reg_read_batch(self._registers))
        self._check(self._uc._do_reg_read_batch(self._ids, self._pointers, self._count))
        return list(self._values)

    def write(self, values: Sequence[int]) -> None:
        """Set all registers, in their order."""
        if not self._is_quick:
            self._uc.reg_write_batch(list(zip(self._registers, values, strict=True)))
            return
        self._values[:] = list(values)
        self._check(self._uc._do_reg_write_batch(self._ids, self._pointers, self._count))

    @staticmethod
    def _check(status: int) -> None:
        if status:
            raise UcError(status)
