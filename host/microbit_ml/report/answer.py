"""The first paragraphs of a report: how good the model is and for whom, and what to do next."""

from __future__ import annotations

from microbit_ml.common.wording import percent, plural, quoted
from microbit_ml.metrics import Evaluation, Scores, most_frequent
from microbit_ml.pages import Page, as_is
from microbit_ml.recordings.simulated_people import about_test
from microbit_ml.report.advice import advise
from microbit_ml.report.advice_model import HARD_RECALL
from microbit_ml.report.evidence import Evidence
from microbit_ml.report.words import listed, named
from microbit_ml.targets import TARGETS

VERDICTS = (
    (0.95, "It is nearly always right."),
    (0.8, "It is usually right."),
    (0.6, "It is right more often than not."),
    (0.0, "It is wrong too often to rely on."),
)
WIDEST_INTERVAL = 0.3  # of an accuracy; with a wider one, no verdict would be honest


def add_answer(page: Page, evidence: Evidence) -> None:
    """How good the model is."""
    page.heading("How good is it?")
    labels = evidence.model.labels
    gestures = listed(map(named, labels))
    held, scores = evidence.held_out, evidence.top1_scores
    knows = f"This model recognises {plural(len(labels), 'gesture')}: {gestures}."
    if held is None or scores is None:
        page.paragraph(knows)
        page.note(_without_evaluation(evidence), "careful")
        return
    interval = held.intervals.accuracy
    low, high = interval.low, interval.high
    verdict = (
        next(verdict for least, verdict in VERDICTS if scores.accuracy >= least)
        if high - low <= WIDEST_INTERVAL
        else "That is too few tests to say how good it is."
    )
    page.paragraph(
        f"{knows} **It got {scores.right} of {plural(scores.recordings, 'recording')} right: "
        f"{percent(scores.accuracy)}. {verdict}** Each prediction came from a model that had never "
        f"seen that recording. {_beside_guessing(held)} Part of this is luck: with other "
        f"recordings of the same kind, the result would probably be between {percent(low)} and "
        f"{percent(high)} (the 95% confidence interval)."
    )
    page.paragraph(f"{_for_whom(evidence)} {_weakest(scores)}")
    page.paragraph(f"{_about_unknown(held)} {_about_board(evidence)}")
    if remark := about_test(evidence.trained_simulated, evidence.tested_simulated):
        page.note(remark, "careful")
    if evidence.new:
        page.paragraph(_about_new(evidence, evidence.new_scores))


def add_advice(page: Page, evidence: Evidence) -> None:
    """What to do next."""
    page.heading("What to do next")
    advice = advise(evidence)
    if advice:
        page.bullets([one.text for one in advice])
    else:
        page.note("We found nothing that needs fixing.", "good")
    page.paragraph(
        "The best test is a fresh one. On another day, ask new people to make each gesture, then "
        f"run `microbit-ml evaluate {as_is(quoted(evidence.name))} NEW_DATASET`."
    )


def _without_evaluation(evidence: Evidence) -> str:
    accuracy = evidence.model.metrics.get("held_out_accuracy")
    known = (
        f"When it was trained, it got {percent(accuracy)} of the held-out recordings right. Its "
        "file says no more than that. "
        if isinstance(accuracy, float)
        else "Its file does not say how good it is. "
    )
    return (
        f"{known}It was made by an older version of the kit, or by another program, and holds no "
        "results for single recordings. Train it again to see them here."
    )


def _beside_guessing(held: Evaluation) -> str:
    label, right = most_frequent(held.truth)
    return f"Always guessing {named(label)} would get {percent(right / len(held))} right."


def _for_whom(evidence: Evidence) -> str:
    people = evidence.people
    if evidence.model.metrics.get("held_out_by") == "person":
        return (
            f"**For new people**, expect about the same. {len(people)} people made the "
            "recordings, and the model that was tested on each of them had trained only on other "
            "people."
        )
    if len(people) == 1 and not evidence.n_without_subject:
        return (
            "We can't tell yet how well it works **for new people**: all recordings are by "
            f"{as_is(people[0])}, and everyone moves differently."
        )
    if not people:
        return (
            "We can't tell yet how well it works **for new people**: the recordings don't say who "
            "made them. The result holds for the people who did."
        )
    return (
        "**For new people**, expect less. In this test, each model had already trained on all or "
        "nearly all of the people."
    )


def _weakest(scores: Scores) -> str:
    """The gesture with the lowest recall, unless all are perfect."""
    worst = min(scores.classes, key=lambda one: one.recall)
    if worst.recall == 1.0:
        return "Every gesture was recognised every time."
    found = round(worst.recall * worst.support)
    only = "Only " if worst.recall < HARD_RECALL else ""
    return f"Weakest: {named(worst.label)}. {only}{found} of {worst.support} were recognised."


def _about_unknown(held: Evaluation) -> str:
    refused = len(held) - int(held.is_known.sum())
    if not refused:
        return "On the board, none of them would come out as “unknown”."
    accepted = int((held.is_known & held.is_right).sum())
    return (
        "On the board, the model may also answer “unknown”. It would do so for "
        f"{refused} of these recordings, and name {accepted} correctly."
    )


def _about_new(evidence: Evidence, scores: Scores) -> str:
    return (
        f"**In {as_is(evidence.folder)}**, {plural(scores.recordings, 'recording')} "
        f"{'is' if scores.recordings == 1 else 'are'} new to the model. On the board, it would "
        f"get {scores.right} of {scores.recordings} right."
    )


def _about_board(evidence: Evidence) -> str:
    heap = evidence.model.heap_bytes()
    small = [one.title for one in TARGETS.values() if not one.has_room(heap)]
    runs = [one.title for one in TARGETS.values() if one.has_room(heap)]
    if not small:
        return f"It runs on every kind of micro:bit: {' and '.join(runs)}."
    return f"It is too large for a {' and a '.join(small)}. It runs on {' and '.join(runs)}."
