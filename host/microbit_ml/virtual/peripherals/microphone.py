"""The converter of a board with a microphone: in a sound, samples must differ."""

from __future__ import annotations

from microbit_ml.virtual.peripherals.analog import Saadc

# The number of samples that may be taken together while there is a sound: 0.18 ms at the runtime's
# rate of 176,000 a second. A sound swings faster than the runtime's window of 128 samples is long.
SAMPLES_TOGETHER = 32


class SaadcWithMicrophone(Saadc):
    """Takes its samples in large groups while it is quiet, in small ones while it is not."""

    def triggers_until_effect(self, task: int) -> int | None:
        triggers = super().triggers_until_effect(task)
        if triggers is None or not self.chip.connections.senses.hears_sound():
            return triggers
        return min(triggers, SAMPLES_TOGETHER)
