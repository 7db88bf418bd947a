"""Exception entry and return, with small programs in machine code."""

import struct

import pytest
from unicorn import arm_const as arm

from microbit_ml.errors import VirtualBoardError
from microbit_ml.virtual.cpu import CortexM

RAM, MAIN_STACK, PROCESS_STACK = 0x2000_0000, 0x2000_1000, 0x2000_0800
START, HANDLER = 0x100, 0x180
STOP = 0xE7FE  # b .  (jumps to itself)


def machine(*, is_m4: bool, program: list[int], handler: list[int]) -> CortexM:
    """A CPU with a program and one handler for all exceptions, as halfwords of Thumb code."""
    cpu = CortexM(
        is_m4=is_m4,
        interrupts=32,
        priority_bits=2,
        ticks_per_instruction=1,
        ram_size=0x1000,
        interrupt_line=lambda number: False,
        on_reset=lambda: cpu.reset(),
    )
    vectors = [MAIN_STACK, START | 1] + [HANDLER | 1] * 46
    cpu.uc.mem_map(0, 0x1000)
    cpu.uc.mem_map(RAM, 0x1000)
    cpu.uc.mem_write(0, struct.pack("<48I", *vectors))
    cpu.uc.mem_write(START, struct.pack(f"<{len(program)}H", *program))
    cpu.uc.mem_write(HANDLER, struct.pack(f"<{len(handler)}H", *handler))
    cpu.reset()
    return cpu


def words(cpu: CortexM, count: int) -> tuple[int, ...]:
    return struct.unpack(f"<{count}I", cpu.uc.mem_read(RAM, 4 * count))


USE_PROCESS_STACK = [
    0x2080, 0x0100,  # movs r0, #0x80 ; lsls r0, r0, #4  -> 0x800
    0x2420, 0x0624,  # movs r4, #0x20 ; lsls r4, r4, #24 -> r4 = RAM
    0x1900,          # adds r0, r0, r4
    0xF380, 0x8809,  # msr psp, r0
    0x2002,          # movs r0, #2
    0xF380, 0x8814,  # msr control, r0
    0xF3BF, 0x8F6F,  # isb
]  # fmt: skip
NOTE_STATE = [
    0x4672, 0x6022,          # mov r2, lr      ; str r2, [r4, #0]
    0x466A, 0x6062,          # mov r2, sp      ; str r2, [r4, #4]
    0xF3EF, 0x8209, 0x60A2,  # mrs r2, psp     ; str r2, [r4, #8]
    0xF3EF, 0x8205, 0x60E2,  # mrs r2, ipsr    ; str r2, [r4, #12]
]  # fmt: skip
BX_LR = 0x4770


@pytest.mark.parametrize("is_m4", [False, True])
def test_svc_from_the_process_stack(is_m4):
    program = [*USE_PROCESS_STACK, 0x2105, 0xDF00, 0x3101, STOP]  # movs r1, #5; svc; adds r1, #1
    cpu = machine(is_m4=is_m4, program=program, handler=[*NOTE_STATE, BX_LR])
    cpu.run(100)
    assert words(cpu, 4) == (0xFFFF_FFFD, MAIN_STACK, PROCESS_STACK - 32, 11)
    assert cpu.uc.reg_read(arm.UC_ARM_REG_R1) == 6
    assert cpu.uc.reg_read(arm.UC_ARM_REG_SP) == PROCESS_STACK
    assert cpu.uc.reg_read(arm.UC_ARM_REG_MSP) == MAIN_STACK
    assert cpu.nvic.active == []


