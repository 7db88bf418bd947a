"""Checks: whether a board, real or virtual, does what the kit says, each with its figures."""

from microbit_ml.deploy.check.bench import Bench, open_bench
from microbit_ml.deploy.check.checks import CHECKS, Check, is_right, run_checks
from microbit_ml.deploy.check.effort import FULL, QUICK, Effort
from microbit_ml.deploy.check.person import BUTTONS, PICTURES, Person, SimulatedHand
from microbit_ml.deploy.check.practice import practice_model
from microbit_ml.deploy.check.result import FAILED, MEASURED, NOT_DONE, PASSED, Result

__all__ = [
    "BUTTONS",
    "CHECKS",
    "FAILED",
    "FULL",
    "MEASURED",
    "NOT_DONE",
    "PASSED",
    "PICTURES",
    "QUICK",
    "Bench",
    "Check",
    "Effort",
    "Person",
    "Result",
    "SimulatedHand",
    "is_right",
    "open_bench",
    "practice_model",
    "run_checks",
]
