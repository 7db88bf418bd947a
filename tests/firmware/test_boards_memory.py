"""V1's 9,600 bytes: the memory left for the pupil, and the messages on the display."""

import pytest
from boards_memory import board_with, free_heap, large_model
from real_data import WAND, shared_data
from tiers import tiers

from microbit_ml import read_createai, simulate, train
from microbit_ml.board.remote import RemoteRecognizer
from microbit_ml.deploy.predict import work_layout
from microbit_ml.image.kernels import kernels
from microbit_ml.targets import V1
from microbit_ml.virtual import VirtualBoard, VirtualSerial

PUPILS_PROGRAM = """from microbit import *
from gesture import Recognizer
import music
import radio

score = 0
lives = 3
radio.on()
recognizer = Recognizer()

def show_lives():
    for x in range(5):
        display.set_pixel(x, 4, 9 if x < lives else 0)

while lives > 0:
    name = recognizer.next()
    if name == 'shake':
        score += 1
        display.show(Image.HAPPY)
        music.play(['c4:1', 'e4:1'], wait=False)
        radio.send('score ' + str(score))
        print('score', score)
    elif name == 'tap':
        lives -= 1
        show_lives()
        music.pitch(200, 100, wait=False)
    elif radio.receive() == 'stop':
        display.show(Image.SAD)
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


def test_v1_has_4000_bytes_left_with_nine_gestures_and_3000_with_the_launcher(model):
    assert free_heap(model) >= 4000
    launcher = "from answer import listen\nfrom microbit import display, uart\n"
    assert free_heap(model, launcher) >= 3000


def test_v1_has_4000_bytes_left_with_a_model_of_real_recordings():
    assert free_heap(train(read_createai(shared_data(WAND)))) >= 4000


@pytest.mark.parametrize(
    ("labels", "length", "window", "arch"),
    tiers(
        [
            (9, 9, 50, "17"),  # as usual
        ],
        slow=[
            (16, 12, 50, "6"),  # many labels
            (4, 2, 100, "26-7"),  # wide
            (8, 12, 150, "12"),  # a long window
            (12, 2, 50, "13-12"),
            (8, 40, 50, "11"),  # long names
            (5, 20, 100, "12-20-9"),  # three layers
        ],
    ),
)
def test_the_largest_models_that_are_promised_run_speak_and_answer_on_v1(
    labels, length, window, arch
):
    model, windows = large_model(labels, length, window, arch)
    assert V1.heap_bytes - 110 < model.heap_bytes() <= V1.heap_bytes
    with VirtualBoard("v1", model.hex()) as board:
        enough = board.run_until(lambda: len(board.samples_read) > window + 10, 8, wall_limit_s=60)
        assert enough, board.serial
        assert board.serial.split("\r\n")[0] in model.labels
        remote = RemoteRecognizer(
            VirtualSerial(board), work_layout(model), lambda: board.time_us / 1e6
        )
        for one in windows[:2]:
            remote.put_window(one)
            assert (remote.get_window() == one).all()
            decision, twin = remote.decide(), model.network.run(one[None])
            assert decision.features.tolist() == twin.features.tolist()
            assert decision.scores.tolist() == twin.scores.tolist()
            assert decision.confidence.tolist() == twin.confidence.tolist()
        board.run(1, wall_limit_s=60)
        assert "Traceback" not in board.serial


@pytest.mark.parametrize("kind", tiers(["v1"], slow=["v2"]))
def test_a_pupils_program_runs_beside_nine_gestures(kind, model):
    assert len([line for line in PUPILS_PROGRAM.splitlines() if line]) >= 25
    files = model.board_files(board=kind)
    files["main.py"] = (FREE + PUPILS_PROGRAM).encode()
    del files["answer.py"]
    people = simulate(labels=["shake"], people=3, repeats=2, seed=50)
    with board_with(kind, files) as board:
        board.run_until(lambda: len(board.samples_read) > 5, 5, wall_limit_s=60)
        for recording in people:
            board.tilt(0, 0, -1024)
            board.run(1.2, wall_limit_s=60)
            board.play(recording.samples, wall_limit_s=60)
            board.run(0.2)
        board.press("a")
        board.run(0.2)
        assert "score 2" in board.serial, board.serial
        assert int(board.serial.split("free ")[1].split()[0]) >= 2200
        assert "Traceback" not in board.serial
        assert board.sounds and board.radio_sent


# The board's message, and the file that is changed or missing.
TROUBLES = {
    "no model.bin": lambda files: ("model.bin", None),
    "model.bin is damaged": lambda files: (
        "model.bin",
        files["model.bin"][:200] + b"?" + files["model.bin"][201:],
    ),
    "model.bin is not for this kit": lambda files: (
        "model.bin",
        files["model.bin"][:8] + b"\1" + files["model.bin"][9:],
    ),
    "no kernel_?.bin": lambda files: ("kernel_?.bin", None),
    "kernel_?.bin is not for this kit": lambda files: ("kernel_?.bin", b"0" + kernels("v1")[1:]),
}


@pytest.mark.parametrize(
    ("kind", "trouble"),
    tiers(
        [("v1", "no model.bin"), ("v1", "kernel_?.bin is not for this kit")],
        slow=[
            *(("v1", trouble) for trouble in ("no kernel_?.bin", *list(TROUBLES)[1:3])),
            *(("v2", trouble) for trouble in TROUBLES),
        ],
    ),
)
def test_a_bad_model_is_reported_on_the_display_and_over_serial(kind, trouble, model):
    files = model.board_files(board=kind)
    name, content = TROUBLES[trouble](files)
    name = name.replace("?", kind)
    trouble = trouble.replace("?", kind)
    if content is None:
        del files[name]
    else:
        files[name] = content
    with board_with(kind, files) as board:
        assert board.run_until(f"ValueError: {trouble}", 5, wall_limit_s=60), board.serial
        pictures = set()
        for _ in range(40):
            board.run(0.1, wall_limit_s=60)
            pictures.add(board.show())
    assert len(pictures) > 10  # the text scrolls


PREDICTIONS = """from gesture import Recognizer
import loader
recognizer = Recognizer()
def predict(times, call, code, work, model):
    for i in range(times):
        call(code, work, model, 12)
