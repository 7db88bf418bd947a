"""A random forest: its trees vote, each with one label."""

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.errors import ModelError
from microbit_ml.kinds.trees import leaves_of
from microbit_ml.training import Settings
from microbit_ml.training.kinds import KINDS
from microbit_ml.training.kinds.forest import ALL_VOTES, MOST_BYTES, MOST_LEAVES, MOST_TREES
from microbit_ml.training.kinds.tree import MOST_EVIDENCE, weights_of_labels


@pytest.fixture(scope="module")
def trained():
    data = mb.simulate(["shake", "tap", "circle"], people=3, repeats=3, seed=1)
    return data, mb.train(data, kind="forest", copies=2, seed=3)


def test_each_tree_has_one_vote_and_one_more_has_none(trained):
    _, model = trained
    fitted = model.fitted
    rows = model.replay.rows
    x = fitted.scale.apply(rows)
    *voting, other = fitted.trees
    n_trees = len(voting)
    # as many as there is room for; what a vote is worth is a whole number of steps
    assert n_trees == MOST_TREES or 4 * sum(map(len, voting[:-1])) < MOST_BYTES
    vote = round(16 * ALL_VOTES / n_trees) / 16
    votes = np.stack([fitted.rows[leaves_of(tree, x)] for tree in voting])
    assert set(votes[:, :, :-1].sum(axis=2).flat) == {vote}
    assert not votes[:, :, -1].any()
    against = fitted.rows[leaves_of(other, x)]
    assert not against[:, :-1].any()
    evidence = n_trees * vote - against[:, -1]
    assert evidence.max() <= MOST_EVIDENCE
    assert (evidence > 0).mean() > 0.9  # of gestures
    scores, best, _ = fitted.classify(rows)
    counted = (votes[:, :, :-1] > 0).sum(axis=0)
    assert (scores[:, :-1] == vote * counted).all()
    assert (best == counted.argmax(axis=1)).all()
    # the integers have the same votes, in steps of 1/16
    whole, same, _ = model.network.classify(rows)
    assert (whole[:, :-1] == 16 * vote * counted).all()
    assert (best == same).all()


def test_the_trees_differ_and_are_small(trained):
    _, model = trained
    *voting, _ = model.fitted.trees
    assert len({tree.tobytes() for tree in voting}) >= len(voting) - 2
    assert max(map(len, voting)) < MOST_LEAVES
    assert min(map(len, voting)) >= 2  # three labels need two questions


def test_the_seed_decides(trained):
    data, model = trained
    assert mb.train(data, kind="forest", copies=2, seed=3).to_bytes() == model.to_bytes()
    other = mb.train(data, kind="forest", copies=2, seed=4)
    assert other.device_bytes() != model.device_bytes()


def test_it_is_saved_and_loaded(trained, tmp_path):
    data, model = trained
    model.save(tmp_path / "forest.mbml")
    again = mb.Model.load(tmp_path / "forest.mbml")
    assert again.to_bytes() == model.to_bytes()
    assert again.predict_float(data).is_same(model.predict_float(data))
    assert again.fitted.in_words.startswith(f"{len(model.fitted.trees)} trees with ")
    assert model.score(data) > 0.9


def test_every_label_counts_for_as_many_recordings():
    # six rows of a, three of b, two of "other"; four recordings in all
    targets = np.array([0] * 6 + [1] * 3 + [2] * 2)
    assert weights_of_labels(targets, 4, 2).tolist() == [2 / 6, 2 / 3, 0]


def test_the_most_labels():
    options = Settings.of({"kind": "forest"})
    assert KINDS["forest"].completed(options, 54, 115) is options
    with pytest.raises(ModelError, match="A random forest can have at most 115 labels, not 116"):
        KINDS["forest"].completed(options, 54, 116)
