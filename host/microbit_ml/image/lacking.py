"""Parts of Python that the board's MicroPython may lack, found in a program's syntax tree.

What a target lacks is listed in ``targets/`` by the names of ``PARTS``, measured on the MicroPython
that the kit puts onto it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Place = ast.stmt | ast.expr
Find = Callable[[ast.AST, str], Place | None]


@dataclass(frozen=True)
class Part:
    """A part of the language. text: that it is missing, and what to write instead."""

    text: str
    find: Find


def _is(*names: str) -> Find:
    """Finds nodes of these classes; this computer's Python may not have all of them."""
    classes = tuple(getattr(ast, name) for name in names if hasattr(ast, name))
    return lambda node, source: node if isinstance(node, classes) else None


def _number(is_one: Callable[[object, str], bool]) -> Find:
    def find(node: ast.AST, source: str) -> Place | None:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, int | float | complex):
            return None
        text = ast.get_source_segment(source, node) or ""
        return node if is_one(node.value, text) else None

    return find


def _matmul(node: ast.AST, source: str) -> Place | None:
    is_one = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.MatMult)
    return node if is_one else None  # type: ignore[return-value]


def _star_in_display(node: ast.AST, source: str) -> Place | None:
    """``[*a, 1]``, ``return *a, b``, ``{**a}``."""
    if isinstance(node, ast.Dict):
        return node if None in node.keys else None
    if not isinstance(node, ast.List | ast.Tuple | ast.Set):
        return None
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return None  # a, *b = ... is fine
    return next((one for one in node.elts if isinstance(one, ast.Starred)), None)


def _star_in_call(node: ast.AST, source: str) -> Place | None:
    """``f(*a, *b)``, ``f(*a, 1)``, ``f(**a, **b)``."""
    if not isinstance(node, ast.Call):
        return None
    starred = [isinstance(one, ast.Starred) for one in node.args]
    if True in starred[:-1]:
        return node.args[starred.index(True)]
    return node if sum(one.arg is None for one in node.keywords) > 1 else None


def _positional_only(node: ast.AST, source: str) -> Place | None:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.args.posonlyargs:
        return node
    return None


PARTS = {
    "f-strings": Part(
        'has no f-strings such as f"{points} points". Write "{} points".format(points) instead',
        _is("JoinedStr"),
    ),
    "match": Part("has no match. Write if and elif instead", _is("Match")),
    "assignment expressions": Part(
        "has no := (walrus). Write the assignment on a line of its own", _is("NamedExpr")
    ),
    "annotated variables": Part(
        "has no types of variables such as x: int = 1. Write x = 1 instead", _is("AnnAssign")
    ),
    "async": Part(
        "has no async and await. Write a loop that does each thing in turn",
        _is("AsyncFunctionDef", "AsyncFor", "AsyncWith", "Await"),
    ),
    "matrix product": Part("has no operator @. Write a function instead", _matmul),
    "digit groups": Part(
        "has no numbers such as 1_000. Write 1000 instead", _number(lambda value, text: "_" in text)
    ),
    "complex numbers": Part(
        "has no complex numbers such as 1j. Use two numbers instead",
        _number(lambda value, text: isinstance(value, complex)),
    ),
    "stars in lists": Part(
        "has no * or ** in a list, a tuple or a dictionary. Add lists with + instead",
        _star_in_display,
    ),
    "several stars in calls": Part(
        "allows one * in a call, after all other arguments. Add the lists with + first",
        _star_in_call,
    ),
    "positional-only parameters": Part(
        "has no / among the parameters of a function. Leave it out", _positional_only
    ),
    "exception groups": Part("has no except*. Write except instead", _is("TryStar")),
    "type aliases": Part("has no type statement. Leave it out", _is("TypeAlias")),
}
"""By name: the parts that a target may lack."""


def lacking_parts(tree: ast.AST, source: str, lacks: Sequence[str]) -> Iterator[tuple[Place, str]]:
    """The places in a program that use one of these parts, each with the part's text."""
    parts = [PARTS[name] for name in lacks]
    for node in ast.walk(tree):
        for part in parts:
            if found := part.find(node, source):
                yield found, part.text
