"""Both pairs of MicroPython, on both boards, in everything that needs a board."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tiers import tiers

from microbit_ml import Dataset, Model
from microbit_ml.cli.demo import command as demo
from microbit_ml.deploy import play_both
from microbit_ml.image import build_hex, stock
from microbit_ml.image.runtime import bundled_runtimes
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.protocol_virtual import share_board, unshare_board

TESTS = Path(__file__).parents[1]
KINDS = tiers(["v1"], slow=["v2"])
ON_BOARDS = ("board", "virtual", "deploy", "firmware", "image", "docs_examples", "cli")


@pytest.mark.slow
def test_demo(cli, monkeypatch, runtime):
    one_of_each = demo._one_of_each
    monkeypatch.setattr(demo, "_one_of_each", lambda *args: one_of_each(*args)[:1])
    monkeypatch.setattr(play_both, "CHUNK", 1)
    outcome = cli("demo")
    assert outcome.code == 0, outcome.err
    assert "2 of 2 windows" in " ".join(outcome.out.split())


@pytest.mark.parametrize("kind", KINDS)
def test_predict(cli, gestures, runtime, kind):
    """The board computes what the laptop does."""
    arguments = ("predict", "gestures.mbml", "gestures/shake")
    outcome = cli(*arguments, "--board", f"virtual:{kind}")
    assert outcome.code == 0, outcome.err
    assert outcome.out == cli(*arguments).out


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_play(cli, gestures, runtime, kind):
    """The board detects what it is moved by."""
    options = ("--gesture", "shake", "--fast", "--seconds", "4")
    assert "shake" in cli("virtual", kind, "gestures.mbml", *options).out


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_collect(cli, tmp_path, runtime, kind):
    options = ("--count", "1", "--seconds", "0.5", "--no-countdown", "--board", f"virtual:{kind}")
    assert cli("collect", "new", "shake", *options).code == 0
    (recording,) = Dataset.load(tmp_path / "new")
    assert recording.samples.shape == (25, 3)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_watch(cli, gestures, runtime, kind):
    options = ("--board", f"virtual:{kind}", "--seconds", "2", "--json")
    lines = cli("watch", "gestures.mbml", *options).out.splitlines()
    summary = json.loads(lines[-1])
    assert summary["same"] == sum('"decision"' in line for line in lines) > 5
    assert summary["lost"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_flash_over_serial(cli, gestures, runtime, kind):
    """The board has an older model; only what differs is sent, and the new model answers."""
    model = Model.load(gestures / "gestures.mbml")
    files = model.board_files(board=kind) | {"main.py": b"print('mine')\n"}
    with VirtualBoard(kind, build_hex({kind: files})) as board:
        share_board("bench", board)
        try:
            board.run(1)
            address = f"virtual://{kind}?name=bench"
            outcome = cli("flash", "gestures.mbml", "--board", address)
            assert outcome.code == 0, outcome.err
            assert board.files["main.py"] == model.board_files()["main.py"]
            listed = json.loads(cli("boards", "--board", address, "--json").out)
            assert listed[0]["runtime"] == bundled_runtimes()[kind].version
            assert listed[0]["labels"] == ["shake", "still", "twist"]
        finally:
            unshare_board("bench")


@pytest.mark.full
@pytest.mark.parametrize("name", [name for name in stock.STOCK if name != stock.DEFAULT])
def test_every_test_of_boards_on_the_other_runtimes(name):
    """The default and the slow tests of boards, once more."""
    folders = [str(TESTS / folder) for folder in ON_BOARDS]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not full", "--runtime", name, *folders],
        cwd=TESTS.parent,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
