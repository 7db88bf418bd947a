"""The raw REPL client against a scripted board: answers, garbled ones, silence, unplugging."""

import errno

import pytest
import serial
from hypothesis import given
from hypothesis import strategies as st

from microbit_ml.board.repl import BoardProgramError, CommandTooLongError, RawRepl
from microbit_ml.errors import BoardError, KitError

BANNER = b'MicroPython v1.13 on 2021-03-16; micro:bit v2.0.0-beta.5\r\nType "help()"\r\n>>> '
RAW = b"raw REPL; CTRL-B to exit\r\n>"


class ScriptedPort:
    """pyserial's interface to a board that knows its answers; time passes only in ``read``.

    ``answer(sent)`` returns what the board says to each write, or raises.
    """

    port = "/dev/ttyACM7"

    def __init__(self, answer):
        self.answer = answer
        self.timeout = None
        self.time_s = 0.0
        self.sent = []
        self.waiting = b""

    @property
    def in_waiting(self):
        return len(self.waiting)

    def read(self, size=1):
        if len(self.waiting) < size:
            self.time_s += self.timeout
        taken, self.waiting = self.waiting[:size], self.waiting[size:]
        return taken

    def write(self, data):
        self.sent.append(data)
        self.waiting += self.answer(data)
        return len(data)

    def clock(self):
        return self.time_s


class ScriptedBoard:
    """MicroPython's prompts: ``programs`` maps a command to (output, traceback)."""

    def __init__(self, programs=None):
        self.programs = programs or {}
        self.raw = False
        self.line = b""
        self.resets = 0

    def __call__(self, data):
        return b"".join(self.key(bytes([byte])) for byte in data)

    def key(self, key):
        if key == b"\x03":
            self.line = b""
            return b"" if self.raw else b"\r\n>>> "
        if key == b"\x01":
            self.raw = True
            return RAW
        if key == b"\x02":
            self.raw = False
            return b"\r\n" + BANNER
        if key == b"\x04":
            command, self.line = self.line.decode(), b""
            if not self.raw:
                self.resets += 1
                return b"soft reboot\r\n" + BANNER
            if not command:
                self.resets += 1
                return b"OK\r\nsoft reboot\r\n" + RAW
            output, failure = self.programs[command]
            return b"OK" + output + b"\x04" + failure + b"\x04>"
        self.line += key
        return b"" if self.raw else key


def repl_of(answer):
    port = ScriptedPort(answer)
    return port, RawRepl(port, clock=port.clock)


def test_a_session():
    programs = {"print(2)": (b"2\r\n", b""), "x=1": (b"", b""), "é": (b"\xc3\xa9\r\n1\r\n", b"")}
    board = ScriptedBoard(programs)
    port = ScriptedPort(board)
    with RawRepl(port, clock=port.clock) as repl:
        assert board.raw
        assert repl.exec("print(2)") == "2\n"
        assert repl.exec("x=1") == ""
        assert repl.exec("é") == "é\n1\n"
    assert not board.raw
    assert board.resets == 0
    assert port.time_s < 1


def test_a_soft_reset_leaves_the_raw_repl():
    board = ScriptedBoard()
    _, repl = repl_of(board)
    repl.enter()
    repl.soft_reset()
    assert (board.raw, board.resets) == (False, 1)


def test_a_soft_reset_in_the_raw_repl_stays_there():
    board = ScriptedBoard({"1": (b"1\r\n", b"")})
    port, repl = repl_of(board)
    repl.enter()
    repl.soft_reset_raw()
    assert (board.raw, board.resets) == (True, 1)
    assert repl.exec("1") == "1\n"
    port.answer = lambda data: b""
    with pytest.raises(BoardError, match="did not restart"):
        repl.soft_reset_raw()


def test_bytes_are_sent_as_they_are():
    port, repl = repl_of(ScriptedBoard())
    repl.enter()
    port.sent.clear()
    port.answer = lambda data: b"OK\x04\x04>" if data.endswith(b"\x04") else b""
    assert repl.exec(b"f.write(b'\xff\x00')") == ""
    assert b"".join(port.sent) == b"f.write(b'\xff\x00')\x04"


def test_commands_travel_in_slices_of_32_bytes():
    command = "#" * 100
    port, repl = repl_of(ScriptedBoard({command: (b"", b"")}))
    repl.enter()
    port.sent.clear()
    before_s = port.time_s
    repl.exec(command)
    assert [len(data) for data in port.sent] == [32, 32, 32, 5]
    assert port.time_s - before_s >= 4 * 0.0028


def test_the_longest_command_has_512_bytes():
    _, repl = repl_of(ScriptedBoard({"#" * 512: (b"", b"")}))
    repl.enter()
    repl.exec("#" * 512)
    with pytest.raises(CommandTooLongError, match=r"has 514 bytes, .* at most 512") as caught:
        repl.exec("é" * 257)
    assert isinstance(caught.value, KitError)
    assert isinstance(caught.value, ValueError)


def test_a_traceback_of_the_board():
    failure = (
        b'Traceback (most recent call last):\r\n  File "<stdin>", line 1, in <module>\r\n'
        b"MemoryError: memory allocation failed, allocating 2000 bytes\r\n"
    )
    _, repl = repl_of(ScriptedBoard({"f()": (b"so far\r\n", failure), "1": (b"", b"")}))
    repl.enter()
    with pytest.raises(BoardProgramError, match="The micro:bit reports an error:") as caught:
        repl.exec("f()")
    assert caught.value.traceback.splitlines()[-1].startswith("MemoryError")
    assert caught.value.traceback in str(caught.value)
    assert repl.exec("1") == ""


