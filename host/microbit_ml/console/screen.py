"""The output of a command: data on stdout, messages and progress on stderr.

Tables adapt to the width of a terminal, and are never cut or wrapped in a pipe or a file.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from rich import box
from rich.console import Console as RichConsole
from rich.console import ConsoleOptions, RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from microbit_ml.common.printable import printable, printable_json
from microbit_ml.common.wording import PROGRAM
from microbit_ml.common.wording import plural as plural

PIPE_WIDTH = 10_000
_TABLE = re.compile(r"\S {3,}\S|[─│]")
_COMMAND = re.compile(rf"\S*\b{PROGRAM} [a-z].*")


class Console(RichConsole):
    """rich's console, for whom text of others is only text: it cannot move the cursor."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """As rich renders, with hidden characters shown."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=printable(segment.text))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]], left: int = 1) -> None:
    """Print a table to stdout; the first ``left`` columns are text, the others numbers."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for i, column in enumerate(columns):
        table.add_column(Text(column), justify="left" if i < left else "right")
    for row in rows:
        table.add_row(*(Text(printable(str(cell))) for cell in row))
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)
    with console.capture() as printed:
        console.print(table)
    for line in printed.get().splitlines():
        write(line.rstrip())


def print_json(value: dict | list) -> None:
    """Print ``value`` as JSON to stdout, for a program; ASCII only where stdout is not Unicode.

    A list or an object has one line for each entry, so that people can read it too.
    """
    escape = not (sys.stdout.encoding or "").lower().startswith("utf")
    if isinstance(value, dict):
        entries = [
            f"{json.dumps(key, ensure_ascii=escape)}: {json.dumps(one, ensure_ascii=escape)}"
            for key, one in value.items()
        ]
        first, last = "{", "}"
    else:
        entries = [json.dumps(one, ensure_ascii=escape) for one in value]
        first, last = "[", "]"
    write_json("\n".join([first, ",\n".join(f"  {entry}" for entry in entries), last]))


def write(text: str = "", *, flush: bool = False, file: TextIO | None = None) -> None:
    """Print text to stdout (or another file): what a terminal would obey is shown instead.

    All printing of the kit goes through here, :func:`say` or a :class:`Console` of this module.
    A terminal gets long sentences on several lines.
    """
    stream = sys.stdout if file is None else file
    text = printable(text)
    if stream.isatty():
        text = in_lines(text, shutil.get_terminal_size().columns)
    print(text, file=file, flush=flush)


def in_lines(text: str, columns: int) -> str:
    """The text with its sentences broken between words, where they are longer than a line.

    Tables stay as they are, and a command to copy is never broken.
    """
    return "\n".join(
        _broken(line, columns) if len(line) > columns and not _TABLE.search(line) else line
        for line in text.split("\n")
    )


def _broken(line: str, columns: int) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    sentence, command = line, ""
    if found := _COMMAND.search(line):
        sentence, command = line[: found.start()].rstrip(), found[0]
    lines = textwrap.wrap(
        sentence, columns, subsequent_indent=indent, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
    if command and lines and len(lines[-1]) + 1 + len(command) <= columns:
        lines[-1] += f" {command}"
    elif command:
        lines.append(f"{indent}{command}")
    return "\n".join(lines)


def write_json(text: str, *, flush: bool = False) -> None:
    """Print JSON to stdout: hidden characters as JSON's own escapes."""
    print(printable_json(text), flush=flush)


def say(text: str) -> None:
    """Print a message for the user, on stderr."""
    write(text, file=sys.stderr)


@contextmanager
def progress_bar(task: str, total: int) -> Iterator[Callable[..., None]]:
    """A progress bar on stderr, if stderr is a terminal; else nothing.

    Yields ``update(done, remark)``; an optional third argument changes the total.
    """
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield lambda done, remark, total=None: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TextColumn("{task.fields[remark]}", markup=False),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task(task, total=total, remark="")
        yield lambda done, remark, total=None: progress.update(
            bar, completed=done, remark=remark, total=total
        )


@contextmanager
def working(text: str) -> Iterator[None]:
    """Show a spinner with ``text`` on stderr, if stderr is a terminal."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield
        return
    with console.status(text):
        yield
