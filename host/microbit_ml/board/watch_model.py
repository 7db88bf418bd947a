"""What a watched board says about its model: the frames "i" and "n" of :mod:`watching`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from microbit_ml.board.answers import NOT_OURS, AnswerError, Number, all_fit
from microbit_ml.board.frames import Frame
from microbit_ml.board.watch_program import HEADER
from microbit_ml.errors import BoardError
from microbit_ml.features import MAX_WINDOW, MIN_WINDOW
from microbit_ml.quantize.device_file import CHECKSUM, HOP, MAX_LABELS, N_LABELS, PERIOD, WINDOW

_BYTE = Number(0, 255)
_IN_HEADER = {  # what is not any byte
    WINDOW: Number(MIN_WINDOW, MAX_WINDOW),
    HOP: Number(1, MAX_WINDOW),
    PERIOD: Number(1, 255),
    N_LABELS: Number(1, MAX_LABELS),
}


@dataclass(frozen=True)
class BoardModel:
    """What a board reports about its model. window and hop in samples."""

    checksum: int
    window: int
    hop: int
    period_ms: int
    names: tuple[str, ...]


def model_of(received: Sequence[Frame], board: str) -> BoardModel:
    """The model described by the frames "i" and "n"."""
    header = next((frame.numbers for frame in received if frame.letter == "i"), ())
    if not header:
        raise damaged(board)
    shapes = [_IN_HEADER.get(i, _BYTE) for i in range(HEADER.start, HEADER.stop)]
    if not all_fit(shapes, header):
        raise _not_a_model(board, f"its bytes 4 to 16 are {', '.join(map(str, header))[:80]}")
    header = (*[0] * HEADER.start, *header)  # each byte at its own index
    names = [bytearray() for _ in range(header[N_LABELS])]
    for frame in received:
        if frame.letter == "n":
            if not all_fit((Number(0, len(names) - 1), Number(1, 255)), frame.numbers):
                raise _not_a_model(board, f"a letter of a label is {frame.numbers}"[:80])
            names[frame.numbers[0]].append(frame.numbers[1])
    return BoardModel(
        checksum=int.from_bytes(bytes(header[CHECKSUM]), "little"),
        window=header[WINDOW],
        hop=header[HOP],
        period_ms=header[PERIOD],
        names=tuple(_label(name, board) for name in names),
    )


def _label(name: bytearray, board: str) -> str:
    try:
        if name:
            return name.decode("utf-8")
    except UnicodeDecodeError:
        pass
    raise _not_a_model(board, f"a label is {bytes(name[:40])!r}")


def _not_a_model(board: str, why: str) -> BoardError:
    return AnswerError(
        f"The micro:bit on {board} described its model, but {why}. {NOT_OURS}", checked=True
    ).mended_by_flash()


def damaged(board: str) -> BoardError:
    return BoardError(
        f"The micro:bit on {board} described its model, but the line was disturbed. Close other "
        "programs that use its serial port, then try again."
    )
