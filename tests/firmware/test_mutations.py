"""Would the tests notice a wrong constant in the machine code? Each is changed, and must show.

A constant is a number in a listing: an offset, a shift, a limit, an entry of a table. The changed
kernels run on a bare Cortex-M0 or M4; a wrong integer shows, and so does code that crashes, loops,
or leaves memory, stack or registers in disorder.
"""

import ast
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from bare_kernels import CHECK, NETWORK_ALONE, SHIFT, BareKernels, work_for
from random_models import (
    extreme_windows,
    random_model,
    random_stack,
    random_tree_model,
    random_windows,
    usual_model,
)
from random_nearest import random_nearest
from tiers import tiers
from unicorn import UcError

from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.features import groups_of_mask
from microbit_ml.image.kernels import RUN, listings_of
from microbit_ml.kinds import random_trees
from microbit_ml.quantize import DeviceModel, WorkLayout, to_bytes
from microbit_ml.quantize.random_network import only_layers
from microbit_ml.thumb import AssemblyError, assemble_listings

STEPS = (1, 2, 4, 8, -1, -2)  # the first with which the instruction still exists
MAX_INSTRUCTIONS = 400_000

# Changes that make no difference, and why. Each is a listing, the label before it, and the line.
EQUIVALENT = {
    "fresh.py its beginning: 16 in lsl(r7, r7, 16)": "counts differ by less than 32,768",
    "features.py SIZE: 31 in asr(r6, r5, 31)": "30 gives the same sign of a small number",
    "gate.py GATE_DONE: 31 in asr(r5, r5, 31)": "30 gives the same sign of a small number",
    "log.py OCTAVE: 32 in cmp(r4, 32)": "32 is worth as much as 16 and an octave",
    "resample.py ONE_OVER: 0 in data(2, 0, 16384, 8192, 5461, 4096, 3277, 2731)": "not used",
    'spectrum_v2.py WAVE: 31 in eor_w(r4, r0, r0, "asr", 31)': "30 gives the same sign",
    'spectrum_v2.py WAVE: 31 in sub_w(r0, r4, r0, "asr", 31)': "30 gives the same sign",
    'spectrum_v2.py WAVE: 31 in eor_w(r4, r3, r3, "asr", 31)': "30 gives the same sign",
    'spectrum_v2.py WAVE: 31 in sub_w(r3, r4, r3, "asr", 31)': "30 gives the same sign",
    'spectrum_v2.py WAVE: 31 in and_w(r4, r4, r4, "asr", 31)': "30 gives the same sign",
}


@dataclass(frozen=True)
class Constant:
    """A number in a listing: its file, the label before it, its line, and its columns."""

    file: str
    section: str
    value: int
    line: int
    begin: int
    end: int
    text: str

    @property
    def key(self) -> str:
        """The key of EQUIVALENT."""
        return f"{self.file} {self.section}: {self.value} in {self.text}"


@cache
def listing(name: str) -> str:
    return (firmware_folder() / "kernels" / name).read_text(encoding="utf-8")


def listings(board: str) -> dict[str, str]:
    return listings_of(board)


def constants(name: str) -> Iterator[Constant]:
    """Every number in a listing."""
    section = "its beginning"
    lines = listing(name).splitlines()
    for statement in ast.parse(listing(name)).body:
        call = statement.value
        if call.func.id == "label":
            section = call.args[0].id
        elif call.func.id != "align":
            # The first number of data() is a size.
            for argument in call.args[call.func.id == "data" :]:
                for node in ast.walk(argument):
                    if isinstance(node, ast.Constant) and isinstance(node.value, int):
                        text = lines[node.lineno - 1].split("#")[0].strip()
                        position = (node.lineno - 1, node.col_offset, node.end_col_offset)
                        yield Constant(name, section, node.value, *position, text)


def changed_kernels(board: str, constant: Constant) -> bytes:
    """A board's machine code with one constant changed."""
    lines = listing(constant.file).splitlines()
    line = lines[constant.line]
    value = constant.value
    for step in STEPS:
        lines[constant.line] = line[: constant.begin] + str(value + step) + line[constant.end :]
        changed = listings(board) | {constant.file: "\n".join(lines)}
        try:
            return assemble_listings(changed, m4=board == "v2")
        except AssemblyError:
            continue
    raise AssertionError(f"nothing but {value} is possible in {constant.key}")


