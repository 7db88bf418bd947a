"""``evaluate`` and ``predict``."""

import json
from dataclasses import replace

import numpy as np
import pytest
from evaluations import evaluation, predicted

import microbit_ml as mb
from microbit_ml.cli.evaluate import protocols as protocols_command
from microbit_ml.cli.evaluate.screen import print_intervals
from microbit_ml.deploy import predict as board_predict
from microbit_ml.evaluate import UnknownTest
from microbit_ml.metrics import UnknownScores, bootstrap
from microbit_ml.recordings import Dataset, Recording


class MadeUpModel:
    """Predicts what the recordings are named: ``tap-as-shake``, ``wave-as-unknown``."""

    labels = ("shake", "tap")
    trained_on, count_trained_on = mb.Model.trained_on, mb.Model.count_trained_on
    n_simulated = mb.Model.n_simulated

    def __init__(self, trained_on=()):
        self.provenance = {"recordings": [recording.digest for recording in trained_on]}

    def predict(self, recordings):
        names = [recording.name.split("-")[2] for recording in recordings]
        best = ["tap" if one == "unknown" else one for one in names]
        return predicted(self.labels, best, [one == "unknown" for one in names])

    def predict_float(self, recordings):
        return replace(self.predict(recordings), score_step=1.0)


@pytest.fixture
def made_up(monkeypatch, tmp_path):
    """A data set and a model with made-up predictions."""
    names = ["shake-as-shake-1", "shake-as-shake-2", "shake-as-tap-1", "shake-as-unknown-1"]
    names += ["tap-as-tap-1", "tap-as-unknown-1", "wave-as-unknown-1", "wave-as-shake-1"]
    recordings = [
        Recording(np.full((4, 3), 8 * i), name.split("-")[0], name=name)
        for i, name in enumerate(names)
    ]
    recordings.append(Recording(np.full((4, 3), 999), name="no-label-here"))
    Dataset(recordings).save(tmp_path / "data")
    (tmp_path / "m.mbml").touch()
    model = MadeUpModel(recordings[:2])
    monkeypatch.setattr(mb.Model, "load", lambda path: model)
    return model


def test_evaluate_with_unknown_labels_and_other_ones(cli, golden, made_up):
    golden("evaluate", cli("evaluate", "m.mbml", "data").transcript)
    golden("evaluate-json", cli("evaluate", "m.mbml", "data", "--json").transcript)


def test_evaluate_numbers_by_hand(cli, made_up):
    report = json.loads(cli("evaluate", "--json", "m.mbml", "data").out)
    assert report["integer"]["confusion"] == [[2, 1, 1], [0, 1, 1]]
    assert report["integer"]["accuracy"] == pytest.approx(3 / 6)
    assert report["integer_top_1"]["confusion"] == [[2, 2, 0], [0, 2, 0]]
    assert report["integer_top_1"]["accuracy"] == pytest.approx(4 / 6)
    assert report["other_labels"] == {"wave": {"recordings": 2, "unknown": 1}}
    assert (report["seen_in_training"], report["without_label"]) == (2, 1)


def test_evaluate_without_any_known_label(cli, made_up, tmp_path):
    Dataset([Recording(np.ones((4, 3)), "clap", name="clap-as-tap")]).save(tmp_path / "other")
    outcome = cli("evaluate", "m.mbml", "other")
    assert outcome.code == 1
    assert "has no recordings of the labels that the model knows: shake, tap" in outcome.err


def test_evaluate_a_real_model_on_its_own_recordings_warns(cli, gestures):
    outcome = cli("evaluate", "gestures.mbml", "gestures")
    assert outcome.code == 0
    assert "Careful: the model was trained on all 18 of these recordings" in outcome.out


def test_evaluate_a_real_model_on_other_people(cli, gestures):
    mb.simulate(["shake", "still", "twist"], people=2, repeats=2, seed=9).save("others")
    outcome = cli("evaluate", "gestures.mbml", "others")
    assert outcome.code == 0
    assert "Careful" not in outcome.out
    report = json.loads(cli("evaluate", "gestures.mbml", "others", "--json").out)
    assert report["recordings"] == 12
    assert report["integer_top_1"]["accuracy"] >= 0.75


