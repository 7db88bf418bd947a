"""Nearest centroid, nearest neighbours and decision tree: by hand, and against scikit-learn."""

import numpy as np
import pytest

from microbit_ml.errors import DataError
from microbit_ml.evaluate.classical import (
    DecisionTree,
    NearestCentroid,
    NearestNeighbours,
    best_question,
    squared_distances,
)


def clouds(seed, n=90, n_features=5, n_labels=3, apart=1.0):
    """Rows around a centre for each label, and labels that are names."""
    rng = np.random.default_rng(seed)
    targets = np.arange(n) % n_labels
    centres = rng.normal(0, apart, (n_labels, n_features))
    names = np.array(["wave", "shake", "tap", "circle"])[targets]
    return centres[targets] + rng.normal(0, 1, (n, n_features)), names


def column(*values):
    return np.array(values, dtype=float)[:, None]


def test_squared_distances_by_pythagoras():
    # 3 right and 4 up: 9 + 16 = 25
    assert squared_distances(np.array([[0.0, 0]]), np.array([[3.0, 4], [1, 0]])).tolist() == [
        [25, 1]
    ]


def test_nearest_centroid_by_hand():
    centroid = NearestCentroid().fit(
        np.array([[0.0, 0], [2, 0], [5, 4]]), np.array(["a", "a", "b"])
    )
    assert centroid.centroids_.tolist() == [[1, 0], [5, 4]]
    assert squared_distances(np.array([[3.0, 1]]), centroid.centroids_).tolist() == [[5, 13]]
    assert centroid.predict(np.array([[3.0, 1], [4, 4]])).tolist() == ["a", "b"]


def test_in_a_tie_nearest_centroid_takes_the_first_label():
    centroid = NearestCentroid().fit(column(2, -2), np.array(["b", "a"]))
    assert centroid.predict(column(0)).tolist() == ["a"]


def test_nearest_neighbours_by_hand():
    stored, labels = column(1, 2, 4, 5, 6), np.array(["a", "a", "b", "b", "b"])
    row = column(3.2)  # neighbours: 4 (0.8 away), 2 (1.2), 5 (1.8), 1 (2.2)
    assert NearestNeighbours(3).fit(stored, labels).predict(row).tolist() == ["b"]
    # 1.8: 2 (0.2 away), 1 (0.8), 4 (2.2)
    assert NearestNeighbours(3).fit(stored, labels).predict(column(1.8)).tolist() == ["a"]


def test_in_a_tied_vote_the_nearest_decides():
    stored, labels = column(1, 2, 4), np.array(["a", "b", "c"])
    assert NearestNeighbours(3).fit(stored, labels).predict(column(3.5)).tolist() == ["c"]
    two = NearestNeighbours(2).fit(stored, labels)
    assert two.predict(column(1.9, 1.1)).tolist() == ["b", "a"]


def test_at_the_same_distance_the_one_stored_first_is_nearer():
    for labels in (["a", "b"], ["b", "a"]):
        classifier = NearestNeighbours(1).fit(column(-1, 1), np.array(labels))
        assert classifier.predict(column(0)).tolist() == [labels[0]]


def test_with_more_neighbours_than_rows_all_vote():
    classifier = NearestNeighbours(9).fit(column(0, 1, 2), np.array(["a", "a", "b"]))
    assert classifier.predict(column(2)).tolist() == ["a"]


def test_the_best_question_by_hand():
    # Gini of the splits of a a b b: 1/3 after the first, 0 in the middle, 1/3 after the third
    is_a = np.eye(2)[[0, 0, 1, 1]]
    assert best_question(column(1, 2, 4, 8), is_a) == (0, 3.0)
    # the second column separates better than the first
    rows = np.column_stack([[1, 4, 2, 8], [1, 2, 4, 8]]).astype(float)
    assert best_question(rows, is_a) == (1, 3.0)
    # two columns that are equally good: the first; equal values have no cut between them
    assert best_question(np.column_stack([[1, 2, 4, 8]] * 2).astype(float), is_a) == (0, 3.0)
    assert best_question(column(5, 5, 5, 5), is_a) is None


