"""The firmware in CPython: its assembler replaced by reference.py, its board by a stub."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import types
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from bare_kernels import integers_in

from microbit_ml.firmware_files import firmware_folder

DEVICE_MODULES = ("gesture", "recognizer", "loader", "reference", "answer")


@contextmanager
def firmware_in_cpython(
    model: bytes | None, samples: Iterable[tuple[int, int, int]] = ()
) -> Iterator[types.ModuleType]:
    """The module ``gesture`` of the firmware, on this computer, with this model.bin.

    Its machine code is replaced by ``reference.py``, and the module ``microbit`` by one whose
    accelerometer gives ``samples`` (an iterator of triples), 20 ms apart.
    """
    clock = types.SimpleNamespace(now=1000)
    iterator = iter(samples)
    microbit = types.ModuleType("microbit")
    microbit.accelerometer = types.SimpleNamespace(get_values=lambda: next(iterator))  # type: ignore[attr-defined]
    microbit.running_time = lambda: clock.now  # type: ignore[attr-defined]
    microbit.sleep = lambda ms: setattr(clock, "now", clock.now + ms)  # type: ignore[attr-defined]
    microbit.clock = clock  # type: ignore[attr-defined]
    micropython = types.ModuleType("micropython")
    uart = types.SimpleNamespace(to_board=bytearray())
    uart.read = lambda size: bytes(uart.to_board.pop(0) for _ in uart.to_board[:size]) or None
    microbit.uart = uart  # type: ignore[attr-defined]
    here = Path.cwd()
    folder = tempfile.TemporaryDirectory()
    Path(folder.name, "kernels.bin").write_bytes(b"")
    if model is not None:
        Path(folder.name, "model.bin").write_bytes(model)
    saved = {name: sys.modules.pop(name, None) for name in DEVICE_MODULES}
    os.size = os.path.getsize  # type: ignore[attr-defined]  # MicroPython's name for it
    sys.path.insert(0, str(firmware_folder()))
    sys.modules["microbit"], sys.modules["micropython"] = microbit, micropython
    os.chdir(folder.name)
    try:
        reference = importlib.import_module("reference")
        micropython.asm_thumb = lambda _: reference.call  # type: ignore[attr-defined]
        yield importlib.import_module("gesture")
    finally:
        del os.size  # type: ignore[attr-defined]
        os.chdir(here)
        folder.cleanup()
        sys.path.remove(str(firmware_folder()))
        for name in (*DEVICE_MODULES, "microbit", "micropython"):
            sys.modules.pop(name, None)
        sys.modules.update({name: module for name, module in saved.items() if module is not None})


def fill_window(recognizer: object, window: np.ndarray) -> None:
    """Put a whole window into a recognizer."""
    samples = array("h", window.astype(np.int16).tobytes())
    recognizer.work[56 : 56 + len(samples)] = samples  # type: ignore[attr-defined]


def window_of(recognizer: object) -> list[int]:
    """The numbers in a recognizer's window, x y z of the oldest sample first."""
    return list(recognizer.work[56 : recognizer.end])  # type: ignore[attr-defined]


def integers_of(recognizer: object) -> tuple[int, int, list[int], list[int]]:
    """Label, confidence, scores and features after predict()."""
    return integers_in(recognizer.work, recognizer.model)  # type: ignore[attr-defined]


@contextmanager
def reference_in_cpython() -> Iterator[types.ModuleType]:
    """The firmware's module ``reference`` alone."""
    sys.path.insert(0, str(firmware_folder()))
    try:
        yield importlib.import_module("reference")
    finally:
        sys.path.remove(str(firmware_folder()))
        sys.modules.pop("reference", None)
