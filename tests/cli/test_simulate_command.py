"""``simulate``: practice data, and where its mark is told of later."""

import json
from dataclasses import replace

import pytest

import microbit_ml as mb
from microbit_ml.recordings import Dataset

ALL = "All recordings are of simulated people, not real ones."
TRAINED = "The model was trained on simulated people, not real ones."


@pytest.fixture
def real(tmp_path):
    """The name of a data set of real people, as far as it says."""
    data = mb.simulate(["shake", "still"], people=3, repeats=2, seed=8)
    Dataset([replace(one, source="") for one in data]).save(tmp_path / "real")
    return "real"


def test_it_makes_a_data_set_and_adds_to_it(cli, golden, tmp_path):
    arguments = ["practice", "--labels", "shake, twist", "--people", "2", "--repeats", "3"]
    golden("simulate", cli("simulate", *arguments).transcript)
    golden("simulate-again", cli("simulate", *arguments).transcript)
    data = Dataset.load(tmp_path / "practice")
    same = mb.simulate(["shake", "twist"], people=2, repeats=3)
    assert sorted(one.digest for one in data) == sorted(one.digest for one in same)
    assert data.n_simulated == 12
    assert {entry["kind"] for entry in data.provenance} == {"simulated"}


def test_the_people_of_another_seed_are_other_people(cli, tmp_path):
    for seed in ("0", "7"):
        outcome = cli("simulate", "practice", "--people", "2", "--repeats", "1", "--seed", seed)
        assert outcome.code == 0
    assert Dataset.load(tmp_path / "practice").subjects == [
        "person-01",
        "person-01-seed-7",
        "person-02",
        "person-02-seed-7",
    ]


@pytest.mark.parametrize(
    ("options", "labels"),
    [
        ([], ["circle", "lift", "shake", "tap", "twist", "wave"]),
        (["--labels", "tap", "--background"], ["fidgeting", "still", "tap", "walking"]),
        (["--digits"], list("0123456789")),
        (["--labels", "3,tap"], ["3", "tap"]),
        (["--digits", "--labels", "tap,7"], [*"0123456789", "tap"]),
    ],
)
def test_which_labels(cli, tmp_path, options, labels):
    assert cli("simulate", "set", "--people", "1", "--repeats", "2", *options).code == 0
    data = Dataset.load(tmp_path / "set")
    assert data.labels == labels and len(data) == 2 * len(labels)
    for one in data:  # a digit takes longer
        assert len(one) == (100 if one.label.isdigit() else 50)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("label", ["--labels", "shake,stil"]),
        ("no-label", ["--labels", " , "]),
        ("people", ["--people", "0"]),
        ("too-many", ["--people", "1000", "--repeats", "1000"]),
        ("seed", ["--seed", "-1"]),
    ],
)
def test_wrong_usage_is_explained_and_nothing_is_written(cli, golden, snapshot, name, options):
    golden(f"simulate-wrong-{name}", cli("simulate", "set", *options).transcript)
    assert not snapshot()


def test_a_file_is_not_written_over(cli, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    outcome = cli("simulate", "notes.txt")
    assert outcome.code == 1 and "notes.txt is a file" in outcome.err
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_show_tells_in_the_terminal_and_as_json(cli, gestures, real):
    assert cli("show", "gestures").out.splitlines()[1] == ALL
    assert json.loads(cli("show", "gestures", "--json").out)["simulated"] == 18
    assert "simulated" not in cli("show", real).out


def test_a_mixed_data_set_is_counted(cli, gestures, real):
    cli("export", "gestures", "-o", "made.zip", "--labels", "shake")
    cli("import", "made.zip", "--into", real)
    assert "6 of 18 recordings are of simulated people, not real ones." in cli("show", real).out


def test_train_evaluate_and_report_tell(cli, gestures, real):
    trained = cli("train", "gestures", "-o", "new.mbml", "--steps", "20").out
    assert trained.count(TRAINED) == 1
    assert cli("evaluate", "new.mbml", real).out.count(TRAINED) == 1
    both = cli("evaluate", "new.mbml", "gestures").out
    assert both.count("Trained and tested on simulated people, not real ones.") == 1
    counted = json.loads(cli("evaluate", "new.mbml", "gestures", "--json").out)["simulated"]
    assert counted == {"model": 18, "dataset": 18}
    assert cli("report", "new.mbml", "gestures", "-o", "r.html").out.count(TRAINED) == 1
    assert (gestures / "r.html").read_text("utf-8").count(TRAINED) == 1


def test_real_people_are_not_called_simulated(cli, gestures, real):
    said = [
        cli("train", real, "-o", "r.mbml", "--steps", "20").out,
        cli("evaluate", "r.mbml", real).out,
        cli("report", "r.mbml", real, "-o", "r.html").out,
        (gestures / "r.html").read_text("utf-8"),
    ]
    assert not any("simulated" in text for text in said)


def test_export_says_where_a_file_cannot(cli, gestures):
    note = f"Note: {ALL} The file can't say so"
    assert note in cli("export", "gestures", "-o", "g.csv").err
    assert note not in cli("export", "gestures", "-o", "g.zip").err


def test_the_next_commands_work(cli, tmp_path):
    outcome = cli("simulate", "my set", "--people", "3", "--labels", "shake,still")
    assert 'microbit-ml train "my set" -o "my set.mbml"' in outcome.err
    assert cli("show", "my set").code == 0
    assert cli("train", "my set", "-o", "my set.mbml", "--steps", "20").code == 0
