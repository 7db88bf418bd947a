"""The project inside a hex of MakeCode, and so of CreateAI: the texts of its files.

MakeCode keeps a project's source in the hex it makes (makecode.com/source-embedding)::

    0   8  0x41 0x14 0x0E 0x2F 0xB8 0x2F 0xA2 0xBB
    8   2  length of the header in bytes, little-endian as all numbers
    10  4  length of the text in bytes
    14  2  reserved
    16     the header: JSON, UTF-8; "compression" is "LZMA" or missing; older ones have "headerSize"
           the text: a header of so many characters first, then JSON, file name -> content

LZMA is the format of .lzma files (``lzma.FORMAT_ALONE``): 13 bytes with its settings come first.
The source begins with a record of the hex. It goes on in the following records of the same type:
0E ("other data") in a universal hex, or 00, in flash or behind the end-of-file record.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from microbit_ml.common.inputs import MB, parse_json, read_input
from microbit_ml.common.printable import shown_json
from microbit_ml.errors import DataError, FileMissingError

MAGIC = bytes.fromhex("41140E2FB82FA2BB")
HEAD_BYTES = 16
LARGEST_HEX = 16 * MB  # a universal hex with 256 KB and 512 KB of flash has 2 MB
LARGEST_TEXT = 64 * MB  # unpacked: a recording of a second has 2 KB, and flash has 512 KB
LARGEST_MEMORY = 128 * MB  # that LZMA may ask for: MakeCode's settings need 32 MB
DATASET = "dataset.json"
# Of the data of a record; types of records are two hexadecimal digits before it.
_TYPES = ("00", "0D", "0E")
_HEADER_CHARACTERS = 9  # ":LLAAAATT"
INSTEAD = "In CreateAI, choose Download data samples, and import that file instead."


def is_hex(start: bytes) -> bool:
    """Whether a file that begins like this is a hex."""
    line = start.lstrip()[:9]
    return line[:1] == b":" and len(line) == 9 and all(one in b"0123456789ABCDEFabcdef"
                                                        for one in line[1:])  # fmt: skip


def dataset_in_hex(path: str | Path) -> str:
    """The text of dataset.json, with a project's recordings, in a hex of MakeCode or CreateAI.

    Raises FileMissingError; DataError for a hex without a project, for one whose project is
    damaged, and for a project without recordings.
    """
    files = project_in_hex(path)
    text = files.get(DATASET)
    if not isinstance(text, str):
        raise DataError(
            f"{path} holds a MakeCode project without a {DATASET}, so it has no recordings. "
            f"{INSTEAD}"
        )
    return text


def project_in_hex(path: str | Path) -> dict[str, Any]:
    """The files of the project in a hex: file name -> text. Raises as dataset_in_hex() does."""
    try:
        content = read_input(path, LARGEST_HEX, "hex file")
    except FileNotFoundError as error:
        raise FileMissingError(f"There is no file {path}. Check its name.") from error
    source = _source(content.decode("ascii", "replace"), str(path))
    header_end = HEAD_BYTES + int.from_bytes(source[8:10], "little")
    header = _json(source[HEAD_BYTES:header_end], f"{path}, the header of its project")
    if not isinstance(header, dict):
        raise _damaged(str(path), "its header is not an object")
    text = _text(source[header_end:], header.get("compression"), str(path))
    skip = header.get("headerSize") or 0
    if type(skip) is not int or not 0 <= skip <= len(text):
        raise _damaged(str(path), f"headerSize is {shown_json(skip)}")
    files = _json(text[skip:], f"{path}, its project")
    if not isinstance(files, dict):
        raise _damaged(str(path), "it is no list of files")
    return files


def _source(text: str, where: str) -> bytes:
    """The magic bytes, the header and the text, joined from the records of the hex."""
    kind, needed, found = "", HEAD_BYTES, bytearray()
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if line[7:9] != kind if kind else line[7:9] not in _TYPES:
            continue
        if not kind and not line[_HEADER_CHARACTERS:].upper().startswith(MAGIC.hex().upper()):
            continue
        found += _data(line, f"{where}, line {number}")
        kind = line[7:9]
        if len(found) >= HEAD_BYTES:
            lengths = int.from_bytes(found[8:10], "little"), int.from_bytes(found[10:14], "little")
            needed = HEAD_BYTES + sum(lengths)
        if len(found) >= needed:
            return bytes(found[:needed])
    if not kind:
        raise DataError(
            f"{where} is a hex without a MakeCode project in it, so it has no recordings. {INSTEAD}"
        )
    raise _damaged(where, f"it has {len(found):,} bytes and should have {needed:,}")


def _data(line: str, where: str) -> bytes:
    """The data of one record, whose checksum is right."""
    try:
        raw = bytes.fromhex(line[1:])
    except ValueError:
        raw = b""
    if line[:1] != ":" or len(raw) < 5 or len(raw) != raw[0] + 5 or sum(raw) & 0xFF:
        raise DataError(f"{where} is damaged: its checksum is wrong. Save the hex again.")
    return raw[4:-1]


def _text(packed: bytes, compression: object, where: str) -> str:
    if compression not in ("LZMA", "", None):
        raise DataError(
            f"{where}: its project is packed with {shown_json(compression)}, and microbit-ml can "
            f"only unpack LZMA. {INSTEAD}"
        )
    if compression == "LZMA":
        packed = _unpacked(packed, where)
    if len(packed) > LARGEST_TEXT:
        raise DataError(
            f"{where}: its project has more than {LARGEST_TEXT // MB} MB. Is it the right file?"
        )
    try:
        return packed.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _damaged(where, f"byte {error.start} of it is not text") from error


def _unpacked(packed: bytes, where: str) -> bytes:
    """At most one byte more than LARGEST_TEXT of what was packed."""
    try:
        import lzma
    except ImportError as error:  # some builds of Python leave it out
        raise DataError(
            f"{where}: your Python was built without lzma, which unpacks MakeCode's projects. "
            f"{INSTEAD}"
        ) from error
    try:
        unpacker = lzma.LZMADecompressor(lzma.FORMAT_ALONE, LARGEST_MEMORY)
        return unpacker.decompress(packed, LARGEST_TEXT + 1)
    except (lzma.LZMAError, EOFError) as error:
        raise _damaged(where, str(error)) from error
    except MemoryError as error:
        raise _damaged(where, "unpacking it needs too much memory") from error


def _json(content: bytes | str, where: str) -> object:
    try:
        return parse_json(content)
    except (ValueError, RecursionError) as error:
        raise _damaged(where, str(error)) from error


def _damaged(where: str, why: str) -> DataError:
    return DataError(
        f"{where}: the MakeCode project in it is damaged or cut short: {why}. Save the hex again. "
        f"{INSTEAD}"
    )
