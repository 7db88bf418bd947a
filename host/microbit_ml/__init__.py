"""microbit-ml: teach a BBC micro:bit gestures, and see how a neural network works.

import microbit_ml as mb
data = mb.simulate(seed=0)              # or mb.Dataset.load("gestures")
model = mb.train(data, seed=0)
print(model.predict(data).labels[:3])
model.save("gestures.mbml")
"""

from typing import Any

from microbit_ml.errors import KitError
from microbit_ml.model import Model, Prediction
from microbit_ml.recordings import Dataset, Recording, read_createai, read_npz, simulate
from microbit_ml.training import train

__version__ = "0.1.0"
__all__ = [
    "Dataset",
    "KitError",
    "Model",
    "Prediction",
    "Recording",
    "VirtualBoard",
    "read_createai",
    "read_npz",
    "simulate",
    "train",
]


def __getattr__(name: str) -> Any:
    """VirtualBoard is loaded when it is asked for: it needs unicorn, which the rest does not."""
    if name == "VirtualBoard":
        from microbit_ml.virtual import VirtualBoard

        return VirtualBoard
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
