"""The output of ``microbit-ml watch`` without a terminal: plain lines, or JSON lines."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from microbit_ml.board.watch_twin import Twin
from microbit_ml.board.watching import Decision, Detection, Sample, Watch
from microbit_ml.console.screen import plural, write, write_json


class View:
    """Shows a board that is being watched; at the end of ``with`` it prints a summary.

    The summary also comes after Ctrl-C or an error, but not when the pipe is closed.
    """

    def __init__(self, watch: Watch, twin: Twin | None) -> None:
        self._watch = watch
        self._twin = twin
        self._n_decisions = self._n_detections = 0

    def __enter__(self) -> View:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not isinstance(error, BrokenPipeError):
            self.summary()

    def sample(self, sample: Sample) -> None:
        """The board has read a sample."""

    def decision(self, decision: Decision, twin: Decision | None) -> None:
        """The board made a decision; twin: the expected decision, if known."""
        self._n_decisions += 1

    def detected(self, detected: Detection) -> None:
        """The recognizer detected a gesture."""
        self._n_detections += 1

    def refresh(self) -> None:
        """Called when all events so far have been handed over."""

    def summary(self) -> None:
        """Print the totals at the end."""
        for line in summary_lines(self._watch, self._twin, self._n_decisions, self._n_detections):
            write(line)

    def _name(self, label: int) -> str:
        return label_name(self._watch, label)

    def _seconds(self, event: Sample | Decision | Detection) -> str:
        return f"{event.number * self._watch.model.period_ms / 1000:7.2f} s"


def label_name(watch: Watch, label: int) -> str:
    """The name of the board's label with this index; "unknown" for -1."""
    names = watch.model.names
    return names[label] if 0 <= label < len(names) else "unknown"


def summary_lines(watch: Watch, twin: Twin | None, decisions: int, detected: int) -> list[str]:
    """The numbers of samples, losses and decisions, and whether the twin agrees."""
    lines = [
        f"{plural(watch.samples, 'sample')} at {watch.mean_hz:.1f} Hz, {watch.lost} lost on the "
        f"way, {watch.missed} missed by the board, {plural(watch.damaged, 'damaged line')}.",
        f"{plural(decisions, 'decision')}, {plural(detected, 'gesture')} detected.",
    ]
    if twin is not None:
        unchecked = (
            f" Not checked, as samples were lost: {twin.unchecked}." if twin.unchecked else ""
        )
        lines.append(
            f"The model on this computer agrees with {twin.same} of "
            f"{plural(twin.same + twin.different, 'decision')} on the same samples.{unchecked}"
        )
    return lines


class PlainView(View):
    """A line for each change of the decision, and for each detected gesture."""

    def __init__(self, watch: Watch, twin: Twin | None) -> None:
        super().__init__(watch, twin)
        self._label: int | None = None
        self._lost = 0

    def sample(self, sample: Sample) -> None:
        """Say when samples before this one are missing."""
        if self._watch_lost():
            write(f"{self._seconds(sample)}  {plural(self._watch_lost(), 'sample')} lost")
            self._lost = self._watch.lost

    def decision(self, decision: Decision, twin: Decision | None) -> None:
        """Print it if it has changed, or differs from the twin's."""
        super().decision(decision, twin)
        if decision.label_index != self._label:
            self._label = decision.label_index
            write(f"{self._seconds(decision)}  {self._text(decision)}")
        if twin is not None and twin != decision:
            write(
                f"{self._seconds(decision)}  DIFFERS: {self._text(decision)} on the board, but "
                f"{self._text(twin)} here; scores {list(decision.scores)} and {list(twin.scores)}"
            )

    def detected(self, detected: Detection) -> None:
        """Print it."""
        super().detected(detected)
        write(f"{self._seconds(detected)}  detected: {self._name(detected.label)}")

    def refresh(self) -> None:
        """Flush, so that the reader of the pipe gets it."""
        sys.stdout.flush()

    def _watch_lost(self) -> int:
        return self._watch.lost - self._lost

    def _text(self, decision: Decision) -> str:
        return f"{self._name(decision.label_index)}, confidence {decision.confidence}"


class JsonView(View):
    """One JSON object a line; ``microbit-ml watch --help`` lists them."""

    def __init__(self, board: str, watch: Watch, twin: Twin | None, model: Path | None) -> None:
        super().__init__(watch, twin)
        carried = watch.model
        self._print(
            "board",
            board=board,
            labels=list(carried.names),
            window=carried.window,
            hop=carried.hop,
            period_ms=carried.period_ms,
            checksum=carried.checksum,
            model=None if model is None else str(model),
        )

    def sample(self, sample: Sample) -> None:
        """Print it."""
        self._print("sample", **self._when(sample), x=sample.x, y=sample.y, z=sample.z)

    def decision(self, decision: Decision, twin: Decision | None) -> None:
        """Print it, with the twin's if they differ."""
        super().decision(decision, twin)
        checked: dict[str, Any] = {}
        if self._twin is not None:
            checked["same"] = None if twin is None else twin == decision
        if twin is not None and twin != decision:
            checked["twin"] = self._content(twin)
        self._print("decision", **self._when(decision), **self._content(decision), **checked)

    def detected(self, detected: Detection) -> None:
        """Print it."""
        super().detected(detected)
        self._print("detected", **self._when(detected), label=self._name(detected.label))

    def refresh(self) -> None:
        """Flush, so that the reader of the pipe gets it."""
        sys.stdout.flush()

    def summary(self) -> None:
        """Print the numbers as an object."""
        watch, twin = self._watch, self._twin
        checked = {}
        if twin is not None:
            checked = {
                "same": twin.same, "different": twin.different, "unchecked": twin.unchecked
            }  # fmt: skip
        self._print(
            "summary",
            samples=watch.samples,
            lost=watch.lost,
            missed=watch.missed,
            damaged=watch.damaged,
            rate_hz=round(watch.mean_hz, 2),
            decisions=self._n_decisions,
            detected=self._n_detections,
            **checked,
        )

    def _when(self, event: Sample | Decision | Detection) -> dict[str, int]:
        return {
            "number": event.number,
            "time_ms": event.number * self._watch.model.period_ms,
        }

    def _content(self, decision: Decision) -> dict[str, Any]:
        label = None if decision.label_index < 0 else self._name(decision.label_index)
        return {
            "label": label, "confidence": decision.confidence, "scores": list(decision.scores)
        }  # fmt: skip

    def _print(self, event: str, **content: Any) -> None:
        escape = not (sys.stdout.encoding or "").lower().startswith("utf")
        write_json(json.dumps({"event": event, **content}, ensure_ascii=escape))
