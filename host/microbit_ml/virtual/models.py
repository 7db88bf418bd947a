"""The two chips of the micro:bit: nRF51822 (V1) and nRF52833 (V2).

Numbers, sizes and factory words from the nRF51822 and nRF52833 Product Specifications. Device
identifiers and addresses are invented.
"""

from __future__ import annotations

from microbit_ml.virtual.chip import DEVICEID0, ChipModel
from microbit_ml.virtual.peripherals.analog import Adc
from microbit_ml.virtual.peripherals.gpiote import Gpiote
from microbit_ml.virtual.peripherals.microphone import SaadcWithMicrophone
from microbit_ml.virtual.peripherals.ppi import Ppi
from microbit_ml.virtual.peripherals.pwm import Pwm
from microbit_ml.virtual.peripherals.radio import Radio
from microbit_ml.virtual.peripherals.rtc import RealTimeCounter
from microbit_ml.virtual.peripherals.serial_block import SerialBlock
from microbit_ml.virtual.peripherals.small import (
    ClockAndPower,
    EventGenerator,
    FlashController,
    RandomNumbers,
    Temperature,
)
from microbit_ml.virtual.peripherals.timer import Timer
from microbit_ml.virtual.peripherals.uart import Uart

# FICR, by offset
_CODEPAGESIZE, _CODESIZE = 0x010, 0x014
_DEVICEID1, _DEVICEADDRTYPE, _DEVICEADDR0, _DEVICEADDR1 = 0x064, 0x0A0, 0x0A4, 0x0A8
_NUMRAMBLOCK, _SIZERAMBLOCKS, _CONFIGID, _OVERRIDEEN = 0x034, 0x038, 0x05C, 0x0AC
_INFO_PART, _INFO_VARIANT, _INFO_RAM, _INFO_FLASH = 0x100, 0x104, 0x10C, 0x110
_TEMP_A0 = 0x404

_IDENTITY = {
    DEVICEID0: 0x1234_5678,
    _DEVICEID1: 0x9ABC_DEF0,
    _DEVICEADDRTYPE: 1,
    _DEVICEADDR0: 0xC0FF_EE11,
    _DEVICEADDR1: 0xC0DE,
}

# Both chips have these at the same addresses.
_COMMON = {
    0x00: ClockAndPower,
    0x01: Radio,
    0x02: Uart,
    0x03: SerialBlock,
    0x04: SerialBlock,
    0x06: Gpiote,
    0x08: Timer,
    0x09: Timer,
    0x0A: Timer,
    0x0B: RealTimeCounter,
    0x0C: Temperature,
    0x0D: RandomNumbers,
    0x11: RealTimeCounter,
    0x14: EventGenerator,
    0x15: EventGenerator,
    0x16: EventGenerator,
    0x17: EventGenerator,
    0x18: EventGenerator,
    0x19: EventGenerator,
    0x1E: FlashController,
    0x1F: Ppi,
}

NRF51822 = ChipModel(
    name="nRF51822",
    is_m4=False,
    interrupts=32,
    priority_bits=2,
    ticks_per_instruction=56,  # 1.75 cycles of 16 MHz
    flash_size=256 * 1024,
    page_size=1024,
    ram_size=16 * 1024,
    ports=1,
    factory=_IDENTITY
    | {
        _CODEPAGESIZE: 1024,
        _CODESIZE: 256,
        _NUMRAMBLOCK: 2,
        _SIZERAMBLOCKS: 8 * 1024,
        _CONFIGID: 0x003C_007B,  # hardware revision H0
        _OVERRIDEEN: 0xFFFF_FFFF,
    },
    # The start-up code reads the chip's revision from the ROM table to choose its workarounds.
    fixed_memory={0xF000_0FE0: bytes.fromhex("01000000 00000000 70000000 00000000")},
    peripherals=_COMMON | {0x07: Adc},
)

NRF52833 = ChipModel(
    name="nRF52833",
    is_m4=True,
    interrupts=48,
    priority_bits=3,
    ticks_per_instruction=14,  # 1.75 cycles of 64 MHz
    flash_size=512 * 1024,
    page_size=4096,
    ram_size=128 * 1024,
    ports=2,
    factory=_IDENTITY
    | {
        _CODEPAGESIZE: 4096,
        _CODESIZE: 128,
        _INFO_PART: 0x52833,
        _INFO_VARIANT: 0x4141_4130,  # "AAA0"
        _INFO_RAM: 128,
        _INFO_FLASH: 512,
    }
    | {_TEMP_A0 + 4 * i: 0x320 if i < 6 else 0 for i in range(17)},
    fixed_memory={},
    peripherals=_COMMON
    | {
        0x07: SaadcWithMicrophone,
        0x1A: Timer,
        0x1B: Timer,
        0x1C: Pwm,
        0x21: Pwm,
        0x22: Pwm,
        0x23: SerialBlock,
        0x24: RealTimeCounter,
        0x28: Uart,
        0x2D: Pwm,
        0x2F: SerialBlock,
    },
)
