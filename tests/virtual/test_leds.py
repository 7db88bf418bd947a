"""The LEDs: pictures and brightnesses as the pins drive them."""

from tiers import both_boards

HAPPY = [[0, 0, 0, 0, 0], [0, 9, 0, 9, 0], [0, 0, 0, 0, 0], [9, 0, 0, 0, 9], [0, 9, 9, 9, 0]]


@both_boards
def test_happy_face(boot, kind):
    board = boot(kind, "from microbit import *\ndisplay.show(Image.HAPPY)\n")
    board.run(0.1)
    assert board.leds == HAPPY
    assert board.show() == ".....\n.9.9.\n.....\n9...9\n.999."


def test_every_brightness_at_every_position(boot, ask, kind):
    board = boot(kind)
    ask(board, "from microbit import *")
    for shift in range(0, 10, 3):
        expected = [[(5 * y + x + shift) % 10 for x in range(5)] for y in range(5)]
        text = ":".join("".join(map(str, row)) for row in expected)
        ask(board, f"display.show(Image('{text}'))")
        board.run(0.1)
        assert board.leds == expected


def test_dark_when_off_and_when_cleared(boot, ask, kind):
    board = boot(kind)
    dark = [[0] * 5] * 5
    ask(board, "from microbit import *", "display.show(Image.HEART)")
    board.run(0.1)
    assert board.leds != dark
    ask(board, "display.off()")
    board.run(0.1)
    assert board.leds == dark
    ask(board, "display.on()")
    board.run(0.1)
    assert board.leds != dark
    ask(board, "display.clear()")
    board.run(0.1)
    assert board.leds == dark


def test_light_sense_leaves_the_picture(boot, ask, kind):
    board = boot(kind)
    ask(board, "from microbit import *", "display.show(Image.HAPPY)", "display.read_light_level()")
    board.run(0.2)
    assert board.leds == HAPPY
