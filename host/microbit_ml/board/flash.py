"""Flashing: copying a hex to a micro:bit's drive and finding out whether it arrived.

The interface chip reads the file while it is being written, programs the board, and then lets
its drive vanish and come back. The result shows only afterwards: a file FAIL.TXT reports an error,
and the hex itself is still listed only if the chip ignored it.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from microbit_ml.board.drives import BoardDrive, parse_details, text_on_drive, ways_to_find
from microbit_ml.errors import BoardError, DataError

HEX_NAME = "firmware.hex"
FAIL_NAME = "FAIL.TXT"
RETURN_TIMEOUT_S = 15.0
POLL_S = 0.25
SHOWN = 300  # characters of what a board says about a failure

# The drive's errors when the chip is already programming the board.
_GONE_AFTER_WRITING = (errno.ENODEV, errno.EIO, errno.ENXIO)

_ADVICE = {
    "internal": "The interface chip of the board failed. Unplug it, plug it in and try again; if "
    "it fails again, update its firmware (microbit.org/firmware).",
    "transient": "It failed twice. Plug the board directly into the computer, with another cable, "
    "and try again.",
    "user": "The board did not accept the hex. Build it again; if it fails again, the hex may be "
    "for another board.",
    "target": "The interface chip cannot reach the main chip. Unplug the board and everything "
    "that is connected to its pins, plug it in and try again.",
    "interface": "The firmware of the interface chip is damaged or too old. Update it "
    "(microbit.org/firmware).",
}

MOST_CHARACTERS = 1000  # of what the interface says


@dataclass(frozen=True)
class Failure:
    """The content of FAIL.TXT."""

    error: str
    kinds: tuple[str, ...]  # of "internal", "transient", "user", "target", "interface"


class FlashError(BoardError):
    """The board refused a hex; ``failure`` is the content of its FAIL.TXT."""

    def __init__(self, drive: BoardDrive, failure: Failure) -> None:
        self.failure = failure
        kinds = f" (type: {', '.join(failure.kinds)})" if failure.kinds else ""
        advice = next(
            (_ADVICE[kind] for kind in failure.kinds if kind in _ADVICE),
            "Unplug the board, plug it in and try again.",
        )
        super().__init__(f"The micro:bit at {drive.path} reports: {failure.error}{kinds}. {advice}")


def flash_hex(
    hex_text: str,
    drive: BoardDrive,
    *,
    find: Callable[[], Sequence[BoardDrive]] | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> BoardDrive:
    """Put ``hex_text`` on the board behind ``drive``; return its drive after it has come back.

    find: lists the drives that are there; without it, those of the system, or the same folder.
    After a transient failure, it tries once more. Raises FlashError when the board
    refuses the hex, and BoardError when the drive accepts no programs, is full, vanishes too early,
    does not come back, or ignores the hex.
    """
    if drive.maintenance:
        raise BoardError(
            f"The micro:bit at {drive.path} is in maintenance mode. Unplug it, then plug it in "
            f"again without holding its reset button."
        )
    find = find or ways_to_find(drive)
    for attempt in (1, 2):
        _write_once(drive.path / HEX_NAME, hex_text.encode("ascii"))
        drive = _wait_for_return(drive, find, clock, sleep)
        failure = read_failure(drive.path)
        if failure is None:
            break
        if "transient" not in failure.kinds or attempt == 2:
            raise FlashError(drive, failure)
    if _listed(drive.path / HEX_NAME):
        raise BoardError(
            f"The micro:bit at {drive.path} did nothing with the hex: {HEX_NAME} is still on its "
            f"drive. Unplug it, plug it in and try again."
        )
    return drive


def read_failure(folder: Path) -> Failure | None:
    """The content of FAIL.TXT on a drive, or None without such a file."""
    try:
        text = text_on_drive(folder / FAIL_NAME)[:MOST_CHARACTERS]
    except FileNotFoundError:
        return None
    except (OSError, DataError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BoardError(
            f"{folder / FAIL_NAME} cannot be read ({reason}). Unplug the micro:bit, plug "
            f"it in and try again."
        ) from error
    fields = parse_details(text)
    # Old interface firmware writes one sentence without "error:".
    message = _cut(fields.get("error", " ".join(text.split())).rstrip("."))
    kinds = [kind.strip() for kind in fields.get("type", "").split(",") if kind.strip()]
    return Failure(message, tuple(_cut(kind) for kind in kinds[: len(_ADVICE)]))


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} ..."


def _write_once(path: Path, content: bytes) -> None:
    """Write the file in one go, with one fsync at the end: the board reads it as it arrives."""
    written = 0
    try:
        with path.open("wb", buffering=0) as file:
            while written < len(content):
                written += file.write(content[written:])
            os.fsync(file.fileno())
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise BoardError(
                f"The drive {path.parent} is full, after {written:,} of {len(content):,} bytes. "
                f"Unplug the micro:bit, plug it in and try again."
            ) from error
        if written < len(content) or error.errno not in _GONE_AFTER_WRITING:
            raise BoardError(
                f"Writing to {path.parent} failed after {written:,} of {len(content):,} bytes "
                f"({error.strerror}). Check the cable, plug the micro:bit in and try again."
            ) from error


def _wait_for_return(
    drive: BoardDrive,
    find: Callable[[], Sequence[BoardDrive]],
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> BoardDrive:
    """The board's drive after it vanished and came back, perhaps at another path."""
    deadline = clock() + RETURN_TIMEOUT_S
    vanished = False
    while True:
        now = _same_board(drive, find())
        if now and (vanished or not _listed(now.path / HEX_NAME)):
            return now
        vanished = vanished or now is None
        if clock() >= deadline:
            break
        sleep(POLL_S)
    if now is None:
        raise BoardError(
            f"The drive of the micro:bit ({drive.path}) did not come back within "
            f"{RETURN_TIMEOUT_S:g} s, so we can't tell whether the hex arrived. If the board runs "
            f"your program, it did. If not, unplug it, plug it in and try again."
        )
    return now


def _same_board(drive: BoardDrive, found: Sequence[BoardDrive]) -> BoardDrive | None:
    for other in found:
        if other.unique_id == drive.unique_id if drive.unique_id else other.path == drive.path:
            return other
    return None


def _listed(path: Path) -> bool:
    try:
        return path.name.lower() in (entry.name.lower() for entry in path.parent.iterdir())
    except OSError:
        return False
