"""The micro:bit V2: nRF52833, a Cortex-M4 at 64 MHz with 128 KB of RAM."""

from microbit_ml.targets.target import DenseCost, Target

V2 = Target(
    name="v2",
    title="V2",
    chip="nRF52833",
    usb_ids=(0x9903, 0x9904, 0x9905, 0x9906),
    block_id=0x9903,
    is_m4=True,
    clock_mhz=64,
    heap_bytes=None,
    search_from=0x6C000,  # the file system of 2.0.0 begins at 0x6D000
    dense_cost=DenseCost(call=332.0, output=20.1, product=1.7),  # two products at once
    features_cost=11_000,
    sensor="v2",
    lacks=(  # MicroPython 1.13
        "f-strings",
        "match",
        "stars in lists",
        "several stars in calls",
        "positional-only parameters",
        "exception groups",
        "type aliases",
    ),
    has_speaker=True,
    kernels={
        "fresh.py": None,  # it reads at a steady pace, so no sample is read twice
        "spectrum.py": "spectrum_v2.py",
        "autocorrelation.py": "autocorrelation_v2.py",
        "ratio.py": "ratio_v2.py",
        "divide.py": "divide_v2.py",
        "log.py": "log_v2.py",
        "outputs.py": "outputs_v2.py",
        "dot_product.py": "dot_product_v2.py",
        "distances.py": "distances_v2.py",
    },
)
"""The micro:bit V2."""
