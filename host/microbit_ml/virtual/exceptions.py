"""Exception entry and return, as the Cortex-M hardware performs them.

On entry the CPU pushes R0-R3, R12, LR, the return address and xPSR on the stack in use (and
S0-S15, FPSCR and a reserved word when the program has used the FPU: CONTROL.FPCA), puts an
EXC_RETURN value into LR and jumps through the vector table. A handler ends by jumping to that
value. Source of the layouts: the ARMv6-M and ARMv7-M Architecture Reference Manuals, B1.5.

    EXC_RETURN  bit 4 = 0: the frame holds FPU registers
                0x..1 back to a handler, 0x..9 to a program on MSP, 0x..D to a program on PSP
"""

from __future__ import annotations

import struct

from unicorn import Uc
from unicorn import arm_const as arm

from microbit_ml.virtual.nvic import NMI, Nvic
from microbit_ml.virtual.registers import RegisterBatch

EXC_RETURN_FIRST = 0xFFFFFFE0  # code addresses from here on are EXC_RETURN values

_CORE_FRAME = [
    arm.UC_ARM_REG_R0,
    arm.UC_ARM_REG_R1,
    arm.UC_ARM_REG_R2,
    arm.UC_ARM_REG_R3,
    arm.UC_ARM_REG_R12,
    arm.UC_ARM_REG_LR,
]
_SAVED_ON_ENTRY = [
    *_CORE_FRAME,
    arm.UC_ARM_REG_XPSR,
    arm.UC_ARM_REG_SP,
    arm.UC_ARM_REG_CONTROL,
]
_SET_ON_ENTRY = [arm.UC_ARM_REG_XPSR, arm.UC_ARM_REG_LR]
_READ_ON_RETURN = [arm.UC_ARM_REG_SP, arm.UC_ARM_REG_PSP, arm.UC_ARM_REG_CONTROL]
_FPU_FRAME = [*(arm.UC_ARM_REG_S0 + i for i in range(16)), arm.UC_ARM_REG_FPSCR]

_CORE_WORDS = 8
_FPU_WORDS = 18  # S0-S15, FPSCR, one reserved
_CONTROL_UNPRIVILEGED, _CONTROL_PSP, _CONTROL_FPU_USED = 1, 2, 4
_XPSR_THUMB = 1 << 24
_XPSR_STACK_WAS_ODD = 1 << 9  # the stack was at 4 modulo 8 and a word was skipped
_XPSR_FLAGS = 0xF80F_0000  # N Z C V Q and GE: inherited by a handler

_RETURN_TO_HANDLER, _RETURN_TO_MSP, _RETURN_TO_PSP = 0x1, 0x9, 0xD
_RETURN_NO_FPU = 0x10


class ExceptionUnit:
    """Enters and leaves handlers on one unicorn CPU; keeps ``nvic`` informed."""

    def __init__(self, uc: Uc, nvic: Nvic, has_fpu: bool) -> None:
        self._uc = uc
        self._nvic = nvic
        self._has_fpu = has_fpu
        self.vector_table = 0
        set_on_return = [arm.UC_ARM_REG_XPSR, arm.UC_ARM_REG_CONTROL, *_CORE_FRAME]
        self._set_with_main = RegisterBatch(uc, [arm.UC_ARM_REG_SP, *set_on_return])
        self._set_with_process = RegisterBatch(uc, [arm.UC_ARM_REG_PSP, *set_on_return])
        self._at_entry = RegisterBatch(uc, _SAVED_ON_ENTRY)
        self._set_at_entry = RegisterBatch(uc, _SET_ON_ENTRY)
        self._at_return = RegisterBatch(uc, _READ_ON_RETURN)
        self._fpu = RegisterBatch(uc, _FPU_FRAME)

    def enter(self, exception: int, return_to: int) -> int:
        """Push the frame and switch to the handler; returns the handler's address."""
        uc = self._uc
        *core, xpsr, sp, control = self._at_entry.read()
        fpu_used = self._has_fpu and bool(control & _CONTROL_FPU_USED)
        size = 4 * (_CORE_WORDS + _FPU_WORDS if fpu_used else _CORE_WORDS)
        frame_at = (sp - size) & 0xFFFFFFF8
        xpsr &= ~_XPSR_STACK_WAS_ODD
        stacked_xpsr = xpsr | (_XPSR_STACK_WAS_ODD if sp & 4 else 0)
        frame = struct.pack("<8I", *core, return_to, stacked_xpsr)
        if fpu_used:
            frame += struct.pack("<17I4x", *self._fpu.read())
        uc.mem_write(frame_at, frame)
        uc.reg_write(arm.UC_ARM_REG_SP, frame_at)

        if self._nvic.active:
            exc_return = _RETURN_TO_HANDLER
        else:
            exc_return = _RETURN_TO_PSP if control & _CONTROL_PSP else _RETURN_TO_MSP
        exc_return |= EXC_RETURN_FIRST | (0 if fpu_used else _RETURN_NO_FPU)
        # CONTROL before xPSR: SPSEL can be written only outside of handlers, and clearing it
        # makes SP the main stack.
        if control & (_CONTROL_PSP | _CONTROL_FPU_USED):
            uc.reg_write(arm.UC_ARM_REG_CONTROL, control & _CONTROL_UNPRIVILEGED)
        self._set_at_entry.write((xpsr & _XPSR_FLAGS | _XPSR_THUMB | exception, exc_return))
        self._nvic.activate(exception)
        return self.vector(exception) & ~1

    def leave(self, exc_return: int) -> int:
        """Pop the frame for an EXC_RETURN value; returns the address at which to continue."""
        uc = self._uc
        exception = self._nvic.deactivate()
        if self._has_fpu and exception != NMI:
            uc.reg_write(arm.UC_ARM_REG_FAULTMASK, 0)
        fpu_used = self._has_fpu and not exc_return & _RETURN_NO_FPU
        to_psp = exc_return & 0xF == _RETURN_TO_PSP
        words = _CORE_WORDS + _FPU_WORDS if fpu_used else _CORE_WORDS
        main_sp, process_sp, control = self._at_return.read()
        sp = process_sp if to_psp else main_sp
        frame = struct.unpack(f"<{words}I", uc.mem_read(sp, 4 * words))
        core, pc, xpsr = frame[:6], frame[6], frame[7]
        sp += 4 * words + (4 if xpsr & _XPSR_STACK_WAS_ODD else 0)

        if fpu_used:
            self._fpu.write(frame[8:25])
        control &= _CONTROL_UNPRIVILEGED
        control |= _CONTROL_PSP if to_psp else 0
        control |= _CONTROL_FPU_USED if fpu_used else 0
        registers = self._set_with_process if to_psp else self._set_with_main
        registers.write((sp, xpsr & ~_XPSR_STACK_WAS_ODD, control, *core))
        return pc & ~1

    def vector(self, exception: int) -> int:
        """The entry of the vector table for an exception."""
        entry = self._uc.mem_read(self.vector_table + 4 * exception, 4)
        return int.from_bytes(entry, "little")
