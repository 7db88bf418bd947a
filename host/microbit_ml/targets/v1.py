"""The micro:bit V1: nRF51822, a Cortex-M0 at 16 MHz with 16 KB of RAM."""

from microbit_ml.targets.target import DenseCost, Target

V1 = Target(
    name="v1",
    title="V1",
    chip="nRF51822",
    usb_ids=(0x9900, 0x9901),
    block_id=0x9900,
    is_m4=False,
    clock_mhz=16,
    heap_bytes=3760,
    search_from=0x38000,  # the file system of 1.0.1 begins at 0x38C00
    dense_cost=DenseCost(call=478.0, output=29.25, product=4.125),  # 33 instructions, 8 products
    features_cost=16_000,
    sensor="v1.3",
    lacks=(  # MicroPython 1.9.2
        "f-strings",
        "match",
        "stars in lists",
        "several stars in calls",
        "positional-only parameters",
        "exception groups",
        "type aliases",
        "assignment expressions",
        "annotated variables",
        "async",
        "matrix product",
        "digit groups",
        "complex numbers",
    ),
)
"""The micro:bit V1."""