def test_a_tree_by_hand():
    tree = DecisionTree().fit(column(1, 2, 4, 8, 9), np.array(["a", "a", "b", "a", "a"]))
    # first question: <= 3 and <= 6 are equally good (2 pure on one side): the lower; then <= 6
    assert (tree.root_.feature, tree.root_.threshold) == (0, 3.0)
    assert tree.root_.above.threshold == 6.0
    assert (tree.root_.n_nodes, tree.root_.depth) == (5, 2)
    assert tree.predict(column(0, 3.0, 3.1, 6, 7)).tolist() == ["a", "a", "b", "b", "a"]


def test_a_tree_stops_at_its_depth_with_the_most_frequent_label():
    tree = DecisionTree(1).fit(column(1, 2, 4, 8, 9), np.array(["a", "a", "b", "a", "a"]))
    assert tree.root_.depth == 1
    assert tree.predict(column(4)).tolist() == ["a"]


def test_a_deep_tree_memorises_its_training_data():
    rows, labels = clouds(4, apart=0.2)
    assert (DecisionTree(50).fit(rows, labels).predict(rows) == labels).all()
    assert (DecisionTree(2).fit(rows, labels).predict(rows) != labels).any()


@pytest.mark.parametrize("make", [NearestCentroid, NearestNeighbours, DecisionTree])
def test_what_cannot_be_learned_is_explained(make):
    with pytest.raises(DataError, match="number of different labels to learn is 1"):
        make().fit(column(1, 2), np.array(["a", "a"]))
    with pytest.raises(DataError, match=r"shape \(2, 1\), but there are 3 labels"):
        make().fit(column(1, 2), np.array(["a", "b", "a"]))


@pytest.mark.parametrize(("make", "what"), [(NearestNeighbours, "k"), (DecisionTree, "max_depth")])
def test_settings_that_cannot_be(make, what):
    with pytest.raises(DataError, match=f"{what} is 0"):
        make(0)


@pytest.mark.parametrize("seed", range(5))
def test_centroids_as_scikit_learn(seed):
    neighbors = pytest.importorskip("sklearn.neighbors", reason="compares with scikit-learn")
    (rows, labels), (others, _) = clouds(seed), clouds(seed + 100)
    theirs = neighbors.NearestCentroid().fit(rows, labels)
    ours = NearestCentroid().fit(rows, labels)
    np.testing.assert_allclose(ours.centroids_, theirs.centroids_, atol=1e-12)
    assert (ours.predict(others) == theirs.predict(others)).all()


@pytest.mark.parametrize("k", [1, 3, 5, 8])
@pytest.mark.parametrize("seed", range(3))
def test_neighbours_as_scikit_learn_except_in_ties(seed, k):
    neighbors = pytest.importorskip("sklearn.neighbors", reason="compares with scikit-learn")
    (rows, labels), (others, _) = clouds(seed), clouds(seed + 100, n=200)
    theirs = neighbors.KNeighborsClassifier(k).fit(rows, labels)
    ours = NearestNeighbours(k).fit(rows, labels).predict(others)
    votes = np.sort(theirs.predict_proba(others), axis=1)
    clear = votes[:, -1] > votes[:, -2]
    assert clear.sum() > 100
    assert (ours == theirs.predict(others))[clear].all()
    # in a tie: the label of the nearest one that has the most votes
    near = theirs.kneighbors(others, return_distance=False)
    for i in np.flatnonzero(~clear):
        votes_of = labels[near[i]].tolist()
        most = max(map(votes_of.count, votes_of))
        assert ours[i] == next(one for one in votes_of if votes_of.count(one) == most)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("depth", [1, 2, 6])
def test_a_tree_is_as_scikit_learn_grows_it(seed, depth):
    """Where two questions are equally good, theirs takes either: the trees need only be as pure."""
    tree = pytest.importorskip("sklearn.tree", reason="compares with scikit-learn")
    rows, labels = clouds(seed, n=60)
    theirs = tree.DecisionTreeClassifier(max_depth=depth, random_state=0).fit(rows, labels)
    ours = DecisionTree(depth).fit(rows, labels)
    assert ours.root_.feature == theirs.tree_.feature[0]
    assert ours.root_.threshold == pytest.approx(theirs.tree_.threshold[0], rel=1e-6)
    if depth == 1:
        assert (ours.predict(rows) == theirs.predict(rows)).all()
    right = (ours.predict(rows) == labels).mean()
    assert right == pytest.approx((theirs.predict(rows) == labels).mean(), abs=0.04)
