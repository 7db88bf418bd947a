"""The MicroPythons that the kit brings along, each for V1 and V2, from two packages of others.

| name | V1 | V2 | package |
|---|---|---|---|
| uflash | 1.0.1 | 2.0.0-beta.5 | uflash |
| current | 1.1.1 | 2.1.2 | micropython-microbit-fs |
"""

from __future__ import annotations

from functools import lru_cache

from microbit_ml.image.intel_hex import parse, write_universal
from microbit_ml.targets import V1, V2

UFLASH, CURRENT = "uflash", "current"
STOCK = {UFLASH: "1.0.1 and 2.0.0-beta.5", CURRENT: "1.1.1 and 2.1.2"}
DEFAULT = UFLASH


def texts_of(name: str) -> list[str]:
    """The hexes of a pair of MicroPythons: one universal one, or a plain one for each board."""
    if name == UFLASH:
        import uflash  # 1.8 MB of text: loaded when it is needed

        return [uflash._RUNTIME]
    from micropython_microbit_fs import get_bundled_hex

    return [get_bundled_hex(1, "1.1.1").content, get_bundled_hex(2, "2.1.2").content]


@lru_cache(maxsize=len(STOCK))
def text_of(name: str = DEFAULT) -> str:
    """The universal hex of a pair of MicroPythons, without files."""
    texts = texts_of(name)
    if len(texts) == 1:
        return texts[0]
    boards = (V1.name, V2.name)
    return write_universal({b: parse(t, b) for b, t in zip(boards, texts, strict=True)})