def test_k_fold_table(cli, golden, monkeypatch, gestures):
    truth = [recording.label for recording in Dataset.load("gestures")]
    best = ["still", *truth[1:]]
    labels = [*best[:-1], None]
    probability, people = np.linspace(0.6, 1.0, 18), ["Ann"] * 18
    fold = np.arange(18) % 3
    result = evaluation(truth, best, labels, truth, fold, probability, probability, people)
    monkeypatch.setattr(protocols_command, "cross_validate", lambda *_, **__: result)
    arguments = ("evaluate", "--protocol", "k-fold", "gestures", "--folds", "3")
    golden("evaluate-k-fold", cli(*arguments).transcript)


def test_k_fold_for_real(cli, gestures):
    outcome = cli(
        *("evaluate", "--protocol", "k-fold", "--folds", "3", "gestures"),
        *("--steps", "40", "--json"),
    )
    assert (outcome.code, outcome.err) == (0, "")
    report = json.loads(outcome.out)
    assert len(report["fold_accuracies"]) == 3
    assert report["integer_top_1"]["accuracy"] >= 0.75
    assert np.mean(report["fold_accuracies"]) == pytest.approx(report["integer_top_1"]["accuracy"])


def test_k_fold_with_too_many_folds(cli, gestures):
    outcome = cli("evaluate", "--protocol", "k-fold", "gestures", "--folds", "7")
    assert outcome.code == 1
    assert 'too few recordings of "shake" for 7 folds: 6.' in outcome.err


def test_protocols_for_real(cli, gestures):
    """Every protocol on a small data set, as JSON and for people."""
    quick = ("gestures", "--steps", "40", "--negatives", "100")
    reports = {}
    for protocol, *options in (
        ("leave-one-subject-out",),
        ("few-shot", "--shots", "2"),
        ("unknown", "--folds", "2"),
        ("learning-curve",),
    ):
        arguments = ("evaluate", "--protocol", protocol, *quick, *options)
        outcome = cli(*arguments, "--json")
        assert (outcome.code, outcome.err) == (0, "")
        reports[protocol] = json.loads(outcome.out)
        assert reports[protocol]["protocol"] == protocol
        assert "Integer model" in cli(*arguments).out
    assert len(reports["leave-one-subject-out"]["people"]) == 3
    people, few = reports["leave-one-subject-out"], reports["few-shot"]
    assert people["integer_top_1"]["recordings"] == 18
    low, high = people["intervals"]["accuracy"]
    assert low <= people["integer_top_1"]["accuracy"] <= high
    assert few["integer_top_1"]["recordings"] == 10 * 12
    assert few["intervals"]["drawn"] == "draw"
    assert 0 <= few["calibration"]["integer"]["expected_calibration_error"] <= 1
    assert sorted(reports["unknown"]["labels"]) == ["shake", "still", "twist"]
    assert reports["unknown"]["all"]["unknown"] == 18 * 2
    assert [one["shots"] for one in reports["learning-curve"]["curve"]] == [2, 3, 5]


def made_up_result(n=18, folds=3, drawn="person"):
    truth = (["shake", "still", "twist"] * n)[:n]
    best = ["still", *truth[1:]]
    p, people = np.linspace(0.6, 1.0, n), [f"person-{i % 6}" for i in range(n)]
    fold = np.arange(n) % folds
    return evaluation(truth, best, None, truth, fold, p, p**0.1, people, drawn)


def test_protocol_tables(cli, golden, monkeypatch, gestures):
    person, draw = made_up_result(), made_up_result(drawn="draw")
    monkeypatch.setattr(protocols_command, "leave_one_subject_out", lambda *_, **__: person)
    monkeypatch.setattr(protocols_command, "few_shot", lambda *_, **__: draw)
    curve = {2: made_up_result(9), 5: made_up_result(18, drawn="draw")}
    monkeypatch.setattr(protocols_command, "learning_curve", lambda *_, **__: curve)
    scores = UnknownScores(90, 30, 0.91, 0.94, 0.2, 0.25)
    unknown = UnknownTest({"shake": scores, "twist": scores}, scores)
    monkeypatch.setattr(protocols_command, "leave_one_label_out", lambda *_, **__: unknown)
    for protocol in ("leave-one-subject-out", "few-shot", "learning-curve", "unknown"):
        outcome = cli("evaluate", "--protocol", protocol, "gestures")
        golden(f"evaluate-{protocol}", outcome.transcript)


