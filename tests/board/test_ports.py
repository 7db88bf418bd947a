"""Finding and opening serial ports, with pyserial's answers recorded for three systems."""

import errno
import os
import sys
from dataclasses import dataclass

import pytest
import serial

from microbit_ml.board.ports import BoardPort, find_ports, open_port, port_named
from microbit_ml.errors import BoardError

V1_ID = "9900000040024e450038700a00000033000000009796990b"
V2_ID = "9904360254524e45001440030000003c000000009796990b"


@dataclass
class PortInfo:
    """The fields of pyserial's ListPortInfo that are used."""

    device: str
    vid: int | None = None
    pid: int | None = None
    serial_number: str | None = None


LINUX = [
    PortInfo("/dev/ttyS0"),
    PortInfo("/dev/ttyACM1", 0x0D28, 0x0204, V2_ID),
    PortInfo("/dev/ttyACM0", 0x0D28, 0x0204, V1_ID),
    PortInfo("/dev/ttyUSB0", 0x1A86, 0x7523, None),
]
MACOS = [
    PortInfo("/dev/cu.Bluetooth-Incoming-Port"),
    PortInfo("/dev/cu.usbmodem14102", 0x0D28, 0x0204, V2_ID),
]
WINDOWS = [PortInfo("COM3", 0x0D28, 0x0204, None), PortInfo("COM1")]


def test_only_micro_bits_are_found():
    assert find_ports(lambda: LINUX) == [
        BoardPort("/dev/ttyACM0", V1_ID),
        BoardPort("/dev/ttyACM1", V2_ID),
    ]
    assert [port.device for port in find_ports(lambda: MACOS)] == ["/dev/cu.usbmodem14102"]
    assert find_ports(lambda: WINDOWS) == [BoardPort("COM3", "")]
    assert find_ports(list) == []


def test_a_class_on_windows_and_on_newer_macos():
    """Windows writes serial numbers in capitals; macOS names ports by their USB location."""
    windows = [
        PortInfo("COM10", 0x0D28, 0x0204, V2_ID.upper()),
        PortInfo("COM4", 0x0D28, 0x0204, V1_ID.upper()),
        PortInfo("COM3", 0x8087, 0x0026, "0"),
    ]
    assert [port.board for port in find_ports(lambda: windows)] == ["v1", "v2"]
    macos = [
        PortInfo("/dev/cu.wlan-debug"),
        PortInfo("/dev/cu.usbmodem2101", 0x0D28, 0x0204, V1_ID),
        PortInfo("/dev/cu.usbmodem21202", 0x0D28, 0x0204, V2_ID),
    ]
    assert [port.device for port in find_ports(lambda: macos)] == [
        "/dev/cu.usbmodem2101",
        "/dev/cu.usbmodem21202",
    ]


@pytest.mark.parametrize(
    ("board_id", "board"),
    [("9900", "v1"), ("9901", "v1"), ("9903", "v2"), ("9906", "v2"), ("1234", ""), ("", "")],
)
def test_the_board_id_distinguishes_v1_from_v2(board_id, board):
    assert BoardPort("COM1", board_id and board_id + "0" * 44).board == board


def test_a_port_is_opened_at_115200_baud():
    calls = []
    open_port("COM3", opener=lambda *args, **options: calls.append((args, options)))
    assert calls[0][0] == ("COM3", 115200)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            serial.SerialException(errno.ENOENT, "could not open port: [Errno 2] No such file"),
            "There is no serial port P. Plug the micro:bit in",
        ),
        (
            serial.SerialException("could not open port 'P': FileNotFoundError(2, 'not found')"),
            "There is no serial port P",
        ),
        (
            serial.SerialException(errno.EACCES, "could not open port: Permission denied"),
            "group that owns it",
        ),
        (
            serial.SerialException("Could not exclusively lock port P: [Errno 11] unavailable"),
            "Another program is using P",
        ),
        (serial.SerialException(errno.EBUSY, "busy"), "Another program is using P"),
        (
            serial.SerialException("could not open port 'P': PermissionError(13, 'denied')"),
            "Another program is using P",
        ),
        (serial.SerialException("strange"), r"P cannot be opened \(strange\)"),
    ],
)
def test_a_port_that_cannot_be_opened_is_explained(error, message):
    def refuse(*args, **options):
        raise error

    with pytest.raises(BoardError, match=message):
        open_port("P", opener=refuse)


def test_a_missing_port_of_this_system():
    with pytest.raises(BoardError, match="no serial port /dev/no-such-port"):
        open_port("/dev/no-such-port")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals of this kind")
def test_a_port_belongs_to_one_program():
    import pty

    board_end, computer_end = pty.openpty()
    device = os.ttyname(computer_end)
    try:
        with open_port(device) as port:
            with pytest.raises(BoardError, match=f"Another program is using {device}"):
                open_port(device)
            os.write(board_end, b">>> ")
            assert port.read(4) == b">>> "
    finally:
        os.close(board_end)
        os.close(computer_end)


def test_a_port_is_taken_at_its_word_when_a_person_names_it(tmp_path):
    assert port_named("/DEV/ttyUSB0", lambda: LINUX) == BoardPort("/dev/ttyUSB0", "")
    assert port_named("com3", lambda: WINDOWS) == BoardPort("COM3", "")
    assert port_named("/dev/ttyACM1", lambda: LINUX) == BoardPort("/dev/ttyACM1", V2_ID)
    (tmp_path / "file").write_text("no port", encoding="utf-8")
    for name in ("COM9", "", "a\0b", str(tmp_path), str(tmp_path / "file"), str(tmp_path / "none")):
        assert port_named(name, lambda: WINDOWS) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals of this kind")
def test_a_pseudo_terminal_and_a_link_to_it_are_ports(tmp_path):
    import pty

    ends = pty.openpty()
    try:
        device = os.ttyname(ends[1])
        link = tmp_path / "ttyACM99"
        link.symlink_to(device)
        for name in (device, str(link)):
            assert port_named(name, list) == BoardPort(name, "")
    finally:
        for end in ends:
            os.close(end)
