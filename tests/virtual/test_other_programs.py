"""Other people's programs on the kit's boards and hexes: the table of how-to/other-programs.md.

Each runs as its user would run it, on a virtual board behind a port, or on a virtual drive.
"""

import os
import random
import subprocess
import sys
import threading
from importlib.metadata import entry_points

import pytest
import serial
from tiers import tiers

from microbit_ml import simulate, train
from microbit_ml.cli.virtual.port import PortDrive
from microbit_ml.deploy.hex_files import read_runtime
from microbit_ml.image import build_hex
from microbit_ml.image.hex import build_hex_for_one
from microbit_ml.image.stock import STOCK
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.pty_port import PtyPort

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
BLOB = random.Random(5).randbytes(700)
PROGRAM = "print('six', 6 * 7)\n"
SLOW_S = 120  # of real time, for a busy computer
BOTH = ("v1", "v2")
runtimes = pytest.mark.parametrize(
    ("kind", "runtime"),
    tiers([], slow=[(kind, name) for kind in BOTH for name in STOCK]),
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the programs run, with two files."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "six.py").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "blob.bin").write_bytes(BLOB)
    return tmp_path


@pytest.fixture
def served():
    """``served(board)``: the path of its port, until the test is over; folder: its drive's."""
    done, left = threading.Event(), []

    def serve(board, folder=None):
        port = PtyPort(board)
        drive = None if folder is None else PortDrive(folder, board, port)
        board.run(1.5)

        def stop():
            if drive is not None:
                drive.poll()
            return done.is_set()

        thread = threading.Thread(target=port.serve, args=(stop,))
        thread.start()
        left.append((thread, port, drive, board))
        return port.path

    yield serve
    done.set()
    for thread, port, drive, board in left:
        thread.join()
        port.close()
        if drive is not None:
            drive.close()
        board.close()


def micropython(kind, runtime):
    return VirtualBoard(kind, build_hex({kind: {}}, read_runtime(runtime)))


START = "import sys\nfrom importlib.metadata import entry_points\n" + (
    "(script,) = entry_points(group='console_scripts', name=sys.argv[1])\n"
    "del sys.argv[0]\nsys.exit(script.load()())\n"
)


def run(program, *arguments, code=0):
    """Run a program that a Python package installs, in a process of its own; what it prints."""
    if not entry_points(group="console_scripts", name=program):
        pytest.skip(f"{program} is not installed")
    done = subprocess.run(
        [sys.executable, "-c", START, program, *map(str, arguments)],
        capture_output=True, text=True, encoding="utf-8", timeout=SLOW_S, stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", "COLUMNS": "100"},
    )  # fmt: skip
    assert (done.returncode == 0) == (code == 0), done.stdout + done.stderr
    return done.stdout + done.stderr


@posix
@runtimes
def test_mpremote(served, folder, kind, runtime):
    connect = ("mpremote", "connect", served(micropython(kind, runtime)))
    assert "six 42" in run(*connect, "run", "six.py")
    assert run(*connect, "exec", "print(3 + 4)").strip() == "7"
    if kind == "v1":  # its os has no ilistdir and no stat
        assert "ilistdir" in run(*connect, "ls", code=1)
        return
    run(*connect, "cp", "blob.bin", ":blob.bin")
    assert "blob.bin" in run(*connect, "ls")
    run(*connect, "cp", ":blob.bin", "again.bin")
    assert (folder / "again.bin").read_bytes() == BLOB
    run(*connect, "rm", ":blob.bin")
    assert "blob.bin" not in run(*connect, "ls")


@posix
@runtimes
def test_ampy(served, folder, kind, runtime):
    board = micropython(kind, runtime)
    ampy = ("ampy", "-p", served(board))
    assert run(*ampy, "run", "six.py").strip() == "six 42"
    run(*ampy, "put", "blob.bin")
    run(*ampy, "put", "six.py", "main.py")
    assert board.files == {"blob.bin": BLOB, "main.py": PROGRAM.encode()}
    run(*ampy, "rm", "blob.bin")
    assert set(board.files) == {"main.py"}
    # It asks for parts of Python that no micro:bit has.
    assert "listdir" in run(*ampy, "ls", code=1)
    assert "binascii" in run(*ampy, "get", "main.py", code=1)


@posix
@runtimes
def test_ufs(served, folder, kind, runtime, monkeypatch, capsys):
    microfs = pytest.importorskip("microfs")
    path = served(micropython(kind, runtime))
    # It takes the first micro:bit on USB, which is the only thing that is replaced here.
    monkeypatch.setattr(microfs, "get_serial", lambda: serial.Serial(path, 115200, timeout=SLOW_S))
    for words in (
        ["put", "blob.bin"],
        ["ls"],
        ["get", "blob.bin", "again.bin"],
        ["rm", "blob.bin"],
    ):
        microfs.main(words)
    assert "blob.bin" in capsys.readouterr().out
    assert (folder / "again.bin").read_bytes() == BLOB
    microfs.main(["ls"])
    assert "blob.bin" not in capsys.readouterr().out


@posix
@pytest.mark.parametrize("kind", tiers(["v2"], slow=["v1"]))
def test_uflash_flashes_the_drive_of_a_port(served, folder, kind):
    drive = folder / "MICROBIT"
    path = served(VirtualBoard(kind, {}), drive)
    assert "Flashing six.py to" in run("uflash", "six.py", drive)
    with serial.Serial(path, 115200, timeout=SLOW_S) as port:
        assert port.read_until(b"six 42\r\n").endswith(b"six 42\r\n")
    assert not (drive / "FAIL.TXT").exists()


@pytest.fixture(scope="module")
def model():
    return train(simulate(["shake", "tap"], people=2, repeats=3, seed=1), steps=20, copies=0)


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("runtime", STOCK)
def test_microbit_fs_lists_gets_and_adds_files(folder, model, kind, runtime):
    files = model.board_files(board=kind)
    text = build_hex_for_one(kind, files, read_runtime(runtime))
    (folder / "kit.hex").write_text(text, encoding="ascii")
    listed = run("microbit-fs", "list", "kit.hex")
    for name, content in files.items():
        assert name in listed
        assert f"{len(content)} bytes" in listed
    (folder / "out").mkdir()
    run("microbit-fs", "get", "kit.hex", "--output-dir", "out")
    assert {path.name: path.read_bytes() for path in (folder / "out").iterdir()} == files
    run("microbit-fs", "add", "six.py", "--hex-file", "kit.hex", "--output", "more.hex")
    with VirtualBoard(kind, (folder / "more.hex").read_text(encoding="ascii")) as board:
        assert board.files == {**files, "six.py": PROGRAM.encode()}


def test_uhex_separates_a_hex_for_microbit_fs(folder, model):
    (folder / "kit.hex").write_text(model.hex(), encoding="ascii")
    assert "Failed to parse" in run("microbit-fs", "list", "kit.hex", code=1)
    run("uhex", "separate", "kit.hex")
    parts = sorted(path for path in folder.glob("*.hex") if path.name != "kit.hex")
    assert len(parts) == 2
    for part in parts:
        assert "model.bin" in run("microbit-fs", "list", part)
    run("uhex", "join", "--v1", parts[0], "--v2", parts[1], "-o", "joined.hex")
    with VirtualBoard("v2", (folder / "joined.hex").read_text(encoding="ascii")) as board:
        assert board.files == model.board_files()