predict({times}, loader.call, loader.code, recognizer.work, recognizer.model)
print('end')
"""


def instructions_for(kind, model, times):
    """Instructions since power-on of a board that has made this number of predictions."""
    files = model.board_files(board=kind)
    files["main.py"] = PREDICTIONS.format(times=times).encode()
    with board_with(kind, files) as board:
        assert board.run_until("end", 12, wall_limit_s=60), board.serial
        return board.instructions


@pytest.mark.parametrize(("kind", "most"), [("v1", 40_000), ("v2", 25_000)])
def test_a_prediction_takes_few_instructions(kind, most, model):
    few, many = (instructions_for(kind, model, n) for n in (10, 1010))
    assert 10_000 < (many - few) / 1000 <= most  # including the call, and the runtime's interrupts


ENDURANCE = """from gesture import Recognizer
import gc
recognizer = Recognizer()
def predict(times):
    for i in range(times):
        recognizer.debounce(recognizer.predict())
def free():
    gc.collect()
    return gc.mem_free()
before = after = free()
predict(2)
before = free()
predict({times})
after = free()
print('lost', before - after, 'end')
"""


@pytest.mark.parametrize("times", tiers([500], slow=[2000], full=[10_000]))
def test_predictions_lose_no_memory_on_v1(times, model):
    files = model.board_files(board="v1")
    files["main.py"] = ENDURANCE.format(times=times).encode()
    del files["answer.py"]
    with board_with("v1", files) as board:
        assert board.run_until("end", 0.01 * times + 5, wall_limit_s=600), board.serial
        assert "lost 0 end" in board.serial
