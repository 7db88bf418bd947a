"""Icons and sounds of labels: what may be typed, and where they survive."""

import json

import pytest
from tiers import tiers

import microbit_ml as mb
from microbit_ml.errors import DataError
from microbit_ml.recordings import Dataset, read_createai
from microbit_ml.recordings.faces import Face, from_json, icon_of, merged, sound_of, to_json
from microbit_ml.recordings.formats.any_file import read_source
from microbit_ml.recordings.formats.writing import FORMATS, write_file
from microbit_ml.recordings.merging import merge
from microbit_ml.recordings.pictures import CREATEAI, IMAGES, SOUNDS
from microbit_ml.recordings.store import Store
from microbit_ml.virtual import VirtualBoard

CROSS = "90009:09090:00900:09090:90009"
HALF = "12345:00000:00000:00000:98765"
FACES = {"tap": Face(HALF), "shake": Face("HEART", "TWINKLE"), "wave": Face()}


@pytest.fixture
def data():
    made = mb.simulate(["shake", "tap", "wave"], people=1, repeats=2, seed=1)
    made.faces = dict(FACES)
    return made


@pytest.mark.parametrize(
    ("typed", "icon"),
    [
        ("HEART", "HEART"),
        (" heart-small", "HEART_SMALL"),
        ("music quaver", "MUSIC_QUAVER"),
        ("none", ""),
        (HALF, HALF),
        ("9...9/.9.9./..9../.9.9./9...9", "NO"),  # the built-in picture of these LEDs
        (CROSS + ":", "NO"),
        ("12345, 00000, 00000, 00000, 98765".replace(", ", ","), HALF),
    ],
)
def test_icons_as_people_type_them(typed, icon):
    assert icon_of(typed) == icon


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("hart", "Did you mean HEART"),
        ("qqq", "There are: HEART, "),
        ("90009:09090", "Or draw your own"),
        ("9000a:09090:00900:09090:90009", "Or draw your own"),
        ("\u0661" * 5 + ":09090:00900:09090:90009", "Or draw your own"),  # Arabic digits
    ],
)
def test_other_icons_are_refused_with_a_hint(typed, hint):
    with pytest.raises(DataError, match=hint):
        icon_of(typed)


def test_sounds():
    assert sound_of("twinkle") == "TWINKLE"
    assert sound_of("None") == ""
    with pytest.raises(DataError, match="Did you mean GIGGLE"):
        sound_of("gigle")


@pytest.mark.default_runtime
@pytest.mark.parametrize("kind", tiers(["v1"], slow=["v2"]))
def test_the_pictures_and_sounds_are_the_boards_own(kind):
    """SCISSORS came with MicroPython 1.1 and 2.1."""
    program = """from microbit import Image
for name in dir(Image):
    one = getattr(Image, name)
    if isinstance(one, Image):
        print(name, repr(one)[7:36])
"""
    program += "from microbit import Sound\nprint(dir(Sound))\n" if kind == "v2" else ""
    with VirtualBoard(kind, {"main.py": program + "print('end')\n"}) as board:
        assert board.run_until("end\r\n", 10, wall_limit_s=60), board.serial
        lines = board.serial.split("\r\n")
    on_board = dict(line.split(" ") for line in lines if line.count(":") == 4)
    assert on_board == IMAGES
    if kind == "v2":
        assert tuple(name for name in json.loads(lines[-2 - 1].replace("'", '"'))
                     if name.isupper()) == tuple(SOUNDS)  # fmt: skip


def test_createai_has_forty_of_them():
    assert len(CREATEAI) == len(set(CREATEAI.values())) == 40
    assert {"Heart", "SmallHeart", "TShirt", "EighthNote", "Scissors"} <= set(CREATEAI.values())


def test_merging_keeps_what_is_there_and_fills_what_is_not():
    first = {"a": Face("HEART"), "b": Face()}
    second = {"c": Face("YES"), "b": Face("NO"), "a": Face("SAD", "HELLO")}
    both = merged(first, second)
    assert list(both.items()) == [
        ("a", Face("HEART", "HELLO")), ("b", Face("NO")), ("c", Face("YES")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        {"shake": "HEART"},
        ["shake"],
        [{"icon": "HEART"}],
        [{"name": 3}],
        [{"name": "shake", "icon": 5}],
        [{"name": "shake", "icon": "HART"}],
        [{"name": "shake", "sound": "\x1b[2J"}],
    ],
)
def test_damaged_lists_of_labels(content, tmp_path, data):
    with pytest.raises(DataError):
        from_json(content)
    data.save(tmp_path / "set")
    notes = tmp_path / "set" / "dataset.json"
    damaged = json.loads(notes.read_text("utf-8")) | {"labels": content}
    notes.write_text(json.dumps(damaged), "utf-8")
    with pytest.raises(DataError, match=r"dataset\.json is damaged: ") as caught:
        Dataset.load(tmp_path / "set")
    assert "\x1b" not in str(caught.value)


