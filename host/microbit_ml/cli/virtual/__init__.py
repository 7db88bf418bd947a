"""``virtual``: a virtual micro:bit in the terminal, or as a port."""

from microbit_ml.cli.virtual.command import add_arguments, run

__all__ = ["add_arguments", "run"]
