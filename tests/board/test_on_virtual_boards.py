"""The hex files and the raw REPL on the real runtimes, which run on virtual boards."""

import random
from ast import literal_eval

import pytest
from tiers import tiers

from microbit_ml.board import BoardProgramError, RawRepl
from microbit_ml.board.installed import ask_contents
from microbit_ml.board.upload import checksum_of, file_names, file_state, put_file
from microbit_ml.image import build_hex
from microbit_ml.image.runtime import bundled_runtimes
from microbit_ml.virtual import VirtualBoard, VirtualSerial

BLOB = random.Random(1).randbytes(1300)
FILES = {
    "main.py": b"import one, two\nprint('sum', one.ONE + two.TWO)\n",
    "one.py": b"ONE = 1\n",
    "two.py": b"# a comment that fills chunks\n" * 20 + b"TWO = 2\n",
    "model.bin": BLOB,
    "edge": b"x" * (126 - 2 - 4),  # fills its chunk to the last byte
    "一.txt": "naïve\n".encode() * 30,
    "empty": b"",
}
HEX = build_hex({"v1": FILES, "v2": FILES})


def checksum(content):
    """The sum that the board computes below; it stays within V1's small integers."""
    total = 0
    for byte in content:
        total = (total * 31 + byte) % 65521
    return total


@pytest.fixture(params=tiers(["v1"], slow=["v2"]))
def board(request):
    with VirtualBoard(request.param, HEX) as board:
        assert board.run_until("sum 3\r\n", 3), board.serial
        yield board


@pytest.fixture
def repl(board):
    repl = RawRepl(VirtualSerial(board), clock=lambda: board.time_us / 1e6)
    repl.enter()
    return repl


def read_back(repl, name, size):
    """(bytes read, checksum) of a file, read on the board with readinto."""
    repl.exec(f"b = bytearray({size})\nf = open({name!r}, 'rb')\nn = f.readinto(b)\nf.close()")
    return literal_eval(repl.exec("s = 0\nfor x in b:\n s = (s * 31 + x) % 65521\nprint((n, s))"))


def test_every_file_is_read_back(repl):
    sizes = literal_eval(repl.exec("import os\nprint({n: os.size(n) for n in os.listdir()})"))
    assert sizes == {name: len(content) for name, content in FILES.items()}
    for name in ("main.py", "two.py", "model.bin", "edge"):
        content = FILES[name]
        assert read_back(repl, name, len(content)) == (len(content), checksum(content))
    assert repl.exec("print(open('一.txt').read(), end='')") == "naïve\n" * 30


def test_files_written_on_the_board_outlive_a_reset(board, repl):
    repl.exec("with open('new', 'wb') as f: f.write(bytes(range(256)))")
    repl.exec("with open('edge', 'w') as f: f.write('changed')")
    board.reset()
    assert board.run_until("sum 3\r\n", 3)
    repl.enter()
    assert read_back(repl, "new", 256) == (256, checksum(range(256)))
    assert read_back(repl, "model.bin", 1300) == (1300, checksum(BLOB))
    assert repl.exec("print(open('edge').read())") == "changed\n"


def test_a_soft_reset_runs_main_py_again(board, repl):
    seen = len(board.serial)
    repl.soft_reset()
    board.run(0.5)
    assert "sum 3" in board.serial[seen:]


def test_a_soft_reset_in_the_raw_repl_empties_the_heap_and_runs_nothing(board, repl):
    free = "import gc\ngc.collect()\nprint(gc.mem_free())"
    repl.exec("held = bytearray(3000)")
    before = int(repl.exec(free))
    seen = len(board.serial)
    repl.soft_reset_raw()
    assert int(repl.exec(free)) >= before + 3000
    assert "sum 3" not in board.serial[seen:]


def test_files_arrive_complete_and_with_the_right_checksums(board, repl):
    every_byte = bytes(range(256)) * 5
    put_file(repl, "every.bin", every_byte)
    put_file(repl, "empty.bin", b"")
    put_file(repl, "one.py", b"ONE = 5\n")  # replaces another
    contents = {**FILES, "every.bin": every_byte, "empty.bin": b"", "one.py": b"ONE = 5\n"}
    assert board.files == contents
    state = {name: (len(content), checksum_of(content)) for name, content in contents.items()}
    assert file_state(repl) == state
    assert file_state(repl, ["one.py", "none"]) == {"one.py": state["one.py"]}
    assert sorted(file_names(repl)) == sorted(contents)


def test_a_board_lists_what_is_on_it(board, repl):
    contents = ask_contents(repl)
    assert contents.files == {name: len(content) for name, content in FILES.items()}
    assert contents.labels == ()  # random bytes are not a model
    assert contents.machine == "micro:bit with " + {"v1": "nRF51822", "v2": "nRF52833"}[board.kind]
    assert contents.version == bundled_runtimes()[board.kind].version


def test_errors_and_programs_that_do_not_end(repl):
    with pytest.raises(BoardProgramError, match="NameError: name 'nothing'"):
        repl.exec("nothing")
    with pytest.raises(OSError, match=r"did not finish a command within 0\.5 s"):
        repl.exec("while True: pass", timeout_s=0.5)
    repl.enter()
    assert repl.exec("print(7)") == "7\n"


def test_the_longest_command_arrives_complete(repl):
    text = "abcdefghij" * 49
    command = f"s='{text}'\nprint(len(s), s)"
    assert len(command) > 500
    assert repl.exec(command) == f"490 {text}\n"
