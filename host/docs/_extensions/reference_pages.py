"""Pages of the reference that are made from the code: formats of files, boards, the glossary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from types import ModuleType

from rst_text import heading, plain, table

from microbit_ml.lessons.course import all_lessons
from microbit_ml.lessons.words import WORDS
from microbit_ml.targets import TARGETS, Target

DOCS = Path(__file__).resolve().parents[1]
PACKAGE = DOCS.parent / "microbit_ml"
_CODE_PATH = re.compile(r"`([a-z_/]+/[a-z_]*(?:\.py)?)`")


def reference_pages() -> dict[str, str]:
    """The pages by their names, as reStructuredText."""
    return {
        "file-formats.rst": _formats(),
        "boards.rst": _boards(),
        "glossary.rst": _glossary(),
    }


def format_label(path: str) -> str:
    """The label of a module's layout on the page of formats: ``model/file.py``."""
    return "format-" + re.sub(r"\W+", "-", path.removesuffix(".py").strip("/"))


def format_paths() -> list[str]:
    """The paths of modules that the written page of file formats names."""
    text = (DOCS / "reference" / "file-formats.md").read_text("utf-8")
    return [path for path in dict.fromkeys(_CODE_PATH.findall(text)) if (PACKAGE / path).exists()]


def _formats() -> str:
    parts = [
        heading("Layouts of files"),
        "From the docstrings of the modules that read and write them. "
        "Which file is which: :doc:`/reference/file-formats`.\n",
    ]
    for path in format_paths():
        parts += [f".. _{format_label(path)}:\n", heading(path, "-")]
        parts += [f".. automodule:: {one}\n   :no-index:\n" for one in _modules_of(path)]
    return "\n".join(parts)


def _modules_of(path: str) -> Iterator[str]:
    """A module; or a folder, and its modules whose docstrings have a layout."""
    module = _import(path)
    yield module.__name__
    for file in sorted((PACKAGE / path).glob("[a-z]*.py")) if path.endswith("/") else []:
        inner = _import(f"{path}{file.name}")
        if "::" in (inner.__doc__ or ""):
            yield inner.__name__


def _import(path: str) -> ModuleType:
    return import_module("microbit_ml." + path.removesuffix(".py").strip("/").replace("/", "."))


def _boards() -> str:
    meanings = _meanings(Target.__doc__ or "")
    rows = [["field", *(target.title for target in TARGETS.values()), "what it is"]]
    for field in fields(Target):
        values = [_shown(getattr(target, field.name)) for target in TARGETS.values()]
        rows.append([f"``{field.name}``", *values, meanings.get(field.name, "")])
    return "\n".join(
        [
            heading("The boards in numbers"),
            "Each board is a file of ``microbit_ml/targets/``; this is what they hold. "
            "What follows from it for your model: :doc:`/reference/limits`.\n",
            table(rows, "18 20 26 36"),
        ]
    )


def _meanings(docstring: str) -> dict[str, str]:
    """The entries "name: meaning; other: meaning" of a docstring."""
    text = " ".join(docstring.partition("\n\n")[2].split())
    found = re.split(r"(?:^|; )(\w+)(?=[:;])", text)[1:]
    pairs = zip(found[::2], found[1::2], strict=True)
    return {name: meaning.lstrip(": ").rstrip(". ") for name, meaning in pairs}


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == () or value == "" or value == {}:
        return "\\-"
    if isinstance(value, Mapping):
        return plain(", ".join(new or f"no {old}" for old, new in value.items()))
    if isinstance(value, tuple):
        return plain(", ".join(hex(one) if isinstance(one, int) else str(one) for one in value))
    return plain(hex(value) if isinstance(value, int) and value > 2**15 else str(value))


def _glossary() -> str:
    titles = {one.about.number: one.about.title for one in all_lessons()}
    parts = [
        heading("Glossary"),
        "The words of the lessons, each with the lesson that explains it. "
        "``microbit-ml lesson glossary`` prints them, too.\n",
        ".. glossary::\n",
    ]
    for word in sorted(WORDS, key=lambda one: one.name.lower()):
        lesson = f"Lesson {word.lesson}: {titles[word.lesson]}"
        meaning = word.definition[0].upper() + word.definition[1:]
        parts.append(f"   {plain(word.name)}\n      {plain(meaning)} *{plain(lesson)}*\n")
    return "\n".join(parts)
