"""The port on which one thing goes wrong: each fault where it was planned, and nothing else."""

from collections import Counter

import pytest
import serial
from faulty_port import BYTE_FAULTS, KINDS, LONGEST, Fault, FaultyPort, faults

from microbit_ml.board import RawRepl
from microbit_ml.errors import BoardError
from microbit_ml.virtual import VirtualBoard, VirtualSerial


class MemoryPort:
    """A port that gives the bytes 0, 1, 2 ... and keeps what is written."""

    def __init__(self, n=100):
        self.coming = bytes(range(n))
        self.written = b""
        self.timeout = None
        self.name = self.port = "memory"
        self.is_open = True
        self.n_flushes = 0

    @property
    def in_waiting(self):
        return len(self.coming)

    def read(self, size=1):
        data, self.coming = self.coming[:size], self.coming[size:]
        return data

    def read_until(self, expected=b"\n"):
        return self.read(1)

    def write(self, data):
        self.written += data
        return len(data)

    def flush(self):
        self.n_flushes += 1

    def reset_input_buffer(self):
        self.coming = b""

    def close(self):
        self.is_open = False


def read_all(port, size):
    data = b""
    while part := port.read(size):
        data += part
    return data


def test_without_a_plan_everything_passes_and_is_counted():
    plain = MemoryPort()
    with FaultyPort(plain) as port:
        port.timeout = 0.25
        assert (port.name, port.port, port.is_open) == ("memory", "memory", True)
        assert port.in_waiting == 100
        assert port.read() + port.read(30) == bytes(range(31))
        assert port.write(bytearray(b"hello")) == 5
        port.flush()
        port.reset_input_buffer()
        assert port.read(10) == b""
        assert (port.n_read, port.n_written, port.fired) == (31, 5, False)
    assert (plain.written, plain.n_flushes, plain.is_open) == (b"hello", 1, False)


def test_methods_that_would_read_past_the_fault_are_not_there():
    port = FaultyPort(MemoryPort())
    for name in ("read_until", "readline", "readinto", "_private"):
        with pytest.raises(AttributeError):
            getattr(port, name)


@pytest.mark.parametrize("size", [1, 3, 7, 100])
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("drop", [0, 1, 2, 3, 4, 8, 9, 10]),
        ("double", [0, 1, 2, 3, 4, 5, 6, 7, 5, 6, 7, 8, 9, 10]),
        ("garble", [0, 1, 2, 3, 4, 5 ^ 0xF0, 6 ^ 0xF0, 7 ^ 0xF0, 8, 9, 10]),
    ],
)
def test_bytes_change_where_planned(size, kind, expected):
    plan = Fault(kind, after=5, size=3, mask=0xF0)
    port = FaultyPort(MemoryPort(11), plan)
    got = b""
    while port.in_waiting:
        part = port.read(size)
        assert len(part) <= size
        got += part
    # Read in small chunks, each repeated chunk is doubled separately.
    assert sorted(got) == sorted(expected) if kind == "double" else list(got) == expected
    assert port.fired
    plain = MemoryPort()
    port = FaultyPort(plain, Fault(kind, after=5, reading=False, size=3, mask=0xF0))
    for start in range(0, 11, size):
        part = bytes(range(11))[start : start + size]
        assert port.write(part) == len(part)
    assert sorted(plain.written) == sorted(expected)
    assert port.fired
    assert port.n_written == 11


@pytest.mark.parametrize("kind", BYTE_FAULTS)
def test_a_fault_of_one_way_leaves_the_other_alone(kind):
    plain = MemoryPort(20)
    reading = FaultyPort(plain, Fault(kind, after=2, size=3))
    assert reading.write(b"0123456789") == 10
    assert (plain.written, reading.fired) == (b"0123456789", False)
    writing = FaultyPort(plain, Fault(kind, after=2, reading=False, size=3))
    assert writing.read(20) == bytes(range(20))
    assert not writing.fired


@pytest.mark.parametrize("size", [1, 4, 50])
def test_a_cut_while_reading(size):
    port = FaultyPort(MemoryPort(), Fault("cut", after=10))
    got = b""
    with pytest.raises(serial.SerialException, match="disconnected"):
        while True:
            got += port.read(size)
    assert got == bytes(range(10))
    for use in (lambda: port.in_waiting, port.read, lambda: port.write(b"x"), port.flush,
                port.reset_input_buffer):  # fmt: skip
        with pytest.raises(OSError, match="disconnected"):
            use()
    port.close()
    assert not port.is_open


