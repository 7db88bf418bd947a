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
from typing import Literal, TextIO

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
from microbit_ml.console.tables import column_widths

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
    """Print a table to stdout; the first ``left`` columns are text, the others numbers.

    A table that is wider than the terminal goes on below, with its first columns again.
    """
    # Without styles: write() would show their control sequences, as it shows those of others.
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    console = Console(highlight=False, color_system=None, width=width)
    cells = [[printable(str(cell)) for cell in row] for row in rows]
    parts, gap = column_widths(columns, cells, left, console.width)
    for part in parts:
        if len(parts) > 1:
            _write_part(part, left, len(columns))
        # rich writes a space between two columns; the others are the padding of both.
        sides = (0, 1, 0, gap - 2)
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=sides)
        for i, width in part:
            justify: Literal["left", "right"] = "left" if i < left else "right"
            table.add_column(Text(columns[i]), justify=justify, width=width)
        for row in cells:
            table.add_row(*(Text(row[i]) for i, _ in part))
        with console.capture() as printed:
            console.print(table)
        for line in printed.get().splitlines():
            write(line.rstrip())


def _write_part(part: Sequence[tuple[int, int]], left: int, n: int) -> None:
    """Say which columns of a table that is too wide follow: only those of numbers are counted."""
    numbers = [i - left + 1 for i, _ in part if i >= left]
    which = f"column {numbers[0]}" if len(numbers) == 1 else f"columns {numbers[0]}-{numbers[-1]}"
    if numbers[0] > 1:
        write()
    write(f"({which} of {n - left}{', more below' if numbers[-1] < n - left else ''})")


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
