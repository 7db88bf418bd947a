"""WorkLayout: where a board keeps its numbers while it predicts.

Everything that changes lies in one array of int16, ``work`` (``firmware/kernels/entries.py``)::

    0   label, -1: unknown           1   confidence
    2   features, room for 54        56  window, x y z x y z ...
    ..  scores, one for each label, and one for "other"
    ..  two areas for what goes into and out of a layer, as many numbers each as the widest takes
"""

from __future__ import annotations

from dataclasses import dataclass

from microbit_ml.features import GROUP_NAMES, features_of
from microbit_ml.quantize.device_file import DeviceModel, scratch_numbers

ITEM_BYTES = 2  # of a number in work


@dataclass(frozen=True)
class WorkLayout:
    """The places of a model's numbers in ``work``.

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
        """That of a model."""
        groups = model.network.groups
        n_features = len(features_of(groups)) if groups else 0
        return cls(model.window, n_features, len(model.labels), scratch_numbers(model.network))

    @property
    def scores(self) -> int:
        """The place of the first score, behind the window."""
        return self.WINDOW + 3 * self.n_samples

    @property
    def inputs(self) -> int:
        """The place of the first area for layers, behind the scores and that of "other"."""
        return self.scores + self.n_labels + 1

    @property
    def n_numbers(self) -> int:
        """How many numbers there are in all."""
        return self.inputs + 2 * self.scratch