def test_a_cut_while_writing():
    plain = MemoryPort()
    port = FaultyPort(plain, Fault("cut", after=6, reading=False))
    assert port.write(b"0123") == 4
    with pytest.raises(OSError):
        port.write(b"4567")
    assert plain.written == b"012345"
    with pytest.raises(OSError):
        port.read()


def test_a_reset_comes_once_and_between_the_bytes():
    plain, seen = MemoryPort(), []
    port = FaultyPort(
        plain, Fault("reset", after=6, reading=False), reset=lambda: seen.append(plain.written)
    )
    assert port.write(b"0123456789") == 10
    port.write(b"ab")
    assert (seen, plain.written) == ([b"012345"], b"0123456789ab")
    plain, seen = MemoryPort(), []
    port = FaultyPort(plain, Fault("reset", after=7), reset=lambda: seen.append(plain.in_waiting))
    assert read_all(port, 4) == bytes(range(100))
    assert seen == [93]
    with pytest.raises(ValueError, match="reset="):
        FaultyPort(plain, Fault("reset", after=7))


def test_an_interrupt_comes_once_and_the_link_goes_on():
    port = FaultyPort(MemoryPort(), Fault("interrupt", after=3))
    assert port.read(10) == bytes([0, 1, 2])
    with pytest.raises(KeyboardInterrupt):
        port.read(10)
    assert port.read(4) == bytes([3, 4, 5, 6])
    assert port.fired


def test_plans_are_reproducible_and_fall_all_over():
    plans = faults(3, 600, KINDS, read=1000, written=500)
    assert plans == faults(3, 600, KINDS, read=1000, written=500)
    assert plans != faults(4, 600, KINDS, read=1000, written=500)
    assert Counter(plan.kind for plan in plans) == dict.fromkeys(KINDS, 100)
    n_reading = sum(plan.reading for plan in plans)
    assert 350 < n_reading < 450  # two thirds of the bytes are read
    for reading, end in ((True, 1000), (False, 500)):
        offsets = [plan.after for plan in plans if plan.reading == reading]
        assert 0 <= min(offsets) < end // 10 and end * 9 // 10 < max(offsets) < end
    assert {plan.size for plan in plans} == set(range(1, LONGEST + 1))
    assert all(1 <= plan.mask <= 255 for plan in plans)
    assert not any(plan.reading for plan in faults(1, 20, KINDS, read=0))
    assert {plan.kind for plan in faults(1, 5, ["cut"])} == {"cut"}
    few = faults(1, 6, read=1000, written=500, evenly=True)
    offsets = sorted(plan.after if plan.reading else 1000 + plan.after for plan in few)
    assert [offset // 250 for offset in offsets] == list(range(6))
    assert {plan.kind for plan in few} == set(KINDS)
    assert str(Fault("drop", 7, True, 2)) == "drop 2 bytes after 7 bytes read"
    assert str(Fault("cut", 7, False)) == "cut after 7 bytes written"
    with pytest.raises(ValueError, match="smash"):
        faults(1, 1, ["smash"])


def raw_repl(board, plan, reset=None):
    port = FaultyPort(VirtualSerial(board), plan, reset or board.reset)
    return port, RawRepl(port, clock=lambda: board.time_us / 1e6)


@pytest.fixture(scope="module")
def board():
    with VirtualBoard("v1", {}) as board:
        board.run_until(">>>", 3)
        yield board


def test_on_a_virtual_board(board):
    port, repl = raw_repl(board, None)
    repl.enter()
    assert repl.exec("print(6 * 7)") == "42\n"
    repl.exit()
    n_read, n_written = port.n_read, port.n_written
    assert n_read > n_written > 10

    port, repl = raw_repl(board, Fault("cut", after=n_written // 2, reading=False))
    with pytest.raises(BoardError, match="was disconnected"):
        repl.enter()
        repl.exec("print(6 * 7)")
    assert port.fired

    resets = []
    port, repl = raw_repl(
        board, Fault("reset", after=3), lambda: (resets.append(board.time_us), board.reset())
    )
    repl.enter()  # the board restarts meanwhile, and the command is sent again
    assert (port.fired, len(resets)) == (True, 1)
    assert repl.exec("print(6 * 7)") == "42\n"
