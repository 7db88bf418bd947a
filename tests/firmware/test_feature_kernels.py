"""The kernels up to the network, on a bare CPU of each board: twin's and reference's integers."""

import struct
from functools import cache

import numpy as np
import pytest
from bare_kernels import PREDICT, WORK, BareKernels, work_for
from cpython_board import reference_in_cpython
from random_models import extreme_windows, random_windows
from tiers import tiers

from microbit_ml.features import GROUP_NAMES, compute_features, groups_of_mask, groups_to_mask
from microbit_ml.image.kernels import listings_of
from microbit_ml.quantize import WorkLayout
from microbit_ml.quantize.device_file import HEADER, LEAST_SCRATCH
from microbit_ml.targets import TARGETS
from microbit_ml.thumb import assemble_in_chunks

START = 2  # of code in a chunk of flash
FEATURES = 2  # their index in work
ALL_GROUPS = 255
# Replaces the network, with its end, when only the features are needed.
BACK_TO_PYTHON = """
label(NETWORK)
label(NETWORK_ALONE)
add(sp, 68)
pop({r4, r5, r6, r7})
mov(r8, r4)
mov(r9, r5)
mov(r10, r6)
mov(r11, r7)
pop({pc})
"""
# Instructions for a window of 50 samples and all features, from the call to the network: the most
# of the windows below (16,216 and 11,250), plus some for a branch over a gap in a loop: gaps move.
BUDGET = {"v1": 16_400, "v2": 11_500}
ENERGY = {"v1": 1_400, "v2": 500}  # at least this many for the coarse points and products
MAGNITUDE = {
    "v1": 3_000,
    "v2": 2_500,
}  # at least this many for the magnitude: its samples, points and waves


@pytest.fixture(scope="module")
def reference():
    with reference_in_cpython() as module:
        yield module


@pytest.fixture(scope="module", params=TARGETS)
def board(request):
    return request.param


@cache
def feature_kernels(board, counting=False):
    """A board's kernels with BACK_TO_PYTHON instead of the network."""
    every = listings_of(board)
    before = [*every][: [*every].index("records.py")]
    own = [*every][[*every].index("log_v2.py" if "log_v2.py" in every else "log.py")]
    listings = {name: every[name] for name in (*before, own)}
    listings["back"] = BACK_TO_PYTHON
    image = assemble_in_chunks(listings, START, m4=board == "v2")
    return BareKernels(counting=counting, board=board, in_flash=(image, START))


def features_on(cpu, window, mask=ALL_GROUPS, labels=9):
    """The features that a board writes to work; only the scratch buffers may change too."""
    model = bytes(8) + struct.pack(
        "<HHBBBBBBH", 0, HEADER.size, len(window), 5, 20, 0, labels, mask, LEAST_SCRATCH
    )
    n_features = compute_features(window[None], groups_of_mask(mask)).shape[1]
    behind, scratch = FEATURES + n_features, WorkLayout.WINDOW + window.size + labels + 1
    work = work_for(model + bytes(8), window)
    before = work[:]
    assert cpu.call(work, model, PREDICT) == WORK + 2 * FEATURES  # where the network finds them
    assert work[:FEATURES] == before[:FEATURES]
    assert work[behind:scratch] == before[behind:scratch]
    return work[FEATURES:behind].tolist()


@pytest.mark.parametrize("start", tiers([67], slow=[25, 109]))
def test_features_are_those_of_the_twin_for_windows_of_every_length(board, start):
    rng = np.random.default_rng(start)
    for length in range(start, start + 42):
        windows = np.concatenate([random_windows(rng, 12, length), extreme_windows(length)])
        for window, features in zip(windows, compute_features(windows).tolist()):
            labels = int(rng.integers(2, 12))  # an odd number moves the data behind the scores
            assert features_on(feature_kernels(board), window, labels=labels) == features


def test_any_groups_of_features_give_those_of_twin_and_reference(board, reference):
    rng = np.random.default_rng(2)
    for mask in range(1, 256):
        windows = random_windows(rng, 3, int(rng.integers(25, 151)))
        expected = compute_features(windows, groups_of_mask(mask)).tolist()
        for window, features in zip(windows, expected):
            assert features_on(feature_kernels(board), window, mask) == features
        assert reference.features_of(windows[1].reshape(-1).tolist(), mask) == expected[1]


def test_instructions_stay_within_the_budget(board):
    counting = feature_kernels(board, counting=True)
    windows = np.concatenate(
        [random_windows(np.random.default_rng(1), 12, 50), extreme_windows(50)]
    )
    totals = []
    for window in windows:
        features_on(counting, window)
        totals.append(counting.instructions)
    assert max(totals) <= BUDGET[board]


def test_groups_that_are_absent_cost_nothing(board):
    counting = feature_kernels(board, counting=True)
    window = random_windows(np.random.default_rng(3), 2, 50)[1]

    def instructions(mask):
        features_on(counting, window, mask)
        return counting.instructions

    everything = instructions(ALL_GROUPS)
    for i in range(len(GROUP_NAMES)):
        assert instructions(ALL_GROUPS - (1 << i)) < everything
    tilt = groups_to_mask(["tilt"])
    assert instructions(tilt) < everything / 2
    # Only rhythm and turn need the coarse points and their energy, only the magnitude its samples.
    assert instructions(groups_to_mask(["tilt", "rhythm"])) > instructions(tilt) + ENERGY[board]
    assert (
        instructions(groups_to_mask(["tilt", "magnitude"])) > instructions(tilt) + MAGNITUDE[board]
    )
