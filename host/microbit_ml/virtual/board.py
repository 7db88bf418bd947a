"""The virtual micro:bit: it boots a hex image and is controlled from Python."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Protocol

from microbit_ml.image import intel_hex
from microbit_ml.image.made_for import check_is_for
from microbit_ml.virtual.accelerometers import SensorCount
from microbit_ml.virtual.connections import Packet
from microbit_ml.virtual.flash_files import files_in_flash, image_with_files, micropython_version
from microbit_ml.virtual.hardware import Hardware
from microbit_ml.virtual.leds import as_text
from microbit_ml.virtual.magnetometers import Field
from microbit_ml.virtual.motion import samples_of
from microbit_ml.virtual.peripherals.radio import Radio
from microbit_ml.virtual.peripherals.small import ClockAndPower
from microbit_ml.virtual.peripherals.uart import Uart
from microbit_ml.virtual.running import Condition, Fault, Runner, text_appears
from microbit_ml.virtual.sensors import Counts
from microbit_ml.virtual.surroundings import check_level
from microbit_ml.virtual.wiring import wiring_of


class PacketCarrier(Protocol):
    """Carries the packets of a board's radio to other boards, as RadioMedium does."""

    def join(self, board: VirtualBoard) -> None:
        """Connect the radio of a new board to this carrier."""

    def send(self, sender: VirtualBoard, packet: Packet) -> None:
        """Send a packet of a board; its times are on the sender's clock."""


