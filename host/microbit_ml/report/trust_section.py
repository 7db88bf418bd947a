"""How far to trust the model's answers: sureness, unknown, and what whole numbers cost."""

from __future__ import annotations

from microbit_ml.common.wording import plural
from microbit_ml.pages import Page, as_is
from microbit_ml.report.evidence import Evidence
from microbit_ml.report.learning_section import add_scores
from microbit_ml.report.pictures import confusion, reliability
from microbit_ml.report.words import named

FLOAT_BYTES = 4  # of a number where networks are usually computed


def add_calibration(page: Page, evidence: Evidence) -> None:
    """The reliability diagram."""
    held = evidence.held_out
    if held is None:
        return
    page.heading("Is it right as often as it is sure?")
    table = held.calibration
    page.figure(
        reliability(table),
        "Held-out recordings, by how sure the model was. Points on the line are honest; below it "
        "the model is surer than it is right",
    )
    page.table(
        ["says", "recordings", "sure on average", "right"],
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
        "The points in numbers. A point of few recordings says little",
    )
    page.paragraph(
        f"On average the points are {table.error:.0%} away from the line (the expected calibration "
        f"error). The model says {held.probability.mean():.0%} on average, and is right in "
        f"{held.is_right.mean():.0%}."
    )


def add_unknown(page: Page, evidence: Evidence) -> None:
    """What the limit of unknown costs, and what lets it be."""
    page.heading("When it says “unknown”")
    page.paragraph(
        "A movement that is unlike all that the model learned should get no name. Where the limit "
        "lies is a choice: a strict one refuses gestures, a loose one lets other movements pass."
    )
    rates = evidence.model.metrics.get("false_accept_rates")
    chosen = evidence.model.provenance.get("settings", {}).get("accept_known")
    if rates:
        page.table(
            ["gestures accepted", "made-up movements accepted", "chosen"],
            [
                [
                    f"{cost['accept_known']:.0%}",
                    f"{cost['false_accept_rate']:.0%}",
                    "this model" if cost["accept_known"] == chosen else "",
                ]
                for cost in rates
            ],
            "The choice, to be made with `--accept-known` when training",
            left=0,
        )
    for label, shift in evidence.shifts.items():
        page.note(
            f"After training, the limit of {named(label)} was moved by {shift:+d}, with `evaluate "
            "--prefer`. The table above is from before; the rest of this page is as it is now."
        )
    with_unknown_scores = evidence.others
    page.table(
        ["called", "of 1000 movements" if len(with_unknown_scores) == 1000 else "movements"],
        [
            ["unknown, as it should be", with_unknown_scores.count(None)],
            *([as_is(label), with_unknown_scores.count(label)] for label in evidence.model.labels),
        ],
        "What this model calls movements that a computer made up, and that are no gesture",
    )


def add_integers(page: Page, evidence: Evidence) -> None:
    """The integer model beside the float model."""
    page.heading("What whole numbers cost")
    model = evidence.model
    page.paragraph(
        "The network learns with real numbers. A micro:bit has little memory and no quick way to "
        "compute with them, so they are made into small whole numbers: each weight becomes one "
        "byte, from -127 to 127."
    )
    parameters = model.fitted.n_parameters
    page.table(
        ["measure", "real numbers", "whole numbers"],
        [
            *_scores_beside(evidence),
            [
                "bytes",
                f"{FLOAT_BYTES * parameters:,} (the network alone)",
                f"{len(model.device_bytes()):,} (everything)",
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
            else f"They differ in {plural(differ, 'recording')} of {len(held)}."
        )


def _scores_beside(evidence: Evidence) -> list[list[str]]:
    integer, real = evidence.best, evidence.best_float
    if integer is None or real is None:
        return []
    return [
        ["right", *(f"{one.right} of {one.recordings}" for one in (real, integer))],
        ["macro F1", *(f"{one.macro_f1:.3f}" for one in (real, integer))],
    ]


def add_new_recordings(page: Page, evidence: Evidence) -> None:
    """The model on recordings that it did not learn from, where DATASET has some."""
    if not evidence.new and not evidence.ood:
        return
    page.heading("On recordings that are new to it")
    model, new = evidence.model, evidence.new
    if new:
        scores = evidence.new_scores
        page.paragraph(
            f"{plural(len(new), 'recording')} in {as_is(evidence.folder)} "
            f"{'is' if len(new) == 1 else 'are'} of gestures that the model knows, but it did not "
            f"learn from them. **It is right in {scores.right} of {scores.recordings}, "
            f"{scores.accuracy:.0%}**, as on the board, where unknown is not right."
        )
        page.figure(
            confusion(scores, "New recordings, as on the board"),
            "A row for each gesture that was made, a column for what it was called",
        )
        add_scores(page, scores, "New recordings, as on the board: unknown is not right")
    if evidence.ood:
        answers = model.predict(evidence.ood).labels
        others = ", ".join(sorted({named(one.label) for one in evidence.ood if one.label}))
        page.paragraph(
            f"{plural(len(answers), 'recording')} there {'is' if len(answers) == 1 else 'are'} of "
            f"what the model does not know ({others or 'without a label'}). It should call "
            f"{'it' if len(answers) == 1 else 'them all'} unknown, and does so with "
            f"{answers.count(None)}."
        )
