"""``evaluate --protocol``: a way of training tested on a data set, with nobody's model."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from microbit_ml.cli.evaluate.screen import (
    BEST,
    WITH_UNKNOWN,
    bar,
    print_calibration,
    print_comparison,
    print_intervals,
    print_scores,
    print_unknown,
    shares,
)
from microbit_ml.cli.training_arguments import training_settings
from microbit_ml.console.screen import plural, print_json, print_table, progress_bar, say
from microbit_ml.evaluate import (
    UnknownTest,
    cross_validate,
    few_shot,
    learning_curve,
    leave_one_label_out,
    leave_one_subject_out,
)
from microbit_ml.evaluate.protocols import CURVE_DRAWS, DRAWS
from microbit_ml.metrics import Evaluation
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.formats.any_file import read_source

LUCK_OF_THE_DRAW = (
    "The interval is that of the draw alone: how much it matters which recordings teach."
)


def evaluate_by_protocol(args: argparse.Namespace) -> None:
    """Run the protocol asked for and print what came of it."""
    (path,) = args.paths
    data = read_source(path)
    warn_of_copies(data)
    run, show = _PROTOCOLS[args.protocol]
    settings = {"seed": args.seed, **training_settings(args)}
    with progress_bar(args.protocol, 1) as update:  # how many steps is known when it has begun
        settings["progress"] = lambda done, steps: update(done, "steps", steps)
        result = run(args, data, settings)
    head = {"dataset": str(path), "protocol": args.protocol, "seed": args.seed}
    show(args, data, result, head)


def warn_of_copies(data: Dataset) -> None:
    """Say so when recordings stand there twice: one may be in training and the other in test."""
    copies = len(data) - len({(one.label, one.digest) for one in data})
    if copies:
        say(
            f"Careful: {plural(copies, 'recording')} stand there twice, so a model may be tested "
            "on what it has learned. Delete the copies."
        )


def _show_k_fold(
    args: argparse.Namespace, data: Dataset, result: Evaluation, head: dict[str, Any]
) -> None:
    if args.json:
        _print_cross_validation_json(result, {**head, "folds": args.folds})
        return
    _print_cross_validation(
        result,
        f"Stratified {args.folds}-fold cross-validation of {head['dataset']}: "
        f"{len(result.truth)} recordings, seed {args.seed}.\nInteger model, {BEST}; every "
        "recording was tested by a model that had not seen it.",
        f"Accuracy in each fold: {'  '.join(shares(*result.fold_accuracies))}",
    )
    if len(data.subjects) > 1:
        print(
            "\nThe same people were in training and test; new people may be recognised less often."
        )


def _show_leave_one_subject_out(
    args: argparse.Namespace, data: Dataset, result: Evaluation, head: dict[str, Any]
) -> None:
    people = dict(zip(data.subjects, result.fold_accuracies, strict=True))
    if args.json:
        _print_cross_validation_json(result, {**head, "people": people})
        return
    _print_cross_validation(
        result,
        f"Leave-one-subject-out of {head['dataset']}: {plural(len(people), 'person', 'people')}, "
        f"{len(result.truth)} recordings, seed {args.seed}.\nInteger model, {BEST}; every person "
        "was tested by a model that had never seen them.",
        "Accuracy for each person: "
        + ", ".join(f"{person} {accuracy:.3f}" for person, accuracy in people.items()),
    )
    if result.intervals.drawn == "recording":
        print(
            f"\n{plural(len(people), 'person', 'people')} are too few to tell how much the next "
            "one may differ: the intervals are those of these people."
        )


def _show_few_shot(
    args: argparse.Namespace, data: Dataset, result: Evaluation, head: dict[str, Any]
) -> None:
    if args.json:
        _print_cross_validation_json(result, {**head, "shots": args.shots, "draws": DRAWS})
        return
    _print_cross_validation(
        result,
        f"Few-shot: {args.shots} recordings of each label of {head['dataset']} train, all others "
        f"test; {DRAWS} draws, seed {args.seed}.\nInteger model, {BEST}. A recording counts once "
        "for each draw that it is tested in.",
        f"Accuracy in each draw: {'  '.join(shares(*result.fold_accuracies))}",
    )


def _show_learning_curve(
    args: argparse.Namespace,
    data: Dataset,
    curve: dict[int, Evaluation],
    head: dict[str, Any],
) -> None:
    if args.json:
        points = [
            {
                "shots": shots,
                "accuracy": one.scores.accuracy,
                "macro_f1": one.scores.macro_f1,
                "float_accuracy": one.scores_float.accuracy,
                "intervals": one.intervals.as_json(),
            }
            for shots, one in curve.items()
        ]
        print_json({**head, "draws": CURVE_DRAWS, "curve": points})
        return
    print(
        f"Learning curve of {head['dataset']}: so many recordings of each label train, all others "
        f"test; {CURVE_DRAWS} draws, seed {args.seed}.\nInteger model, {BEST}.\n"
    )
    rows = []
    for shots, one in curve.items():
        accuracy, spread = one.scores.accuracy, one.intervals.accuracy
        interval = f"{spread.low:.3f} to {spread.high:.3f}"
        others = shares(one.scores.macro_f1, one.scores_float.accuracy)
        rows.append([shots, bar(accuracy), *shares(accuracy), interval, *others])
    print_table(["of each label", "", "accuracy", "95 % interval", "macro F1", "float"], rows, 2)
    print(f"\n{LUCK_OF_THE_DRAW}")


def _show_unknown(
    args: argparse.Namespace, data: Dataset, result: UnknownTest, head: dict[str, Any]
) -> None:
    if args.json:
        labels = {label: one.as_json() for label, one in result.labels.items()}
        print_json({**head, "folds": args.folds, "all": result.all.as_json(), "labels": labels})
        return
    print(
        f"Unknown: each label of {head['dataset']} in turn is left out of training, and should "
        f"then be called unknown; {args.folds} folds, seed {args.seed}.\nInteger model. Known "
        "recordings were asked of models that had not seen them, and count once for each model.\n"
    )
    print_unknown([*result.labels.items(), ("all together", result.all)])


def _print_cross_validation(result: Evaluation, head: str, folds: str) -> None:
    print(f"{head}\n")
    print_scores(result.scores, {})
    print()
    print_comparison(
        [
            (f"integers, {BEST}", result.scores),
            (f"integers, {WITH_UNKNOWN}", result.scores_with_unknown),
            (f"float, {BEST}", result.scores_float),
        ]
    )
    print(f"\n{folds}")
    print_intervals(result.intervals, len(result.truth))
    if result.drawn == "draw":
        print(LUCK_OF_THE_DRAW)
    print()
    print_calibration(result.calibration, result.calibration_float)


def _print_cross_validation_json(result: Evaluation, head: dict[str, Any]) -> None:
    print_json(
        {
            **head,
            "fold_accuracies": result.fold_accuracies,
            "integer": result.scores_with_unknown.as_json(),
            "integer_top_1": result.scores.as_json(),
            "float_top_1": result.scores_float.as_json(),
            "intervals": result.intervals.as_json(),
            "calibration": {
                "integer": result.calibration.as_json(),
                "float": result.calibration_float.as_json(),
            },
        }
    )


Run = Callable[[argparse.Namespace, Dataset, dict[str, Any]], Any]
Show = Callable[[argparse.Namespace, Dataset, Any, dict[str, Any]], None]
_PROTOCOLS: dict[str, tuple[Run, Show]] = {
    "k-fold": (
        lambda args, data, settings: cross_validate(data, args.folds, **settings),
        _show_k_fold,
    ),
    "few-shot": (
        lambda args, data, settings: few_shot(data, args.shots, **settings),
        _show_few_shot,
    ),
    "leave-one-subject-out": (
        lambda args, data, settings: leave_one_subject_out(data, **settings),
        _show_leave_one_subject_out,
    ),
    "unknown": (
        lambda args, data, settings: leave_one_label_out(data, args.folds, **settings),
        _show_unknown,
    ),
    "learning-curve": (
        lambda args, data, settings: learning_curve(data, **settings),
        _show_learning_curve,
    ),
}
PROTOCOLS = [*_PROTOCOLS]
