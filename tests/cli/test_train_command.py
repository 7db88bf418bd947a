"""``train``."""

import inspect
import re

import microbit_ml as mb
from microbit_ml.cli import learn, screen


def masked(text):
    """Numbers that depend on the last bits of floating point become ``#``."""
    return re.sub(r"[\d.]+(?=%| bytes)", "#", text)


def test_train(cli, golden, gestures):
    outcome = cli("train", "gestures", "-o", "new.mbml", "--steps", "40")
    golden("train", masked(outcome.transcript))
    assert mb.Model.load("new.mbml").labels == ["shake", "still", "twist"]


def test_settings_reach_the_model(cli, gestures):
    settings = "--seed 3 --window 40 --hop 4 --hidden 8,6 --optimizer sgd --steps 20 --copies 1"
    assert cli("train", "gestures", "-o", "new.mbml", *settings.split()).code == 0
    model = mb.Model.load("new.mbml")
    assert (model.seed, model.window, model.hop) == (3, 40, 4)
    used = model.provenance["settings"]
    assert (used["hidden"], used["optimizer"], used["steps"]) == ([8, 6], "sgd", 20)
    assert used["copies"] == 1


def test_the_same_seed_gives_the_same_file(cli, gestures):
    for name in ("one.mbml", "two.mbml"):
        cli("train", "gestures", "-o", name, "--steps", "20", "--seed", "5")
    assert (gestures / "one.mbml").read_bytes() == (gestures / "two.mbml").read_bytes()


def test_a_missing_folder_is_told_before_the_training(cli, gestures, monkeypatch):
    monkeypatch.setattr(learn, "train", lambda *_, **__: 1 / 0)
    outcome = cli("train", "gestures", "-o", "nowhere/new.mbml")
    assert outcome.code == 1
    assert outcome.err == ("microbit-ml: There is no folder nowhere for new.mbml. Make it first.\n")


def test_a_setting_that_cannot_be_is_explained(cli, gestures):
    outcome = cli("train", "gestures", "-o", "new.mbml", "--window", "10")
    assert outcome.code == 1
    assert "window is 10" in outcome.err
    assert not (gestures / "new.mbml").exists()


def test_progress_shows_both_losses_on_a_terminal_only(cli, gestures, monkeypatch):
    remarks = []

    class Bar:
        def __enter__(self):
            return lambda done, remark: remarks.append((done, remark))

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(learn, "progress_bar", lambda task, total: Bar())
    cli("train", "gestures", "-o", "new.mbml", "--steps", "20")
    assert remarks[-1][0] == 20
    assert re.fullmatch(r"loss: training \d\.\d{3}  held out \d\.\d{3}", remarks[-1][1])


def test_progress_bar_is_silent_in_a_pipe(capsys):
    with screen.progress_bar("Training", 3) as update:
        update(1, "one")
    assert capsys.readouterr() == ("", "")


def test_every_option_is_a_setting_of_train():
    assert inspect.signature(mb.train).parameters["settings"].kind is inspect.Parameter.VAR_KEYWORD
    for name in ("seed", "hidden", "window", "hop", "optimizer", "steps", "copies"):
        assert hasattr(learn.DEFAULTS, name)


def test_a_model_too_large_for_v1_is_said_to_be(cli, gestures):
    train = ("train", "gestures", "-o", "large.mbml", "--steps", "2", "--hidden")
    assert "it will run on V2 only" in cli(*train, "60").transcript
    assert "it will run on V2 only" in cli("build", "large.mbml", "-o", "large.hex").transcript
    assert "V2 only" not in cli(*train, "16").transcript
