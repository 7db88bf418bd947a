"""Images of a board's flash, from the bytes of a file to a universal hex."""

from microbit_ml.image.hex import build_hex
from microbit_ml.image.runtime import Runtime, bundled_runtimes, read_runtimes

__all__ = ["Runtime", "build_hex", "bundled_runtimes", "read_runtimes"]
