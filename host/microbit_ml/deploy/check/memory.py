"""Check: how much of the heap is free, without and with the model."""

from __future__ import annotations

from collections.abc import Iterator

from microbit_ml.deploy.check.bench import Bench
from microbit_ml.deploy.check.reference import FREE, HEAP
from microbit_ml.deploy.check.result import Findings, Result

NAME, TITLE = "memory", "free memory"
MOST_MISSING = 256  # bytes less than a virtual board has
_find = Findings(NAME)


def run(bench: Bench) -> Iterator[Result]:
    """Bytes free in an empty heap, and beside the loaded model."""
    bench.fresh()
    empty = bench.repl.ask(FREE, HEAP)
    bench.load()
    loaded = bench.repl.ask(FREE, HEAP)
    reference = bench.reference
    yield _compared(bench, "heap free, without a model", empty, reference.heap_free)
    yield _compared(bench, "heap free, with the model", loaded, reference.heap_with_model)


def _compared(bench: Bench, what: str, free: int, virtual: int) -> Result:
    version = bench.reference.version
    if not bench.reference.is_same_version:
        return _find.measured(what, free, "bytes", virtual=virtual, virtual_version=version)
    return _find.compared(
        what, free, "bytes", f"{virtual:,} (virtual board)", free >= virtual - MOST_MISSING,
        f"It is {virtual - free:,} bytes less than on a virtual board with MicroPython {version}.",
        virtual=virtual,
    )  # fmt: skip
