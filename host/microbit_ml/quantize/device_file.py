"""``model.bin``: the integer network as the board reads it, in place, from one bytearray.

Little endian; every record starts at a multiple of 4, so that a Cortex-M0 may load words.

Header, 20 bytes::

    0  4s   magic  b"mbml"
    4  u32  CRC-32 (as zlib computes it) of every byte from 8 to the end
    8  u16  version of this layout, 3
    10 u16  size of the file in bytes
    12 u8   window, samples          13 u8   hop, samples
    14 u8   period, ms               15 u8   feature set (microbit_ml.features.FEATURE_SET)
    16 u8   number of labels         17 u8   groups of features, a bit each; 0: raw window
    18 u16  most numbers that any stage holds (scratch space), padding included, at least 62

Then records, each ``u16 kind, u16 length`` (of the record, header included) and its content::

    1 scale    u16 n, u16 shift, n x i16 center, n x u8 code of a multiplier, padding to 4
    5 raw      u16 n, u16 shift (instead of scale, for a network that sees the raw window)
    2 dense    u16 n_inputs, u16 n_outputs, i16 low, i16 high, then the rows of two outputs
               o, o + 1 at a time: 2 x i32 bias, 2 x (u16 multiplier, u16 shift), weights
    6 conv     u16 n_inputs (of one piece), u16 n_outputs (filters), i16 low, i16 high,
               u16 steps, u16 advance (numbers from one piece to the next), rows as dense
    7 pool     u16 steps, u16 channels, u16 size, u16 0
    3 gate     u16 n_hidden, u16 n_features, u16 margin_limit, u16 margin_factor,
               n_labels x i16 reach, padding to 4,
               n_labels x n_hidden x u8 hidden means, padding to 4,
               n_labels x n_features x i8 feature centers, padding to 4,
               then rows o, o + 1 at a time, o = 0, 2, ...: 2 x (u16 multiplier, u16 shift),
               weights for the hidden values o, o + 1, ...
    4 labels   UTF-8, each label ended by a zero byte, padding to 4

The weights of two rows are interleaved, i8: that of the first input for the first row, for the
second row, that of the second input for the first row, ...; so the kernels read an input once for
two products, and its place says where the weights are. An input with weight 0 pads an odd number
of inputs: whatever is read there adds nothing. A row of zeros (shift 1) pads an odd number of
rows; what it gives is not kept. ``[a b]``, ``[c d]`` are stored as ``a c b d``.

They come in the order in which the board uses them: scale or raw, conv / pool / dense ..., the last
dense for the scores (one for each label and one for "other"), gate, labels.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from microbit_ml.arithmetic.fixed_point import multiplier_codes, multipliers_of
from microbit_ml.errors import ModelError
from microbit_ml.features import FEATURE_SET, groups_of_mask, groups_to_mask
from microbit_ml.network import Network
from microbit_ml.quantize.float_model import INPUT_STEP, RAW_SPREAD
from microbit_ml.quantize.integer_gate import IntegerGate
from microbit_ml.quantize.integer_layers import (
    IntegerConv,
    IntegerDense,
    IntegerLayer,
    IntegerPool,
    Scale,
)
from microbit_ml.quantize.integer_network import IntegerNetwork

MAGIC = b"mbml"
VERSION = 3
HEADER = struct.Struct("<4sIHHBBBBBBH")
SCALE, DENSE, GATE, LABELS, RAW, CONV, POOL = 1, 2, 3, 4, 5, 6, 7
MAX_SIZE = 0xFFFF
MAX_LABELS = 254  # with "other", one byte
# Places in the header, for those who ask a board for a few of its bytes.
CHECKSUM, WINDOW, HOP, PERIOD, N_LABELS = slice(4, 8), 12, 13, 14, 16
LEAST_SCRATCH = 62  # two such areas hold four signals of 25 points and what their spectrum needs


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
        raise ModelError(
            f"A label of {model.labels} holds a zero character, which ends a label on the board. "
            "Rename it, and train again."
        )
    if len(model.labels) > MAX_LABELS:
        raise ModelError(f"A model has at most {MAX_LABELS} labels, not {len(model.labels)}.")
    network = model.network
    body = _scale_record(network)
    for layer in network.layers:
        body += _layer_record(layer)
    body += _record(DENSE, _dense_head(network.scores) + _dense_rows(network.scores))
    body += _record(GATE, _gate_content(network.gate))
    body += _record(LABELS, b"".join(label.encode("utf-8") + b"\0" for label in model.labels))
    size = HEADER.size + len(body)
    if size > MAX_SIZE:
        raise _too_large(size)
    settings = (model.window, model.hop, model.period_ms, FEATURE_SET)
    mask = groups_to_mask(network.groups)
    fields = (*settings, len(model.labels), mask, scratch_numbers(network))
    checked = struct.pack("<HHBBBBBBH", VERSION, size, *fields) + body
    return MAGIC + struct.pack("<I", zlib.crc32(checked)) + checked


def scratch_numbers(network: IntegerNetwork) -> int:
    """The most numbers that any stage of the network takes or gives, padding included."""
    stages = (*network.layers, network.scores)
    # An odd number of inputs is read with one more.
    return max(LEAST_SCRATCH, len(network.scale.center), *(1 + stage.widest for stage in stages))


def check_size(network: Network, n_labels: int) -> None:
    """Raise ModelError when a network is too large for the file, which can be known untrained."""
    rows = sum(
        _even(layer.weights.shape[-1]) * (8 + _even(layer.weights.shape[-2]))
        for layer in network.weighted
    )
    n_hidden = network.weighted[-1].n_inputs if len(network.weighted) > 1 else 0
    size = rows + n_hidden * (n_hidden // 2 + 4) + n_labels * (n_hidden + network.n_inputs)
    if n_labels > MAX_LABELS:
        raise ModelError(f"A model has at most {MAX_LABELS} labels, not {n_labels}.")
    if size > MAX_SIZE:
        raise _too_large(size)


def checksum_of(data: bytes) -> int:
    """The CRC-32 that stands in a model.bin's header, of everything behind it."""
    return zlib.crc32(data[CHECKSUM.stop :])


