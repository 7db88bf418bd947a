"""Real boards: finding them, their serial line and raw REPL, flashing, uploads, recording."""

from microbit_ml.board.boards import AttachedBoard, choose_board, drive_of, find_boards
from microbit_ml.board.drives import BoardDrive
from microbit_ml.board.flash import FlashError, flash_hex
from microbit_ml.board.ports import BoardPort, open_port
from microbit_ml.board.repl import BoardProgramError, CommandTooLongError, RawRepl

__all__ = [
    "AttachedBoard",
    "BoardDrive",
    "BoardPort",
    "BoardProgramError",
    "CommandTooLongError",
    "FlashError",
    "RawRepl",
    "choose_board",
    "drive_of",
    "find_boards",
    "flash_hex",
    "open_port",
]
