"""WorkLayout: where a board keeps its numbers while it predicts.

Everything that changes is in one int16 array, ``work`` (``firmware/kernels/entries.py``)::

    0   label, -1: unknown           1   confidence
    2   features, room for 54        56  window, x y z x y z ...
    ..  scores (logits), one for each label, and one for "other"
    ..  two areas for the inputs and outputs of a layer, each large enough for the widest layer
"""

from __future__ import annotations

from dataclasses import dataclass

from microbit_ml.features import GROUP_NAMES, features_of
from microbit_ml.quantize.device_file import DeviceModel, scratch_numbers

ITEM_BYTES = 2  # of a number in work


@dataclass(frozen=True)
class WorkLayout:
    """The indices of a model's numbers in ``work``.

    n_samples: in the window; n_features: that the model computes; n_labels; scratch: the most
    numbers that any stage of the network holds (needed for ``n_numbers`` alone).
    """

    n_samples: int
    n_features: int
    n_labels: int
    scratch: int = 0

    LABEL = 0
    CONFIDENCE = 1
    FEATURES = 2
    WINDOW = FEATURES + len(features_of(GROUP_NAMES))

    @classmethod
    def of(cls, model: DeviceModel) -> WorkLayout:
        """The layout for a model."""
        groups = model.network.groups
        n_features = len(features_of(groups)) if groups else 0
        return cls(model.window, n_features, len(model.labels), scratch_numbers(model.network))

    @property
    def scores(self) -> int:
        """The index of the first score, after the window."""
        return self.WINDOW + 3 * self.n_samples

    @property
    def inputs(self) -> int:
        """The index of the first area for layers, after the scores of the labels and "other"."""
        return self.scores + self.n_labels + 1

    @property
    def n_numbers(self) -> int:
        """The length of ``work``."""
        return self.inputs + 2 * self.scratch
