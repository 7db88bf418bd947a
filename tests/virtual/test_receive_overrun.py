"""Too many bytes for a program: the runtime's ring buffer keeps the first ones."""

import ast

import pytest

# V1's ring has 64 bytes, one of them unused (to distinguish empty from full); V2's has 128.
HELD = {"v1": 63, "v2": 128}
SENT = bytes(33 + i % 90 for i in range(300))

REPORT = "received = b''\nwhile uart.any():\n    received += uart.read()\nprint(repr(received))\n"
WAITS = {
    "sleeping": "sleep(400)\n",
    "counting": "end = running_time() + 400\nwhile running_time() < end:\n    pass\n",
    "uart.init": "uart.init(115200)\nsleep(400)\n",
}


@pytest.mark.parametrize("wait", WAITS)
def test_a_program_that_does_not_read_keeps_the_first_bytes(boot, kind, wait):
    program = f"from microbit import *\nprint('go')\n{WAITS[wait]}{REPORT}"
    board = boot(kind, program, to_prompt=False)
    assert board.run_until("go\r\n", 2), board.serial
    board.run(0.01)
    board.write(SENT)
    assert board.run_until(">>> ", 2), board.serial
    received = ast.literal_eval(board.serial.split("go\r\n")[1].split("\r\n")[0])
    assert received == SENT[: HELD[kind]]


def test_a_program_that_reads_in_time_loses_nothing(boot, kind):
    program = (
        "from microbit import *\nuart.init(115200)\nprint('go')\nreceived = b''\n"
        "while len(received) < 300:\n    received += uart.read() or b''\nprint(repr(received))\n"
    )
    board = boot(kind, program, to_prompt=False)
    assert board.run_until("go\r\n", 2), board.serial
    for i in range(0, len(SENT), 30):
        board.write(SENT[i : i + 30])
        board.run(0.005)
    assert board.run_until(">>> ", 2), board.serial
    assert ast.literal_eval(board.serial.split("go\r\n")[1].split("\r\n")[0]) == SENT
