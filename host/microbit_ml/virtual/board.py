"""The virtual micro:bit: boots a hex image, and is played with from Python."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from microbit_ml import intel_hex
from microbit_ml.errors import VirtualBoardError
from microbit_ml.virtual.accelerometers import Counts
from microbit_ml.virtual.chip import Chip
from microbit_ml.virtual.clock import TICKS_PER_SECOND, TICKS_PER_US
from microbit_ml.virtual.leds import as_text
from microbit_ml.virtual.motion import Motion, samples_of
from microbit_ml.virtual.peripherals.small import ClockAndPower
from microbit_ml.virtual.peripherals.uart import SerialLine, Uart
from microbit_ml.virtual.wiring import BOARDS

# How long a pin takes to charge: an untouched pad or logo, and the display's light sense (on its
# first row's pin, slower the darker it is; this is a room).
_TOUCH_CHARGE_US = 20.0
_LIGHT_CHARGE_US = 2640.0


class VirtualBoard:
    """A micro:bit without a micro:bit: it runs the very MicroPython that real boards run.

    ::

        with VirtualBoard("v2", hex_text) as board:
            board.run_until(">>>", 2)
            board.write(b"print(6 * 7)\\r")
            board.run_until("42", 1)
            print(board.show())

    ``kind`` is "v1" (nRF51822, MMA8653 accelerometer as on V1.3) or "v2" (nRF52833, LSM303AGR);
    ``hex_text`` a universal hex, or a hex of that board alone. The board starts at its reset
    vector when it is first run.

    Time on the board passes only while it runs, and is virtual: each instruction takes 1.75
    cycles of 16 MHz (V1) or 64 MHz (V2). That is an estimate, so all times are; but the same
    actions give the same bytes and the same number of instructions, always. Boards are
    independent of each other; a process may have many.

    Every method that runs the board raises VirtualBoardError when the program crashes
    (HardFault), or when the board needs more than ``wall_limit_s`` seconds of real time, where
    that can be given. Raises HexError for an image that does not fit, VirtualBoardError for a
    kind that does not exist.
    """

    def __init__(self, kind: str, hex_text: str) -> None:
        if kind not in BOARDS:
            raise VirtualBoardError(
                f"There is no virtual board called {kind!r}. Choose one of: {', '.join(BOARDS)}."
            )
        self.kind = kind
        self._is_closed = False
        self._wiring = wiring = BOARDS[kind]
        self.serial_line = SerialLine(*wiring.serial)
        self._chip = Chip(
            wiring.chip,
            intel_hex.parse(hex_text, kind).segments,
            serial_line=self.serial_line,
            charge_time_us=self._charge_time_us,
        )
        self._clock = self._chip.clock
        self._motion = Motion(self._clock)
        self._display = wiring.display(self._chip)
        for pin in (*wiring.idle_high, *wiring.buttons.values(), wiring.accelerometer_pin):
            self._chip.gpio.hold(pin, 1)
        self._accelerometer = wiring.accelerometer(
            self._clock,
            self._motion.feel,
            lambda level: self._chip.gpio.hold(wiring.accelerometer_pin, level),
            self._motion.note_read,
        )
        self._chip.i2c_buses[wiring.i2c] = {
            wiring.accelerometer.ADDRESS: self._accelerometer,
            wiring.magnetometer_address: wiring.magnetometer(),
        }

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
        """Switch the board off: it cannot run any more; what it has sent can still be read."""
        self._is_closed = True

    # Running

    def run(self, seconds: float, *, wall_limit_s: float | None = None) -> None:
        """Run for so many seconds of virtual time."""
        self._run(seconds, None, wall_limit_s)

    def run_until(
        self,
        condition: str | Callable[[], bool],
        seconds: float,
        *,
        wall_limit_s: float | None = None,
    ) -> bool:
        """Run until the condition is met, for at most so many seconds of virtual time.

        A text is met when it appears in what the board sends over serial from this call on; a
        function when it returns true (it is asked several hundred times a second, and at once
        when the board has sent something). Returns whether the condition was met.
        """
        stop = self._text_appears(condition) if isinstance(condition, str) else condition
        return self._run(seconds, stop, wall_limit_s)

    def _run(
        self, seconds: float, stop: Callable[[], bool] | None, wall_limit_s: float | None
    ) -> bool:
        return self._run_to(
            self._clock.ticks + round(seconds * TICKS_PER_SECOND), stop, wall_limit_s
        )

    def _run_to(
        self, ticks: int, stop: Callable[[], bool] | None, wall_limit_s: float | None
    ) -> bool:
        if self._is_closed:
            raise VirtualBoardError(
                "The virtual board is switched off: close() was called, or its with block is over. "
                "Make a new VirtualBoard to go on."
            )
        return self._chip.cpu.run(ticks, stop, wall_limit_s)

    def _text_appears(self, text: str) -> Callable[[], bool]:
        """A condition: the text has been sent since now."""
        wanted, sent = text.encode(), self.serial_line.sent
        searched_to = len(sent)

        def stop() -> bool:
            nonlocal searched_to
            if len(sent) == searched_to:
                return not wanted
            start = max(began, searched_to - len(wanted) + 1)
            searched_to = len(sent)
            return sent.find(wanted, start) >= 0

        began = searched_to
        return stop

    def reset(self) -> None:
        """Press the reset button: the program starts again; files stay."""
        self._chip.reset(ClockAndPower.RESET_PIN)

    @property
    def instructions(self) -> int:
        """How many instructions the CPU has run since power-on."""
        return self._clock.instructions

    @property
    def time_us(self) -> int:
        """Virtual time since power-on in microseconds (an estimate, see the class)."""
        return self._clock.ticks // TICKS_PER_US

    # Serial

    @property
    def serial(self) -> str:
        """All that the board has sent over serial since power-on, as text."""
        return self.serial_line.sent.decode("utf-8", errors="replace")

    def write(self, data: bytes) -> None:
        """Send bytes to the board: they arrive at the pace of its baud rate while it runs.

        They wait until the program has switched its receiver on, as it does when it starts.
        """
        self.serial_line.to_board += data
        self._chip.first(Uart).expect_bytes()

    @property
    def radio_sent(self) -> list[tuple[int, bytes]]:
        """What the board has sent by radio since power-on: (channel, packet) in turn."""
        return list(self._chip.radio_sent)

    # Motion

    def tilt(self, x: int, y: int, z: int) -> None:
        """Hold the board so that its accelerometer feels these counts (1/1024 g).

        The axes are those of ``accelerometer.get_values()``: flat on a table with the display up
        is (0, 0, -1024), which is also how a board starts.
        """
        self._motion.hold((x, y, z))

    def play(
        self, recording: object, rate_hz: float = 50, *, wall_limit_s: float | None = None
    ) -> None:
        """Move the board as in a recording, while it runs.

        ``recording`` is an object with ``samples``, or an array: (n, 3) counts of 1/1024 g in the
        axes of ``accelerometer.get_values()``. A sample takes 1 / ``rate_hz`` seconds; the last
        one stays when the recording is over. The sensor rounds and clips them as the real one
        does: see :attr:`samples_read`, and :attr:`samples_missed`.
        """
        samples = samples_of(recording)
        began = self._clock.ticks
        self._motion.begin()
        for i, counts in enumerate(samples, start=1):
            self._motion.offer(counts)
            until = began + round(i * TICKS_PER_SECOND / rate_hz)
            self._run_to(until, None, wall_limit_s)

    @property
    def samples_read(self) -> list[tuple[int, Counts]]:
        """What the board has read from its accelerometer since power-on.

        A list of (time_us, (x, y, z)), in counts as ``accelerometer.get_values()`` shows them.
        """
        return list(self._motion.samples_read)

    @property
    def samples_missed(self) -> int:
        """How many samples of the last :meth:`play` the board has not read, and no longer can."""
        return self._motion.samples_missed

    def as_read(self, counts: Counts) -> Counts:
        """What ``accelerometer.get_values()`` shows when the board feels these counts.

        V2 rounds to steps of 4 (half up along the sensor's axes), V1.3 then down to steps of 16;
        both clip at +-2 g. See :mod:`microbit_ml.virtual.accelerometers`.
        """
        return self._accelerometer.as_read(counts)

    # LEDs and buttons

    @property
    def leds(self) -> list[list[int]]:
        """Five rows of five brightnesses 0-9, the upper left LED first, as the pins drive them.

        It takes up to 20 ms until the runtime has drawn a new picture.
        """
        return self._display.brightness()

    def show(self) -> str:
        """The LEDs as five lines of text: a point for a dark one, else its brightness 1-9."""
        return as_text(self.leds)

    def press(self, button: str, seconds: float = 0.1) -> None:
        """Press button "a" or "b", run the board for so long, and let go."""
        self.hold(button)
        self.run(seconds)
        self.release(button)

    def hold(self, button: str) -> None:
        """Press a button and keep it down."""
        self._chip.gpio.hold(self._button_pin(button), 0)

    def release(self, button: str) -> None:
        """Let go of a button."""
        self._chip.gpio.hold(self._button_pin(button), 1)

    def _button_pin(self, button: str) -> int:
        pin = self._wiring.buttons.get(button)
        if pin is None:
            names = " and ".join(self._wiring.buttons)
            raise VirtualBoardError(f"There is no button {button!r}. The buttons are {names}.")
        return pin

    def _charge_time_us(self, pin: int) -> float:
        return _LIGHT_CHARGE_US if pin == self._wiring.display.ROWS[0] else _TOUCH_CHARGE_US
