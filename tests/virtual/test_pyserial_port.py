"""virtual:// URLs: pyserial opens virtual boards by itself."""

import threading

import pytest
import serial
import uflash
from tiers import both_boards

from microbit_ml.virtual import VirtualBoard, share_board, unshare_board

PROMPT = b"\r\n>>> "


def open_port(url, timeout=3):
    return serial.serial_for_url(url, timeout=timeout)


@both_boards
def test_the_prompt_of_each_board(kind):
    with open_port(f"virtual://{kind}") as port:
        assert isinstance(port, serial.SerialBase)
        assert port.read_until(PROMPT).endswith(PROMPT)
        assert port.write(b"print(6 * 7)\r") == 13
        assert port.read_until(PROMPT) == b"print(6 * 7)\r\n42" + PROMPT
        port.write(b"1\r")
        port.flush()
        assert port.out_waiting == 0
        while port.in_waiting < 10:
            pass
        port.reset_input_buffer()
        port.timeout = 0.2
        assert port.read(5) == b""


def test_the_same_calls_give_the_same_bytes_and_instructions():
    def session():
        with open_port("virtual://v1") as port:
            port.write(b"import os\rprint(os.uname())\r")
            received = port.read(400) + port.read_until(PROMPT)
            return received, port.board.instructions

    assert session() == session()


def test_control_lines_that_change_nothing():
    with open_port("virtual://v1") as port:
        port.read_until(PROMPT)
        port.dtr = port.rts = False
        port.baudrate = 9600
        port.break_condition = True
        port.send_break()
        assert (port.cts, port.dsr, port.ri, port.cd) == (True, True, False, True)
        port.write(b"12345\r")
        assert port.read_until(PROMPT) == b"12345\r\n12345" + PROMPT
        port.write(b"lost\r")
        port.reset_output_buffer()
        port.timeout = 0.1
        assert port.read(20) == b""


def test_a_hex_file(tmp_path):
    path = tmp_path / "own program.hex"
    path.write_text(uflash.embed_fs_uhex(uflash._RUNTIME, b"print('from', 'a file')"), "ascii")
    with open_port(f"virtual://v2?hex={path}") as port:
        assert b"from a file" in port.read_until(PROMPT)


def test_ports_of_one_name_share_a_board_that_goes_on():
    try:
        with open_port("virtual://v1?name=desk") as port:
            port.read_until(PROMPT)
            port.write(b"x = 7\r")
            port.read_until(PROMPT)
        with open_port("virtual://v1?name=desk") as port, open_port("virtual://v1") as other:
            port.write(b"x\r")
            assert port.read_until(PROMPT) == b"x\r\n7" + PROMPT
            assert other.board is not port.board
        with pytest.raises(serial.SerialException, match="is running already, as a v1"):
            open_port("virtual://v2?name=desk")
    finally:
        unshare_board("desk")


def test_a_board_that_the_program_made():
    with VirtualBoard("v2", uflash._RUNTIME) as board:
        share_board("mine", board)
        try:
            with open_port("virtual://v2?name=mine&pace=real") as port:
                assert port.board is board
                assert port.read_until(PROMPT).endswith(PROMPT)
        finally:
            unshare_board("mine")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("virtual://v3", "no virtual board 'v3'"),
        ("virtual://", "no virtual board ''"),
        ("virtual://v1?speed=2", "no option 'speed'"),
        ("virtual://v1?pace=slow", "no pace 'slow'"),
        ("virtual://v1?name=", "option 'name' is empty"),
        ("virtual://v1?hex=missing.hex", r"missing\.hex cannot be read: No such file"),
    ],
)
def test_wrong_urls_are_explained(url, message):
    with pytest.raises(serial.SerialException, match=message):
        open_port(url)


def test_a_file_that_is_not_a_hex(tmp_path):
    path = tmp_path / "photo.hex"
    path.write_bytes(b"\xff\xd8")
    with pytest.raises(serial.SerialException, match="is not a hex file"):
        open_port(f"virtual://v1?hex={path}")


def test_a_closed_port_and_a_crash():
    port = open_port("virtual://v2")
    with pytest.raises(serial.SerialException, match="already open"):
        port.open()
    port.read_until(PROMPT)
    port.write(b"import machine\rmachine.mem32[0x70000000]\r")
    with pytest.raises(serial.SerialException, match="HardFault"):
        port.read(1000)
    port.close()
    with pytest.raises(serial.PortNotOpenError):
        port.read()
    port.open()  # a new board
    assert port.read_until(PROMPT).endswith(PROMPT)
    port.close()


def test_flush_does_not_wait_for_ever_for_a_program_that_does_not_read():
    with open_port("virtual://v1") as port:
        port.read_until(PROMPT)
        port.write(b"while True: uart = __import__('microbit').uart.init(115200, tx=None)\r\r")
        port.board.serial_line.rx_pin = 99  # as if the wire were cut
        with pytest.raises(serial.SerialTimeoutException, match="does not read serial bytes"):
            port.flush()


def test_another_thread_writes_and_cancels():
    with open_port("virtual://v1", timeout=None) as port:
        port.read_until(PROMPT)
        received = []
        thread = threading.Thread(target=lambda: received.append(port.read(10_000)))
        thread.start()
        port.write(b"print(6 * 7)\r")
        while b"42" not in port.board.serial_line.sent:
            thread.join(0.01)
        port.cancel_read()
        thread.join(60)
        assert not thread.is_alive()
        assert received[0].startswith(b"print(6 * 7)\r\n42")
