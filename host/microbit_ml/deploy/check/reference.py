"""The reference: a virtual board of the same kind with the same model, measured alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
    Timed,
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
    """The memory of a virtual board.

    version: of its MicroPython; is_same_version: whether the checked board has that version, too;
    heap_free, heap_with_model: bytes.
    """

    version: str
    is_same_version: bool
    heap_free: int
    heap_with_model: int


@lru_cache(maxsize=8)
def reference_of(target: str, model: bytes, version: str) -> Reference:
    """The memory of a virtual board. model: model.bin; version: of the MicroPython to look for."""
    _, found, is_same = _runtime(TARGETS[target], version)
    with _virtual(target, model, version) as probe:
        free = probe.free()
        probe.exec(LOAD)
        return Reference(found, is_same, free, probe.free())


@lru_cache(maxsize=8)
def instructions_of(target: str, model: bytes, version: str) -> dict[str, float]:
    """The instructions of each statement of STATEMENTS on a virtual board, without the marks.

    Raises BoardProgramError when V1 has too little memory for counting beside the model.
    """
    taken = {}
    with _virtual(target, model, version) as probe:
        for name, one in STATEMENTS.items():
            taken[name] = probe.instructions(one)
    return {name: count - taken[NOTHING] for name, count in taken.items()}


@contextmanager
def _virtual(target: str, model: bytes, version: str) -> Iterator[_Probe]:
    text, _, _ = _runtime(TARGETS[target], version)
    hex_text = build_hex({target: board_files(model, board=target)}, text)
    with VirtualBoard(target, hex_text) as board:
        yield _Probe(board)


class _Probe:
    """A virtual board in its raw REPL, with an empty heap."""

    def __init__(self, board: VirtualBoard) -> None:
        self._board = board
        self._repl = RawRepl(VirtualSerial(board), lambda: board.time_us / 1e6)
        self._repl.enter()
        self._repl.soft_reset_raw()
        self.exec = self._repl.exec

    def free(self) -> int:
        return self._repl.ask(FREE, HEAP)

    def instructions(self, one: Timed) -> float:
        """The usual number between the two marks."""
        self._repl.soft_reset_raw()
        for command in (MARK, one.program(COUNTED), LOAD, *SET_UP, COLLECT):
            self.exec(command)
        counts = self._board.watch(self._repl.ask(ADDRESS, "print(mark())") - MARK_TO_PC)
        self.exec(RUN.format(times=TIMES))
        pairs = np.array(counts).reshape(-1, 2)
        return float(np.median(pairs[:, 1] - pairs[:, 0]))


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
