"""QEMU's micro:bit V1: an independent machine that boots the same runtime.

QEMU has no V2. For V1 it models the CPU, timers, random numbers, flash, serial line and GPIO; its
accelerometer is constant, and its buttons cannot be pressed.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from microbit_ml.image.intel_hex import MemoryImage, parse, write_plain

PROGRAM = "qemu-system-arm"
FLASH_BYTES = 0x40000
# -icount shift=6: every instruction takes 2**6 ns, regardless of this computer's speed.
NS_PER_INSTRUCTION = 64
PAUSE_S = 0.005


def why_not() -> str:
    """The reason why QEMU cannot be used on this computer, "" if it can."""
    return "" if shutil.which(PROGRAM) else f"{PROGRAM} is not installed"


def padded(image: MemoryImage) -> MemoryImage:
    """The image padded to the whole flash: QEMU reads unwritten bytes as 0x00, a chip as 0xFF."""
    rest = [(address, data) for address, data in image.segments if address >= FLASH_BYTES]
    return MemoryImage([(0, image.read(0, FLASH_BYTES)), *rest])


class QemuPort:
    """A running QEMU; its serial line, with the part of pyserial's interface that RawRepl uses.

    ``timeout`` is in seconds of this computer's time, as QEMU runs beside this process.
    """

    def __init__(self, hex_text: str) -> None:
        self._folder = tempfile.TemporaryDirectory()
        image = Path(self._folder.name, "v1.hex")
        image.write_text(write_plain(padded(parse(hex_text, "v1"))))
        self.timeout: float | None = 1.0
        self.port = "QEMU"
        self._process = subprocess.Popen(
            [
                *(PROGRAM, "-M", "microbit", "-device", f"loader,file={image}"),
                *("-display", "none", "-monitor", "none", "-icount", "shift=6"),
                *("-chardev", "stdio,id=line,signal=off", "-serial", "chardev:line"),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        self._received = bytearray()
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._receive, daemon=True)
        self._reader.start()

    def _receive(self) -> None:
        assert self._process.stdout is not None
        while data := self._process.stdout.read(4096):
            with self._news:
                self._received += data
                self._news.notify_all()

    @property
    def in_waiting(self) -> int:
        return len(self._received)

    def read(self, size: int = 1) -> bytes:
        with self._news:
            self._news.wait_for(lambda: len(self._received) >= size, self.timeout)
            data = bytes(self._received[:size])
            del self._received[:size]
        return data

    def read_until(self, expected: bytes) -> bytes:
        """Read up to and including the expected bytes, or for ``timeout`` seconds."""
        with self._news:
            self._news.wait_for(lambda: expected in self._received, self.timeout)
            found = self._received.find(expected)
            size = len(self._received) if found < 0 else found + len(expected)
            data = bytes(self._received[:size])
            del self._received[:size]
        return data

    def write(self, data: bytes) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        # QEMU's line has no baud rate, and V1 buffers 63 bytes: let it take these before more come.
        time.sleep(PAUSE_S)
        return len(data)

    def close(self) -> None:
        """End QEMU and wait for its process."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._folder.cleanup()
