"""Fixed point: what the board computes with, specified and proved in ``ARITHMETIC.md``."""