def test_a_folder_keeps_them_in_their_order(data, tmp_path):
    data.save(tmp_path / "set")
    loaded = Dataset.load(tmp_path / "set")
    assert list(loaded.faces.items()) == list(FACES.items())
    assert loaded.ordered_labels == ["tap", "shake", "wave"]
    assert loaded.subset(lambda one: one.label != "tap").ordered_labels == ["shake", "wave"]
    other = mb.simulate(["shake", "twist"], people=1, repeats=1, seed=2)
    other.faces = {"twist": Face("YES"), "shake": Face("SAD")}
    other.save(tmp_path / "set")  # a label that is there keeps its icon; a new one follows
    loaded = Dataset.load(tmp_path / "set")
    assert list(loaded.faces.items()) == [*FACES.items(), ("twist", Face("YES"))]


def test_what_another_program_noted_about_a_label_stays(data, tmp_path):
    data.save(tmp_path / "set")
    notes = tmp_path / "set/dataset.json"
    content = json.loads(notes.read_text("utf-8"))
    content["labels"][1]["colour"] = "red"
    notes.write_text(json.dumps(content), "utf-8")
    store = Store(tmp_path / "set")
    with store.locked():
        store.set_face("shake", Face("", "SAD"), 50.0, ["shake", "tap"])
    labels = json.loads(notes.read_text("utf-8"))["labels"]
    assert labels[1] == {"name": "shake", "colour": "red", "sound": "SAD"}


def test_a_folder_without_them_has_the_same_bytes_as_before(tmp_path):
    mb.simulate(["shake"], people=1, repeats=1, seed=2).save(tmp_path / "set")
    assert "labels" not in json.loads((tmp_path / "set/dataset.json").read_text("utf-8"))


@pytest.mark.parametrize("name", list(FORMATS))
def test_each_format_keeps_them_or_says_which_it_loses(name, data, tmp_path):
    ending = {"zip": "zip", "npz": "npz", "csv": "csv"}.get(name, "json")
    ending = "zip" if "edge" in name else ending
    path = tmp_path / f"gestures.{ending}"
    write_file(data, path, name)
    lost = FORMATS[name].lost_faces(data)
    if name in ("zip", "npz"):
        assert lost == []
        assert list(read_source(path).faces.items()) == list(FACES.items())
    else:
        assert lost == ["tap", "shake"]


def test_createais_icons_and_order_survive_import_and_export(data, tmp_path):
    data.faces = {"wave": Face("EighthNote"), "tap": Face("SCISSORS"), "shake": Face("HEART_SMALL")}
    data.faces["wave"] = Face("MUSIC_QUAVER")
    write_file(data, tmp_path / "one.json", "createai")
    actions = json.loads((tmp_path / "one.json").read_text("utf-8"))
    assert [(one["name"], one["icon"]) for one in actions] == [
        ("wave", "EighthNote"), ("tap", "Scissors"), ("shake", "SmallHeart"),
    ]  # fmt: skip
    assert [one["createdAt"] for one in actions] == sorted(one["createdAt"] for one in actions)
    merge(tmp_path / "set", [(tmp_path / "one.json", read_createai(tmp_path / "one.json"))])
    write_file(Dataset.load(tmp_path / "set"), tmp_path / "two.json", "createai")
    again = json.loads((tmp_path / "two.json").read_text("utf-8"))
    assert [(one["name"], one["icon"]) for one in again] == [
        (one["name"], one["icon"]) for one in actions
    ]


@pytest.mark.parametrize("icon", ["EigthNote", "Hologram", 7, None, ["Heart"], {"a": 1}])
def test_odd_icons_in_a_createai_file_do_no_harm(icon, data, tmp_path):
    write_file(data, tmp_path / "one.json", "createai")
    actions = json.loads((tmp_path / "one.json").read_text("utf-8"))
    actions[0]["icon"] = icon
    (tmp_path / "one.json").write_text(json.dumps(actions), "utf-8")
    expected = "MUSIC_QUAVER" if icon == "EigthNote" else ""
    assert read_createai(tmp_path / "one.json").faces["tap"] == Face(expected)


def test_a_model_carries_those_of_its_labels(data, tmp_path):
    data.faces["nobody"] = Face("YES")
    model = mb.train(data, steps=5, copies=0)
    assert model.faces == {"tap": FACES["tap"], "shake": FACES["shake"]}
    model.save(tmp_path / "m.mbml")
    assert mb.Model.load(tmp_path / "m.mbml").faces == model.faces
    data.faces = {}
    plain = mb.train(data, steps=5, copies=0)
    assert plain.device_bytes() == model.device_bytes()
    assert b'"labels"' not in plain.to_bytes()
    more = mb.simulate(["twist"], people=1, repeats=3, seed=4)
    more.faces = {"twist": Face("DUCK"), "tap": Face("", "SAD")}
    tuned = mb.train(more, start=model)
    assert tuned.faces == {
        "twist": Face("DUCK"), "tap": Face(HALF, "SAD"), "shake": FACES["shake"],
    }  # fmt: skip


def test_json_there_and_back():
    assert from_json(to_json(FACES)) == FACES
    assert list(from_json(to_json(FACES))) == list(FACES)
