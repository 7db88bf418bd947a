"""A network without a hidden layer: logistic regression, trained as networks are."""

from __future__ import annotations

from microbit_ml.training.kinds.model_kind import register
from microbit_ml.training.kinds.network import NetworkKind


@register
class OneLayerKind(NetworkKind):
    """Scores are weighted sums of the features; the novelty detector uses the features alone."""

    NAME, TITLE, SETTINGS = "one_layer", "one-layer network", {"arch": ""}
