"""Tables of the written pages that are made from the code, so that GitHub shows them, too.

Each begins below its mark, ``<!-- table: NAME -->``, and ends at the next empty line.
``tests/docs/test_generated.py`` compares them, and writes them anew with
``MICROBIT_ML_WRITE_GOLDEN=1``.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

from verb_pages import main_page

from microbit_ml import simulate, train
from microbit_ml.cli.commands import COMMANDS
from microbit_ml.features import MAX_WINDOW, MIN_WINDOW
from microbit_ml.model import Model
from microbit_ml.quantize import MAX_LABELS
from microbit_ml.recordings import BACKGROUND, DIGITS, GESTURES
from microbit_ml.targets import TARGETS, Target


def with_tables(text: str, page: str) -> str:
    """The Markdown of a page with its tables made anew. page: its name, ``reference/verbs``."""
    for name, make in TABLES.items():
        mark = f"<!-- table: {name} -->\n"
        if mark in text:
            before, after = text.split(mark)
            text = before + mark + make(page) + re.sub(r"\A(?:\|.*\n)*", "", after)
    return text


def verbs_table(page: str) -> str:
    """Each verb, its line of help, and the page that uses it most."""
    folder = page.rpartition("/")[0]
    rows = ["| verb | what it does | how to |", "|---|---|---|"]
    for command in COMMANDS:
        use = main_page(command.name)
        title = use.rpartition("/")[2].replace("-", " ")
        link = f"[{title}]({_path(use, folder)}.md)" if use and use != page else "below"
        rows.append(f"| `{command.name}` | {command.help} | {link} |")
    return "\n".join(rows) + "\n"


def _path(page: str, folder: str) -> str:
    return Path(os.path.relpath(page, folder)).as_posix()


def limits_table(_: str) -> str:
    """The memory of each board, and the gestures that fit it."""
    boards = list(TARGETS.values())
    rows = [
        ["limit", *(board.title for board in boards)],
        ["---"] * (1 + len(boards)),
        ["memory that a model may use", *(_memory(board) for board in boards)],
        ["gestures, with the default settings", *(_gestures(board) for board in boards)],
        ["gestures that `model.bin` can hold", *([str(MAX_LABELS)] * len(boards))],
        ["samples of a window", *([f"{MIN_WINDOW} to {MAX_WINDOW}"] * len(boards))],
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _memory(board: Target) -> str:
    return f"{board.heap_bytes:,} bytes" if board.heap_bytes else "more than any model needs"


def _gestures(board: Target) -> str:
    if board.heap_bytes is None:
        return f"{MAX_LABELS}, as many as a file holds"
    tried = range(2, len(_names()) + 1)
    most = max(n for n in tried if board.has_room(_model(n).heap_bytes()))
    return str(most) if most < tried[-1] else f"{most} or more"


def _names() -> list[str]:
    return [*GESTURES, *BACKGROUND, *DIGITS]


@cache
def _model(n_labels: int) -> Model:
    """A model of so many labels. Its size does not depend on how well it was trained."""
    return train(simulate(_names()[:n_labels], people=2, repeats=1), seed=0, steps=2)


TABLES = {"verbs": verbs_table, "limits": limits_table}
