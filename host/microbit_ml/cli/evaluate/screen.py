"""The screens of ``evaluate``: tables of scores, and a sentence where a table is not enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from microbit_ml.console.screen import print_table, write
from microbit_ml.metrics import Calibration, Intervals, McNemar, Scores, UnknownScores
from microbit_ml.metrics.significance import least_accuracy
from microbit_ml.model import Model
from microbit_ml.recordings import Recording
from microbit_ml.recordings.simulated_people import about_test

TOP_1 = "top-1 class"
WITH_UNKNOWN = "with unknown"
BAR = 20  # characters of a full bar


def three_digits(*values: float) -> list[str]:
    """Numbers from 0 to 1 with three digits."""
    return [f"{value:.3f}" for value in values]


def bar(fraction: float, mark: float | None = None) -> str:
    """A fraction as a bar of at most 20 characters; ``|`` marks its target."""
    text = "#" * round(BAR * fraction)
    if mark is None:
        return text
    position = min(round(BAR * mark), BAR)
    return text[:position].ljust(position) + "|" + text[position:]


def print_scores(scores: Scores, others: Mapping[str, Sequence[int]]) -> None:
    """The confusion matrix, with a row for each label in ``others``, and each label's scores."""
    with_unknown = bool(scores.unknown or any(row[-1] for row in others.values()))
    rows = [
        *zip(scores.labels, scores.confusion.tolist(), strict=True),
        *((f"{label} (not known)", row) for label, row in others.items()),
    ]
    end = None if with_unknown else -1
    print_table(
        ["actual \\ predicted", *scores.labels, *(["unknown"] if with_unknown else [])],
        [[label, *row[:end]] for label, row in rows],
    )
    write()
    print_table(
        ["label", "precision", "recall", "F1", "recordings"],
        [
            *(
                [one.label, *three_digits(one.precision, one.recall, one.f1), one.support]
                for one in scores.classes
            ),
            [
                "mean over labels (macro)",
                *three_digits(scores.macro_precision, scores.macro_recall, scores.macro_f1),
                scores.recordings,
            ],
        ],
    )


def print_comparison(rows: Sequence[tuple[str, Scores]]) -> None:
    """Models, or the forms of one model, side by side."""
    print_table(
        ["", "accuracy", "balanced", "macro F1", "right", "unknown"],
        [
            [
                name,
                *three_digits(one.accuracy, one.balanced_accuracy, one.macro_f1),
                f"{one.right}/{one.recordings}",
                one.unknown,
            ]
            for name, one in rows
        ],
    )


def print_intervals(intervals: Intervals, n: int) -> None:
    """How much of the scores on n recordings may be luck: confidence intervals.

    If all are right, the accuracy's is that of Clopper and Pearson (``metrics.significance``).
    """
    accuracy, macro_f1 = intervals.accuracy, intervals.macro_f1
    write(
        f"Integers, {TOP_1}, 95% confidence intervals (bootstrap by {intervals.drawn}): accuracy "
        f"{accuracy.low:.3f} to {accuracy.high:.3f}, macro F1 "
        f"{macro_f1.low:.3f} to {macro_f1.high:.3f}."
    )
    if macro_f1.low == macro_f1.high == 1.0:
        write(
            f"{n} of {n} right does not mean that it never makes a mistake: part of this is luck. "
            f"The true accuracy may be as low as {least_accuracy(n):.3f}."
        )


def print_calibration(integer: Calibration, real: Calibration) -> None:
    """The reliability diagram of the integer model, as a table with bars."""
    write(
        "Calibration: is it right as often as its probabilities promise? Expected calibration "
        f"error: integers {integer.error:.3f}, float {real.error:.3f} (0 is best).\n"
    )
    rows = [one for one in integer.bins if one.n]
    print_table(
        ["probability", "accuracy #, ideal |", "mean probability", "accuracy", "recordings"],
        [
            [
                f"{one.low:.1f} to {one.high:.1f}",
                bar(one.accuracy, one.confidence),
                *three_digits(one.confidence, one.accuracy),
                one.n,
            ]
            for one in rows
        ],
        left=2,
    )


def print_unknown(tests: Sequence[tuple[str, UnknownScores]]) -> None:
    """Known against unknown labels, a row for each test."""
    fraction = f"at {tests[0][1].fraction:.0%} known"
    print_table(
        ["unknown label", "AUROC", "known accepted", "false accepts", fraction, "known", "unknown"],
        [
            [
                name,
                *three_digits(one.auroc, one.known_accept_rate, one.false_accept_rate),
                *three_digits(one.false_accept_rate_at_fraction),
                one.known,
                one.unknown,
            ]
            for name, one in tests
        ],
    )


def print_mcnemar(test: McNemar, first: str, second: str) -> None:
    """Whether two models differ by more than luck."""
    verdict = "is hardly luck" if test.significant else "may be just luck"
    write(
        f"Right only with {first}: {test.only_first}. Right only with {second}: "
        f"{test.only_second}. The difference {verdict} (McNemar's exact test: p = {test.p:.3g}; "
        f"chi-square {test.chi_square:.2f}, p = {test.p_chi_square:.3g})."
    )


def print_simulated(recordings: Iterable[Recording], model: Model | None = None) -> None:
    """Report simulated people, not real ones, among those of a test, and of its model if any."""
    tested = [one.is_simulated for one in recordings]
    trained = (model.n_simulated, len(model.trained_on)) if model else (0, 0)
    if remark := about_test(trained, (sum(tested), len(tested))):
        write(f"\n{remark}")
