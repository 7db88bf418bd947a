"""A convolutional network (CNN): it learns its own features from the raw window."""

from __future__ import annotations

from microbit_ml.training.kinds.model_kind import register
from microbit_ml.training.kinds.network import NetworkKind


@register
class CnnKind(NetworkKind):
    """Convolutions on the raw window. Training takes a few times as long, so ``compare``, which
    trains six models of each kind, leaves it out."""

    NAME, TITLE, SETTINGS, COMPARED = "cnn", "convolutional network", {"arch": "cnn"}, False
