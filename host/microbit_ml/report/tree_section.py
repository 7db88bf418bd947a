"""How a decision tree decides, as a picture, or the first tree of a forest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from microbit_ml.charts.chart import Outline, OutlineLine
from microbit_ml.common.wording import plural
from microbit_ml.features import Feature, features_of
from microbit_ml.kinds.trees import INPUT, LEAF, NO, THRESHOLD, YES
from microbit_ml.network import softmax
from microbit_ml.pages import Page
from microbit_ml.quantize.tree_model import TreeModel
from microbit_ml.report.evidence import Evidence

LARGEST_FEATURE = 1 << 14  # features are within -12,291 to 12,291


def add_tree(page: Page, evidence: Evidence) -> None:
    """The questions of a tree; nothing for models of other kinds."""
    tree = evidence.model.fitted
    if not isinstance(tree, TreeModel):
        return
    page.heading("How it decides")
    n = len(tree.trees) - (len(tree.trees) > 1)
    page.paragraph(
        "It is a **decision tree**: it asks one question after another, like the game of twenty "
        "questions. Each question is about one feature. Start at the top, and follow the answers "
        "until you reach a gesture."
        if n == 1
        else f"It is a **random forest** of {n} decision trees. Each tree asks one question after "
        "another until it reaches a gesture, and votes for that. The gesture with the most votes "
        "wins. No two trees are the same, because each learned from a random part of the "
        "recordings, and could choose only from a few features, at random, for each question. One "
        "more tree doesn't vote: it only separates gestures from random movements."
    )
    page.figure(
        tree_picture(tree, evidence.model.labels),
        "The tree. The percentage: of the gestures that reached this answer in training, how many "
        "were this one (a little less, for there were only a few). “Or no gesture”: in training, "
        "more random movements than gestures came here"
        if n == 1
        else f"The first of the {n} trees",
    )
    features = features_of(tree.groups)
    asked = np.unique(np.concatenate([one[:, INPUT] for one in tree.trees[:1]]))
    page.table(
        ["feature", "meaning", "unit"],
        [[features[i].name, features[i].meaning, features[i].unit] for i in asked],
        "What it asks about. 1 g, the acceleration of gravity, is 1024 counts",
        left=3,
    )
    page.paragraph(
        "Every movement reaches some answer, even one that is no gesture. So the model also "
        "measures how far the features are from those that this gesture usually has. If they are "
        "too far away, it answers “unknown”, sooner where random movements came in training."
    )


def tree_picture(model: TreeModel, labels: Sequence[str]) -> Outline:
    """The model's first tree as an outline."""
    lines = list(_lines(model, labels, features_of(model.groups), 0, 0, ""))
    answers = [line.answer for line in lines if line.answer]
    kinds = ", ".join(f"{name} {answers.count(name)}" for name in dict.fromkeys(answers))
    questions = plural(len(model.trees[0]), "question")
    alt = f"{questions}, {plural(len(answers), 'answer')}: {kinds}. First: {lines[0].text}"
    return Outline("The tree's questions", lines, alt)


def _lines(
    model: TreeModel,
    labels: Sequence[str],
    features: Sequence[Feature],
    node: int,
    depth: int,
    lead: str,
) -> Iterator[OutlineLine]:
    """The line of a question or a leaf, and all below it."""
    if node >= LEAF:
        *scores, other = model.rows[node - LEAF].tolist()
        name = labels[int(np.argmax(scores))]
        percent = f"{softmax(np.array([scores])).max():.0%}"
        text = f"{name} ({percent})" if len(model.trees) == 1 else name
        yield OutlineLine(
            depth, f"{lead}{text}{' or no gesture' if other > max(scores) else ''}", name
        )
        return
    question = model.trees[0][node]
    which = int(question[INPUT])
    most = feature_threshold(model, which, int(question[THRESHOLD]))
    yield OutlineLine(depth, f"{lead}Is {features[which].name} at most {most}?")
    yield from _lines(model, labels, features, int(question[YES]), depth + 1, "yes: ")
    yield from _lines(model, labels, features, int(question[NO]), depth + 1, "no: ")


def feature_threshold(model: TreeModel, which: int, threshold: int) -> int:
    """The largest value of a feature that, scaled, is at most the threshold."""
    values = np.arange(-LARGEST_FEATURE, LARGEST_FEATURE)
    rows = np.zeros((len(values), model.n_inputs), dtype=np.int64)
    rows[:, which] = values
    scaled = model.scale.apply(rows)[:, which]  # it never falls from one value to the next
    return int(values[max(int(np.searchsorted(scaled, threshold, side="right")) - 1, 0)])
