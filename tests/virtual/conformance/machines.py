"""The machines that run the behaviours: virtual V1s and V2s, and QEMU's V1, with one interface.

The actions of a behaviour (the lines after "!"); what some of them return is added to the output:

- ``tilt X Y Z``, ``hold a``, ``release a``, ``press a``, ``run S``
- ``move NAME while COMMAND``: a short command runs while the board is moved as in GESTURES
- ``leds``: the picture on the LEDs, five lines of brightness
- ``watch N``: what runs over the LEDs: the last column of N pictures, side by side
- ``main CODE``: a board with this main.py is switched on; what it prints until the prompt
- ``main CODE until BYTES``: the same, until it has sent these bytes
- ``friendly``: switch to the friendly REPL, the prompt for people
- ``send BYTES until BYTES``: bytes past the raw REPL, and the answer; both as Python literals

QEMU knows ``main``, ``friendly`` and ``send`` only.
"""

from __future__ import annotations

import ast
import re
from typing import Protocol

import uflash
from behaviours import ON_QEMU_TOO, Behaviour
from qemu import QemuPort

from microbit_ml.board import RawRepl
from microbit_ml.board.repl import BoardProgramError
from microbit_ml.errors import BoardError, VirtualBoardError
from microbit_ml.image.hex import add_files
from microbit_ml.image.intel_hex import write_plain
from microbit_ml.image.runtime import bundled_runtimes
from microbit_ml.image.stock import UFLASH
from microbit_ml.virtual import VirtualBoard, VirtualSerial

PROMPT = b"\r\n>>> "
LONGEST_WAIT_S = 60
LONGEST_SCROLL_S = 10  # the display scrolls an error of main.py first
VISIBLE = {4: "^D", 8: "^H", 27: "^["}  # how the files write control characters
FRESH_START = "globals().clear(); __name__ = '__main__'; import gc; gc.collect()"

