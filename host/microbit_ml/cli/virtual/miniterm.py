"""pyserial's terminal on a virtual board."""

from __future__ import annotations

import sys

import serial
from serial.tools.miniterm import Miniterm

from microbit_ml.console.screen import write
from microbit_ml.virtual import VirtualBoard, share_board, unshare_board

_NAME = "miniterm"


class _Terminal(Miniterm):
    """Miniterm, without a traceback from its reading thread when the board crashes."""

    def reader(self) -> None:
        """Show what the board sends, until the terminal ends or the board crashes."""
        try:
            super().reader()
        except OSError:  # pyserial's own errors are OSErrors as well
            write("\r\nThe board has stopped. Press a key to quit.\r", file=sys.stderr)


def run_miniterm(board: VirtualBoard) -> None:
    """Let miniterm talk to the board at real pace until Ctrl-] is typed.

    Raises VirtualBoardError when the program on the board has crashed.
    """
    share_board(_NAME, board)
    try:
        port = serial.serial_for_url(f"virtual://{board.kind}?name={_NAME}&pace=real")
        terminal = _Terminal(port, eol="cr")  # MicroPython's prompt takes CR for Enter
        terminal.set_rx_encoding("UTF-8")
        terminal.set_tx_encoding("UTF-8")
        terminal.start()
        try:
            terminal.join(True)
        finally:
            terminal.console.cleanup()
            terminal.join()
            terminal.close()
    finally:
        unshare_board(_NAME)
    board.run(0.001)  # raises the error of a crashed program
