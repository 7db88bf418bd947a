"""The examples of lesson 10: instruction counts, a traced kernel, and programs on a board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.deploy.benchmark import PREDICTION, SAMPLE
from microbit_ml.deploy.count import Statement, count_instructions
from microbit_ml.image import build_hex
from microbit_ml.lessons.material import energy
from microbit_ml.model import Model
from microbit_ml.recordings import Recording
from microbit_ml.targets import slowest
from microbit_ml.thumb import assemble
from microbit_ml.virtual import VirtualBoard

COLLECT = Statement(PREDICTION.setup + "\nimport gc", "gc", "gc.collect()")
SLOWER = slowest()
BOARD = SLOWER.name
MODEL_HEAP = SLOWER.heap_bytes or 0  # bytes for a model, beside the kit's program
BOOT_S = 5.0
FREE = "import gc\ngc.collect()\nprint(gc.mem_free())\n"


def firmware_lines(name: str, begin: str, end: str = "") -> list[str]:
    """Lines of a firmware file, from the one that contains ``begin`` to the one with ``end``."""
    lines = (firmware_folder() / name).read_text(encoding="utf-8").splitlines()
    first = next(i for i, line in enumerate(lines) if begin in line)
    if not end:
        return lines[first:]
    last = next(i for i, line in enumerate(lines) if i >= first and end in line)
    return lines[first : last + 1]


@dataclass(frozen=True)
class Counted:
    """Instructions of three jobs on the virtual board.

    sample: read one, and move the window; collect: garbage collection, which the board does one
    sample before it predicts; predict: predict and decide.
    """

    sample: float
    collect: float
    predict: float


@lru_cache(maxsize=1)
def counted(model_file: bytes) -> Counted:
    """The instructions that the virtual board counts with this model."""
    files = files_for(model_file)
    each = [count_instructions(BOARD, files, job) for job in (SAMPLE, COLLECT, PREDICTION)]
    return Counted(float(each[0].mean()), float(each[1].mean()), float(each[2].min()))


def files_for(model_file: bytes) -> dict[str, bytes]:
    """The files that a board gets, without the main program."""
    from microbit_ml.image.board_files import board_files

    files = board_files(model_file, board=BOARD)
    del files["main.py"]
    return files


def in_ms(instructions: float) -> float:
    """About how long so many instructions take, in milliseconds."""
    return SLOWER.microseconds(instructions) / 1000


def busy_fraction(model: Model, hop: int) -> float:
    """The fraction of the time that the processor is busy, 0 to 1."""
    jobs = counted(model.device_bytes())
    collect = jobs.collect if hop > 1 else 0.0
    return in_ms(jobs.sample + (collect + jobs.predict) / hop) / (1000 / model.rate_hz)


def main_program() -> bytes:
    """The kit's own main.py."""
    return (firmware_folder() / "main.py").read_bytes()


@lru_cache(maxsize=1)
def free_heap() -> int:
    """Free heap in bytes when a program starts on a virtual V1."""
    with VirtualBoard(BOARD, {"main.py": FREE}) as board:
        board.run_until("\n", BOOT_S)
        return int(board.serial.split()[0])


def kernel_lines(begin: str, end: str) -> list[str]:
    """Instructions of firmware/kernels/dot_product.py, without their comments."""
    lines = firmware_lines("kernels/dot_product.py", begin, end)
    return [line.split("#")[0].strip() for line in lines]


@dataclass(frozen=True)
class Small:
    """Small numbers for the kernel: inputs, and the weights of two neurons."""

    inputs: tuple[int, ...]
    first: tuple[int, ...]
    second: tuple[int, ...]


TRACED = Small(inputs=(3, 0, 5, 2), first=(2, -1, 4, 7), second=(1, 6, -3, 5))
CODE, MEMORY = 0x1000, 0x2000  # addresses of the code and of the numbers


def trace(
    listing: list[str], registers: Mapping[str, int], numbers: bytes, shown: list[str]
) -> list[dict[str, int]]:
    """Run instructions on an emulated processor; the shown registers after each of them.

    It is the emulator that virtual boards run on. numbers: bytes in memory from MEMORY on.
    """
    import unicorn
    from unicorn import arm_const

    code = assemble("\n".join(listing))
    processor: Any = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
    processor.ctl_set_cpu_model(arm_const.UC_CPU_ARM_CORTEX_M0)
    processor.mem_map(CODE, 0x2000)
    processor.mem_write(CODE, code)
    processor.mem_write(MEMORY, numbers)
    number_of = {name: getattr(arm_const, f"UC_ARM_REG_{name.upper()}") for name in shown}
    for name, value in registers.items():
        processor.reg_write(getattr(arm_const, f"UC_ARM_REG_{name.upper()}"), value & 0xFFFFFFFF)
    rows: list[dict[str, int]] = []

    def record() -> None:
        values = {name: processor.reg_read(number) for name, number in number_of.items()}
        rows.append({name: v - (v >> 31 << 32) for name, v in values.items()})

    processor.hook_add(unicorn.UC_HOOK_CODE, lambda *_: record())  # before each instruction
    processor.emu_start(CODE | 1, CODE + len(code))
    record()
    return rows[1:]


def trace_sums() -> tuple[list[str], list[dict[str, int]]]:
    """The kernel's loop with the small numbers: its lines, and the registers after each."""
    loop = kernel_lines("label(FOUR_INPUTS)", "bpl(FOUR_INPUTS)")
    inputs = np.array(TRACED.inputs, dtype="<i2").tobytes()
    pairs = np.array([TRACED.first, TRACED.second], dtype=np.int8).T.tobytes()  # in turn
    offset = len(inputs)
    registers = {
        "r0": MEMORY, "r1": MEMORY + offset, "r2": MEMORY + offset + 1,
        "r4": 0, "r5": offset - 2, "r6": 0,
    }  # fmt: skip
    rows = trace(loop, registers, inputs + pairs, [f"r{i}" for i in (3, 7, 4, 6, 5)])
    return [line for line in loop if not line.startswith("label")], rows


@dataclass(frozen=True)
class Played:
    """The text that a board printed, and its display."""

    printed: str
    leds: str


def most_confident(model: Model, recordings: list[Recording]) -> Recording:
    """A lively recording, the one that the model is most confident about."""
    lively = sorted(recordings, key=energy)[len(recordings) // 2 :]
    prediction = model.predict(lively)
    right = [label == one.label for one, label in zip(lively, prediction.labels, strict=True)]
    best = max(range(len(lively)), key=lambda i: (right[i], prediction.confidence[i]))
    return lively[best]


def play(model: Model, program: str, recording: Recording) -> Played:
    """Put a program on a virtual board, rest, move as in the recording, and rest again."""
    files = {**files_for(model.device_bytes()), "main.py": program.encode()}
    x, y, z = (int(value) for value in recording.samples[0])
    with VirtualBoard(BOARD, build_hex({BOARD: files})) as board:
        board.tilt(x, y, z)
        board.run_until(lambda: bool(board.samples_read), BOOT_S)
        board.run(0.5)
        board.play(recording)
        board.run(0.3)
        return Played(board.serial.strip(), board.show())


def fraction_right(model: Model, recordings: list[Recording], samples: list[np.ndarray]) -> float:
    """The fraction of samples that get the true label of their recording, 0 to 1."""
    predicted = model.predict(samples).labels
    return float(np.mean([one.label == p for one, p in zip(recordings, predicted, strict=True)]))
