"""What the model needs on a board, and how it was made."""

from __future__ import annotations

from microbit_ml.common.wording import quoted
from microbit_ml.evaluate.comparison import network_footprint
from microbit_ml.pages import Page, as_is
from microbit_ml.report.evidence import Evidence
from microbit_ml.targets import TARGETS, slowest


def add_board(page: Page, evidence: Evidence) -> None:
    """The footprint: bytes, memory and time."""
    page.heading("What it needs on the board")
    model = evidence.model
    heap, targets = model.heap_bytes(), TARGETS.values()
    files = {one.name: sum(map(len, model.board_files(board=one.name).values())) for one in targets}
    rows = [
        ["`model.bin`, bytes", *[f"{len(model.device_bytes()):,}"] * len(targets)],
        ["all files, bytes", *(f"{files[one.name]:,}" for one in targets)],
        ["memory while it runs, bytes", *[f"{heap:,}"] * len(targets)],
        [
            "memory available, bytes",
            *("plenty" if one.heap_bytes is None else f"{one.heap_bytes:,}" for one in targets),
        ],
        ["does it fit?", *("yes" if one.has_room(heap) else "no" for one in targets)],
        *_time_rows(evidence),
    ]
    titles = [one.title for one in targets]
    page.table(["measure", *titles], rows, "The model on each kind of micro:bit")
    page.paragraph(
        f"{model.rate_hz / model.hop:g} times a second, the board looks at the last "
        f"{model.window / model.rate_hz:g} s of movement. To measure everything on virtual boards, "
        f"instruction by instruction, run `microbit-ml benchmark {as_is(quoted(evidence.name))}`."
    )


def _time_rows(evidence: Evidence) -> list[list[str]]:
    """The layers' instructions and time, where measured: not for networks on the raw window."""
    layers = evidence.model.network.stages[1:]
    unknown = any(one.instructions(slowest()) is None for one in layers)
    if unknown or not evidence.model.network.groups:
        return []
    footprint = network_footprint(evidence.model)
    taken = [(one, footprint.instructions[one.name]) for one in TARGETS.values()]
    return [
        ["instructions from scaled features to scores (estimate)", *(f"{n:,}" for _, n in taken)],
        [
            "time for these in ms (estimate)",
            *(f"{one.microseconds(n) / 1000:.2f}" for one, n in taken),
        ],
    ]


def add_settings(page: Page, evidence: Evidence) -> None:
    """The settings, to reproduce the model."""
    page.heading("How it was made")
    settings = evidence.model.provenance.get("settings", {})
    if not settings:
        page.paragraph("The model's file does not say how it was trained.")
        return
    page.paragraph(
        "The same recordings, settings and seed give exactly the same model again, byte for byte. "
        f"This one has seed {evidence.model.seed} and "
        f"{evidence.model.fitted.in_words}."
    )
    with page.details("All training settings"):
        page.table(
            ["setting", "value"],
            [[as_is(name), as_is(_shown(value))] for name, value in sorted(settings.items())],
            "The settings that the model was trained with",
            left=2,
        )


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "chosen from the number of recordings" if value is None else str(value)
