"""V1's 9,600 bytes: what is left for the pupil, and what the display says when things go wrong."""

import numpy as np
import pytest
from real_data import WAND, shared_data

from microbit_ml import read_createai, simulate, train
from microbit_ml.board import build_hex
from microbit_ml.model import V1_HEAP_BYTES
from microbit_ml.virtual import VirtualBoard

PUPILS_PROGRAM = """from microbit import *
from gesture import Recognizer

score = 0
lives = 3
recognizer = Recognizer()

def show_lives():
    for x in range(5):
        display.set_pixel(x, 4, 9 if x < lives else 0)

while lives > 0:
    name = recognizer.next()
    if name == 'shake':
        score += 1
        display.show(Image.HAPPY)
        print('score', score)
    elif name == 'tap':
        lives -= 1
        show_lives()
    if button_a.was_pressed():
        print('free', free())
"""
FREE = """
import gc
def free():
    gc.collect()
    return gc.mem_free()
"""


@pytest.fixture(scope="module")
def model():
    return train(simulate(people=4, repeats=3, seed=2))  # nine labels


def board_with(kind, files):
    return VirtualBoard(kind, build_hex({"v1": files, "v2": files}))


def free_heap(model, extra=""):
    """Free bytes on V1 after importing and making the recognizer."""
    files = model.board_files()
    start = f"from gesture import Recognizer\n{extra}recognizer = Recognizer()\n"
    files["main.py"] = (start + FREE + "print('free', free())\n").encode()
    with board_with("v1", files) as board:
        assert board.run_until("free ", 5, wall_limit_s=60), board.serial
        board.run(0.1)
        return int(board.serial.split("free ")[1].split()[0])


def test_v1_has_4000_bytes_left_with_a_model_of_real_gestures():
    assert free_heap(train(read_createai(shared_data(WAND)))) >= 4000


def test_v1_has_4000_bytes_left_with_nine_gestures_and_3000_with_the_launcher(model):
    assert free_heap(model) >= 4000
    launcher = "from answer import listen\nfrom microbit import display, uart\n"
    assert free_heap(model, launcher) >= 3000


@pytest.mark.parametrize(("hidden", "window"), [((28,), 50), ((24,), 140)])
def test_the_largest_model_that_is_promised_runs_on_v1(hidden, window):
    data = simulate(people=2, repeats=2, seed=2)
    model = train(data, hidden=hidden, window=window, steps=5, copies=0)
    assert V1_HEAP_BYTES - 150 < model.heap_bytes() <= V1_HEAP_BYTES
    with VirtualBoard("v1", model.hex()) as board:
        enough = board.run_until(lambda: len(board.samples_read) > window + 10, 8, wall_limit_s=60)
        assert enough, board.serial
        assert "Traceback" not in board.serial


@pytest.mark.parametrize(("labels", "length", "hidden"), [(24, 8, 12), (16, 10, 18), (8, 60, 17)])
def test_many_and_long_names_count(labels, length, hidden):
    windows = np.random.default_rng(0).integers(-900, 900, (2 * labels, 50, 3))
    names = [f"{i:02d}" + "x" * (length - 2) for i in range(labels)] * 2
    model = train(list(windows), labels=names, hidden=hidden, steps=2, copies=0)
    assert V1_HEAP_BYTES - 500 < model.heap_bytes() <= V1_HEAP_BYTES
    with VirtualBoard("v1", model.hex()) as board:
        enough = board.run_until(lambda: len(board.samples_read) > 60, 8, wall_limit_s=60)
        assert enough, board.serial


@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_a_pupils_program_of_twenty_lines_runs(kind, model):
    assert len([line for line in PUPILS_PROGRAM.splitlines() if line]) >= 18
    files = model.board_files()
    files["main.py"] = (FREE + PUPILS_PROGRAM).encode()
    del files["answer.py"]
    people = simulate(labels=["shake"], people=2, repeats=2, seed=50)
    with board_with(kind, files) as board:
        board.run_until(lambda: len(board.samples_read) > 5, 5, wall_limit_s=60)
        for recording in people:
            board.tilt(0, 0, -1024)
            board.run(1.2, wall_limit_s=60)
            board.play(recording.samples, wall_limit_s=60)
            board.run(0.2)
        board.press("a")
        board.run(0.2)
        assert "score 3" in board.serial, board.serial
        free = int(board.serial.split("free ")[1].split()[0])
        assert free >= 3000
        assert "Traceback" not in board.serial


@pytest.mark.parametrize("kind", ["v1", "v2"])
@pytest.mark.parametrize("trouble", ["no model.bin", "model.bin is damaged"])
def test_a_bad_model_is_told_on_the_display_and_over_serial(kind, trouble, model):
    files = model.board_files()
    if trouble == "no model.bin":
        del files["model.bin"]
    else:
        files["model.bin"] = files["model.bin"][:200] + b"?" + files["model.bin"][201:]
    with board_with(kind, files) as board:
        assert board.run_until(f"ValueError: {trouble}", 5, wall_limit_s=60), board.serial
        pictures = set()
        for _ in range(40):
            board.run(0.1, wall_limit_s=60)
            pictures.add(board.show())
    assert len(pictures) > 10  # the text scrolls


@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_50_hertz_are_kept_while_predicting(kind, model):
    files = model.board_files()
    files["main.py"] = b"""from gesture import Recognizer
from microbit import running_time
recognizer = Recognizer()
recognizer.next()
start = running_time()
for i in range(250):
    recognizer.next()
print('took', running_time() - start, recognizer.missed)
"""
    with board_with(kind, files) as board:
        assert board.run_until("took", 12, wall_limit_s=60), board.serial
        board.run(0.1)
    took, missed = map(int, board.serial.split("took ")[1].split()[:2])
    assert missed == 0
    assert np.isclose(took, 5000, atol=25)
