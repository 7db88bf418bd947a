"""Which board a hex is for, with MicroPython and without."""

import struct

import pytest

from microbit_ml.errors import HexError
from microbit_ml.image import build_hex, intel_hex
from microbit_ml.image.intel_hex import MemoryImage, write_plain, write_universal
from microbit_ml.image.made_for import check_is_for, has_micropython, made_for, targets_of

RAM_END = {"v1": 0x20004000, "v2": 0x20020000}


def program(kind, at=0):
    """A program that is not MicroPython, as a compiler places it at an address of the flash."""
    return MemoryImage([(at, struct.pack("<II", RAM_END[kind], at + 0x101) + bytes(0x400))])


def with_bluetooth(kind):
    """The same behind the program for Bluetooth, whose stack tells nothing."""
    image = program(kind, 0x18000)
    image.write(0, struct.pack("<II", 0x200007C0, 0x6D1) + bytes(0x1000))
    return image


@pytest.mark.parametrize("kind", ["v1", "v2"])
@pytest.mark.parametrize("made", [program, with_bluetooth])
def test_a_program_without_micropython_is_known_by_its_stack(kind, made):
    other = {"v1": "v2", "v2": "v1"}[kind]
    image = made(kind)
    text = write_plain(image)
    assert made_for(image) == kind
    assert targets_of(text) == (kind,)
    assert not has_micropython(text, kind)
    check_is_for(image, kind)
    with pytest.raises(HexError, match=f"for a micro:bit {kind.upper()}, so a {other.upper()}"):
        check_is_for(image, other)


def test_what_lies_beyond_the_flash_of_a_v1_is_for_a_v2():
    image = program("v1")
    image.write(0x77000, bytes(100))
    assert made_for(image) == "v2"


@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_micropython_is_known_by_its_marks(kind):
    text = build_hex({kind: {}})
    assert targets_of(text) == (kind,)
    plain = write_plain(intel_hex.parse(text, kind))
    assert targets_of(plain) == (kind,)
    assert has_micropython(plain, kind)


def test_a_universal_hex_is_for_its_sections():
    text = write_universal({"v1": program("v1"), "v2": program("v2")})
    assert targets_of(text) == ("v1", "v2")
    assert not has_micropython(text, "v1")
    text = build_hex({"v1": {}, "v2": {}})
    assert targets_of(text) == ("v1", "v2")
    assert has_micropython(text, "v2")


def test_what_cannot_be_told_may_be_for_any():
    image = MemoryImage([(0, struct.pack("<II", 0x20001000, 0x101) + bytes(0x400))])
    assert made_for(image) is None
    assert targets_of(write_plain(image)) == ("v1", "v2")
    for kind in RAM_END:
        check_is_for(image, kind)


@pytest.mark.parametrize("data", [b"", b"hello, this is text", bytes(2000), b"\xff" * 64])
def test_what_no_chip_could_start_is_no_program(data):
    with pytest.raises(HexError, match=r"no program for a micro:bit\. Use one that MakeCode"):
        targets_of(write_plain(MemoryImage([(0, data)])))
