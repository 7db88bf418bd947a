"""Mutated inputs: damage of bytes, of numbers and texts, of JSON, of zip entries and of arrays.

``mutated(kind, content, seed)`` always gives the same bytes for the same seed, so that a finding
can be made again: the harness prints the kind, the seed and the reader.
"""

from __future__ import annotations

import copy
import hashlib
import io
import json
import random
import re
import struct
import warnings
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np

ESCAPES = "\x1b]0;owned\x07\x1b[2J\u202ereversed\u2028\u200b"
NUMBERS = (
    "0", "-0", "1e308", "-1e308", "1e999", "nan", "inf", "-inf", "99999999999999999999", "1_0",
    "٣", "0x10", "1e-320", "-1", "2147483648", "9" * 5000, "1" + "0" * 40, "", " ", "1.5.2", "--3",
)  # fmt: skip
TEXTS = (
    "", " ", ".", "..", "../../x", "/", "C:\\x", "CON", "a" * 20_000, "\0", "\ud800", ESCAPES,
    "shake%20", "shake\u200b", "%00", "dataset.json", "\n", "=1+1", "'; DROP", "e\u0301" * 300,
    "👩‍👩‍👧" * 40,
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, float("nan"), float("inf"), 10**40, [], {}, [[]], [None],
    "x", *TEXTS, [[[[[[]]]]]], {"": {"": {}}}, [0] * 10_000,
)  # fmt: skip


def damaged_bytes(content: bytes, rng: random.Random) -> bytes:
    """One to four changes: bits, cuts, repeats, insertions, exchanges."""
    data = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        size = min(rng.choice((1, 2, 4, 16, 64, 512)), max(1, len(data) - at))
        way = rng.randrange(7)
        if way == 0 and data:
            data[min(at, len(data) - 1)] ^= 1 << rng.randrange(8)
        elif way == 1:
            del data[at:]
        elif way == 2:
            del data[at : at + size]
        elif way == 3:
            data[at:at] = data[at : at + size] * rng.choice((1, 3, 100))
        elif way == 4:
            data[at:at] = rng.randbytes(size)
        elif way == 5:
            data[at : at + size] = bytes([rng.choice((0, 255, 10, 44, 123))]) * size
        else:
            data[at:at] = rng.choice(TEXTS).encode("utf-8", "surrogatepass")
    return bytes(data)


def damaged_text(content: bytes, rng: random.Random) -> bytes:
    """Numbers and words exchanged for what is hard to read; lines lost, doubled, joined."""
    text = content.decode("utf-8", "replace")
    for _ in range(rng.randint(1, 3)):
        way = rng.randrange(5)
        numbers = list(re.finditer(r"-?\d+(\.\d+)?", text))
        words = list(re.finditer(r"[A-Za-z_]{2,}", text))
        lines = text.splitlines(keepends=True)
        if way < 2 and numbers:
            found = rng.choice(numbers)
            text = text[: found.start()] + rng.choice(NUMBERS) + text[found.end() :]
        elif way == 2 and words:
            found = rng.choice(words)
            text = text[: found.start()] + rng.choice(TEXTS) + text[found.end() :]
        elif way == 3 and lines:
            i = rng.randrange(len(lines))
            lines[i] = rng.choice(("", lines[i] * 2, lines[i].strip(), "," * 3000, "\ufeff"))
            text = "".join(lines)
        else:
            separator = rng.choice((";", "\t", "\u2028", "\x85", "\x0c", "\r"))
            text = text.replace(rng.choice((",", "\n")), separator)
    return text.encode("utf-8", "surrogatepass")


def damaged_json(content: bytes, rng: random.Random) -> bytes:
    """Values of the wrong type, range or size; keys lost, renamed or doubled."""
    try:
        tree = json.loads(content)
    except ValueError:
        return damaged_text(content, rng)
    for _ in range(rng.randint(1, 3)):
        nodes: list[tuple[Any, Any]] = []
        _collect(tree, nodes)
        if not nodes:
            break
        holder, key = rng.choice(nodes)
        way = rng.randrange(5)
        if way < 3:
            holder[key] = copy.deepcopy(rng.choice(VALUES))
        elif way == 3:
            del holder[key]
        elif isinstance(holder, dict):
            holder[rng.choice(TEXTS)] = holder.pop(key)
        else:
            holder.extend(copy.deepcopy(holder[:1]) * rng.choice((1, 200)))
    if rng.random() < 0.02:
        return b"[" * 100_000 + b"]" * 100_000
    return json.dumps(tree).encode("utf-8", "surrogatepass")


