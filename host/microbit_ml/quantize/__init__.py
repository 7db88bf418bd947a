"""Quantization: from a float network to an integer network, the twin of the board's."""

from microbit_ml.quantize.device_file import (
    MAX_LABELS,
    DeviceModel,
    check_size,
    checksum_of,
    from_bytes,
    scratch_numbers,
    to_bytes,
)
from microbit_ml.quantize.fitted import FORMS, FittedModel, form
from microbit_ml.quantize.float_model import (
    FloatModel,
    Normaliser,
    NoveltyDetector,
    input_rows,
    last_hidden,
)
from microbit_ml.quantize.integer_network import IntegerNetwork
from microbit_ml.quantize.nearest_model import NearestModel
from microbit_ml.quantize.prediction import Prediction
from microbit_ml.quantize.quantizer import quantize
from microbit_ml.quantize.work import WorkLayout

__all__ = [
    "FORMS",
    "MAX_LABELS",
    "DeviceModel",
    "FittedModel",
    "FloatModel",
    "IntegerNetwork",
    "NearestModel",
    "Normaliser",
    "NoveltyDetector",
    "Prediction",
    "WorkLayout",
    "check_size",
    "checksum_of",
    "form",
    "from_bytes",
    "input_rows",
    "last_hidden",
    "quantize",
    "scratch_numbers",
    "to_bytes",
]
