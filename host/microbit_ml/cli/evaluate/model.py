"""``evaluate MODEL DATASET``: a model on recordings, and perhaps a second model beside it."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from microbit_ml.cli.evaluate.screen import (
    BEST,
    WITH_UNKNOWN,
    print_calibration,
    print_comparison,
    print_intervals,
    print_mcnemar,
    print_scores,
    print_unknown,
)
from microbit_ml.console.screen import plural, print_json, say
from microbit_ml.errors import DataError
from microbit_ml.metrics import (
    Calibration,
    Intervals,
    McNemar,
    Scores,
    UnknownScores,
    bootstrap,
    calibration,
    mcnemar,
    score,
    sureness,
    unknown_scores,
)
from microbit_ml.metrics.calibration import score_step
from microbit_ml.model import Model, Prediction
from microbit_ml.recordings import Dataset, Recording
from microbit_ml.recordings.formats.any_file import read_source


@dataclass(frozen=True, eq=False)
class ModelTest:
    """A model and what it said of recordings.

    known, strange: recordings of labels that it knows and of others; others: for each of these
    labels how often it was called what, unknown last; seen: how many of the known it was trained
    on; told_apart: known against strange, if there are any.
    """

    path: Path
    known: list[Recording]
    strange: list[Recording]
    integer: Prediction
    real: Prediction
    called: Scores
    best: Scores
    best_float: Scores
    calibration: Calibration
    calibration_float: Calibration
    others: dict[str, list[int]]
    told_apart: UnknownScores | None
    seen: int

    @classmethod
    def of(cls, path: Path, model: Model, data: Dataset, data_path: Path) -> ModelTest:
        """Ask the model, loaded from ``path``, about the data."""
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
        of_strange = model.predict(strange) if strange else None
        sure = sureness(integer.scores, score_step(model.network))
        return cls(
            path=path,
            known=known,
            strange=strange,
            integer=integer,
            real=real,
            called=score(truth, integer.labels, model.labels),
            best=score(truth, integer.best, model.labels),
            best_float=score(truth, real.best, model.labels),
            calibration=calibration(sure, _right(truth, integer.best)),
            calibration_float=calibration(sureness(real.scores), _right(truth, real.best)),
            others=_confusion_of_others(model, strange, of_strange),
            told_apart=(
                unknown_scores(integer.confidence, of_strange.confidence) if of_strange else None
            ),
            seen=_seen_in_training(model, known),
        )

    @property
    def truth(self) -> list[str]:
        """The labels of the known recordings."""
        return [recording.label for recording in self.known]


def evaluate_model(args: argparse.Namespace) -> None:
    """Test a model, and perhaps a second one, on the recordings of a data set."""
    model_path, data_path = args.paths
    paths = [model_path, args.against] if args.against else [model_path]
    models = [Model.load(path) for path in paths]
    data = read_source(data_path)
    tested, *others = (
        ModelTest.of(path, model, data, data_path)
        for path, model in zip(paths, models, strict=True)
    )
    second = others[0] if others else None
    test = _compared(tested, second) if second else None
    if args.json:
        _print_model_json(tested, data, data_path, second, test)
        return
    _print_model(tested, data_path)
    if second and test:
        print(f"\nAgainst {second.path}, best known class:\n")
        print_comparison([(str(tested.path), tested.best), (str(second.path), second.best)])
        print()
        print_mcnemar(test, str(tested.path), str(second.path))
        if second.seen:
            print(f"Careful: {second.path} was trained on {second.seen} of these recordings.")
    without_label = sum(not recording.label for recording in data)
    if without_label:
        say(f"Left out, for want of a label: {plural(without_label, 'recording')}.")


def _compared(first: ModelTest, second: ModelTest) -> McNemar:
    """McNemar's test on the recordings whose labels both models know."""
    rows = [i for i, recording in enumerate(first.known) if recording.label in second.best.labels]
    if len(rows) != len(first.known) or len(rows) != len(second.known):
        raise DataError(
            f"{first.path} knows {', '.join(first.best.labels)}, but {second.path} "
            f"{', '.join(second.best.labels)}. Only models of the same labels can be compared."
        )
    return mcnemar(first.truth, first.integer.best, second.integer.best)


def _print_model_json(
    tested: ModelTest,
    data: Dataset,
    data_path: Path,
    second: ModelTest | None,
    test: McNemar | None,
) -> None:
    report: dict[str, object] = {
        "model": str(tested.path),
        "dataset": str(data_path),
        "recordings": len(tested.known),
        "seen_in_training": tested.seen,
        "integer": tested.called.as_json(),
        "integer_best_known": tested.best.as_json(),
        "float_best_known": tested.best_float.as_json(),
        "other_labels": {
            label: {"recordings": sum(row), "unknown": row[-1]}
            for label, row in tested.others.items()
        },
        "without_label": sum(not recording.label for recording in data),
        "intervals": _intervals(tested).as_json(),
        "calibration": {
            "integer": tested.calibration.as_json(),
            "float": tested.calibration_float.as_json(),
        },
        "told_apart": tested.told_apart and tested.told_apart.as_json(),
    }
    if second and test:
        report["against"] = {
            "model": str(second.path),
            "seen_in_training": second.seen,
            "integer_best_known": second.best.as_json(),
            "mcnemar": test.as_json(),
        }
    print_json(report)


def _print_model(tested: ModelTest, data_path: Path) -> None:
    n_known = len(tested.known)
    print(
        f"Integer model {tested.path} on {n_known} recordings of {data_path}, as on the board: "
        "unknown counts as wrong.\n"
    )
    print_scores(tested.called, tested.others)
    print()
    print_comparison(
        [
            (f"integers, {WITH_UNKNOWN}", tested.called),
            (f"integers, {BEST}", tested.best),
            (f"float, {BEST}", tested.best_float),
        ]
    )
    print()
    print_intervals(_intervals(tested), len(tested.known))
    print()
    print_calibration(tested.calibration, tested.calibration_float)
    if tested.told_apart:
        total = len(tested.strange)
        rejected = sum(row[-1] for row in tested.others.values())
        print(
            f"\nThe model does not know {', '.join(tested.others)}: {rejected} of these "
            f"{plural(total, 'recording')} called unknown, which is right. Not in the scores.\n"
        )
        print_unknown([(", ".join(tested.others), tested.told_apart)])
    if tested.seen:
        print(
            f"\nCareful: {tested.seen} of these {plural(n_known, 'recording')} were used to train "
            "the model, so it will do worse on new ones.\nFor an honest number, test on other "
            "recordings, or: microbit-ml evaluate --protocol k-fold DATASET"
        )


def _intervals(tested: ModelTest) -> Intervals:
    people = [recording.subject for recording in tested.known]
    return bootstrap(tested.truth, tested.integer.best, people)


def _right(truth: Sequence[str], called: Sequence[str]) -> list[bool]:
    return [t == c for t, c in zip(truth, called, strict=True)]


def _confusion_of_others(
    model: Model, strange: Sequence[Recording], says: Prediction | None
) -> dict[str, list[int]]:
    """For labels that the model does not know: how often each was called what; unknown is last."""
    if says is None:
        return {}
    counts = Counter(
        (recording.label, called) for recording, called in zip(strange, says.labels, strict=True)
    )
    return {
        label: [counts[label, called] for called in (*model.labels, None)]
        for label in sorted({recording.label for recording in strange})
    }


def _seen_in_training(model: Model, recordings: Sequence[Recording]) -> int:
    """How many of the recordings the model was trained on, by their digests."""
    trained_on = set(model.provenance.get("recordings", ()))
    return sum(recording.digest in trained_on for recording in recordings)
