"""The sensors of the micro:bit: noise, quantization steps, and full scale at 2 g.

A V1.3 board carries an MMA8653 of which MicroPython uses 8 bits: its readings go in steps of 16
counts. V1.5 and V2 boards carry an LSM303AGR with 10 bits: steps of 4. At rest, the noise
of a V2 is about 4 counts, and each board has a small offset of some counts and a gain error of
about a hundredth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from microbit_ml.recordings.recording import COUNTS_PER_G, round_half_up, to_counts

FULL_SCALE = 2048  # counts: 2 g


@dataclass(frozen=True)
class Sensor:
    """A kind of sensor: the board it sits on, its step and noise (standard deviation), counts."""

    board: str
    step: int
    noise: tuple[float, float, float]

    def read(
        self, force_g: np.ndarray, offset: np.ndarray, gain: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Specific force (n, 3) in g -> this sensor's readings, int16 (n, 3) counts.

        offset: (3,) counts, gain: (3,) factors of the individual board.
        """
        exact = force_g * COUNTS_PER_G * gain + offset + rng.normal(0, self.noise, force_g.shape)
        steps = round_half_up(exact / self.step) * self.step
        limit = FULL_SCALE - self.step  # the last step within the scale at both ends
        return to_counts(np.clip(steps, -limit, limit))


SENSORS = {
    "v1.3": Sensor("V1", step=16, noise=(2.0, 2.0, 3.0)),
    "v1.5": Sensor("V1", step=4, noise=(3.8, 3.9, 4.8)),
    "v2": Sensor("V2", step=4, noise=(3.8, 3.9, 4.8)),
}


def read_ideal(force_g: np.ndarray) -> np.ndarray:
    """A perfect sensor: specific force (n, 3) in g -> counts, clipped at 2 g."""
    return to_counts(force_g * COUNTS_PER_G)