def from_bytes(data: bytes) -> DeviceModel:
    """The model in ``data``. Raises ModelError for anything but a whole model of this version."""
    if len(data) < HEADER.size or data[:4] != MAGIC:
        raise ModelError(
            "This is not a model.bin: it does not start with 'mbml'. Build one from a model."
        )
    _, crc, version, size, window, hop, period, feature_set, n_labels, mask, _ = HEADER.unpack_from(
        data
    )
    if size != len(data) or crc != checksum_of(data):
        raise ModelError(
            f"This model.bin is damaged: it should have {size} bytes and has {len(data)}, or they "
            "do not match its checksum. Build it again from the model."
        )
    if version != VERSION or feature_set != FEATURE_SET:
        raise ModelError(
            f"This model.bin has version {version} and feature set {feature_set}; this kit reads "
            f"{VERSION} and {FEATURE_SET}. Build it again from the model."
        )
    try:
        network, labels = _read_records(data, n_labels, groups_of_mask(mask))
    except (struct.error, ValueError, KeyError, IndexError) as error:
        raise ModelError(f"This model.bin makes no sense ({error!r}): build it again.") from error
    return DeviceModel(network, labels, window, hop, period)


def _read_records(
    data: bytes, n_labels: int, groups: tuple[str, ...]
) -> tuple[IntegerNetwork, list[str]]:
    layers: list[IntegerLayer] = []
    others: dict[int, bytes] = {}
    place = HEADER.size
    while place < len(data):
        kind, length = struct.unpack_from("<HH", data, place)
        if length < 4 or place + length > len(data):
            raise ValueError(f"a record of {length} bytes at {place}")
        content = data[place + 4 : place + length]
        if kind in (DENSE, CONV, POOL):
            layers.append(_read_layer(kind, content))
        else:
            others[kind] = content
        place += length
    scores = layers.pop()
    if not isinstance(scores, IntegerDense):
        raise ValueError("the last layer is not dense")
    scale = _read_scale(others[SCALE]) if groups else _read_raw(others[RAW])
    labels = [text.decode("utf-8") for text in others[LABELS].split(b"\0")[:n_labels]]
    gate = _read_gate(others[GATE], n_labels)
    return IntegerNetwork(groups, scale, layers, scores, gate), labels


