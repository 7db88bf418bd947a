"""What a Cortex-M4 has beyond a Cortex-M0, as far as the kernels of V2 need it.

Every encoding is from the ARMv7-M Architecture Reference Manual, section A7.7; all are two
halfwords.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from microbit_ml.thumb.cortex_m0 import Encoder, register


def encoders() -> Iterator[tuple[str, Callable[..., Encoder]]]:
    """Every mnemonic with the function that turns its operands into an encoder."""
    yield "smlad", _smlad


def _smlad(rd: object, rn: object, rm: object, ra: object) -> Encoder:
    """Both halves of rn times those of rm, and ra."""
    second = register(ra) << 12 | register(rd) << 8 | register(rm)
    return lambda labels, place: [0xFB20 | register(rn), second]
