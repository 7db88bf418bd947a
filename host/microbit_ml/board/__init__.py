"""Boards: hex images and their file system, finding boards, raw REPL, flashing."""

from microbit_ml.board.boards import AttachedBoard, choose_board, drive_of, find_boards
from microbit_ml.board.drives import BoardDrive
from microbit_ml.board.flash import FlashError, flash_hex
from microbit_ml.board.image import build_hex
from microbit_ml.board.ports import BoardPort, open_port
from microbit_ml.board.repl import BoardProgramError, CommandTooLongError, RawRepl
from microbit_ml.board.runtime import Runtime, bundled_runtimes, read_runtimes

__all__ = [
    "AttachedBoard",
    "BoardDrive",
    "BoardPort",
    "BoardProgramError",
    "CommandTooLongError",
    "FlashError",
    "RawRepl",
    "Runtime",
    "build_hex",
    "bundled_runtimes",
    "choose_board",
    "drive_of",
    "find_boards",
    "flash_hex",
    "open_port",
    "read_runtimes",
]
