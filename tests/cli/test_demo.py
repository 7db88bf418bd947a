"""The demo, really: two virtual boards, with two movements or all nine; and what it leaves."""

import re
import shlex
from types import SimpleNamespace

import pytest
from tiers import tiers

import microbit_ml as mb
from microbit_ml.cli import main
from microbit_ml.cli.demo import boards
from microbit_ml.cli.demo import command as demo
from microbit_ml.deploy import play_both
from microbit_ml.image import intel_hex
from microbit_ml.targets import TARGETS


@pytest.mark.parametrize("n_movements", tiers([2], slow=[9]))
def test_the_demo_recognises_and_agrees(capsys, monkeypatch, n_movements, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(play_both, "CHUNK", 1 if n_movements == 2 else play_both.CHUNK)
    one_of_each = demo._one_of_each
    monkeypatch.setattr(demo, "_one_of_each", lambda *args: one_of_each(*args)[:n_movements])
    assert main(["demo"]) == 0
    printed = capsys.readouterr()
    out = printed.out
    for stage in ("1 Data", "2 Model", "3 Training", "4 Validation", "5 Deployment"):
        assert stage in out
    rows = re.findall(r"^(\w+) +(\w+) +(\w+) +(\w+) +(yes|NO)$", out, re.MULTILINE)
    assert len(rows) == n_movements
    assert {row[4] for row in rows} == {"yes"}  # the integers agree, bit for bit
    for column in (1, 2, 3):
        assert sum(row[0] == row[column] for row in rows) >= n_movements - n_movements // 4
    assert f"{2 * n_movements} of {2 * n_movements} windows" in " ".join(out.split())
    lines = out.splitlines()
    for board in ("V1", "V2"):
        top = lines.index(f"{board} shows an icon for what it recognises:") + 2
        picture = lines[top : top + 5]
        # icons are drawn
        assert sum(line.count("9") for line in picture) > 4 * n_movements
    assert max(map(len, lines)) <= 80
    if "unknown" in {row[3] for row in rows}:
        assert "not enough like anything that it learned" in out
    assert "report microbit-ml-demo/gestures.mbml" in printed.err


@pytest.fixture
def quick(cli, monkeypatch):
    """``quick("--into", ...)`` is the demo with little training, and boards that need no time."""
    monkeypatch.setattr(demo, "PEOPLE", 2)
    monkeypatch.setattr(demo, "REPEATS", 2)
    train = demo.train
    monkeypatch.setattr(demo, "train", lambda data, **options: train(data, steps=20, **options))

    def play_on_all(hex_text, gestures, layout, progress):
        board = SimpleNamespace(printed="", leds="\n".join(["....."] * 5))
        for done in range(0, 2 * len(gestures) + 1, 3):
            progress(done)
        return {name: [board] * len(gestures) for name in TARGETS}

    monkeypatch.setattr(boards, "play_on_all", play_on_all)
    monkeypatch.setattr(boards, "twin_agrees", lambda network, played: True)
    return lambda *options: cli("demo", *options)


def test_it_leaves_a_data_set_a_model_and_a_hex(quick, tmp_path):
    assert quick().code == 0
    folder = tmp_path / "microbit-ml-demo"
    assert {one.name for one in folder.iterdir()} == {"gestures", "gestures.mbml", "gestures.hex"}
    data = mb.Dataset.load(folder / "gestures")
    model = mb.Model.load(folder / "gestures.mbml")
    assert data.n_simulated == len(data) == 36 == model.n_simulated
    assert model.trained_on == {one.digest for one in data}
    hex_text = (folder / "gestures.hex").read_text("utf-8")
    assert hex_text == model.hex() and intel_hex.parse(hex_text, "v1").segments


def test_it_ends_with_three_commands_that_work_as_they_stand(quick, cli, tmp_path):
    commands = re.findall(r"^  microbit-ml (.*)$", quick("--into", "my demo").err, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["report", "virtual", "simulate"]
    for command in commands:
        limit = ["--seconds", "1"] if command.startswith("virtual") else []
        outcome = cli(*shlex.split(command), *limit)
        assert outcome.code == 0, outcome.err
    assert {one.name for one in tmp_path.iterdir()} == {"my demo", "demo-report.html", "practice"}


def test_it_may_run_twice_and_after_a_crash(quick, snapshot, tmp_path):
    assert quick().code == 0
    first = snapshot()
    assert quick().code == 0 and snapshot() == first
    (tmp_path / "microbit-ml-demo" / "gestures.hex").unlink()
    next((tmp_path / "microbit-ml-demo" / "gestures" / "tap").iterdir()).unlink()
    assert quick().code == 0
    after = snapshot()
    journal = "microbit-ml-demo/gestures/recordings.jsonl"
    assert {**after, journal: b""} == {**first, journal: b""}


def test_it_does_not_write_over_other_things(quick, golden, snapshot, tmp_path):
    folder = tmp_path / "microbit-ml-demo"
    folder.mkdir()
    (folder / "homework.txt").write_text("mine")
    before = snapshot()
    golden("demo-other-things", quick().transcript)
    assert snapshot() == before
    (tmp_path / "file").write_text("mine")
    outcome = quick("--into", "file")
    assert outcome.code == 1 and "file is a file" in outcome.err


def test_it_does_not_mix_its_people_with_others(quick, snapshot):
    assert quick().code == 0
    before = snapshot()
    outcome = quick("--seed", "1")
    assert outcome.code == 1
    assert "microbit-ml demo --into microbit-ml-demo-2" in outcome.err
    after = snapshot()
    assert after == before


def test_rows_that_look_wrong_are_explained(capsys):
    blank = SimpleNamespace(leds="\n".join(["....."] * 5))
    moved = boards.Moved(
        ["shake", "tap"],
        ["unknown", "wave"],
        {
            name: [SimpleNamespace(printed=p, **vars(blank)) for p in ("", "wave")]
            for name in TARGETS
        },
        [[True, True], [True, True]],
    )
    tested = SimpleNamespace(labels=[None, "wave", "tap", "tap"])
    boards.print_moved(moved, tested, ["shake", "tap", "tap", "tap"])
    out = capsys.readouterr().out
    assert "not enough like anything that it learned" in out
    assert "1 of 4 recordings in stage 4" in out and "A wrong name is a real mistake." in out
    assert max(map(len, out.splitlines())) <= 80
    moved.twin[:] = moved.truth
    for of_board in moved.played.values():
        for one, label in zip(of_board, moved.truth, strict=True):
            one.printed = label
    boards.print_moved(moved, tested, ["shake", "tap", "tap", "tap"])
    assert "stage 4" not in capsys.readouterr().out


def test_the_bar_counts_movements_of_both_boards(quick, monkeypatch):
    shown = []

    class Bar:
        def __init__(self, task, total):
            self.task, self.total = task, total

        def __enter__(self):
            return lambda done, remark, total=None: shown.append(
                (self.task, done, total or self.total)
            )

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(boards, "progress_bar", Bar)
    monkeypatch.setattr(demo, "progress_bar", Bar)
    assert quick().code == 0
    moving = [(done, total) for task, done, total in shown if task == "Moving the boards"]
    assert moving[-1] == (18, 18)
    training = [done / total for task, done, total in shown if task == "Training"]
    assert training[-1] == 1 and training == sorted(training)
