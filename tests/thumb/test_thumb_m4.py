"""The instructions of a Cortex-M4: encodings worked from the manual, and GNU as where installed."""

import shutil
import subprocess

import pytest

from microbit_ml.thumb import AssemblyError, assemble

# Instruction, its halfwords, and the same for GNU as.
KNOWN = [
    ("smlad(r4, r5, r6, r4)", [0xFB25, 0x4406], "smlad r4, r5, r6, r4"),
    ("smlad(r12, r9, r10, r11)", [0xFB29, 0xBC0A], "smlad r12, r9, r10, r11"),
    ("mla(r1, r2, r3, r4)", [0xFB02, 0x4103], "mla r1, r2, r3, r4"),
    ("sdiv(r4, r4, r1)", [0xFB94, 0xF4F1], "sdiv r4, r4, r1"),
    ("udiv(r4, r5, r9)", [0xFBB5, 0xF4F9], "udiv r4, r5, r9"),
    ("clz(r3, r10)", [0xFABA, 0xF38A], "clz r3, r10"),
    ("sadd16(r1, r2, r3)", [0xFA92, 0xF103], "sadd16 r1, r2, r3"),
    ("ssub16(r1, r2, r3)", [0xFAD2, 0xF103], "ssub16 r1, r2, r3"),
    ("shadd16(r1, r2, r3)", [0xFA92, 0xF123], "shadd16 r1, r2, r3"),
    ("sxtb16(r1, r2)", [0xFA2F, 0xF182], "sxtb16 r1, r2"),
    ("sxtb16(r1, r2, 8)", [0xFA2F, 0xF192], "sxtb16 r1, r2, ror #8"),
    ("uxtb16(r1, r2, 8)", [0xFA3F, 0xF192], "uxtb16 r1, r2, ror #8"),
    ("ssat(r3, 8, r4)", [0xF304, 0x0307], "ssat r3, #8, r4"),
    ("ssat(r3, 32, r4)", [0xF304, 0x031F], "ssat r3, #32, r4"),
    ("ror_w(r5, r9, 16)", [0xEA4F, 0x4539], "ror.w r5, r9, #16"),
    ("ror_w(r5, r6, 7)", [0xEA4F, 0x15F6], "ror.w r5, r6, #7"),
    ("ldm_w(r2, {r7, r9, r10})", [0xE8B2, 0x0680], "ldmia.w r2!, {r7, r9, r10}"),
    ("and_w(r4, r5, r6, 'lsl', 16)", [0xEA05, 0x4406], "and.w r4, r5, r6, lsl #16"),
    ("and_w(r8, r1, r2)", [0xEA01, 0x0802], "and.w r8, r1, r2"),
    ("eor_w(r4, r7, r7, 'asr', 31)", [0xEA87, 0x74E7], "eor.w r4, r7, r7, asr #31"),
    ("add_w(r6, r6, r7, 'lsr', 31)", [0xEB06, 0x76D7], "add.w r6, r6, r7, lsr #31"),
    ("add_w(r9, r8, r1)", [0xEB08, 0x0901], "add.w r9, r8, r1"),
    ("sub_w(r1, r8, r9, 'asr', 1)", [0xEBA8, 0x0169], "sub.w r1, r8, r9, asr #1"),
    ("add_w(r1, r9, 4095)", [0xF609, 0x71FF], "addw r1, r9, #4095"),
    ("sub_w(r1, r9, 300)", [0xF2A9, 0x112C], "subw r1, r9, #300"),
    ("ldr_w(r1, [r2, 4095])", [0xF8D2, 0x1FFF], "ldr.w r1, [r2, #4095]"),
    ("ldr_w(r9, [r2])", [0xF8D2, 0x9000], "ldr.w r9, [r2]"),
    ("ldr_w(r9, [r2], 4)", [0xF852, 0x9B04], "ldr.w r9, [r2], #4"),
    ("ldr_w(r9, [r2], -255)", [0xF852, 0x99FF], "ldr.w r9, [r2], #-255"),
    ("str_w(r9, [r2, -4])", [0xF842, 0x9C04], "str.w r9, [r2, #-4]"),
    ("str_w(r9, [sp, 4])", [0xF8CD, 0x9004], "str.w r9, [sp, #4]"),
    ("ldrh_w(r1, [r2, r9])", [0xF832, 0x1009], "ldrh.w r1, [r2, r9]"),
    ("strh_w(r1, [r2], 2)", [0xF822, 0x1B02], "strh.w r1, [r2], #2"),
    ("ldrsh_w(r1, [r2, 100])", [0xF9B2, 0x1064], "ldrsh.w r1, [r2, #100]"),
    ("ldrsh_w(r1, [r2, r3, 1])", [0xF932, 0x1013], "ldrsh.w r1, [r2, r3, lsl #1]"),
    ("ldrsb_w(r1, [r2, 1])", [0xF992, 0x1001], "ldrsb.w r1, [r2, #1]"),
    ("ldrb_w(r1, [r2], 1)", [0xF812, 0x1B01], "ldrb.w r1, [r2], #1"),
    ("strb_w(r1, [r8, 0])", [0xF888, 0x1000], "strb.w r1, [r8]"),
    ("ldrd(r1, r2, [r3, 8])", [0xE9D3, 0x1202], "ldrd r1, r2, [r3, #8]"),
    ("ldrd(r1, r9, [r3, -1020])", [0xE953, 0x19FF], "ldrd r1, r9, [r3, #-1020]"),
]


