"""Fast stores: code in RAM, changed code, and conditional instructions stay correct."""

import struct

import pytest
from unicorn import arm_const as arm

from microbit_ml.errors import VirtualBoardError
from microbit_ml.virtual.cpu import CortexM

RAM, RAM_SIZE = 0x2000_0000, 0x4000
START, TABLE = 0x100, 0x200
STOP = 0xE7FE  # b .  (jumps to itself)
BX_LR, BLX_R5 = 0x4770, 0x47A8
ROUTINE = RAM + 0x2000


def machine(is_m4: bool, program: list[int], constants: list[int]) -> CortexM:
    """A CPU with a program (halfwords of Thumb code) and words at TABLE, which R7 points to."""
    cpu = CortexM(
        is_m4=is_m4,
        interrupts=32,
        priority_bits=2,
        ticks_per_instruction=1,
        ram_size=RAM_SIZE,
        interrupt_line=lambda number: False,
        on_reset=lambda: cpu.reset(),
    )
    cpu.uc.mem_map(0, 0x1000)
    cpu.uc.mem_map(RAM, RAM_SIZE)
    cpu.uc.mem_write(0, struct.pack("<2I", RAM + RAM_SIZE, START | 1))
    cpu.uc.mem_write(START, struct.pack(f"<{len(program)}H", *program))
    cpu.uc.mem_write(TABLE, struct.pack(f"<{len(constants)}I", *constants))
    cpu.reset()
    cpu.uc.reg_write(arm.UC_ARM_REG_R7, TABLE)
    return cpu


@pytest.mark.parametrize("is_m4", [False, True])
def test_code_in_ram_can_be_written_again(is_m4):
    """Data first, then code, then other code at the same address: each run sees the last store."""
    program = [
        0x683D,  # ldr r5, [r7]      the routine's address, with bit 0 set
        0x1E6C,  # subs r4, r5, #1
        0x6878,  # ldr r0, [r7, #4]  movs r1, #1; bx lr
        0x6420,  # str r0, [r4, #64]
        0x6020,  # str r0, [r4]      (the page has held only data until now)
        BLX_R5,
        0x460A,  # mov r2, r1
        0x68B8,  # ldr r0, [r7, #8]  movs r1, #5; bx lr
        0x6420,  # str r0, [r4, #64]
        0x6020,  # str r0, [r4]
        BLX_R5,
        0x460B,  # mov r3, r1
        STOP,
    ]
    routines = [BX_LR << 16 | 0x2101, BX_LR << 16 | 0x2105]
    cpu = machine(is_m4, program, [ROUTINE | 1, *routines])
    for elsewhere in (0x3000_0000, 0x3000_1000):
        cpu.run(cpu.clock.ticks + 20)
        assert cpu.uc.reg_read(arm.UC_ARM_REG_R2) == 1
        assert cpu.uc.reg_read(arm.UC_ARM_REG_R3) == 5
        cpu.uc.mem_map(elsewhere, 0x1000)  # makes unicorn forget its pages, not code
        cpu.reset()
        cpu.uc.reg_write(arm.UC_ARM_REG_R7, TABLE)


@pytest.mark.parametrize("first_access", [0x6821, 0x6021])  # ldr r1, [r4]; str r1, [r4]
def test_first_access_to_a_page_in_an_it_block(first_access):
    """Conditions end with the block, also when unicorn asked about a page within it."""
    program = [
        0x683C,  # ldr r4, [r7]
        0x4280,  # cmp r0, r0        equal
        0xBF08,  # it eq
        first_access,
        0x3001,  # adds r0, #1       not equal to zero any more
        0xE000,  # b next            (unicorn translates what follows apart)
        STOP,
        0x2207,  # next: movs r2, #7
        0x2309,  # movs r3, #9
        STOP,
    ]
    cpu = machine(True, program, [RAM + 0x1000])
    cpu.run(12)
    assert cpu.clock.instructions == 12
    assert cpu.uc.reg_read(arm.UC_ARM_REG_R2) == 7
    assert cpu.uc.reg_read(arm.UC_ARM_REG_R3) == 9


@pytest.mark.parametrize("access", [0x6821, 0x6021])
def test_access_just_behind_ram_is_reported_with_its_address(access):
    program = [0x683C, access, STOP]
    cpu = machine(True, program, [RAM + RAM_SIZE])
    with pytest.raises(VirtualBoardError, match="address 0x20004000, 4 bytes"):
        cpu.run(10)
