"""The assembler: encodings worked from the manual, GNU as where it is installed, clear errors."""

import re
import shutil
import subprocess

import pytest

from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.image.kernels import kernels, run_listing
from microbit_ml.kinds import RECORDS
from microbit_ml.targets import TARGETS
from microbit_ml.thumb import AssemblyError, assemble

# Instruction, its halfwords, and the same for GNU as.
KNOWN = [
    ("mov(r3, 200)", [0x23C8], "movs r3, #200"),
    ("mov(r5, r2)", [0x4615], "mov r5, r2"),
    ("mov(r8, r0)", [0x4680], "mov r8, r0"),
    ("mov(r1, lr)", [0x4671], "mov r1, lr"),
    ("add(r1, r2, r3)", [0x18D1], "adds r1, r2, r3"),
    ("add(r1, r2, 5)", [0x1D51], "adds r1, r2, #5"),
    ("add(r4, 255)", [0x34FF], "adds r4, #255"),
    ("sub(r7, r6, r5)", [0x1B77], "subs r7, r6, r5"),
    ("sub(r0, r1, 7)", [0x1FC8], "subs r0, r1, #7"),
    ("sub(r2, 1)", [0x3A01], "subs r2, #1"),
    ("add(sp, 24)", [0xB006], "add sp, #24"),
    ("sub(sp, 508)", [0xB0FF], "sub sp, #508"),
    ("cmp(r3, 32)", [0x2B20], "cmp r3, #32"),
    ("cmp(r3, r1)", [0x428B], "cmp r3, r1"),
    ("mul(r2, r7)", [0x437A], "muls r2, r7, r2"),
    ("and_(r1, r2)", [0x4011], "ands r1, r2"),
    ("eor(r5, r6)", [0x4075], "eors r5, r6"),
    ("orr(r5, r6)", [0x4335], "orrs r5, r6"),
    ("bic(r6, r7)", [0x43BE], "bics r6, r7"),
    ("mvn(r4, r4)", [0x43E4], "mvns r4, r4"),
    ("neg(r2, r2)", [0x4252], "rsbs r2, r2, #0"),
    ("tst(r1, r0)", [0x4201], "tst r1, r0"),
    ("adc(r1, r0)", [0x4141], "adcs r1, r0"),
    ("sbc(r1, r0)", [0x4181], "sbcs r1, r0"),
    ("ror(r1, r0)", [0x41C1], "rors r1, r0"),
    ("lsl(r0, r1, 31)", [0x07C8], "lsls r0, r1, #31"),
    ("lsr(r0, r1, 1)", [0x0848], "lsrs r0, r1, #1"),
    ("asr(r6, r5, 31)", [0x17EE], "asrs r6, r5, #31"),
    ("asr(r4, r6)", [0x4134], "asrs r4, r6"),
    ("ldr(r1, [r2, 124])", [0x6FD1], "ldr r1, [r2, #124]"),
    ("str(r1, [r2, 4])", [0x6051], "str r1, [r2, #4]"),
    ("ldr(r4, [sp, 20])", [0x9C05], "ldr r4, [sp, #20]"),
    ("str(r4, [sp, 1020])", [0x94FF], "str r4, [sp, #1020]"),
    ("ldrh(r6, [r0, 62])", [0x8FC6], "ldrh r6, [r0, #62]"),
    ("strh(r6, [r3, 0])", [0x801E], "strh r6, [r3]"),
    ("ldrb(r6, [r0, 31])", [0x7FC6], "ldrb r6, [r0, #31]"),
    ("strb(r6, [r0, 1])", [0x7046], "strb r6, [r0, #1]"),
    ("ldrsh(r5, [r0, r7])", [0x5FC5], "ldrsh r5, [r0, r7]"),
    ("ldrsb(r6, [r1, r5])", [0x574E], "ldrsb r6, [r1, r5]"),
    ("ldrh(r1, [r2, r3])", [0x5AD1], "ldrh r1, [r2, r3]"),
    ("ldr(r1, [r2, r3])", [0x58D1], "ldr r1, [r2, r3]"),
    ("uxtb(r1, r2)", [0xB2D1], "uxtb r1, r2"),
    ("push({r0, r5, lr})", [0xB521], "push {r0, r5, lr}"),
    ("pop({r7, pc})", [0xBD80], "pop {r7, pc}"),
    ("bx(lr)", [0x4770], "bx lr"),
    ("blx(r0)", [0x4780], "blx r0"),
    ("blx(r12)", [0x47E0], "blx r12"),
    ("add(r12, r6)", [0x44B4], "add r12, r6"),
    ("add(r2, r10)", [0x4452], "add r2, r10"),
    ("cmp(r7, r11)", [0x455F], "cmp r7, r11"),
    ("data(1, 254, -3)\ndata(2, -127)", [0xFDFE, 0xFF81], ".byte 254, 253\n.hword 0xff81"),
    ("data(4, 0xEDB88320)", [0x8320, 0xEDB8], ".word 0xedb88320"),
]


