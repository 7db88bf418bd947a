"""The folder that the demo leaves: its data set, its model and its hex."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from microbit_ml.common.files import write_whole
from microbit_ml.common.wording import plural, quoted
from microbit_ml.console.screen import progress_bar
from microbit_ml.errors import DataError
from microbit_ml.model import Model
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.store import Store

NAME = "microbit-ml-demo"
DATA, MODEL, HEX = "gestures", "gestures.mbml", "gestures.hex"
ANOTHER = f"Choose another folder: microbit-ml demo --into {NAME}-2"


@dataclass(frozen=True)
class DemoFolder:
    """A folder that holds what the demo leaves, and nothing else."""

    path: Path

    @property
    def data(self) -> Path:
        """The data set."""
        return self.path / DATA

    @property
    def model(self) -> Path:
        """The model's file."""
        return self.path / MODEL

    @property
    def hex(self) -> Path:
        """The hex file."""
        return self.path / HEX

    def check(self) -> None:
        """Raise DataError when the path holds anything but what the demo left there earlier."""
        if self.path.exists() and not self.path.is_dir():
            raise DataError(f"{self.path} is a file, and the demo leaves a folder. {ANOTHER}")
        if not self.path.exists():
            return
        others = [
            one.name
            for one in sorted(self.path.iterdir())
            if one.name not in (DATA, MODEL, HEX) and not one.name.startswith(".")
        ]
        if others:
            more = f" and {len(others) - 1} more" if len(others) > 1 else ""
            raise DataError(
                f"{quoted(self.path)} holds other things already: {others[0]}{more}. The demo does "
                f"not mix its files with yours. {ANOTHER}"
            )

    def save_data(self, data: Dataset) -> None:
        """Save the data set, or complete it. Raises DataError when it holds other recordings."""
        try:
            held = {(one.label, one.digest) for one in Dataset.load(self.data)}
        except (DataError, FileNotFoundError):  # nothing, or no recording yet
            held = set()
        others = len(held - {(one.label, one.digest) for one in data})
        if others:
            raise DataError(
                f"{quoted(self.data)} holds {plural(others, 'recording')} that this demo did not "
                f"make, by you or with another --seed. {ANOTHER}"
            )
        with progress_bar("Saving the recordings", len(data)) as update:
            data.save_in(Store(self.data), lambda done, total: update(done, "", total))

    def save_model(self, model: Model, hex_text: str) -> None:
        """Save the model and the hex, in place of those of an earlier demo."""
        model.save(self.model)
        write_whole(self.hex, hex_text)
