"""The private peripheral bus of the Cortex-M: the registers of the interrupt controller and system.

The region 0xE000_0000-0xE00F_FFFF holds, among others, the NVIC (0xE000_E100...), the System
Control Block (0xE000_ED00...) and the cycle counter (DWT, 0xE000_1004). Registers
without an effect in this model keep what is written to them. SysTick is one of these: neither
runtime uses it.
"""

from __future__ import annotations

from collections.abc import Callable

from microbit_ml.virtual.cpu import CortexM
from microbit_ml.virtual.nvic import FIRST_INTERRUPT, NMI, PENDSV, SYSTICK, bits

PRIVATE_BUS = 0xE000_0000
PRIVATE_BUS_SIZE = 0x10_0000

# Offsets from 0xE000_0000.
DWT_CYCCNT = 0x1004
NVIC_ISER, NVIC_ICER, NVIC_ISPR, NVIC_ICPR, NVIC_IABR, NVIC_IPR = (
    0xE100, 0xE180, 0xE200, 0xE280, 0xE300, 0xE400,
)  # fmt: skip
SCB_CPUID, SCB_ICSR, SCB_VTOR, SCB_AIRCR, SCB_CCR, SCB_SHPR1 = (
    0xED00, 0xED04, 0xED08, 0xED0C, 0xED14, 0xED18,
)  # fmt: skip
SCB_CPACR = 0xED88
NVIC_STIR = 0xEF00

_AIRCR_KEY = 0x05FA
_AIRCR_READS = 0xFA05_0000
_AIRCR_SYSRESETREQ = 1 << 2
_CCR_STACK_ALIGNED = 1 << 9
_CPACR_FPU_ON = 0xF << 20
_CPUID = {False: 0x410C_C200, True: 0x410F_C241}  # M0, M4
_CYCLES_SHIFT = 3  # 512 MHz ticks to 64 MHz cycles

_MASK32 = 0xFFFF_FFFF


class SystemControl:
    """Reads and writes of the private bus, as unicorn's memory callbacks.

    ``on_enable(n)`` is called when the interrupt of peripheral n is enabled.
    """

    def __init__(self, cpu: CortexM, on_enable: Callable[[int], None]) -> None:
        self._cpu = cpu
        self._nvic = cpu.nvic
        self._on_enable = on_enable
        self._plain: dict[int, int] = {}
        self._last_priority = NVIC_IPR + self._nvic.interrupts
        cpu.uc.mmio_map(PRIVATE_BUS, PRIVATE_BUS_SIZE, self._read, None, self._write, None)

    def reset(self) -> None:
        self._plain.clear()

    # Reading

    def _read(self, uc: object, offset: int, size: int, user_data: object) -> int:
        word = self._read_word(offset & ~3)
        return (word >> 8 * (offset & 3)) & ((1 << 8 * size) - 1)

    def _read_word(self, offset: int) -> int:
        nvic = self._nvic
        if NVIC_ISER <= offset < NVIC_IPR:
            if offset < NVIC_ISPR:
                mask = nvic.enabled
            elif offset < NVIC_IABR:
                mask = nvic.pending
            else:
                mask = sum(1 << exception for exception in nvic.active)
            return mask >> FIRST_INTERRUPT + 8 * (offset & 0x1F) & _MASK32
        if NVIC_IPR <= offset < self._last_priority:
            return self._priorities(FIRST_INTERRUPT + offset - NVIC_IPR)
        if SCB_SHPR1 <= offset < SCB_SHPR1 + 12:
            return self._priorities(4 + offset - SCB_SHPR1)
        if offset == SCB_CPUID:
            return _CPUID[self._cpu.is_m4]
        if offset == SCB_ICSR:
            return self._read_icsr()
        if offset == SCB_VTOR:
            return self._cpu.exceptions.vector_table
        if offset == SCB_AIRCR:
            return _AIRCR_READS
        if offset == SCB_CCR:
            return self._plain.get(offset, 0) | _CCR_STACK_ALIGNED
        if offset == SCB_CPACR:
            return _CPACR_FPU_ON
        if offset == DWT_CYCCNT:
            return self._cpu.clock.now() >> _CYCLES_SHIFT & _MASK32
        return self._plain.get(offset, 0)

    def _priorities(self, first: int) -> int:
        four = self._nvic.priority[first : first + 4]
        return sum((priority & 0xFF) << 8 * i for i, priority in enumerate(four))

    def _read_icsr(self) -> int:
        """ICSR: VECTACTIVE 0-8, RETTOBASE 11, VECTPENDING 12-20, ISRPENDING 22, PENDST 26,
        PENDSV 28."""
        nvic = self._nvic
        ready = nvic.ready()
        first = min(bits(ready), key=nvic.priority.__getitem__, default=0)
        return (
            (nvic.active[-1] if nvic.active else 0)
            | (len(nvic.active) <= 1) << 11
            | first << 12
            | bool(nvic.pending >> FIRST_INTERRUPT) << 22
            | (nvic.pending >> SYSTICK & 1) << 26
            | (nvic.pending >> PENDSV & 1) << 28
        )

    # Writing

    def _write(self, uc: object, offset: int, size: int, value: int, user_data: object) -> None:
        nvic = self._nvic
        if NVIC_IPR <= offset < self._last_priority:
            for i in range(size):
                nvic.set_priority(FIRST_INTERRUPT + offset - NVIC_IPR + i, value >> 8 * i & 0xFF)
        elif SCB_SHPR1 <= offset < SCB_SHPR1 + 12:
            for i in range(size):
                nvic.set_priority(4 + offset - SCB_SHPR1 + i, value >> 8 * i & 0xFF)
        elif NVIC_ISER <= offset < NVIC_IABR:
            self._write_interrupt_bits(offset, value << FIRST_INTERRUPT + 8 * (offset & 0x1F))
        elif offset == SCB_ICSR:
            self._write_icsr(value)
        elif offset == SCB_VTOR:
            self._cpu.exceptions.vector_table = value & ~0x7F
        elif offset == SCB_AIRCR:
            if value >> 16 == _AIRCR_KEY and value & _AIRCR_SYSRESETREQ:
                self._cpu.request_reset()
        elif offset == NVIC_STIR:
            nvic.pend(FIRST_INTERRUPT + (value & 0x1FF))
        else:
            word = offset & ~3
            shift = 8 * (offset & 3)
            mask = ((1 << 8 * size) - 1) << shift
            self._plain[word] = self._plain.get(word, 0) & ~mask | value << shift

    def _write_interrupt_bits(self, offset: int, mask: int) -> None:
        nvic = self._nvic
        mask &= (1 << FIRST_INTERRUPT + nvic.interrupts) - 1
        if offset < NVIC_ICER:
            nvic.enable(mask)
            for exception in bits(mask):
                self._on_enable(exception - FIRST_INTERRUPT)
        elif offset < NVIC_ISPR:
            nvic.disable(mask)
        elif offset < NVIC_ICPR:
            for exception in bits(mask):
                nvic.pend(exception)
        else:
            nvic.unpend(mask)

    def _write_icsr(self, value: int) -> None:
        """ICSR: bits that set (31 NMI, 28 PendSV, 26 SysTick) or clear (27, 25) a pending state."""
        nvic = self._nvic
        if value >> 27 & 1:
            nvic.unpend(1 << PENDSV)
        if value >> 25 & 1:
            nvic.unpend(1 << SYSTICK)
        for bit, exception in ((31, NMI), (28, PENDSV), (26, SYSTICK)):
            if value >> bit & 1:
                nvic.pend(exception)
