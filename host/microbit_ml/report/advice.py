"""Advice on what to do next, drawn from the evidence. Each piece gives its reason.

The limits in the modules beside this one are conventions, not laws: they are set so that a good
model gets no advice at all.
"""

from __future__ import annotations

from microbit_ml.report import advice_data, advice_model
from microbit_ml.report.evidence import Evidence
from microbit_ml.report.words import Advice

CHECKS = (
    advice_data.old,
    advice_data.data_changed,
    advice_data.problems,
    advice_data.few,
    advice_data.uneven,
    advice_data.people,
    advice_data.hard_people,
    advice_model.alike,
    advice_model.hard,
    advice_data.clipped,
    advice_model.overfitted,
    advice_model.uncalibrated,
    advice_model.unknown,
    advice_model.integers,
    advice_model.board,
)


def advise(evidence: Evidence) -> list[Advice]:
    """All advice, the most important first; empty for a model that needs none."""
    return [advice for check in CHECKS for advice in check(evidence)]
