"""Virtual boards to check, whole ones and broken ones, and a short form of the checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from unittest import mock

from microbit_ml.board.link import Link
from microbit_ml.deploy.check import (
    CHECKS,
    Check,
    Effort,
    Person,
    Result,
    SimulatedHand,
    bench,
    open_bench,
    practice_model,
    run_checks,
)
from microbit_ml.image import build_hex
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.protocol_virtual import share_board, unshare_board

TINY = Effort(windows=3, times=16, sensor_s=1.6, samples=20, line_s=0.01)
NAME = "checked-board"


def kit_on(kind: str, **more: bytes) -> dict[str, bytes]:
    """The files of a board with the practice model; ``loader_py=...`` replaces loader.py."""
    files = dict(practice_model().board_files(board=kind))
    return files | {name.replace("_py", ".py"): content for name, content in more.items()}


@contextmanager
def shared(
    kind: str,
    files: dict[str, bytes] | None = None,
    revision: str | None = None,
    runtime: str | None = None,
) -> Iterator[tuple[str, VirtualBoard]]:
    """The URL of a virtual board that has started, and the board."""
    hex_text = build_hex({kind: files if files is not None else kit_on(kind)}, runtime)
    with VirtualBoard(kind, hex_text, revision=revision) as board:
        share_board(NAME, board)
        try:
            yield f"virtual://{kind}?name={NAME}", board
        finally:
            unshare_board(NAME)


def hand(link: Link) -> Person | None:
    return SimulatedHand(link.virtual) if link.virtual else None


def checked(
    url: str,
    checks: Sequence[Check] = CHECKS,
    effort: Effort = TINY,
    person: Callable[[Link], Person | None] = hand,
    begun: Callable[[str], None] = lambda title: None,
    model: bytes | None = None,
) -> list[Result]:
    """The results of some checks. model: on the board, b"" to read it there."""
    content = practice_model().device_bytes() if model is None else model
    with open_bench(url, model=content or None, person=person, effort=effort) as one:
        one.random = Random(1)
        return list(run_checks(one, checks, begun))


@contextmanager
def changed_link(change: Callable[[Link], Link]) -> Iterator[None]:
    """Meanwhile the line to a board is another one."""
    opened = bench.open_link

    @contextmanager
    def open_changed(address: str, hex_text: str | None = None) -> Iterator[Link]:
        with opened(address, hex_text) as link:
            yield change(link)

    with mock.patch.object(bench, "open_link", open_changed):
        yield


def slower_by(percent: float) -> Callable[[Link], Link]:
    """The computer's clock runs faster than the board's: the same as a slow clock of the board."""
    factor = 1 + percent / 100
    return lambda link: replace(link, clock=lambda: factor * link.clock())