@pytest.mark.parametrize("is_m4", [False, True])
def test_stack_is_aligned_and_restored(is_m4):
    program = [0x2420, 0x0624, 0xB081, 0xDF00, 0x2107, STOP]  # sub sp, #4; svc; movs r1, #7
    cpu = machine(is_m4=is_m4, program=program, handler=[*NOTE_STATE, BX_LR])
    cpu.run(100)
    exc_return, sp, _, ipsr = words(cpu, 4)
    assert (exc_return, ipsr) == (0xFFFF_FFF9, 11)
    assert sp == MAIN_STACK - 40  # 4 of the program, 32 of the frame, 4 to align
    assert cpu.uc.reg_read(arm.UC_ARM_REG_SP) == MAIN_STACK - 4
    assert cpu.uc.reg_read(arm.UC_ARM_REG_R1) == 7


def test_fpu_registers_are_saved_once_used():
    # ldr-free: movs r4 = RAM; vmov.f32 s0, #1.0; svc 0; b .
    program = [0x2420, 0x0624, 0xEEB7, 0x0A00, 0xDF00, STOP]
    handler = [*NOTE_STATE, 0xEEB0, 0x0A00, BX_LR]  # vmov.f32 s0, #2.0
    cpu = machine(is_m4=True, program=program, handler=handler)
    cpu.run(100)
    exc_return, sp, *_ = words(cpu, 4)
    assert (exc_return, sp) == (0xFFFF_FFE9, MAIN_STACK - 104)
    assert cpu.uc.reg_read(arm.UC_ARM_REG_S0) == 0x3F80_0000  # 1.0 again
    assert cpu.uc.reg_read(arm.UC_ARM_REG_SP) == MAIN_STACK


@pytest.mark.parametrize("is_m4", [False, True])
def test_masked_interrupt_waits_for_cpsie(is_m4):
    nops = [0xBF00] * 8
    program = [0x2420, 0x0624, 0xB672, *nops, 0xB662, *nops, STOP]  # cpsid i ... cpsie i
    cpu = machine(is_m4=is_m4, program=program, handler=[*NOTE_STATE, 0x3601, BX_LR])  # adds r6, #1
    cpu.nvic.enable(1 << 20)
    cpu.run(5)
    cpu.nvic.pend(20)
    cpu.run(8)
    assert cpu.uc.reg_read(arm.UC_ARM_REG_R6) == 0
    cpu.run(300)
    assert cpu.uc.reg_read(arm.UC_ARM_REG_R6) == 1
    assert words(cpu, 4)[3] == 20


@pytest.mark.parametrize("is_m4", [False, True])
def test_wfi_sleeps_until_an_interrupt(is_m4):
    program = [0x2420, 0x0624, 0xBF30, 0x2107, STOP]  # wfi; movs r1, #7
    cpu = machine(is_m4=is_m4, program=program, handler=[*NOTE_STATE, BX_LR])
    cpu.nvic.enable(1 << 20)
    cpu.clock.at(10_000, lambda: cpu.nvic.pend(20))
    cpu.run(5_000)
    cpu.run(9_000)
    assert (cpu.clock.ticks, cpu.clock.instructions) == (9_000, 3)
    cpu.run(10_100)
    assert cpu.uc.reg_read(arm.UC_ARM_REG_R1) == 7
    assert words(cpu, 4)[3] == 20


@pytest.mark.parametrize("is_m4", [False, True])
def test_wfe_passes_once_after_an_exception(is_m4):
    program = [0x2420, 0x0624, 0xDF00, 0xBF20, 0x2107, 0xBF20, 0x2109, STOP]  # svc; wfe x 2
    cpu = machine(is_m4=is_m4, program=program, handler=[*NOTE_STATE, BX_LR])
    cpu.run(1_000)
    assert cpu.uc.reg_read(arm.UC_ARM_REG_R1) == 7  # the second one sleeps
    assert cpu.clock.ticks == 1_000


@pytest.mark.parametrize("is_m4", [False, True])
def test_undefined_instruction_is_a_fault(is_m4):
    cpu = machine(is_m4=is_m4, program=[0xBF00, 0xDE00, STOP], handler=[BX_LR])  # udf
    with pytest.raises(VirtualBoardError, match="instruction that the CPU does not have.*pc=0x"):
        cpu.run(100)
