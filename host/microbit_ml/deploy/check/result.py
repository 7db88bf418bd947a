"""What a check found: one figure, what was expected of it, and whether it is as it should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PASSED, FAILED, NOT_DONE, MEASURED = "passed", "failed", "not done", "measured"
Value = int | float | str | None


@dataclass(frozen=True)
class Result:
    """One figure of a check.

    check: the name of its check; what: was measured; value, with its unit; expected: in words;
    status: "passed", "failed", "not done", or "measured" where nothing can be expected yet;
    reason: why it failed or was not done; data: more figures, for the page and for programs;
    error: what a board answered, for the screen alone: it may name a port or a file.
    """

    check: str
    what: str
    value: Value = None
    unit: str = ""
    expected: str = ""
    status: str = MEASURED
    reason: str = ""
    data: Mapping[str, object] = field(default_factory=dict)
    error: str = ""

    @property
    def measured(self) -> str:
        """The value as a text with its unit, "-" without one."""
        if self.value is None:
            return "-"
        number = self.value if isinstance(self.value, str) else f"{self.value:,}"
        return f"{number} {self.unit}".strip()

    def as_json(self) -> dict[str, object]:
        """Plain values for ``json.dumps``, nothing personal among them."""
        return {
            "check": self.check,
            "what": self.what,
            "value": self.value,
            "unit": self.unit,
            "expected": self.expected,
            "status": self.status,
            "reason": self.reason,
            "data": dict(self.data),
        }


@dataclass(frozen=True)
class Findings:
    """Makes the results of one check: each method returns one."""

    check: str

    def measured(
        self, what: str, value: Value, unit: str = "", beside: str = "", **data: object
    ) -> Result:
        """A figure for which nothing can be expected yet. beside: what to compare it with."""
        return Result(self.check, what, value, unit, beside, data=data)

    def compared(
        self,
        what: str,
        value: Value,
        unit: str,
        expected: str,
        right: bool,
        reason: str,
        **data: object,
    ) -> Result:
        """A figure that is as expected, or else failed for this reason."""
        status, why = (PASSED, "") if right else (FAILED, reason)
        return Result(self.check, what, value, unit, expected, status, why, data)

    def failed(self, what: str, reason: str, error: str = "") -> Result:
        """Something that could not be measured, though it should have been."""
        return Result(self.check, what, status=FAILED, reason=reason, error=error)

    def not_done(self, what: str, reason: str, error: str = "") -> Result:
        """Something that was not measured, and why."""
        return Result(self.check, what, status=NOT_DONE, reason=reason, error=error)
