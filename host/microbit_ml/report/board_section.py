"""What the model needs on a board, and how it was made."""

from __future__ import annotations

from microbit_ml.deploy.costs import CYCLES_PER_INSTRUCTION, CYCLES_PER_US, KINDS
from microbit_ml.evaluate.comparison import network_cost
from microbit_ml.model import V1_HEAP_BYTES
from microbit_ml.pages import Page, as_is
from microbit_ml.report.evidence import Evidence


def add_board(page: Page, evidence: Evidence) -> None:
    """Bytes, memory and time."""
    page.heading("What the board needs")
    model = evidence.model
    heap = model.heap_bytes()
    room = {"v1": f"{V1_HEAP_BYTES:,}", "v2": "plenty"}
    fits = {"v1": "yes" if heap <= V1_HEAP_BYTES else "no", "v2": "yes"}
    files = {kind: sum(map(len, model.board_files(board=kind).values())) for kind in KINDS}
    rows = [
        ["`model.bin`, bytes", *[f"{len(model.device_bytes()):,}"] * 2],
        ["all files, bytes", *(f"{files[kind]:,}" for kind in KINDS)],
        ["memory while it runs, bytes", *[f"{heap:,}"] * 2],
        ["memory that there is for it, bytes", *(room[kind] for kind in KINDS)],
        ["does it fit?", *(fits[kind] for kind in KINDS)],
        *_time_rows(evidence),
    ]
    page.table(["what", "V1", "V2"], rows, "The model on the two kinds of micro:bit")
    page.paragraph(
        f"The board looks {model.rate_hz / model.hop:g} times a second at the last "
        f"{model.window / model.rate_hz:g} s. To measure the whole of it, instruction by "
        f"instruction, on virtual boards: `microbit-ml benchmark {as_is(evidence.name)}`"
    )


def _time_rows(evidence: Evidence) -> list[list[str]]:
    """What the layers take, for networks of dense layers only: others were not measured."""
    if not evidence.model.network.groups:
        return []
    cost = network_cost(evidence.model)
    times = {
        kind: CYCLES_PER_INSTRUCTION * cost.instructions[kind] / CYCLES_PER_US[kind] / 1000
        for kind in KINDS
    }
    return [
        [
            "instructions of the network's layers, about",
            *(f"{cost.instructions[k]:,}" for k in KINDS),
        ],
        ["that is in ms, about", *(f"{times[kind]:.2f}" for kind in KINDS)],
    ]


def add_settings(page: Page, evidence: Evidence) -> None:
    """How it was made, so that it can be made again."""
    page.heading("How it was made")
    settings = evidence.model.provenance.get("settings", {})
    if not settings:
        page.paragraph("The model's file does not say how it was trained.")
        return
    page.paragraph(
        "The same recordings, the same settings and the same seed give the same model again, byte "
        f"for byte. This one has the seed {evidence.model.seed} and the layers "
        f"`{as_is(evidence.model.float_model.network.architecture)}`."
    )
    with page.details("All settings of training"):
        page.table(
            ["setting", "value"],
            [[as_is(name), as_is(_shown(value))] for name, value in sorted(settings.items())],
            "The settings that the model was trained with",
            left=2,
        )


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "chosen by the number of recordings" if value is None else str(value)
