"""What is soldered to the chips of a micro:bit: which pin leads where.

Source: the schematics of micro:bit V1.3 and V2.0. Pins are numbered 32 * port + n.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from microbit_ml.virtual.accelerometers import Lsm303agr, Mma8653
from microbit_ml.virtual.chip import ChipModel
from microbit_ml.virtual.i2c_devices import RegisterDevice, lsm303agr_magnetometer, mag3110
from microbit_ml.virtual.leds import MatrixV1, MatrixV2
from microbit_ml.virtual.models import NRF51822, NRF52833


@dataclass(frozen=True)
class Wiring:
    """One revision of the board."""

    chip: ChipModel
    display: type[MatrixV1 | MatrixV2]
    accelerometer: type[Lsm303agr | Mma8653]
    accelerometer_pin: int  # its interrupt, active low
    magnetometer: Callable[[], RegisterDevice]
    magnetometer_address: int
    i2c: tuple[int, int]  # SCL, SDA
    buttons: Mapping[str, int]  # pressed: low
    serial: tuple[int, int]  # TX, RX of the chip, to the interface chip and its USB
    idle_high: tuple[int, ...]  # pins that something on the board pulls up


V1 = Wiring(
    chip=NRF51822,
    display=MatrixV1,
    accelerometer=Mma8653,
    accelerometer_pin=28,
    magnetometer=mag3110,
    magnetometer_address=0x0E,
    i2c=(0, 30),
    buttons={"a": 17, "b": 26},
    serial=(24, 25),
    idle_high=(0, 24, 25, 27, 30),
)

V2 = Wiring(
    chip=NRF52833,
    display=MatrixV2,
    accelerometer=Lsm303agr,
    accelerometer_pin=25,
    magnetometer=lsm303agr_magnetometer,
    magnetometer_address=0x1E,
    i2c=(8, 16),
    buttons={"a": 14, "b": 23},
    serial=(6, 40),
    idle_high=(8, 16, 26, 32),
)

BOARDS = {"v1": V1, "v2": V2}
