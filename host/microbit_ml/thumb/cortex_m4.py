"""The instructions that a Cortex-M4 has beyond a Cortex-M0, as far as V2's kernels need them.

Every encoding is from the ARMv7-M Architecture Reference Manual, section A7.7; all are two
halfwords, and none of them changes N, Z, C or V. Where a Cortex-M0 has a shorter form of the
same name, the name here ends in ``_w`` ("wide"), as in ``ldrsh_w``::

    smlad(r4, r5, r6, r4)          # r4 = r4 + low(r5) * low(r6) + high(r5) * high(r6)
    sxtb16(r5, r6, 8)              # bytes 1 and 3 of r6 (0 and 2 without the 8) as halves of r5
    ssat(r4, 8, r5)                # r5 clipped to 8 bits, signed
    ldrsh_w(r4, [r0, -2])          # any registers; the offset is -255 to 4095,
    ldrsh_w(r4, [r0, r1, 1])       # or a register, here shifted left by 1,
    ldrsh_w(r4, [r0], 6)           # or none; then 6 is added to r0 afterwards
    add_w(r4, r8, r5)              # any registers,
    add_w(r4, r8, r5, "asr", 3)    # the last one shifted,
    add_w(r4, r8, 1000)            # or a number, 0 to 4095
    ror_w(r4, r5, 16)              # r5 rotated right
    ldm_w(r1, {r4, r5, r9})        # loads registers in order from r1, which moves past them
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from microbit_ml.thumb.cortex_m0 import Encoder, Register, register

# rd, rn, rm: the first halfword without rn, the second without rd and rm.
THREE_REGISTERS = {
    "sdiv": (0xFB90, 0xF0F0), "udiv": (0xFBB0, 0xF0F0),
    "sadd16": (0xFA90, 0xF000), "ssub16": (0xFAD0, 0xF000), "shadd16": (0xFA90, 0xF020),
}  # fmt: skip
# rd, rn, rm, ra: the first halfword without rn.
FOUR_REGISTERS = {"mla": 0xFB00, "smlad": 0xFB20}
# rd, rm, and the number of bits by which rm is rotated right first.
EXTENSIONS = {"sxtb16": 0xFA2F, "uxtb16": 0xFA3F}
# rd, rn, and rm that may be shifted: the first halfword.
SHIFTED = {"and_w": 0xEA00, "eor_w": 0xEA80, "add_w": 0xEB00, "sub_w": 0xEBA0}
SHIFTS = {"lsl": 0x00, "lsr": 0x10, "asr": 0x20}
# rd, rn and a number of 12 bits: the first halfword.
NUMBERS = {"add_w": 0xF200, "sub_w": 0xF2A0}
# rt and an address: the first halfword, to which an offset of 12 bits adds 0x80.
MEMORY = {
    "strb_w": 0xF800, "ldrb_w": 0xF810, "strh_w": 0xF820, "ldrh_w": 0xF830,
    "str_w": 0xF840, "ldr_w": 0xF850, "ldrsb_w": 0xF910, "ldrsh_w": 0xF930,
}  # fmt: skip


def encoders() -> Iterator[tuple[str, Callable[..., Encoder]]]:
    """Every mnemonic with the function that turns its operands into an encoder."""
    for names, encode in (
        (THREE_REGISTERS, _three_registers),
        (FOUR_REGISTERS, _four_registers),
        (EXTENSIONS, _extension),
        (SHIFTED, _shifted),
        (MEMORY, _memory),
    ):
        for name in names:
            yield name, lambda *operands, name=name, encode=encode: encode(name, *operands)
    yield "ssat", _ssat
    yield "ror_w", _ror
    yield "ldm_w", _load_multiple
    yield "clz", lambda rd, rm: _fixed(0xFAB0 | _r(rm), 0xF080 | _r(rd) << 8 | _r(rm))
    yield "ldrd", _doubleword


def _fixed(first: int, second: int) -> Encoder:
    return lambda labels, offset: [first, second]


def _r(operand: object) -> int:
    """The number of a register. Raises ValueError for sp and pc, which few instructions take."""
    number = register(operand)
    if number in (13, 15):
        raise ValueError("sp and pc cannot be used here")
    return number


def _in(value: object, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{value} must be a number from {low} to {high}")
    return value


def _pair(first: object, second: object) -> int:
    return _r(first) << 12 | _r(second) << 8


def _three_registers(name: str, rd: object, rn: object, rm: object) -> Encoder:
    first, second = THREE_REGISTERS[name]
    return _fixed(first | _r(rn), second | _r(rd) << 8 | _r(rm))


def _four_registers(name: str, rd: object, rn: object, rm: object, ra: object) -> Encoder:
    return _fixed(FOUR_REGISTERS[name] | _r(rn), _pair(ra, rd) | _r(rm))


def _extension(name: str, rd: object, rm: object, rotation: object = 0) -> Encoder:
    if rotation not in (0, 8, 16, 24):
        raise ValueError(f"{rotation} must be 0, 8, 16 or 24")
    return _fixed(EXTENSIONS[name], 0xF080 | _r(rd) << 8 | _in(rotation, 0, 24) << 1 | _r(rm))


def _ssat(rd: object, bits: object, rn: object) -> Encoder:
    return _fixed(0xF300 | _r(rn), _r(rd) << 8 | _in(bits, 1, 32) - 1)


def _ror(rd: object, rm: object, amount: object) -> Encoder:
    by = _in(amount, 1, 31)
    return _fixed(0xEA4F, by >> 2 << 12 | _r(rd) << 8 | (by & 3) << 6 | 0x30 | _r(rm))


def _load_multiple(rn: object, registers: set) -> Encoder:
    if rn in registers or len(registers) < 2:
        raise ValueError("it loads two or more registers, but not the one with the address")
    return _fixed(0xE8B0 | _r(rn), sum(1 << _r(one) for one in registers))


def _shifted(
    name: str, rd: object, rn: object, operand: object, shift: Any = "lsl", amount: object = 0
) -> Encoder:
    if not isinstance(operand, Register) and name in NUMBERS:
        number = _in(operand, 0, 4095)
        first = NUMBERS[name] | number >> 11 << 10 | _r(rn)
        return _fixed(first, (number >> 8 & 7) << 12 | _r(rd) << 8 | number & 0xFF)
    # A shift right by 0 would mean 32.
    by = _in(amount, 0 if shift == "lsl" else 1, 31)
    second = by >> 2 << 12 | _r(rd) << 8 | (by & 3) << 6 | SHIFTS[shift] | _r(operand)
    return _fixed(SHIFTED[name] | _r(rn), second)


def _memory(name: str, rt: object, address: list, step: object = None) -> Encoder:
    base, *offset = address
    first, second = MEMORY[name] | register(base), _r(rt) << 12
    if step is not None:  # the address is rn; then step is added to it
        if offset:
            raise ValueError("it takes either an offset or a number to add afterwards")
        number = _in(step, -255, 255)
        return _fixed(first, second | (0xB00 if number >= 0 else 0x900) | abs(number))
    if offset and isinstance(offset[0], Register):
        amount = _in(offset[1] if len(offset) > 1 else 0, 0, 3)
        return _fixed(first, second | amount << 4 | _r(offset[0]))
    (number,) = offset or [0]
    if _in(number, -255, 4095) < 0:
        return _fixed(first, second | 0xC00 | -number)
    return _fixed(first | 0x80, second | number)


def _doubleword(rt: object, rt2: object, address: list) -> Encoder:
    """Two registers at an address, a multiple of 4, with an offset of -1020 to 1020."""
    base, *offset = address
    (number,) = offset or [0]
    if _in(number, -1020, 1020) % 4:
        raise ValueError(f"{number} must be a multiple of 4")
    first = 0xE9D0 if number >= 0 else 0xE950
    return _fixed(first | register(base), _pair(rt, rt2) | abs(number) // 4)
