"""The house: its rooms in order, and who may import whom.

A file imports its own room and rooms above it in ROOMS, whatever the import is for: imports within
functions and for the type checker alone count as well.
"""

from __future__ import annotations

import ast
import graphlib
from pathlib import Path

import pytest

import microbit_ml

ROOMS = (
    "errors",
    "common",
    "targets",
    "thumb",
    "charts",
    "pages",
    "console",
    "recordings",
    "features",
    "network",
    "arithmetic",
    "kinds",
    "quantize",
    "image",
    "model",
    "metrics",
    "training",
    "virtual",
    "board",
    "deploy",
    "evaluate",
    "report",
    "lessons",
    "cli",
)
TOP = Path(microbit_ml.__file__).parent
LOOSE = {"__init__", "__main__", "errors"}
Module = tuple[str, ...]


def module_of(path: Path) -> Module:
    """("image", "hex") for image/hex.py; ("image",) for image/__init__.py."""
    parts = path.relative_to(TOP).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


MODULES = {module_of(path): path for path in sorted(TOP.rglob("*.py"))}


def absolute(module: Module, node: ast.ImportFrom) -> str:
    """The module that an import names; relative imports are for the files of one lesson alone."""
    if not node.level:
        return node.module or ""
    in_lesson = module[0] == "lessons" and len(module) == 3
    assert in_lesson and node.level == 1, f"{'.'.join(module)} has a relative import"
    return ".".join((microbit_ml.__name__, *module[:-1], node.module or ""))


def imports_of(module: Module) -> set[tuple[Module, str]]:
    """The modules of the kit that a module imports, each with a name that it takes from there."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [(absolute(module, node), alias.name) for alias in node.names]
        else:
            continue
        for target, name in names:
            first, *parts = target.split(".")
            if first == microbit_ml.__name__:
                whole = (*parts, name)
                found.add((whole, "") if whole in MODULES else (tuple(parts), name))
    return found


IMPORTS = {module: imports_of(module) for module in MODULES}


def room_of(module: Module) -> int:
    """The index of a module's room; modules outside any room come after all rooms."""
    return ROOMS.index(module[0]) if module and module[0] in ROOMS else len(ROOMS)


def named(module: Module) -> str:
    return ".".join(module) or "__init__"


def test_every_folder_is_a_room_and_every_room_is_there():
    folders = {path.name for path in TOP.iterdir() if (path / "__init__.py").exists()}
    assert folders == set(ROOMS) - LOOSE
    assert {path.stem for path in TOP.glob("*.py")} == LOOSE


@pytest.mark.parametrize("room", [*ROOMS, ""])
def test_a_room_imports_only_rooms_above_it(room):
    for module in MODULES:
        if (module[0] if module else "") == room or (not room and module == ("__main__",)):
            for other, _ in IMPORTS[module]:
                assert room_of(other) <= room_of(module), f"{named(module)} imports {named(other)}"


def test_nothing_private_is_imported_across_rooms():
    for module in MODULES:
        for other, name in IMPORTS[module]:
            private = any(part.startswith("_") and part != "__init__" for part in (*other, name))
            assert not private or module[:1] == other[:1], f"{named(module)}: {named(other)}.{name}"


def test_no_files_import_each_other_in_a_circle():
    graph = {m: {other for other, _ in IMPORTS[m] if other in MODULES} - {m} for m in MODULES}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" imports ".join(named(module) for module in reversed(error.args[1])))


# Modules that open a file by themselves, and how often: common/ is the door, the others read what
# belongs to the kit, and nothing that a person names.
OWN_FILES = {
    ("common", "files"): 2,  # what it writes
    ("common", "inputs"): 2,
    ("common", "locks"): 2,
    ("board", "flash"): 1,  # writes the hex to a drive
    ("board", "recorder"): 1,  # firmware
    ("console", "explained"): 1,  # os.devnull
    ("deploy", "benchmark"): 1,  # firmware
    ("cli", "run"): 1,  # firmware
    ("image", "board_files"): 1,  # firmware
    ("image", "kernels"): 1,  # firmware
    ("image", "launcher"): 2,  # firmware
    ("lessons", "folder"): 1,  # a lesson's own files
    ("lessons", "source"): 1,  # a lesson's own file
    ("lessons", "lesson_10_board", "example"): 2,  # firmware
    ("recordings", "journal"): 1,  # appends
    ("virtual", "drive"): 1,  # the drive that other programs write
}
OPENS = {"open", "read_bytes", "read_text", "fromfile", "loadtxt", "genfromtxt", "memmap"}


def opened_in(module: Module) -> int:
    """How many calls in a module open a file on the disk."""
    calls = [node.func for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8")))
             if isinstance(node, ast.Call)]  # fmt: skip
    return sum(
        (isinstance(one, ast.Name) and one.id == "open")
        or (isinstance(one, ast.Attribute) and one.attr in OPENS and not _is_no_file(one))
        or (isinstance(one, ast.Attribute) and ast.unparse(one) == "np.load")
        for one in calls
    )


def _is_no_file(call: ast.Attribute) -> bool:
    """``open`` of something else: a zip's entry, a gate, a port, a shop's door."""
    return ast.unparse(call) in ("file.open", "IntegerNoveltyDetector.open", "os.fdopen")


def test_every_file_that_is_read_is_opened_at_one_door():
    """A reader that opens files by itself may hang at a pipe, or fill the memory."""
    found = {
        module: n for module in MODULES if module[:1] != ("firmware",) and (n := opened_in(module))
    }
    extra = {named(m): n for m, n in found.items() if n > OWN_FILES.get(m, 0)}
    assert not extra, f"use common/inputs.py: {extra}"
