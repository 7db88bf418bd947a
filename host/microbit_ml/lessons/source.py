"""The source of functions: the code that lessons show, the kit's and their own."""

from __future__ import annotations

import ast
import inspect
import linecache
import re
import textwrap
from collections.abc import Mapping
from difflib import SequenceMatcher
from pathlib import Path
from types import FrameType
from typing import Any

from microbit_ml.errors import KitError

PACKAGE = Path(__file__).parents[1]
COPY = "lesson_copy_"  # the prefix of packages that are a pupil's copy of a lesson
# Symbols that need no explanation in a formula: functions that every pupil knows or that the text
# around it explains.
FUNCTIONS = ("max", "min", "exp", "log", "ln", "round", "if", "else", "and", "or", "Σ", "ᵀ")


class LessonError(KitError, ValueError):
    """A lesson is written in a way that cannot be shown; the message is for its writer."""


def source_of(thing: Any, only: str | None = None) -> tuple[str, str, int]:
    """(source, file, number of its first line) of a function or a class of the kit.

    only: the name of one method of a class. The file is relative to the package's folder, such as
    ``network/layers.py``. Raises LessonError when there is no source.
    """
    if only is not None:
        thing = inspect.getattr_static(thing, only)
        thing = getattr(thing, "fget", None) or getattr(thing, "__func__", None) or thing
    thing = inspect.unwrap(thing)
    try:
        lines, first = inspect.getsourcelines(thing)
        path = Path(inspect.getsourcefile(thing) or "").resolve()
    except (TypeError, OSError) as error:
        raise LessonError(f"There is no source of {thing!r} to show.") from error
    return textwrap.dedent("".join(lines)).rstrip(), shown_path(path), first


def shown_path(path: Path) -> str:
    """A file's path, relative to the kit's folder."""
    try:
        return path.relative_to(PACKAGE.resolve()).as_posix()
    except ValueError:
        return path.name


def line_of(thing: Any, part: str, only: str | None = None) -> tuple[str, str]:
    """The first line of code with ``part`` in it, and its location. Raises LessonError if none.

    In a pupil's copy the line may have been changed: there the most similar line is taken.
    """
    source, file, first = source_of(thing, only)
    skipped = _docstring_lines(source)
    lines = {n: line for n, line in enumerate(source.splitlines()) if n not in skipped}
    found = [n for n, line in lines.items() if part in line]
    if not found and thing.__module__.startswith(COPY):
        body = [n for n, line in lines.items() if line and not line.startswith(("def ", "@", ")"))]
        found = [max(body, key=lambda n: SequenceMatcher(None, part, lines[n]).ratio())]
    if found:
        return lines[found[0]].strip(), f"{file}, line {first + found[0]}"
    name = getattr(thing, "__name__", thing)
    raise LessonError(f"No line of {name} ({file}) contains {part!r}.")


def _docstring_lines(source: str) -> set[int]:
    """The numbers, from 0, of docstring lines: a formula there computes nothing."""
    lines: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            lines |= set(range(node.lineno - 1, (node.end_lineno or node.lineno)))
    return lines


def call_text(frame: FrameType | None, method: str) -> str | None:
    """The call of ``s.run(function, a, b)`` as written, "function(a, b)"; None if not found."""
    if frame is None:
        return None
    text = "".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals))
    calls = [
        node
        for node in (ast.walk(ast.parse(text)) if text else ())
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == method
        and node.lineno <= frame.f_lineno <= (node.end_lineno or node.lineno)
    ]
    if not calls:
        return None
    call = min(calls, key=lambda node: (node.end_lineno or node.lineno) - node.lineno)
    function, *arguments = (" ".join(ast.unparse(part).split()) for part in call.args)
    return f"{function}({', '.join(arguments)})"


def count_steps(lesson: Any) -> int:
    """The number of steps of a lesson, with those of the functions in its file that it calls.

    The session is named ``s`` there: an optimizer may have steps of its own.
    """
    tree = ast.parse(Path(inspect.getfile(lesson)).read_text(encoding="utf-8"))
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

    def count(name: str, callers: frozenset[str]) -> int:
        steps = 0
        for node in ast.walk(functions[name]):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                steps += ast.unparse(node.func) == "s.step"
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                called = node.func.id
                if called in functions and called not in callers:
                    steps += count(called, callers | {called})
        return steps

    return count(lesson.__name__, frozenset({lesson.__name__}))


def check_symbols(formula: str, symbols: Mapping[str, str]) -> None:
    """Raise LessonError for a letter of a formula that is not explained, or a symbol not in it."""
    for symbol in symbols:
        if symbol not in formula:
            raise LessonError(f"The symbol {symbol!r} is not in the formula {formula!r}.")
    known = sorted([*symbols, *FUNCTIONS], key=len, reverse=True)
    rest = re.sub("|".join(map(re.escape, known)), " ", formula)
    unnamed = [character for character in rest if character.isalpha()]
    if unnamed:
        raise LessonError(f"{unnamed[0]!r} in the formula {formula!r} is not among its symbols.")
