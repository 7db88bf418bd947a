"""The reference: a virtual board of the same kind with the same model, measured alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from microbit_ml.board.answers import INT32, Number, Question
from microbit_ml.board.repl import RawRepl
from microbit_ml.deploy.check.timed import (
    COLLECT,
    COUNTED,
    LOAD,
    MARK,
    NOTHING,
    RUN,
    SET_UP,
    STATEMENTS,
)
from microbit_ml.deploy.count import MARK_TO_PC
from microbit_ml.image import build_hex, read_runtimes, stock
from microbit_ml.image.board_files import board_files
from microbit_ml.targets import TARGETS, Target
from microbit_ml.virtual import VirtualBoard, VirtualSerial

FREE = Question("its free memory", Number(0, 2**20))
ADDRESS = Question("an address", Number(0, INT32))
HEAP = "import gc\ngc.collect()\nprint(gc.mem_free())"
TIMES = 5  # instructions are exact: a few runs show the usual number


@dataclass(frozen=True)
class Reference:
    """The same measurements of a virtual board.

    version: of its MicroPython; is_same_version: whether the checked board has that version, too;
    heap_free, heap_with_model: bytes; instructions: of each statement of STATEMENTS, without the
    marks around it.
    """

    target: Target
    version: str
    is_same_version: bool
    heap_free: int
    heap_with_model: int
    instructions: dict[str, float]

    @classmethod
    def of(cls, target: Target, model: bytes, version: str) -> Reference:
        """Measure a virtual board. model: model.bin; version: of the MicroPython to look for."""
        text, found, is_same = _runtime(target, version)
        files = board_files(model, board=target.name)
        hex_text = build_hex({target.name: files}, text)
        with VirtualBoard(target.name, hex_text) as board:
            probe = _Probe(board)
            free = probe.free()
            probe.repl.exec(LOAD)
            return cls(target, found, is_same, free, probe.free(), probe.instructions())

    def microseconds(self, name: str) -> float:
        """The estimated time of a statement."""
        return self.target.microseconds(self.instructions[name])


@lru_cache(maxsize=8)
def reference_of(target: str, model: bytes, version: str) -> Reference:
    """The reference for a target, a model.bin and the version of a board's MicroPython."""
    return Reference.of(TARGETS[target], model, version)


class _Probe:
    """A virtual board in its raw REPL."""

    def __init__(self, board: VirtualBoard) -> None:
        self._board = board
        self.repl = RawRepl(VirtualSerial(board), lambda: board.time_us / 1e6)
        self.repl.enter()
        self.repl.soft_reset_raw()

    def free(self) -> int:
        return self.repl.ask(FREE, HEAP)

    def instructions(self) -> dict[str, float]:
        self.repl.exec(MARK)
        self.repl.exec(SET_UP)
        counts = self._board.watch(self.repl.ask(ADDRESS, "print(mark())") - MARK_TO_PC)
        taken = {}
        for name, one in STATEMENTS.items():
            self.repl.exec(one.program(COUNTED))
            self.repl.exec(COLLECT)
            before = len(counts)
            self.repl.exec(RUN.format(times=TIMES))
            pairs = np.array(counts[before:]).reshape(-1, 2)
            taken[name] = float(np.median(pairs[:, 1] - pairs[:, 0]))
        nothing = taken[NOTHING]
        return {name: count - nothing for name, count in taken.items()}


def _runtime(target: Target, version: str) -> tuple[str, str, bool]:
    """The hex of a MicroPython that the kit has, its version, and whether it is this one.

    A board does not report what comes after a dash: 2.0.0-beta.5 calls itself 2.0.0.
    """
    for name in (stock.DEFAULT, *stock.STOCK):
        text = stock.text_of(name)
        found = read_runtimes(text)[target.like].version
        if found.partition("-")[0] == version.partition("-")[0]:
            return text, found, True
    text = stock.text_of(stock.DEFAULT)
    return text, read_runtimes(text)[target.like].version, False
