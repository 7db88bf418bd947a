"""Finds numbers in the texts of a lesson that its code does not compute.

A lesson's texts are the strings of its source. A digit, or a number word above twelve, is allowed
only in an f-string field, and the field must depend on something that code computes or uses.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

# Names of things, not measured or counted numbers.
NAMES = re.compile(
    r"\bV[12]\b|\bint(?:4|8|16|32)\b|\b2-2-2\b|\b[Ll]essons? \d+|\bF1\b|\bCortex-M[04]\b|\bA4\b"
    r"|\b3 nearest neighbours\b"  # the kit's name for it
)
WORDS = re.compile(
    r"\b(?:thir|four|fif|six|seven|eigh|nine)teen\b|\b(?:twen|thir|for|fif|six|seven|eigh|nine)ty\b"
    r"|\b(?:hundred|thousand|million|billion|dozen)s?\b",
    re.IGNORECASE,
)
NOT_TEXT = {
    "line",
    "only",
    "arch",
    "style",
    "shades",
    "number",
    "encoding",
    "dtype",
    "label_format",
}
ASKED = {"check": 1, "predict": 1}  # the index of the answer among the arguments
_PROGRAM = (ast.Import, ast.ImportFrom, ast.Assign, ast.FunctionDef)
_OF_STRINGS = {"strip", "lstrip", "rstrip", "split", "replace", "startswith", "endswith"}
_FIELD = "\ufffc"


def numbers_not_computed(source: str) -> list[str]:
    """The problems in a lesson's source, one per line: "line 12: ..."."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    unused = _constants_of_texts_only(tree, parents)
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.JoinedStr, ast.Constant)) and _is_text(node, parents):
            text = _text_of(node)
            found += [(node.lineno, f"{number!r} in {text[:60]!r}") for number in _numbers(text)]
        if isinstance(node, ast.FormattedValue) and not _in_format(node, parents):
            found += [(node.lineno, problem) for problem in _constant_field(node, unused)]
        if isinstance(node, ast.Call):
            found += [(node.lineno, problem) for problem in _literal_numbers(node)]
    return [f"line {line}: {problem}" for line, problem in sorted(set(found))]


def _numbers(text: str) -> list[str]:
    """Digits and number words in a text, except in names, code between backticks and programs."""
    if _is_program(text):
        return []
    text = re.sub(r"`[^`]*[A-Za-z_][^`]*`", " ", text)
    text = NAMES.sub(" ", text)
    return [*re.findall(r"[0-9][0-9.,]*", text), *WORDS.findall(text)]


def _is_program(text: str) -> bool:
    """Whether a text of several lines is a Python program."""
    if "\n" not in text.strip():
        return False
    try:
        body = ast.parse(text.replace(_FIELD, "0")).body
    except SyntaxError:
        return False
    return any(isinstance(line, _PROGRAM) for line in body)


def _text_of(node: ast.JoinedStr | ast.Constant) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else _FIELD for part in node.values
    )


def _is_text(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether a string in the source is a text for people."""
    if isinstance(node, ast.Constant) and not isinstance(node.value, str):
        return False
    child, parent = node, parents[node]
    if isinstance(parent, (ast.Expr, ast.JoinedStr, ast.Subscript, ast.Compare)):
        return False  # a docstring; a part of an f-string; a key
    if isinstance(parent, ast.FormattedValue) and child is parent.format_spec:
        return False
    if isinstance(parent, ast.Dict) and child in parent.keys:
        return False  # symbols of formulas; names of settings
    if isinstance(parent, ast.Dict):
        key = parent.keys[parent.values.index(child)]  # type: ignore[arg-type]
        return not (isinstance(key, ast.Constant) and key.value in NOT_TEXT)
    if isinstance(parent, ast.keyword) and parent.arg in NOT_TEXT:
        return False
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute):
        method = parent.func.attr
        is_formula = method == "formula" and parent.args[:1] == [child]
        return not is_formula and method != "word" and method not in _OF_STRINGS
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name):
        return parent.func.id != "Network"  # its architecture, such as "16"
    return True


def _in_format(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether a field is a width or a precision inside another field."""
    joined = parents[node]
    above = parents.get(joined)
    return isinstance(above, ast.FormattedValue) and above.format_spec is joined


def _constant_field(node: ast.FormattedValue, unused: set[str]) -> Iterator[str]:
    code = ast.unparse(node.value)
    names = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
    if not names - set(dir(builtins)):
        yield f"the field {{{code}}} holds a constant"
    for name in sorted(names & unused):
        yield f"the field {{{code}}} holds {name}, a constant that only texts use"


def _constants_of_texts_only(tree: ast.AST, parents: dict[ast.AST, ast.AST]) -> set[str]:
    """Names with a literal number as value that only texts use."""
    given: dict[str, list[ast.AST]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    given.setdefault(target.id, []).append(node.value)
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    for name, value in zip(target.elts, node.value.elts):
                        if isinstance(name, ast.Name):
                            given.setdefault(name.id, []).append(value)
    literal = {name for name, values in given.items() if all(map(_is_literal_number, values))}
    used = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name)
        and isinstance(node.ctx, ast.Load)
        and not _only_written(node, parents)
    }
    return literal - used


def _is_literal_number(node: ast.AST) -> bool:
    """A number, also negative or as 2 * 3."""
    return not any(isinstance(part, (ast.Name, ast.Call)) for part in ast.walk(node)) and any(
        isinstance(part, ast.Constant) and type(part.value) in (int, float)
        for part in ast.walk(node)
    )


def _only_written(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether a name is used in a field of a text, but not as an argument of a kit function."""
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.Call) and not (
            isinstance(node.func, ast.Name) and node.func.id in dir(builtins)
        ):
            return False
        if isinstance(node, ast.JoinedStr):
            return True
    return False


def _literal_numbers(call: ast.Call) -> Iterator[str]:
    """Answers and table cells that are written as literals instead of computed."""
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if method in ASKED:
        answers = [word.value for word in call.keywords if word.arg == "answer"]
        answers += call.args[ASKED[method] : ASKED[method] + 1]
        for answer in answers:
            if _is_literal_number(answer):
                yield f"the answer {ast.unparse(answer)} is written down, not computed"
    if method == "table":
        for part in call.args[1:2]:
            yield from _literal_cells(part)


def _literal_cells(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (ast.List, ast.Tuple)):
        for part in node.elts:
            yield from _literal_cells(part)
    elif isinstance(node, ast.ListComp):
        yield from _literal_cells(node.elt)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield f"the cell {node.value} of a table is written down, not computed"
