"""How a command line's paths and numbers are read, the same for every verb."""

from __future__ import annotations

import argparse
from argparse import ArgumentTypeError
from pathlib import Path

from microbit_ml.common.numbers import number_in, whole_number_in


def add_types(parser: argparse.ArgumentParser) -> None:
    """How arguments of the types Path, int and float are read: no empty path, and strict numbers.

    ``Path("")`` would be the current folder, ``int("1_0")`` would be 10.
    """
    parser.register("type", Path, _path)
    parser.register("type", int, _whole_number)
    parser.register("type", float, _number)


def _path(text: str) -> Path:
    if not text.strip():
        raise ArgumentTypeError("It is empty. Give the name of a file or a folder.")
    if "\0" in text:
        raise ArgumentTypeError(f"{text!r} has a zero character, which no name can have.")
    return Path(text)


def _whole_number(text: str) -> int:
    number = whole_number_in(text)
    if number is None:
        raise ValueError
    return number


def _number(text: str) -> float:
    number = number_in(text)
    if number != number:
        raise ValueError
    return number