def _record(kind: int, content: bytes) -> bytes:
    content = _padded(content)
    if 4 + len(content) > MAX_SIZE:
        raise _too_large(4 + len(content))
    return struct.pack("<HH", kind, 4 + len(content)) + content


def _even(number: int) -> int:
    """The number, or the even one above it."""
    return number + number % 2


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % 4)


def _too_large(size: int) -> ModelError:
    return ModelError(
        f"The model would take {size:,} bytes or more on the board, and the file can say at most "
        f"{MAX_SIZE:,}. Train with fewer hidden units."
    )


# Scale


def _scale_record(network: IntegerNetwork) -> bytes:
    scale = network.scale
    n = len(scale.center)
    if not network.groups:  # every multiplier is the same power of two
        multiplier = int(multipliers_of(scale.code)[0])
        return _record(RAW, struct.pack("<HH", n, scale.shift - multiplier.bit_length() + 1))
    content = struct.pack("<HH", n, scale.shift) + scale.center.astype("<i2").tobytes()
    return _record(SCALE, content + scale.code.astype(np.uint8).tobytes())


def _read_scale(content: bytes) -> Scale:
    n, shift = struct.unpack_from("<HH", content)
    center = np.frombuffer(content, "<i2", n, 4).astype(np.int64)
    return Scale(center, np.frombuffer(content, np.uint8, n, 4 + 2 * n).copy(), shift)


def _read_raw(content: bytes) -> Scale:
    n, shift = struct.unpack_from("<HH", content)
    codes, places = multiplier_codes(np.full(n, 1.0 / (RAW_SPREAD * INPUT_STEP)))
    if places - int(multipliers_of(codes)[0]).bit_length() + 1 != shift:
        raise ValueError(f"a raw window shifted by {shift}")
    return Scale(np.zeros(n, dtype=np.int64), codes, places)


# Layers


def _layer_record(layer: IntegerLayer) -> bytes:
    if isinstance(layer, IntegerPool):
        return _record(POOL, struct.pack("<HHHH", layer.steps, layer.channels, layer.size, 0))
    if isinstance(layer, IntegerConv):
        places = struct.pack("<HH", layer.steps, layer.advance)
        return _record(CONV, _dense_head(layer.dense) + places + _dense_rows(layer.dense))
    return _record(DENSE, _dense_head(layer) + _dense_rows(layer))


def _dense_head(layer: IntegerDense) -> bytes:
    n_outputs, n_inputs = layer.weights.shape
    return struct.pack("<HHhh", n_inputs, n_outputs, layer.low, layer.high)


def _dense_rows(layer: IntegerDense) -> bytes:
    return b"".join(
        np.array(bias, dtype="<i4").tobytes() + factors + weights
        for (factors, weights), bias in zip(
            _pairs(layer.multiplier, layer.shift, layer.weights),
            _in_twos(layer.bias, 0),
            strict=True,
        )
    )


def _in_twos(numbers: np.ndarray, padding: int) -> np.ndarray:
    """(n,) -> (pairs, 2), the last one padded."""
    return np.append(numbers, [padding] * (len(numbers) % 2)).reshape(-1, 2)


