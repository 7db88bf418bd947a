"""Fixed-point arithmetic of the board, specified and proved in ``ARITHMETIC.md``."""
