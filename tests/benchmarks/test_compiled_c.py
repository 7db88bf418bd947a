"""The kernels against a C compiler, in instructions from the Python call to its return."""

import shutil
from functools import cache

import compiled_c
import pytest

from microbit_ml.quantize.random_network import dense_model

SMALL, LARGE = compiled_c.SHAPES


@cache
def instructions(variant, shape):
    """Instructions of a compiled variant or of the kernels on "v1" or "v2", for one pass."""
    device, inputs = dense_model(shape)
    count = compiled_c.count_kernels if variant in ("v1", "v2") else compiled_c.count_compiled
    n_instructions, scores = count(variant, device, inputs)
    assert scores == compiled_c.expected_scores(device, inputs), variant
    return n_instructions


needs_compiler = pytest.mark.skipif(
    not shutil.which(compiled_c.COMPILER),
    reason=f"{compiled_c.COMPILER} is not installed (Debian: gcc-arm-none-eabi)",
)


def test_some_outputs_saturate_and_some_do_not():
    for shape in compiled_c.SHAPES:
        device, inputs = dense_model(shape)
        hidden = device.network.layers[0].apply(inputs[None].astype(int))
        assert {0, 255} < set(hidden[0])


@pytest.mark.parametrize(("board", "most"), [("v1", 3_400), ("v2", 1_600)])
def test_a_network_of_24_16_4_takes_few_instructions(board, most):
    assert instructions(board, SMALL) <= most


@needs_compiler
@pytest.mark.parametrize(
    ("board", "compiled", "most"), [("v1", "gcc M0", 0.75), ("v2", "gcc M4 SMLAD", 0.9)]
)
def test_a_network_of_150_32_8_beats_the_compiler(board, compiled, most):
    assert instructions(board, LARGE) <= most * instructions(compiled, LARGE)


@needs_compiler
@pytest.mark.parametrize(("board", "compiled"), [("v1", "gcc M0"), ("v2", "gcc M4 SMLAD")])
def test_a_network_of_24_16_4_beats_the_compiler(board, compiled):
    assert instructions(board, SMALL) < instructions(compiled, SMALL)
