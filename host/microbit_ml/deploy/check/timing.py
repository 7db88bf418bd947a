"""Check: how long sampling, features, network and decision take, and the cycles an instruction.

A virtual board counts the instructions of the same statements exactly, but only estimates how many
cycles one takes. A real board's clock gives the rest: microseconds times MHz are cycles.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from microbit_ml.board.answers import INT32, Many, Number, Question
from microbit_ml.board.repl import BoardProgramError
from microbit_ml.deploy.check.bench import Bench, is_memory
from microbit_ml.deploy.check.result import Findings, Result
from microbit_ml.deploy.check.timed import (
    COLLECT,
    LOAD,
    NOTHING,
    ON_BOARD,
    RUN,
    SET_UP,
    STATEMENTS,
    Timed,
)
from microbit_ml.targets import Target

NAME, TITLE = "time", "how long a prediction takes"
CYCLES = (1.0, 2.6)  # of an instruction: what a Cortex-M0 or M4 may need on average
LEAST = 0.5  # of the median: V1's clock jumps now and then, which makes a run look far shorter
_find = Findings(NAME)
_US = Number(-INT32, INT32)
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
    median, undisturbed = _measure(bench)
    for stage, (plus, minus) in STAGES.items():
        instructions = _sum(bench.instructions, plus, minus)
        yield _stage(bench.target, stage, _sum(median, plus, minus), instructions)
    code = "network" if len(bench.model.network.stages) > 1 else "prediction"
    for what, name in (("machine code", code), ("Python", "debounce")):
        yield _cycles(bench.target, what, bench.instructions[name], undisturbed[name])


def _measure(bench: Bench) -> tuple[dict[str, float], dict[str, float]]:
    """The median and the time of an undisturbed run of each statement, in microseconds."""
    median, undisturbed = {}, {}
    for name, one in STATEMENTS.items():
        bench.progress(f"timing: {name}")
        times = bench.effort.times
        question = Question(f"{times} times in microseconds", Many(_US, times, times))
        _prepare(bench, one, is_first=name == NOTHING)
        runs = bench.repl.ask(question, RUN.format(times=times))
        median[name] = float(np.median(runs))
        undisturbed[name] = _undisturbed(runs, median[name])
    for taken in (median, undisturbed):
        nothing = taken[NOTHING]
        for name in taken:
            taken[name] -= nothing
    return median, undisturbed


def _prepare(bench: Bench, one: Timed, *, is_first: bool) -> None:
    """Put a statement on the board: in an empty heap, or after the ones before."""
    program = one.program(ON_BOARD)
    try:
        if is_first:
            bench.prepare((LOAD, *SET_UP))
        bench.repl.exec(program)
    except BoardProgramError as error:
        if not is_memory(error):
            raise
        bench.prepare((program, LOAD, *SET_UP))
    bench.repl.exec(COLLECT)


def _undisturbed(runs: list[int], median: float) -> float:
    """The time without interrupts: the mean of the shortest runs, which are equal to 1 us."""
    usual = sorted(run for run in runs if run >= LEAST * median)
    return float(np.mean([run for run in usual if run <= usual[0] + 1])) if usual else median


def _sum(values: dict[str, float], plus: tuple[str, ...], minus: tuple[str, ...]) -> float:
    return sum(values[one] for one in plus) - sum(values[one] for one in minus)


def _stage(target: Target, stage: str, microseconds: float, instructions: float) -> Result:
    estimate = round(target.microseconds(instructions))
    return _find.measured(
        stage, round(microseconds), "us", f"{estimate:,} (virtual board)",
        instructions=round(instructions), estimate_us=estimate,
    )  # fmt: skip


def _cycles(target: Target, what: str, instructions: float, microseconds: float) -> Result:
    """From an undisturbed run: interrupts only ever add."""
    cycles = round(microseconds * target.clock_mhz / max(instructions, 1.0), 2)
    low, high = CYCLES
    return _find.compared(
        f"cycles an instruction, {what}", cycles, "",
        f"{low:g} to {high:g}; {target.cycles:g} (virtual)",
        low <= cycles <= high,
        f"At {target.clock_mhz} MHz no such processor needs {cycles:g} cycles an "
        "instruction: its clock is wrong, or it runs other code.",
        instructions=round(instructions), undisturbed_us=round(microseconds, 2),
    )  # fmt: skip
