"""Check: how long sampling, features, network and decision take, and the cycles an instruction.

A virtual board counts the instructions of the same statements exactly, but only estimates how many
cycles one takes. A real board's clock gives the rest: microseconds times MHz are cycles.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from microbit_ml.board.answers import INT32, Number, Question
from microbit_ml.deploy.check.bench import Bench
from microbit_ml.deploy.check.reference import Reference
from microbit_ml.deploy.check.result import Findings, Result
from microbit_ml.deploy.check.timed import (
    COLLECT,
    NOTHING,
    ON_BOARD,
    RUN,
    SET_UP,
    STATEMENTS,
)
from microbit_ml.errors import BoardError

NAME, TITLE = "time", "how long a prediction takes"
CYCLES = (1.0, 2.6)  # of an instruction: what a Cortex-M0 or M4 may need on average
MOST_RUNS = 100
LEAST = 0.5  # of the median: V1's clock jumps now and then, which makes a run look far shorter
_find = Findings(NAME)
_LINE = Question("how many microseconds it took", Number(-INT32, INT32))
# What is shown: the sum of some statements minus that of others.
STAGES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "sampling": (("sampling",), ()),
    "features": (("prediction",), ("without features",)),
    "network": (("network",), ()),
    "decision": (("without features", "debounce"), ("network",)),
    "whole prediction": (("prediction", "debounce"), ()),
}


def run(bench: Bench) -> Iterator[Result]:
    """Microseconds of each stage, and the cycles an instruction in machine code and in Python."""
    bench.fresh()
    bench.load()
    bench.repl.exec(SET_UP)
    median, undisturbed = _measure(bench)
    reference = bench.reference
    for stage, (plus, minus) in STAGES.items():
        yield _stage(reference, stage, _sum(median, plus, minus), plus, minus)
    code = "network" if len(bench.model.network.stages) > 1 else "prediction"
    for what, name in (("machine code", code), ("Python", "debounce")):
        yield _cycles(reference, what, name, undisturbed[name])


def _measure(bench: Bench) -> tuple[dict[str, float], dict[str, float]]:
    """The median and the time of an undisturbed run of each statement, in microseconds."""
    median, undisturbed = {}, {}
    for name, one in STATEMENTS.items():
        bench.progress(f"timing: {name}")
        bench.repl.exec(one.program(ON_BOARD))
        bench.repl.exec(COLLECT)
        times = bench.effort.times
        printed = bench.repl.exec(RUN.format(times=times)).split("\n")[:MOST_RUNS]
        runs = [_LINE.read(line, bench.repl.board) for line in printed if line.strip()]
        if len(runs) != times:
            raise BoardError(f"The board measured {len(runs)} times instead of {times}. Try again.")
        median[name] = float(np.median(runs))
        undisturbed[name] = _undisturbed(runs, median[name])
    for taken in (median, undisturbed):
        nothing = taken[NOTHING]
        for name in taken:
            taken[name] -= nothing
    return median, undisturbed


def _undisturbed(runs: list[int], median: float) -> float:
    """The time without interrupts: the mean of the shortest runs, which are equal to 1 us."""
    usual = sorted(run for run in runs if run >= LEAST * median)
    return float(np.mean([run for run in usual if run <= usual[0] + 1])) if usual else median


def _sum(values: dict[str, float], plus: tuple[str, ...], minus: tuple[str, ...]) -> float:
    return sum(values[one] for one in plus) - sum(values[one] for one in minus)


def _stage(
    reference: Reference,
    stage: str,
    microseconds: float,
    plus: tuple[str, ...],
    minus: tuple[str, ...],
) -> Result:
    instructions = _sum(reference.instructions, plus, minus)
    estimate = reference.target.microseconds(instructions)
    return _find.measured(
        stage, round(microseconds), "us",
        instructions=round(instructions), estimate_us=round(estimate),
    )  # fmt: skip


def _cycles(reference: Reference, what: str, name: str, microseconds: float) -> Result:
    """From an undisturbed run: interrupts only ever add."""
    instructions = max(reference.instructions[name], 1.0)
    cycles = round(microseconds * reference.target.clock_mhz / instructions, 2)
    low, high = CYCLES
    return _find.compared(
        f"cycles an instruction, {what}", cycles, "",
        f"{low:g} to {high:g}; virtual: {reference.target.cycles:g}",
        low <= cycles <= high,
        f"At {reference.target.clock_mhz} MHz no such processor needs {cycles:g} cycles an "
        "instruction: its clock is wrong, or it runs other code.",
        instructions=round(instructions), undisturbed_us=round(microseconds, 2),
    )  # fmt: skip
