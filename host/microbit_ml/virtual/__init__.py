"""The virtual micro:bit: boots the unmodified runtime images of both boards.

    from microbit_ml.virtual import VirtualBoard
    with VirtualBoard("v2", hex_text) as board:
        board.run_until(">>>", 2)
        print(board.serial)

The CPU is unicorn's; everything around it is here, one idea a module, from the inside out:

- ``counter``, ``clock``: exact instruction counts, virtual time and the queue of events
- ``nvic``, ``exceptions``, ``cpu``, ``system_control``: a Cortex-M around unicorn's instructions
- ``memory``, ``peripherals``, ``chip``, ``models``: the nRF51822 and the nRF52833
- ``i2c_devices``, ``accelerometers``, ``motion``, ``leds``, ``wiring``: what a board adds
- ``board``, ``serial_port``: what programs use

Its limits: time is instructions times a constant (no cycle model), flash is written in no time,
no Bluetooth, the radio sends into the void, touch, light, sound and magnetic field are constant.
"""

from microbit_ml.virtual.board import VirtualBoard
from microbit_ml.virtual.serial_port import VirtualSerial

__all__ = ["VirtualBoard", "VirtualSerial"]
