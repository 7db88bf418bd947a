"""Advice about the recordings and the people who made them."""

from __future__ import annotations

import numpy as np

from microbit_ml.common.wording import plural
from microbit_ml.evaluate.problems import CLIPPED_FRACTION, clipped_fraction
from microbit_ml.pages import as_is
from microbit_ml.report.evidence import Evidence
from microbit_ml.report.words import Advice, listed, named
from microbit_ml.training.trainer import LEAST_OF_LABEL, LEAST_PEOPLE

UNEVEN = 3.0  # times as many recordings of one label as of another
HARD_PERSON, LEAST_OF_PERSON = 0.2, 6  # accuracy below that of everyone; recordings needed
CLIPPED_RECALL = 0.9  # a clipped gesture with a higher recall is no problem


def old(evidence: Evidence) -> list[Advice]:
    """For a model whose file holds no evaluation."""
    if evidence.held_out is not None:
        return []
    return [
        Advice(
            "old",
            "**Train the model again** on the same recordings. Its file will then hold its test "
            "results, and this page can give you advice.",
        )
    ]


def data_changed(evidence: Evidence) -> list[Advice]:
    """For recordings that were added or relabelled after training."""
    if not evidence.training_data:
        return []
    changes = []
    if evidence.new:
        were = "was" if len(evidence.new) == 1 else "were"
        changes.append(f"{plural(len(evidence.new), 'recording')} {were} added after training")
    if evidence.n_relabelled:
        changes.append(f"{plural(evidence.n_relabelled, 'recording')} got another label")
    if not changes:
        return []
    return [
        Advice(
            "changed",
            f"**Train again.** In {as_is(evidence.folder)}, {listed(changes)}. "
            "The model doesn't know about that yet.",
        )
    ]


def problems(evidence: Evidence) -> list[Advice]:
    """For recordings that may be wrong."""
    # A clipped gesture may still be recognised well; it has advice of its own.
    others = [problem for problem in evidence.problems if "clipped" not in problem]
    if not others:
        return []
    found = f"{plural(len(others), 'possible problem')} {'is' if len(others) == 1 else 'are'}"
    return [
        Advice(
            "problems",
            f"**Check the recordings.** {found} listed under “The data” below. "
            "A model learns mistakes just as readily as gestures.",
        )
    ]


def few(evidence: Evidence) -> list[Advice]:
    """For labels with few recordings."""
    few = {label: n for label, n in evidence.counts.items() if n < LEAST_OF_LABEL}
    if not few:
        return []
    gestures = listed(f"{named(label)} ({n})" for label, n in few.items())
    return [
        Advice(
            "few",
            f"**Record more of {gestures}**, at least {LEAST_OF_LABEL} of each. With so few, "
            "the model can't learn what varies from one recording to the next, and the results on "
            "this page may be luck.",
        )
    ]


def uneven(evidence: Evidence) -> list[Advice]:
    """For labels with far fewer recordings than others."""
    counts = evidence.counts
    if not counts or min(counts.values()) < LEAST_OF_LABEL:
        return []  # the advice to record more covers this
    most, least = max(counts, key=lambda one: counts[one]), min(counts, key=lambda one: counts[one])
    if counts[most] <= UNEVEN * counts[least]:
        return []
    return [
        Advice(
            "uneven",
            f"**Record more of {named(least)}.** You have {counts[least]} recordings of it, but "
            f"{counts[most]} of {named(most)}. A model finds rare gestures harder to learn.",
        )
    ]


def people(evidence: Evidence) -> list[Advice]:
    """For data by too few people, or by people who are not named."""
    people, held = evidence.people, evidence.held_out
    if held is None and not evidence.counts:
        return []
    if not people:
        return [
            Advice(
                "people not noted",
                "**Note who made each recording.** These recordings don't say, so we can't tell "
                "how well the model works for new people. Record with `--subject NAME`.",
            )
        ]
    if evidence.n_without_subject:
        n = evidence.n_without_subject
        return [
            Advice(
                "people not noted",
                f"**Note who made each recording.** {plural(n, 'recording')} "
                f"{'does not' if n == 1 else 'do not'} say, so the model could not be tested on "
                "new people. Record with `--subject NAME`.",
            )
        ]
    if len(people) == 1:
        return [
            Advice(
                "one person",
                f"**Ask other people.** All recordings are by {as_is(people[0])}, and everyone "
                f"moves differently. Record at least {LEAST_PEOPLE} people, and ask each of them "
                "for every gesture.",
            )
        ]
    if len(people) < LEAST_PEOPLE:
        return [
            Advice(
                "few people",
                f"**Ask more people.** {listed(map(as_is, people))} made all the recordings. With "
                f"{LEAST_PEOPLE} people or more, the model can be tested on people it has never "
                "seen, and this page can say how well it works for them.",
            )
        ]
    if evidence.model.metrics.get("held_out_by") == "recording" and not few(evidence):
        return [
            Advice(
                "not everyone",
                "**Ask everyone for every gesture.** Some gestures were made by only a few "
                "people, so the model could not be tested on new people.",
            )
        ]
    return []


def hard_people(evidence: Evidence) -> list[Advice]:
    """For people whose recordings are wrong more often than others'."""
    held, metrics = evidence.held_out, evidence.model.metrics
    if held is None or metrics.get("held_out_by") != "person":
        return []
    right, who = held.is_right, np.array(held.subjects)
    advice = []
    for person in evidence.people:
        own = right[who == person]
        if len(own) >= LEAST_OF_PERSON and own.mean() < right.mean() - HARD_PERSON:
            advice.append(
                Advice(
                    "hard person",
                    f"**Look at the recordings by {as_is(person)}.** Only {int(own.sum())} of "
                    f"{len(own)} are right, compared with {int(right.sum())} of {len(right)} for "
                    "everyone. Was the board held a different way round? If not, record more "
                    "people who move like that.",
                )
            )
    return advice


def clipped(evidence: Evidence) -> list[Advice]:
    """For gestures that are too strong for the sensor and hard to recognise."""
    if evidence.top1_scores is None or not evidence.training_data:
        return []
    advice = []
    for one in evidence.top1_scores.classes:
        own = [recording for recording in evidence.training_data if recording.label == one.label]
        fraction = clipped_fraction(own) if own else 0.0
        if fraction > CLIPPED_FRACTION and one.recall < CLIPPED_RECALL:
            advice.append(
                Advice(
                    "clipped",
                    f"**Move more gently for {named(one.label)}.** In {fraction:.0%} of its "
                    "samples, the sensor hit the end of its range, 2 g. Anything stronger is lost.",
                )
            )
    return advice
