"""VirtualSerial: the behaviour that pyserial's users rely on."""

import pytest

from microbit_ml.errors import BoardError
from microbit_ml.virtual import VirtualSerial

BANNER = b"raw REPL; CTRL-B to exit\r\n>"


def test_raw_repl(boot, kind):
    with VirtualSerial(boot(kind), timeout=2) as port:
        port.write(b"\r\x03\x01")
        assert port.read_until(BANNER).endswith(BANNER)
        port.write(b"print(6 * 7)\nprint(1 / 0)\x04")
        reply = port.read_until(b"\x04>")
        assert reply.startswith(b"OK42\r\n\x04Traceback")
        assert reply.endswith(b"ZeroDivisionError: divide by zero\r\n\x04>") or kind == "v1"
        port.write(b"\x02")
        assert port.read_until(b">>> ").endswith(b">>> ")


def test_read_waits_in_virtual_time(boot, kind):
    board = boot(kind)
    port = VirtualSerial(board, timeout=0.25)
    before = board.time_us
    assert port.read(10) == b""
    assert board.time_us - before == pytest.approx(250_000, abs=5)
    port.write(b"7\r")
    port.timeout = 1
    assert port.read(4) == b"7\r\n7"
    assert board.time_us - before < 300_000


def test_only_what_comes_after_opening_is_read(boot):
    board = boot("v1")
    port = VirtualSerial(board, timeout=0.1)
    assert port.in_waiting == 0
    port.write(b"1\r")
    board.run(0.1)
    assert port.in_waiting == len("1\r\n1\r\n>>> ")
    port.reset_input_buffer()
    assert port.in_waiting == 0
    port.write(b"2\r")
    assert port.read_until(b"\n", size=2) == b"2\r"


def test_bytes_travel_at_115200_baud(boot, kind):
    board = boot(kind)
    port = VirtualSerial(board)
    before = board.time_us
    assert port.write(b"#" * 60) == 60
    port.flush()
    assert board.time_us - before == pytest.approx(60 * 10 / 115_200 * 1e6, rel=0.02)


def test_v1_loses_what_its_buffer_cannot_hold(boot):
    """The runtime's ring holds 63 bytes; a program that is busy does not empty it."""
    board = boot("v1", "from microbit import *\nprint('go')\nsleep(300)\n", to_prompt=False)
    board.run_until("go", 1)
    board.write(b"x" * 90)
    assert board.run_until(">>> ", 2)
    board.run(0.1)
    assert board.serial.split(">>> ")[1].count("x") == 63


def test_closed_port_says_so(boot):
    port = VirtualSerial(boot("v1", to_prompt=False))
    port.close()
    assert not port.is_open
    with pytest.raises(BoardError, match="closed"):
        port.write(b"1")
    with pytest.raises(BoardError, match="closed"):
        port.read()
