"""Code around the gaps of a board's file system: the same results as in one piece."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unicorn import UC_ARCH_ARM, UC_MODE_MCLASS, UC_MODE_THUMB, Uc, arm_const

from microbit_ml.image.filesystem import FileSystemLayout, build_file_system, read_files
from microbit_ml.image.kernels import kernel_file, kernels, kernels_in_flash
from microbit_ml.targets import TARGETS
from microbit_ml.thumb import AssemblyError, assemble, assemble_in_chunks, file_content

START = 16  # where the code begins in the first chunk
RETURN = 0x8000


def assembled(listing, start=START):
    return assemble_in_chunks({"listing": listing}, start)


def halfword(image, offset):
    return int.from_bytes(image[offset : offset + 2], "little")


def run(code, start):
    """r0 to r4 after the code, which begins with zeros in them and ends with bx(lr)."""
    cpu = Uc(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS)
    cpu.ctl_set_cpu_model(arm_const.UC_CPU_ARM_CORTEX_M0)
    cpu.mem_map(0, 0x10000)
    cpu.mem_write(0, code)
    cpu.reg_write(arm_const.UC_ARM_REG_LR, RETURN | 1)
    for i in range(5):
        cpu.reg_write(getattr(arm_const, f"UC_ARM_REG_R{i}"), 0)
    cpu.emu_start(start | 1, RETURN, count=10_000)
    assert cpu.reg_read(arm_const.UC_ARM_REG_PC) == RETURN
    return [cpu.reg_read(getattr(arm_const, f"UC_ARM_REG_R{i}")) for i in range(5)]


def test_a_branch_leads_over_the_gap():
    image = assembled("mov(r0, 1)\n" * 60)
    # 54 instructions at 16 to 122, the branch at 124, the others from 130 on.
    assert {halfword(image, offset) for offset in range(16, 124, 2)} == {0x2001}
    # From 124 to 130: pc is 4 on, and one halfword remains.
    assert halfword(image, 124) == 0xE001
    assert image[126:130] == bytes(4)
    assert {halfword(image, offset) for offset in range(130, 142, 2)} == {0x2001}
    assert len(image) == 142


@pytest.mark.parametrize("jump", ["b(START)", "bx(lr)", "pop({pc})", "mov(pc, r0)", "add(pc, r0)"])
def test_behind_a_jump_no_branch_is_needed(jump):
    image = assembled("label(START)\n" + "mov(r0, 1)\n" * 54 + jump + "\nlabel(ON)\nbeq(ON)")
    assert halfword(image, 124) >> 8 != 0xD0  # the jump itself replaces the branch
    assert halfword(image, 124) != 0xE001
    assert halfword(image, 130) == 0xD0FE  # to itself: the label has moved on with it


def test_a_conditional_jump_needs_the_branch():
    image = assembled("label(START)\n" + "mov(r0, 1)\n" * 53 + "beq(START)\npop({r0})\nbx(lr)")
    assert halfword(image, 122) >> 8 == 0xD0
    assert halfword(image, 124) == 0xE001


def test_consecutive_numbers_stay_together_and_aligned():
    table = "align(4)\nlabel(T)\ndata(2, 1, 2, 3)\ndata(4, 5)\nalign(4)\nlabel(END)\n"
    for before in range(1, 60):
        image = assembled("mov(r0, 1)\n" * before + "ldr(r1, T)\nadr(r2, END)\nbx(lr)\n" + table)
        content = bytes([1, 0, 2, 0, 3, 0, 5, 0, 0, 0])
        offset = image.index(content)
        assert offset % 4 == 0
        assert offset // 128 == (offset + 11) // 128
        assert 2 <= offset % 128 <= 126 - 12
        assert run(image, START)[:3] == [1, 1 | 2 << 16, offset + 12]


def test_four_bytes_of_an_instruction_stay_together():
    for before in range(40, 60):
        text = "mov(r0, 1)\n" * before
        text += "mov(r3, lr)\nbl(END)\nbx(r3)\nlabel(END)\nmov(r1, 7)\nbx(lr)\n"
        image = assembled(text)
        assert run(image, START)[:2] == [1, 7]


def test_an_align_between_instructions_does_nothing():
    for before in range(45, 60):
        text = "mov(r0, 1)\n" * before + "align(4)\nlabel(ON)\nmov(r1, 7)\nbx(lr)\n"
        assert run(assembled(text), START)[:2] == [1, 7]


def test_a_table_larger_than_a_chunk_is_refused():
    assembled("bx(lr)\ndata(4" + ", 0" * 31 + ")")
    with pytest.raises(AssemblyError, match="line 2: there are 128 .* of numbers, .* only 124"):
        assembled("bx(lr)\ndata(4" + ", 0" * 32 + ")")


def test_a_label_that_the_gaps_put_out_of_reach_is_refused():
    listing = "beq(FAR)\n" + "mov(r0, 1)\n" * 126 + "label(FAR)\nbx(lr)"
    assemble(listing)
    with pytest.raises(AssemblyError, match="line 1: FAR is too far away"):
        assembled(listing)


STEPS = st.lists(
    st.one_of(
        st.builds(
            "{}(r{}, r{}, r{})".format,
            st.sampled_from(["add", "sub"]), *[st.integers(0, 4)] * 3,
        ),
        st.builds("mov(r{}, {})".format, st.integers(0, 4), st.integers(0, 255)),
        st.builds("lsl(r{}, r{}, {})".format, *[st.integers(0, 4)] * 2, st.integers(0, 31)),
        st.builds("adc(r{}, r{})".format, *[st.integers(0, 4)] * 2),
        st.builds("ldr(r{}, WORD_{{0}})".format, st.integers(0, 4)),
        st.just("cmp(r0, r1)\nbhi(OVER_{0})\neor(r2, r3)\nlabel(OVER_{0})"),
        st.just("b(OVER_{0})\nalign(4)\ndata(2, 1, 2, 3, 4, 5)\nlabel(OVER_{0})"),
    ),
    max_size=200,
)  # fmt: skip


@given(STEPS, st.sampled_from([4, 10, 16, 18, 100]))
def test_programs_compute_the_same_in_chunks(steps, start):
    text, waiting = "", []
    for i, step in enumerate(steps):
        text += step.format(i) + "\n"
        waiting += [i] if "WORD" in step else []
        if len(waiting) == 20 or i % 60 == 59 or i == len(steps) - 1:  # words come further on
            words = "".join(f"label(WORD_{n})\ndata(4, {n * 0x1234567 % 2**31})\n" for n in waiting)
            text += f"b(ON_{i})\nalign(4)\n{words}label(ON_{i})\n"
            waiting = []
    text += "bx(lr)\n"
    image = bytearray(assembled(text, start))
    for offset in range(len(image)):
        if offset % 128 in (0, 1, 126, 127):
            assert image[offset] == 0
            image[offset] = 0xBE  # bkpt: never reached
    assert run(bytes(image), start) == run(assemble(text), 0)


@pytest.mark.parametrize("board", TARGETS)
def test_flash_holds_the_kernels_as_they_were_laid_out(board):
    image, entry = kernels_in_flash(board)
    name = kernel_file(board)
    assert entry % 2 == 0
    assert image[3 : 3 + len(name)] == name.encode()
    content = kernels(board)
    assert file_content(image, entry - 2)[: len(content)] == content
    assert content[:1] == board[1].encode()
    layout = FileSystemLayout(board, 0x1000, 0x5000, 1024)
    flash = build_file_system({name: content, "other.py": b"x"}, layout)
    assert read_files(flash, layout)[name] == content
