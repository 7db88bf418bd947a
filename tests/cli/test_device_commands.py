"""``build``, ``flash`` and ``boards``."""

import json
import re
from pathlib import PurePosixPath

import microbit_ml as mb
from microbit_ml.board import AttachedBoard, BoardDrive, BoardPort
from microbit_ml.cli import device

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


def test_flash_without_a_board(cli, gestures, monkeypatch):
    monkeypatch.setattr(device, "find_boards", lambda: [])
    outcome = cli("flash", "gestures.mbml")
    assert outcome.code == 1
    assert outcome.err.startswith("microbit-ml: No micro:bit found. Plug one in")


def test_flash_of_a_virtual_board_is_explained(cli, gestures):
    outcome = cli("flash", "gestures.mbml", "--board", "virtual:v1")
    assert outcome.code == 1
    assert "microbit-ml predict gestures.mbml DATASET --board virtual:v1" in outcome.err


def test_flash_copies_the_hex_of_the_model(cli, golden, gestures, monkeypatch):
    drive = BoardDrive(gestures / "MICROBIT", V2_ID)
    flashed = []
    monkeypatch.setattr(device, "find_boards", lambda: [AttachedBoard(V2_ID, None, drive)])
    monkeypatch.setattr(device, "flash_hex", lambda text, to: flashed.append((text, to)) or to)
    outcome = cli("flash", "gestures.mbml")
    golden("flash", re.sub(r"\d+(?= bytes)", "#", outcome.transcript))
    assert cli("build", "gestures.mbml", "-o", "same.hex").code == 0
    assert flashed == [((gestures / "same.hex").read_text(encoding="ascii"), drive)]


def test_boards_none_attached(cli, golden, monkeypatch):
    monkeypatch.setattr(device, "find_boards", lambda: [])
    golden("boards-none", cli("boards").transcript)
    golden("boards-json", cli("boards", "--json").transcript)


def test_boards_attached(cli, golden, monkeypatch):
    with_both = AttachedBoard(
        V2_ID, BoardPort("/dev/ttyACM0", V2_ID), BoardDrive(PurePosixPath("/media/MICROBIT"), V2_ID)
    )
    without_drive = AttachedBoard("", BoardPort("COM4", ""), None)
    monkeypatch.setattr(device, "find_boards", lambda: [with_both, without_drive])
    golden("boards-attached", cli("boards").transcript)
    listed = json.loads(cli("boards", "--json").out)
    assert listed[0] == {
        "board": "V2",
        "port": "/dev/ttyACM0",
        "drive": "/media/MICROBIT",
        "id": V2_ID,
    }
    assert listed[1] == {"board": "unknown", "port": "COM4", "drive": None, "id": None}
    assert [one["port"] for one in listed[2:]] == ["virtual:v1", "virtual:v2"]
