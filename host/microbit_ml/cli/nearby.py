"""Files in this folder that a hint can name, so that its command works as it stands."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from microbit_ml.common.wording import command
from microbit_ml.recordings import GESTURES

NEW_DATA = "my-gestures"  # a folder for new recordings


def model_here() -> Path | None:
    """The newest model in this folder, or None."""
    models = [path for path in Path().glob("*.mbml") if path.is_file()]
    return max(models, key=lambda path: (path.stat().st_mtime, path.name), default=None)


def data_here() -> Path | None:
    """The newest data set in this folder, or None."""
    found = [path.parent for path in Path().glob("*/dataset.json")]
    return max(found, key=lambda path: (path.stat().st_mtime, path.name), default=None)


def steps_to_model() -> tuple[str, Path]:
    """The commands that make a model where there is none, and the model that they write."""
    if data := data_here():
        return command("train", data), Path(f"{data.name}.mbml")
    steps = f"{command('simulate', NEW_DATA)}, then {command('train', NEW_DATA)}"
    return steps, Path(f"{NEW_DATA}.mbml")


def collect_more(*options: object, data: Path | None = None, labels: Collection[str] = ()) -> str:
    """A command that records a gesture that is not among these labels, as an example.

    data: the data set (default: the one in this folder, or a new one).
    """
    return command("collect", data or data_here() or NEW_DATA, example_label(labels), *options)


def example_label(labels: Collection[str] = ()) -> str:
    """A gesture that is not among these labels."""
    return next((one for one in GESTURES if one not in labels), "my-gesture")
