"""How long the checks take: in full, less for the impatient, and other numbers for tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """windows: golden ones; times: how often a statement is timed; sensor_s: the motion sensor is
    read; samples: are taken twice; line_s: the serial line is under load."""

    windows: int
    times: int
    sensor_s: float
    samples: int
    line_s: float


FULL = Effort(windows=200, times=30, sensor_s=4.0, samples=750, line_s=12.0)
QUICK = Effort(windows=24, times=20, sensor_s=2.0, samples=150, line_s=2.0)
