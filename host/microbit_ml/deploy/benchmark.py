"""A model's footprint on a board: instructions, time, files, memory and missed samples.

Everything runs on virtual boards, in the MicroPython of real ones, with the same files as on a real
one. Instructions are counted exactly; times are estimated from them, at 1.75 cycles each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.deploy.count import BoardFullError, Statement, count_instructions, failed
from microbit_ml.image import build_hex
from microbit_ml.image.board_files import board_files, without_comments
from microbit_ml.image.kernels import Needs, kernel_file, kernel_labels
from microbit_ml.quantize import from_bytes
from microbit_ml.recordings.negatives import synthetic_negatives
from microbit_ml.targets import TARGETS
from microbit_ml.virtual import VirtualBoard

RUNNING_S = 60.0
BOOT_S = 10.0  # of the board's own time, at most
NETWORK_ENTRY = 10  # entry of the kernels (firmware/kernels/entries.py) that runs only the network

Progress = Callable[[float], None]
"""Called with the seconds of the board's time that it has been running."""

_RECOGNIZER = "from gesture import Recognizer\nrecognizer = Recognizer()"
SAMPLE = Statement(  # a sample is due, and no prediction
    _RECOGNIZER
    + """
from microbit import sleep
from utime import ticks_us
def ready():
    sleep(25)
    recognizer.due = ticks_us()
    recognizer.countdown = 9""",
    "recognizer, ready",
    "recognizer.next()",
    before="ready()",
)
NETWORK = Statement(  # with addresses, to save looking them up at each call
    """import gc
gc.collect()
import loader, micropython
gc.collect()
loader.load()
@micropython.asm_thumb
def address_of(r0):
    pass
call, code = loader.call, loader.code
work, model = address_of(loader.work), address_of(loader.model)""",
    "call, code, work, model",
    f"call(code, work, model, {NETWORK_ENTRY})",
)
DEBOUNCE = Statement(_RECOGNIZER, "recognizer", "recognizer.debounce(0)")
PREDICTION = Statement(_RECOGNIZER, "recognizer", "recognizer.debounce(recognizer.predict())")
PLAIN_NETWORK = Statement(
    "from plain_network import read_layers, run_layers\nfrom os import size\n"
    "model = bytearray(size('model.bin'))\nwith open('model.bin', 'rb') as file:\n"
    "    file.readinto(model)\n"
    "layers = read_layers(model, 20 + (model[22] | model[23] << 8))\ndel model\n"
    "x = [i * 37 % 255 - 127 for i in range({n_inputs})]",
    "run_layers, layers, x",
    "run_layers(layers, x)",
    times=2,
)

PREDICTIONS = """from gesture import Recognizer
from microbit import sleep
recognizer = Recognizer()
import loader
print(loader.code)
sleep(100)
for i in range(6):
    recognizer.predict()
print('end')
"""
RUNNING = """from gesture import Recognizer
import gc
recognizer = Recognizer()
def free():
    gc.collect()
    return gc.mem_free()
print('free', free())
while True:
    for i in range(50):
        recognizer.next()
    print('free', free())
"""


@dataclass(frozen=True)
class Instructions:
    """Instructions of each stage, from the Python call to its return; None where not measured.

    sample: reading one sample, including the wait for the sensor; features: of a window, in the
    kernels; network: its layers, from inputs to scores (logits); network_python: the same in plain
    MicroPython; decision: the novelty detector and debouncing; prediction: everything from a full
    window to the name.
    """

    sample: float | None = None
    features: float | None = None
    network: float | None = None
    network_python: float | None = None
    decision: float | None = None
    prediction: float | None = None


@dataclass(frozen=True)
class BoardFootprint:
    """A model's footprint on one board. n_bytes: of each file; heap in bytes."""

    kind: str
    instructions: Instructions
    n_bytes: dict[str, int]
    heap_free: int | None = None
    heap_free_min: int | None = None
    missed_samples: int | None = None

    def as_json(self) -> dict[str, object]:
        """Plain numbers for ``json.dumps``; microseconds are estimated."""
        counts = {name: _rounded(value) for name, value in asdict(self.instructions).items()}
        return {
            "instructions": counts,
            "estimated_us": {name: self.estimated_us(value) for name, value in counts.items()},
            "bytes": self.n_bytes,
            "heap_free": self.heap_free,
            "heap_free_min": self.heap_free_min,
            "missed_samples": self.missed_samples,
        }

    def estimated_us(self, instructions: float | None) -> int | None:
        """The time that the instructions take on this board, in microseconds."""
        if instructions is None:
            return None
        return _rounded(TARGETS[self.kind].microseconds(instructions))


