"""The sensors' registers, read over their bus as in the data sheets, without a runtime."""

from types import SimpleNamespace

import pytest

from microbit_ml.virtual.accelerometers import Acceleration, Lsm303agr, Mma8653
from microbit_ml.virtual.clock import TICKS_PER_SECOND, VirtualClock
from microbit_ml.virtual.magnetometers import Lsm303agrMagnetometer, Mag3110

NEW_DATA = b"\x0f"
FIELD_NT = (300, 0, -600)
LSM_SIGNS, V1_3_SIGNS = (1, -1, 1), (-1, -1, 1)


class Bus:
    """A chip that reads and writes the registers of one sensor, with given inputs."""

    def __init__(self, model, signs):
        self.clock = VirtualClock(SimpleNamespace(executed=0, end_after=lambda n: None), 1)
        self.lines, self.seen = [], []
        if model in (Lsm303agr, Mma8653):
            measured = Acceleration((1024, 0, -1024), 1)
            on_read = (lambda acceleration, shown: self.seen.append(shown),)
        else:
            measured, on_read = FIELD_NT, ()
        self.sensor = model(signs, self.clock, lambda: measured, self.lines.append, *on_read)

    def write(self, register, *values):
        self.sensor.start(False)
        for byte in (register, *values):
            self.sensor.write(byte)

    def read(self, register, size=1):
        self.write(register)
        self.sensor.start(True)
        return bytes(self.sensor.read() for _ in range(size))

    def wait(self, seconds):
        self.clock.sleep_until(self.clock.ticks + round(seconds * TICKS_PER_SECOND))
        self.clock.run_due_events()


# The model, its axes, how it is started at 50 Hz (magnetometers at 10 Hz), its six outputs.
SENSORS = {
    "LSM303AGR": (Lsm303agr, LSM_SIGNS, (0x20, 0x47), "0040 0000 00c0"),
    "MMA8653": (Mma8653, V1_3_SIGNS, (0x2A, 0x21), "c000 0000 c000"),
    "LSM303AGR, magnetic": (Lsm303agrMagnetometer, LSM_SIGNS, (0x60, 0x00), "0200 0000 fcff"),
    "MAG3110": (Mag3110, V1_3_SIGNS, (0x10, 0x61), "fffd 0000 fffa"),
}


@pytest.mark.parametrize("name", SENSORS)
def test_a_conversion_is_announced_read_and_gone(name):
    model, signs, start, outputs = SENSORS[name]
    bus = Bus(model, signs)
    many = bus.sensor.IN_TURN_BIT
    assert bus.read(model.WHO_AM_I) == bytes([model.IDENTITY])
    bus.wait(1)
    assert bus.read(model.STATUS) == b"\0"  # standby
    bus.write(*start)
    bus.wait(0.11)
    assert bus.read(model.STATUS) == NEW_DATA
    assert bus.read(model.FIRST_OUTPUT | many, 6) == bytes.fromhex(outputs)
    assert bus.read(model.STATUS) == b"\0"
    bus.wait(0.11)
    assert bus.read(model.STATUS) == NEW_DATA
    bus.write(start[0], {Lsm303agrMagnetometer: 3}.get(model, 0))
    assert bus.read(model.STATUS) == b"\0"
    bus.wait(1)
    assert bus.read(model.STATUS) == b"\0"


@pytest.mark.parametrize("model", [Lsm303agr, Lsm303agrMagnetometer])
def test_lsm303agr_goes_on_to_the_next_register_only_when_asked(model):
    bus = Bus(model, LSM_SIGNS)
    identity = bytes([model.IDENTITY])
    assert bus.read(model.WHO_AM_I, 3) == identity * 3
    assert bus.read(model.WHO_AM_I | 0x80, 3) == identity + b"\0\0"
    bus.write(0x32, 1, 2)
    assert bus.read(0x32 | 0x80, 2) == bytes([2, 0])
    bus.write(0x32 | 0x80, 3, 4)
    assert bus.read(0x32 | 0x80, 2) == bytes([3, 4])


@pytest.mark.parametrize("name, switch", [("LSM303AGR", (0x22, 0x10)), ("MMA8653", (0x2D, 0x01))])
def test_the_line_of_an_accelerometer_is_low_while_data_waits(name, switch):
    model, signs, start, _ = SENSORS[name]
    bus = Bus(model, signs)
    bus.write(*start)
    bus.wait(0.02)
    assert set(bus.lines) == {1}  # it is not switched on
    bus.write(*switch)
    bus.wait(0.02)
    assert bus.lines[-1] == 0
    bus.read(model.FIRST_OUTPUT | model.IN_TURN_BIT, 6)
    assert bus.lines[-1] == 1
    assert bus.seen == [(1024, 0, -1024)]
