"""Trees: a decision tree, or a forest of several whose scores are added up.

Content, little endian::

    10 trees   u16 n_inputs, u8 n_scores, u8 n_trees, u16 bytes of the rows, u16 0,
               n_rows x n_scores x i8, the rows of the leaves: a score for each label and "other",
               then the trees: u8 n_questions, n_questions x (u8 input, i8 threshold, u8 yes, u8 no)

A question is "is this input at most the threshold?" Its last two bytes tell where to go on: below
128 to the question with this number, from 128 on to a leaf, whose row of scores has the number that
remains. Leaves may have a row in common.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from microbit_ml.common.short_repr import short_repr
from microbit_ml.kinds.record import Stage, register
from microbit_ml.kinds.scale import ACTIVATION_LIMIT
from microbit_ml.targets import Target

LEAF = 128
"""The number of the first row of scores, where a question leads to; lower ones are questions."""
ROW_LIMIT = 127
"""The largest score of a leaf: int8, symmetric."""
INPUT, THRESHOLD, YES, NO = range(4)
"""The columns of a tree."""
HEAD = struct.Struct("<HBBHH")
PER_RECORD, PER_OUTPUT, PER_TREE, PER_QUESTION, PER_SCORE = 10, 3, 14, 13, 8  # instructions


@register
@dataclass(frozen=True, eq=False)
class IntegerTrees(Stage):
    """For each tree one row of scores, that of the leaf which the inputs reach; their sum.

    inputs: how many there are; rows: int8 (n_rows, n_labels + 1); trees: each int64
    (n_questions, 4), with the columns input, threshold, yes and no. A question leads only to later
    ones, so every path ends.
    """

    NUMBER, NAME, ENTRY, LISTINGS = 10, "trees", "TREES", ("trees.py",)

    inputs: int
    rows: np.ndarray
    trees: Sequence[np.ndarray]

    __repr__ = short_repr

    @property
    def n_inputs(self) -> int:
        """The number of inputs."""
        return self.inputs

    @property
    def n_outputs(self) -> int:
        """A score for each label, and one for "other"."""
        return self.rows.shape[1]

    @property
    def depth(self) -> int:
        """The most questions on any path, of any tree."""
        return max(depth_of(tree) for tree in self.trees)

    @property
    def products(self) -> int:
        """Comparisons, here, and additions."""
        return len(self.trees) * (self.depth + self.n_outputs)

    def apply(self, x: np.ndarray) -> np.ndarray:
        """(n, n_inputs) -> int64 (n, n_labels + 1)."""
        scores = np.zeros((len(x), self.n_outputs), dtype=np.int64)
        for tree in self.trees:
            scores += self.rows[leaves_of(tree, x)]
        return scores

    def instructions(self, target: Target) -> float:
        """On the longest path of each tree, always answering no: the same on every target."""
        n = self.n_outputs
        questions = sum(depth_of(tree) for tree in self.trees)
        adding = len(self.trees) * (PER_TREE + PER_SCORE * n)
        return PER_RECORD + PER_OUTPUT * n + adding + PER_QUESTION * questions

    def content(self) -> bytes:
        """As above."""
        rows = self.rows.astype(np.int8).tobytes()
        head = HEAD.pack(self.n_inputs, self.n_outputs, len(self.trees), len(rows), 0)
        trees = (bytes([len(tree)]) + tree.astype(np.uint8).tobytes() for tree in self.trees)
        return head + rows + b"".join(trees)

    @classmethod
    def read(cls, content: bytes, n_labels: int) -> IntegerTrees:
        """As above. Raises ValueError also for a path that does not end at a leaf."""
        n_inputs, n_scores, n_trees, n_bytes, _ = HEAD.unpack_from(content)
        rows = np.frombuffer(content, np.int8, n_bytes, HEAD.size).reshape(-1, n_scores).copy()
        offset, trees = HEAD.size + n_bytes, []
        for _ in range(n_trees):
            n = content[offset]
            tree = np.frombuffer(content, np.uint8, 4 * n, offset + 1).reshape(n, 4)
            tree = tree.astype(np.int64)
            tree[:, THRESHOLD] = tree[:, THRESHOLD].astype(np.int8)
            check_tree(tree, n_inputs, len(rows))
            trees.append(tree)
            offset += 1 + 4 * n
        if not trees:
            raise ValueError("a forest without trees")
        return cls(n_inputs, rows, trees)


def check_tree(tree: np.ndarray, n_inputs: int, n_rows: int) -> None:
    """Raise ValueError unless all its paths end at a leaf that has a row."""
    later = np.arange(len(tree))[:, None]
    to = tree[:, YES:]
    leads_on = (to > later) & (to < len(tree))
    ends = (to >= LEAF) & (to < LEAF + n_rows)
    if not 1 <= len(tree) <= LEAF or tree[:, INPUT].max() >= n_inputs:
        raise ValueError(f"a tree of {len(tree)} questions about {n_inputs} inputs")
    if not (leads_on | ends).all():
        raise ValueError("a tree with a path that does not end at a leaf")


def leaves_of(tree: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The row that each of x, int (n, n_inputs), reaches: int64 (n,)."""
    every, at = np.arange(len(x)), np.zeros(len(x), dtype=np.int64)
    while (asked := at < LEAF).any():
        question = tree[np.where(asked, at, 0)]
        yes = x[every, question[:, INPUT]] <= question[:, THRESHOLD]
        at = np.where(asked, np.where(yes, question[:, YES], question[:, NO]), at)
    return at - LEAF


def depth_of(tree: np.ndarray) -> int:
    """The most questions on any path of a tree."""
    depths = np.ones(len(tree), dtype=np.int64)
    for i, (*_, yes, no) in enumerate(tree.tolist()):  # a question leads only to later ones
        depths[[to for to in (yes, no) if to < LEAF]] = depths[i] + 1
    return int(depths.max())


def random_trees(rng: np.random.Generator, n_inputs: int, n_labels: int) -> IntegerTrees:
    """One to six trees with any questions, for measurements and tests; some scores are extreme."""
    n_rows = int(rng.integers(1, LEAF + 1))
    rows = rng.integers(-ROW_LIMIT, ROW_LIMIT + 1, (n_rows, n_labels + 1))
    rows[rng.random(rows.shape) < 0.2] = ROW_LIMIT
    sizes = rng.choice([1, 2, 7, 30, LEAF], rng.integers(1, 7))
    return IntegerTrees(
        n_inputs,
        rows.astype(np.int8),
        [_random_tree(rng, int(n), n_inputs, n_rows) for n in sizes],
    )


def _random_tree(rng: np.random.Generator, n: int, n_inputs: int, n_rows: int) -> np.ndarray:
    """A tree of n questions, all of which are on some path."""
    tree = np.zeros((n, 4), dtype=np.int64)
    tree[:, INPUT] = rng.integers(0, n_inputs, n)
    tree[:, THRESHOLD] = rng.integers(-ACTIVATION_LIMIT - 1, ACTIVATION_LIMIT + 1, n)
    tree[:, YES:] = LEAF + rng.integers(0, n_rows, (n, 2))
    free = [(0, YES), (0, NO)]
    for i in range(1, n):
        tree[free.pop(int(rng.integers(len(free))))] = i
        free += [(i, YES), (i, NO)]
    return tree


def in_bytes(n_labels: int, n_leaves: Sequence[int], n_rows: int) -> int:
    """The bytes of a record of trees with these numbers of leaves, its header included."""
    return 4 + HEAD.size + n_rows * (n_labels + 1) + sum(1 + 4 * (n - 1) for n in n_leaves)
