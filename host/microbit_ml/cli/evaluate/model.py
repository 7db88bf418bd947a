"""``evaluate MODEL DATASET``: test a model on recordings, and optionally a second model."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from microbit_ml.cli.evaluate.screen import (
    TOP_1,
    WITH_UNKNOWN,
    print_calibration,
    print_comparison,
    print_intervals,
    print_mcnemar,
    print_scores,
    print_simulated,
    print_unknown,
)
from microbit_ml.common.wording import command, some_of
from microbit_ml.console.screen import plural, print_json, say, write
from microbit_ml.evaluate.model_on_data import ModelTest
from microbit_ml.metrics import McNemar
from microbit_ml.model import Model
from microbit_ml.recordings.formats.any_file import read_source


@dataclass(frozen=True)
class _Tested:
    """A test, and the path of its model."""

    path: Path
    test: ModelTest


def evaluate_model(args: argparse.Namespace) -> None:
    """Test a model, and optionally a second one, on the recordings of a data set."""
    model_path, data_path = args.paths
    paths = [model_path, args.against] if args.against else [model_path]
    models = [Model.load(path) for path in paths]
    data = read_source(data_path)
    tested, *others = (
        _Tested(path, ModelTest.of(model, data, str(data_path)))
        for path, model in zip(paths, models, strict=True)
    )
    second = others[0] if others else None
    test = None
    if second:
        test = tested.test.against(second.test, (str(tested.path), str(second.path)))
    if args.json:
        simulated = {"model": models[0].n_simulated, "dataset": data.n_simulated}
        _print_model_json(tested, data_path, simulated, second, test)
        return
    _print_model(tested, data_path)
    print_simulated(data, models[0])
    if second and test:
        write(f"\nCompared with {second.path}, {TOP_1}:\n")
        print_comparison([(str(one.path), one.test.known.scores) for one in (tested, second)])
        write()
        print_mcnemar(test, str(tested.path), str(second.path))
        if second.test.seen:
            write(f"Careful: {second.path} was trained on {second.test.seen} of these recordings.")
    if tested.test.without_label:
        say(f"Left out: {plural(tested.test.without_label, 'recording')} without a label.")


def _print_model_json(
    tested: _Tested,
    data_path: Path,
    simulated: dict[str, int],
    second: _Tested | None,
    test: McNemar | None,
) -> None:
    known, unknown = tested.test.known, tested.test.unknown
    report: dict[str, object] = {
        "model": str(tested.path),
        "dataset": str(data_path),
        "recordings": len(known),
        "seen_in_training": tested.test.seen,
        "simulated": simulated,
        "integer": known.scores_with_unknown.as_json(),
        "integer_top_1": known.scores.as_json(),
        "float_top_1": known.scores_float.as_json(),
        "other_labels": {
            label: {"recordings": sum(row), "unknown": row[-1]}
            for label, row in tested.test.confusion_of_others.items()
        },
        "without_label": tested.test.without_label,
        "intervals": known.intervals.as_json(),
        "calibration": {
            "integer": known.calibration.as_json(),
            "float": known.calibration_float.as_json(),
        },
        "out_of_distribution": unknown and unknown.as_json(),
    }
    if second and test:
        report["against"] = {
            "model": str(second.path),
            "seen_in_training": second.test.seen,
            "integer_top_1": second.test.known.scores.as_json(),
            "mcnemar": test.as_json(),
        }
    print_json(report)


def _print_model(tested: _Tested, data_path: Path) -> None:
    known, unknown = tested.test.known, tested.test.unknown
    others = tested.test.confusion_of_others
    write(
        f"Integer model {tested.path}, as on the board, on {plural(len(known), 'recording')} of "
        f'{data_path}. "Unknown" counts as wrong.\n'
    )
    print_scores(known.scores_with_unknown, others)
    write()
    print_comparison(
        [
            (f"integers, {WITH_UNKNOWN}", known.scores_with_unknown),
            (f"integers, {TOP_1}", known.scores),
            (f"float, {TOP_1}", known.scores_float),
        ]
    )
    write()
    print_intervals(known.intervals, len(known))
    write()
    print_calibration(known.calibration, known.calibration_float)
    if unknown:
        total = len(tested.test.other)
        rejected = sum(row[-1] for row in others.values())
        write(
            f"\nThe model does not know {', '.join(others)}. It rightly rejected {rejected} of "
            f"{plural(total, 'such recording')} as unknown. These are not in the scores above.\n"
        )
        print_unknown([(", ".join(others), unknown)])
    if tested.test.seen:
        write(
            "\nCareful: the model was trained on "
            f"{some_of(tested.test.seen, len(known), 'recording')}. Expect it to do worse on new "
            "ones.\nFor an honest score, test it on other recordings, or run: "
            f"{command('evaluate', '--protocol', 'k-fold', data_path)}"
        )
