"""The boards that a model runs on."""

from dataclasses import replace

import microbit_ml as mb
from microbit_ml.deploy import board_limits
from microbit_ml.deploy.board_limits import Limits, limits_of
from microbit_ml.errors import HexError
from microbit_ml.targets import TARGETS, V1


def test_a_small_model_runs_on_both_a_larger_one_on_v2_alone(monkeypatch):
    data = mb.simulate(["shake", "still"], people=2, repeats=2, seed=4)
    model = mb.train(data, steps=5)
    assert limits_of(model) == Limits(("v1", "v2"))
    small = replace(V1, heap_bytes=model.heap_bytes() - 1)
    monkeypatch.setitem(TARGETS, "v1", small)
    only_v2 = limits_of(model)
    assert only_v2.boards == ("v2",)
    assert f"needs {model.heap_bytes()} bytes" in only_v2.reason

    def refused(board, files):
        raise HexError("It is 99 bytes too large.")

    monkeypatch.setattr(board_limits, "image_for_one", refused)
    assert limits_of(model) == Limits((), "This model fits no board. It is 99 bytes too large.")
