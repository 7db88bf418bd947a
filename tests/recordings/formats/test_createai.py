"""Importing files of CreateAI, MakeCode and ml-machine, and rejecting invalid ones."""

import copy
import json
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings import read_createai

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "createai"


def action(name, *recordings, **more):
    return {"id": "1", "name": name, "recordings": list(recordings), **more}


def xyz(x, y, z):
    return {"id": "r", "data": {"x": x, "y": y, "z": z}}


GOOD = [
    action("shake", xyz([0.004, -2.04], [0.5, 2.04], [-1, -1.024]), xyz([1], [0], [0])),
    action("一", xyz([0.3275], [0], [-0.9965])),
]
COUNTS = [[[4, 500, -1000], [-2040, 2040, -1024]], [[1000, 0, 0]], [[328, 0, -996]]]


def read(tmp_path, content, name="wand.json"):
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return read_createai(path)


def ml_machine(actions):
    """The same recordings in ml-machine's format."""
    return [
        {
            "ID": 5,
            "name": one["name"],
            "recordings": [
                {"ID": 6, "labels": [], "samples": [{"vector": list(v)} for v in zip(*(
                    r["data"][axis] for axis in "xyz"), strict=True)]}
                for r in one["recordings"]
            ],
        }
        for one in actions
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        {"data": GOOD},
        {"text": {"main.ts": "", "dataset.json": json.dumps({"data": GOOD})}},
        {"text": {"dataset.json": json.dumps(GOOD)}},
        json.loads(json.dumps(GOOD).replace('"id"', '"ID"')),
        ml_machine(GOOD),
        "\ufeff" + json.dumps(GOOD),
    ],
    ids=["list", "data", "project", "project-list", "legacy-ID", "ml-machine", "byte-order-mark"],
)
def test_all_forms_give_the_same_counts(tmp_path, content):
    data = read(tmp_path, content)
    assert [r.samples.tolist() for r in data] == COUNTS
    assert [r.path for r in data] == ["shake/shake-01.csv", "shake/shake-02.csv", "一/一-01.csv"]
    assert data.recordings[0].time_ms.tolist() == [0, 20]
    assert (data.rate_hz, data.subjects, data.empty_labels) == (50, [], [])
    assert data.provenance == [{"kind": "CreateAI", "file": "wand.json", "recordings": 3}]
    assert {r.source for r in data} == {"wand.json"}


def test_subject_is_the_one_passed_in(tmp_path):
    path = tmp_path / "f.json"
    path.write_text(json.dumps(GOOD))
    assert read_createai(path, subject="Ann").subjects == ["Ann"]


def test_empty_action_is_an_empty_class_and_same_names_are_joined(tmp_path):
    one = xyz([1], [0], [0])
    data = read(
        tmp_path, [action("a", one), action("b"), action("a", xyz([0], [1], [0])), action("c")]
    )
    assert data.labels == ["a"]
    assert data.empty_labels == ["b", "c"]
    assert [r.name for r in data] == ["a-01", "a-02"]
    assert read(tmp_path, [action("a"), action("a", one)]).empty_labels == []
    both = [unicodedata.normalize(form, "naïve") for form in ("NFC", "NFD")]
    assert read(tmp_path, [action(both[0], one), action(both[1])]).empty_labels == []


