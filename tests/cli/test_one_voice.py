"""What the commands say about the same thing is the same, from the bar to the page."""

import json
import re
from dataclasses import replace

import pytest
from synthetic_comparison import made_up

import microbit_ml as mb
from microbit_ml.cli import compare, train
from microbit_ml.cli.demo import command as demo
from microbit_ml.training import trainer


class Bar:
    """A progress bar that keeps its remarks."""

    def __init__(self, *_):
        self.remarks = []

    def __enter__(self):
        return lambda done, remark, total=None: self.remarks.append(remark)

    def __exit__(self, *_):
        return None


@pytest.fixture
def bar(monkeypatch):
    bar = Bar()
    for command in (train, demo):
        monkeypatch.setattr(command, "progress_bar", lambda *_: bar)
    return bar


@pytest.fixture
def first_chosen(monkeypatch):
    """Training fits two variants, and chooses the first."""
    monkeypatch.setattr(trainer, "choose", lambda variants, losses: variants[0])


def losses_of_page(html):
    """The last training loss and the last held-out loss that a report's curve describes."""
    found = re.search(
        r"training loss goes from [\d.]+ to ([\d.]+)\. The held-out loss goes from [\d.]+ to "
        r"([\d.]+)\.",
        html,
    )
    return found.groups()


def test_the_loss_at_the_end_of_training_and_in_the_report(cli, gestures, bar, first_chosen):
    """The bar ended with the loss of the second variant, even where the first was chosen."""
    cli("train", "gestures", "-o", "new.mbml", "--steps", "40")
    cli("report", "new.mbml", "gestures", "-o", "new.html")
    last = re.findall(r"\d\.\d{3}", bar.remarks[-1])
    page = losses_of_page((gestures / "new.html").read_text("utf-8"))
    assert tuple(f"{float(one):.2f}" for one in last) == page


def test_the_loss_of_the_demo(capsys, bar, first_chosen, monkeypatch):
    data = mb.simulate(["shake", "still", "twist"], people=3, repeats=2, seed=4)
    monkeypatch.setattr(demo, "train", lambda data, **more: mb.train(data, steps=40, **more))
    model = demo._train(data, seed=0)
    said = re.search(r"loss [\d.]+ -> ([\d.]+)", capsys.readouterr().out)[1]
    assert bar.remarks[-1] == f"loss {said}" == f"loss {model.history['training'][-1]:.2f}"


def test_the_accuracy_of_train_and_report(cli, gestures):
    said = re.search(r"It got ([\d.]+%) of", cli("train", "gestures", "-o", "a.mbml").out)[1]
    cli("report", "a.mbml", "gestures", "-o", "a.html")
    assert f"recordings right: {said}. " in (gestures / "a.html").read_text("utf-8")


@pytest.mark.parametrize("network_wrong", [[0, 1, 2], [0, 1, 8], []])
def test_compare_recommends_one_method(cli, gestures, monkeypatch, network_wrong):
    """In its table, in its advice, in its JSON and in the next step."""
    result = made_up(network_wrong)
    monkeypatch.setattr(compare, "compare", lambda *_: (result, None))
    printed = cli("compare", "gestures")
    text = " ".join(printed.out.split())
    (in_table,) = re.findall(r"^([\w -]+?) \* ", printed.out, re.MULTILINE)
    (in_advice,) = re.findall(r"[Cc]hoose: ([\w -]+?)(?: \(train with --kind (?:\w+)\))?\.", text)
    report = json.loads(cli("compare", "gestures", "--json").out)
    assert in_table == in_advice == report["choice"] == result.choice.name
    assert sum(name.startswith("choice") for name in report) == 1
    kind = report["kind"]
    option = "" if kind == "network" else f" --kind {kind}"
    assert printed.err.splitlines()[-1] == f"Next: microbit-ml train gestures{option}"


def test_a_one_layer_network_is_named_with_its_option_everywhere(cli, gestures, monkeypatch):
    result = replace(made_up([0, 1]), false_accept_rates={"network": 0.1, "one-layer network": 0.1})
    monkeypatch.setattr(compare, "compare", lambda *_: (result, None))
    printed = cli("compare", "gestures")
    assert "Choose: one-layer network (train with --kind one_layer)." in printed.out
    assert "train gestures --kind one_layer" in printed.err
    assert "DATASET" not in printed.out + printed.err
    assert max(map(len, printed.out.splitlines())) <= 80
    report = json.loads(cli("compare", "gestures", "--json").out)
    assert (report["choice"], report["kind"]) == ("one-layer network", "one_layer")
