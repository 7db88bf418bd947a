"""Intel Hex and Universal Hex: records by hand, damage, round trips, the runtimes of uflash."""

import re

import makecode
import pytest
import uflash
from hypothesis import given
from hypothesis import strategies as st
from makecode import END

from microbit_ml.errors import HexError
from microbit_ml.image.intel_hex import (
    MemoryImage,
    parse,
    parse_sections,
    write_plain,
    write_universal,
)

RUNTIME = uflash._RUNTIME

segments = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 300), st.integers(0xFFF0, 0x10010), st.just(0x100010C0)),
        st.binary(min_size=1, max_size=70),
    ),
    max_size=6,
)


@given(segments)
def test_an_image_behaves_like_a_dictionary_of_bytes(pieces):
    image, bytes_at = MemoryImage(), {}
    for address, data in pieces:
        image.write(address, data)
        bytes_at.update(enumerate(data, address))
    assert {a + i: b for a, data in image.segments for i, b in enumerate(data)} == bytes_at
    ends = [address + len(data) for address, data in image.segments]
    starts = [address for address, _ in image.segments]
    assert all(end < start for end, start in zip(ends, starts[1:], strict=False))
    expected = bytes(bytes_at.get(a, 0xFF) for a in range(0xFFE0, 0x10060))
    assert image.read(0xFFE0, 0x80) == expected
    assert image.read(0, 4, fill=0) == bytes(bytes_at.get(a, 0) for a in range(4))


@given(segments, st.integers(0, 400), st.integers(0, 0x10100))
def test_erased_bytes_are_forgotten(pieces, address, size):
    image = MemoryImage(pieces)
    known = {a + i: b for a, data in image.segments for i, b in enumerate(data)}
    image.erase(address, size)
    left = {a + i: b for a, data in image.segments for i, b in enumerate(data)}
    assert left == {a: b for a, b in known.items() if not address <= a < address + size}


def test_a_copy_changes_alone():
    image = MemoryImage([(0, b"abc")])
    other = image.copy()
    other.write(1, b"X")
    assert (image.read(0, 3), other.read(0, 3)) == (b"abc", b"aXc")
    assert repr(other) == "MemoryImage(0x0-0x3)"


def test_an_image_stays_within_32_bits():
    with pytest.raises(HexError, match="2 bytes at 0xffffffff exceed the 32-bit"):
        MemoryImage([(0xFFFFFFFF, b"ab")])


def test_records_by_hand():
    text = """:020000021000EC
:03000000010203F7
:0400000300003800C1
:020000040001F9
:01400000417E
:04000005000000CD2A
:00000001FF
"""
    assert parse(text).segments == [(0x10000, b"\x01\x02\x03"), (0x14000, b"A")]
    assert parse(text.replace("\n", "\r\n"), board="v2") == parse(text)


def test_plain_text_by_hand():
    image = MemoryImage([(0x1FFFE, b"abc")])
    assert write_plain(image) == (
        ":020000040001F9\n:02FFFE0061623E\n:020000040002F8\n:01000000639C\n:00000001FF\n"
    )


@given(segments)
def test_plain_round_trip(pieces):
    image = MemoryImage(pieces)
    assert parse(write_plain(image)) == image


@given(segments, segments)
def test_universal_round_trip_with_aligned_sections(first, second):
    images = {"v1": MemoryImage(first), "v2": MemoryImage(second)}
    text = write_universal(images)
    assert parse_sections(text) == images
    assert parse(text, "v2") == images["v2"]
    (section,) = re.finditer(r":02000004[0-9A-F]{6}\n:0400000A9903C0DEB8\n", text)
    assert section.start() % 512 == 0
    assert (len(text) - len(":00000001FF\n")) % 512 == 0


def test_the_runtimes_of_uflash_come_back_letter_by_letter():
    assert write_universal(parse_sections(RUNTIME)) == RUNTIME