def bad(change):
    content = copy.deepcopy(GOOD)
    change(content)
    return content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (bad(lambda c: c[0]["recordings"][1]["data"]["y"].append(3)),
         r"'shake', recording 2: x, y and z have 1, 2, 1 values"),
        (bad(lambda c: c[0]["recordings"][0]["data"]["y"].__setitem__(1, float("nan"))),
         r"'shake', recording 1, axis y, value 2 is NaN"),
        (bad(lambda c: c[0]["recordings"][0]["data"]["y"].__setitem__(1, "0.5")),
         r'axis y, value 2 is "0.5" instead of a number'),
        (bad(lambda c: c[0]["recordings"][0]["data"]["y"].__setitem__(1, None)),
         "value 2 is missing"),
        (bad(lambda c: c[0]["recordings"][0]["data"]["y"].__setitem__(1, True)), "value 2 is true"),
        (bad(lambda c: c[0]["recordings"][0]["data"]["y"].__setitem__(1, 980)), "980 is not an ac"),
        (bad(lambda c: c[0]["recordings"][0]["data"].pop("z")), "recording 1, axis z is missing"),
        (bad(lambda c: c[1]["recordings"].__setitem__(0, xyz([], [], []))),
         "'一', recording 1: .*no samples"),
        (bad(lambda c: c[1]["recordings"][0].pop("data")), "'一', recording 1 has neither data"),
        (bad(lambda c: c[1]["recordings"].append(None)), "'一', recording 2 has neither data"),
        (bad(lambda c: c[1].pop("recordings")), "action 2 .*no list of recordings"),
        (bad(lambda c: c[1].pop("name")), "action 2 has no name"),
        (bad(lambda c: c[1].update(name="  ")), "action 2 has no name"),
        (bad(lambda c: c[1].update(name="\ud800")), "half a character"),
        ([*GOOD, action("\ud800")], "action 3: .*half a character"),
        (bad(lambda c: c.append("x")), "action 3 is \"x\""),
        ([*ml_machine(GOOD), {"name": "b", "recordings": [{"samples": [{"vector": [1, 2]}]}]}],
         "'b', recording 1, sample 1 has 2 values"),
        ([{"name": "b", "recordings": [{"samples": [{}]}]}], "recording 1, sample 1 is missing"),
        ([], "holds no recordings"),
        ([action("a")], "holds no recordings"),
        ({"x": [[1, 2]], "y": [[0, 1]]}, "holds features"),
        ({"hello": 1}, "not a CreateAI"),
        ("7", "not a CreateAI"),
        ({"text": {"main.ts": ""}}, "MakeCode project without"),
        ({"text": {"dataset.json": "{"}}, "dataset.json in it is not JSON"),
        ("", "not JSON"),
        (json.dumps(GOOD)[:-20], "not JSON or is cut short"),
        ("[" * 100_000, "not JSON"),
        ("time_ms,x,y,z", "not JSON"),
    ],
)  # fmt: skip
def test_bad_files_are_explained(tmp_path, content, message):
    with pytest.raises(DataError, match=message) as caught:
        read(tmp_path, content)
    assert "wand.json" in str(caught.value)


def test_no_file(tmp_path):
    with pytest.raises(FileMissingError, match=r"no file .*gone\.json"):
        read_createai(tmp_path / "gone.json")
    with pytest.raises(DataError, match="is a folder"):
        read_createai(tmp_path)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["name", "recordings", "data", "samples", "vector", "x", "y", "z", "text",
                         "dataset.json", "ID"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(json_values)
def test_any_json_is_recordings_or_a_data_error(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "any.json"
    path.write_text(json.dumps(content))
    try:
        assert len(read_createai(path)) > 0
    except DataError as error:
        assert "any.json" in str(error)


@settings(max_examples=200, deadline=None)
@given(index=st.integers(0, 10**6), value=json_values)
def test_one_bad_value_anywhere_never_makes_a_recording_vanish(tmp_path_factory, index, value):
    content = copy.deepcopy(GOOD)
    spots = [(parent, key) for parent, key in _spots(content)]
    parent, key = spots[index % len(spots)]
    parent[key] = value
    path = tmp_path_factory.mktemp("one") / "one.json"
    path.write_text(json.dumps(content))
    try:
        data = read_createai(path)
    except DataError as error:
        assert "one.json" in str(error)
    else:
        expected = sum(len(one["recordings"]) for one in content)
        assert len(data) == expected


def _spots(node):
    """Every position in nested lists and dicts as (container, key)."""
    for key in range(len(node)) if isinstance(node, list) else list(node):
        yield node, key
        if isinstance(node[key], (list, dict)):
            yield from _spots(node[key])


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder with real CreateAI files is not there")
@pytest.mark.parametrize(
    ("name", "n_recordings", "n_labels"),
    [
        ("ml-trainer__wand-data-samples.json", 54, 5),
        ("pxt-microbit-ml__big-datasets.json", 200, 8),
        ("cctd-ml-machine__exampleDataset.json", 28, 3),
        ("ml-trainer__project-to-update.json", 18, 3),
        ("ml-trainer__shake-still-circle-legacy-test-data.json", 14, 2),
    ],
)
def test_real_files(tmp_path, name, n_recordings, n_labels):
    data = read_createai(SHARED / name)
    assert (len(data), len(data.labels)) == (n_recordings, n_labels)
    counts = np.concatenate([r.samples for r in data])
    assert np.all(counts % 4 == 0)  # a V2 measures in steps of 4: units and rounding are right
    assert counts.min() >= -2040 and counts.max() <= 2040
    assert data.save(tmp_path / "set") == n_recordings


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder with real CreateAI files is not there")
def test_real_file_of_features_is_refused():
    with pytest.raises(DataError, match="holds features"):
        read_createai(SHARED / "ml-trainer__wand-test-data.json")
