"""``evaluate`` and ``predict``: what a model says, and how often it is right."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from microbit_ml.cli.judge_streams import (
    MAX_MINUTES,
    MIN_MINUTES,
    MINUTES,
    add_stream_arguments,
    evaluate_model_streams,
    evaluate_streams_protocol,
)
from microbit_ml.cli.learn import (
    add_training_arguments,
    differs_from_defaults,
    training_settings,
)
from microbit_ml.cli.screen import plural, print_json, print_table, progress_bar, say
from microbit_ml.cli.sources import read_source
from microbit_ml.errors import DataError
from microbit_ml.evaluate import Scores, cross_validate, score
from microbit_ml.model import Model, Prediction
from microbit_ml.recordings import Dataset, Recording

BEST = "best known class"
FOLDS = 5
WITH_UNKNOWN = "with unknown"


def add_evaluate_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``evaluate``."""
    parser.usage = (
        "microbit-ml evaluate [--json] MODEL DATASET\n"
        "       microbit-ml evaluate --streams [--minutes M] [--json] MODEL [DATASET]\n"
        "       microbit-ml evaluate --protocol k-fold|streams [--folds N] [--json] DATASET"
    )
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="MODEL DATASET",
        help="a .mbml file, and the recordings to test it on (a data set's folder or a file)",
    )
    parser.add_argument(
        "--protocol",
        choices=["k-fold", "streams"],
        help="train models on parts of the data set and test each on the rest, instead of MODEL; "
        "streams: the rest between walking and fidgeting, whole people held out where known",
    )
    parser.add_argument(
        "--folds", type=int, default=FOLDS, metavar="N", help="parts of the data set (default 5)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON for a program")
    add_stream_arguments(parser)
    add_training_arguments(parser)
    parser.set_defaults(usage_error=parser.error)


def evaluate(args: argparse.Namespace) -> None:
    """Test a model on recordings, or a way of training by a protocol."""
    _check_usage(args)
    if args.protocol == "streams":
        evaluate_streams_protocol(args)
    elif args.protocol:
        _evaluate_k_fold(args)
    elif args.streams:
        evaluate_model_streams(args)
    else:
        _evaluate_model(args)


def _check_usage(args: argparse.Namespace) -> None:
    """Exit as argparse does when paths and options do not fit together."""
    wanted = ["DATASET"] if args.protocol else ["MODEL", "DATASET"]
    enough = (1, 2) if args.streams and not args.protocol else (len(wanted),)
    if len(args.paths) not in enough:
        given = " and ".join(map(str, args.paths))
        args.usage_error(f"give {' and '.join(wanted)}, not {given}")
    if args.protocol and args.streams:
        args.usage_error("--streams goes with MODEL; with DATASET alone: --protocol streams")
    if not args.protocol and (args.folds != FOLDS or differs_from_defaults(args)):
        args.usage_error("--folds and the settings of training go with --protocol")
    plays = args.streams or args.protocol == "streams"
    if not plays and (args.minutes != MINUTES or args.background):
        args.usage_error("--minutes and --background go with --streams or --protocol streams")
    if not MIN_MINUTES <= args.minutes <= MAX_MINUTES:
        args.usage_error(f"--minutes is {MIN_MINUTES:g} to {MAX_MINUTES:g}, not {args.minutes:g}")


def _evaluate_model(args: argparse.Namespace) -> None:
    model_path, data_path = args.paths
    model = Model.load(model_path)
    data = read_source(data_path)
    labelled = [recording for recording in data if recording.label]
    known = [recording for recording in labelled if recording.label in model.labels]
    strange = [recording for recording in labelled if recording.label not in model.labels]
    if not known:
        raise DataError(
            f"{data_path} has no recording of what the model knows: {', '.join(model.labels)}. "
            f"Its labels: {', '.join(data.labels) or 'none'}."
        )
    truth = [recording.label for recording in known]
    integer, real = model.predict(known), model.predict_float(known)
    called = score(truth, integer.labels, model.labels)
    best = score(truth, integer.best, model.labels)
    best_float = score(truth, real.best, model.labels)
    others = _confusion_of_others(model, strange)
    seen = _seen_in_training(model, known)
    if args.json:
        print_json(
            {
                "model": str(model_path),
                "dataset": str(data_path),
                "recordings": len(known),
                "seen_in_training": seen,
                "integer": called.as_json(),
                "integer_best_known": best.as_json(),
                "float_best_known": best_float.as_json(),
                "other_labels": {
                    label: {"recordings": sum(row), "unknown": row[-1]}
                    for label, row in others.items()
                },
                "without_label": len(data) - len(labelled),
            }
        )
        return
    print(
        f"Integer model {model_path} on {len(known)} recordings of {data_path}, as on the board: "
        "unknown counts as wrong.\n"
    )
    _print_scores(called, others)
    print()
    _print_comparison(
        [
            (f"integers, {WITH_UNKNOWN}", called),
            (f"integers, {BEST}", best),
            (f"float, {BEST}", best_float),
        ]
    )
    if others:
        total = sum(sum(row) for row in others.values())
        rejected = sum(row[-1] for row in others.values())
        print(
            f"\nThe model does not know {', '.join(others)}: {rejected} of these "
            f"{plural(total, 'recording')} called unknown, which is right. Not in the scores."
        )
    if seen:
        print(
            f"\nCareful: {seen} of these {plural(len(known), 'recording')} were used to train the "
            "model, so it will do worse on new ones.\nFor an honest number, test on other "
            "recordings, or: microbit-ml evaluate --protocol k-fold DATASET"
        )
    if len(labelled) < len(data):
        left_out = plural(len(data) - len(labelled), "recording")
        say(f"Left out, for want of a label: {left_out}.")


