"""The page about a check, to send to whoever keeps the kit.

It holds figures alone: no names, no labels of gestures, no serial numbers, no files, no port.
"""

from __future__ import annotations

from collections.abc import Sequence

from microbit_ml.charts import Chart, Series
from microbit_ml.common.wording import plural
from microbit_ml.deploy.check.result import FAILED, MEASURED, NOT_DONE, PASSED, Result
from microbit_ml.pages import Page, as_is

STATUSES = (PASSED, MEASURED, NOT_DONE, FAILED)
UNCONFIRMED = (
    "Nobody has confirmed these figures on a real board yet: the cycles an instruction, the "
    "sensor's own rate, and how fast the serial line is. This page tells us them."
)


def summary(results: Sequence[Result]) -> str:
    """How many figures are as expected, in a sentence."""
    counts = {status: sum(one.status == status for one in results) for status in STATUSES}
    parts = [f"{plural(counts[PASSED], 'figure')} as expected"]
    parts += [f"{counts[FAILED]} wrong"] * bool(counts[FAILED])
    parts += [f"{counts[NOT_DONE]} not done"] * bool(counts[NOT_DONE])
    parts += [f"{counts[MEASURED]} only measured"] * bool(counts[MEASURED])
    return f"{', '.join(parts)}."


def check_html(
    board: str, results: Sequence[Result], kit: str = "", is_virtual: bool = False
) -> str:
    """The page. board: V1 or V2; kit: the version of the kit, "" when it is not installed."""
    kind = f"a virtual {board}" if is_virtual else f"a micro:bit {board}"
    page = Page(f"Check of {kind}")
    failed = [one for one in results if one.status == FAILED]
    page.note(summary(results), "careful" if failed else "good")
    if is_virtual:
        page.note("This board was a virtual one: its times are estimates.")
    else:
        page.note(UNCONFIRMED)
    page.paragraph(
        f"microbit-ml {kit or 'from source'}. The page holds nothing about you: no names, no serial"
        " number, no files."
    )
    page.heading("Figures")
    page.table(
        ["figure", "value", "expected", "result"],
        [[as_is(text) for text in row(one)] for one in results],
        "What was measured",
        left=4,
    )
    _reasons(page, results)
    _intervals(page, results)
    _estimates(page, results)
    return page.html()


def row(one: Result) -> list[str]:
    """The cells of a result in a table."""
    return [one.what, one.measured, one.expected or "-", one.status]


def _reasons(page: Page, results: Sequence[Result]) -> None:
    reasons = [f"**{as_is(one.what)}**: {as_is(one.reason)}" for one in results if one.reason]
    if reasons:
        page.heading("Why not")
        page.bullets(reasons)


def _intervals(page: Page, results: Sequence[Result]) -> None:
    for one in results:
        histogram = one.data.get("histogram_ms")
        if isinstance(histogram, dict) and histogram:
            page.heading(f"Samples: {as_is(one.what)}", 3)
            lengths = [int(ms) for ms in histogram]
            usual = max(histogram, key=lambda ms: histogram[ms])
            page.figure(
                Chart(
                    "Time between two samples",
                    "time in ms",
                    "number of intervals",
                    [Series("", lengths, list(histogram.values()), "bars")],
                    f"Most of the {sum(histogram.values())} intervals last {usual} ms; the shortest"
                    f" lasts {min(lengths)} ms and the longest {max(lengths)} ms.",
                )
            )


def _estimates(page: Page, results: Sequence[Result]) -> None:
    rows = [
        [one.what, one.measured, f"{one.data['estimate_us']:,} us", f"{one.data['instructions']:,}"]
        for one in results
        if "estimate_us" in one.data
    ]
    if rows:
        page.heading("Times, beside a virtual board")
        page.table(
            ["stage", "this board", "virtual board", "instructions"],
            rows,
            "Median times; a virtual board estimates them from its exact count of instructions",
            left=1,
        )
