"""How the model learned, what it takes for what, and the recordings that it gets wrong."""

from __future__ import annotations

from microbit_ml.common.wording import plural
from microbit_ml.metrics import Scores
from microbit_ml.pages import Page, as_is
from microbit_ml.report.evidence import Evidence, clearly_wrong
from microbit_ml.report.pictures import confusion, loss_curves, trace
from microbit_ml.report.words import named

MOST_LISTED, MOST_SHOWN = 30, 3  # wrong recordings: in the table, and with pictures


def add_losses(page: Page, evidence: Evidence) -> None:
    """The loss curves."""
    page.heading("How it learned")
    history = evidence.model.history
    if not history.get("step"):
        page.paragraph("The model's file does not hold the losses of its training.")
        return
    page.figure(
        loss_curves(history), "The loss: how far the answers are from right. Less is better"
    )
    page.paragraph(
        "In training, the network also sees altered copies and made-up movements, and some of its "
        "units are switched off by chance: that is harder, so its loss may stay above the other. "
        "Where the held-out loss rises again, a model begins to learn its recordings by heart."
    )


def add_confusion(page: Page, evidence: Evidence) -> None:
    """The confusion matrix, and the scores of each gesture."""
    if evidence.with_unknown_scores is None:
        return  # the section on how it was tested says so
    page.heading("What it takes for what")
    page.figure(
        confusion(evidence.with_unknown_scores, "Held-out recordings, as on the board"),
        "A row for each gesture that was made, a column for what it was called. What is right "
        "stands on the diagonal",
    )
    add_scores(
        page,
        evidence.with_unknown_scores,
        "Held-out recordings, as on the board: unknown is not right",
    )
    page.bullets(
        [
            "**Precision**: of all that were called so, the share that are so. It is low when "
            "there are false alarms.",
            "**Recall**: of all that are so, the share that were found. It is low when many are "
            "missed.",
            "**F1**: one number for both, low when either is.",
        ]
    )


def add_scores(page: Page, scores: Scores, caption: str) -> None:
    """Precision, recall and F1 of each label."""
    rows = [
        [
            as_is(one.label),
            f"{one.precision:.2f}",
            f"{one.recall:.2f}",
            f"{one.f1:.2f}",
            one.support,
        ]
        for one in scores.classes
    ]
    means = (scores.macro_precision, scores.macro_recall, scores.macro_f1)
    rows.append(["mean of all", *(f"{mean:.2f}" for mean in means), scores.recordings])
    page.table(["gesture", "precision", "recall", "F1", "recordings"], rows, caption)


def add_wrong(page: Page, evidence: Evidence) -> None:
    """The recordings that are taken for another gesture, beside what they are taken for."""
    held = evidence.held_out
    if held is None:
        return
    page.heading("What it gets wrong")
    wrong = clearly_wrong(held)
    if not wrong:
        page.note("No held-out recording was taken for another gesture.", "good")
        return
    found = [evidence.by_digest.get(held.digests[i]) for i in wrong]
    rows = [
        [
            as_is(recording.path) if recording else "not found",
            as_is(held.truth[i]),
            as_is(held.best[i]),
            as_is(held.subjects[i]) or "not noted",
            f"{held.probability[i]:.0%}",
            "the same" if held.is_known[i] else "unknown",
        ]
        for i, recording in zip(wrong, found, strict=True)
    ]
    page.table(
        ["recording", "is", "taken for", "by", "how sure", "on the board"],
        rows[:MOST_LISTED],
        f"The {min(len(wrong), MOST_LISTED)} most_confident of {plural(len(wrong), 'mistake')}"
        if len(wrong) > MOST_LISTED
        else "Taken for another gesture, the most_confident mistakes first",
        left=4,
    )
    page.paragraph(
        "Look at them one by one. Is the label right? Is the movement cut off, or made in another "
        "way? A recording that is wrong should be deleted or moved; one that is right says what to "
        "record more of."
    )
    shown = [(i, one) for i, one in zip(wrong, found, strict=True) if one is not None]
    for i, recording in shown[:MOST_SHOWN]:
        taken_for = held.best[i]
        typical = evidence.typical.get(taken_for)
        with page.side_by_side():
            page.figure(
                trace(recording, recording.path),
                f"It is {named(held.truth[i])}, and was taken for {named(taken_for)}",
            )
            if typical:
                page.figure(
                    trace(typical, f"typical: {taken_for}"), f"A typical {named(taken_for)}"
                )
