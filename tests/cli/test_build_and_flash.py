"""``build``, ``flash`` and ``boards``."""

import contextlib
import errno
import json
import re
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

import pytest
import serial
from faulty_port import Fault, FaultyPort
from tiers import tiers

import microbit_ml as mb
from microbit_ml.board import AttachedBoard, BoardDrive, BoardPort, flash_hex
from microbit_ml.board.link import Link, open_link
from microbit_ml.board.ports import open_port
from microbit_ml.cli import boards as boards_command
from microbit_ml.cli import flash
from microbit_ml.deploy import flash as flash_board
from microbit_ml.errors import BoardError, HexError
from microbit_ml.image import build_hex, bundled_runtimes
from microbit_ml.image.intel_hex import write_universal
from microbit_ml.image.made_for import targets_of
from microbit_ml.virtual import VirtualBoard, VirtualDrive
from microbit_ml.virtual.protocol_virtual import share_board, unshare_board
from microbit_ml.virtual.pty_port import PtyPort

V1_ID = "9900000040024e450038700a00000033000000009796990b"
V2_ID = "9904360258824e45003f8006000000480000000097969901"


def test_build(cli, golden, gestures):
    outcome = cli("build", "gestures.mbml", "-o", "gestures.hex")
    listed = dict(re.findall(r"^(\S+\.(?:py|bin)) +(\d+)$", outcome.out, flags=re.M))
    files = mb.Model.load("gestures.mbml").board_files()
    assert listed == {name: str(len(content)) for name, content in files.items()}
    _table, rest = outcome.transcript.split("\n\n", 1)
    golden("build", re.sub(r"\d+(?= bytes)", "#", rest))
    text = (gestures / "gestures.hex").read_text(encoding="ascii")
    assert text.startswith(":")
    assert text.rstrip().endswith(":00000001FF")


def test_build_with_a_program(cli, gestures):
    (gestures / "mine.py").write_text("print('hello')\n", encoding="utf-8")
    assert cli("build", "gestures.mbml", "-o", "mine.hex", "--program", "mine.py").code == 0
    assert cli("build", "gestures.mbml", "-o", "kit.hex").code == 0
    assert (gestures / "mine.hex").read_bytes() != (gestures / "kit.hex").read_bytes()
    missing = cli("build", "gestures.mbml", "-o", "other.hex", "--program", "none.py")
    assert missing.code == 1
    assert "none.py" in missing.err
    assert not (gestures / "other.hex").exists()


@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_build_for_one_board(cli, golden, gestures, kind):
    outcome = cli("build", "gestures.mbml", "--board", kind)
    golden(f"build-{kind}", re.sub(r"\d+(?= bytes)", "#", outcome.transcript.split("\n\n", 1)[1]))
    text = (gestures / f"gestures-{kind}.hex").read_text(encoding="ascii")
    assert targets_of(text) == (kind,)
    with VirtualBoard(kind, text) as board:
        assert board.files == mb.Model.load("gestures.mbml").board_files(board=kind)


def test_build_for_a_board_that_cannot_run_the_program(cli, gestures):
    (gestures / "mine.py").write_text("x = f'{1}'\nimport log\n", encoding="utf-8")
    outcome = cli("build", "gestures.mbml", "--board", "v1", "--program", "mine.py")
    assert outcome.code == 1
    assert "line 1" in outcome.err
    assert not (gestures / "mine-v1.hex").exists()


def test_build_with_a_program_too_large_for_the_editor(cli, gestures):
    (gestures / "mine.py").write_text("#" * 9000 + "\n", encoding="utf-8")
    outcome = cli("build", "gestures.mbml", "--program", "mine.py")
    assert outcome.code == 0
    assert "the Python Editor cannot open this hex" in outcome.err
    assert "build gestures.mbml --program mine.py --board v1" in outcome.err


@pytest.fixture
def plug_in(monkeypatch):
    """``plug_in(board, ...)``: these boards are found, and no others."""

    def plug(*boards):
        for module in (flash, boards_command):
            monkeypatch.setattr(module, "find_boards", lambda: list(boards))
        monkeypatch.setattr(flash_board, "find_ports", lambda: [b.port for b in boards if b.port])

    return plug


