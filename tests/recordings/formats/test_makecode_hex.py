"""Importing the hex of a CreateAI or MakeCode project: its recordings, icons, order, thresholds."""

import json
import lzma
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makecode import MAGIC, behind_the_end, in_flash, in_universal, record, records, source

from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings import read_createai
from microbit_ml.recordings.faces import Face
from microbit_ml.recordings.formats import makecode_hex
from microbit_ml.recordings.formats.any_file import read_source
from microbit_ml.recordings.formats.createai import write_createai
from microbit_ml.recordings.formats.makecode_hex import is_hex, project_in_hex


def recording(*z):
    return {"id": "r", "data": {"x": [0.1] * len(z), "y": [0] * len(z), "z": list(z)}}


ACTIONS = [
    {"id": "1", "name": "Wave 👋", "icon": "Heart", "requiredConfidence": 0.65,
     "recordings": [recording(-1, -0.996)]},
    {"id": "2", "name": "Clap", "icon": "SmallHeart", "requiredConfidence": 0.8,
     "recordings": [recording(0.5)]},
    {"id": "3", "name": "Bow", "recordings": []},
]  # fmt: skip
FILES = {
    "main.ts": "basic.showString('größer')",
    "pxt.json": "{}",
    "dataset.json": json.dumps({"data": ACTIONS}, ensure_ascii=False),
}
PLAIN = ":020000040000FA\n:0100000041BE\n:00000001FF\n"
UNIVERSAL = ":020000040000FA\n:0400000A9900C0DEBB\n:0100000041BE\n:0000000BF5\n:00000001FF\n"
FORMS = {
    "universal": lambda data: in_universal(data, UNIVERSAL),
    "behind the end, in RAM": lambda data: behind_the_end(data, PLAIN),
    "behind the end, 0E": lambda data: behind_the_end(data, UNIVERSAL, 0x0E),
    "in flash": in_flash,
    "across 64 KB of flash": lambda data: in_flash(data, 0x2FFF0),
    "V2's flash in a universal hex": lambda data: UNIVERSAL.replace(
        ":00000001FF\n", records(data, 0x0D) + ":00000001FF\n"
    ),
    "Windows": lambda data: in_universal(data, UNIVERSAL).replace("\n", "\r\n"),
    "with empty lines": lambda data: "\n" + in_universal(data, UNIVERSAL.replace("\n", "\n\n")),
}


@pytest.fixture
def saved(tmp_path):
    def save(text):
        path = tmp_path / "wand.hex"
        path.write_bytes(text if isinstance(text, bytes) else text.encode("ascii"))
        return path

    return save


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("compression", ["LZMA", "", None])
def test_recordings_icons_and_order(saved, form, compression):
    data = read_source(saved(FORMS[form](source(FILES, compression=compression))))
    assert [one.label for one in data] == ["Wave 👋", "Clap"]
    assert data.ordered_labels == ["Wave 👋", "Clap", "Bow"]
    assert data.empty_labels == ["Bow"]
    assert data.faces["Wave 👋"] == Face("HEART")
    assert data.faces["Clap"] == Face("HEART_SMALL")
    assert data.recordings[0].samples.tolist() == [[100, 0, -1000], [100, 0, -996]]
    assert data.recordings[0].source == "wand.hex"


def test_thresholds_are_kept_and_written_again(saved, tmp_path):
    data = read_createai(saved(in_universal(source(FILES), UNIVERSAL)))
    (origin,) = data.provenance
    assert origin == {
        "kind": "CreateAI",
        "file": "wand.hex",
        "recordings": 2,
        "required_confidence": {"Wave 👋": 0.65},
    }
    data.save(tmp_path / "set")
    again = read_source(tmp_path / "set")
    write_createai(again, tmp_path / "out.json")
    actions = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert [one["requiredConfidence"] for one in actions] == [0.65, 0.8, 0.8]
    assert [one.get("icon") for one in actions] == ["Heart", "SmallHeart", None]


def test_a_header_without_headersize_and_files_that_are_not_ascii(saved):
    text = json.dumps({"dataset.json": "[]", "ü.ts": "ü"}, ensure_ascii=False)
    header = b'{"compression": "LZMA", "eURL": "https://makecode.microbit.org/"}'
    packed = lzma.compress(text.encode(), lzma.FORMAT_ALONE)
    data = MAGIC + struct.pack("<HIH", len(header), len(packed), 0) + header + packed
    assert project_in_hex(saved(in_flash(data)))["ü.ts"] == "ü"


