"""Attached micro:bits: matching ports with drives, and choosing a board."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from microbit_ml.board.drives import BoardDrive, drive_named, find_drives
from microbit_ml.board.link import is_virtual
from microbit_ml.board.ports import BoardPort, board_of_unique_id, find_ports, port_named
from microbit_ml.errors import BoardError, NoBoardError


@dataclass(frozen=True)
class AttachedBoard:
    """One micro:bit: its port, its drive, or both."""

    unique_id: str  # "" when neither the port nor the drive gives it
    port: BoardPort | None
    drive: BoardDrive | None

    @property
    def board(self) -> str:
        """The name of its target, or "" for an unknown board id."""
        return board_of_unique_id(self.unique_id)

    @property
    def name(self) -> str:
        """Short, and different for each board: its port, else its drive, else its id."""
        if self.port is not None:
            return self.port.device
        return str(self.drive.path) if self.drive is not None else self.unique_id

    def __str__(self) -> str:
        addresses = [self.port.device] if self.port else []
        addresses += [str(self.drive.path)] if self.drive else []
        return f"{' and '.join(addresses)} (id {self.unique_id or 'unknown'})"


def find_boards() -> list[AttachedBoard]:
    """All micro:bits that are plugged into this computer."""
    return pair(find_ports(), find_drives())


def pair(ports: Sequence[BoardPort], drives: Sequence[BoardDrive]) -> list[AttachedBoard]:
    """One entry for each micro:bit: ports and drives joined where their unique ids agree.

    A port or a drive without a unique id gets its own entry, unless there is just one of each.
    """
    if len(ports) == len(drives) == 1 and not (ports[0].unique_id and drives[0].unique_id):
        unique_id = ports[0].unique_id or drives[0].unique_id
        return [AttachedBoard(unique_id, ports[0], drives[0])]
    left = list(drives)
    boards = []
    for port in ports:
        unique_id = port.unique_id.lower()  # Windows writes it in capitals
        mine = next((d for d in left if d.unique_id and d.unique_id.lower() == unique_id), None)
        if mine:
            left.remove(mine)
        boards.append(AttachedBoard(unique_id, port, mine))
    return boards + [AttachedBoard(drive.unique_id, None, drive) for drive in left]


def choose_board(boards: Sequence[AttachedBoard], name: str = "") -> AttachedBoard:
    """The board with this name: its port, its drive's path, or the first characters of its id.

    A port or a drive that exists is taken at its word, even if it is not among ``boards``: see
    ``board_named``. Without a name, the only board. Raises NoBoardError when there is no board
    at all, BoardError when none matches, or more than one.
    """
    chosen = [board for board in boards if not name or _has_name(board, name)]
    if not chosen and (named := board_named(name)):
        return named
    if not boards:
        missing = f"There is no micro:bit {name!r}, and no other" if name else "No micro:bit found"
        raise NoBoardError(
            f"{missing}. Plug one in with a data cable, wait for the MICROBIT drive (on Linux, "
            "open it once in the file manager), then try again."
        )
    if len(chosen) == 1:
        return chosen[0]
    listed = "; ".join(str(board) for board in chosen or boards)
    if not chosen:
        raise BoardError(f"There is no micro:bit {name!r}. Plugged in: {listed}.")
    raise BoardError(
        f"Several micro:bits are plugged in: {listed}. Choose one: --board and its port, its "
        f"drive or its id."
    )


def board_named(name: str) -> AttachedBoard | None:
    """The board behind a port or a drive that the system does not show as a micro:bit's.

    Such are those of ``microbit-ml virtual --pty --drive``, whose drive is a folder that names the
    port, and links to a port. None when there is no such port or drive.
    """
    if not name:
        return None
    if port := port_named(name):
        return AttachedBoard(port.unique_id, port, None)
    if drive := drive_named(Path(name)):
        return AttachedBoard(drive.unique_id, port_named(drive.port), drive)
    return None


def choose_boards(
    names: Sequence[str] = (),
    *,
    every: bool = False,
    find: Callable[[], Sequence[AttachedBoard]] | None = None,
) -> list[AttachedBoard]:
    """The boards with these names, each once: virtual ones first, then those that are plugged in.

    names: ports, drives, ids or virtual boards; without any, the only micro:bit that is plugged in;
    every: all that are plugged in. Raises BoardError as :func:`choose_board` does.
    """
    virtual = [AttachedBoard("", BoardPort(name, ""), None) for name in names if is_virtual(name)]
    real = [name for name in names if not is_virtual(name)]
    if virtual and not real:
        return virtual
    found = list((find or find_boards)())
    if every and found:
        return found
    chosen = [choose_board(found, name) for name in real or [""]]
    return virtual + [board for i, board in enumerate(chosen) if board not in chosen[:i]]


def board_address(name: str = "", find: Callable[[], Sequence[AttachedBoard]] | None = None) -> str:
    """The address of a board for :func:`~microbit_ml.board.link.open_link`.

    That is the serial port of a real board and the name itself of a virtual one; "" means the only
    micro:bit that is plugged in. Raises BoardError when no board matches, or more than one, or when
    the board has no serial port.
    """
    if is_virtual(name):
        return name
    board = choose_board((find or find_boards)(), name)
    if board.port is None:
        raise BoardError(
            f"The micro:bit at {board} has a drive, but no serial port. Plug it in again; if that "
            "does not help, update its interface firmware (microbit.org/firmware)."
        )
    return board.port.device


def _has_name(board: AttachedBoard, name: str) -> bool:
    return (
        board.unique_id.lower().startswith(name.lower())
        or (board.port is not None and _is_port(board.port.device, name))
        or (board.drive is not None and board.drive.path == Path(name))
    )


def _is_port(device: str, name: str) -> bool:
    """Whether a name is that of a port, or a link to it, as in /dev/serial/by-id."""
    if device.lower() == name.lower():
        return True
    try:
        return Path(name).is_char_device() and Path(name).samefile(device)
    except (OSError, ValueError):  # no name of a file
        return False


def drive_of(board: AttachedBoard) -> BoardDrive:
    """The drive of a board, for flashing. Raises BoardError when it is not mounted."""
    if board.drive is None:
        raise BoardError(
            f"The micro:bit at {board} is plugged in, but its MICROBIT drive is not open. Open it "
            f"in the file manager, then try again."
        )
    return board.drive
