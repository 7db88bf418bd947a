"""The CPU: a Cortex-M0 or M4 on unicorn, run in slices between events.

Unicorn executes instructions; everything else that a Cortex-M does is here and in the modules
beside this one: exceptions, sleep (WFI, WFE), virtual time, faults.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, cast

import unicorn
from unicorn import Uc, UcError
from unicorn import arm_const as arm
from unicorn import unicorn_const as ucc

from microbit_ml.errors import VirtualBoardError
from microbit_ml.virtual.clock import TICKS_PER_US, VirtualClock
from microbit_ml.virtual.counter import make_counter
from microbit_ml.virtual.exceptions import EXC_RETURN_FIRST, ExceptionUnit
from microbit_ml.virtual.memory import RAM
from microbit_ml.virtual.nvic import SVCALL, Nvic
from microbit_ml.virtual.page_access import PAGE_SIZE, PageAccess
from microbit_ml.virtual.registers import RegisterBatch

# A slice never runs longer than this, so a caller's condition and wall-time limit are checked a
# few hundred times a second.
_LONGEST_SLICE = 200_000
# While PRIMASK or BASEPRI block an interrupt: unicorn does not report when they are cleared.
_MASKED_SLICE = 64
# Room for translated code. Unicorn would reserve 1 GB for every board.
_TRANSLATION_BUFFER = 64 * 1024 * 1024
_LAST_ADDRESS = 0xFFFF_FFFF

_WFI, _WFE = b"\x30\xbf", b"\x20\xbf"

# The numbers from unicorn's interrupt hook (QEMU's EXCP numbers).
_EXCP_SVC, _EXCP_PREFETCH_ABORT, _EXCP_EXIT = 2, 3, 8
_EXCP_NAMES = {
    1: "an instruction that the CPU does not have",
    3: "a jump to an address without code",
    4: "an unaligned or forbidden memory access",
    7: "a breakpoint instruction",
    17: "an instruction of a coprocessor that is off or missing",
    18: "a jump to an even address (not Thumb code)",
}
_UC_ERROR_NAMES = {
    ucc.UC_ERR_READ_UNMAPPED: "a read from an address without memory",
    ucc.UC_ERR_WRITE_UNMAPPED: "a write to an address without memory",
    ucc.UC_ERR_FETCH_UNMAPPED: "a jump to an address without memory",
    ucc.UC_ERR_FETCH_PROT: "a jump to memory that cannot hold code",
    ucc.UC_ERR_INSN_INVALID: "an instruction that the CPU does not have",
}


class CortexM:
    """One CPU with its interrupt controller and its clock.

    ``ram_size`` is in bytes, from 0x2000_0000 on. ``interrupt_line(n)`` returns whether peripheral
    n requests its interrupt; ``on_reset()`` is called when the program resets the chip.
    """

    def __init__(
        self,
        *,
        is_m4: bool,
        interrupts: int,
        priority_bits: int,
        ticks_per_instruction: int,
        ram_size: int,
        interrupt_line: Callable[[int], bool],
        on_reset: Callable[[], None],
    ) -> None:
        # Not UC_MODE_MCLASS: that silently selects a Cortex-M33 whatever model is requested.
        # ``Any`` because the binding's types are incomplete.
        self.uc = cast(Any, Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB))
        model = arm.UC_CPU_ARM_CORTEX_M4 if is_m4 else arm.UC_CPU_ARM_CORTEX_M0
        self.uc.ctl_set_cpu_model(model)
        self.uc.ctl_set_tcg_buffer_size(_TRANSLATION_BUFFER)
        # Unicorn links pieces of translated code only within a page; its own choice is 1 KB.
        self.uc.ctl_set_page_size(PAGE_SIZE)
        self.is_m4 = is_m4
        self.counter = make_counter(self.uc)
        # An empty list of addresses to stop at, instead of the one that is passed at each start:
        # unicorn would look there for translated code each time.
        self.uc.ctl_exits_enabled(True)
        PageAccess(self.uc, range(RAM, RAM + ram_size))
        self.clock = VirtualClock(self.counter, ticks_per_instruction)
        self.nvic = Nvic(interrupts, priority_bits, interrupt_line, self.counter.end_now)
        self.exceptions = ExceptionUnit(self.uc, self.nvic, has_fpu=is_m4)
        self.pc = 0
        self.in_handlers = 0  # instructions that ran in interrupt handlers
        self.crash: str | None = None
        masks = [arm.UC_ARM_REG_BASEPRI, arm.UC_ARM_REG_FAULTMASK] if is_m4 else []
        self._masks = RegisterBatch(self.uc, [arm.UC_ARM_REG_PRIMASK, *masks])
        self._pc_register = RegisterBatch(self.uc, [arm.UC_ARM_REG_PC])
        self._on_reset = on_reset
        self._reset_requested = False
        self._event_register = False  # what WFE waits for
        self._asleep = False
        self._interrupt_number: int | None = None
        self._bad_access: tuple[int, int] | None = None
        self.uc.hook_add(ucc.UC_HOOK_INTR, self._note_interrupt)
        unmapped = ucc.UC_HOOK_MEM_READ_UNMAPPED | ucc.UC_HOOK_MEM_WRITE_UNMAPPED
        for first, last in ((0, RAM - 1), (RAM + ram_size, _LAST_ADDRESS)):
            self.uc.hook_add(unmapped, self._note_bad_access, None, first, last)

    # Called by the chip

    def reset(self) -> None:
        """Start from the reset vector; memory keeps its content."""
        self.nvic.reset()
        self.exceptions.vector_table = 0
        self.crash = None
        self._reset_requested = False
        self._event_register = False
        self._asleep = False
        uc = self.uc
        uc.reg_write(arm.UC_ARM_REG_XPSR, 1 << 24)
        uc.reg_write(arm.UC_ARM_REG_CONTROL, 0)
        uc.reg_write(arm.UC_ARM_REG_PRIMASK, 0)
        if self.is_m4:
            uc.reg_write(arm.UC_ARM_REG_BASEPRI, 0)
            uc.reg_write(arm.UC_ARM_REG_FAULTMASK, 0)
        uc.reg_write(arm.UC_ARM_REG_LR, 0xFFFFFFFF)
        uc.reg_write(arm.UC_ARM_REG_SP, self.exceptions.vector(0))
        self.pc = self.exceptions.vector(1) & ~1

    def request_reset(self) -> None:
        """The program requests a reset (SYSRESETREQ): it happens after this instruction."""
        self._reset_requested = True
        self.counter.end_now()

    def at_instruction(self, address: int, action: Callable[[], object]) -> None:
        """Call ``action`` whenever the instruction at an address is about to run."""

        def reached(uc: Uc, address: int, size: int, user_data: object) -> None:
            action()

        self.uc.hook_add(ucc.UC_HOOK_CODE, reached, None, address, address)
        self.uc.ctl_remove_cache(address, address + 2)

    # Running

    def run(
        self,
        until: int,
        stop: Callable[[], bool] | None = None,
        wall_limit_s: float | None = None,
    ) -> bool:
        """Run until the clock reaches ``until`` ticks (False) or ``stop()`` is true (True).

        ``stop`` is called between slices. Raises VirtualBoardError when the program crashes, or
        when this takes more than ``wall_limit_s`` seconds of real time.
        """
        give_up = None if wall_limit_s is None else time.monotonic() + wall_limit_s
        clock = self.clock
        while True:
            clock.run_due_events()
            if self._reset_requested:
                self._on_reset()
            if stop is not None and stop():
                return True
            if clock.ticks >= until:
                return False
            if self.crash is not None:
                raise VirtualBoardError(self.crash)
            if give_up is not None and time.monotonic() > give_up:
                raise VirtualBoardError(
                    f"The virtual board was stopped after {wall_limit_s:g} s of real time, at "
                    f"pc=0x{self.pc:08X}, {clock.ticks // TICKS_PER_US} us after power-on. Its "
                    "program may be waiting for something that never comes. Check it, or allow "
                    "more time (wall_limit_s)."
                )
            self._run_slice(until)

    def _run_slice(self, until: int) -> None:
        """Take the exception that is due, then run instructions up to the next event."""
        clock = self.clock
        if self._asleep:
            self._sleep(until)
            if self._asleep:
                return
        longest = _LONGEST_SLICE
        if self.nvic.pending:
            exception = self.nvic.candidate()
            if exception and self._is_masked(exception):
                longest = _MASKED_SLICE
            elif exception:
                self.pc = self.exceptions.enter(exception, self.pc)
                self._event_register = True
        instructions = clock.begin_slice(until)
        self._interrupt_number = None
        self._bad_access = None
        in_handler = bool(self.nvic.active)
        ran = self.counter.run(self.pc, max(1, min(instructions, longest)))
        clock.count_instructions(ran.executed)
        if in_handler:
            self.in_handlers += ran.executed
        self.pc = self._pc_register.read()[0]
        if ran.error is not None and not isinstance(ran.error, UcError):
            raise ran.error
        if ran.error is not None:
            self._after_error(ran.error, until)
        elif self._interrupt_number is not None:
            self._after_interrupt(self._interrupt_number)
        elif not ran.complete and self._last_instruction() == _WFI:
            self._sleep(until)

    def _is_masked(self, exception: int) -> bool:
        """Whether PRIMASK, BASEPRI or FAULTMASK block the exception."""
        priority = self.nvic.priority[exception]
        primask, *masks_of_m4 = self._masks.read()
        if priority >= 0 and primask & 1:
            return True
        if not masks_of_m4:
            return False
        base_priority, faultmask = masks_of_m4
        if base_priority & 0xFF and priority >= base_priority & 0xFF:
            return True
        return priority >= -1 and bool(faultmask & 1)

    def _last_instruction(self) -> bytes:
        """The halfword before the program counter."""
        return bytes(self.uc.mem_read(self.pc - 2, 2))

    # Why a slice ended

    def _after_error(self, error: UcError, until: int) -> None:
        """Unicorn gave up: a return from a handler (M0), WFE, or a fault."""
        if error.errno == ucc.UC_ERR_FETCH_UNMAPPED and self.pc >= EXC_RETURN_FIRST:
            self._leave_handler()
        elif error.errno == ucc.UC_ERR_INSN_INVALID and self._last_instruction() == _WFE:
            if self._event_register:
                self._event_register = False
            else:
                self._sleep(until)
        else:
            self._fault(_UC_ERROR_NAMES.get(error.errno, str(error)))

    def _after_interrupt(self, number: int) -> None:
        """Unicorn reported an exception of its own: a return from a handler (M4), SVC, a fault."""
        if number in (_EXCP_PREFETCH_ABORT, _EXCP_EXIT) and self.pc >= EXC_RETURN_FIRST:
            self._leave_handler()
        elif number == _EXCP_SVC:
            self.nvic.pend(SVCALL)
        else:
            self._fault(_EXCP_NAMES.get(number, f"exception {number}"))

    def _leave_handler(self) -> None:
        exc_return = self.pc | 1  # bit 0 of the program counter is lost on the way
        if not self.nvic.active:
            self._fault(f"a return from a handler (0x{exc_return:08X}) outside of any handler")
            return
        self.pc = self.exceptions.leave(exc_return)
        self._event_register = True

    def _sleep(self, until: int) -> None:
        """WFI, WFE: sleep until an enabled interrupt is pending, masked or not.

        Only the time to the next event passes here: :meth:`run` runs the event, checks the caller's
        limits, and comes back.
        """
        self._asleep = not self.nvic.ready()
        if self._asleep:
            self.clock.sleep_until(self.clock.next_event(until))

    # Faults

    def _note_interrupt(self, uc: Uc, number: int, user_data: object) -> None:
        self._interrupt_number = number
        uc.emu_stop()

    def _note_bad_access(
        self, uc: Uc, access: int, address: int, size: int, value: int, user_data: object
    ) -> bool:
        self._bad_access = (address, size)
        return False

    def _fault(self, reason: str) -> None:
        """Report a HardFault. The runtimes would only loop for ever, so the board stops."""
        where = f"pc=0x{self.pc:08X}, lr=0x{self.uc.reg_read(arm.UC_ARM_REG_LR):08X}"
        if self._bad_access is not None:
            address, size = self._bad_access
            reason += f" (address 0x{address:08X}, {size} bytes)"
        self.crash = (
            f"The program on the virtual board crashed with a HardFault: {reason}, at {where}, "
            f"{self.clock.ticks // TICKS_PER_US} us after power-on. "
            "A real board would just stop here, without a message. Look for asm_thumb code, "
            "machine.mem addresses or unaligned accesses in the program. reset() starts the board "
            "again."
        )
        raise VirtualBoardError(self.crash)