@pytest.fixture
def running():
    """``running("v1", hex)``: the URL of a board that is switched on for the test."""
    boards = {}

    def start(kind, hex_text):
        name = f"device-{len(boards)}"
        board = boards[name] = VirtualBoard(kind, hex_text)
        share_board(name, board)
        board.run(1)
        return f"virtual://{kind}?name={name}"

    start.boards = boards
    yield start
    for name, board in boards.items():
        unshare_board(name)
        board.close()


@pytest.fixture
def refuse(monkeypatch):
    """``refuse(error)``: no serial port can be opened."""

    def plan(error):
        def opener(*args, **options):
            raise error

        monkeypatch.setattr(
            "microbit_ml.board.link.open_port", lambda device: open_port(device, opener)
        )

    return plan


def plain(text):
    """Without what differs between systems and models: slashes, sizes, widths of columns."""
    text = re.sub(r"[\d,]+(?= (?:of|bytes))|(?<=of )[\d,]+", "#", text.replace("\\", "/"))
    return re.sub(r" {2,}", "  ", re.sub("─+", "─", text))


def at_port(address, board_id=V1_ID, drive=None):
    return AttachedBoard(board_id, BoardPort(address, board_id), drive)


def other_model(gestures):
    return mb.train(mb.Dataset.load(gestures / "gestures"), seed=1, steps=5)


def test_messages_before_anything_is_flashed(cli, golden, gestures, plug_in):
    transcripts = []
    for boards in (
        [],
        [at_port("/dev/ttyACM0"), at_port("/dev/ttyACM1", V2_ID)],
    ):
        plug_in(*boards)
        transcripts.append(cli("flash", "gestures.mbml").transcript)
    plug_in(AttachedBoard(V2_ID, None, BoardDrive(PurePosixPath("/media/MICROBIT"), V2_ID)))
    transcripts.append(cli("flash", "gestures.mbml", "--how", "serial").transcript)
    transcripts.append(cli("flash", "gestures.mbml", "--board", "COM9").transcript)
    transcripts.append(cli("flash", "gestures.mbml", "--board", "virtual:v1").transcript)
    transcripts.append(cli("flash", "gestures.mbml", "--runtime", "none.hex").transcript)
    transcripts.append(cli("flash", "gestures.mbml", "--program", "none.py").transcript)
    golden("flash-nothing-done", "\n".join(transcripts))


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("permission", serial.SerialException(errno.EACCES, "Permission denied")),
        ("busy", serial.SerialException(errno.EBUSY, "busy")),
    ],
)
def test_a_port_that_cannot_be_opened(cli, golden, gestures, plug_in, refuse, name, error):
    plug_in(at_port("/dev/ttyACM0"))
    refuse(error)
    outcome = cli("flash", "gestures.mbml")
    golden(f"flash-port-{name}", outcome.transcript + cli("boards").transcript)
    assert outcome.code == 1


class DeadPort:
    """A board that runs another program than MicroPython: it prints, and never listens."""

    in_waiting = 6
    timeout = 0.0
    seconds = 0.0

    def read(self, size=1):
        self.seconds += 0.01
        return b"x=1\r\n"

    def write(self, data):
        return len(data)


def test_a_board_without_micropython(cli, golden, gestures, plug_in, monkeypatch):
    from contextlib import nullcontext

    from microbit_ml.board.link import Link

    def dead(address):
        port = DeadPort()
        port.port = address
        return nullcontext(Link(port, lambda: port.seconds, address))

    plug_in(at_port("/dev/ttyACM0"))
    monkeypatch.setattr(flash_board, "open_link", dead)
    golden("flash-no-micropython", cli("flash", "gestures.mbml").transcript)


