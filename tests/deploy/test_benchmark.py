"""A model's footprint on a board: counted exactly, and the same every time."""

import json
import sys

import numpy as np
import pytest
from random_models import random_stack, usual_model

from microbit_ml import simulate, train
from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.deploy.benchmark import (
    BoardFootprint,
    Instructions,
    board_footprint,
    network_footprint,
)
from microbit_ml.deploy.count import Statement, count_instructions
from microbit_ml.errors import BoardError
from microbit_ml.kinds import IntegerConv, IntegerPool
from microbit_ml.quantize import to_bytes
from microbit_ml.quantize.random_network import dense_model
from microbit_ml.targets import V1

ASSEMBLY = """import micropython
@micropython.asm_thumb
def loop(r0):
    label(AGAIN)
    sub(r0, 1)
    bne(AGAIN)
"""


@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_instructions_of_machine_code_are_counted_exactly(kind):
    def of(rounds):
        return count_instructions(kind, {}, Statement(ASSEMBLY, "loop", f"loop({rounds})"))

    short, long = of(60), of(50)
    assert short.min() - long.min() == 20  # ten times two instructions
    assert np.ptp(short) == 0 and len(short) == 10


def test_the_statement_before_is_not_counted():
    with_sleep = Statement("from microbit import sleep", "sleep", "1 + 1", before="sleep(5)")
    without = Statement("x = 1", "x", "1 + 1")
    assert (
        count_instructions("v1", {}, with_sleep).min()
        == count_instructions("v1", {}, without).min()
    )


def test_a_program_that_fails_is_quoted():
    with pytest.raises(BoardError, match="NameError"):
        count_instructions("v1", {}, Statement("x = 1", "x", "y + 1"))


@pytest.mark.parametrize("seed", range(40))
def test_the_plain_network_computes_what_the_twin_does(seed, monkeypatch):
    monkeypatch.syspath_prepend(str(firmware_folder()))
    monkeypatch.delitem(sys.modules, "plain_network", raising=False)
    from plain_network import read_layers, run_layers

    device, inputs = random_stack(np.random.default_rng(seed))
    model = to_bytes(device)
    layers = read_layers(model, 20 + (model[22] | model[23] << 8))
    expected = inputs.astype(np.int64)
    for layer in device.network.stages[1:]:
        expected = layer.apply(expected)
    for row, scores in zip(inputs.tolist(), expected.tolist()):
        assert run_layers(layers, row) == scores


@pytest.fixture(scope="module", params=["v1", "v2"])
def footprint(request):
    return board_footprint(request.param, to_bytes(usual_model()[0]), seconds=2)


@pytest.mark.slow
def test_a_whole_prediction_is_the_sum_of_its_stages(footprint):
    taken = footprint.instructions
    parts = taken.features + taken.network + taken.decision
    assert parts < taken.prediction * 1.35
    assert taken.prediction < parts * 1.35
    assert taken.prediction <= {"v1": 40_000, "v2": 25_000}[footprint.kind]
    assert taken.network_python > 50 * taken.network
    assert footprint.missed_samples == 0
    assert footprint.heap_free >= footprint.heap_free_min > 2000


@pytest.mark.slow
def test_counts_repeat_exactly(footprint):
    again = board_footprint(footprint.kind, to_bytes(usual_model()[0]), seconds=2)
    assert again == footprint


def test_times_are_estimated_from_the_clock():
    footprint = BoardFootprint("v2", Instructions(network=6400.0), {})
    assert footprint.as_json()["estimated_us"]["network"] == 100 * V1.cycles
    assert footprint.as_json()["estimated_us"]["sample"] is None
    json.dumps(footprint.as_json())


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "most_ms"), [("v1", 100), ("v2", 10)])
def test_a_convolution_on_the_raw_window_is_fast_enough(kind, most_ms):
    data = simulate(["circle", "shake", "still"], people=3, repeats=2, seed=0)
    model = train(data, arch="cnn", steps=20)
    layers = model.network.stages[1:]
    multiplications = sum(
        layer.steps * layer.dense.weights.size
        if isinstance(layer, IntegerConv)
        else layer.weights.size
        for layer in layers
        if not isinstance(layer, IntegerPool)
    )
    assert multiplications > 8_000
    footprint = board_footprint(kind, model.device_bytes(), seconds=1)
    assert footprint.estimated_us(footprint.instructions.prediction) < 1000 * most_ms


def test_layers_alone():
    model = to_bytes(dense_model((24, 16, 4))[0])
    v1, v2 = network_footprint("v1", model), network_footprint("v2", model)
    assert v2.instructions.network < v1.instructions.network <= 3_400
    assert v1.instructions.sample is None and v1.heap_free is None
