"""A virtual board behind a pseudo-terminal, used by programs unaware of it."""

import errno
import random
import sys
import threading

import pytest
import serial
import uflash

from microbit_ml.errors import VirtualBoardError
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.pty_port import PtyPort

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
BLOB = random.Random(3).randbytes(700)
SLOW_S = 60  # of real time, for a busy computer


@pytest.fixture
def path(kind):
    """The path of a port with a board behind it, which runs in a thread."""
    done = threading.Event()
    with VirtualBoard(kind, uflash._RUNTIME) as board, PtyPort(board) as port:
        board.run(1)
        thread = threading.Thread(target=port.serve, args=(done.is_set,))
        thread.start()
        yield port.path
        done.set()
        thread.join()


@posix
def test_a_port_that_is_opened_again_and_for_itself_alone(path):
    for _ in range(2):
        port = serial.Serial(None, 115200, timeout=SLOW_S, exclusive=True)
        port.port, port.dtr, port.rts = path, False, False
        with port:
            port.send_break(0)
            port.write(b"\r\x03\x01")
            assert port.read_until(b"raw REPL; CTRL-B to exit\r\n>").endswith(b"\r\n>")
            port.write(b"print(bytes(range(256)))\x04")
            assert port.read_until(b"\x04>") == b"OK%r\r\n\x04\x04>" % bytes(range(256))
            port.write(b"\x02")
            assert port.read_until(b">>> ").endswith(b">>> ")


@posix
def test_an_editor_pastes_a_program_in_blocks_and_receives_their_echo(path):
    program = b"def f(n):\r    return n * 7\r\rprint('it is', f(6))\r"
    with serial.Serial(path, 115200, timeout=SLOW_S, write_timeout=SLOW_S, exclusive=True) as port:
        port.write(b"\x03\x02\x05")
        assert port.read_until(b"\n=== ").endswith(b"\n=== ")
        for line in program.splitlines(keepends=True):
            port.write(line)
            assert port.read_until(b"=== ") == line[:-1] + b"\r\n=== "
        port.write(b"\x04")
        assert port.read_until(b">>> ") == b"\r\nit is 42\r\n>>> "


@pytest.mark.skipif(sys.platform != "linux", reason="the system's answer is Linux's")
def test_a_pseudo_terminal_has_no_dtr_and_rts(path):
    with serial.Serial(path, 115200, timeout=SLOW_S) as port:
        for line in ("dtr", "rts"):
            with pytest.raises(OSError) as refused:
                setattr(port, line, False)
            assert refused.value.errno == errno.ENOTTY
        port.write(b"\x03\r")
        assert port.read_until(b">>> ").endswith(b">>> ")


@posix
def test_microfs_puts_lists_and_gets_files(path, tmp_path, monkeypatch):
    microfs = pytest.importorskip("microfs")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "blob.bin").write_bytes(BLOB)
    with serial.Serial(path, 115200, timeout=SLOW_S) as port:
        assert microfs.put("blob.bin", serial=port)
    with serial.Serial(path, 115200, timeout=SLOW_S) as port:
        assert microfs.ls(serial=port) == ["blob.bin"]
        assert microfs.get("blob.bin", "again.bin", serial=port)
    assert (tmp_path / "again.bin").read_bytes() == BLOB


def test_windows_users_get_an_alternative(monkeypatch):
    monkeypatch.setattr("sys.platform", "win32")
    with (
        VirtualBoard("v2", uflash._RUNTIME) as board,
        pytest.raises(VirtualBoardError, match="microbit-ml virtual v2 --miniterm"),
    ):
        PtyPort(board)
