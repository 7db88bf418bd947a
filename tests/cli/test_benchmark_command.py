"""``microbit-ml benchmark``: a table for people, JSON for programs, and clear refusals."""

import json
import signal

import pytest
from tiers import tiers

import microbit_ml as mb
from microbit_ml.cli import benchmark

STAGES = ["sample", "features", "network", "network_python", "decision", "prediction"]


@pytest.mark.parametrize("boards", tiers([["v1"]], slow=[["v1", "v2"]]))
def test_json_of_a_model(cli, trained, monkeypatch, boards):
    monkeypatch.chdir(trained)
    chosen = ("--board", *boards) if len(boards) == 1 else ()
    outcome = cli("benchmark", "gestures.mbml", "--seconds", "1", "--json", *chosen)
    assert outcome.code == 0
    answer = json.loads(outcome.out)
    assert list(answer) == [f"virtual:{board}" for board in boards]
    for board in answer.values():
        assert list(board["instructions"]) == list(board["estimated_us"]) == STAGES
        assert all(value > 0 for value in board["instructions"].values())
        assert board["bytes"]["model.bin"] > 1000
        assert board["heap_free"] > 2500
        assert board["missed_samples"] == 0


def test_table_of_a_shape(cli, golden):
    outcome = cli("benchmark", "--layers", "24-16-4", "--board", "virtual:v1")  # or "v1"
    lines = outcome.out.splitlines()
    assert outcome.code == 0 and outcome.err.startswith("Next: ")
    assert lines[0].split()[-1] == "V1"
    assert lines[2].startswith("network  ") and lines[3].startswith("network in plain Python")
    assert any(line.startswith("model.bin") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Give a model, or --layers"),
        (["a.mbml", "--layers", "3-2"], "Give a model, or --layers"),
        (["--layers", "24"], "not a shape such as 24-16-4"),
        (["--layers", "24-0-4"], "sizes are 1 to 255"),
        (["--layers", "24-16-1"], "the last at least 2"),
        (["missing.mbml"], "missing.mbml"),
        (["a.mbml", "--seconds", "0"], "at least 1"),
    ],
)
def test_refusals(cli, arguments, words):
    outcome = cli("benchmark", *arguments)
    assert outcome.code in (1, 2) and words in outcome.err


@pytest.mark.slow
def test_a_model_too_large_for_v1_is_measured_on_v2(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = mb.simulate(["circle", "shake", "still"], people=2, repeats=2, seed=0)
    mb.train(data, arch="40-40", steps=5).save("large.mbml")
    outcome = cli("benchmark", "large.mbml", "--seconds", "1", "--json")
    answer = json.loads(outcome.out)
    assert outcome.code == 0 and "takes more memory than the virtual v1 has" in outcome.err
    assert "takes more memory" in answer["virtual:v1"]["error"]
    assert "Traceback" not in outcome.err
    assert answer["virtual:v2"]["instructions"]["prediction"] > 0
    assert cli("benchmark", "large.mbml", "--seconds", "1", "--board", "v1").code == 1


def test_ctrl_c_ends_it(cli, tmp_path, monkeypatch):
    def interrupted(kind, model, seconds, progress):
        signal.raise_signal(signal.SIGINT)
        progress(1.0)
        raise AssertionError("it went on")

    data = mb.simulate(["shake", "still"], people=2, repeats=2, seed=0)
    mb.train(data, steps=2).save(tmp_path / "m.mbml")
    monkeypatch.setattr(benchmark, "board_footprint", interrupted)
    outcome = cli("benchmark", "m.mbml")
    assert (outcome.code, outcome.err.splitlines()[-1]) == (130, "microbit-ml: stopped.")
