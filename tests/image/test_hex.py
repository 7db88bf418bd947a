"""Hex images for both boards."""

import pytest
import uflash

from microbit_ml.errors import HexError
from microbit_ml.image.filesystem import read_files
from microbit_ml.image.hex import build_hex
from microbit_ml.image.intel_hex import parse_sections, write_plain
from microbit_ml.image.runtime import bundled_runtimes, read_runtimes
from microbit_ml.image.stock import UFLASH, text_of

FILES = {
    "v1": {"main.py": b"import a\n", "a.py": b"A = 1\n" * 100, "model.bin": bytes(range(256)) * 5},
    "v2": {"main.py": b"import b\n", "b.py": b""},
}


def test_both_boards_get_their_own_files_and_keep_their_runtime():
    sections = parse_sections(build_hex(FILES))
    for board, runtime in bundled_runtimes().items():
        image = sections[board]
        assert read_files(image, runtime.layout) == FILES[board]
        image.erase(runtime.layout.start, runtime.layout.end - runtime.layout.start)
        assert image == runtime.image


def test_one_main_py_is_what_uflash_builds():
    script = b"from microbit import *\ndisplay.scroll('hello')\n" * 40
    ours = build_hex({board: {"main.py": script} for board in ("v1", "v2")}, text_of(UFLASH))
    assert parse_sections(ours) == parse_sections(uflash.embed_fs_uhex(uflash._RUNTIME, script))


def test_a_runtime_that_holds_files_loses_them():
    old = build_hex({board: {"old.py": b"x" * 5000} for board in ("v1", "v2")})
    assert build_hex(FILES, runtime=old) == build_hex(FILES)


def test_a_hex_for_one_board():
    v2_runtime = write_plain(bundled_runtimes()["v2"].image)
    text = build_hex({"v2": FILES["v2"]}, runtime=v2_runtime)
    assert read_files(parse_sections(text)["v2"], bundled_runtimes()["v2"].layout) == FILES["v2"]
    assert list(read_runtimes(text)) == ["v2"]
    with pytest.raises(HexError, match="no MicroPython for 'v1', only for v2"):
        build_hex(FILES, runtime=v2_runtime)


def test_a_file_that_does_not_fit_names_the_board():
    files = {board: {"model.bin": b"x" * 25_000} for board in ("v1", "v2")}
    with pytest.raises(HexError, match=r"model\.bin .* does not fit on the micro:bit V2"):
        build_hex(files)
