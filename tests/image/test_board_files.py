"""The files for a board: the firmware without comments, at the same line numbers."""

import ast

import pytest
from random_models import usual_model

from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.image.board_files import (
    RECOGNIZER_FILES,
    board_files,
    without_comments,
)
from microbit_ml.image.filesystem import build_file_system
from microbit_ml.image.runtime import bundled_runtimes
from microbit_ml.quantize import to_bytes

EXAMPLE = b"""from microbit import *
from gesture import Recognizer

recognizer = Recognizer()
while True:
    name = recognizer.next()           # waits for the next sample, 50 a second
    if name == 'shake':
        display.show(Image.HAPPY)
"""  # the program in README.md


def test_comments_go_and_line_numbers_stay():
    source = b"# head\n\nx = '# no comment'  # but this is\n\nif x:\n    # alone\n    y = 1\n"
    assert without_comments(source) == b"\n\nx = '# no comment'\n\nif x:\n\n    y = 1\n"


def test_the_firmware_means_the_same_without_comments():
    files = board_files(b"")
    machine_code = {"kernel_v1.bin", "kernel_v2.bin"}
    assert set(files) == {*RECOGNIZER_FILES, "main.py", "answer.py", "model.bin"} | machine_code
    for name in (*RECOGNIZER_FILES, "main.py", "answer.py"):
        original = (firmware_folder() / name).read_bytes()
        assert ast.dump(ast.parse(original), include_attributes=True) == ast.dump(
            ast.parse(files[name]), include_attributes=True
        )
        assert b"\n# " not in files[name]


def test_most_of_v2s_file_system_is_left_for_the_pupil():
    files = board_files(b"", board="v2")
    assert "kernel_v1.bin" not in files
    assert sum(len(content) for content in files.values()) < 10_080  # half of 20,160


@pytest.mark.parametrize("with_launcher", [False, True])
def test_4000_bytes_stay_free_beside_the_largest_usual_model(with_launcher, tmp_path):
    (tmp_path / "example.py").write_bytes(EXAMPLE)
    smallest = min(bundled_runtimes().values(), key=lambda one: one.layout.capacity_bytes)
    assert smallest.board == "v2"
    model = to_bytes(usual_model(labels=9)[0])
    program = None if with_launcher else tmp_path / "example.py"
    files = board_files(model, program, board=smallest.board)
    files_chunks, _ = build_file_system(files, smallest.layout).segments
    free = smallest.layout.chunks - len(files_chunks[1]) // 128
    assert free * 126 >= 4000


def test_a_program_of_your_own_replaces_the_launcher(tmp_path):
    program = tmp_path / "mine.py"
    program.write_bytes(b"# my own comment\n")
    files = board_files(b"", program)
    assert files["main.py"] == b"# my own comment\n"
    assert "answer.py" not in files
