"""``evaluate --importance MODEL DATASET``: which features matter to a model."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from microbit_ml.cli.evaluate.screen import print_simulated
from microbit_ml.common.wording import some_of
from microbit_ml.console.screen import plural, print_json, print_table, write
from microbit_ml.errors import DataError
from microbit_ml.evaluate.importance import (
    Explanation,
    explain,
    importance_json,
    misclassified,
    permutation_importance,
)
from microbit_ml.model import Model
from microbit_ml.recordings import Recording
from microbit_ml.recordings.formats.any_file import read_source

MOST_FEATURES = 10
MOST_EXPLAINED = 3


def evaluate_importance(args: argparse.Namespace) -> None:
    """Print which features matter to a model, on recordings of the labels that it knows."""
    model_path, data_path = args.paths
    model = Model.load(model_path)
    known = [one for one in read_source(data_path) if one.label in model.labels]
    if not known:
        raise DataError(
            f"{data_path} has no recordings of the labels that the model knows: "
            f"{', '.join(model.labels)}. Give recordings of these."
        )
    seen = model.count_trained_on(known)
    if args.json:
        print_json({"seen_in_training": seen, **importance_json(model, known)})
        return
    print_importance(model, known)
    print_simulated(known, model)
    if seen:
        write(
            f"\nCareful: the model was trained on {some_of(seen, len(known), 'recording')}. "
            "Use other recordings to see which features matter for new ones."
        )


def print_importance(model: Model, recordings: Sequence[Recording]) -> None:
    """Print the permutation importance, and explain wrong decisions.

    recordings: of labels that the model knows. For a single recording, its decision is explained;
    for several, at most three decisions that are wrong.
    """
    if len(recordings) == 1:
        _print_explanation(recordings[0], explain(model, recordings[0]))
        return
    _print_permutation(model, recordings)
    wrong = misclassified(model, recordings)
    if wrong:
        write(
            f"\nWrong: {plural(len(wrong), 'recording')}"
            + (f"; the first {MOST_EXPLAINED}:" if len(wrong) > MOST_EXPLAINED else ":")
        )
    for one in wrong[:MOST_EXPLAINED]:
        write()
        _print_explanation(one, explain(model, one))


def _print_permutation(model: Model, recordings: Sequence[Recording]) -> None:
    found = permutation_importance(model, recordings)
    write(
        f"Accuracy {found.accuracy:.3f} on {plural(found.recordings, 'recording')}. How much is "
        "lost when the values of a feature, or of\na group of features, are shuffled among the "
        "recordings (permutation importance):\n"
    )
    for what, some in (("group", found.groups), ("feature", found.features[:MOST_FEATURES])):
        print_table(
            [f"{what} shuffled", "accuracy lost", "plus or minus"],
            [[one.name, f"{one.loss:.3f}", f"{one.std:.3f}"] for one in some],
        )
        write()
    rest = len(found.features) - MOST_FEATURES
    if rest > 0:
        write(f"The other {rest} features: {found.features[MOST_FEATURES].loss:.3f} or less each.")
    write("About 0: the feature does not matter, or another one carries the same information.")


def _print_explanation(recording: Recording, why: Explanation) -> None:
    write(
        f'{recording.path}: "{why.best}", {why.margin:,} score steps ahead of "{why.runner_up}".\n'
        "What the margin would be with one feature at its average in training:\n"
    )
    print_table(
        ["feature", "meaning", "value", "average", "margin without it"],
        [
            [
                one.feature.name,
                one.feature.meaning,
                one.value,
                one.average,
                f"{why.margin - one.contribution:,}",
            ]
            for one in why.contributions[:MOST_FEATURES]
        ],
        left=2,
    )