class Expectations:
    """A few models with windows, and the twin's results for them."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self._decisions: list[tuple] = []
        for device, windows in some_models():
            quiet = rng.integers(-9, 10, (4, device.window, 3))
            self._expect(device, np.concatenate([windows[:3], quiet]))
        for seed in range(8):
            device, windows = random_nearest(np.random.default_rng(seed))
            self._expect(device, windows[:3])
        usual, windows = usual_model()
        for seed in range(40):
            self._expect(usual, random_windows(np.random.default_rng(seed), 12, 50))
        for most in (20, 60, 200):  # small sums: the rounding shows
            self._expect(usual, rng.integers(-most, most, (400, 50, 3)))
        self._expect(usual, np.concatenate([extreme_windows(50), pushes()]))
        for multiplier in ([1500, 40, 3], [1500, 0, 0]):
            self._expect(with_projection(usual, multiplier), extreme_windows(50))
        self._expect(with_projection(usual, [32767], kept=0), windows[:1])
        for seed in range(14):
            device, windows = random_tree_model(np.random.default_rng(seed))
            self._expect(device, windows[:2])
        self._scores = [scores_of_stack(seed) for seed in range(25)]
        self._scores += [scores_of_trees(seed) for seed in range(3)]
        self._most = {}  # instructions of the first and last decision, on each board

    def _expect(self, device: DeviceModel, windows: np.ndarray) -> None:
        windows = windows.astype(np.int16)
        twin = device.network.run(windows)
        for i, window in enumerate(windows):
            expected = (twin.label_index[i], twin.confidence[i])
            expected += (twin.scores[i].tolist(), twin.features[i].tolist())
            self._decisions.append((to_bytes(device), window, expected))

    def met_by(self, code: bytes, board: str) -> bool:
        """Whether these kernels give all expected integers, and stay within their memory."""
        kernels = BareKernels(board=board, in_flash=(code, 0), max_instructions=MAX_INSTRUCTIONS)
        try:
            return (
                self._shift_and_check(kernels, board)
                and all(network_alone(kernels, *case) for case in self._scores)
                and all(
                    kernels.predict(model, window) == expected
                    for model, window, expected in self._decisions
                )
                and self._is_as_fast(code, board)
            )
        except (AssertionError, UcError):
            return False

    def _is_as_fast(self, code: bytes, board: str) -> bool:
        """Without a detour: at most 100 instructions more than the first kernels that were run."""
        kernels = BareKernels(board=board, in_flash=(code, 0), counting=True)
        taken = []
        for model, window, _ in self._decisions[::14]:
            kernels.predict(model, window)
            taken.append(kernels.instructions)
        most = self._most.setdefault(board, [count + 100 for count in taken])
        return all(count <= bound for count, bound in zip(taken, most))

    def _shift_and_check(self, kernels: BareKernels, board: str) -> bool:
        model, window, _ = self._decisions[0]
        sample = (-5, 77, 2047)
        work = work_for(model, window)
        end = WorkLayout.WINDOW + 3 * len(window)
        expected = (
            work[: WorkLayout.WINDOW]
            + work[WorkLayout.WINDOW + 3 : end]
            + array("h", sample)
            + work[end:]
        )
        numbers = struct.pack("<3i", *(2 * value + 1 for value in sample))
        took = [kernels.call(work, numbers, SHIFT | len(window) << 8)]
        if board == "v1":  # takes a sample once, unless the sensor sent it again
            took.append(kernels.call(work, numbers, SHIFT | len(window) << 8))
            kernels.byte_came = 1
            again = work[:]
            took.append(kernels.call(again, numbers, SHIFT | len(window) << 8))
            took.append(kernels.byte_came)
            for other in (-5, 77, 2048), (-5, 78, 2047), (-6, 77, 2047):
                numbers = struct.pack("<3i", *(2 * value + 1 for value in other))
                took.append(kernels.call(work[:], numbers, SHIFT | len(window) << 8))
        damaged = model[:-1] + bytes([model[-1] ^ 1])
        return (
            work == expected
            and took == ([1, 0, 1, 0, 1, 1, 1] if board == "v1" else [1])
            and kernels.call(work, model, CHECK) == 0
            and kernels.call(work, damaged, CHECK) != 0
        )


def some_models() -> Iterator[tuple[DeviceModel, np.ndarray]]:
    """Usual ones, one for each group of features and one without it, and any others."""
    yield usual_model()
    yield usual_model(labels=9, seed=1)
    for bit in range(8):
        for mask in (1 << bit, 255 - (1 << bit)):
            yield random_model(np.random.default_rng(mask), groups=groups_of_mask(mask))
    for seed in (2, 10, 11, 12, 13, 18, 34):  # pools, convolutions, gates without one half
        yield random_model(np.random.default_rng(seed))


def pushes() -> np.ndarray:
    """Windows of a push that stops, such that the magnitude's deviation is hard to divide."""
    windows = np.zeros((5, 50, 3))
    windows[:, :26, 0] = np.array([673, 1314, 1378, 1955, 2019])[:, None]
    return windows


