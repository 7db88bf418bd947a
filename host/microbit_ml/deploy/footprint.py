"""What a classifier takes on a board: bytes, and instructions from scaled features to its scores.

Nearest centroid, logistic regression, the linear support vector machine and, astonishingly, the
nearest neighbours all can be computed by one dense layer, the same that the board has for networks.
For distances that is so because (x - m)^2 = x^2 - 2 x m + m^2: x^2 is the same for every m, so the
nearest m is the one with the highest x . m - m^2 / 2, which is weights m and bias -m^2 / 2. So what
they take is what a layer of that shape takes. A tree is another thing, and hardly takes any.

The numbers of instructions are a straight line through measurements of ``microbit-ml benchmark
--layers``; on all shapes tried it is less than 5 % off. Those of the tree and of looking for the
nearest are counted by hand from an assembler sketch: the kit has no kernels for them.
Computing the features comes before, and takes the same for all.
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
PER_QUESTION = 12.0  # of a tree: load the node and the feature, compare, go on
PER_NEIGHBOUR = 8.0  # is it among the k nearest so far?

RECORD_BYTES = 4  # kind and length, before the content of a record
NODE_BYTES = 4  # feature, threshold (2), where to go on


@dataclass(frozen=True)
class Footprint:
    """What a classifier takes on a board.

    n_bytes: of its file; instructions: by the names of targets; measured: whether they were, or
    were estimated; layers: the sizes of the dense layers that compute it, if any, inputs first.
    """

    n_bytes: int
    instructions: Mapping[str, int]
    measured: bool = False
    layers: tuple[int, ...] = field(default=())


def dense_instructions(target: Target, layers: Sequence[int]) -> int:
    """Instructions of dense layers with these sizes, such as (54, 16, 5): inputs, then outputs.

    call + sum over the layers of outputs * (per_output + per_product * inputs), and 50 for each
    layer after the first. Inputs and outputs are counted in twos, as the board takes them.
    Example on V1: 54 inputs, 8 outputs: 478 + 8 * (29.25 + 4.125 * 54) = 2494.
    """
    return stages_instructions(target, [_layer(*sizes) for sizes in pairwise(layers)])


def stages_instructions(target: Target, stages: Sequence[Stage]) -> int:
    """The same of the stages of a model behind its first one, of any kind.

    Raises ModelError for a stage that does not tell what it takes.
    """
    total = target.dense_cost.call + EXTRA_LAYER * (len(stages) - 1)
    for stage in stages:
        taken = stage.instructions(target)
        if taken is None:
            raise ModelError(
                f"Nobody has measured how many instructions a stage {stage.NAME!r} takes. "
                "Count them on a virtual board with: microbit-ml benchmark MODEL"
            )
        total += taken
    return round(total)


def dense_bytes(n_inputs: int, n_outputs: int) -> int:
    """Bytes of a dense layer in ``model.bin``: 12 + outputs * (8 + inputs), in twos.

    Example: 54 inputs, 8 outputs: 12 + 8 * 62 = 508.
    """
    return RECORD_BYTES + len(_layer(n_inputs, n_outputs).content())


def _layer(n_inputs: int, n_outputs: int) -> IntegerDense:
    """A dense layer of this size, whose numbers do not matter."""
    none = np.zeros(n_outputs, dtype=np.int64)
    weights = np.zeros((n_outputs, n_inputs), dtype=np.int8)
    return IntegerDense(weights, none, none, none + 1, 0, 0)


def frame_bytes(labels: Sequence[str]) -> int:
    """Bytes that every model needs: a header, and the labels, each ended by a zero."""
    names = sum(len(label.encode("utf-8")) + 1 for label in labels)
    return HEADER.size + RECORD_BYTES + four(names)


def scale_bytes(n_features: int) -> int:
    """Bytes to bring the features to one size: a center (2) and a multiplier (1) of each."""
    none = np.zeros(n_features, dtype=np.int64)
    return RECORD_BYTES + four(len(Scale(none, none, 1).content()))


def lines_footprint(n_features: int, labels: Sequence[str]) -> Footprint:
    """Of a score for each label: nearest centroid, logistic regression, support vector machine."""
    layers = (n_features, len(labels))
    n_bytes = frame_bytes(labels) + scale_bytes(n_features) + dense_bytes(*layers)
    return Footprint(
        n_bytes,
        {one.name: dense_instructions(one, layers) for one in TARGETS.values()},
        layers=layers,
    )


def neighbours_footprint(n_features: int, n_rows: int, labels: Sequence[str]) -> Footprint:
    """Of nearest neighbours that remember ``n_rows``: a score and a label for each of them."""
    search = PER_NEIGHBOUR * n_rows
    n_bytes = frame_bytes(labels) + scale_bytes(n_features) + four(n_rows)
    return Footprint(
        n_bytes + dense_bytes(n_features, n_rows),
        {
            one.name: round(dense_instructions(one, (n_features, n_rows)) + search)
            for one in TARGETS.values()
        },
    )


def tree_footprint(n_nodes: int, depth: int, labels: Sequence[str]) -> Footprint:
    """Of a tree: its nodes, and the questions on the longest way down. It needs no scaling."""
    n_bytes = frame_bytes(labels) + NODE_BYTES * n_nodes
    return Footprint(n_bytes, dict.fromkeys(TARGETS, round(PER_QUESTION * depth)))


def four(number: int) -> int:
    """The number, or the multiple of four above it."""
    return number + -number % 4
