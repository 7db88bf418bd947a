"""The boards' file system: chunks by hand, round trips, limits, what uflash writes."""

import pytest
import uflash
from hypothesis import given
from hypothesis import strategies as st

from microbit_ml.errors import HexError
from microbit_ml.image.filesystem import (
    FileSystemLayout,
    build_file_system,
    read_files,
)
from microbit_ml.image.intel_hex import MemoryImage, parse_sections

V1 = FileSystemLayout("v1", 0x38C00, 0x3FC00, 1024)
V2 = FileSystemLayout("v2", 0x6D000, 0x73000, 4096)


def test_the_size_of_each_boards_file_system():
    assert (V1.chunks, V1.capacity_bytes) == (216, 27_216)
    assert (V2.chunks, V2.capacity_bytes) == (160, 20_160)


def test_chunks_by_hand():
    image = build_file_system({"a": b"", "bc": bytes(range(200))}, V1)
    first = b"\xfe\x03\x01a" + b"\xff" * 124
    # The header (2 + 2 bytes) and 122 bytes of content fill a chunk, 78 bytes are left.
    second = b"\xfe\x4e\x02bc" + bytes(range(122)) + b"\x03"
    third = b"\x02" + bytes(range(122, 200)) + b"\xff" * 49
    assert image.segments == [(0x38C00, first + second + third), (0x3F800, b"\xfd")]


def test_a_full_last_chunk_is_followed_by_an_empty_one():
    content = b"x" * (126 - 2 - 7)
    image = build_file_system({"main.py": content}, V2)
    expected = b"\xfe\x00\x07main.py" + content + b"\x02" + b"\x01" + b"\xff" * 127
    assert image.segments == [(0x6D000, expected), (0x72000, b"\xfd")]
    assert read_files(image, V2) == {"main.py": content}


names = st.text(min_size=1, max_size=30).filter(lambda name: len(name.encode("utf-8")) <= 120)
file_sets = st.dictionaries(names, st.binary(max_size=700), max_size=12)


@given(file_sets, st.sampled_from([V1, V2]))
def test_round_trip(files, layout):
    assert read_files(build_file_system(files, layout), layout) == files


@given(file_sets)
def test_the_spare_page_may_come_first(files):
    built = build_file_system(files, V2)
    moved = MemoryImage([(V2.start, b"\xfd"), (V2.start + 4096, built.read(V2.start, 0x5000))])
    assert read_files(moved, V2) == files


@given(st.integers(1, 3000))
def test_main_py_lies_where_uflash_puts_it(size):
    script = (b"print(1)  # one\n" * 200)[:size]
    for board, layout, board_id in (("v1", V1, "9900"), ("v2", V2, "9903")):
        records = uflash.script_to_fs(script, board_id) + ":00000001FF\n"
        assert build_file_system({"main.py": script}, layout) == parse_sections(records)[None], (
            board
        )


def test_what_was_freed_or_never_closed_is_not_read():
    image = build_file_system({"a": b"1", "b": b"2", "c": b"x" * 130}, V1)
    image.write(V1.start, b"\x00")  # a is freed
    image.write(V1.start + 128 + 1, b"\xff")  # b was not closed
    image.write(V1.start + 256 + 1, b"\xff")  # neither was c: its full chunk is read
    assert read_files(image, V1) == {"b": b"", "c": b"x" * 123}


@given(file_sets)
def test_a_smaller_area_lies_at_the_end_and_counts_from_the_first_page(files):
    smaller = V1.smaller(0x6000 + 1000)  # whole pages
    assert (smaller.start, smaller.end, smaller.area_start) == (0x39C00, V1.end, V1.start)
    assert (smaller.chunks, smaller.first) == (V1.chunks - 32, 33)
    image = build_file_system(files, smaller)
    assert not any(address < smaller.start for address, _ in image.segments)
    assert read_files(image, smaller) == read_files(image, V1) == files
    assert V1.smaller(1 << 20) == V1


def test_unicode_names_and_name_limits():
    files = {"一.txt": b"1", "naïve.py": b"2", "a" * 120: b"3" * 126}
    assert read_files(build_file_system(files, V1), V1) == files
    with pytest.raises(HexError, match="the name takes 122 bytes in UTF-8. It must take 1 to 120"):
        build_file_system({"é" * 61: b""}, V1)
    with pytest.raises(HexError, match="cannot be called ''"):
        build_file_system({"": b""}, V1)


def test_files_that_do_not_fit_are_named():
    fits = b"x" * (27_216 - 2 - 7 - 1)
    assert len(build_file_system({"main.py": fits}, V1).read(V1.start, 216 * 128)) == 27_648
    with pytest.raises(HexError) as caught:
        build_file_system({"main.py": fits + b"x"}, V1)
    assert str(caught.value) == (
        "main.py (27,207 bytes) does not fit on the micro:bit V1: the files take 27,342 bytes, but "
        "its file system holds only 27,216 (126 too many). Use a smaller model or a shorter "
        "program."
    )
    with pytest.raises(HexError, match=r"^model\.bin \(20,000 bytes\) does not fit"):
        build_file_system({"main.py": b"x" * 300, "model.bin": b"x" * 20_000, "b": b""}, V2)


@pytest.mark.parametrize(
    ("following", "message"),
    [(1, "form a loop"), (217, "points to chunk 217, but there are only 216")],
)
def test_damaged_chains_are_named(following, message):
    image = build_file_system({"long": b"x" * 300}, V1)
    image.write(V1.start + 2 * 128 - 1, bytes([following]))
    with pytest.raises(HexError, match="The file long on the micro:bit is damaged") as caught:
        read_files(image, V1)
    assert message in str(caught.value)