def with_projection(device: DeviceModel, multiplier: list[int], kept: int = 1) -> DeviceModel:
    """The same with a gate whose projected numbers are small, or 0, or beyond their limit.

    multiplier: of its rows in turn, over 2**11; kept: 0 for weights of 0.
    """
    gate = device.network.gate
    n_hidden = len(gate.multiplier)
    gate = replace(
        gate,
        weights=kept * gate.weights,
        multiplier=np.resize(multiplier, n_hidden),
        shift=np.full(n_hidden, 11),
    )
    return replace(device, network=replace(device.network, gate=gate))


def scores_of_stack(seed: int) -> tuple[bytes, np.ndarray, list[int]]:
    """Layers of any kind: model.bin, scaled inputs, and their scores."""
    device, inputs = random_stack(np.random.default_rng(seed))
    row = inputs[seed % len(inputs)]
    numbers = row[None].astype(np.int64)
    for layer in device.network.stages[1:]:
        numbers = layer.apply(numbers)
    return to_bytes(device), row, numbers[0].tolist()


def scores_of_trees(seed: int) -> tuple[bytes, np.ndarray, list[int]]:
    """The same of trees; the last score is that of "other"."""
    rng = np.random.default_rng(seed)
    trees = random_trees(rng, 9, 4)
    inputs = rng.integers(-127, 128, 9)
    return to_bytes(only_layers([trees])), inputs, trees.apply(inputs[None])[0].tolist()


def network_alone(
    kernels: BareKernels, model: bytes, inputs: np.ndarray, expected: list[int]
) -> bool:
    """Whether the layers give these scores, and nothing before them changes."""
    work = work_for(model, np.zeros((model[12], 3)))
    scores = WorkLayout.WINDOW + 3 * model[12]
    after = scores + len(expected)
    work[after : after + len(inputs)] = array("h", inputs.tolist())
    before = work[:scores]
    returned = kernels.call(work, model, NETWORK_ALONE)
    given = list(work[scores:after])
    return returned == 0 and given == expected and work[:scores] == before


@pytest.fixture(scope="module")
def expectations():
    return Expectations()


def survivors(board: str, expectations: Expectations, equivalent: bool, every: int = 1) -> set[str]:
    """The constants of a board's listings that can be changed without a visible effect.

    equivalent: of those in EQUIVALENT, or of all others; every: 1 for all of them, 20 for each
    twentieth.
    """
    assert expectations.met_by(assemble_listings(listings(board), m4=board == "v2"), board)
    tried = [
        constant
        for name in files_of(board)
        for constant in constants(name)
        if (constant.key in EQUIVALENT) == equivalent
    ]
    return {
        constant.key
        for constant in tried[::every]
        if expectations.met_by(changed_kernels(board, constant), board)
    }


def files_of(board: str) -> list[str]:
    """The listings to try on a board: on V2 those that V1 does not have."""
    files = [name for name in listings_of(board) if name != RUN]  # which is generated
    return [name for name in files if board == "v1" or name not in listings_of("v1")]


@pytest.mark.parametrize("board", ["v1", "v2"])
@pytest.mark.parametrize("every", tiers([20], slow=[1]))
def test_every_changed_constant_shows(board, every, expectations):
    assert survivors(board, expectations, equivalent=False, every=every) == set()


@pytest.mark.slow
@pytest.mark.parametrize("board", ["v1", "v2"])
def test_the_equivalent_changes_are_equivalent(board, expectations):
    here = {key for key in EQUIVALENT if key.split()[0] in files_of(board)}
    assert survivors(board, expectations, equivalent=True) == here
