"""Trees and forests in integers: by hand, and the same integers on every computer."""

from array import array
from dataclasses import replace

import numpy as np
import pytest
from bare_kernels import NETWORK_ALONE, PREDICT, BareKernels, integers_in, work_for
from board_runs import BoardJob, run_board
from cpython_board import reference_in_cpython
from random_models import extreme_windows, random_groups, random_windows
from tiers import tiers

from microbit_ml.features import GROUP_NAMES, features_of
from microbit_ml.kinds import IntegerNoveltyDetector, IntegerTrees, Scale, random_trees
from microbit_ml.kinds.trees import LEAF, NOT_A_GESTURE, depth_of, in_bytes
from microbit_ml.quantize import DeviceModel, IntegerNetwork, WorkLayout, from_bytes, to_bytes
from microbit_ml.quantize.random_network import only_layers


@pytest.fixture(scope="module")
def computers():
    """The reference, and the machine code on a Cortex-M0 and M4."""
    with reference_in_cpython() as reference:
        yield (
            lambda work, model, entry: reference.call(None, work, model, entry),
            BareKernels(board="v1").call,
            BareKernels(board="v2").call,
        )


def by_hand():
    """Is input 0 at most 5? Yes: a. No: is input 1 at most -3? Yes: b. No: a, but less so."""
    rows = np.array([[9, -9], [-20, 20], [4, -4]], dtype=np.int8)
    tree = np.array([[0, 5, LEAF, 1], [1, -3, LEAF + 1, LEAF + 2]])
    return IntegerTrees(2, rows, [tree])


def random_tree_model(seed, groups=None):
    """A model of trees with random numbers, and windows (12, n, 3)."""
    rng = np.random.default_rng(seed)
    groups = groups or random_groups(rng)
    n_inputs, n_labels = len(features_of(groups)), int(rng.integers(2, 12))
    length = int(rng.integers(25, 151))
    centers = rng.integers(-127, 128, (n_labels, n_inputs if rng.random() < 0.8 else 0))
    gate = replace(
        IntegerNoveltyDetector.open(n_labels),
        radius=rng.integers(0, 400, n_labels),
        feature_centers=centers.astype(np.int8),
        margin_limit=96,
        margin_factor=37,
    )
    scale = Scale(
        rng.integers(-300, 300, n_inputs),
        rng.integers(1, 256, n_inputs).astype(np.uint8),
        int(rng.integers(4, 14)),
    )
    stages = [scale, random_trees(rng, n_inputs, n_labels)]
    network = IntegerNetwork(groups, stages, gate)
    names = [f"label {i}" for i in range(n_labels)]
    return DeviceModel(network, names, length, 5, 20), random_windows(rng, 12, length)


def test_a_tree_by_hand(computers):
    tree = by_hand()
    x = np.array([[5, 100], [6, -3], [6, -2]])
    expected = [[9, -9, NOT_A_GESTURE], [-20, 20, NOT_A_GESTURE], [4, -4, NOT_A_GESTURE]]
    assert tree.apply(x).tolist() == expected
    assert (tree.depth, depth_of(tree.trees[0]), tree.n_outputs) == (2, 2, 3)
    both = replace(tree, trees=[tree.trees[0], tree.trees[0][1:].clip(None, LEAF + 2)])
    assert both.apply(x[1:2])[0, :2].tolist() == [-40, 40]
    assert_same_scores(computers, only_layers([tree]), x)


def test_the_bytes_of_a_tree_by_hand():
    # n_inputs 2, labels 2, one tree, 6 bytes of rows, 0; the rows; two questions
    content = by_hand().content()
    assert content == bytes(
        [2, 0, 2, 1, 6, 0, 0, 0, 9, 247, 236, 20, 4, 252, 2, 0, 5, 128, 1, 1, 253, 129, 130]
    )
    assert 4 + len(content) == in_bytes(2, [3], 3)
    again = IntegerTrees.read(content + b"\0", 2)
    assert again.content() == content


@pytest.mark.parametrize(
    "tree",
    [
        [[0, 5, LEAF, 0]],  # the question leads to itself
        [[0, 5, LEAF, LEAF + 3]],  # no such row
        [[2, 5, LEAF, LEAF]],  # no such input
        [[0, 5, 1, LEAF]],  # no such question
        np.zeros((0, 4), dtype=int),
    ],
)
def test_a_tree_that_leads_nowhere_is_refused(tree):
    wrong = replace(by_hand(), trees=[np.array(tree)])
    with pytest.raises(ValueError, match="tree"):
        IntegerTrees.read(wrong.content(), 2)


def assert_same_scores(computers, device, inputs):
    """The scores alone, for scaled inputs (n, n_inputs)."""
    model = to_bytes(device)
    scores = WorkLayout.WINDOW + 3 * device.window
    after = scores + len(device.labels) + 1
    for row, expected in zip(inputs, device.network.stages[1].apply(inputs).tolist()):
        for call in computers:
            work = work_for(model, np.zeros((device.window, 3)))
            work[after : after + len(row)] = array("h", row.tolist())
            call(work, model, NETWORK_ALONE)
            assert list(work[scores:after]) == expected


@pytest.mark.parametrize("start", tiers([0], slow=[50, 100, 150], full=range(1000, 2000, 50)))
def test_random_trees_are_the_same_on_every_computer(computers, start):
    for seed in range(start, start + 50):
        device, windows = random_tree_model(seed)
        model = to_bytes(device)
        assert to_bytes(from_bytes(model)) == model
        windows = np.concatenate([windows[:3], extreme_windows(device.window)[seed % 20 :][:1]])
        twin = device.network.run(windows)
        for i, window in enumerate(windows):
            for call in computers:
                work = work_for(model, window)
                call(work, model, PREDICT)
                assert integers_in(work, model) == (
                    int(twin.label_index[i]),
                    int(twin.confidence[i]),
                    twin.scores[i].tolist(),
                    twin.features[i].tolist(),
                )


@pytest.mark.parametrize("board", ["v1", "v2"])
@pytest.mark.parametrize("seeds", tiers([[0]], slow=[range(1, 20)], full=[range(2000, 2200)]))
def test_random_trees_are_the_same_on_booted_boards(board, seeds):
    for seed in seeds:
        device, windows = random_tree_model(seed, groups=GROUP_NAMES)
        twin = device.network.run(windows[:3])
        answers = run_board(BoardJob(board, to_bytes(device), windows[:3]))
        for i, answer in enumerate(answers):
            decision = [int(twin.label_index[i]), int(twin.confidence[i])]
            assert answer == [decision, twin.scores[i].tolist(), twin.features[i].tolist()]
