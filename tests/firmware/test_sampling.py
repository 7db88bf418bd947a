"""Samples in time: 50 of them a second, each once, whatever else the board does."""

import numpy as np
import pytest
from random_models import usual_model
from tiers import tiers

from microbit_ml.deploy.count import Statement, count_instructions
from microbit_ml.image.board_files import board_files
from microbit_ml.quantize import to_bytes
from microbit_ml.virtual import VirtualBoard

# The board is tilted by a step of 16 counts per sample, so it can check that it got each one once.
ROUND = 200
TURNING = [(16 * (i % ROUND) - 1600, 0, -1024) for i in range(60 * 50)]

SAMPLING = """from gesture import Recognizer
from microbit import uart
from utime import ticks_diff, ticks_us
recognizer = Recognizer()
work = recognizer.work
newest = 53 + 3 * recognizer.model[12]
{wait}
recognizer.due = 0
uart.write('go')
wrong = 0
for i in range({samples}):
    before = recognizer.due
    {sample}
    if before and ticks_diff(recognizer.due, before) < 10000:
        continue  # V1's clock had jumped, or the sensor had no new sample: it will try again
    number = (work[newest] + 1600) // 16
    if i > 8 and (number - last) % 200 != 1:
        wrong += 1
    last = number
uart.write('missed %d wrong %d\\nend' % (recognizer.missed, wrong))
"""
NEXT = "recognizer.next()"
# A program that is busy for 12 of every 20 ms and then checks for a new sample. (Not by
# running_time(): on V1 that stops for 65 ms now and then when it is called often.)
POLL = """while recognizer.due == before:
        recognizer.poll()
    began = ticks_us()
    while ticks_diff(ticks_us(), began) < 12000:
        pass"""


def board_with(kind, program, revision=None):
    """A board with a model that predicts every 5 samples."""
    device, _ = usual_model()
    assert device.hop == 5
    files = board_files(to_bytes(device))
    files["main.py"] = program.encode()
    return VirtualBoard(kind, files, revision=revision)


def sample_for(kind, sample, seconds, wait=""):
    """The sensor's counts in that time, without its start and end, and the board's output."""
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


SECONDS = pytest.mark.parametrize("seconds", tiers([2], slow=[10], full=[60]))


@pytest.mark.parametrize("kind", ["v1", "v2"])
@SECONDS
def test_no_sample_is_left_unread_or_read_twice(kind, seconds):
    counted, printed = sample_for(kind, NEXT, seconds)
    assert counted == [50 * seconds - 20, 0, 0]
    assert printed.strip() == "missed 0 wrong 0"


@pytest.mark.parametrize("kind", ["v1", "v2"])
@SECONDS
def test_no_sample_is_lost_beside_12_ms_of_other_work(kind, seconds):
    (offered, unread, reread), printed = sample_for(kind, POLL, seconds)
    assert offered >= 50 * seconds - 25
    assert (unread, reread) == (0, 0)
    assert printed.strip() == "missed 0 wrong 0"


def test_samples_that_a_busy_program_misses_are_counted():
    counted, printed = sample_for("v1", POLL.replace("12000", "50000"), 3)
    words = printed.split()
    assert int(words[1]) > 100  # two of three
    assert counted[1] > 50  # by the sensor's own count, in that time


# The board reads at each of these times between two samples of the sensor.
PHASES = """from utime import sleep_us
sleep_us({us})
recognizer.next()
uart.write('go')
for i in range(180):
    recognizer.next()
uart.write('end')
"""


@pytest.mark.parametrize("revision", tiers(["1.3"], slow=["1.5"]))
@pytest.mark.parametrize("us", tiers([7500], slow=[2000, 6500, 8500, 12_000]))
def test_v1_reads_every_sample_whenever_it_begins(us, revision):
    program = SAMPLING.split("{wait}")[0] + PHASES.format(us=us)
    with board_with("v1", program, revision) as board:
        assert board.run_until("go", 5, wall_limit_s=60), board.serial
        before = board.sensor_count
        assert board.run_until("end", 5, wall_limit_s=60), board.serial
        offered, unread, reread = board.sensor_count
    assert offered - before.offered >= 170
    assert unread == before.unread
    assert reread == before.reread


READY = """from gesture import Recognizer
from microbit import sleep
from utime import ticks_us
recognizer = Recognizer()
recognizer.next()
recognizer.countdown = 30000
def ready(recognizer):
    sleep(25)
    recognizer.due = ticks_us()"""
STEP = Statement(READY, "recognizer", "recognizer.next()", before="ready(recognizer)")
TRANSFER = {"v1": 6_980, "v2": 0}  # instructions while get_values() waits for the sensor to send


@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_a_sampling_step_takes_at_most_12000_instructions(kind):
    files = board_files(to_bytes(usual_model()[0]))
    step = np.median(count_instructions(kind, files, STEP)) - TRANSFER[kind]
    assert 5_000 < step <= 12_000