class VirtualBoard:
    """A virtual micro:bit that runs exactly the MicroPython that real boards run.

    ::

        with VirtualBoard("v2", hex_text) as board:
            board.run_until(">>>", 2)
            board.write(b"print(6 * 7)\\r")
            board.run_until("42", 1)
            print(board.show())

    ``kind`` is the name of a target, such as "v1" (nRF51822) or "v2" (nRF52833). ``program`` is a
    universal hex, a hex for that board alone, or a dictionary of files ({"main.py": "..."}, text or
    bytes) to add to the bundled MicroPython. The board starts at its reset vector when it is first
    run.

    ``revision`` chooses the sensors of a V1: "1.3" has an MMA8653 and a MAG3110, "1.5" an
    LSM303AGR, as V2 ("2.0") has. Boards with the same ``medium`` (a RadioMedium) receive each
    other's radio. ``seed`` changes the random numbers and ``machine.unique_id()``; boards with the
    same seed are identical.

    Time on the board is virtual and passes only while it runs: each instruction takes 1.75 cycles
    at 16 MHz (V1) or 64 MHz (V2). That is an estimate, and so are all times; but the same actions
    always give the same bytes and the same number of instructions. Boards are independent of each
    other; a process may have many.

    Every method that runs the board raises VirtualBoardError when the program crashes
    (HardFault), or when it takes more than ``wall_limit_s`` seconds of real time; by default, real
    time is not limited. Raises HexError for an image or files that do not fit, VirtualBoardError
    for a kind or revision that does not exist.
    """

    def __init__(
        self,
        kind: str,
        program: str | Mapping[str, bytes | str],
        *,
        revision: str | None = None,
        medium: PacketCarrier | None = None,
        seed: int = 0,
    ) -> None:
        wiring = wiring_of(kind, revision)
        if isinstance(program, str):
            image = intel_hex.parse(program, kind)
        else:
            image = image_with_files(kind, program)
        check_is_for(image, kind)
        segments = image.segments
        self._hardware = hardware = Hardware(
            wiring, segments, send_packet=self._send_packet, seed=seed
        )
        self._chip = hardware.chip
        self._runner = Runner(hardware.chip)
        self._motion = hardware.motion
        self._around = hardware.surroundings
        self.serial_line = hardware.serial_line
        self.kind = kind
        self.radio_sent: list[tuple[int, bytes]] = []
        self._medium = medium
        if medium is not None:
            medium.join(self)

    def __enter__(self) -> VirtualBoard:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"VirtualBoard({self.kind!r}, {self.instructions} instructions, {self.time_us} us)"

    def close(self) -> None:
        """Switch the board off. It cannot run any more, but its output can still be read."""
        self._runner.switch_off()

    @property
    def is_closed(self) -> bool:
        """Whether the board has been switched off."""
        return self._runner.is_off

    # Running

    def run(self, seconds: float, *, wall_limit_s: float | None = None) -> None:
        """Run for ``seconds`` of virtual time."""
        self._runner.run(seconds, None, wall_limit_s)

    def run_until(
        self,
        condition: str | Condition,
        seconds: float,
        *,
        wall_limit_s: float | None = None,
    ) -> bool:
        """Run until the condition is met, for at most ``seconds`` of virtual time.

        A string is met when it appears in the serial output from this call on; a function when it
        returns true (it is called several hundred times a second, and whenever the board has sent
        something). Returns whether the condition was met.
        """
        if isinstance(condition, str):
            condition = text_appears(condition, self.serial_line.sent)
        return self._runner.run(seconds, condition, wall_limit_s)

    def run_to(
        self,
        ticks: int,
        stop: Condition | None = None,
        *,
        wall_limit_s: float | None = None,
    ) -> bool:
        """Run until the board's clock reaches ``ticks`` (of 1/512 us), or ``stop()`` is true.

        Returns whether ``stop()`` was true. Does nothing if the clock is past that time already.
        """
        return self._runner.run_to(ticks, stop, wall_limit_s)

    def reset(self) -> None:
        """Press the reset button: the program starts again; files stay."""
        self._chip.reset(ClockAndPower.RESET_PIN)

    @property
    def instructions(self) -> int:
        """The number of instructions that the CPU has run since power-on."""
        return self._runner.instructions

    def watch(self, address: int) -> list[int]:
        """Record when the CPU reaches an instruction, from now on.

        Returns a list that grows as the board runs: each time, the number of instructions that the
        program has run since power-on, without those of interrupts.
        """
        counts: list[int] = []
        runner = self._runner
        runner.at_instruction(address, lambda: counts.append(runner.program_instructions))
        return counts

    @property
    def time_us(self) -> int:
        """Virtual time since power-on in microseconds (an estimate, see the class)."""
        return self._runner.time_us

    # Serial

    @property
    def serial(self) -> str:
        """All serial output of the board since power-on, as text."""
        return self.serial_line.sent.decode("utf-8", errors="replace")

    def write(self, data: bytes) -> None:
        """Send bytes to the board: they arrive at its baud rate while it runs.

        They wait until the program has switched its receiver on, which it does at the start.
        """
        self.serial_line.to_board += data
        self._chip.first(Uart).expect_bytes()

    # Radio

    def _send_packet(self, packet: Packet) -> None:
        self.radio_sent.append((packet.channel, packet.data))
        if self._medium is not None:
            self._medium.send(self, packet)

    def receive(self, packet: Packet) -> None:
        """Receive a packet from another board; its times are on this board's clock."""
        self._chip.first(Radio).receive(packet)

    # Motion

    def tilt(self, x: int, y: int, z: int) -> None:
        """Hold the board so that its accelerometer measures these counts (1/1024 g).

        The axes are those of ``accelerometer.get_values()``: flat on a table with the display up
        is (0, 0, -1024), which is also how a board starts.
        """
        self._motion.hold((x, y, z))

    def play(
        self, recording: object, rate_hz: float = 50, *, wall_limit_s: float | None = None
    ) -> None:
        """Run the board and move it as in a recording.

        ``recording`` is an object with ``samples``, or an array: (n, 3) counts of 1/1024 g in the
        axes of ``accelerometer.get_values()``. A sample takes 1 / ``rate_hz`` seconds; the last
        one stays after the recording. The sensor rounds and clips them as the real one does: see
        :attr:`samples_read` and :attr:`samples_missed`.
        """
        end = self._motion.plan(samples_of(recording), rate_hz)
        try:
            self.run_to(end, wall_limit_s=wall_limit_s)
        finally:
            self._motion.forget_plan()

    @property
    def samples_read(self) -> list[tuple[int, Counts]]:
        """The samples that the board has read from its accelerometer since power-on.

        A list of (time_us, (x, y, z)), in counts as ``accelerometer.get_values()`` shows them.
        """
        return list(self._motion.samples_read)

    def read_since(self, count: int) -> list[tuple[int, Counts]]:
        """:attr:`samples_read` from number ``count`` on, as a list slices: -1 is the last."""
        return self._motion.samples_read[count:]

    @property
    def sensor_count(self) -> SensorCount:
        """The accelerometer's samples since power-on: offered, never read, read more than once."""
        return self._hardware.accelerometer.count

    @property
    def samples_missed(self) -> int:
        """The number of samples of the last :meth:`play` that the board has missed."""
        return self._motion.samples_missed

    def as_read(self, counts: Counts) -> Counts:
        """The value of ``accelerometer.get_values()`` when the true acceleration is ``counts``.

        V2 and V1.5 round to steps of 4 (half up along the sensor's axes), V1.3 down to steps of 16;
        both clip at +-2 g. See ``microbit_ml.virtual.accelerometers``.
        """
        return self._hardware.accelerometer.as_read(counts)

    # LEDs, buttons and pads

    @property
    def leds(self) -> list[list[int]]:
        """Five rows of five brightnesses 0-9, the upper left LED first, as the pins drive them.

        A new picture takes the runtime up to 20 ms to draw.
        """
        return self._hardware.display.brightness()

    def show(self) -> str:
        """The LEDs as five lines of text: a dot for a dark LED, else its brightness 1-9."""
        return as_text(self.leds)

    def press(self, name: str, seconds: float = 0.1, *, wall_limit_s: float | None = None) -> None:
        """Press button "a" or "b", run the board for ``seconds``, and let go.

        "pin0", "pin1", "pin2" and, on V2, "logo" are touched in the same way. The runtime debounces
        a touch: give it 0.3 seconds.
        """
        self.hold(name)
        try:
            self.run(seconds, wall_limit_s=wall_limit_s)
        finally:
            self.release(name)

    def hold(self, name: str) -> None:
        """Press a button or touch a pad, and keep holding it."""
        self._around.hold(self._chip.gpio, name)

    def release(self, name: str) -> None:
        """Let go of a button or a pad."""
        self._around.release(self._chip.gpio, name)

    # Surroundings

    @property
    def temperature(self) -> float:
        """The chip's temperature in degrees Celsius, as ``temperature()`` returns it. 21 at first.

        V2's runtime measures it once a second."""
        return self._around.temperature_celsius

    @temperature.setter
    def temperature(self, degrees: float) -> None:
        self._around.temperature_celsius = degrees

    @property
    def light_level(self) -> int:
        """The brightness, 0 (dark) to 255, as ``display.read_light_level()`` returns it."""
        return self._around.light_level

    @light_level.setter
    def light_level(self, level: int) -> None:
        self._around.light_level = check_level("light_level", level)

    @property
    def sound_level(self) -> int:
        """The loudness, 0 (quiet, as at first) to 255: V2's ``microphone.sound_level()``.

        That value is exact to about 3 %, or 4 levels. V1 has no microphone, so setting it raises
        VirtualBoardError. With sound, a run takes about twice as much real time.
        """
        return self._around.sound_level

    @sound_level.setter
    def sound_level(self, level: int) -> None:
        is_beta = micropython_version(self._chip).startswith("2.0.0-beta")
        self._around.make_sound(level, in_decibels=not is_beta)

    @property
    def magnetic_field(self) -> Field:
        """The magnetic field (x, y, z) in nanotesla, along the axes of ``compass.get_x()``.

        The compass shows it in the sensor's steps, of 100 nT on V1.3 and 150 nT on others. The
        Earth's field is about 50,000 nT strong. At first there is no field.
        """
        return self._around.magnetic_field

    @magnetic_field.setter
    def magnetic_field(self, field: Field) -> None:
        x, y, z = field
        self._around.magnetic_field = (x, y, z)

    @property
    def sounds(self) -> list[tuple[int, float]]:
        """The tones that the speaker has played since power-on: (time_us, frequency in Hz).

        Each is the start of a tone; the frequency 0 is silence. V1 has no speaker: there it is pin
        0, where ``music`` plays.
        """
        return self._hardware.speaker.tones(self._runner.ticks)

    # Inside the board

    @property
    def files(self) -> dict[str, bytes]:
        """The files in the board's flash file system now, by name.

        Raises HexError when the program is not MicroPython or a file is damaged.
        """
        return files_in_flash(self._chip)

    @property
    def drive_files(self) -> dict[str, bytes]:
        """What the interface chip shows on the MICROBIT drive for the program, by name.

        On V2 that is the data log, MY_DATA.HTM, once something was logged (``import log`` in
        MicroPython 2.1 and newer). V1 has no data log: {}.
        """
        interface = self._hardware.interface
        return {} if interface is None else interface.storage.files

    @property
    def fault(self) -> Fault | None:
        """The reason why the program crashed, or None; :meth:`reset` starts the board again."""
        return self._runner.fault