def test_a_board_that_prints_while_it_is_stopped():
    board = ScriptedBoard({"1": (b"1\r\n", b"")})
    trace = b"Traceback (most recent call last):\r\nKeyboardInterrupt: \r\n" + BANNER
    _, repl = repl_of(lambda data: (trace if data == b"\x03" else b"") + board(data))
    repl.enter()
    assert repl.exec("1") == "1\n"


def test_entering_is_tried_again_after_a_soft_reset():
    board = ScriptedBoard()
    asked = []

    def garbled_at_first(data):
        said = board(data)
        if data == b"\x01":
            asked.append(data)
            return b"raw RE\xff\xfe" if len(asked) == 1 else said
        return said

    _, repl = repl_of(garbled_at_first)
    repl.enter()
    assert (len(asked), board.resets) == (2, 1)


@pytest.mark.parametrize(
    ("says", "message"),
    [
        (b"", r"^The micro:bit on /dev/ttyACM7 does not answer\. .* not MicroPython"),
        (b"x=1,y=2\r\n", r"^The micro:bit on /dev/ttyACM7 runs a program .*x=1,y=2"),
        (b"\r\n>>> \xff", "runs MicroPython, but its answers are garbled"),
    ],
)
def test_a_board_without_a_raw_repl(says, message):
    port, repl = repl_of(lambda data: says)
    with pytest.raises(BoardError, match=message):
        repl.enter()
    assert port.time_s < 12


def test_an_answer_that_is_not_ok():
    port, repl = repl_of(ScriptedBoard())
    repl.enter()
    port.answer = lambda data: b"\r\n>>> print(1)\r\n"
    with pytest.raises(BoardError, match=r"'\\r\\n>>> print\(1\).*' instead of OK"):
        repl.exec("print(1)")


@pytest.mark.parametrize("timeout_s", [10, 3])
def test_an_answer_that_breaks_off(timeout_s):
    port, repl = repl_of(ScriptedBoard())
    repl.enter()
    port.answer = lambda data: b"OK12" if data.endswith(b"\x04") else b""
    before_s = port.time_s
    with pytest.raises(BoardError, match=rf"did not finish .* {timeout_s} s, .* so far: '12'"):
        repl.exec("f()", timeout_s)
    assert timeout_s <= port.time_s - before_s < timeout_s + 0.1
    assert port.sent[-1] == b"\x03"


def test_a_program_that_never_stops_printing():
    port, repl = repl_of(ScriptedBoard())
    repl.enter()
    port.answer = lambda data: b"OK" if data == b"f()\x04" else b""
    quiet_read = port.read

    def read(size=1):
        port.waiting += b"tick\r\n"
        port.time_s += 0.001
        return quiet_read(size)

    port.read = read
    with pytest.raises(BoardError, match=r"did not finish a command within 2 s.*tick"):
        repl.exec("f()", timeout_s=2)


@given(st.binary(max_size=60), st.integers(0, 3))
def test_garbage_never_hangs_or_crashes(garbage, spoilt):
    board = ScriptedBoard({"1": (b"1\r\n", b"")})
    port, repl = repl_of(board)
    repl.enter()
    answers = [garbage if i == spoilt else None for i in range(4)]
    port.answer = lambda data: (answers.pop(0) if answers else None) or board(data)
    for _ in range(2):
        try:
            assert isinstance(repl.exec("1", timeout_s=1), str)
        except BoardError:
            port.answer = board
            repl.enter()
    port.waiting = b""
    repl.enter()
    assert repl.exec("1") == "1\n"


def unplugged(data):
    raise serial.SerialException("device reports readiness to read but returned no data")


def test_a_board_that_is_unplugged():
    port, repl = repl_of(ScriptedBoard({"1": (b"", b"")}))
    repl.enter()
    port.answer = unplugged
    message = (
        r"^The micro:bit on /dev/ttyACM7 was disconnected \(device reports .*\)\. It was unplugged"
    )
    for action in (lambda: repl.exec("1"), repl.enter, repl.soft_reset, repl.exit):
        with pytest.raises(BoardError, match=message):
            action()

    def broken(size=1):
        raise OSError(errno.EIO, "Input/output error")

    port.answer, port.read = ScriptedBoard({"1": (b"", b"")}), broken
    with pytest.raises(BoardError, match="Input/output error"):
        repl.exec("1")


def test_the_first_error_is_the_one_that_is_reported():
    port = ScriptedPort(ScriptedBoard())
    with pytest.raises(ZeroDivisionError), RawRepl(port, clock=port.clock):
        port.answer = unplugged
        raise ZeroDivisionError
    port = ScriptedPort(ScriptedBoard())
    with pytest.raises(BoardError, match="was disconnected"), RawRepl(port, clock=port.clock):
        port.answer = unplugged


def test_a_board_that_does_not_start_again():
    board = ScriptedBoard()
    port, repl = repl_of(board)
    repl.enter()
    port.answer = lambda data: b"" if data == b"\x04" else board(data)
    with pytest.raises(BoardError, match=r"did not restart.* reset button"):
        repl.soft_reset()