@pytest.mark.parametrize(("line", "halfwords", "_"), KNOWN)
def test_known_encodings(line, halfwords, _):
    assert assemble(line, m4=True) == b"".join(h.to_bytes(2, "little") for h in halfwords)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("smlad(r1, r2, r3, sp)", "sp and pc"),
        ("smlad(r1, r2, r3)", "is invalid"),
        ("smlad(r1, r2, r3, 4)", "4 must be a register"),
        ("sxtb16(r1, r2, 4)", "4 must be 0, 8, 16 or 24"),
        ("ssat(r1, 33, r2)", "33 must be a number from 1 to 32"),
        ("ldm_w(r1, {r1, r2})", "not the one with the address"),
        ("ldm_w(r1, {r2})", "two or more registers"),
        ("ror_w(r1, r2, 32)", "32 must be a number from 1 to 31"),
        ("eor_w(r1, r2, 5)", "5 must be a register"),
        ("add_w(r1, r2, 4096)", "4096 must be a number from 0 to 4095"),
        ("add_w(r1, r2, r3, 'asr', 0)", "0 must be a number from 1 to 31"),
        ("add_w(r1, r2, r3, 'ror', 1)", "is invalid"),
        ("ldr_w(r1, [r2, -256])", "-256 must be a number from -255 to 4095"),
        ("ldr_w(r1, [r2], 256)", "256 must be a number from -255 to 255"),
        ("ldr_w(r1, [r2, 4], 4)", "either an offset or"),
        ("ldr_w(r1, [r2, r3, 4])", "4 must be a number from 0 to 3"),
        ("ldrd(r1, r2, [r3, 6])", "6 must be a multiple of 4"),
    ],
)
def test_mistakes_are_explained(line, words):
    with pytest.raises(AssemblyError, match=words):
        assemble(line, m4=True)


def test_a_cortex_m0_has_none_of_them():
    for line, _, _ in KNOWN:
        with pytest.raises(AssemblyError, match="There is no instruction"):
            assemble(line)


def test_labels_count_two_halfwords():
    code = assemble("b(END)\nsmlad(r1, r2, r3, r4)\nlabel(END)\nbx(lr)", m4=True)
    assert code.hex(" ", 2) == "01e0 22fb 0341 7047"


def test_gnu_as_agrees(tmp_path):
    tool = shutil.which("arm-none-eabi-as")
    if tool is None:
        pytest.skip("arm-none-eabi-as is not installed (Debian: binutils-arm-none-eabi)")
    source, object_file = tmp_path / "t.s", tmp_path / "t.o"
    lines = "".join(f"{text}\n" for _, _, text in KNOWN)
    source.write_text(".syntax unified\n.cpu cortex-m4\n.thumb\n" + lines)
    subprocess.run([tool, "-o", object_file, source], check=True)
    binary = tmp_path / "t.bin"
    copy = shutil.which("arm-none-eabi-objcopy") or ""
    subprocess.run([copy, "-O", "binary", "-j", ".text", object_file, binary], check=True)
    listing = "".join(f"{line}\n" for line, _, _ in KNOWN)
    assert binary.read_bytes()[: len(assemble(listing, m4=True))] == assemble(listing, m4=True)
