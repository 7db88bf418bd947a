"""``label``: icons and sounds of a data set's labels and of a model's."""

import json

import pytest

import microbit_ml as mb
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.faces import Face

CROSS = "90009:09090:00900:09090:90009"


@pytest.fixture
def practice(tmp_path):
    """The name of a data set of shake, still and twist, with a model trained on it."""
    data = mb.simulate(["shake", "still", "twist"], people=2, repeats=3, seed=3)
    data.save(tmp_path / "practice")
    mb.train(data, steps=5, copies=0).save(tmp_path / "practice.mbml")
    return "practice"


def test_icons_of_a_data_set_go_into_the_next_model(cli, golden, practice, tmp_path):
    printed = cli("label", practice).transcript
    printed += cli("label", practice, "shake", "--icon", "heart", "--sound", "twinkle").transcript
    printed += cli("label", practice, "twist", "--icon", CROSS).transcript
    printed += cli("label", practice, "twist", "--icon", CROSS).transcript  # nothing changes
    printed += cli("label", practice, "still", "--icon", "1...9/...../...../...../.....").transcript
    printed += cli("label", practice).transcript
    printed += cli("label", practice, "shake", "--icon", "none").transcript
    golden("label", printed)
    faces = Dataset.load(tmp_path / practice).faces
    assert faces == {
        "shake": Face("", "TWINKLE"),
        "twist": Face("NO"),
        "still": Face("10009:00000:00000:00000:00000"),
    }
    assert cli("train", practice, "-o", "new.mbml", "--kind", "one_layer").code == 0
    assert mb.Model.load(tmp_path / "new.mbml").faces == faces


def test_an_icon_does_not_move_its_label_among_the_others(cli, practice, tmp_path):
    cli("label", practice, "twist", "--icon", "DUCK")
    assert Dataset.load(tmp_path / practice).ordered_labels == ["shake", "still", "twist"]


def test_a_models_icons_change_without_training(cli, golden, practice, tmp_path):
    before = mb.Model.load(tmp_path / "practice.mbml")
    printed = cli("label", "practice.mbml", "shake", "--icon", "HEART").transcript
    printed += cli("label", "practice.mbml").transcript
    printed += cli("label", "practice.mbml", "shake", "--icon", "HEART").transcript
    golden("label-model", printed)
    after = mb.Model.load(tmp_path / "practice.mbml")
    assert after.faces == {"shake": Face("HEART")}
    assert after.device_bytes() == before.device_bytes()
    assert Dataset.load(tmp_path / practice).faces == {}
    assert "icons" in after.board_files(board="v1")
    assert cli("label", "practice.mbml", "shake", "--icon", "none").code == 0
    assert (tmp_path / "practice.mbml").read_bytes() == before.to_bytes()


def test_all_pictures(cli, golden, practice):
    golden("label-icons", cli("label", practice, "--icons").transcript)


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("nothing",), 1, "There is no data set nothing, and no model."),
        (("nothing.mbml",), 1, "There is no model file nothing.mbml."),
        (("practice", "wave"), 1, "practice has no label 'wave'. It has: shake, still, twist."),
        (("practice", "shake", "--icon", "hart"), 2, "Did you mean HEART"),
        (("practice", "shake", "--sound", "bang"), 2, "There is no sound 'bang'."),
        (("practice", "--icon", "HEART"), 2, "Which label is it for?"),
        (("practice/shake",), 1, "have no labels. Give the whole data set's folder"),
    ],
)
def test_what_is_refused(cli, practice, tmp_path, arguments, code, text):
    before = (tmp_path / "practice.mbml").read_bytes()
    outcome = cli("label", *arguments)
    assert (outcome.code, text in outcome.err) == (code, True), outcome.err
    assert Dataset.load(tmp_path / practice).faces == {}
    assert (tmp_path / "practice.mbml").read_bytes() == before


def test_export_says_which_icons_it_cannot_keep(cli, practice, tmp_path):
    cli("label", practice, "shake", "--sound", "SAD", "--icon", "HEART")
    cli("label", practice, "twist", "--icon", "DUCK")
    outcome = cli("export", practice, "-o", "x.json", "--format", "createai")
    assert "Note: It can't keep the icon or the sound of shake." in outcome.err
    actions = json.loads((tmp_path / "x.json").read_text("utf-8"))
    assert [one.get("icon") for one in actions] == ["Heart", None, "Duck"]
    outcome = cli("export", practice, "-o", "x.csv")
    assert "Note: It can't keep the icon or the sound of shake and twist." in outcome.err
    assert "can't keep" not in cli("export", practice, "-o", "x.zip").err
