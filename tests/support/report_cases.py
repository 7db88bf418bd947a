"""Models that a report must cope with, each with its recordings if it has any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import microbit_ml as mb
from microbit_ml.report import Evidence
from microbit_ml.training.prepare import as_recordings

RTL, SCRIPT, MARKS = "שלום עולם", '<script>alert(1)</script>&"', "a`b` **c** $d$ \\e"
LONG = "Donaudampfschifffahrt" * 4


def evidence_of(data: mb.Dataset, folder: str = "gestures", **settings: object) -> Evidence:
    """A model trained on the data, with them."""
    model = mb.train(data, **{"steps": 60, "copies": 2, "negatives": 100, **settings})
    return Evidence.of(Path("model.mbml"), model, data, folder)


def renamed(data: mb.Dataset, names: dict[str, str]) -> mb.Dataset:
    """The data with other labels."""
    labels = [names.get(one.label, one.label) for one in data]
    return replace(data, recordings=as_recordings(data.recordings, labels))


def nine_labels() -> Evidence:
    """All simulated gestures of four people: whole people are held out."""
    return evidence_of(mb.simulate(people=4, repeats=2))


def tiny() -> Evidence:
    """Two labels with three recordings each, by people who were not noted."""
    data = mb.simulate(["shake", "still"], people=3, repeats=1)
    return evidence_of(
        replace(data, recordings=[replace_subject(one, "") for one in data.recordings])
    )


def one_person() -> Evidence:
    """One person who made everything."""
    return evidence_of(mb.simulate(["shake", "circle", "still"], people=1, repeats=8))


def without_metrics() -> Evidence:
    """A model without metrics, history or provenance; its recordings cannot be found."""
    model = tiny().model
    return Evidence(
        "old.mbml",
        replace(model, metrics={}, history={}, provenance={}, replay=type(model.replay).none()),
    )


def raw_window() -> Evidence:
    """A convolutional network, which has no features."""
    return evidence_of(mb.simulate(["shake", "still"], people=3, repeats=2), arch="cnn", steps=20)


def unusual_labels() -> Evidence:
    """Labels that run from right to left, look like HTML or a page's own marks, or are long."""
    data = mb.simulate(["shake", "still", "circle", "lift"], people=3, repeats=2)
    names = {"shake": RTL, "still": SCRIPT, "circle": MARKS, "lift": LONG}
    return evidence_of(renamed(data, names), folder="folder & <b>")


def other_data() -> Evidence:
    """A model beside recordings that it was not trained on, some of them out-of-distribution."""
    model = tiny().model
    data = mb.simulate(["shake", "still", "circle"], people=2, repeats=2, seed=9)
    return Evidence.of(Path("model.mbml"), model, data, "later")


def replace_subject(recording: mb.Recording, subject: str) -> mb.Recording:
    """The same recording by another subject."""
    return as_recordings([recording], subjects=[subject])[0]


CASES: dict[str, Callable[[], Evidence]] = {
    one.__name__: one
    for one in (
        nine_labels,
        tiny,
        one_person,
        without_metrics,
        raw_window,
        unusual_labels,
        other_data,
    )
}
