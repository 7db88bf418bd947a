"""A pupil's own program: checked here, before anything is written or sent to a board.

Python on this computer finds what is no Python at all. The board's MicroPython is smaller: what a
target lacks of the language stands in ``targets/``, and is found here in the syntax tree.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from microbit_ml.common.inputs import MB, read_input
from microbit_ml.errors import FileMissingError, ProgramError
from microbit_ml.image.lacking import Place, lacking_parts
from microbit_ml.targets import TARGETS

RECOGNIZER = "gesture"  # the module that a program imports to recognise gestures
_LARGEST = MB
_BOM = b"\xef\xbb\xbf"  # which some editors write, and MicroPython takes for a part of a name
# What every micro:bit's MicroPython has; a name may have a "u" in front.
_MODULES = frozenset(
    """__main__ antigravity array audio builtins collections errno gc log love machine math microbit
    micropython music neopixel os power radio random speech struct sys this time""".split()  # noqa: SIM905
)
# Python's compiler finds these after parsing. It also refuses programs that MicroPython runs.
_CERTAIN = re.compile("outside|not properly in loop|duplicate argument")


@dataclass(frozen=True)
class Problem:
    """Why a program cannot run: the line and the column (both from 1), and what is wrong there."""

    line: int
    column: int
    text: str


@dataclass(frozen=True)
class Program:
    """A program that is Python.

    path: its file; source: its content, without a byte order mark, as it goes onto the board.
    """

    path: Path
    source: bytes

    @classmethod
    def read(cls, path: Path | str) -> Program:
        """Read a program. Raises FileMissingError, or ProgramError where it is not Python."""
        path = Path(path)
        try:
            source = read_input(path, _LARGEST, "program").removeprefix(_BOM)
        except FileNotFoundError as error:
            raise FileMissingError(f"There is no file {path}. Check its name.") from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise FileMissingError(f"The program {path} cannot be read: {reason}.") from error
        program = cls(path, source)
        if problem := _syntax_problem(source):
            raise program.error(problem)
        return program

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(self.source)

    @property
    def imports_recognizer(self) -> bool:
        """Whether it imports the recognizer, anywhere in it."""
        return any(name == RECOGNIZER for name, _ in _imports(ast.walk(self.tree)))

    @property
    def reads_typing(self) -> bool:
        """Whether it asks for text that somebody types: it calls ``input``."""
        return any(isinstance(one, ast.Name) and one.id == "input" for one in ast.walk(self.tree))

    def problem_on(self, kind: str, title: str = "") -> Problem | None:
        """The first thing in it that a target's MicroPython is certain not to have, or None.

        title: how to name the board (default: as the target is).
        """
        target = TARGETS[kind]
        found = [
            self._at(node, f"MicroPython on {title or target.title} {text}")
            for node, text in lacking_parts(self.tree, self.source.decode("utf-8"), target.lacks)
        ]
        found += [
            self._at(node, f"there is no module {name!r} on a micro:bit")
            for name, node in _imports(_always_run(self.tree.body))
            if name in sys.stdlib_module_names - _MODULES and name.removeprefix("u") not in _MODULES
        ]
        return min(found, key=lambda one: (one.line, one.column), default=None)

    def check(self, kinds: Iterable[str]) -> None:
        """Raise ProgramError when it can run on none of these targets."""
        kinds = list(kinds)
        titles = " and ".join(TARGETS[kind].title for kind in kinds)
        problems = [self.problem_on(kind, titles) for kind in kinds]
        if problems and all(problems):
            raise self.error(next(filter(None, problems)))

    def _at(self, node: Place, text: str) -> Problem:
        before = self.line(node.lineno).encode("utf-8")[: node.col_offset]  # counted in bytes
        return Problem(node.lineno, len(before.decode("utf-8", "replace")) + 1, text)

    def error(self, problem: Problem) -> ProgramError:
        """The error that shows a problem's line, with a mark below its column."""
        return ProgramError(
            f"{self.path}, line {problem.line}: {_as_sentence(problem.text)}{self.shown(problem)}\n"
            f"Correct line {problem.line}, then use the same command again. Nothing was written."
        )

    def shown(self, problem: Problem) -> str:
        """The problem's line, below it a mark at its column; "" where there is no such line."""
        line = self.line(problem.line)
        if not line.strip():
            return ""
        before = re.sub(r"[^\t]", " ", line[: problem.column - 1])
        return f"\n    {line}\n    {before}^"

    def line(self, number: int) -> str:
        """The text of a line, from 1 on; "" beyond the end."""
        lines = self.source.decode("utf-8", "replace").splitlines()
        return lines[number - 1].rstrip() if 0 < number <= len(lines) else ""


def read_program(path: Path | str, kinds: Iterable[str] | None = None) -> bytes:
    """The content of a program that can run on at least one of these targets (default: on any).

    Raises FileMissingError, or ProgramError with the line and the place in it.
    """
    program = Program.read(path)
    program.check(TARGETS if kinds is None else kinds)
    return program.source


def _syntax_problem(source: bytes) -> Problem | None:
    try:
        source.decode("utf-8")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        return Problem(line, 1, "this is not text in UTF-8. Save the file as UTF-8 in your editor")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except SyntaxError as error:
        return _of_python(error)
    except (ValueError, RecursionError, MemoryError) as error:
        return Problem(1, 1, f"Python cannot read this program ({error})")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(tree, "main.py", "exec", dont_inherit=True)
    except SyntaxError as error:
        return _of_python(error) if _CERTAIN.search(error.msg or "") else None
    return None


def _of_python(error: SyntaxError) -> Problem:
    return Problem(error.lineno or 1, max(error.offset or 1, 1), error.msg or "this is not Python")


def _as_sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _always_run(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run as soon as the program starts, whatever happens."""
    for node in body:
        yield node
        if isinstance(node, ast.With):
            yield from _always_run(node.body)


def _imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.stmt]]:
    """The modules that are imported, each with its statement."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0], node
