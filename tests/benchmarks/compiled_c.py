"""The kernels against a C compiler: instructions for one pass through a network of dense layers.

    python tests/benchmarks/compiled_c.py

compiles ``compiled_c.c`` with arm-none-eabi-gcc -O2 (Debian: gcc-arm-none-eabi), runs it on unicorn
and counts from the first instruction of ``network()`` to its return. The kernels run on the virtual
boards, in the MicroPython of real ones, and are counted from the Python call to its return: a
program makes the same call twice, one line after the other. From the kernels' first instruction in
one call to that in the next is one whole call: the kernels, the return to Python, its next line,
looking up the arguments, and entering the kernels. The pair runs ten times; the smallest count is
one without an interrupt. The arguments are numbers: with the array and the bytearray themselves,
from which Python must take the addresses each time, a call takes 270 more on V1 and 200 on V2.

All of them get the same inputs and must give the same scores.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from unicorn import UC_ARCH_ARM, UC_HOOK_CODE, UC_MODE_MCLASS, UC_MODE_THUMB, Uc, arm_const

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from bare_kernels import NETWORK_ALONE, work_for

from microbit_ml.image import build_hex, intel_hex
from microbit_ml.image.board_files import board_files
from microbit_ml.image.kernels import Needs, kernels_in_flash
from microbit_ml.quantize import DeviceModel, WorkLayout, to_bytes
from microbit_ml.quantize.random_network import dense_model
from microbit_ml.thumb.chunks import CHUNK_BYTES
from microbit_ml.virtual import VirtualBoard

COMPILER = "arm-none-eabi-gcc"
SHAPES = ((24, 16, 4), (150, 32, 8))
CPUS = {
    "gcc M0": ("cortex-m0", arm_const.UC_CPU_ARM_CORTEX_M0, []),
    "gcc M4": ("cortex-m4", arm_const.UC_CPU_ARM_CORTEX_M4, []),
    "gcc M4 SMLAD": ("cortex-m4", arm_const.UC_CPU_ARM_CORTEX_M4, ["-DSMLAD"]),
}
CODE, LAYERS, A, B, STACK, RETURN = 0x10000, 0x20000, 0x30000, 0x31000, 0x40000, 0x1F000
PAIRS = 10

PROGRAM = """from array import array
import micropython
model = bytearray({model_bytes})
with open('model.bin', 'rb') as file:
    file.readinto(model)
work = array('h', range({numbers}))
with open('inputs.bin', 'rb') as file:
    for i in range({inputs}, {inputs} + {n_inputs}):
        pair = file.read(2)
        work[i] = pair[0] | pair[1] << 8
@micropython.asm_thumb
def call(r0, r1, r2, r3):
    add(r0, 1)
    data(2, 0x4780)
@micropython.asm_thumb
def address_of(r0):
    pass
def run(call, code, work, model):
    for i in range({pairs}):
        call(code, work, model, {entry})
        call(code, work, model, {entry})
run(call, {code}, address_of(work), address_of(model))
for i in range({scores}, {inputs}):
    print(work[i])
