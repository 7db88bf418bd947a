"""Trees and forests in integers: by hand, and the same integers on every computer."""

from array import array
from dataclasses import replace

import numpy as np
import pytest
from bare_kernels import CODE, NETWORK_ALONE, PREDICT, BareKernels, integers_in, work_for
from board_runs import BoardJob, run_board
from boards_memory import free_heap
from cpython_board import reference_in_cpython
from random_models import V1_ROOM, extreme_windows, on_board, random_tree_model
from real_data import WAND, shared_data
from tiers import tiers

from microbit_ml import read_createai, read_npz, simulate, train
from microbit_ml.image.kernels import Needs, kernel_labels, kernels_in_flash
from microbit_ml.kinds import IntegerTrees
from microbit_ml.kinds.trees import LEAF, depth_of, in_bytes
from microbit_ml.quantize import WorkLayout, from_bytes, to_bytes
from microbit_ml.quantize.random_network import only_layers
from microbit_ml.targets import TARGETS

KINDS = ("tree", "forest")
LIMITS = {
    "tree": (400, 2500),
    "forest": (1400, 5500),
}  # bytes of the record, and instructions after the features


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
    rows = np.array([[9, -9, -5], [-20, 20, 3], [4, -4, 0]], dtype=np.int8)
    tree = np.array([[0, 5, LEAF, 1], [1, -3, LEAF + 1, LEAF + 2]])
    return IntegerTrees(2, rows, [tree])


def test_a_tree_by_hand(computers):
    tree = by_hand()
    x = np.array([[5, 100], [6, -3], [6, -2]])
    assert tree.apply(x).tolist() == [[9, -9, -5], [-20, 20, 3], [4, -4, 0]]
    assert (tree.depth, depth_of(tree.trees[0]), tree.n_outputs) == (2, 2, 3)
    both = replace(tree, trees=[tree.trees[0], tree.trees[0][1:].clip(None, LEAF + 2)])
    assert both.apply(x[1:2]).tolist() == [[-40, 40, 6]]
    assert_same_scores(computers, only_layers([tree]), x)


def test_the_bytes_of_a_tree_by_hand():
    # n_inputs 2, scores 3, one tree, 9 bytes of rows, 0; the rows; two questions
    head, rows = [2, 0, 3, 1, 9, 0, 0, 0], [9, 247, 251, 236, 20, 3, 4, 252, 0]
    content = by_hand().content()
    assert content == bytes([*head, *rows, 2, 0, 5, 128, 1, 1, 253, 129, 130])
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


def assert_same_decisions(computers, device, windows):
    """All integers of each window, features included."""
    model, twin = to_bytes(device), device.network.run(windows)
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


@pytest.mark.parametrize("start", tiers([0], slow=[50, 100, 150], full=range(1000, 2000, 50)))
def test_random_trees_are_the_same_on_every_computer(computers, start):
    for seed in range(start, start + 50):
        device, windows = random_tree_model(np.random.default_rng(seed))
        model = to_bytes(device)
        assert to_bytes(from_bytes(model)) == model
        extreme = extreme_windows(device.window)[seed % 20 :][:1]
        assert_same_decisions(computers, device, np.concatenate([windows[:3], extreme]))


@pytest.mark.parametrize("board", ["v1", "v2"])
@pytest.mark.parametrize("seeds", tiers([range(1)], slow=[range(1, 20)], full=[range(2000, 2200)]))
def test_random_trees_are_the_same_on_booted_boards(board, seeds):
    for seed in seeds:
        rng = np.random.default_rng(seed)
        device, windows = random_tree_model(rng)
        while on_board(device) > V1_ROOM:
            device, windows = random_tree_model(rng)
        twin = device.network.run(windows[:3])
        answers = run_board(BoardJob(board, to_bytes(device), windows[:3]))
        for i, answer in enumerate(answers):
            decision = [int(twin.label_index[i]), int(twin.confidence[i])]
            assert answer == [decision, twin.scores[i].tolist(), twin.features[i].tolist()]


@pytest.mark.parametrize("name", [WAND, "nano_gestures.npz"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_real_recording_is_decided_alike(computers, kind, name):
    path = shared_data(name)
    data = read_createai(path) if path.suffix == ".json" else read_npz(path)
    model = train(data, kind=kind, copies=2)
    assert_same_decisions(computers, from_bytes(model.device_bytes()), model.windows(data))


@pytest.fixture(scope="module", params=KINDS)
def nine_gestures(request):
    """A model of nine gestures, and recordings."""
    data = simulate(people=4, repeats=3, seed=2)
    return train(data, kind=request.param), data


def test_nine_gestures_take_few_bytes_and_instructions(nine_gestures):
    model, data = nine_gestures
    most_bytes, most_instructions = LIMITS[model.kind]
    trees = model.network.stages[1]
    assert 4 + len(trees.content()) <= most_bytes
    for board in ("v1", "v2"):
        taken = [after_the_features(board, model, window) for window in model.windows(data)[::9]]
        assert max(taken) <= most_instructions


def after_the_features(board, model, window):
    """Instructions from the features to the decision."""
    needs = Needs.of(from_bytes(model.device_bytes()))
    image, entry = kernels_in_flash(board, needs)
    kernels = BareKernels(board=board, in_flash=(image, entry), counting=True)
    address = kernel_labels(board, CODE + entry, needs)["NETWORK"]
    began = kernels.counted_at(address)
    kernels.predict(model.device_bytes(), window)
    return kernels.instructions - began[0]


@pytest.mark.parametrize("board", ["v1", "v2"])
def test_the_instructions_of_a_tree_by_hand(board):
    tree = by_hand()
    model = to_bytes(only_layers([tree]))
    needs = Needs.of(from_bytes(model))
    image, entry = kernels_in_flash(board, needs)
    kernels = BareKernels(board=board, in_flash=(image, entry), counting=True)
    labels = kernel_labels(board, CODE + entry, needs)
    began, ended = (kernels.counted_at(labels[name]) for name in ("TREES", "RECORD_DONE"))
    work = work_for(model, np.zeros((25, 3)))
    after = WorkLayout.WINDOW + 75 + 3
    work[after : after + 2] = array("h", [6, -2])  # no, and no
    kernels.call(work, model, NETWORK_ALONE)
    # 10, 3 for each score, 14 for the tree, 13 for each question, 8 for each score
    assert tree.instructions(TARGETS[board]) == 10 + 9 + 14 + 26 + 24
    branches = 3  # across the gaps of the file in flash, at most
    assert 0 <= ended[0] - began[0] - tree.instructions(TARGETS[board]) <= branches


def test_v1_has_4000_bytes_left_with_nine_gestures_and_3000_with_the_launcher(nine_gestures):
    model, _ = nine_gestures
    assert free_heap(model) >= 4000
    launcher = "from answer import listen\nfrom microbit import display, uart\n"
    assert free_heap(model, launcher) >= 3000
