"""Whole boards: the unmodified runtimes boot, talk, keep files, crash and repeat exactly."""

import gc
import weakref

import pytest
from tiers import both_boards

from microbit_ml.errors import HexError, VirtualBoardError
from microbit_ml.image import build_hex, intel_hex
from microbit_ml.image.stock import text_of
from microbit_ml.virtual import VirtualBoard

MACHINES = {"v1": "micro:bit v1.1.1 with nRF51822", "v2": "micro:bit v2.1.2 with nRF52833"}


@pytest.mark.default_runtime
@both_boards
def test_boots_to_the_prompt(boot, kind):
    board = boot(kind)
    assert MACHINES[kind] in board.serial
    assert 0 < board.time_us < 1_000_000
    assert board.instructions > 100_000


@both_boards
def test_main_program_runs_and_prompt_follows(boot, kind):
    board = boot(kind, "print('sum', sum(range(10)))")
    assert "sum 45\r\n" in board.serial


def test_prompt_evaluates(boot, ask, kind):
    board = boot(kind)
    assert ask(board, "6 * 7") == "42"
    assert ask(board, "'%.4f' % (2 ** 0.5)") == "'1.4142'"
    assert ask(board, "import os", "os.uname().machine").endswith(MACHINES[kind].split()[-1] + "'")


def test_ctrl_c_stops_an_endless_program(boot, kind):
    board = boot(kind, "print('go')\nwhile True:\n    pass\n", to_prompt=False)
    assert board.run_until("go", 2)
    assert not board.run_until(">>>", 0.2)
    board.write(b"\x03")
    assert board.run_until("KeyboardInterrupt", 1)
    assert board.run_until(">>>", 1)


def test_sleep_takes_virtual_time(boot, ask, kind):
    board = boot(kind)
    ask(board, "from microbit import *")
    before = board.time_us
    shown = ask(board, "t = running_time(); sleep(500); print(running_time() - t)")
    assert abs(int(shown) - 500) <= 10
    assert 480_000 < board.time_us - before < 560_000


def test_free_heap(boot, kind):
    board = boot(kind, "import gc\ngc.collect()\nprint('free', gc.mem_free())")
    free = int(board.serial.split("free ")[1].split()[0])
    assert {"v1": 9_000, "v2": 63_000}[kind] < free < {"v1": 9_700, "v2": 65_000}[kind]


@both_boards
def test_buttons(boot, ask, kind):
    board = boot(kind)
    ask(board, "from microbit import *")
    board.hold("a")
    board.run(0.1)
    assert ask(board, "button_a.is_pressed(), button_b.is_pressed()") == "(True, False)"
    board.release("a")
    board.run(0.1)
    assert ask(board, "button_a.is_pressed(), button_b.is_pressed()") == "(False, False)"
    ask(board, "button_a.get_presses(), button_b.get_presses()")
    board.press("b")
    board.run(0.1)
    board.press("b")
    board.run(0.1)
    assert ask(board, "button_a.get_presses(), button_b.get_presses()") == "(0, 2)"
    with pytest.raises(VirtualBoardError, match="buttons are a and b"):
        board.press("c")


def test_files_survive_a_reset(boot, ask, kind):
    board = boot(kind)
    ask(board, "f = open('main.py', 'w')", "f.write('print(6 * 111)')", "f.close()")
    before = len(board.serial)
    board.reset()
    assert board.run_until("666\r\n", 2), board.serial[before:]
    assert board.run_until(">>> ", 2)
    assert ask(board, "open('main.py').read()") == "'print(6 * 111)'"


def test_program_can_reset_the_board(boot, kind):
    board = boot(kind)
    board.write(b"import microbit; microbit.reset()\r")
    assert board.run_until(MACHINES[kind], 2)


@both_boards
def test_sensors_and_peripherals_answer(boot, ask, kind):
    board = boot(kind)
    ask(board, "from microbit import *")
    assert ask(board, "temperature()") == "21"
    assert 0 <= int(ask(board, "display.read_light_level()")) <= 255
    assert 0 <= int(ask(board, "pin0.read_analog()")) < 1024
    assert ask(board, "pin0.is_touched()") == "False"
    # V1's own sensors are on the bus that programs use; V2 has a bus of its own for them.
    assert ask(board, "i2c.scan()") == {"v1": "[14, 29]", "v2": "[]"}[kind]
    assert "OSError" in ask(board, "i2c.read(0x50, 1)")
    assert ask(board, "spi.init(); spi.read(2)") == "b'\\xff\\xff'"
    assert ask(board, "import music", "music.pitch(440, 50)") == ""
    assert ask(board, "import random", "random.randrange(1000) != random.randrange(1000)") == "True"


def test_v2_logo_and_sound_sensor_answer(boot, ask):
    board = boot("v2")
    ask(board, "from microbit import *")
    assert ask(board, "pin_logo.is_touched()") == "False"
    assert ask(board, "microphone.sound_level() >= 0") == "True"


def test_radio_sends(boot, ask, kind):
    board = boot(kind)
    ask(board, "import radio", "radio.on()", "radio.send('hello')")
    channel, packet = board.radio_sent[-1]
    assert channel == 7
    assert packet.endswith(b"hello")
    assert ask(board, "radio.receive()") == ""