def _pairs(
    multiplier: np.ndarray, shift: np.ndarray, weights: np.ndarray
) -> Iterator[tuple[bytes, bytes]]:
    """Two rows after two: their multipliers and shifts, and their weights.

    multiplier and shift: (rows,); weights: (rows, inputs).
    """
    rows, inputs = weights.shape
    padded = np.zeros((_even(rows), _even(inputs)), dtype=np.int8)
    padded[:rows, :inputs] = weights
    factors = np.stack([_in_twos(multiplier, 0), _in_twos(shift, 1)], axis=-1).astype("<u2")
    for pair, two in zip(padded.reshape(-1, 2, padded.shape[1]), factors, strict=True):
        yield two.tobytes(), pair.T.tobytes()


def _pair_of(n_inputs: int) -> np.dtype:
    """Two rows as :func:`_pairs` lays them out."""
    weights = ("weights", "i1", (_even(n_inputs), 2))
    return np.dtype([("factors", "<u2", (2, 2)), weights])


def _read_layer(kind: int, content: bytes) -> IntegerLayer:
    if kind == POOL:
        return IntegerPool(*struct.unpack_from("<HHH", content))
    n_inputs, n_outputs, low, high = struct.unpack_from("<HHhh", content)
    both = np.dtype([("bias", "<i4", 2), ("rows", _pair_of(n_inputs))])
    pairs = np.frombuffer(content, both, (n_outputs + 1) // 2, 12 if kind == CONV else 8)
    bias = pairs["bias"].reshape(-1)[:n_outputs].astype(np.int64)
    factors = pairs["rows"]["factors"].reshape(-1, 2)[:n_outputs].astype(np.int64)
    weights = pairs["rows"]["weights"].transpose(0, 2, 1).reshape(-1, _even(n_inputs))
    weights = np.ascontiguousarray(weights[:n_outputs, :n_inputs])
    dense = IntegerDense(weights, bias, factors[:, 0], factors[:, 1], low, high)
    return IntegerConv(dense, *struct.unpack_from("<HH", content, 8)) if kind == CONV else dense


# Gate


def _gate_content(gate: IntegerGate) -> bytes:
    n_hidden, n_features = gate.hidden_means.shape[1], gate.feature_centers.shape[1]
    content = struct.pack("<HHHH", n_hidden, n_features, gate.margin_limit, gate.margin_factor)
    content += _padded(gate.reach.astype("<i2").tobytes())
    content += _padded(gate.hidden_means.tobytes()) + _padded(gate.feature_centers.tobytes())
    for o in range(0, n_hidden, 2):
        two = slice(o, o + 2)
        pairs = _pairs(gate.multiplier[two], gate.shift[two], gate.weights[two, o:])
        content += b"".join(factors + weights for factors, weights in pairs)
    return content


def _read_gate(content: bytes, n_labels: int) -> IntegerGate:
    n_hidden, n_features, margin_limit, margin_factor = struct.unpack_from("<HHHH", content)
    place = 8

    def take(count: int, kind: str) -> np.ndarray:
        nonlocal place
        values = np.frombuffer(content, kind, count, place).copy()
        place += -(-values.nbytes // 4) * 4
        return values

    reach = take(n_labels, "<i2").astype(np.int64)
    hidden_means = take(n_labels * n_hidden, "u1").reshape(n_labels, n_hidden)
    centers = take(n_labels * n_features, "i1").reshape(n_labels, n_features)
    weights = np.zeros((n_hidden, n_hidden), dtype=np.int8)
    factors = np.zeros((_even(n_hidden), 2), dtype=np.int64)
    for o in range(0, n_hidden, 2):
        pair = np.frombuffer(content, _pair_of(n_hidden - o), 1, place)[0]
        place += pair.nbytes
        factors[o : o + 2] = pair["factors"]
        weights[o : o + 2, o:] = pair["weights"].T[: n_hidden - o, : n_hidden - o]
    multiplier, shift = factors[:n_hidden].T.copy()
    return IntegerGate(
        reach, hidden_means, weights, multiplier, shift, centers, margin_limit, margin_factor
    )
