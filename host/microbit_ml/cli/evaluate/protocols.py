"""``evaluate --protocol``: test a way of training on a data set, without a finished model."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from microbit_ml.cli.evaluate.screen import (
    TOP_1,
    WITH_UNKNOWN,
    bar,
    print_calibration,
    print_comparison,
    print_intervals,
    print_scores,
    print_simulated,
    print_unknown,
    three_digits,
)
from microbit_ml.cli.training_arguments import training_settings
from microbit_ml.console.screen import plural, print_json, print_table, progress_bar, say, write
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
    "The interval shows only the luck of the draw: how much the choice of training recordings "
    "matters."
)
SAME_PEOPLE = "The same people were in training and test. New people may be recognised less often."


def evaluate_by_protocol(args: argparse.Namespace) -> None:
    """Run the requested protocol and print its result."""
    (path,) = args.paths
    data = read_source(path)
    warn_of_copies(data)
    run, show = _PROTOCOLS[args.protocol]
    settings = {"seed": args.seed, **training_settings(args)}
    with progress_bar(args.protocol, 1) as update:  # the number of steps is known once it runs
        settings["progress"] = lambda done, steps: update(done, "steps", steps)
        result = run(args, data, settings)
    head = {"dataset": str(path), "protocol": args.protocol, "seed": args.seed}
    head["simulated"] = data.n_simulated
    show(args, data, result, head)
    if not args.json:
        print_simulated(data)


def warn_of_copies(data: Dataset) -> None:
    """Warn of copies: one may be in the training set and the other in the test set."""
    copies = len(data) - len({(one.label, one.digest) for one in data})
    if copies:
        are = "is" if copies == 1 else "are"
        say(
            f"Careful: {plural(copies, 'recording')} {are} listed twice, so a model may "
            "be tested on what it has learned. Delete the copies."
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
        f"{len(result.truth)} recordings, seed {args.seed}.\nInteger model, {TOP_1}. Each "
        "recording was tested by a model that had not seen it.",
        f"Accuracy in each fold: {'  '.join(three_digits(*result.fold_accuracies))}",
    )
    if len(data.subjects) > 1:
        write(f"\n{SAME_PEOPLE}")


def _show_leave_one_subject_out(
    args: argparse.Namespace, data: Dataset, result: Evaluation, head: dict[str, Any]
) -> None:
    people = dict(zip(data.subjects, result.fold_accuracies, strict=True))
    if args.json:
        _print_cross_validation_json(result, {**head, "people": people})
        return
    _print_cross_validation(
        result,
        f"Leave-one-subject-out on {head['dataset']}: {plural(len(people), 'person', 'people')}, "
        f"{len(result.truth)} recordings, seed {args.seed}.\nInteger model, {TOP_1}. Each person "
        "was tested by a model that had never seen them.",
        "Accuracy for each person: "
        + ", ".join(f"{person} {accuracy:.3f}" for person, accuracy in people.items()),
    )
    if result.intervals.drawn == "recording":
        write(
            f"\nWith only {plural(len(people), 'person', 'people')}, we can't tell how different "
            "the next one will be. The intervals hold for these people only."
        )


def _show_few_shot(
    args: argparse.Namespace, data: Dataset, result: Evaluation, head: dict[str, Any]
) -> None:
    if args.json:
        _print_cross_validation_json(result, {**head, "shots": args.shots, "draws": DRAWS})
        return
    _print_cross_validation(
        result,
        f"Few-shot on {head['dataset']}: trained on {args.shots} recordings of each label, tested "
        f"on all the others; {DRAWS} draws, seed {args.seed}.\nInteger model, {TOP_1}. A recording "
        "counts once for each draw that tests it.",
        f"Accuracy in each draw: {'  '.join(three_digits(*result.fold_accuracies))}",
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
    write(
        f"Learning curve of {head['dataset']}: trained on more and more recordings of each label, "
        f"tested on all the others; {CURVE_DRAWS} draws, seed {args.seed}.\nInteger model, "
        f"{TOP_1}.\n"
    )
    rows = []
    for shots, one in curve.items():
        accuracy, interval = one.scores.accuracy, one.intervals.accuracy
        others = three_digits(one.scores.macro_f1, one.scores_float.accuracy)
        low_to_high = f"{interval.low:.3f} to {interval.high:.3f}"
        rows.append([shots, bar(accuracy), *three_digits(accuracy), low_to_high, *others])
    print_table(["per label", "", "accuracy", "95% interval", "macro F1", "float"], rows, 2)
    write(f"\n{LUCK_OF_THE_DRAW}")


def _show_unknown(
    args: argparse.Namespace, data: Dataset, result: UnknownTest, head: dict[str, Any]
) -> None:
    if args.json:
        labels = {label: one.as_json() for label, one in result.labels.items()}
        print_json({**head, "folds": args.folds, "all": result.all.as_json(), "labels": labels})
        return
    write(
        f"Unknown: each label of {head['dataset']} in turn is left out of training, and should "
        f"then be rejected as unknown; {args.folds} folds, seed {args.seed}.\nInteger model. Known "
        "recordings were tested by models that had not seen them, and count once for each model.\n"
    )
    print_unknown([*result.labels.items(), ("all together", result.all)])


def _print_cross_validation(result: Evaluation, head: str, folds: str) -> None:
    write(f"{head}\n")
    print_scores(result.scores, {})
    write()
    print_comparison(
        [
            (f"integers, {TOP_1}", result.scores),
            (f"integers, {WITH_UNKNOWN}", result.scores_with_unknown),
            (f"float, {TOP_1}", result.scores_float),
        ]
    )
    write(f"\n{folds}")
    print_intervals(result.intervals, len(result.truth))
    if result.drawn == "draw":
        write(LUCK_OF_THE_DRAW)
    write()
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
