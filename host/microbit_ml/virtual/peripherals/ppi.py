"""PPI: channels that connect an event of a peripheral to tasks of others, without the CPU."""

from __future__ import annotations

from microbit_ml.virtual.peripherals.base import Peripheral

CHEN, CHENSET, CHENCLR = 0x500, 0x504, 0x508
CH_EEP, CH_TEP = 0x510, 0x514  # 8 bytes apart
CHG = 0x800  # channel groups
FORK_TEP = 0x910
CHANNELS = 20


class Ppi(Peripheral):
    """Maintains ``chip.ppi_routes``: event address -> the (peripheral, task) pairs it starts."""

    def read_register(self, offset: int) -> int:
        if offset in (CHENSET, CHENCLR):
            offset = CHEN
        return self.registers.get(offset, 0)

    def run_task(self, task: int) -> None:
        """Tasks enable (0, 8, ...) and disable (4, 12, ...) the channels of a group."""
        group = self.registers.get(CHG + 4 * (task >> 3), 0)
        self.write_register(CHENCLR if task & 4 else CHENSET, group)

    def write_register(self, offset: int, value: int) -> None:
        enabled = self.registers.get(CHEN, 0)
        if offset == CHENSET:
            self.registers[CHEN] = enabled | value
        elif offset == CHENCLR:
            self.registers[CHEN] = enabled & ~value
        else:
            self.registers[offset] = value
        self.chip.set_ppi_routes(self._routes())

    def _routes(self) -> dict[int, list[int]]:
        """Event address -> task addresses, of the enabled channels."""
        routes: dict[int, list[int]] = {}
        for channel in range(CHANNELS):
            if not self.registers.get(CHEN, 0) >> channel & 1:
                continue
            event = self.registers.get(CH_EEP + 8 * channel, 0)
            for register in (CH_TEP + 8 * channel, FORK_TEP + 4 * channel):
                task = self.registers.get(register, 0)
                if event and task:
                    routes.setdefault(event, []).append(task)
        return routes
