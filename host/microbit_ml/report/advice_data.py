"""Advice about the recordings and the people who made them."""

from __future__ import annotations

import numpy as np

from microbit_ml.common.wording import plural
from microbit_ml.evaluate.problems import CLIPPED_FRACTION, clipped_fraction
from microbit_ml.pages import as_is
from microbit_ml.report.evidence import Evidence
from microbit_ml.report.words import Advice, listed, named
from microbit_ml.training.trainer import LEAST_OF_LABEL, LEAST_PEOPLE

UNEVEN = 3.0  # times as many recordings of a label as of another
HARD_PERSON, LEAST_OF_PERSON = 0.2, 6  # how much less often right than with all
CLIPPED_RECALL = 0.9  # a clipped gesture that is found more often does no harm


def old(evidence: Evidence) -> list[Advice]:
    """Of a model without judgements."""
    if evidence.held_out is not None:
        return []
    return [
        Advice(
            "old",
            "**Train the model again**, from the same recordings. Then its file says how good it "
            "is, and this page can advise you.",
        )
    ]


def data_changed(evidence: Evidence) -> list[Advice]:
    """Of recordings that came or changed after training."""
    if not evidence.learned:
        return []
    changes = []
    if evidence.new:
        changes.append(f"{plural(len(evidence.new), 'recording')} came after training")
    if evidence.n_relabelled:
        changes.append(f"{plural(evidence.n_relabelled, 'recording')} got another label")
    if not changes:
        return []
    return [
        Advice(
            "changed",
            f"**Train again.** In {as_is(evidence.folder)}, {listed(changes)}; "
            "the model knows nothing of it.",
        )
    ]


def problems(evidence: Evidence) -> list[Advice]:
    """Of recordings that may be wrong."""
    # A clipped gesture may be recognised well all the same; it has an advice of its own.
    others = [problem for problem in evidence.problems if "clipped" not in problem]
    if not others:
        return []
    n = plural(len(others), "thing")
    return [
        Advice(
            "problems",
            f"**Look at the recordings.** {n} in them may be wrong: see “The data” below. "
            "A model learns mistakes as readily as gestures.",
        )
    ]


def few(evidence: Evidence) -> list[Advice]:
    """Of labels with few recordings."""
    few = {label: n for label, n in evidence.counts.items() if n < LEAST_OF_LABEL}
    if not few:
        return []
    gestures = listed(f"{named(label)} ({n})" for label, n in few.items())
    return [
        Advice(
            "few",
            f"**Record more of {gestures}**, at least {LEAST_OF_LABEL} of each. "
            "From few recordings nobody can tell what varies and what stays the same, and the "
            "numbers on this page may be luck.",
        )
    ]


def uneven(evidence: Evidence) -> list[Advice]:
    """Of labels with far fewer recordings than others."""
    counts = evidence.counts
    if not counts or min(counts.values()) < LEAST_OF_LABEL:
        return []  # then the advice to record more says it
    most, least = max(counts, key=lambda one: counts[one]), min(counts, key=lambda one: counts[one])
    if counts[most] <= UNEVEN * counts[least]:
        return []
    return [
        Advice(
            "uneven",
            f"**Record more of {named(least)}.** There are {counts[least]} recordings of it and "
            f"{counts[most]} of {named(most)}. What is rare is learned less well.",
        )
    ]


def people(evidence: Evidence) -> list[Advice]:
    """Of who made the recordings."""
    people, held = evidence.people, evidence.held_out
    if held is None and not evidence.counts:
        return []
    if not people:
        return [
            Advice(
                "people not noted",
                "**Note who moves.** Nobody wrote down who made these recordings, so nobody knows "
                "how well the model does for somebody new. Record with `--subject NAME`.",
            )
        ]
    if evidence.not_noted:
        n = plural(evidence.not_noted, "recording")
        return [
            Advice(
                "people not noted",
                f"**Note who moves.** Of {n} nobody wrote it down, so whole people could not be "
                "held out. Record with `--subject NAME`.",
            )
        ]
    if len(people) == 1:
        return [
            Advice(
                "one person",
                f"**Ask other people.** All recordings are by {as_is(people[0])}. Everyone moves "
                f"in an own way: record at least {LEAST_PEOPLE} people, each gesture with each.",
            )
        ]
    if len(people) < LEAST_PEOPLE:
        return [
            Advice(
                "few people",
                f"**Ask more people.** {listed(map(as_is, people))} made all recordings. With "
                f"{LEAST_PEOPLE} or more, whole people can be held out, and this page can say "
                "how well the model does for somebody new.",
            )
        ]
    if evidence.model.metrics.get("held_out_by") == "recording" and not few(evidence):
        return [
            Advice(
                "not everyone",
                "**Let everyone make every gesture.** Some gestures were made by few people, so "
                "whole people could not be held out.",
            )
        ]
    return []


def hard_people(evidence: Evidence) -> list[Advice]:
    """Of people whose recordings are wrong more often."""
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
                    f"**Look at the recordings of {as_is(person)}.** Of these {int(own.sum())} of "
                    f"{len(own)} are right, of all {int(right.sum())} of {len(right)}. Is the "
                    "board held another way round? If not, record more people who move so.",
                )
            )
    return advice


def clipped(evidence: Evidence) -> list[Advice]:
    """Of gestures that are too strong for the sensor, and hard."""
    if evidence.best is None or not evidence.learned:
        return []
    advice = []
    for one in evidence.best.classes:
        own = [recording for recording in evidence.learned if recording.label == one.label]
        share = clipped_fraction(own) if own else 0.0
        if share > CLIPPED_FRACTION and one.recall < CLIPPED_RECALL:
            advice.append(
                Advice(
                    "clipped",
                    f"**Move more gently for {named(one.label)}.** In {share:.0%} of its samples "
                    "the sensor is at the end of its range, 2 g, and what is beyond is lost.",
                )
            )
    return advice
