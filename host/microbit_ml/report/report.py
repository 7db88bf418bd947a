"""One page about a model: the answer first, then the evidence for it."""

from __future__ import annotations

from microbit_ml.pages import Page, as_is
from microbit_ml.report.answer import add_advice, add_answer
from microbit_ml.report.board_section import add_board, add_settings
from microbit_ml.report.data_section import add_data, add_examples, add_split
from microbit_ml.report.evidence import Evidence
from microbit_ml.report.features_section import add_features
from microbit_ml.report.learning_section import add_confusion, add_losses, add_wrong
from microbit_ml.report.nearest_section import add_nearest
from microbit_ml.report.tree_section import add_tree
from microbit_ml.report.trust_section import (
    add_calibration,
    add_integers,
    add_new_recordings,
    add_unknown,
)

SECTIONS = (
    add_answer,
    add_advice,
    add_data,
    add_examples,
    add_split,
    add_confusion,
    add_wrong,
    add_new_recordings,
    add_losses,
    add_nearest,
    add_tree,
    add_features,
    add_calibration,
    add_unknown,
    add_integers,
    add_board,
    add_settings,
)


def report_html(evidence: Evidence) -> str:
    """The report as one HTML page, complete in itself. The same evidence gives the same bytes."""
    page = Page(f"Report on {as_is(evidence.name)}")
    for add in SECTIONS:
        add(page, evidence)
    return page.html()
