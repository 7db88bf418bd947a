"""Three tiers of one test: a small form by default, the whole in slow, whole matrices in full.

    @pytest.mark.parametrize("seconds", tiers([3], slow=[10], full=[60]))

CI runs the default tier and then ``pytest -m slow``; ``pytest -m full`` is for a quiet evening.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def tiers(default: Iterable[Any], slow: Iterable[Any] = (), full: Iterable[Any] = ()) -> list[Any]:
    """The values of a parametrized test, each in its tier; a tuple is one for each argument."""
    return [
        *default,
        *(_marked(value, pytest.mark.slow) for value in slow),
        *(_marked(value, pytest.mark.full) for value in full),
    ]


def _marked(value: Any, mark: pytest.MarkDecorator) -> Any:
    values = value if isinstance(value, tuple) else (value,)
    return pytest.param(*values, marks=mark)


# For tests of the virtual board that are run on V1 by default and on V2 when they are slow.
both_boards = pytest.mark.parametrize("kind", ["v1", "v2"])
