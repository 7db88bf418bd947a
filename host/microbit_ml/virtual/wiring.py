"""The wiring of a micro:bit: the connections of the chip's pins.

Source: the schematics of micro:bit V1.3, V1.5 and V2.0. Pins are numbered 32 * port + n.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from microbit_ml.errors import VirtualBoardError
from microbit_ml.targets import TARGETS, V1, V2, Target
from microbit_ml.virtual.accelerometers import Lsm303agr, Mma8653
from microbit_ml.virtual.chip import ChipModel
from microbit_ml.virtual.leds import MatrixV1, MatrixV2
from microbit_ml.virtual.magnetometers import Lsm303agrMagnetometer, Mag3110
from microbit_ml.virtual.models import NRF51822, NRF52833
from microbit_ml.virtual.sensors import Counts


@dataclass(frozen=True)
class SensorLine:
    """The interrupt line of a device: its pin, and the level that signals ready data."""

    pin: int
    active: int


@dataclass(frozen=True)
class Wiring:
    """One revision of the board."""

    chip: ChipModel
    display: type[MatrixV1 | MatrixV2]
    accelerometer: type[Lsm303agr | Mma8653]
    accelerometer_signs: Counts  # of the sensor's axes, relative to the micro:bit's
    accelerometer_line: SensorLine
    magnetometer: type[Lsm303agrMagnetometer | Mag3110]
    magnetometer_signs: Counts
    magnetometer_line: SensorLine
    interface_line: SensorLine | None  # None: the interface chip is not on the I2C bus
    i2c: tuple[int, int]  # SCL, SDA
    buttons: Mapping[str, int]  # pressed: low
    pads: Mapping[str, int]  # pins with a resistor of 10 MOhm to the supply: a finger pulls low
    logo: int | None  # a pad that is only sensed by its capacitance
    speaker: int | None  # None: none on the board, a buzzer may be connected to pin 0
    microphone: int | None  # its analogue input (PSELP)
    light_columns: tuple[int, ...]  # analogue inputs (PSEL) at LED columns, to sense light
    serial: tuple[int, int]  # TX, RX of the chip, to the interface chip and its USB
    idle_high: tuple[int, ...]  # pins that something on the board pulls up


V1_3 = Wiring(
    chip=NRF51822,
    display=MatrixV1,
    accelerometer=Mma8653,
    accelerometer_signs=(-1, -1, 1),
    accelerometer_line=SensorLine(28, active=0),
    magnetometer=Mag3110,
    magnetometer_signs=(-1, -1, -1),
    magnetometer_line=SensorLine(29, active=1),
    interface_line=None,
    i2c=(0, 30),
    buttons={"a": 17, "b": 26},
    pads={"pin0": 3, "pin1": 2, "pin2": 1},
    logo=None,
    speaker=None,
    microphone=None,
    light_columns=(32, 64, 128),
    serial=(24, 25),
    idle_high=(0, 24, 25, 27, 30),
)

V1_5 = replace(
    V1_3,
    accelerometer=Lsm303agr,
    accelerometer_signs=(1, -1, 1),
    accelerometer_line=SensorLine(28, active=1),
    magnetometer=Lsm303agrMagnetometer,
    magnetometer_signs=(1, -1, 1),
    magnetometer_line=SensorLine(29, active=1),
)

V2_0 = Wiring(
    chip=NRF52833,
    display=MatrixV2,
    accelerometer=Lsm303agr,
    accelerometer_signs=(1, -1, 1),
    accelerometer_line=SensorLine(25, active=0),
    magnetometer=Lsm303agrMagnetometer,
    magnetometer_signs=(1, -1, 1),
    magnetometer_line=SensorLine(25, active=0),
    interface_line=SensorLine(25, active=0),
    i2c=(8, 16),
    buttons={"a": 14, "b": 23},
    pads={"pin0": 2, "pin1": 3, "pin2": 4},
    logo=36,
    speaker=0,
    microphone=4,
    light_columns=(),
    serial=(6, 40),
    idle_high=(8, 16, 26, 32),
)

# By circuit (Target.like) and revision; the first revision is the default.
BOARDS = {V1.name: {"1.3": V1_3, "1.5": V1_5}, V2.name: {"2.0": V2_0}}


def kinds() -> list[str]:
    """The names of all targets with a virtual board."""
    return [target.name for target in TARGETS.values() if target.like in BOARDS]


def target_of(kind: str) -> Target:
    """The target of a virtual board. Raises VirtualBoardError for an unknown name."""
    if kind not in kinds():
        raise VirtualBoardError(
            f"There is no virtual board called {kind!r}. Choose one of: {', '.join(kinds())}."
        )
    return TARGETS[kind]


def wiring_of(kind: str, revision: str | None) -> Wiring:
    """The wiring of a kind of board: that of the target whose circuit it has.

    Raises VirtualBoardError when there is no board of that name, or no such revision of it.
    """
    revisions = BOARDS[target_of(kind).like]
    if revision is None:
        return next(iter(revisions.values()))
    if revision not in revisions:
        raise VirtualBoardError(
            f"There is no revision {revision!r} of a virtual {kind}. "
            f"Choose one of: {', '.join(revisions)}."
        )
    return revisions[revision]
