"""``model.bin``: the integer network as the board reads it, in place, from one bytearray.

Little endian; every record starts at a multiple of 4, so that a Cortex-M0 may load words.

Header, 20 bytes::

    0  4s   magic  b"mbml"
    4  u32  CRC-32 (as zlib computes it) of every byte from 8 to the end
    8  u16  version of this layout, 1
    10 u16  size of the file in bytes
    12 u8   window, samples          13 u8   hop, samples
    14 u8   period, ms               15 u8   feature set (microbit_ml.features.FEATURE_SET)
    16 u16  number of labels         18 u16  most numbers that any stage holds (scratch space)

Then records, each ``u16 kind, u16 length`` (of the record, header included) and its content::

    1 scale    u16 n, u16 shift, then n times (i16 center, u16 multiplier)
    2 dense    u16 n_inputs, u16 n_outputs, i16 low, i16 high, then n_outputs rows:
               i32 bias, u16 multiplier, u16 shift, n_inputs x i8 weights, padding to 4
    3 project  as dense: from the last hidden layer to the space of the gate
    4 gate     u16 limit, u16 0, then n_labels rows of i16 centers, padding to 4
    5 labels   UTF-8, each label ended by a zero byte, padding to 4

They come in the order in which the board uses them: scale, dense ..., project, gate, labels.
"""

from __future__ import annotations

import itertools
import struct
import zlib
from dataclasses import dataclass

import numpy as np

from microbit_ml.errors import ModelError
from microbit_ml.features import FEATURE_SET
from microbit_ml.quantize.integer_network import IntegerDense, IntegerGate, IntegerNetwork, Scale

MAGIC = b"mbml"
VERSION = 1
HEADER = struct.Struct("<4sIHHBBBBHH")
SCALE, DENSE, PROJECT, GATE, LABELS = 1, 2, 3, 4, 5
MAX_SIZE = 0xFFFF


@dataclass(frozen=True, eq=False)
class DeviceModel:
    """What ``model.bin`` holds."""

    network: IntegerNetwork
    labels: list[str]
    window: int
    hop: int
    period_ms: int


def to_bytes(model: DeviceModel) -> bytes:
    """``model.bin`` for the board. Raises ModelError when the model is too large for the layout."""
    if any("\0" in label for label in model.labels):
        raise ModelError("A label holds a zero character, which ends a label on the board.")
    network = model.network
    body = _scale_record(network.scale)
    for layer in network.layers:
        body += _dense_record(DENSE, layer)
    body += _dense_record(PROJECT, network.gate.projection)
    body += _record(
        GATE,
        struct.pack("<HH", network.gate.limit, 0) + network.gate.centers.astype("<i2").tobytes(),
    )
    body += _record(LABELS, b"".join(label.encode("utf-8") + b"\0" for label in model.labels))
    size = HEADER.size + len(body)
    if size > MAX_SIZE:
        raise _too_large(size)
    dense = [*network.layers, network.gate.projection]
    widest = max(len(network.scale.center), *(len(layer.weights) for layer in dense))
    fields = (model.window, model.hop, model.period_ms, FEATURE_SET, len(model.labels), widest)
    checked = struct.pack("<HHBBBBHH", VERSION, size, *fields) + body
    return MAGIC + struct.pack("<I", zlib.crc32(checked)) + checked


def from_bytes(data: bytes) -> DeviceModel:
    """The model in ``data``. Raises ModelError for anything but a whole model of this version."""
    if len(data) < HEADER.size or data[:4] != MAGIC:
        raise ModelError("This is not a model.bin: it does not start with 'mbml'.")
    _, crc, version, size, window, hop, period, feature_set, n_labels, _ = HEADER.unpack_from(data)
    if size != len(data) or crc != zlib.crc32(data[8:]):
        raise ModelError("This model.bin is damaged: build it again from the model.")
    if version != VERSION or feature_set != FEATURE_SET:
        raise ModelError(
            f"This model.bin has version {version} and feature set {feature_set}; this kit reads "
            f"{VERSION} and {FEATURE_SET}. Build it again from the model."
        )
    try:
        network, labels = _read_records(data, n_labels)
    except (struct.error, ValueError, KeyError) as error:
        raise ModelError(f"This model.bin makes no sense ({error!r}): build it again.") from error
    return DeviceModel(network, labels, window, hop, period)


