"""A tree model's floats, its integers, and its part of a model's file."""

from dataclasses import replace

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.errors import DataError, ModelError
from microbit_ml.kinds.trees import LEAF
from microbit_ml.quantize import Normaliser
from microbit_ml.quantize.tree_model import TreeModel, feature_detector


def small_model():
    """Two inputs, which are scaled to 20 x and 10 x; a question about each, three leaves."""
    tree = np.array([[0, 5, LEAF, 1], [1, -3, LEAF + 1, LEAF + 2]])
    rows = np.array([[0.5, -1.0, -2.0], [-1.25, 1.25, 1.0], [0.5, -1.03, -2.0]])
    gate = feature_detector(np.array([[0.0, 0.5], [1.0, 0.0]]), np.zeros(2))
    normaliser = Normaliser(np.zeros(2), np.array([1.0, 2.0]))
    return TreeModel(("tilt",), normaliser, [tree], rows, gate)


def test_floats_and_integers_reach_the_same_leaf():
    model = small_model().with_threshold(100)
    rows = np.array([[0, 5], [0, -1], [1, -3], [1, 0], [-400, 300]])  # scaled: x 20, x 10
    scores, best, confidence = model.classify(rows)
    a, b, c = small_model().rows.tolist()
    assert scores.tolist() == [a, a, b, c, a]
    integers = model.integers()
    whole, same, whole_confidence = integers.classify(rows)
    # steps of 1/16; the rows -1.0 and -1.03 become the same, and are stored once
    a, b = [8, -16, -32], [-20, 20, 16]
    assert whole.tolist() == [a, a, b, a, a]
    assert integers.stages[1].rows.tolist() == [b, a]
    assert integers.score_step == 1 / 16
    assert best.tolist() == same.tolist() == [0, 0, 1, 0, 0]
    assert np.abs(confidence[:4] - whole_confidence[:4]).max() < 3


def test_the_confidence_by_hand():
    """100 + what the margin is worth, (8 + 32) 37 / 128 = 11, minus the distance's logarithm."""
    model = small_model().with_threshold(100)
    _, _, confidence = model.integers().classify(np.array([[0, 1]]))
    # scaled (0, 10), as far as the center 0.5, which is 10 steps: distance 0
    assert confidence.tolist() == [111]
    _, _, confidence = model.integers().classify(np.array([[0, 5]]))  # 40 away: 1600
    assert confidence.tolist() == [111 - (16 * 6 + (1616 >> 6) - 16)]


@pytest.fixture(scope="module")
def trained():
    data = mb.simulate(["shake", "tap", "circle"], people=3, repeats=2, seed=1)
    return data, mb.train(data, kind="tree", copies=2, seed=3)


def test_a_trained_tree_is_saved_and_loaded(trained, tmp_path):
    data, model = trained
    model.save(tmp_path / "tree.mbml")
    again = mb.Model.load(tmp_path / "tree.mbml")
    assert again.to_bytes() == model.to_bytes()
    assert again.kind == "tree"
    assert again.predict_float(data).is_same(model.predict_float(data))
    assert again.fitted.in_words == f"1 tree with {len(model.fitted.trees[0])} questions"
    assert again.fitted.n_parameters == 2 * again.fitted.n_questions + again.fitted.rows.size
    shifted = again.fitted.with_shift(np.array([5.0, 0, 0])).classify(again.replay.rows)
    before = again.fitted.classify(again.replay.rows)
    assert (shifted[2] - before[2]).tolist() == [5.0 * (best == 0) for best in before[1]]


def test_the_same_data_and_seed_give_the_same_tree(trained):
    data, model = trained
    assert mb.train(data, kind="tree", copies=2, seed=3).to_bytes() == model.to_bytes()


def test_a_tree_cannot_be_fine_tuned(trained):
    data, model = trained
    with pytest.raises(DataError, match="cannot learn new gestures"):
        mb.train(data, start=model)
    with pytest.raises(ModelError, match="not a neural network"):
        _ = model.float_model


def test_more_labels_than_leaves_are_refused():
    windows = np.zeros((258, 50, 3), dtype=np.int16)
    windows[:, :, 0] = np.arange(258)[:, None] * 7
    labels = [f"{i // 2:03d}" for i in range(258)]
    with pytest.raises(ModelError, match="at most 128 labels, not 129"):
        mb.train(list(windows), labels=labels, kind="tree", copies=0)


def changed(facts=None, **arrays):
    own_facts, own = small_model().parts()
    return {**own_facts, **(facts or {})}, {**own, **arrays}


def test_damaged_parts_are_refused():
    again = TreeModel.of_parts(*changed({"gate_threshold": 7.0}), ("tilt",), 2)
    assert again.gate.threshold == 7
    assert [tree.tolist() for tree in again.trees] == [small_model().trees[0].tolist()]
    wrong = [
        changed({"gate_threshold": "7"}),
        changed(rows=np.zeros((3, 2))),
        changed(tree_sizes=np.array([1.0])),
        changed(tree_sizes=np.array([])),
        changed(questions=np.zeros((2, 3))),
        changed(questions=np.array([[0.0, 5, LEAF, 0], [1, -3, LEAF, LEAF]])),  # to itself
        changed(questions=np.array([[0.0, 5, LEAF, 1], [2, -3, LEAF, LEAF]])),  # no such input
        changed(tree_sizes=np.array([-1.0, 3])),
    ]
    for facts, arrays in wrong:
        with pytest.raises(ValueError, match="tree|gate_threshold"):
            TreeModel.of_parts(facts, arrays, ("tilt",), 2)


def test_replaced_rows_change_no_question():
    model = small_model()
    other = replace(model, rows=model.rows * 2)
    assert other.integers().stages[1].trees[0][:, :2].tolist() == model.trees[0][:, :2].tolist()
