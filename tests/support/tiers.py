"""Three tiers of one test: small by default, larger in slow, full matrices in full.

    @pytest.mark.parametrize("seconds", tiers([3], slow=[10], full=[60]))

CI runs the default tier and then ``pytest -m slow``; ``pytest -m full`` is run by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def tiers(default: Iterable[Any], slow: Iterable[Any] = (), full: Iterable[Any] = ()) -> list[Any]:
    """The values of a parametrized test, each in its tier; a tuple holds one per argument."""
    return [
        *default,
        *(_marked(value, pytest.mark.slow) for value in slow),
        *(_marked(value, pytest.mark.full) for value in full),
    ]


def _marked(value: Any, mark: pytest.MarkDecorator) -> Any:
    values = value if isinstance(value, tuple) else (value,)
    return pytest.param(*values, marks=mark)


# For tests of the virtual board: V1 by default, V2 in the slow tier.
both_boards = pytest.mark.parametrize("kind", ["v1", "v2"])