def test_a_protocol_that_needs_more_data(cli, gestures):
    outcome = cli("evaluate", "--protocol", "few-shot", "--shots", "6", "gestures")
    assert outcome.code == 1
    assert '6 recordings of "shake", so 6 shots leave none to test with' in outcome.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("m.mbml", "d", "--shots", "4"), "--shots goes with --protocol few-shot"),
        (
            ("--protocol", "k-fold", "d", "--against", "n.mbml"),
            "and --importance go with MODEL",
        ),
        (("m.mbml", "d", "-o", "n.mbml"), "-o and --at-least go with --prefer"),
        (("m.mbml", "d", "--prefer", "recall"), "give recall:LABEL or precision:LABEL"),
        (("m.mbml", "d", "--prefer", "speed:tap"), "give recall:LABEL or precision:LABEL"),
        (("m.mbml", "d", "--prefer", "recall:tap", "--at-least", "2"), "--at-least must be 0 to"),
        (
            ("--streams", "m.mbml", "--against", "n.mbml"),
            "and --importance go with MODEL",
        ),
    ],
)
def test_options_that_do_not_go_together(cli, arguments, message):
    outcome = cli("evaluate", *arguments)
    assert outcome.code == 2
    assert message in outcome.err


class SecondModel(MadeUpModel):
    """Predicts "tap" for everything."""

    def predict(self, recordings):
        return predicted(self.labels, ["tap"] * len(recordings))


def test_two_models_on_the_same_recordings(cli, golden, made_up, monkeypatch):
    second = SecondModel()
    second.provenance = made_up.provenance
    models = {"m.mbml": made_up, "n.mbml": second}
    monkeypatch.setattr(mb.Model, "load", lambda path: models[path.name])
    arguments = ("evaluate", "m.mbml", "data", "--against", "n.mbml")
    golden("evaluate-against", cli(*arguments).transcript)
    against = json.loads(cli(*arguments, "--json").out)["against"]
    # The first is right about two shakes, the second only about the taps, as the first is.
    assert against["mcnemar"]["only_first_right"] == 2
    assert against["mcnemar"]["only_second_right"] == 0
    assert against["mcnemar"]["p"] == 0.5
    assert against["integer_top_1"]["accuracy"] == pytest.approx(2 / 6)
    assert (against["model"], against["seen_in_training"]) == ("n.mbml", 2)


def test_prefer_recall(cli, gestures):
    mb.simulate(["shake", "still", "twist"], people=3, repeats=2, seed=9).save("others")
    arguments = ("evaluate", "gestures.mbml", "others", "--prefer", "recall:shake")
    outcome = cli(*arguments, "--at-least", "1", "-o", "keen.mbml")
    assert (outcome.code, outcome.err) == (0, "Next: microbit-ml build keen.mbml\n")
    assert "Saved keen.mbml." in outcome.out
    assert "Careful" not in outcome.out
    report = json.loads(cli(*arguments, "--at-least", "1", "--json").out)
    assert report["chosen"]["recall"] == max(point["recall"] for point in report["curve"])
    data = Dataset.load("others")
    labels = mb.Model.load("keen.mbml").predict(data).labels
    detected = [recording.label for recording, one in zip(data, labels) if one == "shake"]
    assert len(detected) == report["chosen"]["detected"]
    assert detected.count("shake") == report["chosen"]["correct"]
    before = mb.Model.load("gestures.mbml").predict(data).labels
    assert [one for one in labels if one != "shake"] == [
        one for one, now in zip(before, labels) if now != "shake"
    ]


def test_prefer_table(cli, golden, made_up):
    arguments = ("evaluate", "m.mbml", "data", "--prefer")
    golden("evaluate-prefer", cli(*arguments, "precision:shake").transcript)
    outcome = cli(*arguments, "recall:clap")
    assert outcome.code == 1
    assert 'm.mbml does not know "clap". It knows: shake, tap.' in outcome.err


def test_prefer_never_overwrites_the_data(cli, gestures):
    arguments = ("evaluate", "gestures.mbml", "gestures", "--prefer", "recall:shake")
    outcome = cli(*arguments, "-o", "gestures/m.mbml")
    assert outcome.code == 1
    assert "would write over gestures" in outcome.err


def test_models_with_different_labels_cannot_be_compared(cli, made_up, monkeypatch):
    other = SecondModel()
    other.labels = ("tap", "wave")
    models = {"m.mbml": made_up, "n.mbml": other}
    monkeypatch.setattr(mb.Model, "load", lambda path: models[path.name])
    outcome = cli("evaluate", "m.mbml", "data", "--against", "n.mbml")
    assert outcome.code == 1
    assert "m.mbml knows shake, tap, but n.mbml knows tap, wave." in outcome.err


def test_predict_table(cli, gestures):
    outcome = cli("predict", "gestures.mbml", "gestures")
    lines = outcome.out.splitlines()
    columns = "recording predicted top-1_class confidence score_shake score_still score_twist"
    assert " ".join(lines[0].split()) == columns.replace("_", " ")
    assert len(lines) == 2 + 18


