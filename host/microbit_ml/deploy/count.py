"""How many instructions a statement of MicroPython takes on a virtual board.

A program runs the statement between two calls of a function that does nothing, and the board notes
what it has executed whenever that function begins. What two such calls take by themselves is
measured in the same way and taken off. Interrupts do not count. Virtual boards repeat exactly: the
same files give the same numbers on every computer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from microbit_ml.errors import BoardError
from microbit_ml.image import build_hex
from microbit_ml.virtual import VirtualBoard

BOOT_S, RUN_S = 10.0, 30.0  # of the board's own time, at most
LAST_WORDS_S = 0.3  # for the rest of a traceback
MARK_TO_PC = 4  # what the program counter reads, beyond the instruction that reads it

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
    """What is measured.

    setup: lines that come first; names: what of it the statement uses, with commas, given to the
    function that runs it; before: a statement that is not measured; times: how often.
    """

    setup: str
    names: str
    statement: str
    before: str = "pass"
    times: int = 10


def count_instructions(kind: str, files: Mapping[str, bytes], what: Statement) -> np.ndarray:
    """Instructions of a statement, each time, on a virtual board with these files: (times,).

    On V2 the runtime now and then does work of its own meanwhile; the least of all is without it.
    Raises BoardError with the board's words when the program ends otherwise.
    """
    program = PROGRAM.format(**vars(what))
    on_board = {**files, "main.py": program.encode()}
    with VirtualBoard(kind, build_hex({kind: on_board})) as board:
        if not board.run_until("\n", BOOT_S) or not board.serial.strip().isdigit():
            raise failed(board)
        marks = board.watch(int(board.serial) - MARK_TO_PC)
        if not board.run_until("end", RUN_S) or len(marks) != 4 * what.times:
            raise failed(board)
    taken = np.diff(np.array(marks).reshape(-1, 2), axis=1)[:, 0]
    return taken[: what.times] - taken[what.times :].min()


class BoardFullError(BoardError, MemoryError):
    """What is measured takes more memory than a board has."""


def failed(board: VirtualBoard) -> BoardError:
    """The error to raise when a program for measuring ended early, with all that the board says."""
    board.run(LAST_WORDS_S)
    words = " ".join(board.serial.split())
    if "MemoryError" in words or "too little memory" in words:
        return BoardFullError(
            f"The model takes more memory than the virtual {board.kind} has beside the program "
            "that measures it. Train with fewer hidden units or a shorter window."
        )
    return BoardError(f"The virtual {board.kind} could not be measured; it said: {words}")