def test_only_what_changed_goes_over_serial(cli, golden, gestures, plug_in, running):
    address = running("v1", other_model(gestures).hex())
    plug_in(at_port(address))
    printed = cli("flash", "gestures.mbml").transcript
    printed += cli("flash", "gestures.mbml").transcript
    (gestures / "mine.py").write_text("import loader\nnothing\n", "utf-8")
    printed += cli("flash", "gestures.mbml", "--program", "mine.py").transcript
    golden("flash-serial", re.sub(r"\d+\.\d s|[\d,]+ bytes", "#", printed))
    [board] = running.boards.values()
    assert board.files["model.bin"] == mb.Model.load("gestures.mbml").device_bytes()
    assert board.files["main.py"] == b"import loader\nnothing\n"


@pytest.mark.parametrize("kind", tiers(["v1"], slow=["v2"]))
def test_icons_and_sounds_go_over_serial(cli, gestures, plug_in, running, kind):
    plug_in(at_port(running(kind, other_model(gestures).hex())))
    cli("label", "gestures.mbml", "shake", "--icon", "HEART", "--sound", "SAD")
    outcome = cli("flash", "gestures.mbml")
    assert outcome.code == 0, outcome.err
    assert "icons" in outcome.transcript
    [board] = running.boards.values()
    # The other board's kernels, which the hex had brought along, made room.
    assert board.files == mb.Model.load("gestures.mbml").board_files(board=kind)
    assert ("sounds" in board.files) == ("play.py" in board.files) == (kind == "v2")
    cli("label", "gestures.mbml", "shake", "--icon", "none", "--sound", "none")
    assert cli("flash", "gestures.mbml").code == 0
    assert b"show" not in board.files["answer.py"]


def test_another_kit_on_the_board_needs_the_whole_hex(cli, golden, gestures, plug_in, running):
    files = mb.Model.load(gestures / "gestures.mbml").board_files(board="v1")
    files["loader.py"] += b"# another version"
    plug_in(at_port(running("v1", build_hex({"v1": files}))))
    printed = cli("flash", "gestures.mbml").transcript
    golden("flash-other-kit", printed + cli("flash", "gestures.mbml", "--how", "serial").transcript)


@pytest.fixture
def drive(gestures, monkeypatch):
    """A virtual drive whose time passes only while the flashing waits."""
    now = [0.0]
    with_drive = VirtualDrive(gestures / "MICROBIT", "v1", clock=lambda: now[0])

    def sleep(seconds):
        now[0] += seconds
        with_drive.poll()

    def find():
        path = with_drive.path
        return [BoardDrive(path, with_drive.unique_id)] if path.is_dir() else []

    quick = partial(flash_hex, find=find, clock=lambda: now[0], sleep=sleep)
    monkeypatch.setattr(flash_board, "flash_hex", quick)
    yield with_drive
    with_drive.close()


def test_through_the_drive_and_checked_over_serial(
    cli, golden, gestures, plug_in, drive, monkeypatch
):
    found = BoardDrive(drive.path, drive.unique_id)
    plug_in(AttachedBoard(drive.unique_id, None, found))

    def find_ports():  # the port that is there when the board has been flashed
        share_board("flashed", drive.board)
        return [BoardPort("virtual://v1?name=flashed", drive.unique_id)]

    monkeypatch.setattr(flash_board, "find_ports", find_ports)
    outcome = cli("flash", "gestures.mbml")
    unshare_board("flashed")
    golden("flash", plain(outcome.transcript))
    files = mb.Model.load("gestures.mbml").board_files(board="v1")
    assert drive.board.files == files


@pytest.mark.parametrize(
    "way", ["internal", "transient", "user", "target", "interface", "full", "listed", "lost"]
)
def test_errors_of_a_drive(cli, golden, gestures, plug_in, drive, way):
    plug_in(AttachedBoard(drive.unique_id, None, BoardDrive(drive.path, drive.unique_id)))
    drive.fail(way, way)
    outcome = cli("flash", "gestures.mbml", "--how", "drive")
    assert outcome.code == 1
    golden(
        f"flash-drive-{way}",
        re.sub(r"[\d,]+(?= (of|bytes))|(?<=of )[\d,]+", "#", outcome.transcript),
    )


