"""Bad input: exit 1, one clear message, no traceback, and nothing that exists is changed."""

import json
import math

import pytest

from microbit_ml.recordings import Dataset


def createai(path, *actions):
    path.write_text(json.dumps(actions), encoding="utf-8")


def action(name, *recordings):
    return {
        "id": 1,
        "name": name,
        "recordings": [{"id": i, "data": data} for i, data in enumerate(recordings)],
    }


GOOD = {"x": [0.1, 0.2], "y": [0.1, 0.2], "z": [1.0, 1.1]}
UNEQUAL = {"x": [0.1, 0.2], "y": [0.1], "z": [1.0, 1.1]}
NOT_A_NUMBER = {"x": [0.1, math.nan], "y": [0.1, 0.2], "z": [1.0, 1.1]}


def refused(outcome, *texts):
    """The outcome is an explained error with all of these texts in one line."""
    assert outcome.code == 1, outcome.transcript
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    assert outcome.err.startswith("microbit-ml: ")
    assert outcome.err.count("\n") == 1
    for text in texts:
        assert text in outcome.err


@pytest.mark.parametrize(
    ("recording", "texts"),
    [
        (UNEQUAL, ("action 'tap', recording 2", "x, y and z have 2, 1, 2 values")),
        (NOT_A_NUMBER, ("action 'tap', recording 2, axis x, value 2 is NaN",)),
    ],
)
def test_createai_file_with_a_bad_recording(cli, gestures, snapshot, recording, texts):
    createai(gestures / "bad.json", action("tap", GOOD, recording), action("wave", GOOD))
    before = snapshot()
    refused(cli("import", "bad.json", "--into", "gestures"), "bad.json", *texts)
    refused(cli("import", "bad.json", "--into", "new"), "bad.json", *texts)
    refused(cli("predict", "gestures.mbml", "bad.json"), "bad.json", *texts)
    assert snapshot() == before


def test_empty_class_is_imported_shown_and_not_trained(cli, gestures, snapshot):
    createai(gestures / "some.json", action("tap", GOOD), action("clap"))
    imported = cli("import", "some.json", "--into", "gestures")
    assert imported.code == 0
    assert 'Note: "clap" has no recordings yet.' in imported.err
    before = snapshot()
    assert '- "clap" has no recordings.' in cli("show", "gestures").out
    refused(cli("train", "gestures", "-o", "gestures.mbml"), "no recording of 'clap'")
    assert snapshot() == before


def test_one_class_only(cli, gestures, snapshot):
    Dataset.load("gestures").subset(lambda recording: recording.label == "shake").save("one")
    before = snapshot()
    refused(cli("train", "one", "-o", "gestures.mbml"), "at least two", "shake")
    refused(cli("evaluate", "--protocol", "k-fold", "one"), "at least two", "shake")
    assert 'There is only one label, "shake"' in cli("show", "one").out
    assert snapshot() == before


def test_too_few_recordings(cli, gestures, snapshot):
    createai(gestures / "one.json", action("tap", GOOD))
    cli("import", "one.json", "--into", "gestures")
    before = snapshot()
    refused(cli("train", "gestures", "-o", "gestures.mbml"), "only one recording of 'tap'")
    refused(
        cli("evaluate", "--protocol", "k-fold", "gestures"), 'too few recordings of "tap" for 5'
    )
    assert '"tap" has only 1 recording; record 3 or more.' in cli("show", "gestures").out
    assert snapshot() == before


def test_no_data_set(cli, gestures, snapshot):
    (gestures / "empty").mkdir()
    before = snapshot()
    for folder, text in (("empty", "holds no recordings"), ("none", "no data set folder none")):
        refused(cli("show", folder), text)
        refused(cli("train", folder, "-o", "gestures.mbml"), text)
        refused(cli("evaluate", "--protocol", "k-fold", "empty"), "holds no recordings")
    refused(cli("evaluate", "gestures.mbml", "none"), "no file or folder none")
    assert snapshot() == before


