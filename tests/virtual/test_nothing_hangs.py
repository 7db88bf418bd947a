"""Programs that never end or go wrong: each is reported, within a limit of real time."""

import pytest

from microbit_ml.errors import VirtualBoardError
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.peripherals import base

FOR_EVER_S = 10**7
LIMIT_S = 0.02  # of real time: endless programs are stopped soon
STOPPED = f"was stopped after {LIMIT_S} s of real time, at pc=0x"


SAY_GO = "import microbit\nprint('go')\nmicrobit.sleep(50)\n"  # V2 sends by interrupt


def asm(*lines: str) -> str:
    body = "".join(f"    {line}\n" for line in lines)
    return f"{SAY_GO}@micropython.asm_thumb\ndef f():\n{body}f()\n"


NEVER_ENDING = {
    "loop": "print('go')\nwhile True:\n    pass\n",
    "polls": "from microbit import *\nprint('go')\nwhile not button_a.is_pressed():\n    pass\n",
    "serial": "from microbit import *\nprint('go')\nwhile not uart.any():\n    pass\n",
    "radio": "import radio\nradio.on()\nprint('go')\nwhile radio.receive() is None:\n    pass\n",
    "sleep": "from microbit import *\nprint('go')\nsleep(10 ** 9)\n",
    "interrupts off": asm("cpsid('i')", "label(L)", "b(L)"),
    "WFI with interrupts off": asm("cpsid('i')", "label(L)", "data(2, 0xBF30)", "b(L)"),
}


@pytest.mark.parametrize("name", NEVER_ENDING)
def test_wall_limit_stops_a_program_that_never_ends(boot, kind, name):
    board = boot(kind, NEVER_ENDING[name], to_prompt=False)
    assert board.run_until("go", 3, wall_limit_s=60), board.serial
    with pytest.raises(VirtualBoardError, match=STOPPED):
        board.run(FOR_EVER_S, wall_limit_s=LIMIT_S)
    with pytest.raises(VirtualBoardError, match=STOPPED):
        board.run_until("never sent", FOR_EVER_S, wall_limit_s=LIMIT_S)
    with pytest.raises(VirtualBoardError, match=STOPPED):
        board.play([(0, 0, -1024)] * 10, rate_hz=1e-6, wall_limit_s=LIMIT_S)
    with pytest.raises(VirtualBoardError, match=STOPPED):
        board.press("b", FOR_EVER_S, wall_limit_s=LIMIT_S)


def test_wall_limit_is_for_the_whole_of_a_recording(boot, kind):
    board = boot(kind, NEVER_ENDING["loop"], to_prompt=False)
    assert board.run_until("go", 3, wall_limit_s=60), board.serial
    with pytest.raises(VirtualBoardError, match=STOPPED):
        board.play([(0, 0, -1024)] * 10_000, wall_limit_s=LIMIT_S)


def test_an_action_that_the_limit_stops_is_over(boot, kind):
    """The button is released, and the rest of the recording is cancelled."""
    program = (
        "from microbit import *\nprint('go')\nwhile True:\n"
        "    print('is', button_a.is_pressed(), accelerometer.get_x())\n"
    )
    board = boot(kind, program, to_prompt=False)
    assert board.run_until("is False 0", 3, wall_limit_s=60), board.serial
    with pytest.raises(VirtualBoardError, match=STOPPED):
        board.press("a", FOR_EVER_S, wall_limit_s=LIMIT_S)
    board.run(0.5, wall_limit_s=60)
    assert board.serial.splitlines()[-2] == "is False 0"
    with pytest.raises(VirtualBoardError, match=STOPPED):
        board.play([(16 * i, 0, -1024) for i in range(10_000)], rate_hz=10, wall_limit_s=LIMIT_S)
    board.run(0.06, wall_limit_s=60)
    last_read = board.samples_read[-1][1]
    board.run(0.5, wall_limit_s=60)
    assert board.samples_read[-1][1] == last_read


@pytest.mark.parametrize(
    "program, error",
    [
        ("x = []\nwhile True:\n    x.append(bytearray(100))\n", "MemoryError"),
        ("def f():\n    f()\nf()\n", "RuntimeError: maximum recursion depth exceeded"),
    ],
)
def test_a_program_that_uses_up_memory_gets_an_error(boot, kind, program, error):
    board = boot(kind, program, to_prompt=False)
    assert board.run_until(error, 5, wall_limit_s=60), board.serial


def test_sleep_of_the_cpu_with_nothing_pending_is_limited(boot, kind):
    """All interrupts disabled in the interrupt controller, then WFI: only the limit ends it."""
    program = (
        f"{SAY_GO}import machine\n"
        "machine.mem32[0xE000E180] = -1\nmachine.mem32[0xE000E184] = -1\n"
        "@micropython.asm_thumb\ndef f():\n    label(L)\n    data(2, 0xBF30)\n    b(L)\nf()\n"
    )
    board = boot(kind, program, to_prompt=False)
    assert board.run_until("go", 3, wall_limit_s=60), board.serial
    board.run(0.5, wall_limit_s=60)
    instructions = board.instructions
    board.run(0.5, wall_limit_s=60)
    assert board.instructions == instructions
    with pytest.raises(VirtualBoardError, match=STOPPED):
        board.run_until(lambda: False, FOR_EVER_S, wall_limit_s=LIMIT_S)


SENDS = """import radio
radio.on()
for i in range(40):
    radio.send(str(i))
print('sent')
while True:
    pass
"""


def sends(boot) -> VirtualBoard:
    board = boot("v2", SENDS, to_prompt=False)
    assert board.run_until("sent", 3, wall_limit_s=120), board.serial
    return board


def test_polls_in_vain_cost_few_reads_and_change_little(boot, monkeypatch):
    """The radio driver polls events until they happen: fewer reads, the same packets and time."""
    quick = sends(boot)
    monkeypatch.setattr(base, "_FREE_POLLS", 10**12)
    full = sends(boot)
    assert quick.radio_sent == full.radio_sent
    assert quick.time_us == pytest.approx(full.time_us, rel=0.02)
    assert quick.instructions < full.instructions


def test_polls_in_vain_repeat_exactly(boot):
    first, second = sends(boot), sends(boot)
    assert (first.instructions, first.time_us) == (second.instructions, second.time_us)
