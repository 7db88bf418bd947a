"""The boards that a model runs on, and why not on the others."""

from __future__ import annotations

from dataclasses import dataclass

from microbit_ml.errors import HexError
from microbit_ml.image.hex import image_for_one
from microbit_ml.model import Model
from microbit_ml.targets import TARGETS


@dataclass(frozen=True)
class Limits:
    """boards: names of the targets that the model runs on; reason: why it does not run on the
    others, in a sentence or two, or "".
    """

    boards: tuple[str, ...]
    reason: str = ""


def limits_of(model: Model) -> Limits:
    """The boards that a model runs on, together with the kit's own program.

    Its files must fit the board's file system, and the model must fit the free memory.
    """
    fitting, reason = [], ""
    for target in TARGETS.values():
        try:
            image_for_one(target.name, model.board_files(board=target.name))
            fitting.append(target)
        except HexError as error:
            reason = reason or str(error)
    heap = model.heap_bytes()
    running = [target for target in fitting if target.has_room(heap)]
    small = [target for target in fitting if target not in running]
    if not running:
        reason = reason or f"It needs {heap} bytes of a board's memory."
        return Limits((), f"This model fits no board. {reason}")
    if small:
        titles = " and ".join(target.title for target in small)
        others = " and ".join(target.title for target in running)
        reason = (
            f"This model needs {heap} bytes of a board's memory, but a {titles} has only "
            f"{small[0].heap_bytes} for it, so it will run on {others} only. For a {titles}, "
            "train with fewer hidden units or a shorter window."
        )
    return Limits(tuple(target.name for target in running), reason)