@pytest.mark.parametrize("cell", ["nan", "inf", "", "1e400", "one"])
def test_csv_with_a_cell_that_is_not_a_number(cli, gestures, snapshot, cell):
    bad = gestures / "gestures" / "shake" / "bad.csv"
    bad.write_text(f"time_ms,x,y,z\n0,1,2,3\n20,1,{cell},3\n", encoding="utf-8")
    before = snapshot()
    for arguments in (
        ("show", "gestures"),
        ("train", "gestures", "-o", "gestures.mbml"),
        ("evaluate", "gestures.mbml", "gestures"),
        ("predict", "gestures.mbml", "gestures"),
        ("predict", "gestures.mbml", "gestures/shake/bad.csv"),
    ):
        refused(cli(*arguments), "bad.csv, line 3", "in column y is not a number")
    assert snapshot() == before


@pytest.mark.parametrize("keep", [0, 0.01, 0.3, 0.5, 0.999])
def test_half_written_csv(cli, gestures, snapshot, keep):
    victim = gestures / "gestures" / "shake" / "shake-01-01.csv"
    content = victim.read_bytes()
    # A cut just after a line leaves a shorter recording that looks whole; all other cuts show.
    victim.write_bytes(content[: int(len(content) * keep)].removesuffix(b"\n"))
    before = snapshot()
    for arguments in (
        ("show", "gestures"),
        ("train", "gestures", "-o", "gestures.mbml"),
        ("evaluate", "gestures.mbml", "gestures"),
    ):
        refused(cli(*arguments), "shake-01-01.csv")
    assert snapshot() == before


def test_a_crash_while_writing_leaves_the_data_set_readable(cli, gestures):
    """What ``write_whole`` leaves after a power cut is a hidden temporary file."""
    (gestures / "gestures" / "shake" / ".shake-9.csv-x1y2.part").write_text("time_ms,x,y", "utf-8")
    assert cli("show", "gestures").code == 0
    assert cli("train", "gestures", "-o", "new.mbml", "--steps", "5").code == 0


def damaged_models(content):
    middle = len(content) // 2
    return {
        "empty": b"",
        "cut": content[:middle],
        "cut at the end": content[:-1],
        "longer": content + b"\0",
        "a flipped byte": content[:middle]
        + bytes([content[middle] ^ 0x10])
        + content[middle + 1 :],
        "a flipped first byte": bytes([content[0] ^ 1]) + content[1:],
        "a flipped last byte": content[:-1] + bytes([content[-1] ^ 1]),
        "text": b"This is not a model.\n" * 40,
        "random": bytes((i * i * 31 + i * 7) % 251 for i in range(5000)),
        "zip": b"PK\x03\x04" + bytes(100),
    }


@pytest.mark.parametrize("damage", list(damaged_models(b"0123456789")))
def test_damaged_model(cli, gestures, snapshot, damage):
    content = (gestures / "gestures.mbml").read_bytes()
    (gestures / "bad.mbml").write_bytes(damaged_models(content)[damage])
    (gestures / "old.hex").write_text("keep me", encoding="utf-8")
    before = snapshot()
    for arguments in (
        ("evaluate", "bad.mbml", "gestures"),
        ("predict", "bad.mbml", "gestures"),
        ("predict", "bad.mbml", "gestures", "--board", "virtual:v1"),
        ("build", "bad.mbml", "-o", "old.hex"),
        ("flash", "bad.mbml"),
    ):
        refused(cli(*arguments), "bad.mbml")
    assert snapshot() == before


def test_model_and_data_set_swapped_or_missing(cli, gestures, snapshot):
    before = snapshot()
    swapped = cli("evaluate", "gestures", "gestures.mbml")
    assert (swapped.code, swapped.out) == (2, "")
    assert swapped.err.endswith("microbit-ml evaluate gestures.mbml gestures\n")
    refused(cli("evaluate", "gestures", "gestures"), "gestures is a folder, not a model file")
    refused(cli("predict", "none.mbml", "gestures"), "no model file none.mbml", "microbit-ml train")
    refused(cli("predict", "gestures.mbml", "none"), "no file or folder none")
    refused(cli("predict", "gestures.mbml", "gestures.mbml"), "holds no recordings that")
    refused(cli("show", "gestures.mbml"), "is a file, not the folder of a data set")
    assert snapshot() == before


