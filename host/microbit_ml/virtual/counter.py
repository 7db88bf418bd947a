"""Counting instructions exactly while unicorn runs them.

Unicorn stops after a number of instructions, but has no call for the number that have run when a
peripheral is accessed in the middle of a slice. It does count them: its state holds
``uint64 emu_counter`` (instructions begun) directly before ``uint64 emu_count`` (the limit).
:class:`FastCounter` finds the two by their values, checks their offset with a second run, and reads
and writes them there. :func:`make_counter` falls back to :class:`HookCounter`, which counts in a
Python callback before each instruction: the same numbers, more than ten times slower.
"""

from __future__ import annotations

import ctypes
from typing import NamedTuple

from unicorn import UC_HOOK_CODE, Uc

# Address of the code with which :class:`FastCounter` checks itself.
_CHECK_ADDRESS = 0x3000_0000
_CHECK_SIZE = 0x1000
_NOP = b"\x00\xbf"
# How much of unicorn's state is searched; emu_count is at 1,376 in version 2.1.4.
_SEARCHED_BYTES = 4096
# An address that no program reaches: unicorn runs until the limit, not until an address.
_NOWHERE = 0xFFFFFFFE


class Slice(NamedTuple):
    """The result of a slice of instructions."""

    executed: int  # instructions that ran
    complete: bool  # True: stopped by the limit; False: by something the program did
    error: BaseException | None  # a UcError, or an exception of a callback of ours (Ctrl-C)


class LayoutError(Exception):
    """Unicorn's state does not have the layout that :class:`FastCounter` expects."""


class FastCounter:
    """Reads unicorn's own counter in its memory. Raises :class:`LayoutError` where it is not."""

    def __init__(self, uc: Uc) -> None:
        self._uc = uc
        handle = uc._uch
        if handle is None or handle.value is None:
            raise LayoutError("unicorn has no state to look at")
        state = handle.value
        offset = self._find_limit(state)
        self._executed = ctypes.c_uint64.from_address(state + offset - 8)
        self._limit = ctypes.c_uint64.from_address(state + offset)
        self._executed.value = 0

    def _find_limit(self, state: int) -> int:
        """The offset of emu_count in unicorn's state, from two runs of known length."""
        uc = self._uc
        uc.mem_map(_CHECK_ADDRESS, _CHECK_SIZE)
        uc.mem_write(_CHECK_ADDRESS, _NOP * 64)
        try:
            offsets = self._candidate_offsets(state, executed=7, limit=0x0014_B857)
            offsets &= self._candidate_offsets(state, executed=23, limit=0x0A5C_3D91)
        finally:
            uc.mem_unmap(_CHECK_ADDRESS, _CHECK_SIZE)
        if len(offsets) != 1:
            raise LayoutError(f"the instruction counter was found at {len(offsets)} offsets")
        return offsets.pop()

    def _candidate_offsets(self, state: int, executed: int, limit: int) -> set[int]:
        """Run some instructions; the offsets where their number is followed by the limit."""
        end = _CHECK_ADDRESS + executed * len(_NOP)
        self._uc.emu_start(_CHECK_ADDRESS | 1, end, count=limit)
        memory = ctypes.string_at(state, _SEARCHED_BYTES)
        pair = executed.to_bytes(8, "little") + limit.to_bytes(8, "little")
        return {i + 8 for i in range(0, len(memory) - 15, 8) if memory[i : i + 16] == pair}

    @property
    def executed(self) -> int:
        """Instructions begun in the running slice, 0 between slices."""
        return self._executed.value

    def end_after(self, instructions: int) -> None:
        """End the running slice after this many instructions, or after the current one."""
        instructions = max(instructions, self._executed.value)
        if instructions < self._limit.value:
            self._limit.value = instructions

    def end_now(self) -> None:
        """End the slice after the current instruction."""
        self.end_after(0)

    def run(self, address: int, instructions: int) -> Slice:
        """Run Thumb code at ``address`` for at most this many instructions."""
        error: BaseException | None = None
        try:
            self._uc.emu_start(address | 1, _NOWHERE, count=instructions)
        except BaseException as problem:
            error = problem
        executed, limit = self._executed.value, self._limit.value
        self._executed.value = 0
        # The counter goes up before an instruction runs, so it passes the limit by one at the end.
        return Slice(min(executed, limit), executed > limit, error)


class HookCounter:
    """Counts in a Python callback before each instruction: slow, but reliable."""

    def __init__(self, uc: Uc) -> None:
        self._uc = uc
        self.executed = 0
        self._limit = 0
        uc.hook_add(UC_HOOK_CODE, self._count)

    def _count(self, uc: Uc, address: int, size: int, user_data: object) -> None:
        self.executed += 1
        if self.executed > self._limit:
            uc.emu_stop()

    def end_after(self, instructions: int) -> None:
        """End the running slice after this many instructions, or after the current one."""
        self._limit = min(self._limit, max(instructions, self.executed))

    def end_now(self) -> None:
        """End the slice after the current instruction."""
        self.end_after(0)

    def run(self, address: int, instructions: int) -> Slice:
        """Run Thumb code at ``address`` for at most this many instructions."""
        error: BaseException | None = None
        self._limit = instructions
        try:
            self._uc.emu_start(address | 1, _NOWHERE)
        except BaseException as problem:
            error = problem
        executed, self.executed = self.executed, 0
        return Slice(min(executed, self._limit), executed > self._limit, error)


InstructionCounter = FastCounter | HookCounter


def make_counter(uc: Uc) -> InstructionCounter:
    """The fast counter if unicorn's state is as expected, else the slow one."""
    try:
        return FastCounter(uc)
    except LayoutError:
        return HookCounter(uc)
