"""A classifier's footprint on a board: bytes, and instructions from scaled features to scores.

Nearest centroid, logistic regression, the linear support vector machine and, surprisingly, nearest
neighbours can all be computed by one dense layer, the same as in the board's networks. For
distances that is because (x - m)^2 = x^2 - 2 x m + m^2: x^2 is the same for every m, so the nearest
m is the one with the highest x . m - m^2 / 2, a layer with weights m and bias -m^2 / 2. So their
footprint is that of a layer of this shape.

The instructions come from a straight line fitted to measurements of ``microbit-ml benchmark
--layers``; it is less than 5 % off for every shape tried. Those of the search for the nearest are
counted by hand from an assembler sketch: the kit has no kernel for it.
Computing the features comes before, and costs the same for all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from microbit_ml.errors import ModelError
from microbit_ml.kinds import IntegerDense, Scale, Stage
from microbit_ml.quantize.device_file import HEADER
from microbit_ml.targets import TARGETS, Target

EXTRA_LAYER = 50.0
PER_NEIGHBOUR = 8.0  # is it among the k nearest so far?

RECORD_BYTES = 4  # kind and length, before the content of a record


@dataclass(frozen=True)
class Footprint:
    """A classifier's footprint on a board.

    n_bytes: of its file; instructions: by the names of targets; measured: True if they were
    measured, False if estimated; layers: sizes of the dense layers that compute it, inputs first.
    """

    n_bytes: int
    instructions: Mapping[str, int]
    measured: bool = False
    layers: tuple[int, ...] = field(default=())


def dense_instructions(target: Target, layers: Sequence[int]) -> int:
    """Instructions of dense layers with these sizes, such as (54, 16, 5): inputs, then outputs.

    call + sum over the layers of outputs * (per_output + per_product * inputs), and 50 for each
    layer after the first. Inputs and outputs are rounded up to even numbers, as on the board.
    Example on V1: 54 inputs, 8 outputs: 478 + 8 * (29.25 + 4.125 * 54) = 2494.
    """
    return stages_instructions(target, [_layer(*sizes) for sizes in pairwise(layers)])


def stages_instructions(target: Target, stages: Sequence[Stage]) -> int:
    """The same for the stages of a model after its first one, of any kind.

    Raises ModelError for a stage with an unknown number of instructions.
    """
    total = target.dense_cost.call + EXTRA_LAYER * (len(stages) - 1)
    for stage in stages:
        count = stage.instructions(target)
        if count is None:
            raise ModelError(
                f"The number of instructions of a stage {stage.NAME!r} is not known. "
                "Measure it on a virtual board, with microbit-ml benchmark and the model's file."
            )
        total += count
    return round(total)


def dense_bytes(n_inputs: int, n_outputs: int) -> int:
    """Bytes of a dense layer in ``model.bin``: 12 + outputs * (8 + inputs), rounded up to even.

    Example: 54 inputs, 8 outputs: 12 + 8 * 62 = 508.
    """
    return RECORD_BYTES + len(_layer(n_inputs, n_outputs).content())


def _layer(n_inputs: int, n_outputs: int) -> IntegerDense:
    """A dense layer of this size, with dummy numbers."""
    none = np.zeros(n_outputs, dtype=np.int64)
    weights = np.zeros((n_outputs, n_inputs), dtype=np.int8)
    return IntegerDense(weights, none, none, none + 1, 0, 0)


def frame_bytes(labels: Sequence[str]) -> int:
    """Bytes that every model needs: a header, and the labels, each ended by a zero."""
    names = sum(len(label.encode("utf-8")) + 1 for label in labels)
    return HEADER.size + RECORD_BYTES + four(names)


def scale_bytes(n_features: int) -> int:
    """Bytes for scaling the features: a center (2) and a multiplier (1) for each."""
    none = np.zeros(n_features, dtype=np.int64)
    return RECORD_BYTES + four(len(Scale(none, none, 1).content()))


def lines_footprint(n_features: int, labels: Sequence[str]) -> Footprint:
    """A score for each label: nearest centroid, logistic regression, support vector machine."""
    layers = (n_features, len(labels))
    n_bytes = frame_bytes(labels) + scale_bytes(n_features) + dense_bytes(*layers)
    return Footprint(
        n_bytes,
        {one.name: dense_instructions(one, layers) for one in TARGETS.values()},
        layers=layers,
    )


def neighbours_footprint(n_features: int, n_rows: int, labels: Sequence[str]) -> Footprint:
    """Nearest neighbours that store ``n_rows``: a score and a label for each of them."""
    search = PER_NEIGHBOUR * n_rows
    n_bytes = frame_bytes(labels) + scale_bytes(n_features) + four(n_rows)
    return Footprint(
        n_bytes + dense_bytes(n_features, n_rows),
        {
            one.name: round(dense_instructions(one, (n_features, n_rows)) + search)
            for one in TARGETS.values()
        },
    )


def four(number: int) -> int:
    """The number, rounded up to a multiple of four."""
    return number + -number % 4
