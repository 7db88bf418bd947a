"""Twin, reference, and the machine code of both boards: the same integers for every network."""

from array import array

import numpy as np
import pytest
from bare_kernels import NETWORK_ALONE, PREDICT, BareKernels, integers_in, work_for
from cpython_board import reference_in_cpython
from random_models import extreme_windows, random_model, random_stack, usual_model
from real_data import WAND, shared_data
from tiers import tiers

from microbit_ml import read_createai, read_npz, train
from microbit_ml.quantize import WorkLayout, from_bytes, to_bytes


@pytest.fixture(scope="module")
def computers():
    """The computers of the kernels: the reference, and the machine code on a Cortex-M0 and M4."""
    with reference_in_cpython() as reference:
        yield (
            lambda work, model, entry: reference.call(None, work, model, entry),
            BareKernels(board="v1").call,
            BareKernels(board="v2").call,
        )


def assert_same_decisions(computers, device, windows):
    """All integers of each window, features included."""
    model = to_bytes(device)
    twin = device.network.run(windows)
    for i, window in enumerate(windows):
        expected = (
            int(twin.label_index[i]),
            int(twin.confidence[i]),
            twin.scores[i].tolist(),
            twin.features[i].tolist(),
        )
        for call in computers:
            work = work_for(model, window)
            call(work, model, PREDICT)
            assert integers_in(work, model) == expected


@pytest.mark.parametrize("start", tiers([0], slow=[50, 100, 150], full=range(1000, 3000, 50)))
def test_random_models_decide_alike(computers, start):
    for seed in range(start, start + 50):
        device, windows = random_model(np.random.default_rng(seed))
        assert_same_decisions(computers, device, windows[:4])


def test_extreme_measurements_are_decided_alike(computers):
    for seed in range(4):
        assert_same_decisions(computers, usual_model(seed=seed)[0], extreme_windows(50))


@pytest.mark.parametrize("start", range(0, 300, 100))
def test_any_layers_give_the_same_scores(computers, start):
    for seed in range(start, start + 100):
        device, inputs = random_stack(np.random.default_rng(seed))
        model = to_bytes(device)
        scores = WorkLayout.WINDOW + 3 * device.window
        after = scores + len(device.labels) + 1
        for row, expected in zip(inputs, scores_of(device, inputs)):
            for call in computers:
                work = work_for(model, np.zeros((device.window, 3)))
                work[after : after + len(row)] = array("h", row.tolist())
                call(work, model, NETWORK_ALONE)
                assert list(work[scores:after]) == expected


def scores_of(device, inputs):
    """The twin's scores for scaled inputs (n, n_inputs)."""
    numbers = inputs.astype(np.int64)
    for layer in device.network.stages[1:]:
        numbers = layer.apply(numbers)
    return numbers.tolist()


def test_random_stacks_are_of_every_kind():
    kinds, odd, limits = set(), set(), set()
    for seed in range(100):
        device, inputs = random_stack(np.random.default_rng(seed))
        layers = list(device.network.stages[1:])
        kinds.add(len(layers))
        numbers = inputs.astype(np.int64)
        for layer in layers:
            kinds.add(type(layer).__name__)
            dense = getattr(layer, "dense", layer)
            numbers = layer.apply(numbers)
            if hasattr(dense, "weights"):
                n_outputs, n_inputs = dense.weights.shape
                odd.add((n_outputs % 2, n_inputs % 4))
                limits |= {dense.high} & set(numbers.flat) | {dense.low} & set(numbers.flat)
    assert kinds == {1, 2, 3, 4, "IntegerDense", "IntegerConv", "IntegerPool"}
    assert odd == {(outputs, inputs) for outputs in (0, 1) for inputs in range(4)}
    assert limits == {0, 255, -32767, 32767}


@pytest.mark.parametrize("name", [WAND, "nano_gestures.npz"])
def test_every_real_recording_is_decided_alike(computers, name):
    path = shared_data(name)
    data = read_createai(path) if path.suffix == ".json" else read_npz(path)
    model = train(data, steps=60, copies=0)
    assert_same_decisions(computers, from_bytes(model.device_bytes()), model.windows(data))
