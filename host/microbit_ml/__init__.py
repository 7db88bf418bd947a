"""microbit-ml: teach a BBC micro:bit gestures, and see how a neural network works::

    import microbit_ml as mb
    data = mb.simulate(seed=0)              # or mb.Dataset.load("gestures")
    model = mb.train(data, seed=0)
    print(model.predict(data).labels[:3])
    model.save("gestures.mbml")

Every name has a docstring with shapes, units and the errors that it raises.
"""

from typing import TYPE_CHECKING

from microbit_ml.common.lazy import lazy_names
from microbit_ml.errors import KitError
from microbit_ml.model import Model, Prediction
from microbit_ml.recordings import Dataset, Recording
from microbit_ml.training import train

if TYPE_CHECKING:
    from microbit_ml.recordings import read_createai, read_npz, simulate
    from microbit_ml.virtual import VirtualBoard

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
# Slow to import (VirtualBoard needs unicorn), and many programs do without them.
__getattr__ = lazy_names(
    __name__,
    {
        "VirtualBoard": "microbit_ml.virtual",
        **dict.fromkeys(("read_createai", "read_npz", "simulate"), "microbit_ml.recordings"),
    },
)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
