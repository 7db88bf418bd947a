"""Learning a tree: gains by hand, and the same trees as scikit-learn."""

import numpy as np
import pytest

from microbit_ml.kinds.trees import LEAF, depth_of, leaves_of
from microbit_ml.training.trees import GrowingTree, best_question, without_useless_questions

ONE_EACH = np.ones(2)


def grown(codes, targets, weights, n_codes, most_leaves, **options):
    """A tree's questions, the recordings of each label at each leaf, and the most frequent."""
    tree = GrowingTree(codes, n_codes)
    tree.grow(targets, weights, most_leaves, **options)
    counts = tree.counts(targets, weights)
    return tree.questions, counts, counts.argmax(axis=1)


def column(*values):
    return np.array(values)[:, None]


def test_the_gain_of_a_question_by_hand():
    # a a b b: 4/2 + 4/2 - 8/4 = 2, all of the impurity; halfway between 2 and 5
    assert best_question(column(1, 2, 5, 8), np.array([0, 0, 1, 1]), ONE_EACH, 16) == (2.0, 0, 3)
    # a b b b, where only the last can be split off: 2/2... of a b b | b: 5/3 + 1/1 - 10/4 = 1/6
    gain, which, threshold = best_question(column(1, 1, 1, 8), np.array([0, 1, 1, 1]), ONE_EACH, 16)
    assert (gain, which, threshold) == (pytest.approx(1 / 6), 0, 4)


def test_a_row_may_count_for_more_than_one_recording():
    # a counts twice: w = 2 and 1; "a | b": 4/2 + 1/1 - 5/3 = 4/3
    gain, *_ = best_question(column(3, 4), np.array([0, 1]), np.array([2.0, 1.0]), 8)
    assert gain == pytest.approx(4 / 3)


def test_in_a_tie_the_first_input_and_the_lowest_threshold_win():
    codes = np.array([[0, 0], [4, 4], [8, 8]])
    found = best_question(codes, np.array([0, 1, 0]), ONE_EACH, 16)
    assert found == (pytest.approx(1 / 3), 0, 2)


def test_no_question_where_nothing_can_be_gained():
    assert best_question(column(5, 5, 5), np.array([0, 1, 0]), ONE_EACH, 16) is None
    assert best_question(column(1, 1, 9, 9), np.array([0, 1, 0, 1]), ONE_EACH, 16) is None


def test_a_tree_by_hand():
    # a at 1 and 2, b at 5, a at 9: first 5 | 9 or 2 | 5? "a a | b a": 2 + 1 - 10/4 = 1/2;
    # "a a b | a": 5/3 + 1 - 10/4 = 1/6. So 2 | 5 first, at 3, and then 5 | 9, at 7.
    codes, targets = column(1, 2, 5, 9), np.array([0, 0, 1, 0])
    questions, counts, answers = grown(codes, targets, ONE_EACH, 16, 8)
    assert questions.tolist() == [[0, 3, LEAF, 1], [0, 7, LEAF + 1, LEAF + 2]]
    assert counts.tolist() == [[2, 0], [0, 1], [1, 0]]
    assert answers.tolist() == [0, 1, 0]
    assert len(grown(codes, targets, ONE_EACH, 16, 2)[1]) == 2
    # the second question would gain 1 + 1 - 2/2 = 1, but the first only 1/2: it is not asked
    questions, counts, _ = grown(codes, targets, ONE_EACH, 16, 8, least_gain=0.5)
    assert questions.tolist() == [[0, 14, LEAF, LEAF]]
    assert counts.tolist() == [[3, 1]]


def test_the_question_that_gains_most_is_asked_next():
    """With three leaves, the four rows are split and the pair, which gains less, is not."""
    codes = np.array([[0, 0], [0, 9], [5, 11], [5, 11], [5, 14], [5, 14]])
    targets = np.array([0, 1, 2, 2, 3, 3])
    _, counts, _ = grown(codes, targets, np.ones(4), 16, 3)
    assert sorted(map(tuple, counts.tolist())) == [(0, 0, 0, 2), (0, 0, 2, 0), (1, 1, 0, 0)]


