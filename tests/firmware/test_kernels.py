"""Machine code, reference and twin: the same integers, for every window and every kind of model."""

import struct
from array import array

import numpy as np
import pytest
from bare_kernels import CHECK, SHIFT, BareKernels, work_for
from cpython_board import reference_in_cpython
from random_models import extreme_windows, random_model, random_windows, usual_model
from tiers import tiers

from microbit_ml.features import GROUP_NAMES, compute_features, groups_of_mask, groups_to_mask
from microbit_ml.image.kernels import Needs, kernels
from microbit_ml.quantize import input_rows, to_bytes


@pytest.fixture(scope="module")
def reference():
    with reference_in_cpython() as module:
        yield module


@pytest.fixture(scope="module", params=["v1", "v2"])
def bare(request):
    return BareKernels(board=request.param)


def model_with_groups(mask, length):
    """A random model.bin with these groups of features."""
    device, _ = random_model(
        np.random.default_rng(mask), window=length, groups=groups_of_mask(mask)
    )
    return to_bytes(device)


@pytest.mark.parametrize("start", tiers([25, 130], slow=[46, 67, 88, 109]))
def test_reference_gives_the_twins_features_for_windows_of_every_length(reference, start):
    rng = np.random.default_rng(start)
    for length in range(start, min(start + 21, 151)):
        windows = np.concatenate([random_windows(rng, 6, length), extreme_windows(length)])
        expected = compute_features(windows).tolist()
        for window, features in zip(windows, expected):
            assert reference.features_of(window.reshape(-1).tolist(), 255) == features


@pytest.mark.slow  # test_feature_kernels.py does the same for some lengths by default
def test_machine_code_gives_the_twins_features_for_windows_of_every_length(bare):
    rng = np.random.default_rng(0)
    for length in range(25, 151):
        model = model_with_groups(255, length)
        windows = np.concatenate([random_windows(rng, 30, length), extreme_windows(length)])
        for window, features in zip(windows, compute_features(windows).tolist()):
            assert bare.predict(model, window)[3] == features


def test_any_groups_of_features_give_only_these(bare, reference):
    rng = np.random.default_rng(1)
    single = [1 << i for i in range(8)]
    masks = [*single, *(255 - mask for mask in single), *rng.integers(1, 256, 40).tolist()]
    for mask in masks:
        groups = groups_of_mask(mask)
        assert groups_to_mask(groups) == mask
        windows = random_windows(rng, 4, int(rng.integers(25, 151)))
        model = model_with_groups(mask, windows.shape[1])
        for window, features in zip(windows, compute_features(windows, groups).tolist()):
            assert bare.predict(model, window)[3] == features, groups
            assert reference.features_of(window.reshape(-1).tolist(), mask) == features, groups


def assert_same_decisions(bare, device, windows):
    model = to_bytes(device)
    twin = device.network.run(windows)
    for i, window in enumerate(windows):
        label, confidence, scores, features = bare.predict(model, window)
        assert features == twin.features[i].tolist()
        assert scores == twin.scores[i].tolist()
        assert confidence == twin.confidence[i]
        assert label == twin.label_index[i]


@pytest.mark.parametrize("start", tiers([0], slow=[100, 200, 300], full=range(1000, 5000, 100)))
def test_random_models_decide_like_the_twin(bare, start):
    for seed in range(start, start + 100):
        assert_same_decisions(bare, *random_model(np.random.default_rng(seed)))


