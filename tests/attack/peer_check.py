"""What a peer has beside its files when it is checked: its sensor, its clock, its recognizer.

Honest, and just good enough that every check of ``microbit-ml check`` passes.
"""

from __future__ import annotations

import array
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from microbit_ml.deploy.check.sensor import TWI_BYTE
from microbit_ml.quantize import WorkLayout

if TYPE_CHECKING:
    from hostile_peer import Peer

PERIOD_US = 20_000
TICKS_US, NETWORK_US, PREDICTION_US, DEBOUNCE_US = 40, 600, 2600, 580  # how long each takes
ECHO = rb"e\((\d+)\)"
KIND = (
    "check",
    r"(?m)^[qst]\(|^put\(|^print\(w\(|mem_free|f\.read\(128|os\.size\('|running_time\(\)\)",
)


class Restart(BaseException):
    """The board's program has called reset()."""


class Sensor:
    """A sensor of 50 Hz with steps of 16, and the bus that notices when a new sample is read."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self.latest = 0
        self.event = 0

    def get_values(self) -> tuple[int, int, int]:
        number = int(self._peer.time_s * 1e6) // PERIOD_US
        if number != self.latest:
            self.latest, self.event = number, 1
        return (16 * (number % 50), -16 * (number % 7), -1024)

    def read(self, address: int, n: int) -> bytes:
        if address != 0x1D:
            raise OSError(19, "ENODEV")
        return b"\x5a"

    def write(self, address: int, data: bytes, repeat: bool = False) -> None:
        if address != 0x1D:
            raise OSError(19, "ENODEV")

    def __getitem__(self, address: int) -> int:
        return self.event if address == TWI_BYTE else 0

    def __setitem__(self, address: int, value: int) -> None:
        self.event = value


class Recognizer:
    """The recognizer of the peer's model."""

    missed = due = countdown = last = detected = 0

    def __init__(self, peer: Peer, sensor: Sensor, loader: types.SimpleNamespace) -> None:
        self._peer, self._sensor = peer, sensor
        self._layout = WorkLayout.of(peer.model.device_model())
        self.model = loader.model = bytearray(peer.files["model.bin"])
        self.work = loader.work = [0] * self._layout.n_numbers

    def next(self) -> None:
        now = round(self._peer.time_s * 1e6)
        due = self.due or now
        self._peer.time_s = max(now, due) / 1e6
        end = self._layout.scores
        self.work[end - 3 : end] = self._sensor.get_values()
        self.due = due + PERIOD_US

    def predict(self) -> None:
        work, layout = self.work, self._layout
        window = np.array(work[layout.WINDOW : layout.scores]).reshape(1, -1, 3)
        one = self._peer.model.network.run(window)
        work[:2] = [int(one.label_index[0]), int(one.confidence[0])]
        work[2 : 2 + layout.n_features] = one.features[0].tolist()
        work[layout.scores : layout.scores + layout.n_labels] = one.scores[0].tolist()

    def debounce(self, label: object) -> None:
        self._peer.time_s += DEBOUNCE_US / 1e6


def modules(peer: Peer) -> dict[str, Any]:
    """The modules that the checks import."""
    sensor = Sensor(peer)

    def ticks_us() -> int:
        peer.time_s += TICKS_US / 1e6
        return round(peer.time_s * 1e6)

    def wait(ms: int) -> None:
        peer.time_s += ms / 1000

    def call(code: object, work: object, model: object, entry: int) -> None:
        peer.time_s += (NETWORK_US if entry == 10 else PREDICTION_US) / 1e6

    def put(work: list[int], data: bytearray, n: int, first: int) -> None:
        for i in range(n):
            work[first + i] = (data[2 * i] << 6) + data[2 * i + 1] - 10368

    def asm_thumb(function: Callable) -> Callable:
        return put

    def reset() -> None:
        raise Restart

    space = types.SimpleNamespace
    loader = space(call=call, code=0, work=[], model=b"")
    booted = peer.booted_s
    return {
        "array": array,
        "gc": space(collect=lambda: None, mem_free=lambda: 20_000),
        "gesture": space(Recognizer=lambda: Recognizer(peer, sensor, loader)),
        "loader": loader,
        "machine": space(mem32=sensor),
        "microbit": space(
            accelerometer=sensor,
            i2c=sensor,
            reset=reset,
            running_time=lambda: round(1000 * (peer.time_s - booted)),
            uart=None,
        ),
        "micropython": space(asm_thumb=asm_thumb),
        "utime": space(ticks_us=ticks_us, ticks_diff=lambda a, b: a - b, sleep_ms=wait),
    }
