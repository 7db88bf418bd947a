"""The kernels' machine code on a bare Cortex-M0 or M4: no boot, a thousand windows a second.

The virtual boards prove that the same code runs inside MicroPython; this checks its results,
that it stays within its memory, and that it restores registers and stack.
"""

from __future__ import annotations

from array import array

import numpy as np
from unicorn import UC_ARCH_ARM, UC_HOOK_CODE, UC_MODE_MCLASS, UC_MODE_THUMB, Uc, arm_const

from microbit_ml.image.kernels import kernels_in_flash
from microbit_ml.quantize import WorkLayout
from microbit_ml.quantize.device_file import HEADER

CODE, RETURN, WORK, MODEL, STACK = 0x20000000, 0x20008000, 0x20010000, 0x20020000, 0x2003F000
SHIFT, CHECK, NETWORK_ALONE, PREDICT = 6, 8, 10, 12
BYTE_BOUNDARY = 0x40003138  # TWI0's event: a byte came over the I2C bus
CPUS = {"v1": arm_const.UC_CPU_ARM_CORTEX_M0, "v2": arm_const.UC_CPU_ARM_CORTEX_M4}
MAX_INSTRUCTIONS = 3_000_000
KEPT = [getattr(arm_const, f"UC_ARM_REG_R{i}") for i in range(8, 12)]
GUARD = array("h", [0x5A5A] * 200)


class BareKernels:
    """A board's kernels as in its flash, on its CPU.

    counting: count the ``instructions`` of the last call, which is slow; in_flash: other kernels,
    and the address of their first instruction; max_instructions: more are an endless loop.
    """

    def __init__(
        self,
        counting: bool = False,
        board: str = "v1",
        in_flash: tuple[bytes, int] | None = None,
        max_instructions: int = MAX_INSTRUCTIONS,
    ) -> None:
        self._cpu = Uc(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS)
        self._cpu.ctl_set_cpu_model(CPUS[board])
        self._cpu.mem_map(CODE, 0x40000)
        self._cpu.mem_map(BYTE_BOUNDARY & ~0xFFF, 0x1000)
        image, entry = in_flash or kernels_in_flash(board)
        self._cpu.mem_write(CODE, image)
        self._entry = CODE + entry | 1
        self._max_instructions = max_instructions
        self.instructions = 0
        if counting:
            self._cpu.hook_add(UC_HOOK_CODE, self._count)

    def counted_at(self, address: int) -> list[int]:
        """A list that grows: the instructions counted so far, whenever this address is reached."""
        found: list[int] = []
        self._cpu.hook_add(
            UC_HOOK_CODE,
            lambda cpu, at, size, data: found.append(self.instructions),
            begin=address,
            end=address,
        )
        return found

    def _count(self, cpu: Uc, address: int, size: int, data: object) -> None:
        self.instructions += 1

    @property
    def byte_came(self) -> int:
        """The event of the I2C bus that V1's SHIFT polls: 1 or 0."""
        return int.from_bytes(self._cpu.mem_read(BYTE_BOUNDARY, 4), "little")

    @byte_came.setter
    def byte_came(self, value: int) -> None:
        self._cpu.mem_write(BYTE_BOUNDARY, value.to_bytes(4, "little"))

    def call(self, work: array, model: bytes, entry: int) -> int:
        """Like loader.call() on the board; work changes in place."""
        cpu = self._cpu
        cpu.mem_write(WORK, (work + GUARD).tobytes())
        cpu.mem_write(MODEL, bytes(model))
        cpu.mem_write(STACK - 512, b"\xa5" * 512)  # any values
        for i, value in enumerate((self._entry, WORK, MODEL, entry)):
            cpu.reg_write(getattr(arm_const, f"UC_ARM_REG_R{i}"), value)
        for i, register in enumerate(KEPT):
            cpu.reg_write(register, 0x1234560 + i)
        cpu.reg_write(arm_const.UC_ARM_REG_SP, STACK)
        cpu.reg_write(arm_const.UC_ARM_REG_LR, RETURN | 1)
        self.instructions = 0
        cpu.emu_start(self._entry, RETURN, count=self._max_instructions)
        assert cpu.reg_read(arm_const.UC_ARM_REG_PC) == RETURN, "the kernels did not return"
        assert cpu.reg_read(arm_const.UC_ARM_REG_SP) == STACK
        assert [cpu.reg_read(r) for r in KEPT] == [0x1234560 + i for i in range(4)]
        after = array("h", bytes(cpu.mem_read(WORK, 2 * (len(work) + len(GUARD)))))
        assert after[len(work) :] == GUARD, "the kernels wrote beyond work"
        work[:] = after[: len(work)]
        return cpu.reg_read(arm_const.UC_ARM_REG_R0)

    def predict(self, model: bytes, window: np.ndarray) -> tuple[int, int, list[int], list[int]]:
        """Label, confidence, scores and features of a window (n, 3)."""
        work = work_for(model, window)
        assert self.call(work, model, PREDICT) == 0
        return integers_in(work, model)


def layout_of(model: bytes) -> WorkLayout:
    """The layout from a header alone, as for the kernels and the loader; anything may follow it."""
    _, _, _, _, window, _, _, _, n_labels, groups, scratch = HEADER.unpack_from(model)
    n_features = model[HEADER.size + 4] if groups else 0  # of the scale record
    return WorkLayout(window, n_features, n_labels, scratch)


def work_for(model: bytes, window: np.ndarray) -> array:
    """work as on the board (with arbitrary numbers), with a window."""
    layout = layout_of(model)
    work = array("h", range(layout.n_numbers))
    samples = np.ascontiguousarray(window, dtype=np.int16)
    work[layout.WINDOW : layout.scores] = array("h", samples.tobytes())
    return work


def integers_in(work: array, model: bytes) -> tuple[int, int, list[int], list[int]]:
    """Label, confidence, scores (logits) and features of a prediction, read from work."""
    layout = layout_of(model)
    scores = work[layout.scores : layout.scores + layout.n_labels]
    features = work[layout.FEATURES : layout.FEATURES + layout.n_features]
    return work[layout.LABEL], work[layout.CONFIDENCE], list(scores), list(features)
