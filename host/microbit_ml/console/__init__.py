"""A terminal's primitives: screen, keyboard, traces, stopping, explained errors."""
