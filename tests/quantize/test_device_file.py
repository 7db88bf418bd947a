"""model.bin: the offset of each number, and that reading gives what was written."""

import struct

import numpy as np
import pytest
from random_models import random_model, random_stack, usual_model

from microbit_ml.errors import ModelError
from microbit_ml.kinds import IntegerDense
from microbit_ml.quantize import from_bytes, to_bytes
from microbit_ml.quantize.device_file import VERSION, scratch_numbers
from microbit_ml.quantize.random_network import only_layers


def three_outputs_of_three_inputs():
    weights = np.array([[1, 2, 3], [4, 5, 6], [7, 8, -9]], dtype=np.int8)
    bias, multiplier, shift = np.array([[10, 20, -30], [11, 21, 31], [12, 22, 29]])
    return IntegerDense(weights, bias, multiplier, shift, -5, 99)


def test_rows_are_stored_in_pairs_with_alternating_weights():
    data = to_bytes(only_layers([three_outputs_of_three_inputs()]))
    offset = data.index(struct.pack("<HHHHhh", 2, 60, 3, 3, -5, 99))
    rows = struct.unpack_from("<2i4H8b 2i4H8b", data, offset + 12)
    assert rows[:6] == (10, 20, 11, 12, 21, 22)
    assert rows[6:14] == (1, 4, 2, 5, 3, 6, 0, 0)  # a fourth input of weight 0
    assert rows[14:20] == (-30, 0, 31, 29, 0, 1)  # a fourth output of zeros
    assert rows[20:] == (7, 0, 8, 0, -9, 0, 0, 0)


def test_the_gates_pairs_begin_at_an_even_hidden_number():
    device, _ = usual_model()
    gate = device.network.gate
    data = to_bytes(device)
    pair = (gate.multiplier[2], gate.shift[2], gate.multiplier[3], gate.shift[3])
    offset = data.index(struct.pack("<4H", *pair))
    weights = np.frombuffer(data, np.int8, 2 * 14, offset + 8).reshape(14, 2)
    assert (weights == gate.weights[2:4, 2:].T).all()
    assert weights[0, 1] == 0  # row 3 starts at the hidden number 3


def test_reading_gives_what_was_written():
    makers = (random_model, random_stack)
    for seed, make in ((seed, make) for seed in range(40) for make in makers):
        written = to_bytes(make(np.random.default_rng(seed))[0])
        assert to_bytes(from_bytes(written)) == written


def test_a_model_that_was_read_predicts_the_same():
    for seed in range(40):
        device, windows = random_model(np.random.default_rng(seed))
        there = from_bytes(to_bytes(device)).network.run(windows)
        here = device.network.run(windows)
        assert (there.scores == here.scores).all()
        assert (there.confidence == here.confidence).all()


def test_the_scratch_space_holds_an_input_that_pads():
    layers = [three_outputs_of_three_inputs()]
    wide = IntegerDense(
        np.ones((3, 75), dtype=np.int8), *(np.ones((3, 3), dtype=np.int64)), low=0, high=255
    )
    assert scratch_numbers(only_layers(layers).network) == 62
    assert scratch_numbers(only_layers([wide, *layers]).network) == 76


def test_the_version_before_is_refused():
    data = bytearray(to_bytes(usual_model()[0]))
    assert VERSION == data[8] == 3
    data[8] = 2
    with pytest.raises(ModelError):
        from_bytes(bytes(data))