def test_predict_json_is_the_twin(cli, gestures):
    answer = json.loads(cli("predict", "gestures.mbml", "gestures", "--json").out)
    data, model = Dataset.load("gestures"), mb.Model.load("gestures.mbml")
    expected = model.predict(data)
    assert [one["recording"] for one in answer] == [recording.path for recording in data]
    assert [one["label"] for one in answer] == expected.labels
    assert [one["scores"] for one in answer] == expected.scores.tolist()
    assert [one["confidence"] for one in answer] == expected.confidence.tolist()
    assert [one["features"] for one in answer] == expected.features.tolist()
    assert all(set(one) == set(answer[0]) and len(one) == 5 for one in answer)


def test_predict_one_csv_file_like_the_data_set(cli, gestures):
    path = "shake/shake-01-01.csv"
    answer = json.loads(cli("predict", "gestures.mbml", f"gestures/{path}", "--json").out)
    all_of_them = json.loads(cli("predict", "gestures.mbml", "gestures", "--json").out)
    (same,) = [one for one in all_of_them if one["recording"] == path]
    assert [one["features"] for one in answer] == [same["features"]]


def test_predict_on_a_board_sends_the_windows(cli, gestures, monkeypatch):
    sent = []

    def on_board(model, windows, board, progress):
        sent.append((windows, board))
        progress(len(windows), len(windows))
        return model.predict(list(windows))

    monkeypatch.setattr(board_predict, "predict_on_board", on_board)
    outcome = cli("predict", "gestures.mbml", "gestures", "--board", "virtual:v1", "--json")
    ((windows, board),) = sent
    assert board == "virtual:v1"
    assert windows.shape == (18, 50, 3)
    assert windows.dtype == np.int16
    assert outcome.out == cli("predict", "gestures.mbml", "gestures", "--json").out


@pytest.mark.parametrize("board", ["virtual:v1", "virtual:v2"])
def test_predict_on_a_virtual_board_is_the_twin(cli, gestures, board):
    path = "gestures/twist/twist-02-01.csv"
    on_board = cli("predict", "gestures.mbml", path, "--json", "--board", board)
    assert (on_board.code, on_board.err) == (0, f"Sending 1 window to {board} ...\n")
    assert on_board.out == cli("predict", "gestures.mbml", path, "--json").out


def test_predict_on_a_port_that_is_not_there(cli, gestures):
    outcome = cli("predict", "gestures.mbml", "gestures", "--board", "no-such-port")
    assert outcome.code == 1
    assert "no-such-port" in outcome.err.splitlines()[-1]
    assert "Traceback" not in outcome.err


def test_importance(cli, golden, gestures):
    outcome = cli("evaluate", "--importance", "gestures.mbml", "gestures")
    golden("evaluate-importance", outcome.transcript)
    answer = json.loads(cli("evaluate", "--importance", "--json", "gestures.mbml", "gestures").out)
    assert answer["groups"]
    assert 0 < answer["accuracy"] <= 1
    one = next((gestures / "gestures" / "shake").glob("*.csv"))
    (gestures / "other" / "shake").mkdir(parents=True)
    one.rename(gestures / "other" / "shake" / one.name)
    assert "shake" in cli("evaluate", "--importance", "gestures.mbml", "other").out
    refused = cli("evaluate", "--importance", "--protocol", "k-fold", "gestures")
    assert refused.code == 2


def test_copies_and_unused_options_are_reported(cli, gestures):
    for path in list((gestures / "gestures" / "shake").glob("*.csv")):
        path.with_stem(path.stem + "-copy").write_bytes(path.read_bytes())
    outcome = cli("evaluate", "--protocol", "k-fold", "--folds", "3", "gestures", "--steps", "20")
    assert "6 recordings are listed twice" in outcome.err
    assert "6 recordings are listed twice" in cli("show", "gestures").out
    refused = cli("evaluate", "--protocol", "few-shot", "--folds", "2", "gestures")
    assert refused.code == 2
    assert "--folds does not go with --protocol few-shot" in refused.err


def test_no_mistakes_do_not_mean_certainty(capsys):
    print_intervals(bootstrap(["a", "b"] * 13 + ["a"], ["a", "b"] * 13 + ["a"]), 27)
    # 27 of 27: 0.025 ** (1 / 27) = 0.872
    assert "may be as low as 0.872" in capsys.readouterr().out
