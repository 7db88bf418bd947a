"""Check: does the board compute the same integers as the twin, window by window?

The windows come from a seed: random numbers over the whole range, extremes, and movements. They
are sent as two bytes a number, which a few instructions on the board put into the recognizer.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from microbit_ml.board.answers import INT32, Many, Number, Question
from microbit_ml.board.repl import BoardProgramError, RawRepl
from microbit_ml.deploy.check.bench import Bench, is_memory
from microbit_ml.deploy.check.result import Findings, Result
from microbit_ml.deploy.check.timed import LOAD
from microbit_ml.quantize import DeviceModel, WorkLayout
from microbit_ml.recordings.negatives import synthetic_negatives

NAME, TITLE = "integers", "the integers of golden windows"
SEED = 2026
HALF_SCALE = 2048  # counts: 2 g
PIECES = (150, 75, 25)  # numbers in one command: fewer where there is little memory
MOST_SHOWN = 5
_find = Findings(NAME)

# Each number + 2048 is sent as 128 + its upper and 128 + its lower 6 bits, so no byte has a meaning
# for the line. r0 work, r1 bytes, r2 how many numbers, r3 index of the first; 81 << 7 is what the
# three offsets add up to.
_PUT = """import micropython
@micropython.asm_thumb
def put(r0,r1,r2,r3):
 lsl(r3,r3,1)
 add(r0,r0,r3)
 mov(r3,81)
 lsl(r3,r3,7)
 label(L)
 ldrb(r4,[r1,0])
 ldrb(r5,[r1,1])
 lsl(r4,r4,6)
 add(r4,r4,r5)
 sub(r4,r4,r3)
 strh(r4,[r0,0])
 add(r1,2)
 add(r0,2)
 sub(r2,1)
 bne(L)"""
_PREDICT = """def p(n,b,m):
 r.predict()
 for i in range(n):print(w[i],end=',')
 for i in range(b,b+m):print(w[i],end=',')"""
_WORK = "w=r.work\nimport gc\ngc.collect()"


def run(bench: Bench) -> Iterator[Result]:
    """How many of the windows have the same features, scores, confidence and label."""
    bench.prepare((_PUT, _PREDICT, LOAD, _WORK), (LOAD, _PUT, _PREDICT, _WORK))
    repl, model = bench.repl, bench.model
    windows = golden_windows(model, bench.effort.windows)
    expected = expected_integers(model, windows)
    layout = WorkLayout.of(model)
    n_first = layout.FEATURES + layout.n_features
    predict = b"p(%d,%d,%d)" % (n_first, layout.scores, layout.n_labels)
    n_numbers = n_first + layout.n_labels
    question = Question(
        "the integers of a window", Many(Number(-INT32, INT32), n_numbers, n_numbers)
    )
    wrong: list[int] = []
    pieces = list(PIECES)
    for i, window in enumerate(windows):
        if i % 20 == 0:
            bench.progress(f"golden windows: {i} of {len(windows)}, {len(wrong)} wrong")
        answer = _predicted(repl, window, layout, predict, question, pieces)
        if answer != expected[i].tolist():
            wrong.append(i)
    yield _find.compared(
        "windows with equal integers", len(windows) - len(wrong), "",
        f"{len(windows)}, by the twin", not wrong,
        f"{len(wrong)} of {len(windows)} windows differ, the first is number "
        f"{wrong[0] if wrong else 0}. Flash the board again.",
        integers=int(expected.size), seed=SEED, wrong=wrong[:MOST_SHOWN],
    )  # fmt: skip


def _predicted(
    repl: RawRepl,
    window: np.ndarray,
    layout: WorkLayout,
    predict: bytes,
    question: Question,
    pieces: list[int],
) -> list[int]:
    """What a board computes for a window. pieces: those that are too large are taken out."""
    while True:
        try:
            *first, last = commands(window, layout.WINDOW, pieces[0])
            for command in first:
                repl.exec(command)
            answer = repl.run(last + b"\n" + predict, most_bytes=question.most_bytes)
            text = answer.decode("ascii", "replace").strip().removesuffix(",")
            return question.read(f"[{text}]", repl.board)
        except BoardProgramError as error:
            if len(pieces) == 1 or not is_memory(error):
                raise
            del pieces[0]


def golden_windows(model: DeviceModel, n: int) -> np.ndarray:
    """n windows for a model, always the same: int (n, model.window, 3) in counts."""
    rng = np.random.default_rng(SEED)
    shape = (n, model.window, 3)
    windows = rng.integers(-HALF_SCALE, HALF_SCALE, shape)
    windows[1::8] = rng.choice([-HALF_SCALE, HALF_SCALE - 1], windows[1::8].shape)
    windows[3::8] = windows[3::8, :1]  # lying still
    moves = synthetic_negatives(len(windows[::2]), model.window, 1000 / model.period_ms, rng)
    windows[::2] = np.clip(moves, -HALF_SCALE, HALF_SCALE - 1)
    return windows


def expected_integers(model: DeviceModel, windows: np.ndarray) -> np.ndarray:
    """What the twin computes: label, confidence, features, scores of each window, int (n, ...)."""
    twin = model.network.run(windows)
    columns = [twin.label_index[:, None], twin.confidence[:, None], twin.features, twin.scores]
    return np.concatenate(columns, axis=1).astype(int)


def commands(window: np.ndarray, first: int, piece: int = PIECES[0]) -> Iterator[bytes]:
    """Commands that put a window into the recognizer's numbers.

    first: the index there; piece: the most numbers in one command.
    """
    numbers = window.reshape(-1) + HALF_SCALE
    for begin in range(0, len(numbers), piece):
        some = numbers[begin : begin + piece]
        data = bytes((128 + np.stack([some >> 6, some & 63], axis=1)).reshape(-1).tolist())
        yield b"put(w,bytearray(b'%b'),%d,%d)" % (data, len(some), first + begin)