print('end')
"""


def compiled(variant: str, folder: Path) -> tuple[bytes, int]:
    """Machine code of ``network()`` for CODE, and its address."""
    cpu, _, options = CPUS[variant]
    elf, image = folder / "network.elf", folder / "network.bin"
    source = Path(__file__).with_name("compiled_c.c")
    target = [f"-mcpu={cpu}", "-mthumb", "-O2", "-ffreestanding", "-nostdlib", "-Wall", "-Werror"]
    linking = [f"-Wl,-Ttext={CODE:#x}", "-Wl,-e,network"]
    subprocess.run([COMPILER, *target, *options, *linking, source, "-o", elf], check=True)
    tools = COMPILER.removesuffix("gcc")
    subprocess.run([tools + "objcopy", "-O", "binary", "-j", ".text", elf, image], check=True)
    symbols = subprocess.run([tools + "nm", elf], check=True, capture_output=True, text=True).stdout
    (address,) = (line.split()[0] for line in symbols.splitlines() if line.endswith(" network"))
    return image.read_bytes(), int(address, 16)


def count_compiled(variant: str, device: DeviceModel, inputs: np.ndarray) -> tuple[int, list[int]]:
    """Instructions of the compiled C for one pass, and the scores."""
    with tempfile.TemporaryDirectory() as folder:
        code, address = compiled(variant, Path(folder))
    cpu = Uc(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS)
    cpu.ctl_set_cpu_model(CPUS[variant][1])
    cpu.mem_map(0, STACK)
    cpu.mem_write(CODE, code)
    layers = list(device.network.stages[1:])
    cpu.mem_write(LAYERS, layers_in_memory(layers, in_fours="SMLAD" in variant))
    cpu.mem_write(A, inputs.astype("<i2").tobytes())
    for i, value in enumerate((LAYERS, len(layers), A, B)):
        cpu.reg_write(getattr(arm_const, f"UC_ARM_REG_R{i}"), value)
    cpu.reg_write(arm_const.UC_ARM_REG_SP, STACK)
    cpu.reg_write(arm_const.UC_ARM_REG_LR, RETURN | 1)
    instructions = 0

    def count(cpu: Uc, address: int, size: int, data: object) -> None:
        nonlocal instructions
        instructions += 1

    cpu.hook_add(UC_HOOK_CODE, count)
    cpu.emu_start(address | 1, RETURN)
    n_scores = len(layers[-1].bias)
    scores = cpu.mem_read(B if len(layers) % 2 else A, 2 * n_scores)
    return instructions, list(struct.unpack(f"<{n_scores}h", scores))


def layers_in_memory(layers: list, in_fours: bool) -> bytes:
    """An array of ``struct layer`` for LAYERS, followed by the tables that it points to.

    in_fours: weights in the order for SMLAD: padded to four inputs, each four of them as 0 2 1 3.
    """
    tables = b""
    structs = b""
    for layer in layers:
        weights = layer.weights
        if in_fours:
            weights = np.pad(weights, ((0, 0), (0, -weights.shape[1] % 4)))
            weights = weights.reshape(-1, 4)[:, [0, 2, 1, 3]].reshape(len(weights), -1)
        n_outputs, n_inputs = weights.shape
        pointers = []
        for numbers in (
            weights.astype("<i1"),
            layer.bias.astype("<i4"),
            layer.multiplier.astype("<u2"),
            layer.shift.astype("<u1"),
        ):
            tables += bytes(-len(tables) % 4)
            pointers.append(LAYERS + 24 * len(layers) + len(tables))
            tables += numbers.tobytes()
        shape = (n_inputs, n_outputs, layer.low, layer.high)
        structs += struct.pack("<4IHHhh", *pointers, *shape)
    return structs + tables


def count_kernels(kind: str, device: DeviceModel, inputs: np.ndarray) -> tuple[int, list[int]]:
    """Instructions of the kernels for one pass on a virtual "v1" or "v2", and the scores."""
    model = to_bytes(device)
    scores_index = WorkLayout.WINDOW + 3 * device.window
    files = {name: content for name, content in board_files(model).items() if ".bin" in name}
    files["inputs.bin"] = inputs.astype("<i2").tobytes()
    # The kernels' address does not depend on the program, which comes after them.
    code = code_address(kind, build_hex({"v1": files, "v2": files}), Needs.of(device))
    program = PROGRAM.format(
        model_bytes=len(model),
        numbers=len(work_for(model, np.zeros((device.window, 3)))),
        scores=scores_index,
        inputs=scores_index + len(device.labels) + 1,
        n_inputs=len(inputs),
        entry=NETWORK_ALONE,
        pairs=PAIRS,
        code=code,
    )
    files["main.py"] = program.encode()
    with VirtualBoard(kind, build_hex({"v1": files, "v2": files})) as board:
        entered = board.watch(code)
        if not board.run_until("end\r\n", 20, wall_limit_s=60):
            raise RuntimeError(f"The program on {kind} did not finish. It printed: {board.serial}")
        scores = [int(line) for line in board.serial.split()[:-1]]
    assert len(entered) == 2 * PAIRS
    return min(second - first for first, second in zip(entered[::2], entered[1::2])), scores


def code_address(kind: str, hex_text: str, needs: Needs) -> int:
    """The kernels' entry address in the flash of a board with this hex, for these needs."""
    image, entry = kernels_in_flash(kind, needs)
    chunk = image[: CHUNK_BYTES - 1]
    (address,) = (
        begin + content.index(chunk)
        for begin, content in intel_hex.parse(hex_text, kind).segments
        if chunk in content
    )
    return address + entry


def expected_scores(device: DeviceModel, inputs: np.ndarray) -> list[int]:
    """The scores of the integer twin."""
    numbers = inputs[None].astype(np.int64)
    for layer in device.network.stages[1:]:
        numbers = layer.apply(numbers)
    return numbers[0].tolist()


def main() -> None:
    """Print the table."""
    if not shutil.which(COMPILER):
        sys.exit(f"{COMPILER} is not installed (Debian: apt-get install gcc-arm-none-eabi).")
    for shape in SHAPES:
        device, inputs = dense_model(shape)
        expected = expected_scores(device, inputs)
        counts: dict[str, int] = {}
        for variant in CPUS:
            counts[variant], scores = count_compiled(variant, device, inputs)
            assert scores == expected, variant
        for kind in ("v1", "v2"):
            counts[kind], scores = count_kernels(kind, device, inputs)
            assert scores == expected, kind
        print("-".join(map(str, shape)))
        for name, count in counts.items():
            print(f"  {name:14} {count:10,}")
        print(f"  V1 / gcc M0       {counts['v1'] / counts['gcc M0']:7.3f}")
        print(f"  V2 / gcc M4       {counts['v2'] / counts['gcc M4']:7.3f}")
        print(f"  V2 / gcc M4 SMLAD {counts['v2'] / counts['gcc M4 SMLAD']:7.3f}")


if __name__ == "__main__":
    main()
