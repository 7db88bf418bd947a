"""``evaluate --streams`` and ``evaluate --protocol streams``."""

import json

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.cli.evaluate import streams as streams_command
from microbit_ml.evaluate import streams_protocol
from microbit_ml.evaluate.streams import StreamScores
from microbit_ml.recordings import Dataset

GESTURES = StreamScores(
    gestures=20,
    found=17,
    repeated=1,
    minutes=4.0,
    delays_ms=(-120.0, 80.0, 240.0),
    missed=("tap", "tap", "shake"),
    wrong_names=(("tap", "shake"),),
    false_alarms=("shake", "twist"),
)


@pytest.fixture
def made_up(monkeypatch):
    """Made-up scores: for streams with gestures, and for background alone."""

    def scores(model, streams, background):
        if any(stream.events for stream in streams):
            return GESTURES
        return StreamScores(minutes=10.0, false_alarms=("tap",) * len(streams))

    monkeypatch.setattr(streams_protocol, "evaluate_streams", scores)
    for module in (streams_protocol, streams_command):
        monkeypatch.setattr(module, "PEOPLE", 2)


def test_streams_table(cli, golden, gestures, made_up):
    golden("evaluate-streams", cli("evaluate", "--streams", "gestures.mbml").transcript)
    outcome = cli("evaluate", "--streams", "gestures.mbml", "--json", "--minutes", "2")
    golden("evaluate-streams-json", outcome.transcript)


def test_streams_protocol_table(cli, golden, gestures, made_up):
    arguments = ("evaluate", "--protocol", "streams", "gestures", "--steps", "5", "--folds", "2")
    outcome = cli(*arguments, "--minutes", "1")
    golden("evaluate-protocol-streams", outcome.transcript)


def test_streams_for_real(cli, gestures):
    outcome = cli("evaluate", "--streams", "gestures.mbml", "--json", "--minutes", "1")
    assert (outcome.code, outcome.err) == (0, "")
    report = json.loads(outcome.out)
    played = report["gestures"]
    assert played["gestures"] >= 5
    assert played["found"] + sum(played["missed"].values()) == played["gestures"]
    assert set(played["missed"]) <= {"shake", "twist"}
    for kind in ("holding still", "walking", "fidgeting"):
        assert report[kind]["gestures"] == 0
        assert 1.0 <= report[kind]["minutes"] < 2.0


def test_recordings_of_a_data_set_are_played_once_each(cli, gestures):
    mb.simulate(["shake", "still", "twist", "tap"], people=2, repeats=2, seed=9).save("others")
    outcome = cli("evaluate", "--streams", "gestures.mbml", "others", "--json", "--minutes", "0.5")
    report = json.loads(outcome.out)
    assert report["gestures"]["gestures"] == 8  # neither still, nor tap, which it does not know
    assert report["played"] == "8 recordings of others"


def test_the_background_can_be_chosen(cli, gestures):
    arguments = ("evaluate", "--streams", "gestures.mbml", "gestures", "--minutes", "0.5")
    report = json.loads(cli(*arguments, "--background", "twist", "--json").out)
    assert report["gestures"]["gestures"] == 12  # still counts as a gesture now
    outcome = cli(*arguments, *("--background", "twist", "--background", "still"))
    assert outcome.code == 0
    names = [word for name in ("shake", "still", "twist") for word in ("--background", name)]
    outcome = cli(*arguments, *names)
    assert outcome.code == 1
    assert "no recordings of the gestures that the model knows: none" in outcome.err


def test_a_model_without_simulated_gestures_gets_background_alone(cli, tmp_path, gestures):
    data = Dataset.load("gestures")
    names = {"shake": "hop", "still": "rest", "twist": "key"}
    mb.train(list(data), labels=[names[one.label] for one in data], steps=20).save("own.mbml")
    report = json.loads(cli("evaluate", "--streams", "own.mbml", "--json", "--minutes", "0.5").out)
    assert "gestures" not in report
    assert report["played"] == "no gestures"
    assert set(report["walking"]["false_alarms"]) <= {"hop", "rest", "key"}


def test_every_recording_is_held_out_once(cli, gestures, monkeypatch):
    trained_on = []

    def train(recordings, **settings):
        trained_on.append([one.path for one in recordings])
        return mb.train(recordings, **settings)

    monkeypatch.setattr(streams_protocol, "train", train)
    outcome = cli(
        *("evaluate", "--protocol", "streams", "gestures", "--steps", "20", "--folds", "3"),
        *("--minutes", "0.6", "--json"),
    )
    assert (outcome.code, outcome.err) == (0, "")
    report = json.loads(outcome.out)
    assert (report["folds"], report["held_out_by"]) == (3, "person")
    assert report["gestures"]["gestures"] == 12
    every = [one.path for one in Dataset.load("gestures")]
    held = [path for paths in trained_on for path in np.setdiff1d(every, paths)]
    assert sorted(held) == sorted(every)
    assert all(len({path.split("-")[1] for path in paths}) == 2 for paths in trained_on)


def test_a_data_set_of_background_alone_is_refused(cli, tmp_path):
    mb.simulate(["still", "walking"], people=2, repeats=2).save("rest")
    outcome = cli("evaluate", "--protocol", "streams", "rest")
    assert outcome.code == 1
    assert "rest has no recordings of gestures, only of background" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--streams", "--protocol", "k-fold", "gestures"], "--streams goes with MODEL"),
        (["m.mbml", "gestures", "--minutes", "3"], "go with --streams or --protocol streams"),
        (["m.mbml", "gestures", "--background", "x"], "go with --streams or --protocol streams"),
        (["--streams", "m.mbml", "--minutes", "0"], "--minutes must be 0.5 to 600, not 0"),
        (["--streams", "m.mbml", "--minutes", "nan"], "--minutes: invalid float value: 'nan'"),
        (["--streams", "m.mbml", "--folds", "3"], "go with --protocol"),
        (["--streams", "a", "b", "c"], "Give MODEL and DATASET"),
        (["--protocol", "streams", "a", "b"], "Give DATASET"),
    ],
)
def test_wrong_usage(cli, arguments, words):
    outcome = cli("evaluate", *arguments)
    assert outcome.code == 2
    assert words in " ".join(outcome.err.split())


def test_too_few_folds(cli, gestures):
    outcome = cli("evaluate", "--protocol", "streams", "gestures", "--folds", "1")
    assert outcome.code == 2
    assert "at least 2 folds" in outcome.err