def test_a_known_length_as_makecodes_packer_writes(saved):
    """Its .lzma files name the length of the text; Python's end with a marker instead."""
    text = json.dumps(FILES).encode()
    packed = bytearray(lzma.compress(text, lzma.FORMAT_ALONE))
    packed[5:13] = len(text).to_bytes(8, "little")
    header = b'{"compression": "LZMA"}'
    data = MAGIC + struct.pack("<HIH", len(header), len(packed), 0) + header + bytes(packed)
    assert project_in_hex(saved(in_flash(data))) == FILES


def bad_header(data):
    return data.replace(b'"LZMA"', b'"ZZZZ"')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PLAIN, r"is a hex without a MakeCode project .* Download data samples"),
        (in_flash(source({"main.ts": ""})), r"project without a dataset.json, so it has no rec"),
        (in_flash(source({"dataset.json": 3})), r"project without a dataset.json"),
        (in_flash(source({"dataset.json": "[{"})), r"dataset.json in it is not JSON"),
        (in_flash(source({"dataset.json": "[]"})), r"holds no recordings"),
        (in_flash(source([])), r"damaged or cut short: it is no list of files"),
        (in_flash(bad_header(source(FILES))), r"packed with .ZZZZ., and .* only unpack LZMA"),
        (in_flash(source(FILES, headerSize=-1)), r"headerSize is -1"),
        (in_flash(source(FILES, headerSize=10**9)), r"headerSize is 1000000000"),
        (in_flash(source(FILES, headerSize="x")), r"headerSize is .?x"),
        (in_flash(source(FILES)[:-40]), r"has [\d,]+ bytes and should have [\d,]+"),
        (in_flash(MAGIC + b"\x02\0\0\0\0\0\0\0[]"), r"its header is not an object"),
        (in_flash(MAGIC + b"\x02\0\0\0\0\0\0\0{{"), r"the header of its project"),
        (in_flash(MAGIC), r"damaged or cut short"),
        (in_flash(source(FILES)).replace("0E2FB8", "0E2FB9", 1), r"hex without a MakeCode"),
        (in_flash(source(FILES)).replace("\n:100010007B", "\n:100010007C"), r"line 3 is damaged"),
    ],
)
def test_what_is_wrong_is_explained(saved, text, message):
    with pytest.raises(DataError, match=message):
        read_createai(saved(text))


def test_a_file_that_is_missing(tmp_path):
    with pytest.raises(FileMissingError, match="no file"):
        read_createai(tmp_path / "none.hex")


def test_options_for_tables_are_refused(saved):
    path = saved(in_flash(source(FILES)))
    for more in ({"columns": "x,y,z"}, {"unit": "g"}):
        with pytest.raises(DataError, match="already defines its columns and unit"):
            read_source(path, **more)


def test_a_text_that_unpacks_to_too_much_is_refused(saved, monkeypatch):
    monkeypatch.setattr(makecode_hex, "LARGEST_TEXT", 2**20)
    bomb = source({"dataset.json": " " * 2**21})
    assert len(bomb) < 2000
    with pytest.raises(DataError, match="more than 1 MB"):
        read_createai(saved(in_flash(bomb)))


def test_settings_of_lzma_that_need_too_much_memory_are_refused(saved):
    data = bytearray(source(FILES))
    at = data.index(b"\x5d\0\0")  # the usual settings: lc 3, lp 0, pb 2; the dictionary's size
    data[at + 1 : at + 5] = (2**31).to_bytes(4, "little")
    with pytest.raises(DataError, match="damaged or cut short"):
        read_createai(saved(in_flash(bytes(data))))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_hex_is_explained_or_read(tmp_path_factory, data):
    text = bytearray(in_flash(source(FILES)).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damaged") / "x.hex"
    path.write_bytes(text[: data.draw(st.integers(1, len(text)))])
    try:
        read_source(path)
    except DataError as error:
        assert "Traceback" not in str(error)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.binary(max_size=20))
def test_any_project_is_explained_or_read(tmp_path_factory, header, text):
    data = MAGIC + struct.pack("<HIH", len(header), len(text), 0) + header + text
    path = tmp_path_factory.mktemp("any") / "x.hex"
    path.write_text(in_flash(data), encoding="ascii")
    with pytest.raises(DataError):
        read_createai(path)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b":020000040000FA", True),
        (b"\r\n :10000000", True),
        (b":0200", False),
        (b"::::::::::", False),
        (b"", False),
        (b"time_ms,x,y,z", False),
    ],
)
def test_how_a_hex_begins(start, expected):
    assert is_hex(start) == expected
    assert record(1, 0, b"") == ":00000001FF\n"
