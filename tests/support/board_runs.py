"""Running the firmware's recognizer on virtual boards, on windows in its file system."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from microbit_ml.image.board_files import board_files
from microbit_ml.virtual import VirtualBoard

# main.py: predicts each window of windows.bin and prints all the integers.
PROGRAM = b"""from gesture import Recognizer
def show(start, end):
    for i in range(start, end):
        print(work[i], end=' ')
    print()
recognizer = Recognizer()
work = recognizer.work
end = 56 + 3 * recognizer.model[12]
with open('windows.bin', 'rb') as file:
    sample = bytearray(6)
    index = 56
    while file.readinto(sample):
        for i in (0, 2, 4):
            value = sample[i] | sample[i + 1] << 8
            work[index] = value - (value >> 15 << 16)
            index += 1
        if index == end:
            index = 56
            recognizer.predict()
            show(0, 2)
            show(end, end + recognizer.model[16])
            show(2, 2 + (recognizer.model[24] if recognizer.model[17] else 0))
print('end')
"""


@dataclass(frozen=True)
class BoardJob:
    """A model and windows (n, window, 3) to predict on a "v1" or a "v2"."""

    kind: str
    model: bytes
    windows: np.ndarray


def run_board(job: BoardJob) -> list[list[list[int]]]:
    """For each window [[label, confidence], scores, features]; fails with the board's output."""
    files = board_files(job.model, board=job.kind)
    del files["answer.py"]
    files["main.py"] = PROGRAM
    files["windows.bin"] = job.windows.astype("<i2").tobytes()
    with VirtualBoard(job.kind, files) as board:
        finished = board.run_until("end", 20, wall_limit_s=120)
        lines = board.serial.splitlines()
    if not finished:
        raise AssertionError(f"{job.kind} printed: {lines}")
    answers = [[int(word) for word in line.split()] for line in lines[: 3 * len(job.windows)]]
    return [answers[i : i + 3] for i in range(0, len(answers), 3)]
