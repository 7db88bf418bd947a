"""On which boards a model runs."""

import microbit_ml as mb
from microbit_ml.deploy import fit
from microbit_ml.deploy.fit import Fit, fit_of
from microbit_ml.errors import HexError


def test_a_small_model_runs_on_both_a_larger_one_on_v2_alone(monkeypatch):
    data = mb.simulate(["shake", "still"], people=2, repeats=2, seed=4)
    model = mb.train(data, steps=5)
    assert fit_of(model) == Fit(("v1", "v2"))
    monkeypatch.setattr(fit, "V1_HEAP_BYTES", model.heap_bytes() - 1)
    only_v2 = fit_of(model)
    assert only_v2.boards == ("v2",)
    assert f"takes {model.heap_bytes()} bytes" in only_v2.reason

    def refused(files):
        raise HexError("It is 99 bytes too large.")

    monkeypatch.setattr(fit, "build_hex", refused)
    assert fit_of(model) == Fit((), "This model fits no board. It is 99 bytes too large.")
