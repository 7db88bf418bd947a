"""The first paragraphs of a report: how good, for whom, on what evidence; and what to do next."""

from __future__ import annotations

from microbit_ml.common.wording import plural
from microbit_ml.metrics import Evaluation, Scores
from microbit_ml.pages import Page, as_is
from microbit_ml.report.advice import advise
from microbit_ml.report.evidence import Evidence
from microbit_ml.report.words import listed, named
from microbit_ml.targets import TARGETS

JUDGEMENTS = ((0.95, "nearly always"), (0.8, "mostly"), (0.6, "often"), (0.0, "too seldom"))
WIDEST_RANGE = 0.3  # of an accuracy; with a wider one no word for it would be honest


def add_answer(page: Page, evidence: Evidence) -> None:
    """How good the model is."""
    page.heading("How good is it?")
    labels = evidence.model.labels
    gestures = listed(map(named, labels))
    held, scores = evidence.held_out, evidence.best
    if held is None or scores is None:
        page.paragraph(f"The model tells {plural(len(labels), 'gesture')} apart: {gestures}.")
        page.note(_without_judgements(evidence), "careful")
        return
    low, high = _range(held, scores, evidence)
    word = next(word for least, word in JUDGEMENTS if scores.accuracy >= least)
    verdict = f"{word} right" if high - low <= WIDEST_RANGE else "tested too little to tell"
    page.paragraph(
        f"The model tells {plural(len(labels), 'gesture')} apart: {gestures}. It is **{verdict}: "
        f"{scores.right} times right of {scores.recordings}, {scores.accuracy:.0%}.** Each "
        "recording was judged by a model that had not learned from it. "
        f"{_beside_guessing(scores)} Luck has its part in such a number: with other recordings of "
        f"the same kind it may lie between {low:.0%} and {high:.0%}."
    )
    page.paragraph(f"{_for_whom(evidence)} {_extremes(scores)}")
    page.paragraph(f"{_about_unknown(held)} {_about_board(evidence)}")
    if evidence.new:
        page.paragraph(_about_new(evidence, evidence.new_scores))


def add_advice(page: Page, evidence: Evidence) -> None:
    """What to do next."""
    page.heading("What to do next")
    advice = advise(evidence)
    if advice:
        page.bullets([one.text for one in advice])
    else:
        page.note("Nothing stands out that should be mended.", "good")
    page.paragraph(
        "The best test is one that the model cannot know: let somebody new make each gesture, on "
        f"another day, and try `microbit-ml evaluate {as_is(evidence.name)} NEW_DATASET`."
    )


def _without_judgements(evidence: Evidence) -> str:
    accuracy = evidence.model.metrics.get("held_out_accuracy")
    known = (
        f"When it was trained, {accuracy:.0%} of held-out recordings were right; that is all that "
        "its file says. "
        if isinstance(accuracy, float)
        else "Its file does not say how good it is. "
    )
    return (
        f"{known}It comes from an older version of the kit, or from another program, and holds no "
        "judgements of single recordings. Train it again, and this page will show them."
    )


def _beside_guessing(scores: Scores) -> str:
    support = scores.confusion.sum(axis=1)
    most = int(support.argmax())
    share = support[most] / support.sum()
    return f"Always saying {named(scores.labels[most])} would be right in {share:.0%}."


def _range(held: Evaluation, scores: Scores, evidence: Evidence) -> tuple[float, float]:
    """Between which numbers the accuracy may lie by luck alone, 0 to 1."""
    intervals = held.intervals
    low, high = intervals.accuracy.low, intervals.accuracy.high
    if low == high == 1.0:
        low = 0.025 ** (1 / scores.recordings)  # Clopper and Pearson: see evaluate's screen
    return low, high


def _for_whom(evidence: Evidence) -> str:
    people = evidence.people
    if evidence.model.metrics.get("held_out_by") == "person":
        return (
            f"**For somebody new** expect about this: {len(people)} people made the recordings, "
            "and whole people were held out."
        )
    if len(people) == 1 and not evidence.not_noted:
        return (
            f"**For somebody new** nobody knows: all recordings are by {as_is(people[0])}, and "
            "everyone moves in an own way."
        )
    if not people:
        return (
            "**For somebody new** nobody knows: it was not noted who made the recordings. The "
            "number holds for those who did."
        )
    return (
        "**For somebody new** expect less: of the people who made the recordings, each judge knew "
        "all or nearly all."
    )


def _extremes(scores: Scores) -> str:
    """The gesture that is found least, when one is clearly harder."""
    worst = min(scores.classes, key=lambda one: one.recall)
    if worst.recall == 1.0:
        return "Every gesture was always taken for what it is."
    found = round(worst.recall * worst.support)
    return f"It is worst at {named(worst.label)}: {found} of {worst.support} were taken for it."


def _about_unknown(held: Evaluation) -> str:
    refused = len(held) - int(held.is_known.sum())
    if not refused:
        return "None of them would be called unknown on the board."
    named_rightly = int((held.is_known & held.is_right).sum())
    return (
        "On the board it may also say that it does not know a movement. It would do so for "
        f"{refused} of them, and call {named_rightly} by their right names."
    )


def _about_new(evidence: Evidence, scores: Scores) -> str:
    return (
        f"**In {as_is(evidence.folder)}** there {'is' if scores.recordings == 1 else 'are'} "
        f"{plural(scores.recordings, 'recording')} that it did not learn from; on the board it "
        f"would be right in {scores.right} of them."
    )


def _about_board(evidence: Evidence) -> str:
    heap = evidence.model.heap_bytes()
    small = [one.title for one in TARGETS.values() if not one.has_room(heap)]
    runs = [one.title for one in TARGETS.values() if one.has_room(heap)]
    if not small:
        return f"It runs on {' and '.join(runs)}."
    return f"It is too large for a {' and a '.join(small)}; it runs on {' and '.join(runs)}."
