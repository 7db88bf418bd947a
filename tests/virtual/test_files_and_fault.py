"""Files that a board is made with, files that it writes, and the report of a crash."""

import pytest

from microbit_ml.errors import HexError, VirtualBoardError
from microbit_ml.virtual import VirtualBoard

CRASH = """
@micropython.asm_thumb
def go(r0):
    bx(r0)
go(0x6000001)
"""


def test_a_board_is_made_of_files(kind):
    files = {"main.py": "import helper\nprint(helper.answer())", "data.bin": bytes(range(256)) * 3}
    files["helper.py"] = b"def answer():\n    return 42\n"
    with VirtualBoard(kind, files) as board:
        assert board.run_until("42\r\n", 2), board.serial
        assert board.files == {
            "main.py": files["main.py"].encode(),
            "data.bin": files["data.bin"],
            "helper.py": files["helper.py"],
        }


def test_files_are_the_current_ones(boot, ask, kind):
    board = boot(kind)
    assert board.files == {}
    ask(board, "f = open('one.txt', 'w')", "f.write('first' * 100)", "f.close()")
    assert board.files == {"one.txt": b"first" * 100}
    ask(
        board,
        "import os",
        "os.remove('one.txt')",
        "f = open('two', 'wb'); f.write(b'2'); f.close()",
    )
    assert board.files == {"two": b"2"}
    board.reset()
    assert board.files == {"two": b"2"}


def test_files_that_do_not_fit():
    with pytest.raises(HexError, match="does not fit"):
        VirtualBoard("v1", {"main.py": b"#" * 40_000})


def test_fault_names_program_counter_and_reason(kind):
    with VirtualBoard(kind, {"main.py": CRASH}) as board:
        assert board.fault is None
        with pytest.raises(VirtualBoardError) as raised:
            board.run(2)
        fault = board.fault
        assert fault is not None
        assert fault.program_counter & ~1 == 0x0600_0000
        assert fault.time_us == board.time_us
        assert "a jump to" in fault.reason
        assert fault.reason == str(raised.value)
        board.reset()
        assert board.fault is None
