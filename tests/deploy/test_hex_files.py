"""Hex files, programs and models that a board can boot."""

import pytest

import microbit_ml as mb
from microbit_ml.deploy.hex_files import hex_of_file, read_runtime
from microbit_ml.errors import FileMissingError, HexError, UsageError
from microbit_ml.virtual import VirtualBoard


def test_a_program_a_model_and_a_hex(tmp_path):
    program = tmp_path / "hello.PY"
    program.write_bytes(b"print('hello')\n")
    hex_text = hex_of_file(program, "v1")
    with VirtualBoard("v1", hex_text) as board:
        assert board.run_until("hello", 2)
    (tmp_path / "hello.hex").write_text(hex_text, encoding="ascii")
    assert hex_of_file(tmp_path / "hello.hex", "v1") == hex_text
    assert read_runtime(tmp_path / "hello.hex") == hex_text
    model = mb.train(mb.simulate(["shake", "still"], people=2, repeats=2, seed=4), steps=5)
    model.save(tmp_path / "m.mbml")
    assert hex_of_file(tmp_path / "m.mbml", "v2") == model.hex()


def test_files_that_no_board_can_boot(tmp_path):
    (tmp_path / "bad.hex").write_bytes(b"\xff\xfe\x00")
    for read in (lambda path: hex_of_file(path, "v1"), read_runtime):
        with pytest.raises(HexError, match="is not a hex file"):
            read(tmp_path / "bad.hex")
        with pytest.raises(FileMissingError, match=r"none\.hex"):
            read(tmp_path / "none.hex")
    with pytest.raises(UsageError, match="cannot run"):
        hex_of_file(tmp_path / "notes.txt", "v1")
