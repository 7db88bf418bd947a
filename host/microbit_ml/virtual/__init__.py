"""The virtual micro:bit: boots the unmodified runtime images of both boards::

    from microbit_ml.virtual import VirtualBoard
    with VirtualBoard("v2", hex_text) as board:
        board.run_until(">>>", 2)
        print(board.serial)

The CPU is unicorn's; everything around it is here, one idea per module, from the inside out:

- ``counter``, ``clock``: exact instruction counts, virtual time and the queue of events
- ``registers``, ``nvic``, ``exceptions``, ``page_access``, ``cpu``, ``system_control``: a Cortex-M
  around unicorn's instructions
- ``memory``, ``connections``, ``peripherals``, ``chip``, ``models``: the nRF51822 and the nRF52833
- ``i2c_devices``, ``sensors``, ``accelerometers``, ``magnetometers``, ``interface_storage``,
  ``interface_chip``, ``motion``, ``surroundings``, ``speaker``, ``leds``, ``wiring``, ``hardware``:
  the rest of a board
- ``running``, ``board``, ``radio_medium``, ``flash_files``, ``serial_port``: what programs use
- ``pacing``, ``protocol_virtual``, ``pty_port``, ``drive``: real time; ports and a MICROBIT drive
  for programs that expect a real board

Its limits: time is instructions times a constant (no cycle model), flash is written instantly, no
Bluetooth, no distance between radios, no analogue inputs, no power that is off.
"""

import serial

from microbit_ml.virtual.board import VirtualBoard
from microbit_ml.virtual.drive import VirtualDrive
from microbit_ml.virtual.protocol_virtual import share_board, unshare_board
from microbit_ml.virtual.radio_medium import RadioMedium
from microbit_ml.virtual.running import Fault
from microbit_ml.virtual.serial_port import VirtualSerial

__all__ = [
    "Fault",
    "RadioMedium",
    "VirtualBoard",
    "VirtualDrive",
    "VirtualSerial",
    "share_board",
    "unshare_board",
]

# serial.serial_for_url("virtual://v2") looks for the module protocol_virtual in these packages.
if __name__ not in serial.protocol_handler_packages:
    serial.protocol_handler_packages.append(__name__)
