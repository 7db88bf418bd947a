"""Samples in time: 50 of them a second, each once, whatever else the board does."""

import pytest
from random_models import usual_model

from microbit_ml.board import build_hex
from microbit_ml.device_files import board_files
from microbit_ml.quantize import to_bytes
from microbit_ml.virtual import VirtualBoard

# The board is turned a step of 16 counts a sample: it sees itself whether it got each one once.
ROUND = 200
TURNING = [(16 * (i % ROUND) - 1600, 0, -1024) for i in range(60 * 50)]

SAMPLING = """from gesture import Recognizer
from microbit import running_time, uart
recognizer = Recognizer()
work = recognizer.work
newest = 53 + 3 * recognizer.model[12]
{wait}
recognizer.due = 0
uart.write('go')
wrong = 0
for i in range({samples}):
    {sample}
    number = (work[newest] + 1600) // 16
    if i > 3 and (number - last) % 200 != 1:
        wrong += 1
    last = number
uart.write('missed %d wrong %d\\nend' % (recognizer.missed, wrong))
"""
NEXT = "recognizer.next()"
# A program that is busy for 12 of each 20 ms and then looks whether there is a new sample.
POLL = """before = recognizer.due
    while recognizer.due == before:
        recognizer.poll()
    busy = running_time() + 12
    while running_time() < busy:
        pass"""


def board_with(kind, program):
    """A board with a model that predicts every 5 samples."""
    device, _ = usual_model()
    assert device.hop == 5
    files = board_files(to_bytes(device))
    files["main.py"] = program.encode()
    return VirtualBoard(kind, build_hex({kind: files}))


def sample_for(kind, sample, seconds, wait=""):
    """What the sensor counted in that time, without the first and last moments, and the board."""
    samples = 50 * seconds
    with board_with(kind, SAMPLING.format(sample=sample, samples=samples, wait=wait)) as board:
        assert board.run_until("go", 5, wall_limit_s=60), board.serial
        board.play(TURNING[:10], wall_limit_s=60)
        before = board.sensor_count
        board.play(TURNING[10 : samples - 10], wall_limit_s=300)
        after = board.sensor_count
        board.play(TURNING[samples - 10 : samples + 30], wall_limit_s=60)
        if "end" not in board.serial:
            assert board.run_until("end", 3 * seconds, wall_limit_s=60), board.serial
        counted = [new - old for new, old in zip(after, before, strict=True)]
        return counted, board.serial.split("go")[1].split("\n")[0]


SECONDS = pytest.mark.parametrize("seconds", [10, pytest.param(60, marks=pytest.mark.slow)])


@pytest.mark.parametrize("kind", ["v1", "v2"])
@SECONDS
def test_no_sample_is_left_unread_or_read_twice(kind, seconds):
    counted, said = sample_for(kind, NEXT, seconds)
    assert counted == [50 * seconds - 20, 0, 0]
    assert said.strip() == "missed 0 wrong 0"


# On V1 a few samples in a hundred are lost beside so much work. Probably because it tidies up its
# memory for 3 ms now and then, in the middle of such a program; why is not settled.
@pytest.mark.parametrize(("kind", "share"), [("v1", 0.03), ("v2", 0)])
@SECONDS
def test_few_samples_are_lost_beside_12_ms_of_other_work(kind, share, seconds):
    (offered, unread, reread), said = sample_for(kind, POLL, seconds)
    assert offered >= 50 * seconds - 25
    assert unread <= share * offered
    assert reread == 0
    if share == 0:
        assert said.strip() == "missed 0 wrong 0"


def test_samples_that_a_busy_program_misses_are_counted():
    counted, said = sample_for("v1", POLL.replace("12", "50"), 3)
    words = said.split()
    assert int(words[1]) > 100  # two of three
    assert counted[1] > 50  # by the sensor's own count, in the time that is looked at


STEPS = """from gesture import Recognizer
import gc
recognizer = Recognizer()
recognizer.next()
recognizer.countdown = 30000
def go(recognizer):
    for i in range({times}):
        recognizer.due = 0
        {step}
gc.collect()
go(recognizer)
print('end')
"""
TRANSFER = {"v1": 6_980, "v2": 0}  # instructions while get_values() waits for the sensor to send


def instructions_of(kind, step):
    """What a step takes: the difference that 30 more of them make, without waiting."""
    totals = []
    for times in (10, 40):
        with board_with(kind, STEPS.format(times=times, step=step)) as board:
            assert board.run_until("end", 10, wall_limit_s=60), board.serial
            totals.append(board.instructions - TRANSFER[kind] * len(board.samples_read))
    return (totals[1] - totals[0]) / 30


@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_a_sampling_step_takes_at_most_12000_instructions(kind):
    step = instructions_of(kind, "recognizer.next()") - instructions_of(kind, "pass")
    assert 5_000 < step <= 12_000
