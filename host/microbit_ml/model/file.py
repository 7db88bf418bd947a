"""``NAME.mbml``: one file that holds a model, and is safe to load: it cannot run code.

Layout, little endian::

    0   4s   b"MBML"
    4   u32  version of this layout, 3; 2 is read too
    8   u32  length of the description in bytes
    12       description: JSON in UTF-8; "arrays" lists [name, dtype, shape] in order
    ..       the arrays' bytes, one after the other
    end-32   SHA-256 of everything before it

A truncated file, or one in which a single bit has changed, does not match its SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from pathlib import Path

import numpy as np

from microbit_ml.common.inputs import parse_json
from microbit_ml.common.printable import shown
from microbit_ml.common.wording import command
from microbit_ml.errors import ModelError
from microbit_ml.model import older_versions

MAGIC = b"MBML"
VERSION = 3
START = struct.Struct("<4sII")
DIGEST_SIZE = 32
LARGEST = 128 * 2**20  # bytes: a replay buffer of raw windows has 150 KB a label
LARGEST_TEXT = 16 * 2**20  # bytes of the description: 40 for each training recording
NAMELESS = "This model"  # in errors, the name of a model without a file
DTYPES = ("<f8", "<i2", "|u1")


def pack(description: dict, arrays: dict[str, np.ndarray]) -> bytes:
    """The file's bytes; the same content always gives the same bytes.

    arrays: uint8, int16, or anything that float64 can hold.
    """
    kept = {np.dtype(np.uint8): "|u1", np.dtype(np.int16): "<i2"}
    plain = {
        name: np.ascontiguousarray(array, dtype=kept.get(array.dtype, "<f8"))
        for name, array in arrays.items()
    }
    listing = [[name, array.dtype.str, list(array.shape)] for name, array in plain.items()]
    text = json.dumps(
        {**description, "arrays": listing},
        ensure_ascii=False,
        sort_keys=True,
        allow_nan=False,
        separators=(",", ":"),
    ).encode("utf-8")
    body = START.pack(MAGIC, VERSION, len(text)) + text
    body += b"".join(array.tobytes() for array in plain.values())
    return body + hashlib.sha256(body).digest()


def unpack(data: bytes, path: Path | None = None) -> tuple[dict, dict[str, np.ndarray]]:
    """The description and the arrays. Raises ModelError for anything but a complete, valid file.

    path: of the file, if the bytes come from one; errors name it.
    """
    name = NAMELESS if path is None else str(path)
    if data[:4] != MAGIC:
        output = "FILE.mbml" if path is None else path.with_suffix(".mbml")
        raise ModelError(
            f"{name} is not a model file: it does not start with {MAGIC.decode()}. Make one with: "
            f"{command('train', 'DATASET', '-o', output)}"
        )
    body, digest = data[:-DIGEST_SIZE], data[-DIGEST_SIZE:]
    if len(body) < START.size or hashlib.sha256(body).digest() != digest:
        raise ModelError(
            f"{name} is damaged or incomplete: its {len(data):,} bytes do not match its "
            "checksum. Copy it again, or train it again."
        )
    _, version, length = START.unpack_from(body)
    if not older_versions.OLDEST <= version <= VERSION:
        raise ModelError(
            f"{name} has version {version} of the file format, but this kit reads versions "
            f"{older_versions.OLDEST} to {VERSION}. "
            + ("Train it again." if version < VERSION else "Update microbit-ml.")
        )
    try:
        description, arrays = _read(body, length)
        if version < VERSION:
            return older_versions.from_version_2(description, arrays)
        return description, arrays
    except (
        ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError
    ) as error:  # fmt: skip
        raise nonsense(error, path) from error


def nonsense(error: Exception, path: Path | None = None) -> ModelError:
    """The error for a file that is complete, but does not hold a valid model."""
    name = NAMELESS if path is None else str(path)
    if isinstance(error, ModelError):
        return ModelError(f"{name} cannot be used. {error}")
    return ModelError(f"{name} is not valid ({shown(error)}). Train it again.")


def _read(body: bytes, length: int) -> tuple[dict, dict[str, np.ndarray]]:
    if length > LARGEST_TEXT:
        raise ValueError(f"the description has {length:,} bytes")
    description = parse_json(body[START.size : START.size + length].decode("utf-8"))
    if not isinstance(description, dict):
        raise ValueError("the description is not an object")
    arrays = {}
    offset = START.size + length
    for name, dtype, shape in description.pop("arrays"):
        if dtype not in DTYPES or not all(type(n) is int and n >= 0 for n in shape):
            raise ValueError(f"array {name!r} of {dtype!r} {shape!r}")
        count = math.prod(shape)
        arrays[name] = np.frombuffer(body, dtype, count, offset).reshape(shape).copy()
        offset += count * np.dtype(dtype).itemsize
    if offset != len(body):
        raise ValueError("bytes are left over")
    return description, arrays
