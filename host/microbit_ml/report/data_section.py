"""What the model was trained on: the recordings, typical ones, and how some were held out."""

from __future__ import annotations

from collections import Counter

import numpy as np

from microbit_ml.common.wording import plural, quoted
from microbit_ml.evaluate.problems import clipped_fraction, seconds_of
from microbit_ml.pages import Page, as_is
from microbit_ml.recordings import Dataset
from microbit_ml.report.evidence import Evidence
from microbit_ml.report.pictures import trace
from microbit_ml.report.words import listed, named

MOST_EXAMPLES = 12  # labels with a picture


def add_data(page: Page, evidence: Evidence) -> None:
    """The recordings, by label, and what may be wrong with them."""
    page.heading("The data")
    model = evidence.model
    people = evidence.people
    who = (
        f", made by {listed(map(as_is, people))}."
        if 0 < len(people) <= 12
        else f", made by {len(people)} people."
        if people
        else ". They don't say who made them."
    )
    page.paragraph(
        (
            f"The model was trained on {plural(evidence.n_training, 'recording')}{who} "
            if evidence.counts
            else "The model's file does not say what it was trained on. "
        )
        + f"It looks at {model.window / model.rate_hz:g} s of movement at a time: {model.window} "
        f"samples of x, y and z, at {model.rate_hz:g} samples a second."
    )
    if evidence.training_data:
        _add_table(page, evidence, evidence.training_data)
        _add_problems(page, evidence)
    elif evidence.counts:
        page.table(
            ["gesture", "recordings"],
            list(_escaped(evidence.counts)),
            "The recordings that the model was trained on",
        )
    if not evidence.training_data:
        where = f"are not in {as_is(evidence.folder)}" if evidence.folder else "were not found"
        page.note(
            f"The recordings that it was trained on {where}, so this page can't show them. If you "
            "know where they are, run "
            f"`microbit-ml report {as_is(quoted(evidence.name))} DATASET`.",
            "careful",
        )


def _escaped(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(as_is(label), n) for label, n in counts.items()]


def _add_table(page: Page, evidence: Evidence, training_data: Dataset) -> None:
    rows = []
    for label in evidence.model.labels:
        own = [one for one in training_data if one.label == label]
        if not own:
            rows.append([as_is(label), 0, "-", "-", "-"])
            continue
        seconds = [seconds_of(one, training_data.rate_hz) for one in own]
        people = len({one.subject for one in own} - {""})
        rows.append(
            [
                as_is(label),
                len(own),
                people or "not noted",
                _range_text(min(seconds), max(seconds)),
                f"{clipped_fraction(own):.0%}",
            ]
        )
    page.table(
        ["gesture", "recordings", "people", "length in s", "clipped samples"],
        rows,
        f"The recordings in {as_is(evidence.folder)}. A sample is clipped when the sensor hits "
        "the end of its range, 2 g",
    )
    if evidence.n_missing:
        page.note(
            f"{plural(evidence.n_missing, 'recording')} that the model was trained on "
            f"{'is' if evidence.n_missing == 1 else 'are'} no longer in {as_is(evidence.folder)}.",
            "careful",
        )


def _range_text(low: float, high: float) -> str:
    """``0.80 to 1.20``, or only ``1.00`` if both are the same when rounded."""
    first, last = f"{low:.2f}", f"{high:.2f}"
    return first if first == last else f"{first} to {last}"


def _add_problems(page: Page, evidence: Evidence) -> None:
    if not evidence.problems:
        page.note("No problems were found in the recordings.", "good")
        return
    page.note("Check these recordings. Something may be wrong.", "careful")
    page.bullets([as_is(problem) for problem in evidence.problems])


def add_examples(page: Page, evidence: Evidence) -> None:
    """A typical recording of each gesture."""
    if not evidence.typical:
        return
    page.heading("What the gestures look like")
    page.paragraph(
        "Here is the most typical recording of each gesture: the one that is most like all the "
        "others. The lines show the acceleration along the board's three axes. When the board "
        "lies still, an axis that points straight up or down reads 1 g or -1 g, and the other two "
        "read 0."
    )
    shown = list(evidence.typical.items())[:MOST_EXAMPLES]
    with page.side_by_side():
        for label, recording in shown:
            page.figure(trace(recording, label), f"Typical {named(label)}: {as_is(recording.path)}")
    if len(evidence.typical) > MOST_EXAMPLES:
        left = len(evidence.typical) - MOST_EXAMPLES
        page.paragraph(f"{plural(left, 'more gesture')} {'is' if left == 1 else 'are'} not shown.")


def add_split(page: Page, evidence: Evidence) -> None:
    """How the model was cross-validated."""
    page.heading("How it was tested")
    held = evidence.held_out
    if held is None:
        page.paragraph(
            "The model's file holds no results for held-out recordings. So this page can't show "
            "what it mixes up, which recordings it got wrong, or whether it is as sure as it "
            "should be."
        )
        return
    by_person = evidence.model.metrics.get("held_out_by") == "person"
    page.paragraph(
        f"The {len(held)} recordings were split into {plural(held.n_models, 'group')}, called "
        "**folds**. For each fold, a model was trained on all the other folds, then tested on this "
        "one. It is like a quiz with questions that were not in the exercises: the recordings of "
        "the fold were **held out**. So every recording was tested once, by a model that had never "
        "seen it. "
        "This is called **cross-validation**. The model in the file was trained on all the folds, "
        "so it should be as good or a little better."
    )
    if by_person:
        numbers = Counter(held.subjects)
        page.table(
            ["person", "recordings", "right"],
            [
                [as_is(name), n, int(held.is_right[np.array(held.subjects) == name].sum())]
                for name, n in sorted(numbers.items())
            ],
            "Tested on new people: all recordings by one person are in the same fold",
        )
    else:
        page.paragraph(
            "Recordings by the same person are in several folds. They resemble each other, so this "
            "test is easier than meeting someone new."
        )
