"""Running the firmware's recognizer on virtual boards, on windows that lie in its file system."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from microbit_ml.image import build_hex
from microbit_ml.image.board_files import board_files
from microbit_ml.virtual import VirtualBoard

# main.py: predicts each window of windows.bin and prints all the integers.
PROGRAM = b"""from gesture import Recognizer
def tell(place, end):
    for i in range(place, end):
        print(work[i], end=' ')
    print()
recognizer = Recognizer()
work = recognizer.work
end = 56 + 3 * recognizer.model[12]
with open('windows.bin', 'rb') as file:
    sample = bytearray(6)
    place = 56
    while file.readinto(sample):
        for i in (0, 2, 4):
            value = sample[i] | sample[i + 1] << 8
            work[place] = value - (value >> 15 << 16)
            place += 1
        if place == end:
            place = 56
            recognizer.predict()
            tell(0, 2)
            tell(end, end + recognizer.model[16])
            tell(2, 2 + (recognizer.model[24] if recognizer.model[17] else 0))
print('end')
"""


@dataclass(frozen=True)
class BoardJob:
    """A model and windows (n, window, 3) to predict on a "v1" or a "v2"."""

    kind: str
    model: bytes
    windows: np.ndarray


def run_board(job: BoardJob) -> list[list[list[int]]]:
    """For each window [[label, confidence], scores, features]; the board's words if it failed."""
    files = board_files(job.model, board=job.kind)
    del files["answer.py"]
    files["main.py"] = PROGRAM
    files["windows.bin"] = job.windows.astype("<i2").tobytes()
    with VirtualBoard(job.kind, build_hex({job.kind: files})) as board:
        finished = board.run_until("end", 20, wall_limit_s=120)
        lines = board.serial.splitlines()
    if not finished:
        raise AssertionError(f"{job.kind} said: {lines}")
    answers = [[int(word) for word in line.split()] for line in lines[: 3 * len(job.windows)]]
    return [answers[i : i + 3] for i in range(0, len(answers), 3)]