def _read_records(data: bytes, n_labels: int) -> tuple[IntegerNetwork, list[str]]:
    layers: list[IntegerDense] = []
    others: dict[int, bytes] = {}
    place = HEADER.size
    while place < len(data):
        kind, length = struct.unpack_from("<HH", data, place)
        if length < 4 or place + length > len(data):
            raise ValueError(f"a record of {length} bytes at {place}")
        content = data[place + 4 : place + length]
        if kind == DENSE:
            layers.append(_read_dense(content))
        else:
            others[kind] = content
        place += length
    projection = _read_dense(others[PROJECT])
    n = len(projection.weights)
    (limit,) = struct.unpack_from("<H", others[GATE])
    centers = np.frombuffer(others[GATE], "<i2", n_labels * n, 4).astype(np.int64)
    gate = IntegerGate(projection, centers.reshape(n_labels, n), limit)
    labels = [text.decode("utf-8") for text in others[LABELS].split(b"\0")[:n_labels]]
    return IntegerNetwork(_read_scale(others[SCALE]), layers, gate), labels


def _record(kind: int, content: bytes) -> bytes:
    content += bytes(-len(content) % 4)
    if 4 + len(content) > MAX_SIZE:
        raise _too_large(4 + len(content))
    return struct.pack("<HH", kind, 4 + len(content)) + content


def _too_large(size: int) -> ModelError:
    return ModelError(
        f"The model would take {size:,} bytes or more on the board, and the file can say at most "
        f"{MAX_SIZE:,}. Train with fewer hidden units."
    )


def check_size(sizes: list[int]) -> None:
    """Raise ModelError when a network of these sizes (features first) is too large for the file.

    That can be known before it is trained. The last layer before the scores is projected onto as
    many numbers as it has units, so its square counts.
    """
    pairs = [*itertools.pairwise(sizes), (sizes[-2], sizes[-2])]
    size = sum(12 + outputs * ((8 + inputs + 3) // 4 * 4) for inputs, outputs in pairs)
    if size > MAX_SIZE:
        raise _too_large(size)


def _scale_record(scale: Scale) -> bytes:
    pairs = np.stack([scale.center, scale.multiplier], axis=1)  # both fit 15 bits and a sign
    return _record(
        SCALE, struct.pack("<HH", len(pairs), scale.shift) + pairs.astype("<i2").tobytes()
    )


def _dense_record(kind: int, layer: IntegerDense) -> bytes:
    n_outputs, n_inputs = layer.weights.shape
    content = struct.pack("<HHhh", n_inputs, n_outputs, layer.low, layer.high)
    for o in range(n_outputs):
        row = struct.pack("<iHH", int(layer.bias[o]), int(layer.multiplier[o]), int(layer.shift[o]))
        row += layer.weights[o].astype(np.int8).tobytes()
        content += row + bytes(-len(row) % 4)
    return _record(kind, content)


def _read_scale(content: bytes) -> Scale:
    n, shift = struct.unpack_from("<HH", content)
    pairs = np.frombuffer(content, "<i2", 2 * n, 4).reshape(n, 2).astype(np.int64)
    return Scale(pairs[:, 0], pairs[:, 1], shift)


def _read_dense(content: bytes) -> IntegerDense:
    n_inputs, n_outputs, low, high = struct.unpack_from("<HHhh", content)
    row = np.dtype(
        {
            "names": ["bias", "multiplier", "shift", "weights"],
            "formats": ["<i4", "<u2", "<u2", ("i1", (n_inputs,))],
            "offsets": [0, 4, 6, 8],
            "itemsize": (8 + n_inputs + 3) // 4 * 4,
        }
    )
    rows = np.frombuffer(content, row, n_outputs, 8)
    bias, multiplier, shift = (rows[name].astype(np.int64) for name in row.names[:3])  # type: ignore[index]
    return IntegerDense(rows["weights"].copy(), bias, multiplier, shift, low, high)
