"""Pages of the Python API: ``microbit_ml`` itself, and one for each room of public names."""

from __future__ import annotations

import inspect
import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType

from rst_text import heading, indented
from sphinx.pycode import ModuleAnalyzer

import microbit_ml

NOT_LISTED = ("cli", "firmware", "lessons")  # verbs have pages; lessons and boards their own files
_SHORT = 80  # characters of a constant's value that is shown


@dataclass(frozen=True)
class Name:
    """A public name: its module, and its value."""

    module: str
    name: str
    value: object

    @property
    def full(self) -> str:
        """``microbit_ml.train``."""
        return f"{self.module}.{self.name}"


def rooms() -> list[str]:
    """The rooms that have a page, by name."""
    found = [one.name for one in pkgutil.iter_modules(microbit_ml.__path__)]
    return [one for one in found if one not in NOT_LISTED and not one.startswith("_")]


def api_pages() -> dict[str, str]:
    """The pages by their names, as reStructuredText."""
    documented: dict[int, str] = {}
    pages = {"python/microbit_ml.rst": _page("microbit_ml", [microbit_ml], documented)}
    for room in rooms():
        modules = [import_module(f"microbit_ml.{room}")]
        if not hasattr(modules[0], "__all__"):
            modules += _modules_in(modules[0])
        pages[f"python/{room}.rst"] = _page(f"microbit_ml.{room}", modules, documented)
    return pages


def public_names(module: ModuleType) -> list[Name]:
    """The names in a module's ``__all__``, or else the functions and classes that it defines."""
    if hasattr(module, "__all__"):
        return [Name(module.__name__, one, getattr(module, one)) for one in module.__all__]
    return [
        Name(module.__name__, name, value)
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__ == module.__name__
    ]


def _modules_in(room: ModuleType) -> list[ModuleType]:
    if not hasattr(room, "__path__"):
        return []
    found = pkgutil.walk_packages(room.__path__, f"{room.__name__}.")
    return [import_module(one.name) for one in found]


def _page(title: str, modules: list[ModuleType], documented: dict[int, str]) -> str:
    parts = [heading(title)]
    for i, module in enumerate(modules):
        if i:
            parts.append(heading(module.__name__.removeprefix("microbit_ml."), "-"))
        parts.append(f".. automodule:: {module.__name__}\n")
        parts += [_entry(one, documented) for one in public_names(module)]
    return "\n".join(parts)


def _entry(one: Name, documented: dict[int, str]) -> str:
    """The documentation of a name, or where it is, when another page has it already."""
    if not (inspect.isclass(one.value) or inspect.isroutine(one.value)):
        return _constant(one)
    there = documented.setdefault(id(one.value), one.full)
    if there != one.full:
        return f"``{one.name}``: see :py:obj:`{there}`.\n"
    if inspect.isclass(one.value):
        return f".. autoclass:: {one.full}\n   :members:\n"
    return f".. autofunction:: {one.full}\n"


def _constant(one: Name) -> str:
    value = repr(one.value)
    if isinstance(one.value, ModuleType):
        return ""
    lines = [f".. py:data:: {one.name}"]
    if len(value) <= _SHORT and "object at" not in value:
        lines.append(f"   :value: {value}")
    return "\n".join([*lines, "", indented(comment_of(one)), ""])


def comment_of(one: Name) -> str:
    """The docstring below a constant, in the module of its room that assigns it; "" for none."""
    room = import_module(".".join(one.module.split(".")[:2]))
    for module in [room, *_modules_in(room)]:
        text = _comments(module.__name__).get(one.name)
        if text and getattr(module, one.name) is one.value:
            return text
    return ""


@cache
def _comments(module: str) -> dict[str, str]:
    found = ModuleAnalyzer.for_module(module).find_attr_docs()
    return {name: "\n".join(lines) for (scope, name), lines in found.items() if not scope}
