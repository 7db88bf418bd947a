"""On which boards a model runs, and why not on the others."""

from __future__ import annotations

from dataclasses import dataclass

from microbit_ml.errors import HexError
from microbit_ml.image import build_hex
from microbit_ml.model import V1_HEAP_BYTES, Model


@dataclass(frozen=True)
class Fit:
    """boards: "v1" and "v2", or fewer; reason: why not both, in a sentence or two, or ""."""

    boards: tuple[str, ...]
    reason: str = ""


def fit_of(model: Model) -> Fit:
    """On which boards a model runs beside the kit's own program.

    Its files must fit the boards' file system, and on V1 the model must fit the memory as well.
    """
    try:
        build_hex({"v2": model.board_files(board="v2")})
    except HexError as error:
        return Fit((), f"This model fits no board. {error}")
    if model.heap_bytes() > V1_HEAP_BYTES:
        return Fit(
            ("v2",),
            f"This model takes {model.heap_bytes()} bytes of a board's memory, and a V1 has "
            f"{V1_HEAP_BYTES} for it: it will run on V2 only. For V1, train with fewer hidden "
            "units or a shorter window.",
        )
    return Fit(("v1", "v2"))
