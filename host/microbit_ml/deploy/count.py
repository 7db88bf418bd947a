"""Counts the instructions of a MicroPython statement on a virtual board.

A program runs the statement between two calls of an empty function, and the board notes its
instruction count at each call. The overhead of two such calls is measured in the same way and
subtracted. Interrupts do not count. Virtual boards are deterministic: the same files give the same
numbers on every computer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from microbit_ml.errors import BoardError
from microbit_ml.virtual import VirtualBoard

BOOT_S, RUN_S = 10.0, 30.0  # maximum, in the board's own time
TRACEBACK_S = 0.3  # time for the rest of a traceback
MARK_TO_PC = 4  # the program counter reads this far ahead of the instruction that reads it

PROGRAM = """{setup}
import micropython
from utime import sleep_ms
@micropython.asm_thumb
def mark():
    data(2, 0x4678)  # mov r0, pc
def measured(n, {names}):
    for i in range(n):
        {before}
        mark()
        {statement}
        mark()
def nothing(n, {names}):
    for i in range(n):
        {before}
        mark()
        mark()
measured(1, {names})
print(mark())
sleep_ms(100)
measured({times}, {names})
nothing({times}, {names})
print('end')
"""


@dataclass(frozen=True)
class Statement:
    """The statement to measure.

    setup: lines to run first; names: those of its variables that the statement uses, with commas;
    before: a statement to run each time without measuring it; times: the number of repetitions.
    """

    setup: str
    names: str
    statement: str
    before: str = "pass"
    times: int = 10


def count_instructions(kind: str, files: Mapping[str, bytes], what: Statement) -> np.ndarray:
    """Instructions of each run of a statement, on a virtual board with these files: (times,).

    V2's runtime sometimes does other work in between; the minimum is without it.
    Raises BoardError with the board's output when the program fails.
    """
    program = PROGRAM.format(**vars(what))
    on_board = {**files, "main.py": program.encode()}
    with VirtualBoard(kind, on_board) as board:
        if not board.run_until("\n", BOOT_S) or not board.serial.strip().isdigit():
            raise failed(board)
        marks = board.watch(int(board.serial) - MARK_TO_PC)
        if not board.run_until("end", RUN_S) or len(marks) != 4 * what.times:
            raise failed(board)
    taken = np.diff(np.array(marks).reshape(-1, 2), axis=1)[:, 0]
    return taken[: what.times] - taken[what.times :].min()


class BoardFullError(BoardError, MemoryError):
    """The measured program needs more memory than a board has."""


def failed(board: VirtualBoard) -> BoardError:
    """The error to raise when a measuring program ended early, with the board's output."""
    board.run(TRACEBACK_S)
    output = " ".join(board.serial.split())
    if "MemoryError" in output or "too little memory" in output:
        return BoardFullError(
            f"The model takes more memory than the virtual {board.kind} has left beside the "
            "measuring program. Train with fewer hidden units or a shorter window."
        )
    return BoardError(
        f"The measurement on the virtual {board.kind} failed. The board printed: {output}"
    )
