"""The permissions of each page of memory, chosen to make stores fast.

Unicorn keeps a table of the pages in use (its TLB) and asks here, once, about a page that is not in
it. By default every page of RAM may hold code, so it checks at each store whether to discard
translated code, which took a fifth of all time. Here a page of RAM may hold code only after the
program has first run code in it; stores to all others go straight to memory. A memory hook of
unicorn's that covers a page makes its stores slow as well, so those hooks must leave RAM out.

Before it asks, unicorn 2.1 restores the processor's state at the start of the instruction, and with
it the IT bits of xPSR (how many of the next instructions are conditional). Translated code keeps
them at zero while it runs, so they would still be set when another piece of code begins and wrongly
make its first instructions conditional: they are cleared again here.
"""

from __future__ import annotations

from typing import Any

from unicorn import arm_const as arm
from unicorn import unicorn_const as ucc

from microbit_ml.virtual.registers import RegisterBatch

PAGE_SIZE = 4096
_IT_BITS = 0x0600_FC00  # of xPSR
_DATA = ucc.UC_PROT_READ | ucc.UC_PROT_WRITE


class PageAccess:
    """Answers unicorn's questions about pages; ``ram`` is the addresses of the RAM."""

    def __init__(self, uc: Any, ram: range) -> None:
        self._ram = ram
        self._code_pages: set[int] = set()  # pages of RAM that code was run in, by address
        self._state = RegisterBatch(uc, [arm.UC_ARM_REG_XPSR])
        uc.ctl_set_tlb_mode(ucc.UC_TLB_VIRTUAL)
        uc.hook_add(ucc.UC_HOOK_TLB_FILL, self._look_up)

    def _look_up(self, uc: Any, page: int, access: int, entry: Any, user_data: object) -> bool:
        """Set the permissions of a page. Unicorn checks by itself whether it has memory."""
        entry.paddr = page
        entry.perms = ucc.UC_PROT_ALL
        if page in self._ram:
            if access == ucc.UC_MEM_FETCH:
                self._code_pages.add(page)
            elif page not in self._code_pages:
                entry.perms = _DATA
        (state,) = self._state.read()
        if state & _IT_BITS:
            self._state.write([state & ~_IT_BITS])
        return True
