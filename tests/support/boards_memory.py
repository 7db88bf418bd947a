"""How much of V1's heap is left, and models that just fit it."""

from dataclasses import replace

import numpy as np
from random_models import random_windows

from microbit_ml import train
from microbit_ml.kinds import OPEN
from microbit_ml.virtual import VirtualBoard


def board_with(kind, files):
    return VirtualBoard(kind, files)


def free_heap(model, extra=""):
    """Free bytes on V1 after importing and making the recognizer."""
    files = model.board_files()
    start = f"from gesture import Recognizer\n{extra}recognizer = Recognizer()\n"
    report = "import gc\ngc.collect()\nprint('free', gc.mem_free())\n"
    files["main.py"] = (start + report).encode()
    with board_with("v1", files) as board:
        assert board.run_until("free ", 5, wall_limit_s=60), board.serial
        board.run(0.1)
        return int(board.serial.split("free ")[1].split()[0])


def large_model(labels, length, window, arch):
    """A model of random windows, with names of this length, that accepts every movement."""
    windows = random_windows(np.random.default_rng(0), 2 * labels, window)
    names = [f"{i:02d}" + "x" * (length - 2) for i in range(labels)] * 2
    made = train(
        list(windows), labels=names, arch=arch, window=window, steps=2, copies=0, negatives=10
    )
    return replace(made, network=made.network.with_threshold(OPEN)), windows
