"""Check: does a file that is written survive a restart? It is removed again, whatever happens."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress

from microbit_ml.board.answers import Number, Question
from microbit_ml.board.away import remove_same
from microbit_ml.board.upload import (
    BoardFullError,
    checksum_of,
    file_names,
    file_state,
    put_file,
)
from microbit_ml.deploy.check.bench import Bench
from microbit_ml.deploy.check.result import Findings, Result
from microbit_ml.errors import BoardError

NAME, TITLE = "files", "a file, and a restart"
FILE = "check.tmp"
CONTENT = random.Random(6).randbytes(600)
RESTART_S = 1.5
_find = Findings(NAME)
_CLOCK = Question("how long it has been running", Number(0, 2**31))
_RUNNING = "from microbit import running_time\nprint(running_time())"


def run(bench: Bench) -> Iterator[Result]:
    """A file is written, read back, and still there after a restart."""
    bench.fresh()
    if FILE in file_names(bench.repl) and not remove_same(bench.repl, FILE, CONTENT):
        yield _find.not_done("a file", f"The board has a file {FILE} of its own.")
        return
    try:
        yield from _written(bench)
    finally:
        with suppress(BoardError):
            bench.fresh()
            remove_same(bench.repl, FILE, CONTENT)
    left = FILE in file_names(bench.repl)
    yield _find.compared(
        "file removed again", "no" if left else "yes", "", "yes", not left,
        f"{FILE} is still on the board. Delete it in a MicroPython editor.",
    )  # fmt: skip


def _written(bench: Bench) -> Iterator[Result]:
    what = "bytes written and read"
    try:
        put_file(bench.repl, FILE, CONTENT)
    except BoardFullError:
        yield _find.failed(
            what, f"The file system is full: there is no room for {len(CONTENT)} bytes."
        )
        return
    yield _same(bench, what)
    bench.progress("restarting the board")
    before = bench.repl.ask(_CLOCK, _RUNNING)
    bench.restart(RESTART_S)
    after = bench.repl.ask(_CLOCK, _RUNNING)
    yield _find.compared(
        "restarts when told to", "yes" if after < before else "no", "", "yes",
        after < before, "Its clock went on as if nothing had happened.",
    )  # fmt: skip
    yield _same(bench, "bytes after the restart")


def _same(bench: Bench, what: str) -> Result:
    state = file_state(bench.repl, [FILE]).get(FILE)
    return _find.compared(
        what, state[0] if state else 0, "", f"{len(CONTENT)}",
        state == (len(CONTENT), checksum_of(CONTENT)),
        "The file has other bytes." if state else "The file is gone.",
    )  # fmt: skip
