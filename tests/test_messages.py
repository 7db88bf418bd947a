"""Every message of an error is a whole sentence that can be read alone.

The sources are read, so messages that no test provokes are checked as well. A message begins with a
capital letter, a quotation mark, an option, a value (a placeholder) or the name of a parameter. It
ends like a sentence, or with a command, an option or a value after a colon.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

import microbit_ml
from microbit_ml.training import Settings

TOP = Path(microbit_ml.__file__).parent
TREES = {
    path.relative_to(TOP).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(TOP.rglob("*.py"))
}
HOLE = "\0"  # stands for a value in a message
SETTINGS = {one.name for one in fields(Settings)}
BEGIN = re.compile(rf"[A-Z'\"{HOLE}]|--?[a-z]")
END = re.compile(
    rf"[.?!]\)?$"  # of a sentence
    rf"|: (microbit-ml|python|--)((?!\. ).)*$|: [a-z,]+$"  # a command, an option or a value
    rf"|:\s{HOLE}$"  # the message of another program or error
    rf"|(^|[.?!{HOLE}]) ?{HOLE}$"  # a sentence from elsewhere
)


def error_classes() -> set[str]:
    """The names of KitError and of all classes that inherit it."""
    bases = {
        node.name: {ast.unparse(base).rpartition(".")[2] for base in node.bases}
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {"KitError"}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


ERRORS = error_classes()


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


@cache
def messages() -> list[tuple[str, str, set[str]]]:
    """Each message's location and text, and the parameters of the function around it."""
    return [one for name, tree in TREES.items() for one in _messages_in(tree, name, set())]


def _messages_in(node: ast.AST, name: str, parameters: set[str]) -> Iterator[tuple[str, str, set]]:
    if isinstance(node, (ast.FunctionDef, ast.Lambda)):
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        parameters = {one.arg for one in every}
    if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ERRORS:
        for text in texts_of(node.args[0]) if node.args else []:
            yield f"{name}:{node.lineno}", text, parameters
    for child in ast.iter_child_nodes(node):
        yield from _messages_in(child, name, parameters)


def test_messages_are_found():
    assert len(messages()) > 300
    assert {"DataError", "UsageError", "AssemblyError", "FlashError"} <= ERRORS


@pytest.mark.parametrize("name", TREES)
def test_the_messages_of_a_file_are_whole_sentences(name):
    for where, text, parameters in messages():
        if where.startswith(f"{name}:"):
            shown = f"{where}: {text.replace(HOLE, '{}')!r}"
            first_word = re.match(r"\w*", text)[0]
            own = parameters | SETTINGS
            assert BEGIN.match(text) or first_word in own, f"{shown} begins in the middle"
            assert END.search(text), f"{shown} does not end"
            assert "  " not in text and not re.search(r"[^.]\.\.( |$)", text), shown


PLACEHOLDER = re.compile(r"microbit-ml [a-z]+( [^ :.,`]+)* [A-Z]{3,}\b")
WORD = re.compile(r"[A-Z][A-Z_]+")
# Where the command line shows the forms of a verb, or a person must choose.
FORMS = {"cli/evaluate/command.py", "cli/lesson.py", "cli/report.py"}
ROOMS_OF_HINTS = ("board", "deploy", "image", "virtual", "console", "cli", "recordings/folders.py")


@pytest.mark.parametrize("name", [n for n in TREES if n.startswith(ROOMS_OF_HINTS)])
def test_commands_in_messages_have_no_words_to_fill_in(name):
    """A hint names the file and repeats the options: it can be pasted as it stands."""
    if name in FORMS:
        return
    for node in ast.walk(TREES[name]):
        if isinstance(node, (ast.Constant, ast.JoinedStr)):
            for text in texts_of(node):
                assert not PLACEHOLDER.search(text), f"{name}:{node.lineno}: {text!r}"
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("command", "again"):
            for word in node.args:
                if isinstance(word, ast.Constant):
                    assert not WORD.fullmatch(str(word.value)), f"{name}:{node.lineno}"
