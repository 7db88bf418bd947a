"""Statements that are timed on a board, and whose instructions a virtual one counts.

Both run the same program: between two marks stands the statement. On the board the marks read
``ticks_us()``; on the virtual one they are calls of an empty function at which it notes how many
instructions have run.
"""

from __future__ import annotations

from dataclasses import dataclass

from microbit_ml.deploy.benchmark import NETWORK_ENTRY

PREDICTION_ENTRY = 12  # everything from the window to the decision (firmware/kernels/entries.py)
GROUPS = 17  # the byte of the model with its groups of features; 0: the layers take the raw window
LOAD = "from gesture import Recognizer\nr=Recognizer()\nimport loader"
"""Loads the model: afterwards r is the recognizer."""
COLLECT = "import gc\ngc.collect()"
SET_UP = (
    "from utime import ticks_us,ticks_diff,sleep_ms",
    "call=loader.call\nc,w,m=loader.code,loader.work,loader.model",
    "for c in 'due countdown missed confidence unknown last evidence detected away'.split():"
    "setattr(r,c,0)\nc=loader.code",
)
"""All attributes of the recognizer are set: how fast one is found depends on which others are.
Several short commands, because compiling a long one takes V1 a large block of memory."""
# Nothing is printed meanwhile: the serial line's interrupts would come in the next run.
PROGRAM = """def t(n,call,c,w,m,r):
 o=[]
 for i in range(n):
  {before}
  {begin}
  {statement}
  {end}
  {after}
 print(o)"""
RUN = "t({times},call,c,w,m,r)"
ON_BOARD = {"begin": "a=ticks_us()", "end": "b=ticks_us()", "after": "o.append(ticks_diff(b,a))"}
COUNTED = {"begin": "mark()", "end": "mark()", "after": "pass"}
MARK = """import micropython
@micropython.asm_thumb
def mark():
 data(2,0x4678)"""
"""Returns the program counter, which is 4 bytes ahead."""


@dataclass(frozen=True)
class Timed:
    """A statement to measure. before: runs each time before it."""

    statement: str
    before: str = "pass"

    def program(self, marks: dict[str, str]) -> str:
        """The program that measures it. marks: ON_BOARD or COUNTED."""
        return PROGRAM.format(before=self.before, statement=self.statement, **marks)


NOTHING = "nothing"
STATEMENTS = {
    NOTHING: Timed("pass"),
    "sampling": Timed("r.next()", "sleep_ms(25);r.due=ticks_us();r.countdown=9"),
    "prediction": Timed(f"call(c,w,m,{PREDICTION_ENTRY})"),
    "network": Timed(f"call(c,w,m,{NETWORK_ENTRY})"),
    "debounce": Timed("r.debounce(0)", "r.last=r.detected=0"),
    # The last: it changes the copy of the model in memory.
    "without features": Timed(f"call(c,w,m,{PREDICTION_ENTRY})", f"m[{GROUPS}]=0"),
}
"""What is measured; the time of "nothing" is that of the marks, which is subtracted."""