def test_a_drive_in_maintenance_mode(cli, golden, gestures, plug_in, drive):
    found = BoardDrive(drive.path, drive.unique_id, "0257", maintenance=True)
    plug_in(AttachedBoard(drive.unique_id, None, found))
    printed = cli("flash", "gestures.mbml").transcript + cli("boards").transcript
    golden("flash-maintenance", plain(printed))


def test_another_micropython(cli, gestures, plug_in, drive):
    plug_in(AttachedBoard(drive.unique_id, None, BoardDrive(drive.path, drive.unique_id)))
    only_v2 = write_universal({"v2": bundled_runtimes()["v2"].image})
    Path("v2.hex").write_text(only_v2, "ascii")
    outcome = cli("flash", "gestures.mbml", "--runtime", "v2.hex")
    assert outcome.code == 1
    assert "no MicroPython for a V1" in outcome.err
    both = {kind: runtime.image for kind, runtime in bundled_runtimes().items()}
    Path("both.hex").write_text(write_universal(both), "ascii")
    outcome = cli("flash", "gestures.mbml", "--runtime", "both.hex")
    assert outcome.code == 0, outcome.err
    assert "MicroPython itself is replaced" in outcome.out
    assert drive.board.files == mb.Model.load("gestures.mbml").board_files(board="v1")


@pytest.mark.parametrize("n_boards", tiers([3], slow=[8]))
def test_a_whole_class_at_once(cli, gestures, plug_in, running, n_boards):
    hex_text = other_model(gestures).hex()
    addresses = [running("v2" if i == 7 else "v1", hex_text) for i in range(n_boards)]
    silent = running("v1", {})  # MicroPython without the kit
    plug_in(*(at_port(address) for address in [*addresses, silent]))
    outcome = cli("flash", "gestures.mbml", "--all")
    assert outcome.code == 1
    model = mb.Model.load("gestures.mbml").device_bytes()
    for address, board in zip(addresses, running.boards.values(), strict=False):
        assert f"{address}: has the model, over serial in" in outcome.out
        assert board.files["model.bin"] == model
    assert f"{silent}: FAILED: The kit is not on the board yet." in outcome.out
    assert (
        f"microbit-ml: 1 board of {n_boards + 1} failed: {silent}. The reasons are above"
        in outcome.err
    )


def test_boards_none_attached(cli, golden, plug_in):
    plug_in()
    golden("boards-none", cli("boards").transcript)
    golden("boards-json", cli("boards", "--json").transcript)


@pytest.mark.default_runtime
def test_boards_attached(cli, golden, gestures, plug_in, running):
    model = mb.Model.load(gestures / "gestures.mbml")
    address = running("v1", model.hex())
    on_path = BoardDrive(PurePosixPath("/media/MICROBIT"), V2_ID, "0257")
    plug_in(at_port(address), AttachedBoard(V2_ID, None, on_path))
    golden("boards-attached", re.sub(r"(\.(?:py|bin)) \d+", r"\1 #", cli("boards").transcript))
    listed = json.loads(cli("boards", "--json").out)
    files = model.board_files()
    assert listed[0] == {
        "board": "V1",
        "port": address,
        "drive": None,
        "id": V1_ID,
        "maintenance": False,
        "interface_version": None,
        "runtime": "1.1.1",
        "labels": ["shake", "still", "twist"],
        "files": {name: len(content) for name, content in files.items()},
        "not_asked": None,
    }
    assert listed[1]["interface_version"] == "0257"
    assert listed[1]["not_asked"] == "It has no serial port."
    assert [one["port"] for one in listed[2:]] == ["virtual:v1", "virtual:v2"]
    [board] = running.boards.values()
    before = len(board.samples_read)
    assert board.run_until(lambda: len(board.samples_read) > before + 5, 5)  # it keeps running


def test_boards_without_asking(cli, plug_in, running):
    address = running("v1", {})
    plug_in(at_port(address))
    [board] = running.boards.values()
    before = board.time_us
    listed = json.loads(cli("boards", "--json", "--quick").out)
    assert board.time_us == before
    assert "files" not in listed[0]


