"""The runtimes' file systems, read from the images; images of something else."""

import struct

import pytest
import uflash

from microbit_ml.errors import HexError
from microbit_ml.image.intel_hex import MemoryImage, parse, write_plain, write_universal
from microbit_ml.image.runtime import bundled_runtimes, find_runtime, read_runtimes
from microbit_ml.image.stock import CURRENT, UFLASH


def facts_of(runtimes):
    return {
        board: (r.board, r.version, r.layout.start, r.layout.end, r.layout.page_bytes)
        for board, r in runtimes.items()
    }


@pytest.mark.default_runtime
def test_the_default_runtimes():
    assert facts_of(bundled_runtimes()) == {
        "v1": ("v1", "1.1.1", 0x38800, 0x3FC00, 1024),
        "v2": ("v2", "2.1.2", 0x6D000, 0x73000, 4096),
    }
    assert bundled_runtimes() is bundled_runtimes(CURRENT)


def test_the_runtimes_of_uflash():
    assert facts_of(bundled_runtimes(UFLASH)) == {
        "v1": ("v1", uflash.MICROPYTHON_V1_VERSION, 0x38C00, 0x3FC00, 1024),
        "v2": ("v2", uflash.MICROPYTHON_V2_VERSION, 0x6D000, 0x73000, 4096),
    }


def test_a_plain_hex_tells_its_board():
    text = write_plain(parse(uflash._RUNTIME, "v2"))
    assert list(read_runtimes(text)) == ["v2"]


def v1_image(pages, page_log2=10, magic=0x17EEB07C, version=0x100):
    facts = struct.pack("<IIIHHII", magic, 2**32 - 1, page_log2, 0, pages, 2**32 - 1, version)
    return MemoryImage([(0x100, b"micro:bit v1.1.1 on 2022\0"), (0x100010C0, facts)])


def test_a_newer_v1_runtime_has_its_files_elsewhere():
    # MicroPython 1.1.1 for V1 takes 226 pages.
    runtime = find_runtime(v1_image(226))
    assert (runtime.layout.start, runtime.version) == (0x38800, "1.1.1")
    assert runtime.layout.capacity_bytes == 28_224


def test_a_small_runtime_cannot_have_more_than_252_chunks():
    layout = find_runtime(v1_image(100)).layout
    assert layout.start == 0x3F800 - 31 * 1024
    assert layout.chunks == 248


def v2_image(rows, page_log2=12, table_end=0x60000):
    table = b"".join(struct.pack("<BBHIII", *row, 0) for row in rows)
    last = struct.pack("<IHHHHI", 0x597F30FE, 1, len(table), len(rows), page_log2, 0xC1B1D79D)
    text = b"micro:bit v2.1.2+abc on 2023-11-13; MicroPython v1.18\0"
    return MemoryImage([(0x200, text), (table_end - len(table) - 16, table + last)])


def test_a_v2_table_by_hand():
    rows = [(2, 2, 0x1C, 0x40000, 0x200), (3, 0, 0x6D, 0x6000, 0)]
    runtime = find_runtime(v2_image(rows))
    assert (runtime.board, runtime.version) == ("v2", "2.1.2")
    assert (runtime.layout.start, runtime.layout.end) == (0x6D000, 0x73000)
    assert find_runtime(v2_image(rows[1:])).version == ""


@pytest.mark.parametrize(
    "image",
    [
        MemoryImage([(0, b"MakeCode")]),
        v1_image(226, magic=0x17EEB07D),
        v2_image([(1, 0, 1, 0x1000, 0)]),
        v2_image([(3, 0, 0x6D, 0x6000, 0)], table_end=0x60010),
        v2_image([(3, 0, 0x6D, 0x6000, 0)], page_log2=40),
    ],
)
def test_an_image_without_micropython_is_reported(image):
    with pytest.raises(HexError, match=r"0x17EEB07C at 0x100010C0 nor .*0x597F30FE ... 0xC1B1D79D"):
        find_runtime(image)


@pytest.mark.parametrize(
    "image",
    [
        v1_image(226, page_log2=77),
        v1_image(255),
        v1_image(0),
        v2_image([(3, 0, 0x6D, 0x6001, 0)]),
        v2_image([(3, 0, 0x6D, 0x1000, 0)]),
        v2_image([(3, 0, 0x6D, 0xFFFFF000, 0)]),
    ],
)
def test_an_impossible_location_is_reported(image):
    with pytest.raises(HexError, match="which is impossible"):
        find_runtime(image)


def test_exchanged_sections_are_reported():
    swapped = {"v1": parse(uflash._RUNTIME, "v2"), "v2": parse(uflash._RUNTIME, "v1")}
    with pytest.raises(HexError, match="section for v1 of this hex holds a runtime for v2"):
        read_runtimes(write_universal(swapped))
