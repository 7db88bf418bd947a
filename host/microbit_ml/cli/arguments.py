"""Types of arguments that several verbs take: what can never be right is wrong usage at once."""

from __future__ import annotations

from argparse import ArgumentTypeError

from microbit_ml.errors import DataError
from microbit_ml.recordings.dataset import label_folder_names
from microbit_ml.recordings.recording import composed


def label_text(text: str) -> str:
    """A label, or "" for none, in composed form, that a data set can keep."""
    try:
        label = composed(text, "label")
        label_folder_names([label])
    except DataError as error:
        raise ArgumentTypeError(str(error)) from error
    return label


def subject_text(text: str) -> str:
    """A person's name, or "" for none, in composed form."""
    try:
        return composed(text, "subject")
    except DataError as error:
        raise ArgumentTypeError(str(error)) from error


def board_name(text: str) -> str:
    """What --board takes: any name but that of a virtual board that there is not."""
    if not text.lower().startswith("virtual"):
        return text
    from microbit_ml.board.link import VIRTUAL, is_virtual  # loads what talks to boards

    if not is_virtual(text):
        raise ArgumentTypeError(f"There is no board {text!r}. There are: {', '.join(VIRTUAL)}.")
    if text.lower() not in VIRTUAL:
        from microbit_ml.virtual.protocol_virtual import parse_url

        try:
            parse_url(text)
        except OSError as error:  # pyserial's SerialException
            raise ArgumentTypeError(str(error)) from error
    return text