def test_a_section_is_chosen_by_board():
    images = parse_sections(RUNTIME)
    assert parse(RUNTIME, "v1") == images["v1"] != images["v2"]
    with pytest.raises(HexError, match="sections for v1 and v2"):
        parse(RUNTIME)
    only_v1 = write_universal({"v1": MemoryImage([(0, b"x")])})
    assert parse(only_v1).read(0, 1) == b"x"
    with pytest.raises(HexError, match="no section for micro:bit V2, only for v1"):
        parse(only_v1, "v2")
    with pytest.raises(HexError, match="no board called 'v3'"):
        parse(only_v1, "v3")
    with pytest.raises(HexError, match="not for v3"):
        write_universal({"v3": MemoryImage()})


def test_boards_that_are_no_micro_bits_are_skipped():
    text = write_universal({"v1": MemoryImage([(0, b"x")])})
    other = ":020000040000FA\n:0400000A1300C0DE41\n:010000000AF5\n:0000000BF5\n"
    assert set(parse_sections(other + text)) == {"v1"}
    with pytest.raises(HexError, match="no section for a micro:bit"):
        parse(other + ":00000001FF\n")


@pytest.mark.parametrize("kind", [0, 0x0E])
def test_the_source_of_a_makecode_project_may_follow_the_end(kind):
    """It is for editors: in RAM (0x20000000), or of the type "other data"."""
    source = makecode.source({"main.ts": ""})
    text = ":020000040000FA\n:0100000041BE\n" + END
    image = parse(makecode.behind_the_end(source, text, kind))
    assert image == parse(text)
    assert parse(makecode.behind_the_end(source, text, kind) + END) == image
    universal = write_universal({"v1": image, "v2": image})
    with_source = makecode.behind_the_end(source, universal, kind)
    assert parse_sections(with_source) == parse_sections(universal)
    with pytest.raises(HexError, match=r"Line \d .* checksum"):
        parse(text + makecode.record(0x0E, 0, b"ab").replace("61", "62"))


def test_another_hex_behind_the_source_is_refused():
    text = ":020000040000FA\n:0100000041BE\n" + END
    joined = makecode.behind_the_end(makecode.source({}), text) + text
    with pytest.raises(HexError, match="after its end-of-file record"):
        parse(joined)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no end-of-file record: it stops at line 0"),
        (":0100000041BE\n", "no end-of-file record: it stops at line 1"),
        (":0100000041BF\n:00000001FF\n", "Line 1 .* checksum is BF, .* should be BE"),
        (":0200000041BE\n:00000001FF\n", "Line 1 .* 2 data bytes, .* 15 characters, .* 13"),
        (":0100000041B\n:00000001FF\n", "Line 1 .* whole hexadecimal bytes"),
        (":01000000 41BE\n:00000001FF\n", "Line 1 .* wrong length"),
        (":\n:00000001FF\n", "Line 1 .* wrong length"),
        ("\n0100000041BE\n", "Line 2 .* does not begin with a colon"),
        (":00000006FA\n:00000001FF\n", "Line 1 .* unknown type of record: 06"),
        (":0100000401FA\n:00000001FF\n", "Line 1 .* base address of 2 bytes"),
        (":0100000A995C\n:00000001FF\n", "Line 1 .* without a board id"),
        (":00000001FF\n:0100000041BE\n", "Line 2 .* after its end-of-file record .line 1."),
        (
            ":0200000041427B\n:0100030043B9\n:0100010044BA\n:00000001FF\n",
            "Line 3 .* byte at 0x1 a second time .first in line 1",
        ),
        (
            ":0100000041BE\n:0400000A9900C0DEBB\n:00000001FF\n",
            "Line 1 of this universal hex has data outside",
        ),
        (":02000004FFFFFC\n:02FFFF0041427D\n:00000001FF\n", "exceed the 32-bit"),
    ],
)
def test_damage_is_named(text, message):
    with pytest.raises(HexError, match=message):
        parse(text)


@given(st.integers(2, 4000), st.data())
def test_any_changed_digit_is_noticed(line, data):
    lines = RUNTIME.split("\n")[:4050]
    position = data.draw(st.integers(1, len(lines[line]) - 1))
    digit = data.draw(st.sampled_from("0123456789ABCDEF").filter(lines[line][position].__ne__))
    lines[line] = lines[line][:position] + digit + lines[line][position + 1 :]
    with pytest.raises(HexError, match=f"Line {line + 1} "):
        parse("\n".join([*lines, ":00000001FF"]))
