"""From a float network to an integer network, and the integer twin of what the board computes."""

from microbit_ml.quantize.device_file import DeviceModel, check_size, from_bytes, to_bytes
from microbit_ml.quantize.float_model import FloatGate, FloatModel, Normaliser
from microbit_ml.quantize.integer_network import (
    Decisions,
    IntegerDense,
    IntegerGate,
    IntegerNetwork,
    Scale,
)
from microbit_ml.quantize.quantizer import quantize

__all__ = [
    "Decisions",
    "DeviceModel",
    "FloatGate",
    "FloatModel",
    "IntegerDense",
    "IntegerGate",
    "IntegerNetwork",
    "Normaliser",
    "Scale",
    "check_size",
    "from_bytes",
    "quantize",
    "to_bytes",
]
