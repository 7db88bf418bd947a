"""What goes onto a board: the firmware without comments, at the same line numbers."""

import ast

from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.image.board_files import (
    LAUNCHER_FILES,
    RECOGNIZER_FILES,
    board_files,
    without_comments,
)


def test_comments_go_and_line_numbers_stay():
    source = b"# head\n\nx = '# no comment'  # but this is\n\nif x:\n    # alone\n    y = 1\n"
    assert without_comments(source) == b"\n\nx = '# no comment'\n\nif x:\n\n    y = 1\n"


def test_the_firmware_means_the_same_without_comments():
    files = board_files(b"")
    machine_code = {"kernel_v1.bin", "kernel_v2.bin"}
    assert set(files) == {*RECOGNIZER_FILES, *LAUNCHER_FILES, "model.bin"} | machine_code
    for name in (*RECOGNIZER_FILES, *LAUNCHER_FILES):
        original = (firmware_folder() / name).read_bytes()
        assert ast.dump(ast.parse(original), include_attributes=True) == ast.dump(
            ast.parse(files[name]), include_attributes=True
        )
        assert b"\n# " not in files[name]


def test_most_of_v2s_file_system_is_left_for_the_pupil():
    files = board_files(b"", board="v2")
    assert "kernel_v1.bin" not in files
    assert sum(len(content) for content in files.values()) < 9_300  # of 20,160


def test_a_program_of_ones_own_takes_the_launchers_place(tmp_path):
    program = tmp_path / "mine.py"
    program.write_bytes(b"# my own comment\n")
    files = board_files(b"", program)
    assert files["main.py"] == b"# my own comment\n"
    assert "answer.py" not in files
