"""Comparison with instructions counted on virtual boards instead of estimated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from microbit_ml.deploy.benchmark import network_footprint
from microbit_ml.deploy.footprint import Footprint
from microbit_ml.evaluate.comparison import Comparison, Progress
from microbit_ml.model import Model
from microbit_ml.quantize import to_bytes
from microbit_ml.quantize.random_network import dense_model
from microbit_ml.targets import TARGETS


def measured(
    comparison: Comparison, models: Mapping[str, Model], progress: Progress | None = None
) -> Comparison:
    """The same comparison, with the instructions of dense layers counted on virtual boards.

    models: the networks among the methods, by name, as returned by
    :func:`~microbit_ml.evaluate.comparison.compare`. Methods without dense layers keep their
    estimate. The instructions of a layer depend on its size, not on its weights, so methods of the
    same size share a measurement.

    Raises BoardError when a board cannot be measured.
    """
    sizes = {one.footprint.layers: one for one in comparison.methods if one.footprint.layers}
    files = {
        size: models[one.name].device_bytes()
        if one.name in models
        else to_bytes(dense_model(size)[0])
        for size, one in sizes.items()
    }
    counted: dict[tuple[int, ...], dict[str, int]] = {size: {} for size in files}
    jobs = [(size, kind) for size in files for kind in TARGETS]
    for done, (size, kind) in enumerate(jobs):
        if progress:
            progress(done, len(jobs), f"{'-'.join(map(str, size))} on virtual:{kind}")
        instructions = network_footprint(kind, files[size]).instructions.network
        counted[size][kind] = round(instructions or 0)
    if progress:
        progress(len(jobs), len(jobs), "")
    footprints: dict[str, Footprint] = {
        one.name: replace(one.footprint, instructions=counted[one.footprint.layers], measured=True)
        for one in comparison.methods
        if one.footprint.layers
    }
    return comparison.with_footprints(footprints)
