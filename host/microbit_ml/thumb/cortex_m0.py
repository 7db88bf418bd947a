"""The instructions of a Cortex-M0: their mnemonics and encodings.

Every encoding is from the ARMv6-M Architecture Reference Manual, section A6.7; all are one
halfword, except bl, which is two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from microbit_ml.errors import KitError


class AssemblyError(KitError, ValueError):
    """A listing that cannot be assembled. The message names the line and the problem."""


class Register(int):
    """r0 to r15 by number; sp is 13, lr 14, pc 15."""


REGISTERS = {f"r{i}": Register(i) for i in range(16)} | {
    "sp": Register(13),
    "lr": Register(14),
    "pc": Register(15),
}
CONDITIONS = ("eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le")
# Data processing with two low registers: 0100 00oo oomm mddd (A6.7; mul takes the same form).
TWO_REGISTERS = {
    "and_": 0, "eor": 1, "lsl": 2, "lsr": 3, "asr": 4, "adc": 5, "sbc": 6, "ror": 7,
    "tst": 8, "neg": 9, "cmp": 10, "cmn": 11, "orr": 12, "mul": 13, "bic": 14, "mvn": 15,
}  # fmt: skip
SHIFTS = {"lsl": 0, "lsr": 1, "asr": 2}
# Loads and stores: opcode for [rn, imm5 * size], size in bytes, opcode for [rn, rm].
MEMORY = {
    "str": (0x6000, 4, 0x5000), "ldr": (0x6800, 4, 0x5800),
    "strb": (0x7000, 1, 0x5400), "ldrb": (0x7800, 1, 0x5C00),
    "strh": (0x8000, 2, 0x5200), "ldrh": (0x8800, 2, 0x5A00),
    "ldrsb": (None, 1, 0x5600), "ldrsh": (None, 2, 0x5E00),
}  # fmt: skip

Encoder = Callable[["dict[str, int]", int], "list[int]"]
"""An instruction's halfwords, from the offsets of the labels and its own."""


def encoders() -> Iterator[tuple[str, Callable[..., Encoder]]]:
    """Every mnemonic with the function that turns its operands into an encoder."""
    yield from {"mov": _mov, "add": _add, "sub": _sub, "push": _push, "pop": _pop}.items()
    yield "bx", lambda rm: _fixed(0x4700 | register(rm) << 3)
    yield "blx", lambda rm: _fixed(0x4780 | register(rm) << 3)
    yield "uxtb", lambda rd, rm: _fixed(0xB2C0 | _low(rm) << 3 | _low(rd))
    yield "b", lambda target: _branch(0xE000, target, 11)
    yield "bl", _bl
    yield "adr", lambda rd, target: _from_pc(0xA000 | _low(rd) << 8, target)
    for number, condition in enumerate(CONDITIONS):
        opcode = 0xD000 | number << 8
        yield f"b{condition}", lambda target, opcode=opcode: _branch(opcode, target, 8)
    for mnemonic in TWO_REGISTERS:
        yield mnemonic, lambda *operands, mnemonic=mnemonic: _data(mnemonic, *operands)
    for mnemonic in MEMORY:
        yield mnemonic, lambda *operands, mnemonic=mnemonic: _memory(mnemonic, *operands)


def never_goes_on(mnemonic: str, operands: tuple[Any, ...]) -> bool:
    """Whether the next instruction can only be reached by a branch."""
    if mnemonic == "pop":
        return REGISTERS["pc"] in operands[0]
    if mnemonic in ("mov", "add"):
        return operands[0] == REGISTERS["pc"]
    return mnemonic in ("b", "bx")


def _fixed(halfword: int) -> Encoder:
    return lambda labels, offset: [halfword]


def _low(register: object) -> int:
    if not isinstance(register, Register) or register > 7:
        raise ValueError(f"{register} must be one of r0 to r7")
    return int(register)


def register(operand: object) -> int:
    """The number of any register. Raises ValueError for anything else."""
    if not isinstance(operand, Register):
        raise ValueError(f"{operand} must be a register")
    return int(operand)


def _number(value: object, bits: int, step: int = 1) -> int:
    """Check a constant: ``bits`` bits, in units of ``step``. Raises ValueError."""
    if type(value) is not int or value % step or not 0 <= value // step < 1 << bits:
        raise ValueError(
            f"{value} must be a multiple of {step} from 0 to {((1 << bits) - 1) * step}"
        )
    return value // step


def _mov(rd: object, source: object) -> Encoder:
    if not isinstance(source, Register):
        return _fixed(0x2000 | _low(rd) << 8 | _number(source, 8))
    return _high(0x4600, rd, source)


def _high(opcode: int, rd: object, rm: object) -> Encoder:
    """mov, add and cmp of any two registers."""
    d = register(rd)
    return _fixed(opcode | (d & 8) << 4 | register(rm) << 3 | d & 7)


