"""Libraries of others read the kit's hexes, over random sets of files, and on both runtimes.

The last tests hold the reasons why the kit reads hexes, and reads and writes files, itself. When
one of them fails, a library has learnt what it lacked: let it do the work then.
"""

import io

import micropython_microbit_fs as microbit_fs
import pytest
import universal_hex
from hypothesis import given, settings
from hypothesis import strategies as st
from intelhex import IntelHex
from tiers import tiers

from microbit_ml.errors import HexError
from microbit_ml.image import build_hex, stock
from microbit_ml.image.filesystem import read_files
from microbit_ml.image.hex import add_files, build_hex_for_one
from microbit_ml.image.intel_hex import parse, parse_sections, write_plain, write_universal
from microbit_ml.image.runtime import bundled_runtimes

BOARD_IDS = {0x9900: "v1", 0x9903: "v2"}

names = st.text(min_size=1, max_size=30).filter(lambda name: len(name.encode("utf-8")) <= 120)
# Contents around the end of a chunk: 126 bytes, with the name and its header.
contents = st.one_of(st.binary(min_size=1, max_size=700), st.integers(80, 260).map(bytes))
file_sets = st.dictionaries(names, contents, max_size=8)


def files_in(text):
    return {one.name: one.content for one in microbit_fs.get_files(text)}


def segments_in(text):
    known = IntelHex(io.StringIO(text))
    return [(start, known.tobinstr(start, end - 1)) for start, end in known.segments()]


def check(text, image, runtime, files):
    """The text of a plain hex: the libraries find in it what the kit does."""
    assert parse(text) == image
    assert segments_in(text) == image.segments
    assert files_in(text) == read_files(image, runtime.layout) == files
    found = microbit_fs.get_device_info(text)
    layout = runtime.layout
    assert found.device_version.value.lower() == runtime.board
    assert found.micropython_version.startswith(f"micro:bit v{runtime.version}+")
    assert (found.fs_start_address, found.flash_page_size) == (layout.start, layout.page_bytes)
    calibration = layout.page_bytes if runtime.board == "v1" else 0
    assert found.fs_end_address - calibration == layout.end
    assert found.fs_size - calibration == layout.chunks * 128


@pytest.mark.parametrize(
    ("pair", "examples"),
    tiers(
        [(stock.DEFAULT, 1)],
        slow=[(one, 10) for one in stock.STOCK],
        full=[(one, 60) for one in stock.STOCK],
    ),
)
def test_files_and_sections_are_read_by_others(pair, examples):
    runtimes = bundled_runtimes(pair)

    @settings(max_examples=examples)
    @given(file_sets)
    def check_files(files):
        text = build_hex(dict.fromkeys(runtimes, files), stock.text_of(pair))
        assert universal_hex.is_uhex(text)
        images = parse_sections(text)
        sections = universal_hex.separate_uhex(text)
        assert [BOARD_IDS[section.board_id] for section in sections] == list(images)
        for section, (board, image) in zip(sections, images.items()):
            check(section.hex, image, runtimes[board], files)

    check_files()


@pytest.mark.parametrize(
    ("pair", "board", "examples"),
    tiers(
        [(stock.DEFAULT, "v1", 1)],
        slow=[(one, "v2", 10) for one in stock.STOCK],
        full=[(one, board, 60) for one in stock.STOCK for board in ("v1", "v2")],
    ),
)
def test_files_that_others_add_lie_in_the_same_places(pair, board, examples):
    runtime = bundled_runtimes(pair)[board]
    empty = write_plain(runtime.image)

    @settings(max_examples=examples)
    @given(file_sets.filter(bool))
    def check_files(files):
        text = build_hex_for_one(board, files, stock.text_of(pair))
        check(text, parse(text), runtime, files)
        added = [microbit_fs.File(name, content) for name, content in files.items()]
        assert parse(microbit_fs.add_files(empty, added)) == parse(text)

    check_files()


@pytest.mark.parametrize(
    ("pair", "board"),
    tiers([("current", "v1")], slow=[("current", "v2"), ("uflash", "v1"), ("uflash", "v2")]),
)
def test_others_find_as_much_room(pair, board):
    runtime = bundled_runtimes(pair)[board]
    name = "main.py"
    most = runtime.layout.capacity_bytes - 2 - len(name) - 1
    files = {name: b"x" * most}
    text = write_plain(add_files(runtime, files))
    assert files_in(text) == files
    empty = write_plain(runtime.image)
    assert parse(microbit_fs.add_files(empty, [microbit_fs.File(name, files[name])])) == parse(text)
    with pytest.raises(microbit_fs.StorageFullError):
        microbit_fs.add_files(empty, [microbit_fs.File(name, files[name] + b"x")])
    with pytest.raises(HexError, match="1 too many|126 too many"):
        add_files(runtime, {name: files[name] + b"x"})


def test_separate_uhex_gives_a_damaged_record_a_new_checksum():
    images = {board: one.image for board, one in bundled_runtimes().items()}
    text = write_universal(images)
    place = text.index("\n", text.index(":0400000A9903")) + len("\n:10000000")
    place = text.index("\n:10", place) + len("\n:10AAAA0D")
    damaged = text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :]
    v2 = universal_hex.separate_uhex(damaged)[1].hex
    assert parse(v2).segments != images["v2"].segments  # a valid hex, with other bytes
    with pytest.raises(HexError, match="checksum"):
        parse_sections(damaged)


def test_separate_uhex_needs_a_base_address_before_each_block():
    text = """:020000040000FA
:0400000A9900C0DEBB
:0100000041BE
:0000000BF5
:0400000A9903C0DEB8
:0100010D42AF
:0000000BF5
:00000001FF
"""
    assert [one.board_id for one in universal_hex.separate_uhex(text)] == [0x9900]
    assert {board: one.segments for board, one in parse_sections(text).items()} == {
        "v1": [(0, b"A")],
        "v2": [(1, b"B")],
    }


@pytest.mark.parametrize("text", ["", ":0100000041BE\n", ":00000001FF\n:0100000041BE\n"])
def test_intelhex_reads_what_is_cut_off_or_follows_the_end(text):
    IntelHex(io.StringIO(text))
    with pytest.raises(HexError):
        parse(text)


def test_microbit_fs_refuses_an_empty_file():
    with pytest.raises(microbit_fs.InvalidFileError, match="empty"):
        microbit_fs.File("model.bin", b"")


def test_microbit_fs_reads_rubbish_from_a_file_that_was_never_closed():
    runtime = bundled_runtimes()["v1"]
    image = add_files(runtime, {"a": b"1"})
    image.write(runtime.layout.start + 1, b"\xff")
    assert files_in(write_plain(image))["a"].startswith(b"1\xff\xff")
    assert read_files(image, runtime.layout) == {"a": b""}


def test_microbit_fs_cannot_read_a_file_system_that_was_tidied_up():
    """Then the spare page comes first, and chunk 1 begins a page later."""
    runtime = bundled_runtimes()["v1"]
    layout = runtime.layout
    files = {"a": b"1" * 300}
    image = add_files(runtime, files)
    moved = image.read(layout.start, layout.end - layout.start - layout.page_bytes)
    image.write(layout.start, b"\xfd")
    image.write(layout.start + layout.page_bytes, moved)
    with pytest.raises(microbit_fs.FilesystemError):
        microbit_fs.get_files(write_plain(image))
    assert read_files(image, layout) == files
