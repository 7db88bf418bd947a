"""A classifier's footprint on a board: formulas against files and measurements."""

import pytest
from tiers import tiers

from microbit_ml.deploy.benchmark import network_footprint
from microbit_ml.deploy.footprint import (
    dense_bytes,
    dense_instructions,
    frame_bytes,
    lines_footprint,
    neighbours_footprint,
    scale_bytes,
)
from microbit_ml.quantize import to_bytes
from microbit_ml.quantize.random_network import dense_model
from microbit_ml.targets import TARGETS, V1

LABELS = ["shake", "tap"]


def test_dense_layers_by_hand():
    # 478 + 8 * (29.25 + 4.125 * 54) = 478 + 8 * 252 = 2494
    assert dense_instructions(V1, (54, 8)) == 2494
    # an odd number of inputs and of outputs is one more: 478 + 6 * (29.25 + 4.125 * 28) = 1346.5
    assert dense_instructions(V1, (27, 5)) == dense_instructions(V1, (28, 6)) == 1346
    # 2494 for the first 8 units, 50 and 4 * (29.25 + 4.125 * 8) = 249 more for the second layer
    assert dense_instructions(V1, (54, 8, 4)) == 2494 + 50 + 249


@pytest.mark.parametrize(
    ("kind", "shape"),
    tiers([("v1", (54, 6))], slow=[("v1", (20, 7)), ("v2", (54, 6)), ("v2", (20, 7))]),
)
def test_dense_layers_as_a_virtual_board_counts_them(kind, shape):
    counted = network_footprint(kind, to_bytes(dense_model(shape)[0])).instructions.network
    assert dense_instructions(TARGETS[kind], shape) == pytest.approx(counted, rel=0.05)


@pytest.mark.parametrize("n_inputs", [7, 54])
@pytest.mark.parametrize("n_outputs", [4, 9])
def test_bytes_of_a_layer_are_those_of_the_file(n_inputs, n_outputs):
    """Two files that differ in one more layer differ by its bytes."""
    shape = (n_inputs, n_outputs)
    more = len(to_bytes(dense_model((*shape, 4))[0])) - len(
        to_bytes(dense_model((n_outputs, 4))[0])
    )
    assert dense_bytes(*shape) == more


def test_bytes_by_hand():
    assert dense_bytes(54, 8) == 12 + 8 * 62
    assert scale_bytes(54) == 8 + 164  # 54 * 3 = 162, filled up to a multiple of 4
    assert frame_bytes(LABELS) == 20 + 4 + 12  # "shake", "tap" and two zeros: 10, filled up
    assert frame_bytes(["é"]) == 20 + 4 + 4  # two bytes and a zero


def test_footprints_of_methods_by_hand():
    lines = lines_footprint(54, LABELS)
    assert (lines.layers, lines.measured) == ((54, 2), False)
    assert lines.n_bytes == 36 + 172 + 12 + 2 * 62
    assert lines.instructions["v1"] == 478 + 2 * 252
    near = neighbours_footprint(54, 100, LABELS)
    assert near.n_bytes == 36 + 172 + 100 + 12 + 100 * 62
    assert near.instructions["v1"] == 478 + 100 * 252 + 100 * 8