def test_a_board_that_is_unplugged_while_its_program_is_checked(gestures):
    class Gone:
        in_waiting = 0

        def read(self, size):
            raise OSError("Input/output error")

    job = flash_board.Job(mb.Model.load(gestures / "gestures.mbml"), Path("mine.py"))
    with pytest.raises(
        BoardError, match=r"Everything is on the board at COM4, but it was disconnected"
    ):
        flash_board._check_running(job, Link(Gone(), time.monotonic, "COM4"))


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("shake-01.rec", 1, "holds 1 recording not fetched yet"),
        ("notes.txt", 0, "The whole hex deletes your own files on it: notes.txt."),
    ],
)
def test_flash_reports_what_a_whole_hex_would_delete(cli, gestures, monkeypatch, name, code, words):
    model = mb.Model.load(gestures / "gestures.mbml")
    files = model.board_files(board="v1") | {"loader.py": b"# an older kit\n", name: b"mine"}
    drive = BoardDrive(gestures / "MICROBIT", V2_ID)
    board = VirtualBoard("v1", files)
    flashed = []

    def program(text, to):
        flashed.append(VirtualBoard("v1", text))
        share_board("older", flashed[0])
        return to

    share_board("older", board)
    attached = AttachedBoard("", BoardPort("virtual://v1?name=older", ""), drive)
    monkeypatch.setattr(flash, "find_boards", lambda: [attached])
    monkeypatch.setattr(flash_board, "flash_hex", program)
    monkeypatch.setattr(flash_board, "find_ports", lambda: [])
    outcome = cli("flash", "gestures.mbml")
    unshare_board("older")
    for one in (board, *flashed):
        one.close()
    assert words in outcome.out + outcome.err
    assert outcome.code == code
    assert len(flashed) == 1 - code


def test_a_board_that_is_pulled_out_keeps_a_model(
    cli, golden, gestures, plug_in, running, pull_out
):
    old = other_model(gestures)
    address = running("v1", old.hex())
    plug_in(at_port(address))
    pull_out(after=1500)
    golden("flash-pulled-out", plain(cli("flash", "gestures.mbml").transcript))
    [board] = running.boards.values()
    assert board.files["model.bin"] == old.device_bytes()


@pytest.fixture
def pull_out(monkeypatch):
    """``pull_out(after=1500)``: the cable is pulled out after so many bytes to the board."""

    def plan(after):
        @contextmanager
        def open_cut_link(address):
            with open_link(address) as link:
                cut = Fault("cut", after, reading=False)
                yield replace(link, port=FaultyPort(link.port, cut))

        monkeypatch.setattr(flash_board, "open_link", open_cut_link)

    return plan


def test_a_board_without_room_keeps_its_model(cli, golden, gestures, plug_in, running):
    old = other_model(gestures)
    files = old.board_files(board="v1")
    room = bundled_runtimes()["v1"].layout.capacity_bytes - sum(
        len(name) + len(content) + 128 for name, content in files.items()
    )
    for size in range(room, 0, -126):
        with contextlib.suppress(HexError):
            hex_text = build_hex({"v1": files | {"diary.txt": b"." * size}})
            break
    plug_in(at_port(running("v1", hex_text)))
    golden("flash-no-room", plain(cli("flash", "gestures.mbml").transcript))
    [board] = running.boards.values()
    assert board.files["model.bin"] == old.device_bytes()
    assert len(board.files["diary.txt"]) == size


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="a pseudo-terminal as a serial port")
@pytest.mark.usefixtures("board_time")
def test_flash_over_a_port_of_the_system(cli, gestures, plug_in):
    done = threading.Event()
    with VirtualBoard("v1", other_model(gestures).hex()) as board, PtyPort(board) as port:
        thread = threading.Thread(target=port.serve, args=(done.is_set,))
        thread.start()
        plug_in(at_port(port.path))
        outcome = cli("flash", "gestures.mbml")
        done.set()
        thread.join()
        assert outcome.code == 0, outcome.err
        assert "over serial in" in outcome.out
        assert board.files["model.bin"] == mb.Model.load("gestures.mbml").device_bytes()
