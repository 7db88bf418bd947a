"""``train``."""

import argparse
import inspect
import os
import re
from pathlib import Path

import pytest

import microbit_ml as mb
from microbit_ml.cli import train as train_command
from microbit_ml.cli.training_arguments import add_training_arguments, training_settings
from microbit_ml.common.files import write_whole
from microbit_ml.console import screen
from microbit_ml.training.settings import TABLE, about


def masked(text):
    """Numbers that depend on the last bits of floating point become ``#``."""
    return re.sub(r"[\d.]+(?=%| bytes)", "#", text)


def test_train(cli, golden, gestures):
    outcome = cli("train", "gestures", "-o", "new.mbml", "--steps", "40")
    golden("train", masked(outcome.transcript))
    assert mb.Model.load("new.mbml").labels == ["shake", "still", "twist"]


def test_settings_reach_the_model(cli, gestures):
    settings = (
        "--seed 3 --window 40 --hop 4 --arch 8-6 --optimizer sgd --steps 20 --copies 1 "
        "--features tilt,jerk,turn --augment=-noise,-turn --negatives 50 --weight-decay 0.1 "
        "--dropout 0 --accept-known 0.9 --early-stopping"
    )
    assert cli("train", "gestures", "-o", "new.mbml", *settings.split()).code == 0
    model = mb.Model.load("new.mbml")
    assert (model.seed, model.window, model.hop) == (3, 40, 4)
    used = model.provenance["settings"]
    assert (used["arch"], used["optimizer"], used["steps"]) == ("8-6", "sgd", 20)
    assert (used["copies"], used["negatives"], used["dropout"]) == (1, 50, 0.0)
    assert used["features"] == ["tilt", "jerk", "turn"]
    assert used["augment"] == ["speed", "shift", "strength"]
    assert (used["weight_decay"], used["accept_known"]) == (0.1, 0.9)
    assert used["early_stopping"] is True


def test_groups_of_features_can_be_left_out(cli, gestures):
    train = ("train", "gestures", "-o", "new.mbml", "--steps", "5")
    assert cli(*train, "--features=-order,-effort").code == 0
    groups = mb.Model.load("new.mbml").network.groups
    assert groups == ("tilt", "jerk", "spectrum", "magnitude", "rhythm", "turn")
    assert "names some and leaves out others" in cli(*train, "--features=tilt,-turn").err
    assert "no 'colour' to leave out" in cli(*train, "--features=-colour").err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_left_alone(cli, gestures):
    os.mkfifo("pipe")
    outcome = cli("train", "gestures", "-o", "pipe", "--steps", "5")
    assert outcome.code == 1
    assert "pipe is a device or a pipe" in outcome.err
    with pytest.raises(OSError, match="not an ordinary file"):
        write_whole(Path("pipe"), "text")
    assert Path("pipe").is_fifo()


def test_fine_tuning_a_model(cli, gestures):
    cli("train", "gestures", "-o", "class.mbml", "--steps", "60")
    mb.simulate(labels=["tap"], people=3, repeats=1, seed=8).save("mine")
    outcome = cli("train", "mine", "--from", "class.mbml", "-o", "mine.mbml", "--steps", "60")
    assert outcome.code == 0, outcome.transcript
    assert "Trained on 3 recordings and replayed" in outcome.out
    assert mb.Model.load("mine.mbml").labels == ["shake", "still", "tap", "twist"]
    over = cli("train", "mine", "--from", "class.mbml", "-o", "class.mbml")
    assert "would write over class.mbml" in over.err
    refused = cli("train", "mine", "--from", "class.mbml", "-o", "m.mbml", "--arch", "8")
    assert "has arch '16', not '8'" in refused.err


def test_the_same_seed_gives_the_same_file(cli, gestures):
    for name in ("one.mbml", "two.mbml"):
        cli("train", "gestures", "-o", name, "--steps", "20", "--seed", "5")
    assert (gestures / "one.mbml").read_bytes() == (gestures / "two.mbml").read_bytes()


def test_a_missing_folder_is_reported_before_the_training(cli, gestures, monkeypatch):
    monkeypatch.setattr(train_command, "train", lambda *_, **__: 1 / 0)
    outcome = cli("train", "gestures", "-o", "nowhere/new.mbml")
    assert outcome.code == 1
    assert outcome.err == ("microbit-ml: There is no folder nowhere for new.mbml. Make it first.\n")


def test_a_setting_that_cannot_be_is_explained(cli, gestures):
    outcome = cli("train", "gestures", "-o", "new.mbml", "--window", "10")
    assert outcome.code == 2
    assert "argument --window: window is 10" in outcome.err
    assert not (gestures / "new.mbml").exists()


def test_progress_shows_both_losses_on_a_terminal_only(cli, gestures, monkeypatch):
    remarks = []

    class Bar:
        def __enter__(self):
            return lambda done, remark, total: remarks.append((done, remark, total))

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(train_command, "progress_bar", lambda task, total: Bar())
    cli("train", "gestures", "-o", "new.mbml", "--steps", "20")
    # It fits two variants, 20 steps each, and the bar never goes back.
    assert remarks[-1][::2] == (40, 40)
    assert sorted(remarks, key=lambda one: one[0]) == remarks
    assert re.fullmatch(r"loss: training \d\.\d{3}  held out \d\.\d{3}", remarks[-1][1])


def test_progress_bar_is_silent_in_a_pipe(capsys):
    with screen.progress_bar("Training", 3) as update:
        update(1, "one")
    assert capsys.readouterr() == ("", "")


def test_every_setting_of_train_is_an_option():
    parser = argparse.ArgumentParser()
    add_training_arguments(parser)
    options = {
        action.dest: action for action in parser._actions if action.help != argparse.SUPPRESS
    }
    del options["help"]
    parameters = inspect.signature(mb.train).parameters
    assert [*options] == [one.name for one in TABLE]
    for one in TABLE:
        assert options[one.name].help == about(one) or about(one) in (options[one.name].help or "")
        assert parameters[one.name].default == one.default
    assert (
        training_settings(parser.parse_args([])) == {}
    )  # settings that are not given are left to train


def test_a_model_too_large_for_v1_gets_a_warning(cli, gestures):
    train = ("train", "gestures", "-o", "large.mbml", "--steps", "2", "--arch")
    assert "it will run on V2 only" in cli(*train, "60").transcript
    assert "it will run on V2 only" in cli("build", "large.mbml", "-o", "large.hex").transcript
    assert "V2 only" not in cli(*train, "16").transcript