def test_the_inputs_that_are_tried_can_be_limited():
    codes = np.array([[1, 4], [1, 9], [2, 4], [2, 9]])

    def second():
        return np.array([1])

    assert len(grown(codes, np.array([0, 0, 1, 1]), ONE_EACH, 16, 8, tried=second)[1]) == 1
    questions, *_ = grown(codes, np.array([0, 1, 0, 1]), ONE_EACH, 16, 8, tried=second)
    assert questions.tolist() == [[1, 6, LEAF, LEAF + 1]]


def test_a_row_without_weight_changes_nothing():
    codes, targets = column(1, 2, 5, 9, 3, 7), np.array([0, 0, 1, 0, 2, 2])
    questions, counts, _ = grown(codes, targets, np.array([1.0, 1, 0]), 16, 8)
    same, *_ = grown(codes[:4], targets[:4], ONE_EACH, 16, 8)
    assert questions.tolist() == same.tolist()
    assert counts.tolist() == [[2, 0, 0], [0, 1, 0], [1, 0, 0]]


def test_a_tree_grows_on_for_other_targets():
    codes, kinds = column(1, 2, 5, 9), np.array([0, 0, 1, 1])
    tree = GrowingTree(codes, 16)
    tree.grow(kinds, ONE_EACH, 8)
    assert tree.leaf_of_rows.tolist() == [0, 0, 1, 1]
    tree.grow(np.array([0, 0, 0, 1]), ONE_EACH, 8)
    assert tree.questions.tolist() == [[0, 3, LEAF, 1], [0, 7, LEAF + 1, LEAF + 2]]
    assert tree.leaf_of_rows.tolist() == [0, 0, 1, 2]


@pytest.mark.parametrize("most_leaves", [2, 5, 9, 14])
@pytest.mark.parametrize("seed", range(6))
def test_the_tree_is_that_of_scikit_learn(seed, most_leaves):
    """Best first, with class weights. Ties, which it breaks by chance, are in small groups only."""
    trees = pytest.importorskip("sklearn.tree")
    rng = np.random.default_rng(seed)
    n_labels = 2 + seed % 4
    targets = np.arange(900) % n_labels
    centres = rng.normal(0, 60, (n_labels, 5))
    codes = np.clip(1000 + centres[targets] + rng.normal(0, 200, (900, 5)), 0, 1999).astype(int)
    weights = rng.uniform(0.5, 2, n_labels)
    questions, counts, answers = grown(codes, targets, weights, 2000, most_leaves)
    theirs = trees.DecisionTreeClassifier(
        max_leaf_nodes=most_leaves, class_weight=dict(enumerate(weights)), random_state=0
    ).fit(codes, targets)
    assert len(counts) == theirs.get_n_leaves()
    assert depth_of(questions) == theirs.get_depth()
    reached = leaves_of(questions, codes)
    fractions = counts[reached] / counts[reached].sum(axis=1, keepdims=True)
    assert fractions == pytest.approx(theirs.predict_proba(codes))
    new = rng.integers(0, 2000, (500, 5))
    assert (answers[leaves_of(questions, new)] == theirs.predict(new)).all()


def test_useless_questions_are_left_out():
    a, b, c = LEAF, LEAF + 1, LEAF + 2
    tree = np.array([[0, 0, 1, 2], [1, 1, 3, a], [2, 2, b, c], [3, 3, a, a]])
    assert without_useless_questions(tree).tolist() == [[0, 0, a, 1], [2, 2, b, c]]
    x = np.random.default_rng(0).integers(-3, 4, (200, 4))
    assert (leaves_of(tree, x) == leaves_of(without_useless_questions(tree), x)).all()
    one = np.array([[0, 0, 1, a], [1, 5, a, a]])
    assert without_useless_questions(one).tolist() == [[0, 0, a, a]]
