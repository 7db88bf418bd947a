"""The MicroPythons that the kit brings along, each for V1 and V2, from two packages of others.

| name | V1 | V2 | package |
|---|---|---|---|
| current | 1.1.1 | 2.1.2 | micropython-microbit-fs |
| uflash | 1.0.1 | 2.0.0-beta.5 | uflash |

``current`` is the default: the newest releases for the two boards.
"""

from __future__ import annotations

from functools import lru_cache

from microbit_ml.image.intel_hex import parse, write_universal
from microbit_ml.targets import V1, V2

CURRENT, UFLASH = "current", "uflash"
STOCK = {CURRENT: "1.1.1 and 2.1.2", UFLASH: "1.0.1 and 2.0.0-beta.5"}
DEFAULT = CURRENT


def texts_of(name: str) -> list[str]:
    """The hexes of a pair of MicroPythons: one universal one, or a plain one for each board."""
    if name == UFLASH:
        import uflash  # 1.8 MB of text: loaded when it is needed

        return [uflash._RUNTIME]
    from micropython_microbit_fs import get_bundled_hex

    return [get_bundled_hex(1, "1.1.1").content, get_bundled_hex(2, "2.1.2").content]


def text_of(name: str | None = None) -> str:
    """The universal hex of a pair of MicroPythons, without files; the default pair for None."""
    return _joined(name or DEFAULT)


@lru_cache(maxsize=len(STOCK))
def _joined(name: str) -> str:
    texts = texts_of(name)
    if len(texts) == 1:
        return texts[0]
    boards = (V1.name, V2.name)
    return write_universal({b: parse(t, b) for b, t in zip(boards, texts, strict=True)})