# Counts of 1/1024 g, 50 a second, in the axes of accelerometer.get_values().
GESTURES = {
    "shake": [(1900 if i // 3 % 2 else -1900, 0, -1024) for i in range(50)],
    "freefall": [(0, 0, 0)] * 50,
    "face up": [(0, 0, -1024)] * 50,
    "face down": [(0, 0, 1024)] * 50,
    "up": [(0, 1024, 0)] * 50,
    "down": [(0, -1024, 0)] * 50,
    "left": [(-1024, 0, 0)] * 50,
    "right": [(1024, 0, 0)] * 50,
    "3076 counts long": [(1776, 1776, 1776)] * 50,
    "3048 counts long": [(1760, 1760, 1760)] * 50,
}


class Port(Protocol):
    """The methods of a serial port that the machines need."""

    timeout: float | None

    @property
    def in_waiting(self) -> int: ...
    def read(self, size: int = 1) -> bytes: ...
    def read_until(self, expected: bytes) -> bytes: ...
    def write(self, data: bytes) -> int: ...
    def close(self) -> None: ...


class Machine:
    """A board that is switched on and waits at the raw REPL, or behind main.py at the prompt."""

    port: Port
    repl: RawRepl

    def __init__(self) -> None:
        self._boot("", PROMPT)

    def _boot(self, program: str, until: bytes) -> None:
        self._switch_on(self._hex_with(program))
        received = self._receive_until(until)
        if until.decode() not in received:
            raise TimeoutError(f"{until!r} never came; the board sent {received!r}.")
        self.printed = received.replace("\0", "").partition("MicroPython v")[0]
        self.in_raw_repl = False

    def _hex_with(self, program: str) -> str:
        """MicroPython with this main.py, without one for ""."""
        if not program:
            return uflash._RUNTIME
        return uflash.embed_fs_uhex(uflash._RUNTIME, program.encode())

    def _receive_until(self, end: bytes) -> str:
        """Return what the board sends up to ``end``, with a long timeout only for this call."""
        timeout, self.port.timeout = self.port.timeout, LONGEST_WAIT_S
        received = self.port.read_until(end).decode("utf-8", "replace")
        self.port.timeout = timeout
        return received

    def _switch_on(self, text: str) -> None:
        """Make ``port`` and ``repl`` for a board with this hex."""
        raise NotImplementedError

    def close(self) -> None:
        self.port.close()

    def show(self, behaviour: Behaviour) -> list[str]:
        """Run the steps of a behaviour; return the lines of its output."""
        output = ""
        if behaviour.steps[0][1].split()[0] != "main":
            self.run_command(FRESH_START)
        for kind, text in behaviour.steps:
            output += self.run_command(text) if kind == "code" else self._act(text)
        return [line.translate(VISIBLE).rstrip() for line in output.splitlines()]

    def run_command(self, command: str) -> str:
        """Return what a command prints at the raw REPL, or the last line of its traceback."""
        if not self.in_raw_repl:
            self.repl.enter()
            self.in_raw_repl = True
        try:
            return self.repl.exec(command)
        except BoardProgramError as error:
            return error.traceback.strip().splitlines()[-1] + "\n"

    def _act(self, line: str) -> str:
        verb, _, rest = line.partition(" ")
        if verb == "main":
            program, _, until = rest.partition(" until ")
            self.close()
            self._boot(ast.literal_eval(program), ast.literal_eval(until) if until else PROMPT)
            return self.printed
        if verb == "friendly":
            self.in_raw_repl = False
            self.port.write(b"\x02")
            self._receive_until(PROMPT)
            return ""
        if verb == "send":
            sent, _, until = rest.partition(" until ")
            self.in_raw_repl = False
            self.port.write(ast.literal_eval(sent))
            return self._receive_until(ast.literal_eval(until))
        return self._act_on_board(verb, rest)

    def _act_on_board(self, verb: str, rest: str) -> str:
        raise ValueError(f"This machine has no action {verb!r}.")


class VirtualMachine(Machine):
    """A virtual board of one kind and, optionally, revision, with a pair of MicroPythons."""

    def __init__(self, kind: str, revision: str | None = None, stock: str = UFLASH) -> None:
        self.kind, self.revision, self.stock = kind, revision, stock
        super().__init__()

    def _hex_with(self, program: str) -> str:
        if self.stock == UFLASH:
            return super()._hex_with(program)
        files = {"main.py": program.encode()} if program else {}
        return write_plain(add_files(bundled_runtimes(self.stock)[self.kind], files))

    def _switch_on(self, text: str) -> None:
        self.board = VirtualBoard(self.kind, text, revision=self.revision)
        self.port = VirtualSerial(self.board)
        self.repl = RawRepl(self.port, clock=lambda: self.board.time_us / 1e6)

    def close(self) -> None:
        super().close()
        self.board.close()

    def show(self, behaviour: Behaviour) -> list[str]:
        try:
            return super().show(behaviour)
        except VirtualBoardError as crash:
            return [re.sub(r".* a (HardFault: .*?), at .*", r"\1", str(crash), flags=re.DOTALL)]

    def _act_on_board(self, verb: str, rest: str) -> str:
        board = self.board
        if verb == "tilt":
            board.tilt(*map(int, rest.split()))
        elif verb == "move":
            name, _, command = rest.partition(" while ")
            self.port.write(command.encode() + b"\x04")
            board.play(GESTURES[name])
            return self._receive_until(b"\x04>").removeprefix("OK").replace("\x04", "").rstrip(">")
        elif verb in ("hold", "release", "press"):
            getattr(board, verb)(rest)
            board.run(0.1)
        elif verb == "run":
            board.run(float(rest))
        elif verb == "leds":
            board.run(0.05)
            return board.show() + "\n"
        elif verb == "watch":
            return self._watch(int(rest))
        else:
            return super()._act_on_board(verb, rest)
        return ""

    def _watch(self, columns: int) -> str:
        """The last column of each picture that is seen twice, from the first lit one on."""
        before = self.board.leds
        pictures: list[list[list[int]]] = []
        end = self.board.time_us + LONGEST_SCROLL_S * 1e6
        while len(pictures) < columns and self.board.time_us < end:
            self.board.run(0.03)
            now = self.board.leds
            has_come = bool(pictures) or any(row[4] for row in now)
            if now == before and has_come and now not in pictures[-1:]:
                pictures.append(now)
            before = now
        rows = zip(*([row[4] for row in picture] for picture in pictures), strict=True)
        return "\n".join("".join("#" if led else "." for led in row) for row in rows) + "\n"


class QemuMachine(Machine):
    """QEMU's V1."""

    def _switch_on(self, text: str) -> None:
        self.port = QemuPort(text)
        self.repl = RawRepl(self.port)

    def show(self, behaviour: Behaviour) -> list[str]:
        """As on every machine; if the answer is not V1's, a second time on a fresh QEMU.

        On a busy computer QEMU may get bytes faster than its V1 takes them, and lose some.
        """
        try:
            output = super().show(behaviour)
        except BoardError:
            output = []
        if output == behaviour.expected[ON_QEMU_TOO]:
            return output
        self.close()
        self._boot("", PROMPT)
        return super().show(behaviour)
