"""The drives (MICROBIT, or MAINTENANCE) of attached micro:bits.

The interface chip of a micro:bit shows itself as a small USB disk. Its file DETAILS.TXT holds the
unique id, which is also the serial number of the board's USB port.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from microbit_ml.board.ports import board_of_unique_id
from microbit_ml.common.inputs import KB, MB, read_input
from microbit_ml.common.printable import printable
from microbit_ml.errors import DataError

DETAILS_FILE = "DETAILS.TXT"
LARGEST_TEXT = 64 * KB  # DETAILS.TXT and FAIL.TXT have less than 1 KB
LONGEST_DETAIL = 1000  # characters; FAIL.TXT has whole sentences
_LABEL = re.compile(r"(MICROBIT|MAINTENANCE)( ?\d+)?")  # a second one: MICROBIT1, MICROBIT 1
_FAT = ("vfat", "msdos", "exfat", "fuseblk")


@dataclass(frozen=True)
class BoardDrive:
    """A mounted drive of a micro:bit."""

    path: Path
    unique_id: str = ""  # "" when DETAILS.TXT does not give it
    interface_version: str = ""  # of DAPLink, such as "0257"
    maintenance: bool = False  # waits for new interface firmware, accepts no programs
    port: str = ""  # the serial port of a virtual board, which only its DETAILS.TXT gives

    @property
    def board(self) -> str:
        """The name of its target, or "" for an unknown board id."""
        return board_of_unique_id(self.unique_id)


def find_drives() -> list[BoardDrive]:
    """The drives of all attached micro:bits that are mounted, sorted by path."""
    if sys.platform == "win32":
        volumes = _windows_volumes()
    elif sys.platform == "darwin":
        volumes = volumes_below(Path("/Volumes"), depth=1)
    else:
        volumes = _linux_volumes()
    return drives_among(volumes)


def drives_among(volumes: Iterable[tuple[Path, str]]) -> list[BoardDrive]:
    """Those of the volumes (path, label) that are micro:bits: by label or by their DETAILS.TXT."""
    drives: dict[Path, BoardDrive] = {}
    for path, label in volumes:
        if path in drives:
            continue
        details = _read_details(path)
        if _LABEL.fullmatch(label.upper()) or "unique id" in details:
            drives[path] = BoardDrive(
                path,
                details.get("unique id", ""),
                details.get("interface version", ""),
                label.upper().startswith("MAINTENANCE")
                or details.get("daplink mode", "").lower() == "bootloader",
                details.get("serial port", ""),
            )
    return [drives[path] for path in sorted(drives)]


def drive_named(path: Path) -> BoardDrive | None:
    """The drive that a person calls by its path, wherever it is; None when it is no micro:bit's.

    It may be a folder, as that of a virtual board is (``microbit-ml virtual --pty --drive``).
    """
    return next(iter(drives_among([(path, "")])), None)


def ways_to_find(drive: BoardDrive) -> Callable[[], Sequence[BoardDrive]]:
    """What finds a drive again after it has vanished: the system's list, or its own path."""
    if any(one.path == drive.path for one in find_drives()):
        return find_drives
    return lambda: drives_among([(drive.path, "")])


def parse_details(text: str) -> dict[str, str]:
    """The "Key: value" lines of a DETAILS.TXT, keys in lower case, without its # comments."""
    details = {}
    for line in text.replace("\r", "\n").split("\n"):
        key, colon, value = line.partition(":")
        if colon and not line.startswith("#"):
            details[key.strip().lower()] = value.strip()[:LONGEST_DETAIL]
    return details


def mounted_volumes(mounts: str) -> list[tuple[Path, str]]:
    """(path, last part of the path) of the FAT file systems in the text of /proc/self/mounts.

    A line is ``device path type options 0 0``; space, tab, newline and backslash within a field
    are written as ``\\040``, ``\\011``, ``\\012`` and ``\\134``.
    """
    volumes = []
    for line in mounts.split("\n"):
        fields = line.split(" ")
        if len(fields) >= 3 and fields[2] in _FAT:
            path = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[1])
            volumes.append((Path(path), Path(path).name))
    return volumes


def _read_details(path: Path) -> dict[str, str]:
    try:
        return parse_details(text_on_drive(path / DETAILS_FILE))
    except (OSError, DataError):  # no text of a board
        return {}


def text_on_drive(path: Path) -> str:
    """The text of a file on a drive, printable. Raises OSError, or DataError if it is none."""
    content = read_input(path, LARGEST_TEXT, "text file of a micro:bit")
    text = content.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return printable(text)


def _linux_volumes() -> list[tuple[Path, str]]:
    try:
        volumes = mounted_volumes(read_input("/proc/self/mounts", MB).decode("utf-8", "replace"))
    except OSError:
        volumes = []
    # A folder there may be left over from an earlier mount: without a label, DETAILS.TXT decides.
    for media in ("/media", "/run/media"):
        volumes += [(path, "") for path, _ in volumes_below(Path(media), depth=2)]
    return volumes


def volumes_below(folder: Path, depth: int) -> list[tuple[Path, str]]:
    """(path, name) of the folders 1 to ``depth`` levels below ``folder``."""
    volumes = []
    try:
        for path in sorted(folder.iterdir()):
            if path.is_dir() and not path.is_symlink():
                volumes.append((path, path.name))
                if depth > 1:
                    volumes += volumes_below(path, depth - 1)
    except OSError:
        pass  # no such folder, or another user's
    return volumes


def _windows_volumes() -> list[tuple[Path, str]]:
    """(path, label) of the removable drives, from the Windows API."""
    volumes: list[tuple[Path, str]] = []
    if sys.platform == "win32":
        import ctypes

        kernel32 = ctypes.windll.kernel32
        kernel32.SetErrorMode(1)  # no dialogue about a card reader without a card
        letters = kernel32.GetLogicalDrives()  # bit 0 is A:
        for i in range(26):
            root = f"{chr(ord('A') + i)}:\\"
            if letters >> i & 1 and kernel32.GetDriveTypeW(root) == 2:  # DRIVE_REMOVABLE
                label = ctypes.create_unicode_buffer(261)
                size = ctypes.sizeof(label) // ctypes.sizeof(ctypes.c_wchar)
                kernel32.GetVolumeInformationW(root, label, size, None, None, None, None, 0)
                volumes.append((Path(root), label.value))
    return volumes
