"""``report``: everything a class wants to know about a model, on one page."""

from microbit_ml.report.advice import advise
from microbit_ml.report.evidence import Evidence, find_dataset
from microbit_ml.report.report import report_html
from microbit_ml.report.words import Advice

__all__ = ["Advice", "Evidence", "advise", "find_dataset", "report_html"]