def test_random_models_are_of_every_kind():
    kinds, hidden, gates, margins, known = set(), set(), set(), set(), set()
    for seed in range(100):
        device, windows = random_model(np.random.default_rng(seed))
        network = device.network
        kinds |= {type(layer).__name__ for layer in network.layers} | {bool(network.groups)}
        if network.groups:
            hidden.add(len(network.layers))
        gates.add((network.gate.hidden_means.shape[1] > 0, network.gate.feature_centers.size > 0))
        decisions = network.run(windows)
        known |= set(decisions.label_index >= 0)
        scores, _, _ = network.classify(input_rows(windows.astype(np.int64), network.groups))
        margin = scores[:, :-1].max(axis=1) - scores[:, -1]
        margins |= set(np.sign(margin) * (np.abs(margin) > network.gate.margin_limit))
    assert kinds == {"IntegerDense", "IntegerConv", "IntegerPool", True, False}
    assert hidden == {0, 1, 2, 3}
    assert gates == {(False, False), (False, True), (True, False), (True, True)}
    assert margins == {-1, 0, 1}  # below the limits, within, above
    assert known == {True, False}


def test_shift_moves_the_window_by_one_sample_and_adds_another(bare, reference):
    sample = (-2048, 0, 2047)
    for length in (25, 50, 150):
        device, windows = random_model(np.random.default_rng(length), window=length)
        work = work_for(to_bytes(device), windows[1])
        end = 56 + 3 * length
        expected = work[:56] + work[59:end] + array("h", sample) + work[end:]
        again = work[:]
        entry = SHIFT | length << 8
        assert bare.call(work, as_tuple(sample), entry) == 1
        assert reference.call(None, again, sample, entry) == 1
        assert work == again == expected


def as_tuple(sample):
    """The numbers of a tuple, as MicroPython stores them."""
    return struct.pack("<3i", *(2 * value + 1 for value in sample))


@pytest.mark.parametrize("sample", [(1, 2, 3), (-2048, 2048, -1)])
def test_v1_skips_a_sample_that_it_has_seen_before(sample):
    kernels = BareKernels()
    length = 50
    entry = SHIFT | length << 8
    device, windows = usual_model()
    work = work_for(to_bytes(device), windows[0])
    assert kernels.call(work, as_tuple(sample), entry) == 1  # it differs from the last one
    before = work[:]
    assert kernels.call(work, as_tuple(sample), entry) == 0  # the sensor sent no byte
    assert work == before
    kernels.byte_came = 1
    assert kernels.call(work, as_tuple(sample), entry) == 1  # the same again, newly read
    assert kernels.byte_came == 0
    assert work != before
    for axis in range(3):
        other = [value + (i == axis) for i, value in enumerate(sample)]
        assert kernels.call(work, as_tuple(other), entry) == 1
        assert kernels.call(work, as_tuple(other), entry) == 0


def test_check_notices_every_changed_byte(bare, reference):
    model = to_bytes(usual_model()[0])
    work = work_for(model, np.zeros((50, 3)))
    assert bare.call(work, model, CHECK) == 0 == reference.call(None, work, model, CHECK)
    for offset in (4, 7, 8, 9, 12, 100, len(model) - 1):
        damaged = model[:offset] + bytes([model[offset] ^ 0x10]) + model[offset + 1 :]
        assert bare.call(work, damaged, CHECK) != 0
        assert reference.call(None, work, damaged, CHECK) != 0


@pytest.mark.parametrize(("board", "most"), [("v1", 25_500), ("v2", 17_000)])
def test_instructions_of_the_usual_model_stay_below_these_bounds(board, most):
    counting = BareKernels(counting=True, board=board)
    device, windows = usual_model(labels=9)
    model = to_bytes(device)
    totals = []
    for window in np.concatenate([windows, extreme_windows(50)]):
        counting.predict(model, window)
        totals.append(counting.instructions)
    assert max(totals) <= most
    only_tilt = model_with_groups(1, 50)
    counting.predict(only_tilt, windows[0])
    assert counting.instructions < min(totals) / 2  # groups that are absent cost nothing


@pytest.mark.parametrize(("board", "most"), [("v1", 2_500), ("v2", 3_000)])
def test_the_kernels_are_small(board, most):
    assert len(kernels(board, Needs.of(usual_model()[0]))) <= most
    raw = Needs(False, frozenset({2, 3, 5, 6, 7}))
    assert len(kernels(board, raw)) <= 1_100  # without the feature kernels
    assert len(GROUP_NAMES) == 8