def board_footprint(
    kind: str, model: bytes, seconds: float = RUNNING_S, progress: Progress | None = None
) -> BoardFootprint:
    """The footprint of a model.bin on a virtual board, which also runs it for ``seconds``.

    Raises BoardFullError for a model that is too large for the board.
    """
    files = _files(kind, model)
    device = from_bytes(model)
    layers = device.network.stages[1:]  # what NETWORK runs
    features, gate = _in_kernels(kind, files, Needs.of(device))
    instructions = Instructions(
        sample=float(count_instructions(kind, files, SAMPLE).mean()),
        features=features,
        network=float(count_instructions(kind, files, NETWORK).min()) if layers else None,
        network_python=_plain_network(kind, model),
        decision=gate + float(count_instructions(kind, files, DEBOUNCE).min()),
        prediction=float(count_instructions(kind, files, PREDICTION).min()),
    )
    free, free_min, missed = _while_running(kind, files, model, seconds, progress)
    n_bytes = {name: len(content) for name, content in board_files(model, board=kind).items()}
    return BoardFootprint(kind, instructions, n_bytes, free, free_min, missed)


def network_footprint(kind: str, model: bytes) -> BoardFootprint:
    """The footprint of a model.bin's layers alone, when its scaling and its gate are dummies."""
    files = _files(kind, model)
    network = float(count_instructions(kind, files, NETWORK).min())
    return BoardFootprint(
        kind,
        Instructions(network=network, network_python=_plain_network(kind, model)),
        {name: len(files[name]) for name in ("model.bin", kernel_file(kind))},
    )


def _files(kind: str, model: bytes) -> dict[str, bytes]:
    """The files on the board, except main.py."""
    files = board_files(model, board=kind)
    del files["main.py"]
    return files


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)


def _plain_network(kind: str, model: bytes) -> float | None:
    """None when its lists need too much memory, or it does not support a kind of layer."""
    source = (firmware_folder() / "plain_network.py").read_bytes()
    layers = from_bytes(model).network.stages[1:]
    if not layers or any(type(one).reference or not one.HIDDEN for one in layers):
        return None
    n_inputs = layers[0].n_inputs
    files = {"plain_network.py": without_comments(source), "model.bin": model}
    statement = Statement(
        PLAIN_NETWORK.setup.replace("{n_inputs}", str(n_inputs)),
        PLAIN_NETWORK.names,
        PLAIN_NETWORK.statement,
        times=PLAIN_NETWORK.times,
    )
    try:
        return float(count_instructions(kind, files, statement).min())
    except BoardFullError:
        return None


def _in_kernels(kind: str, files: dict[str, bytes], needs: Needs) -> tuple[float, float]:
    """Instructions of the features, and of the gate between the scores and the decision."""
    on_board = {**files, "main.py": PREDICTIONS.encode()}
    with VirtualBoard(kind, build_hex({kind: on_board})) as board:
        if not board.run_until("\n", BOOT_S) or not board.serial.strip().isdigit():
            raise failed(board)
        addresses = kernel_labels(kind, int(board.serial), needs)
        began, scaled, scored, ended = (
            board.watch(addresses[name]) for name in ("PREDICT", "NETWORK", "GATE", "RETURN")
        )
        if not board.run_until("end", BOOT_S):
            raise failed(board)
    features = min(np.subtract(scaled, began))
    gate = min(np.subtract(ended, scored))
    return float(features), float(gate)


def _while_running(
    kind: str, files: dict[str, bytes], model: bytes, seconds: float, progress: Progress | None
) -> tuple[int, int, int]:
    """Free heap at the start, its minimum, and unread samples, while the board is moved."""
    on_board = {**files, "main.py": RUNNING.encode()}
    moves = synthetic_negatives(round(seconds) + 1, 50, 50.0, np.random.default_rng(0))
    with VirtualBoard(kind, build_hex({kind: on_board})) as board:
        if not board.run_until("free ", BOOT_S) or not board.run_until("\n", BOOT_S):
            raise failed(board)
        board.play(moves.reshape(-1, 3))
        before = board.sensor_count.unread
        for second in range(round(seconds)):
            if progress is not None:
                progress(second)
            board.run(1.0)
        missed = board.sensor_count.unread - before
        lines = board.serial.splitlines()
    free = [
        int(line.split()[1]) for line in lines if line.startswith("free ") and line[5:].isdigit()
    ]
    return free[0], min(free), missed