def _evaluate_k_fold(args: argparse.Namespace) -> None:
    (data_path,) = args.paths
    data = read_source(data_path)
    with progress_bar("Cross-validation", args.folds) as update:
        result = cross_validate(
            data,
            args.folds,
            args.seed,
            lambda done, folds: update(done, "folds"),
            **training_settings(args),
        )
    best = result.scores
    if args.json:
        print_json(
            {
                "dataset": str(data_path),
                "protocol": "k-fold",
                "folds": args.folds,
                "seed": args.seed,
                "fold_accuracies": result.fold_accuracies,
                "integer": result.scores_called.as_json(),
                "integer_best_known": best.as_json(),
                "float_best_known": result.scores_float.as_json(),
            }
        )
        return
    print(
        f"Stratified {args.folds}-fold cross-validation of {data_path}: {best.recordings} "
        f"recordings, seed {args.seed}.\nInteger model, {BEST}; every recording was tested by a "
        "model that had not seen it.\n"
    )
    _print_scores(best, {})
    print()
    _print_comparison(
        [
            (f"integers, {BEST}", best),
            (f"integers, {WITH_UNKNOWN}", result.scores_called),
            (f"float, {BEST}", result.scores_float),
        ]
    )
    print(f"\nAccuracy in each fold: {'  '.join(f'{one:.3f}' for one in result.fold_accuracies)}")
    if len(data.subjects) > 1:
        print("The same people were in training and test; new people may be recognised less often.")


def _confusion_of_others(model: Model, strange: Sequence[Recording]) -> dict[str, list[int]]:
    """For labels that the model does not know: how often each was called what; unknown is last."""
    if not strange:
        return {}
    counts = Counter(
        (recording.label, called)
        for recording, called in zip(strange, model.predict(strange).labels, strict=True)
    )
    return {
        label: [counts[label, called] for called in (*model.labels, None)]
        for label in sorted({recording.label for recording in strange})
    }


def _seen_in_training(model: Model, recordings: Sequence[Recording]) -> int:
    """How many of the recordings the model was trained on, by their digests."""
    trained_on = set(model.provenance.get("recordings", ()))
    return sum(recording.digest in trained_on for recording in recordings)


def _print_scores(scores: Scores, others: dict[str, list[int]]) -> None:
    """The confusion matrix, with a row for each label in ``others``, and each label's scores."""
    with_unknown = bool(scores.unknown or any(row[-1] for row in others.values()))
    rows = [
        *zip(scores.labels, scores.confusion.tolist(), strict=True),
        *((f"{label} (not known)", row) for label, row in others.items()),
    ]
    end = None if with_unknown else -1
    print_table(
        ["is \\ was called", *scores.labels, *(["unknown"] if with_unknown else [])],
        [[label, *row[:end]] for label, row in rows],
    )
    print()
    print_table(
        ["label", "precision", "recall", "F1", "recordings"],
        [
            *(
                [one.label, *_shares(one.precision, one.recall, one.f1), one.support]
                for one in scores.classes
            ),
            [
                "mean of the labels (macro)",
                *_shares(scores.macro_precision, scores.macro_recall, scores.macro_f1),
                scores.recordings,
            ],
        ],
    )


def _print_comparison(rows: list[tuple[str, Scores]]) -> None:
    print_table(
        ["", "accuracy", "balanced", "macro F1", "right", "unknown"],
        [
            [
                name,
                *_shares(one.accuracy, one.balanced_accuracy, one.macro_f1),
                f"{one.right}/{one.recordings}",
                one.unknown,
            ]
            for name, one in rows
        ],
    )


def _shares(*values: float) -> list[str]:
    return [f"{value:.3f}" for value in values]


def add_predict_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``predict``."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a .mbml file")
    parser.add_argument(
        "source",
        type=Path,
        metavar="FILE-or-DATASET",
        help="a recording (.csv), a CreateAI or npz file, or a data set's folder",
    )
    parser.add_argument("--json", action="store_true", help="print JSON for a program")
    parser.add_argument(
        "--board",
        metavar="BOARD",
        help="let a board compute it: virtual:v1, virtual:v2, or a serial port; "
        "without it, this computer does, with the same integers",
    )


def predict(args: argparse.Namespace) -> None:
    """Print what the model says about each recording."""
    model = Model.load(args.model)
    data = read_source(args.source)
    prediction = _prediction(model, data, args.board)
    if args.json:
        print_json(
            [
                {
                    "recording": recording.path,
                    "label": prediction.labels[i],
                    "scores": prediction.scores[i].tolist(),
                    "confidence": int(prediction.confidence[i]),
                    "features": prediction.features[i].tolist(),
                }
                for i, recording in enumerate(data)
            ]
        )
        return
    print_table(
        ["recording", "says", "best known", "confidence", *(f"score {x}" for x in model.labels)],
        [
            [
                recording.path,
                prediction.labels[i] or "unknown",
                prediction.best[i],
                int(prediction.confidence[i]),
                *prediction.scores[i].tolist(),
            ]
            for i, recording in enumerate(data)
        ],
        left=3,
    )


def _prediction(model: Model, data: Dataset, board: str | None) -> Prediction:
    if board is None:
        return model.predict(data)
    from microbit_ml.board_predict import predict_on_board  # loads what talks to boards

    say(f"Sending {plural(len(data), 'window')} to {board} ...")
    with progress_bar("Predicting", len(data)) as update:
        return predict_on_board(
            model, model.windows(data), board, lambda done, n: update(done, "windows")
        )
