"""The firmware in CPython: its assembler replaced by reference.py, its board by a stub."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import types
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from bare_kernels import integers_in

from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.image.kernels import kernels
from microbit_ml.kinds import RECORDS
from microbit_ml.quantize import WorkLayout

DEVICE_MODULES = ("gesture", "recognizer", "loader", "reference", "answer")
TICKS = (1 << 30) - 1  # the maximum of ticks_us()


@contextmanager
def firmware_in_cpython(
    model: bytes | None,
    samples: Iterable[tuple[int, int, int]] = (),
    kernel: bytes | None = None,
    flash: tuple[int, bytes] = (0, b""),
) -> Iterator[types.ModuleType]:
    """The module ``gesture`` of the firmware, on this computer, with this model.bin.

    Its machine code is replaced by ``reference.py``, and the module ``microbit`` by one whose
    accelerometer returns ``samples`` (an iterator of triples), 20 ms apart. kernel: the content of
    ``kernel_v1.bin``; b"": the file is missing; flash: an address and the bytes there.
    """
    clock = types.SimpleNamespace(us=1_000_000)
    iterator = iter(samples)
    microbit = types.ModuleType("microbit")
    microbit.accelerometer = types.SimpleNamespace(get_values=lambda: next(iterator))  # type: ignore[attr-defined]
    microbit.running_time = lambda: clock.us // 1000  # type: ignore[attr-defined]
    microbit.sleep = lambda ms: setattr(clock, "us", clock.us + 1000 * ms)  # type: ignore[attr-defined]
    microbit.clock = clock  # type: ignore[attr-defined]
    micropython = types.ModuleType("micropython")
    machine = types.ModuleType("machine")
    machine.mem8 = defaultdict(int, enumerate(flash[1], flash[0]))  # type: ignore[attr-defined]

    def ticks_us() -> int:
        clock.us += 10  # calling takes time
        return clock.us & TICKS

    utime = types.ModuleType("utime")
    utime.ticks_us = ticks_us  # type: ignore[attr-defined]
    utime.ticks_diff = lambda a, b: (a - b + TICKS // 2 & TICKS) - TICKS // 2  # type: ignore[attr-defined]
    uart = types.SimpleNamespace(to_board=bytearray())
    uart.any = lambda: bool(uart.to_board)
    uart.read = lambda size: bytes(uart.to_board.pop(0) for _ in uart.to_board[:size]) or None
    microbit.uart = uart  # type: ignore[attr-defined]
    here = Path.cwd()
    folder = tempfile.TemporaryDirectory()
    if kernel != b"":
        Path(folder.name, "kernel_v1.bin").write_bytes(kernel or kernels("v1"))
    if model is not None:
        Path(folder.name, "model.bin").write_bytes(model)
    saved = {name: sys.modules.pop(name, None) for name in DEVICE_MODULES}
    os.size = os.path.getsize  # type: ignore[attr-defined]  # MicroPython's name for it
    uname = getattr(os, "uname", None)  # Windows has none
    os.uname = lambda: types.SimpleNamespace(machine="micro:bit with nRF51822")  # type: ignore
    sys.path.insert(0, str(firmware_folder()))
    for module in (microbit, micropython, machine, utime):
        sys.modules[module.__name__] = module
    os.chdir(folder.name)
    try:
        reference = importlib.import_module("reference")
        micropython.asm_thumb = lambda _: reference.call  # type: ignore[attr-defined]
        yield importlib.import_module("gesture")
    finally:
        del os.size  # type: ignore[attr-defined]
        if uname is None:
            del os.uname
        else:
            os.uname = uname
        os.chdir(here)
        folder.cleanup()
        sys.path.remove(str(firmware_folder()))
        for name in (*DEVICE_MODULES, "microbit", "micropython", "machine", "utime"):
            sys.modules.pop(name, None)
        sys.modules.update({name: module for name, module in saved.items() if module is not None})


def fill_window(recognizer: object, window: np.ndarray) -> None:
    """Fill a recognizer with a whole window."""
    samples = array("h", window.astype(np.int16).tobytes())
    recognizer.work[WorkLayout.WINDOW : WorkLayout.WINDOW + len(samples)] = samples  # type: ignore[attr-defined]


def window_of(recognizer: object) -> list[int]:
    """The numbers in a recognizer's window, from x y z of the oldest sample on."""
    return list(recognizer.work[WorkLayout.WINDOW : WorkLayout.WINDOW + 3 * recognizer.model[12]])  # type: ignore[attr-defined]


def integers_of(recognizer: object) -> tuple[int, int, list[int], list[int]]:
    """Label, confidence, scores and features after predict()."""
    return integers_in(recognizer.work, recognizer.model)  # type: ignore[attr-defined]


@contextmanager
def reference_in_cpython() -> Iterator[types.ModuleType]:
    """The firmware's module ``reference`` alone."""
    sys.path.insert(0, str(firmware_folder()))
    try:
        reference = importlib.import_module("reference")
        for number, record in RECORDS.items():  # records that the firmware does not have
            if (own := getattr(record, "reference", None)) is not None:
                reference.RECORDS[number] = own
        yield reference
    finally:
        sys.path.remove(str(firmware_folder()))
        sys.modules.pop("reference", None)
