"""Every message of an error that the kit can raise, collected from its sources.

The sources are read, so messages that no test provokes are found as well. The reference lists them
(``message_page.py``), and ``tests/test_messages.py`` checks that each is a whole sentence.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import microbit_ml

TOP = Path(microbit_ml.__file__).parent
TREES = {
    path.relative_to(TOP).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(TOP.rglob("*.py"))
}
HOLE = "\0"  # stands for a value in a message


def classes_of(top: str) -> set[str]:
    """The names of a class of errors and of all classes that inherit it."""
    bases = {
        node.name: {ast.unparse(base).rpartition(".")[2] for base in node.bases}
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {top}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


ERRORS = classes_of("KitError")
USAGE_ERRORS = classes_of("UsageError")


def texts_of(node: ast.expr) -> list[str]:
    """The possible texts of a message, with holes for values; none if it comes from elsewhere.

    "a" if x else "b" may be two texts; a sum of texts is one.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(_text_of(piece) for piece in node.values)]
    if isinstance(node, ast.IfExp):
        return texts_of(node.body) + texts_of(node.orelse)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        lefts, rights = texts_of(node.left) or [HOLE], texts_of(node.right) or [HOLE]
        return [left + right for left in lefts for right in rights]
    return []


def _text_of(piece: ast.expr) -> str:
    return str(piece.value) if isinstance(piece, ast.Constant) else HOLE


@dataclass(frozen=True)
class Message:
    """A message that the code can raise: its file and line, its error's class, and its text.

    Each value in the text is a HOLE; parameters: of the function around it.
    """

    file: str
    line: int
    error: str
    text: str
    parameters: frozenset[str]

    @property
    def room(self) -> str:
        """The folder of ``microbit_ml`` that it comes from."""
        return self.file.partition("/")[0]


@cache
def messages() -> tuple[Message, ...]:
    """All messages of the kit, by file."""
    return tuple(
        one for name, tree in TREES.items() for one in _messages_in(tree, name, frozenset())
    )


def _messages_in(node: ast.AST, name: str, parameters: frozenset[str]) -> Iterator[Message]:
    if isinstance(node, (ast.FunctionDef, ast.Lambda)):
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        parameters = frozenset(one.arg for one in every)
    if isinstance(node, ast.Call):
        error = ast.unparse(node.func).rpartition(".")[2]
        for text in texts_of(node.args[0]) if node.args and error in ERRORS else []:
            yield Message(name, node.lineno, error, text, parameters)
    for child in ast.iter_child_nodes(node):
        yield from _messages_in(child, name, parameters)
