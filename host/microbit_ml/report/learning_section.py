"""How the model learned, what it mixes up, and which recordings it got wrong."""

from __future__ import annotations

from microbit_ml.metrics import Scores
from microbit_ml.pages import Page, as_is
from microbit_ml.quantize import FloatModel
from microbit_ml.report.evidence import Evidence, clearly_wrong
from microbit_ml.report.pictures import confusion, loss_curves, trace
from microbit_ml.report.words import named

MOST_LISTED, MOST_SHOWN = 30, 3  # wrong recordings: in the table, and with pictures


def add_losses(page: Page, evidence: Evidence) -> None:
    """The loss curves of a network; other models learn without steps."""
    if not isinstance(evidence.model.fitted, FloatModel):
        return
    page.heading("How it learned")
    history = evidence.model.history
    if not history.get("step"):
        page.paragraph("The model's file does not hold its training losses.")
        return
    page.figure(
        loss_curves(history),
        "The loss: how far its answers are from the right ones. Lower is better",
    )
    page.paragraph(
        "Training is harder than the test. The network also sees recordings that were changed a "
        "little (augmented samples) and random movements, and some of its units are switched off "
        "at random (dropout). So the training loss may stay above the held-out loss. If the "
        "held-out loss starts to rise, the model is learning its recordings by heart. This is "
        "called **overfitting**."
    )


def add_confusion(page: Page, evidence: Evidence) -> None:
    """The confusion matrix, and the scores of each gesture."""
    if evidence.scores_with_unknown is None:
        return  # the section on how it was tested explains this
    page.heading("What it mixes up")
    page.figure(
        confusion(evidence.scores_with_unknown, "Held-out recordings, as on the board"),
        "The confusion matrix: a row for each gesture that was made, a column for each answer. "
        "Right answers are on the diagonal",
    )
    add_scores(
        page,
        evidence.scores_with_unknown,
        "Held-out recordings, as on the board: “unknown” counts as wrong",
    )
    example = named(evidence.scores_with_unknown.labels[0])
    page.bullets(
        [
            f"**Precision**: of everything it called {example}, how much really was {example}? It "
            "is low when there are false alarms.",
            f"**Recall**: of all the real {example} recordings, how many did it find? It is low "
            "when many are missed.",
            "**F1**: precision and recall in one number. It is low when either of them is low.",
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
    rows.append(["mean", *(f"{mean:.2f}" for mean in means), scores.recordings])
    page.table(["gesture", "precision", "recall", "F1", "recordings"], rows, caption)


def add_wrong(page: Page, evidence: Evidence) -> None:
    """The recordings that were mistaken for another gesture, beside a typical one of that."""
    held = evidence.held_out
    if held is None:
        return
    page.heading("Which recordings it got wrong")
    wrong = clearly_wrong(held)
    if not wrong:
        page.note("No held-out recording was mistaken for another gesture.", "good")
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
        ["recording", "actual", "predicted", "person", "probability", "on the board"],
        rows[:MOST_LISTED],
        f"The {MOST_LISTED} most confident of its {len(wrong)} mistakes"
        if len(wrong) > MOST_LISTED
        else "Recordings mistaken for another gesture. The most confident mistakes come first",
        left=4,
    )
    page.paragraph(
        "Look at them one by one. Is the label right? Is the movement cut off, or made in a "
        "different way? If the recording is wrong, delete it or move it to its right label. If it "
        "is right, record more like it."
    )
    shown = [(i, one) for i, one in zip(wrong, found, strict=True) if one is not None]
    for i, recording in shown[:MOST_SHOWN]:
        predicted = held.best[i]
        typical = evidence.typical.get(predicted)
        with page.side_by_side():
            page.figure(
                trace(recording, recording.path),
                f"This is {named(held.truth[i])}, but the model took it for {named(predicted)}",
            )
            if typical:
                page.figure(trace(typical, f"typical: {predicted}"), f"Typical {named(predicted)}")
