"""Serial ports of attached micro:bits."""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import serial
from serial.tools import list_ports

from microbit_ml.errors import BoardError, NoBoardError
from microbit_ml.targets import by_usb_id

USB_VID_PID = (0x0D28, 0x0204)  # Arm's DAPLink, the micro:bit's interface chip
BAUD_RATE = 115200


class BusyPortError(BoardError):
    """Another program uses the port."""


@dataclass(frozen=True)
class BoardPort:
    """The serial port of a micro:bit."""

    device: str  # what pyserial opens: "/dev/ttyACM0", "COM4"
    unique_id: str  # as in DETAILS.TXT on the board's drive, "" when the system does not give it

    @property
    def board(self) -> str:
        """The name of its target, or "" for an unknown board id."""
        return board_of_unique_id(self.unique_id)


def board_of_unique_id(unique_id: str) -> str:
    """The name of the target whose board id a unique id begins with, "" when it is unknown."""
    target = by_usb_id(unique_id)
    return target.name if target else ""


def find_ports(comports: Callable[[], Iterable[Any]] = list_ports.comports) -> list[BoardPort]:
    """The ports of all attached micro:bits, sorted by device.

    ``comports`` lists all serial ports in pyserial's form.
    """
    found = [
        BoardPort(port.device, port.serial_number or "")
        for port in comports()
        if (port.vid, port.pid) == USB_VID_PID
    ]
    return sorted(found, key=lambda port: _in_order(port.device))


def port_named(
    name: str, comports: Callable[[], Iterable[Any]] = list_ports.comports
) -> BoardPort | None:
    """The serial port of this name or path, whatever is behind it; None when there is none.

    A person may name a port that does not call itself a micro:bit: that of a virtual board
    (``microbit-ml virtual --pty``), or a link to a port.
    """
    for port in comports():
        if port.device.lower() == name.lower():
            return BoardPort(port.device, port.serial_number or "")
    try:
        return BoardPort(name, "") if Path(name).is_char_device() else None
    except (OSError, ValueError):  # no name of a file
        return None


def _in_order(device: str) -> list[tuple[int, str]]:
    """COM3 before COM10: numbers as numbers."""
    parts = re.split(r"(\d+)", device)
    return [(int(part), "") if part.isdigit() else (0, part) for part in parts]


def open_port(device: str, opener: Callable[..., serial.Serial] = serial.Serial) -> serial.Serial:
    """Open a board's serial port, 115200 baud, for this program only.

    Raises BoardError when there is no such port (NoBoardError when no board is plugged in either),
    when this user may not open it, or when another
    program uses it.
    """
    try:
        # exclusive: on Linux and macOS two programs could share the port and garble each other.
        exclusive = None if sys.platform == "win32" else True
        return opener(device, BAUD_RATE, timeout=1, write_timeout=10, exclusive=exclusive)
    except OSError as error:
        kind = BoardError
        if _is_busy(error):
            kind = BusyPortError
        elif _is_missing(error) and not find_ports():
            kind = NoBoardError
        raise kind(_why_closed(device, error)) from error


def _is_missing(error: OSError) -> bool:
    return error.errno == errno.ENOENT or "FileNotFoundError" in str(error)


def _why_closed(device: str, error: OSError) -> str:
    text = str(error)
    if _is_busy(error):
        return (
            f"Another program is using {device}. Close editors, serial monitors and browser tabs "
            f"that talk to the micro:bit, then try again."
        )
    if _is_missing(error):
        names = ", ".join(port.device for port in find_ports())
        if names:
            return f"There is no serial port {device}. Plugged in: {names}. Choose one of them."
        return (
            f"There is no serial port {device}. Plug the micro:bit in with a data cable, then see "
            "which boards there are: microbit-ml boards"
        )
    if error.errno == errno.EACCES:
        return (
            f"You may not open {device}. On Linux, add yourself to the group that owns it "
            f"(sudo usermod -a -G dialout $USER; on Arch Linux the group is uucp), then log "
            f"out and in again."
        )
    return f"{device} cannot be opened ({text}). Unplug the micro:bit, plug it in and try again."


def _is_busy(error: OSError) -> bool:
    text = str(error)
    return (
        error.errno in (errno.EBUSY, errno.EAGAIN)
        or "exclusively lock" in text
        or "PermissionError" in text  # Windows' error for a port that is open elsewhere
    )
