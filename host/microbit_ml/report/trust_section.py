"""How far to trust the model's answers: calibration, unknown, new recordings, quantization."""

from __future__ import annotations

from microbit_ml.common.wording import percent, plural
from microbit_ml.pages import Page, as_is
from microbit_ml.quantize import FloatModel
from microbit_ml.report.evidence import Evidence
from microbit_ml.report.learning_section import add_scores
from microbit_ml.report.pictures import confusion, reliability
from microbit_ml.report.words import named

FLOAT_BYTES = 4  # of a 32-bit float, in which networks are usually computed


def add_calibration(page: Page, evidence: Evidence) -> None:
    """The reliability diagram."""
    held = evidence.held_out
    if held is None:
        return
    page.heading("Is it as sure as it should be?")
    page.paragraph(
        "When a good weather forecast says “80% chance of rain”, it rains on 8 of 10 such days. It "
        "is the same with a model: of the answers with a probability of 80%, 8 in 10 should be "
        "right. Then it is **well calibrated**."
    )
    table = held.calibration
    page.figure(
        reliability(table),
        "Calibration: the probability of the answers for held-out recordings, and how often they "
        "were right. Below the line the model is overconfident, above it underconfident",
    )
    page.table(
        ["probability", "recordings", "mean probability", "right"],
        [
            [
                f"{one.low:.0%} to {one.high:.0%}",
                one.n,
                f"{one.confidence:.0%}",
                f"{one.accuracy:.0%}",
            ]
            for one in table.bins
            if one.n
        ],
        "The points in numbers. A point with few recordings tells you little",
    )
    page.paragraph(
        f"On average, the points are {table.error:.0%} away from the line. That is the expected "
        f"calibration error. Overall, the model is {held.probability.mean():.0%} sure of its "
        f"answers, and {held.is_right.mean():.0%} of them are right."
    )


def add_unknown(page: Page, evidence: Evidence) -> None:
    """The false-accept rates of the threshold for unknown, and which names negatives get."""
    page.heading("When it answers “unknown”")
    page.paragraph(
        "Show the model a movement unlike any that it was trained on, and it should answer "
        "“unknown”. Such a movement is **out-of-distribution**, like a French question in a maths "
        "test. A threshold decides how strict the model is, and you can choose it. A strict one "
        "also rejects real gestures. A loose one also lets other movements through."
    )
    rates = evidence.model.metrics.get("false_accept_rates")
    chosen = evidence.model.provenance.get("settings", {}).get("accept_known")
    if rates:
        page.table(
            ["gestures accepted", "random movements accepted", "chosen"],
            [
                [
                    f"{row['accept_known']:.0%}",
                    percent(row["false_accept_rate"]),
                    "this model" if row["accept_known"] == chosen else "",
                ]
                for row in rates
            ],
            "The choice you make with `--accept-known` when training. The middle column is the "
            "**false-accept rate**: how many random movements get the name of a gesture",
            left=0,
        )
    for label, shift in evidence.shifts.items():
        page.note(
            f"After training, the threshold of {named(label)} was moved by {shift:+d} with "
            "`evaluate --prefer`. The table above shows the model before that. The rest of this "
            "page shows it as it is now."
        )
    predicted = evidence.negative_predictions
    page.table(
        ["answer", "of 1000 movements" if len(predicted) == 1000 else "movements"],
        [
            ["unknown, as it should be", predicted.count(None)],
            *([as_is(label), predicted.count(label)] for label in evidence.model.labels),
        ],
        "What this model predicts for random movements that a computer made up. None of them is a "
        "gesture",
    )


def add_integers(page: Page, evidence: Evidence) -> None:
    """The quantized network beside the float network; other models have few decimal numbers."""
    if not isinstance(evidence.model.fitted, FloatModel):
        return
    page.heading("The price of whole numbers")
    model = evidence.model
    page.paragraph(
        "The network learns with decimal numbers. A micro:bit has little memory and is slow at "
        "computing with them, so they are rounded to small whole numbers: each weight becomes one "
        "byte, from -127 to 127. This is called **quantization**."
    )
    parameters = model.fitted.n_parameters
    page.table(
        ["measure", "decimal numbers", "whole numbers"],
        [
            *_scores_beside(evidence),
            [
                "bytes",
                f"{FLOAT_BYTES * parameters:,} (the network alone)",
                f"{len(model.device_bytes()):,} (the whole model)",
            ],
        ],
        "The same network both ways, on held-out recordings",
    )
    held = evidence.held_out
    if held is not None:
        differ = int((held.best_index != held.best_float_index).sum())
        page.paragraph(
            "Both ways give the same answer for every held-out recording."
            if not differ
            else f"The two answers differ for {differ} of {plural(len(held), 'recording')}."
        )


def _scores_beside(evidence: Evidence) -> list[list[str]]:
    integer, real = evidence.top1_scores, evidence.top1_scores_float
    if integer is None or real is None:
        return []
    return [
        ["right", *(f"{one.right} of {one.recordings}" for one in (real, integer))],
        ["mean F1 (macro F1)", *(f"{one.macro_f1:.3f}" for one in (real, integer))],
    ]


def add_new_recordings(page: Page, evidence: Evidence) -> None:
    """The model on recordings that it was not trained on, if DATASET has any."""
    if not evidence.new and not evidence.ood:
        return
    page.heading("On new recordings")
    model, new = evidence.model, evidence.new
    if new:
        scores = evidence.new_scores
        page.paragraph(
            f"In {as_is(evidence.folder)}, {plural(len(new), 'recording')} "
            f"{'shows a gesture' if len(new) == 1 else 'show gestures'} that the model knows, but "
            f"it was not trained on {'it' if len(new) == 1 else 'them'}. **On the board, it would "
            f"get {scores.right} of {scores.recordings} right: {percent(scores.accuracy)}.** "
            "There, “unknown” counts as wrong."
        )
        page.figure(
            confusion(scores, "New recordings, as on the board"),
            "The confusion matrix: a row for each gesture that was made, a column for each answer",
        )
        add_scores(page, scores, "New recordings, as on the board: “unknown” counts as wrong")
    if evidence.ood:
        n, n_unknown = len(evidence.ood), model.predict(evidence.ood).labels.count(None)
        labels = ", ".join(sorted({named(one.label) for one in evidence.ood if one.label}))
        page.paragraph(
            f"In {as_is(evidence.folder)}, {plural(n, 'recording')} "
            f"{'shows a movement' if n == 1 else 'show movements'} that the model doesn't know "
            f"({labels or 'without a label'}). It should answer “unknown” every time. It does so "
            f"for {n_unknown} of {n}."
        )
