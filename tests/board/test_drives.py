"""Finding drives: recorded mount tables, folders as drives, DETAILS.TXT of several versions."""

from contextlib import suppress
from pathlib import Path

import pytest

from microbit_ml.board.drives import (
    BoardDrive,
    drive_named,
    drives_among,
    find_drives,
    mounted_volumes,
    parse_details,
    volumes_below,
    ways_to_find,
)

V1_ID = "9900000040024e450038700a00000033000000009796990b"
V2_ID = "9904360254524e45001440030000003c000000009796990b"

DETAILS = """# DAPLink Firmware - see https://mbed.com/daplink\r
Unique ID: {unique_id}\r
HIC ID: 9796990b\r
Auto Reset: 1\r
Automation allowed: 0\r
Overflow detection: 0\r
Daplink Mode: {mode}\r
Interface Version: 0257\r
Bootloader Version: 0257\r
Git SHA: 1f9c3a2b7e5d4c6f8091a2b3c4d5e6f708192a3b\r
Local Mods: 0\r
USB Interfaces: MSD, CDC, HID, WebUSB\r
Interface CRC: 0xdeadbeef\r
Remount count: 0\r
URL: https://microbit.org/device/?id=9904&v=0257\r
"""

MOUNTS = r"""sysfs /sys sysfs rw,nosuid,nodev,noexec,relatime 0 0
/dev/nvme0n1p2 / ext4 rw,relatime 0 0
/dev/nvme0n1p1 /boot/efi vfat rw,relatime 0 0
/dev/sda /media/zoë/MICROBIT vfat rw,nosuid,nodev,relatime,uid=1000,gid=1000 0 0
/dev/sdb /run/media/ada/My\040robots/MICROBIT1 vfat rw,nosuid,nodev 0 0
/dev/sdc /media/back\134slash/MAINTENANCE vfat rw,nosuid,nodev 0 0
broken line
"""


def make_drive(folder, unique_id=V2_ID, mode="Interface"):
    folder.mkdir(parents=True)
    (folder / "DETAILS.TXT").write_bytes(
        DETAILS.format(unique_id=unique_id, mode=mode).encode("ascii")
    )
    return folder


def test_mount_points_with_spaces():
    assert mounted_volumes(MOUNTS) == [
        (Path("/boot/efi"), "efi"),
        (Path("/media/zoë/MICROBIT"), "MICROBIT"),
        (Path("/run/media/ada/My robots/MICROBIT1"), "MICROBIT1"),
        (Path("/media/back\\slash/MAINTENANCE"), "MAINTENANCE"),
    ]


def test_details_are_read():
    details = parse_details(DETAILS.format(unique_id=V1_ID, mode="Interface"))
    assert details["unique id"] == V1_ID
    assert details["interface version"] == "0257"
    assert details["url"].startswith("https://microbit.org")
    assert not any(key.startswith("#") for key in details)


def test_drives_are_known_by_label_or_by_details(tmp_path):
    first = make_drive(tmp_path / "MICROBIT", V1_ID)
    second = make_drive(tmp_path / "My robots" / "MICROBIT1")
    renamed = make_drive(tmp_path / "anything")
    bare = tmp_path / "MICROBIT 2"
    bare.mkdir()
    other = tmp_path / "MICROBIT-BACKUP"
    other.mkdir()
    (other / "DETAILS.TXT").write_text("Price: 3", "ascii")
    volumes = [(path, path.name) for path in (second, first, bare, renamed, other)]
    assert drives_among([*volumes, (first, "")]) == [
        BoardDrive(first, V1_ID, "0257"),
        BoardDrive(bare),
        BoardDrive(second, V2_ID, "0257"),
        BoardDrive(renamed, V2_ID, "0257"),
    ]


@pytest.mark.parametrize(
    ("label", "mode"), [("MAINTENANCE", "Interface"), ("MICROBIT", "Bootloader")]
)
def test_maintenance_mode_is_seen(tmp_path, label, mode):
    folder = make_drive(tmp_path / label, mode=mode)
    assert [drive.maintenance for drive in drives_among([(folder, label)])] == [True]


def test_folders_below(tmp_path):
    (tmp_path / "ada" / "MICROBIT" / "deeper").mkdir(parents=True)
    found = [
        (path.relative_to(tmp_path).as_posix(), name)
        for path, name in volumes_below(tmp_path, depth=2)
    ]
    assert found == [("ada", "ada"), ("ada/MICROBIT", "MICROBIT")]
    assert volumes_below(tmp_path / "none", depth=2) == []


def test_the_drives_of_this_system_can_be_listed():
    assert all(isinstance(drive, BoardDrive) for drive in find_drives())


def test_macos_looks_into_volumes(monkeypatch):
    asked = []
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr(
        "microbit_ml.board.drives.volumes_below",
        lambda folder, depth: (
            asked.append((folder, depth)) or [(Path("/Volumes/MICROBIT"), "MICROBIT")]
        ),
    )
    assert find_drives() == [BoardDrive(Path("/Volumes/MICROBIT"))]
    assert asked == [(Path("/Volumes"), 1)]


def test_several_boards_on_macos_beside_other_disks(tmp_path):
    """As below /Volumes: the system's own disk is a link there, a second board gets a number."""
    (tmp_path / "System").mkdir()
    (tmp_path / "Volumes").mkdir()
    volumes = tmp_path / "Volumes"
    (volumes / "Preboot").mkdir()
    first, second = (make_drive(volumes / "MICROBIT", V1_ID), make_drive(volumes / "MICROBIT 1"))
    with suppress(OSError):  # on Windows, not every user may make links
        (volumes / "Macintosh HD").symlink_to(tmp_path / "System")
    found = drives_among(volumes_below(volumes, depth=1))
    assert [(drive.path, drive.board) for drive in found] == [(first, "v1"), (second, "v2")]


def test_labels_come_from_windows(monkeypatch):
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr(
        "microbit_ml.board.drives._windows_volumes",
        lambda: [(Path("D:/"), "MICROBIT"), (Path("E:/"), "PHOTOS")],
    )
    assert find_drives() == [BoardDrive(Path("D:/"))]


def test_a_drive_is_taken_at_its_word_when_a_person_names_it(tmp_path):
    assert drive_named(tmp_path) is None
    assert drive_named(tmp_path / "none") is None
    details = DETAILS.format(unique_id=V2_ID, mode="Interface")
    (tmp_path / "DETAILS.TXT").write_text(details, encoding="ascii", newline="")
    drive = BoardDrive(tmp_path, V2_ID, "0257")
    assert drive_named(tmp_path) == drive
    (tmp_path / "DETAILS.TXT").write_text(f"{details}Serial Port: /dev/pts/3\n", encoding="ascii")
    assert drive_named(tmp_path).port == "/dev/pts/3"


def test_a_drive_that_the_system_does_not_list_is_found_again_by_its_path(tmp_path, monkeypatch):
    listed = BoardDrive(tmp_path / "MICROBIT", V2_ID)
    monkeypatch.setattr("microbit_ml.board.drives.find_drives", lambda: [listed])
    assert ways_to_find(listed)() == [listed]
    folder = tmp_path / "folder"
    find = ways_to_find(BoardDrive(folder, V2_ID))
    assert list(find()) == []  # it has vanished
    folder.mkdir()
    (folder / "DETAILS.TXT").write_text(f"Unique ID: {V2_ID}\n", encoding="ascii")
    assert list(find()) == [BoardDrive(folder, V2_ID)]