@both_boards
def test_same_actions_give_the_same_run(boot, ask, kind):
    def run() -> tuple[str, int, int, object]:
        board = boot(kind, "from microbit import *\nimport random\nprint(random.random())\n")
        ask(board, "display.show(Image.HEART)", "accelerometer.get_values()")
        board.play([(i, -i, 100 * i) for i in range(20)])
        ask(board, "sum(range(1000))")
        return board.serial, board.instructions, board.time_us, board.samples_read

    assert run() == run()


def test_boards_do_not_disturb_each_other(boot, ask, kind):
    alone = boot(kind)
    ask(alone, "x = 1", "x + 1")
    first, second = boot(kind, to_prompt=False), boot(kind, to_prompt=False)
    while first.time_us < 400_000:
        first.run(0.01)
        second.run(0.013)
    ask(second, "x = 5")
    ask(first, "x = 1")
    assert ask(first, "x + 1") == "2"
    assert ask(second, "x + 1") == "6"


def test_crash_is_reported_and_reset_restarts_it(boot, ask, kind):
    board = boot(kind)
    ask(board, "import machine")
    board.write(b"machine.mem32[0x7000_0000]\r".replace(b"_", b""))
    with pytest.raises(VirtualBoardError, match=r"HardFault: a read.*0x70000000.*pc=0x000\w+") as e:
        board.run(1)
    assert "reset()" in str(e.value)
    with pytest.raises(VirtualBoardError, match="HardFault"):
        board.run(0.1)
    board.reset()
    assert board.run_until(">>> ", 2)
    assert ask(board, "1 + 1") == "2"


def test_unaligned_access_crashes_v1_only(boot):
    program = """
@micropython.asm_thumb
def load(r0):
    add(r0, 1)
    ldr(r0, [r0, 0])
print(load(bytearray(8)))
"""
    with pytest.raises(VirtualBoardError, match="HardFault: an unaligned"):
        boot("v1", program)
    assert boot("v2", program).serial.startswith("0\r\n")


def test_jump_to_nowhere_crashes(boot, kind):
    program = "@micropython.asm_thumb\ndef go(r0):\n    bx(r0)\ngo(0x6000001)\n"
    with pytest.raises(VirtualBoardError, match="HardFault: a jump"):
        boot(kind, program)


def test_wall_limit_stops_an_endless_program(boot, kind):
    board = boot(kind, "print('go')\nwhile True:\n    pass", to_prompt=False)
    assert board.run_until("go", 2)
    with pytest.raises(VirtualBoardError, match=r"stopped after 0\.2 s of real time, at pc=0x"):
        board.run(3600, wall_limit_s=0.2)
    board.write(b"\x03")
    assert board.run_until(">>>", 2)


def test_run_until_takes_a_function(boot, kind):
    board = boot(kind, "from microbit import *\nwhile True:\n    sleep(10)\n", to_prompt=False)
    assert board.run_until(lambda: board.time_us > 200_000, 1)
    assert board.time_us < 220_000
    assert not board.run_until(lambda: False, 0.05)


def test_time_is_instructions_and_sleep(boot):
    for kind, us_per_instruction in (("v1", 1.75 / 16), ("v2", 1.75 / 64)):
        board = boot(kind, "while True: pass", to_prompt=False)
        board.run(0.5)
        instructions, time_us = board.instructions, board.time_us
        board.run(0.1)
        ran = board.instructions - instructions
        assert ran * us_per_instruction == pytest.approx(board.time_us - time_us, abs=2)


def test_wrong_kind_and_wrong_image():
    with pytest.raises(VirtualBoardError, match="Choose one of: v1, v2"):
        VirtualBoard("v3", text_of())
    with pytest.raises(HexError):
        VirtualBoard("v1", "not a hex file")
    beyond = ":020000040100F9\n:0100000000FF\n:00000001FF\n"
    with pytest.raises(HexError, match="other kind of micro:bit"):
        VirtualBoard("v1", beyond)


def test_closed_board_does_not_run_and_frees_its_memory(kind):
    with VirtualBoard(kind, text_of()) as board:
        board.run_until(">>>", 2)
    with pytest.raises(VirtualBoardError, match="close"):
        board.run(0.1)
    assert MACHINES[kind] in board.serial
    cpu = weakref.ref(board._chip.cpu.uc)
    del board
    gc.collect()
    assert cpu() is None


def test_a_hex_for_the_other_board_is_refused():
    image = intel_hex.parse(build_hex({"v1": {}}), "v1")
    with pytest.raises(HexError, match="for a micro:bit V1, so a V2 cannot run it"):
        VirtualBoard("v2", intel_hex.write_plain(image))
    with VirtualBoard("v1", intel_hex.write_plain(image)) as board:
        assert board.run_until(">>>", 2)


def test_what_was_read_since_a_number_of_samples():
    program = "from microbit import *\nwhile True:\n    accelerometer.get_values()\n    sleep(20)\n"
    with VirtualBoard("v1", {"main.py": program}) as board:
        board.run(1)
        read = board.samples_read
        assert len(read) > 10
        assert board.read_since(4) == read[4:]
        assert board.read_since(len(read)) == []
        assert board.read_since(-1) == read[-1:]