def _collect(tree: Any, nodes: list[tuple[Any, Any]]) -> None:
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in list(items):
        nodes.append((tree, key))
        if isinstance(value, (dict, list)) and len(nodes) < 3000:
            _collect(value, nodes)


def damaged_zip(content: bytes, rng: random.Random) -> bytes:
    """Entries with other names, contents, packing or flags; or bytes of the zip damaged."""
    if rng.random() < 0.3:
        return damaged_bytes(content, rng)
    packed = io.BytesIO()
    inner = (damaged_bytes, damaged_text, damaged_json)
    packings = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w") as file:
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(io.BytesIO(content)) as source:
            members = [(info.filename, source.read(info)) for info in source.infolist()]
        chosen = rng.randrange(len(members))
        for i, (name, data) in enumerate(members):
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if i == chosen:
                way = rng.randrange(4)
                if way == 0:
                    stem = rng.choice(TEXTS).replace("\0", "").encode("utf-8", "replace").decode()
                    info.filename = name.rpartition("/")[0] + "/" + stem[:3000] + ".csv"
                elif way == 1:
                    data = rng.choice(inner)(data, rng)
                elif way == 2:
                    info.compress_type = rng.choice(packings)
                else:
                    file.writestr(info, data)
            file.writestr(info, data)
    result = bytearray(packed.getvalue())
    if rng.random() < 0.3:  # a header that lies about sizes, packing or flags
        places = [found.start() for found in re.finditer(rb"PK\x01\x02", result)]
        if places:
            at = rng.choice(places) + rng.choice((8, 10, 20, 24, 28, 42))
            result[at : at + 4] = struct.pack("<I", rng.choice((0, 1, 14, 99, 2**31, 2**32 - 1)))
    return bytes(result)


def damaged_arrays(content: bytes, rng: random.Random) -> bytes:
    """An npz whose arrays have other shapes, types or values; or are none at all."""
    if rng.random() < 0.25:
        return damaged_zip(content, rng)
    with np.load(io.BytesIO(content)) as file:
        arrays = {name: file[name] for name in file.files}
    name = rng.choice(list(arrays))
    array = arrays[name]
    way = rng.randrange(8)
    if way == 0:
        del arrays[name]
    elif way == 1:
        arrays[name] = array[: len(array) // 2] if array.ndim else np.array([array, array])
    elif way == 2:
        arrays[name] = array.reshape(-1)[:, None] if array.ndim else array.reshape(1, 1, 1)
    elif way == 3:
        kinds = ("<f8", "<i8", "|u1", "<c16", "|b1", "<U3", "|S4", "<M8[s]")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                arrays[name] = array.astype(rng.choice(kinds))
            except (ValueError, TypeError):
                arrays[name] = np.zeros(3, rng.choice(kinds))
    elif way == 4:
        if array.dtype.kind in "iuf":
            arrays[name] = np.full(array.shape, rng.choice((0, -1, 2**31 - 1))).astype(array.dtype)
        else:
            arrays[name] = np.array(["\ud800" if rng.random() < 0.5 else ESCAPES])
    elif way == 5:
        arrays[name] = np.zeros(rng.choice((0, 1, 2_000_000)), array.dtype)
    elif way == 6:
        packed = bytearray(_npz(arrays))
        at = packed.find(b"descr")
        packed[at + 9 : at + 13] = rng.choice((b"<f8'", b"|O' ", b"<i2'", b"<U9'"))
        return bytes(packed)
    else:
        arrays[name] = np.zeros((0, *array.shape[1:]), array.dtype)
    return _npz(arrays)


def _npz(arrays: dict[str, np.ndarray]) -> bytes:
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    return packed.getvalue()


def damaged_model(content: bytes, rng: random.Random) -> bytes:
    """A model file with a right checksum, and a wrong description or wrong arrays."""
    if rng.random() < 0.1:
        return damaged_bytes(content, rng)
    length = struct.unpack_from("<I", content, 8)[0]
    text, arrays = content[12 : 12 + length], content[12 + length : -32]
    if rng.random() < 0.7:
        text = damaged_json(text, rng)
    else:
        arrays = damaged_bytes(arrays, rng)
    body = content[:8] + struct.pack("<I", len(text)) + text + arrays
    return body + hashlib.sha256(body).digest()


DAMAGE: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "bytes": damaged_bytes,
    "text": damaged_text,
    "json": damaged_json,
    "zip": damaged_zip,
    "arrays": damaged_arrays,
    "model": damaged_model,
}


def mutated(kind: str, content: bytes, seed: int) -> bytes:
    """The content, damaged in this way; another seed, another damage."""
    return DAMAGE[kind](content, random.Random(f"{kind} {seed}"))