@pytest.mark.parametrize(("line", "halfwords", "_"), KNOWN)
def test_known_encodings(line, halfwords, _):
    assert assemble(line) == b"".join(h.to_bytes(2, "little") for h in halfwords)


def test_branches_reach_back_and_forward():
    code = assemble("label(START)\nbne(END)\nb(START)\nbl(END)\nbl(START)\nlabel(END)\nbx(lr)\n")
    # Distances in halfwords from pc, which is two halfwords after the instruction:
    # bne at 0 to 12: 4; b at 2 to 0: -3; bl at 4 to 12: 2; bl at 8 to 0: -6
    assert code.hex(" ", 2) == "04d1 fde7 00f0 02f8 fff7 faff 7047"


def test_tables_are_found_from_pc():
    code = assemble("adr(r3, T)\nldr(r2, W)\nbx(lr)\nalign(4)\nlabel(W)\ndata(4, 7)\nlabel(T)\n")
    # From pc, rounded down to a multiple of 4: adr at 0 from 4 to 12: 2 words; ldr at 2 from 4 to 8
    assert code.hex(" ", 2) == "02a3 014a 7047 0000 0700 0000"


@pytest.mark.parametrize(
    ("listing", "words"),
    [
        ("adr(r0, T)\nbx(lr)\nbx(lr)\nlabel(T)", "line 1: T must be at a multiple of 4"),
        ("label(T)\nadr(r0, T)", "line 2: T must be"),
        ("adr(r0, T)", "no label T"),
        ("ldrh(r0, T)", "line 1: .*only ldr reads at a label"),
        ("data(1, 256, 0)", "line 1: .* is -128 to 255, not 256"),
        ("data(1, 1)", "line 1: Data must be an even number of bytes"),
        ("mov(r0, 256)", "line 1: mov.*256.*0 to 255"),
        ("mov(r0, 0)\nadd(r1, r2, 8)", "line 2: add.*0 to 7"),
        ("ldr(r1, [r2, 6])", "multiple of 4"),
        ("ldrsh(r1, [r2, 4])", "offset must be a register"),
        ("lsl(r8, r1, 1)", "r0 to r7"),
        ("b(NOWHERE)", "no label NOWHERE"),
        ("label(A)\nlabel(A)", "line 2: The label A is defined twice"),
        ("nop()", "line 1: There is no instruction or register 'nop'"),
        ("beq(FAR)\n" + "bx(lr)\n" * 200 + "label(FAR)", "line 1: FAR is too far away"),
        ("mov(r0", "line 1"),
        ("mov(r0)", "is invalid"),
    ],
)
def test_mistakes_are_explained(listing, words):
    with pytest.raises(AssemblyError, match=words):
        assemble(listing)


def test_gnu_as_agrees(tmp_path):
    tool = shutil.which("arm-none-eabi-as")
    if tool is None:
        pytest.skip("arm-none-eabi-as is not installed (Debian: binutils-arm-none-eabi)")
    listing = "".join(f"{line}\nbeq(END)\nbl(END)\n" for line, _, _ in KNOWN[:20]) + "label(END)\n"
    gnu = "".join(f"{text}\nbeq END\nbl END\n" for _, _, text in KNOWN[:20]) + "END:\n"
    listing += "".join(f"{line}\n" for line, _, _ in KNOWN)
    gnu += "".join(f"{text}\n" for _, _, text in KNOWN)
    source, object_file = tmp_path / "t.s", tmp_path / "t.o"
    source.write_text(".syntax unified\n.cpu cortex-m0\n.thumb\n" + gnu)
    subprocess.run([tool, "-o", object_file, source], check=True)
    binary = tmp_path / "t.bin"
    copy = shutil.which("arm-none-eabi-objcopy") or ""
    subprocess.run([copy, "-O", "binary", "-j", ".text", object_file, binary], check=True)
    assert binary.read_bytes()[: len(assemble(listing))] == assemble(listing)


def test_the_kernels_are_small_and_every_label_is_used():
    assert all(1500 < len(kernels(board)) < 4000 for board in TARGETS)  # of every kind
    files = sorted((firmware_folder() / "kernels").glob("*.py"))
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    text += run_listing(RECORDS.values())
    for name in re.findall(r"^label\((\w+)\)", text, re.MULTILINE):
        assert len(re.findall(rf"\b{name}\)", text)) >= 2, name
