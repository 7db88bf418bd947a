"""One micro:bit, put together from its wiring: chip, sensors, display, speaker."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from microbit_ml.virtual.chip import Chip
from microbit_ml.virtual.connections import Connections, I2cDevice, Packet, SerialLine
from microbit_ml.virtual.i2c_devices import InterruptLine
from microbit_ml.virtual.interface_chip import InterfaceChip
from microbit_ml.virtual.motion import Motion
from microbit_ml.virtual.speaker import Speaker
from microbit_ml.virtual.surroundings import Surroundings
from microbit_ml.virtual.wiring import Wiring

# The time resolution of a sound's edges: V1 switches its pin in an interrupt, V2 plays 44,200
# samples a second.
_EDGES_OF_PIN_US, _EDGES_OF_SPEAKER_US = 5.0, 22.6


class Hardware:
    """The parts of one board.

    ``segments`` is the image as (address, bytes); ``send_packet`` is called with the radio's
    packets; ``seed`` determines random numbers and identity.
    """

    def __init__(
        self,
        wiring: Wiring,
        segments: Iterable[tuple[int, bytes]],
        *,
        send_packet: Callable[[Packet], None],
        seed: int,
    ) -> None:
        self.wiring = wiring
        self.serial_line = SerialLine(*wiring.serial)
        self.surroundings = Surroundings(wiring)
        on_pin = wiring.speaker is None
        self.speaker = Speaker(_EDGES_OF_PIN_US if on_pin else _EDGES_OF_SPEAKER_US)
        connections = Connections(
            serial_line=self.serial_line,
            senses=self.surroundings,
            speaker=self.speaker,
            speaker_pin=wiring.speaker,
            send_packet=send_packet,
        )
        self.chip = Chip(wiring.chip, segments, connections, seed=seed)
        self.display = wiring.display(self.chip)
        self._attach_pins()
        self._attach_sensors()

    def _attach_pins(self) -> None:
        """Pull-ups, and a buzzer on pin 0 of a board without a speaker."""
        wiring, gpio = self.wiring, self.chip.gpio
        for pin in (*wiring.idle_high, *wiring.buttons.values()):
            gpio.hold(pin, 1)
        for pin in wiring.pads.values():
            gpio.pull_up_weakly(pin)
        if wiring.speaker is None:
            clock = self.chip.clock
            gpio.on_rise(wiring.pads["pin0"], lambda: self.speaker.rises(clock.now()))

    def _attach_sensors(self) -> None:
        """Connect the I2C bus: the sensors, the interface chip, their interrupt lines."""
        wiring, chip = self.wiring, self.chip
        lines = {
            line.pin: InterruptLine(partial(chip.gpio.hold, line.pin), line.active)
            for line in (wiring.accelerometer_line, wiring.magnetometer_line)
        }
        accelerometer_line = lines[wiring.accelerometer_line.pin]
        self.motion = Motion(chip.clock)
        self.accelerometer = wiring.accelerometer(
            wiring.accelerometer_signs,
            chip.clock,
            self.motion.measure,
            lambda level: accelerometer_line.ask("accelerometer", not level),
            self.motion.note_read,
        )
        self.magnetometer = wiring.magnetometer(
            wiring.magnetometer_signs,
            chip.clock,
            lambda: self.surroundings.magnetic_field,
            partial(lines[wiring.magnetometer_line.pin].ask, "magnetometer"),
        )
        devices: dict[int, I2cDevice] = {
            self.accelerometer.ADDRESS: self.accelerometer,
            self.magnetometer.ADDRESS: self.magnetometer,
        }
        self.interface: InterfaceChip | None = None
        if wiring.interface_line is not None:
            ask = partial(lines[wiring.interface_line.pin].ask, "interface chip")
            self.interface = InterfaceChip(chip.clock, ask)
            devices |= self.interface.devices
        chip.connections.i2c_buses[wiring.i2c] = devices
