"""Hexes with a MakeCode project in them, written from its description (makecode.com).

What a project looks like in flash, "source embedding": a magic number of 8 bytes, the length of a
JSON header (2 bytes), the length of the text (4 bytes), 2 reserved bytes, the header, the text.
"""

import json
import lzma
import struct

MAGIC = bytes.fromhex("41140E2FB82FA2BB")
END = ":00000001FF\n"


def source(files, *, compression="LZMA", header_text='{"name":"x"}', **more):
    """The bytes of a project; header_text: what comes before the files in the text."""
    text = (header_text + json.dumps(files, ensure_ascii=False)).encode("utf-8")
    header = {"compression": compression, "headerSize": len(header_text), "eVER": "8.0.15", **more}
    packed = lzma.compress(text, lzma.FORMAT_ALONE) if compression == "LZMA" else text
    head = json.dumps(header).encode()
    return MAGIC + struct.pack("<HIH", len(head), len(packed), 0) + head + packed


def records(data, kind, base=0):
    """Records of 16 bytes, the last one filled up with zeros."""
    lines = []
    for offset in range(0, len(data), 16):
        piece = data[offset : offset + 16].ljust(16, b"\0")
        at = base + offset & 0xFFFF
        if kind == 0 and (at == 0 or offset == 0):
            lines.append(record(4, 0, (base + offset >> 16).to_bytes(2, "big")))
        lines.append(record(kind, at, piece))
    return "".join(lines)


def record(kind, address, data):
    body = bytes([len(data), address >> 8, address & 0xFF, kind]) + data
    return f":{(body + bytes([-sum(body) & 0xFF])).hex().upper()}\n"


def in_universal(data, hex_text):
    """A universal hex with a source in records of type 0E, before its end."""
    return hex_text.removesuffix(END) + records(data, 0x0E) + END


def behind_the_end(data, hex_text, kind=0):
    """A hex with a source behind its end: in RAM as MakeCode once did for V1, or of type 0E."""
    return hex_text + records(data, kind, 0x20000000)


def in_flash(data, address=0x30000):
    """A plain hex that holds nothing but the source."""
    return records(data, 0, address) + END
