"""The tones of a speaker, from the edges of its voltage."""

from __future__ import annotations

from microbit_ml.virtual.clock import TICKS_PER_SECOND, TICKS_PER_US

# Two edges further apart than this are not one tone: people cannot hear below 20 Hz.
_LONGEST_PERIOD = TICKS_PER_SECOND // 20
# Periods of one tone differ by less than this fraction; a semitone is 6 %.
_SAME_TONE = 0.03
# A single odd period is the seam between two tones.
_FEWEST_PERIODS = 2


class Speaker:
    """Records the rising edges of the voltage, and joins equal periods to a tone.

    ``resolution_us`` is the time resolution of the source's edges.
    """

    def __init__(self, resolution_us: float) -> None:
        self._tolerance = round(1.5 * resolution_us * TICKS_PER_US)
        self._tones: list[tuple[int, float]] = []
        self._began = self._latest = 0  # of the current tone, ticks
        self._periods = 0
        self._sounding = False  # whether a tone is playing

    def rises(self, ticks: int) -> None:
        """The voltage rises at this time."""
        period = ticks - self._latest
        if self._sounding and self._ends(period):
            self._end_tone(silent=period > self._silence())
        if not self._sounding:
            self._began, self._periods, self._sounding = ticks, 0, True
        else:
            self._periods += 1
        self._latest = ticks

    def _mean(self) -> float:
        return (self._latest - self._began) / self._periods

    def _silence(self) -> float:
        """The time after an edge at which the tone is over."""
        return 1.5 * self._mean() + self._tolerance if self._periods else _LONGEST_PERIOD

    def _ends(self, period: int) -> bool:
        if not self._periods:
            return period > _LONGEST_PERIOD
        return abs(period - self._mean()) > max(self._tolerance, _SAME_TONE * self._mean())

    def _end_tone(self, silent: bool) -> None:
        """The current tone is over: silence follows, or another tone from its last edge on."""
        self._tones += self._present()
        if silent:
            self._tones += self._silence_after()
            self._sounding = False
        self._began, self._periods = self._latest, 0

    def _present(self) -> list[tuple[int, float]]:
        if self._periods < _FEWEST_PERIODS:
            return []
        return [(self._began // TICKS_PER_US, TICKS_PER_SECOND / self._mean())]

    def _silence_after(self) -> list[tuple[int, float]]:
        if not self._periods:
            return []
        return [(round(self._latest + self._mean()) // TICKS_PER_US, 0.0)]

    def tones(self, now: int) -> list[tuple[int, float]]:
        """All tones up to now: (time_us, frequency in Hz), frequency 0 where silence begins."""
        tones = self._tones + self._present()
        if self._sounding and now - self._latest > self._silence():
            tones += self._silence_after()
        return tones