@pytest.mark.parametrize("labels", [("一", "naïve"), ("nai\u0308ve", "CON"), ("a/b", "..")])
def test_unusual_labels_go_the_whole_way(cli, gestures, labels):
    data = Dataset.load("gestures")
    source = [
        action(
            label,
            *(
                {axis: (r.samples[:, i] / 1000).tolist() for i, axis in enumerate("xyz")}
                for r in data
                if r.label == old
            ),
        )
        for label, old in zip(labels, ("shake", "still"), strict=True)
    ]
    createai(gestures / "odd.json", *source)
    assert cli("import", "odd.json", "--into", "odd").code == 0
    stored = Dataset.load("odd").labels
    assert "naïve" not in labels or "naïve" in stored
    assert cli("train", "odd", "-o", "odd.mbml", "--steps", "30").code == 0
    assert cli("evaluate", "odd.mbml", "odd").code == 0
    answer = json.loads(cli("predict", "odd.mbml", "odd", "--json").out)
    assert {one["label"] for one in answer} - {None} <= set(stored)
    assert cli("build", "odd.mbml", "-o", "odd.hex").code == 0


def test_huge_integers_are_explained(cli, gestures, snapshot):
    huge = {"x": [10**400], "y": [1], "z": [1]}
    createai(gestures / "huge.json", action("tap", huge))
    refused(cli("import", "huge.json", "--into", "gestures"), "huge.json", "axis x, value 1")
    notes = gestures / "gestures" / "dataset.json"
    notes.write_text(json.dumps({"rate_hz": 10**400}), encoding="utf-8")
    refused(cli("show", "gestures"), "dataset.json", "rate_hz")


def test_an_output_never_overwrites_the_input(cli, gestures, snapshot):
    (gestures / "game.py").write_text("print(1)")
    before = snapshot()
    csv = next((gestures / "gestures").glob("*/*.csv")).relative_to(gestures)
    refused(cli("train", "gestures", "-o", "gestures/dataset.json"), "would write over gestures")
    refused(cli("train", "gestures", "-o", csv), "would write over gestures")
    refused(cli("build", "gestures.mbml", "-o", "gestures.mbml"), "would write over gestures.mbml")
    program = ("--program", "game.py")
    refused(cli("build", "gestures.mbml", "-o", "game.py", *program), "would write over game.py")
    refused(cli("train", "gestures", "-o", "gestures"), "is a folder")
    assert cli("train", "gestures", "-o", "").code == 2
    refused(cli("train", "gestures", "-o", "nowhere/x.mbml"), "no folder nowhere")
    assert snapshot() == before


def test_control_characters_in_a_name_are_refused(cli, gestures, snapshot):
    createai(gestures / "nul.json", action("a\0b", GOOD), action("m", GOOD))
    before = snapshot()
    refused(cli("import", "nul.json", "--into", "gestures"), "control character")
    assert snapshot() == before


def test_an_action_called_dataset_json(cli, gestures):
    createai(gestures / "odd.json", action("dataset.json", GOOD))
    assert cli("import", "odd.json", "--into", "odd").code == 0
    assert cli("import", "odd.json", "--into", "odd").code == 0
    assert Dataset.load(gestures / "odd").labels == ["dataset.json"]


def test_a_damaged_neighbour_does_not_block_an_import(cli, gestures):
    createai(gestures / "more.json", action("clap", GOOD))
    (gestures / "gestures" / "shake" / "half.csv").write_text("time_ms,x,y,z\n0,1,2")
    assert cli("import", "more.json", "--into", "gestures").code == 0
    refused(cli("show", "gestures"), "half.csv")


def test_settings_that_would_be_ignored_are_wrong_usage(cli, gestures):
    for extra in (("--arch", "20"), ("--folds", "3"), ("--seed", "4")):
        outcome = cli("evaluate", "gestures.mbml", "gestures", *extra)
        assert outcome.code == 2
        assert "go with --protocol" in outcome.err
    outcome = cli("evaluate", "--protocol", "k-fold", "gestures", "--seed", "-1")
    assert outcome.code == 2
    assert "argument --seed: seed is -1" in outcome.err


def test_a_network_too_large_for_any_board(cli, gestures):
    refused(
        cli("train", "gestures", "-o", "big.mbml", "--arch", "255-255"), "Train with fewer hidden"
    )
    outcome = cli("train", "gestures", "-o", "big.mbml", "--arch", "120", "--steps", "2")
    assert outcome.code == 0
    assert "This model fits no board" in outcome.err