def _add(*operands: Any) -> Encoder:
    return _add_or_sub(0x1800, 0x1C00, 0x3000, 0xB000, *operands)


def _sub(*operands: Any) -> Encoder:
    return _add_or_sub(0x1A00, 0x1E00, 0x3800, 0xB080, *operands)


def _add_or_sub(
    registers: int,
    small: int,
    large: int,
    stack: int,
    rd: object,
    rn: object,
    operand: object = None,
) -> Encoder:
    if operand is None:
        if rd == REGISTERS["sp"]:
            return _fixed(stack | _number(rn, 7, 4))
        if isinstance(rn, Register) and registers == 0x1800:  # any registers, two operands
            return _high(0x4400, rd, rn)
        return _fixed(large | _low(rd) << 8 | _number(rn, 8))
    if isinstance(operand, Register):
        return _fixed(registers | _low(operand) << 6 | _low(rn) << 3 | _low(rd))
    return _fixed(small | _number(operand, 3) << 6 | _low(rn) << 3 | _low(rd))


def _data(mnemonic: str, rd: object, rm: object, amount: object = None) -> Encoder:
    if amount is not None:  # lsl, lsr, asr by a constant
        shift = SHIFTS[mnemonic] << 11 | _number(amount, 5) << 6
        return _fixed(shift | _low(rm) << 3 | _low(rd))
    if mnemonic == "cmp" and not isinstance(rm, Register):
        return _fixed(0x2800 | _low(rd) << 8 | _number(rm, 8))
    if mnemonic == "cmp" and max(register(rd), register(rm)) > 7:
        return _high(0x4500, rd, rm)
    return _fixed(0x4000 | TWO_REGISTERS[mnemonic] << 6 | _low(rm) << 3 | _low(rd))


def _memory(mnemonic: str, rt: object, address: list | str) -> Encoder:
    constant, size, registers = MEMORY[mnemonic]
    if isinstance(address, str):
        if mnemonic != "ldr":
            raise ValueError("only ldr reads at a label")
        return _from_pc(0x4800 | _low(rt) << 8, address)
    base, offset = address
    if isinstance(offset, Register):
        return _fixed(registers | _low(offset) << 6 | _low(base) << 3 | _low(rt))
    if base == REGISTERS["sp"] and size == 4:
        opcode = 0x9800 if mnemonic == "ldr" else 0x9000
        return _fixed(opcode | _low(rt) << 8 | _number(offset, 8, 4))
    if constant is None:
        raise ValueError("its offset must be a register")
    return _fixed(constant | _number(offset, 5, size) << 6 | _low(base) << 3 | _low(rt))


def _push(registers: set) -> Encoder:
    return _fixed(0xB400 | _list(registers, REGISTERS["lr"]))


def _pop(registers: set) -> Encoder:
    return _fixed(0xBC00 | _list(registers, REGISTERS["pc"]))


def _list(registers: set, ninth: Register) -> int:
    bits = 0
    for register in registers:
        bits |= 0x100 if register == ninth else 1 << _low(register)
    return bits


def _distance(labels: dict[str, int], target: str, offset: int, bits: int) -> int:
    """From pc (two instructions on) to a label, in halfwords, as a signed ``bits``-bit number."""
    if target not in labels:
        raise AssemblyError(f"There is no label {target}.")
    halfwords = (labels[target] - offset - 4) // 2
    if not -(1 << bits - 1) <= halfwords < 1 << bits - 1:
        raise AssemblyError(f"{target} is too far away for this branch.")
    return halfwords & (1 << bits) - 1


def _branch(opcode: int, target: str, bits: int) -> Encoder:
    return lambda labels, offset: [opcode | _distance(labels, target, offset, bits)]


def _from_pc(opcode: int, target: str) -> Encoder:
    """An encoder for the distance from pc to a label further on, in words."""

    def encode(labels: dict[str, int], offset: int) -> list[int]:
        if target not in labels:
            raise AssemblyError(f"There is no label {target}.")
        distance = labels[target] - (offset + 4 & ~3)
        if distance % 4 or not 0 <= distance <= 1020:
            raise AssemblyError(f"{target} must be at a multiple of 4, at most 1,020 bytes ahead.")
        return [opcode | distance // 4]

    return encode


def _bl(target: str) -> Encoder:
    def encode(labels: dict[str, int], offset: int) -> list[int]:
        # 11110 S imm10, 11 J1 1 J2 imm11; within 4 MB J1 and J2 are 1 xor S xor S = 1.
        halfwords = _distance(labels, target, offset, 22)
        sign = halfwords >> 21
        return [0xF000 | sign << 10 | halfwords >> 11 & 0x3FF, 0xF800 | halfwords & 0x7FF]

    return encode
