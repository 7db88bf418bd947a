"""``model.bin``: the integer network as the board reads it, in place, from one bytearray.

Little endian; every record starts at a multiple of 4, where a Cortex-M0 can load words.

Header, 20 bytes::

    0  4s   magic  b"mbml"
    4  u32  CRC-32 (as zlib computes it) of every byte from 8 to the end
    8  u16  version of this layout, 3
    10 u16  size of the file in bytes
    12 u8   window, samples          13 u8   hop, samples
    14 u8   period, ms               15 u8   feature set (microbit_ml.features.FEATURE_SET)
    16 u8   number of labels         17 u8   groups of features, a bit each; 0: raw window
    18 u16  scratch space: most numbers that any stage holds, padding included, at least 62

Then records, each ``u16 kind, u16 length`` (of the record, header included) and its content, in the
order in which the board uses them: stages, the last of which computes the scores (one for each
label and one for "other"), the gate (the novelty detector), and the labels. Kinds and contents: the
modules of :mod:`microbit_ml.kinds`; and here::

    4 labels   UTF-8, each label ended by a zero byte, padding to 4
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from microbit_ml.common.short_repr import short_repr
from microbit_ml.errors import ModelError
from microbit_ml.features import FEATURE_SET, groups_of_mask, groups_to_mask
from microbit_ml.kinds import LABELS, RECORDS, IntegerNoveltyDetector, Record, Stage, even, padded
from microbit_ml.network import Network
from microbit_ml.quantize.integer_network import IntegerNetwork

MAGIC = b"mbml"
VERSION = 3
HEADER = struct.Struct("<4sIHHBBBBBBH")
MAX_SIZE = 0xFFFF
MAX_LABELS = 254
"""The most labels of a model: with "other", one byte."""
# Offsets in the header, for code that reads only a few of its bytes from a board.
CHECKSUM, WINDOW, HOP, PERIOD, N_LABELS = slice(4, 8), 12, 13, 14, 16
LEAST_SCRATCH = 62  # two such areas hold four signals of 25 points and the work of their spectrum


@dataclass(frozen=True, eq=False)
class DeviceModel:
    """The content of ``model.bin``."""

    network: IntegerNetwork
    labels: list[str]
    window: int
    hop: int
    period_ms: int

    __repr__ = short_repr


def to_bytes(model: DeviceModel) -> bytes:
    """``model.bin`` for the board. Raises ModelError when the model is too large for the layout."""
    if any("\0" in label for label in model.labels):
        raise ModelError(
            f"A label of {model.labels} contains a zero character, which ends a label on the "
            "board. Rename it, and train again."
        )
    if len(model.labels) > MAX_LABELS:
        raise ModelError(f"A model can have at most {MAX_LABELS} labels, not {len(model.labels)}.")
    network = model.network
    body = b"".join(_record(one.NUMBER, one.content()) for one in network.records)
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
    """The most numbers that go into or come out of any stage, padding included."""
    return max(LEAST_SCRATCH, *(stage.room for stage in network.stages))


def check_size(network: Network, n_labels: int) -> None:
    """Raise ModelError when a network, trained or not, is too large for the file."""
    rows = sum(
        even(layer.weights.shape[-1]) * (8 + even(layer.weights.shape[-2]))
        for layer in network.trainable_layers
    )
    n_hidden = network.trainable_layers[-1].n_inputs if len(network.trainable_layers) > 1 else 0
    size = rows + n_hidden * (n_hidden // 2 + 4) + n_labels * (n_hidden + network.n_inputs)
    if n_labels > MAX_LABELS:
        raise ModelError(f"A model can have at most {MAX_LABELS} labels, not {n_labels}.")
    if size > MAX_SIZE:
        raise _too_large(size)


def checksum_of(data: bytes) -> int:
    """The CRC-32 in the header of model.bin, computed from everything after it."""
    return zlib.crc32(data[CHECKSUM.stop :])


def from_bytes(data: bytes) -> DeviceModel:
    """The model in ``data``. Raises ModelError for anything but a whole model of this version."""
    if len(data) < HEADER.size or data[:4] != MAGIC:
        raise ModelError(
            "This is not a model.bin file: it does not start with 'mbml'. Build one from a model."
        )
    _, crc, version, size, window, hop, period, feature_set, n_labels, mask, _ = HEADER.unpack_from(
        data
    )
    if size != len(data) or crc != checksum_of(data):
        raise ModelError(
            f"This model.bin is damaged: it has {len(data)} of {size} bytes, or they do not match "
            "its checksum. Build it again from the model."
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
    records: list[Record] = []
    names = b""
    offset = HEADER.size
    while offset < len(data):
        kind, length = struct.unpack_from("<HH", data, offset)
        if length < 4 or offset + length > len(data):
            raise ValueError(f"a record of {length} bytes at offset {offset}")
        content = data[offset + 4 : offset + length]
        if kind == LABELS:
            names = content
        else:
            records.append(RECORDS[kind].read(content, n_labels))
        offset += length
    *stages, gate = records
    if not isinstance(gate, IntegerNoveltyDetector) or not all(
        isinstance(one, Stage) for one in stages
    ):
        raise ValueError("the gate is not the last record")
    labels = [text.decode("utf-8") for text in names.split(b"\0")[:n_labels]]
    network = IntegerNetwork(groups, [one for one in stages if isinstance(one, Stage)], gate)
    if network.stages[-1].n_outputs != n_labels + 1:
        raise ValueError(f"{network.stages[-1].n_outputs} scores for {n_labels} labels")
    return network, labels


def _record(kind: int, content: bytes) -> bytes:
    content = padded(content)
    if 4 + len(content) > MAX_SIZE:
        raise _too_large(4 + len(content))
    return struct.pack("<HH", kind, 4 + len(content)) + content


def _too_large(size: int) -> ModelError:
    return ModelError(
        f"The model would take at least {size:,} bytes on the board, but the file can hold at most "
        f"{MAX_SIZE:,}. Train with fewer hidden units."
    )
