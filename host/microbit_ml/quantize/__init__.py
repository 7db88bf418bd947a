"""From a float network to an integer network, and the integer twin of what the board computes."""

from microbit_ml.quantize.device_file import (
    MAX_LABELS,
    DeviceModel,
    check_size,
    from_bytes,
    scratch_numbers,
    to_bytes,
)
from microbit_ml.quantize.float_model import (
    FloatGate,
    FloatModel,
    Normaliser,
    input_rows,
    last_hidden,
)
from microbit_ml.quantize.integer_gate import IntegerGate
from microbit_ml.quantize.integer_layers import (
    IntegerConv,
    IntegerDense,
    IntegerLayer,
    IntegerPool,
    Scale,
)
from microbit_ml.quantize.integer_network import Decisions, IntegerNetwork
from microbit_ml.quantize.quantizer import quantize

__all__ = [
    "MAX_LABELS",
    "Decisions",
    "DeviceModel",
    "FloatGate",
    "FloatModel",
    "IntegerConv",
    "IntegerDense",
    "IntegerGate",
    "IntegerLayer",
    "IntegerNetwork",
    "IntegerPool",
    "Normaliser",
    "Scale",
    "check_size",
    "from_bytes",
    "input_rows",
    "last_hidden",
    "quantize",
    "scratch_numbers",
    "to_bytes",
]
