"""Files for ml-machine and CreateAI meet the requirements of these programs."""

import json
import uuid
from pathlib import Path

import pytest
from exchanged import datasets, facts
from hypothesis import given, settings

from microbit_ml.errors import DataError
from microbit_ml.recordings import Dataset, Recording, read_createai
from microbit_ml.recordings.formats.createai import write_createai
from microbit_ml.recordings.formats.ml_machine import write_ml_machine

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "createai"
TWO = Dataset(
    [
        Recording([[4, 500, -1000], [-2040, 2040, -1024]], "shake", name="a", subject="Ann"),
        Recording([[328, 0, -996]], "一"),
        Recording([[1, 2, 3]], "shake"),
    ],
    empty_labels=["clap"],
)


def written(write, data, tmp_path):
    path = tmp_path / "out.json"
    assert write(data, path) == len(data)
    return json.loads(path.read_text(encoding="utf-8"))


def test_createai_file_meets_the_requirements_of_createai(tmp_path):
    """The checks of CreateAI's own isDatasetUserFileFormat, re-implemented from its rules."""
    actions = written(write_createai, TWO, tmp_path)
    assert isinstance(actions, list)
    for action in actions:
        assert isinstance(action["name"], str) and action["name"]
        assert uuid.UUID(action["id"])
        assert action["requiredConfidence"] == 0.8
        for recording in action["recordings"]:
            assert uuid.UUID(recording["id"])
            assert isinstance(recording["createdAt"], int)
            assert set(recording["data"]) == {"x", "y", "z"}
            assert len({len(values) for values in recording["data"].values()}) == 1
    ids = [one["id"] for action in actions for one in (action, *action["recordings"])]
    times = [one["createdAt"] for action in actions for one in (action, *action["recordings"])]
    assert len(set(ids)) == len(ids)
    assert times == sorted(set(times))
    assert [action["name"] for action in actions] == ["clap", "shake", "一"]
    assert actions[1]["recordings"][0]["data"] == {
        "x": [0.004, -2.04],
        "y": [0.5, 2.04],
        "z": [-1.0, -1.024],
    }


def test_ml_machine_file_has_all_fields(tmp_path):
    actions = written(write_ml_machine, TWO, tmp_path)
    assert [list(action) for action in actions] == [
        ["ID", "name", "recordings", "output", "color", "confidence"]
    ] * 3
    assert actions[1]["recordings"][0]["samples"] == [
        {"vector": [0.004, 0.5, -1.0]},
        {"vector": [-2.04, 2.04, -1.024]},
    ]
    ids = [one["ID"] for action in actions for one in (action, *action["recordings"])]
    assert len(set(ids)) == len(ids) == 6
    assert all(isinstance(number, int) for number in ids)


@pytest.mark.parametrize("write", [write_createai, write_ml_machine])
def test_same_data_same_bytes_and_empty_labels_survive(tmp_path, write):
    write(TWO, tmp_path / "a.json")
    write(TWO, tmp_path / "b.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert read_createai(tmp_path / "a.json").empty_labels == ["clap"]


@pytest.mark.parametrize("write", [write_createai, write_ml_machine])
def test_another_rate_becomes_50_hz(tmp_path, write):
    """100 samples a second: every other one is kept, so the duration stays the same."""
    fast = Recording([[n, 0, -1000] for n in range(9)], "run", rate_hz=100)
    write(Dataset([fast], 100.0), tmp_path / "f.json")
    (one,) = read_createai(tmp_path / "f.json")
    assert one.samples[:, 0].tolist() == [0, 2, 4, 6, 8]


@pytest.mark.parametrize("write", [write_createai, write_ml_machine])
def test_what_cannot_be_written(tmp_path, write):
    with pytest.raises(DataError, match="no recordings to write"):
        write(Dataset([], empty_labels=["a"]), tmp_path / "x.json")
    with pytest.raises(DataError, match=r"'lost' has no label.*--labels"):
        write(Dataset([Recording([[1, 2, 3]], name="lost")]), tmp_path / "x.json")
    assert not (tmp_path / "x.json").exists()


@pytest.mark.parametrize("write", [write_createai, write_ml_machine])
def test_a_round_trip_keeps_all_that_the_format_stores(tmp_path_factory, write):
    path = tmp_path_factory.mktemp("round") / "data.json"

    @settings(max_examples=100, deadline=None)
    @given(data=datasets(even=True))
    def check(data):
        data.recordings.sort(key=lambda one: one.label)
        write(data, path)
        back = read_createai(path)
        assert facts(back, "label", "samples", "time_ms") == facts(
            data, "label", "samples", "time_ms"
        )

    check()


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder with real CreateAI files is not there")
@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("ml-trainer__wand-data-samples.json", write_createai),
        ("cctd-ml-machine__exampleDataset.json", write_ml_machine),
    ],
)
def test_a_real_file_survives_the_round_trip(tmp_path, name, write):
    """Every number of every recording equals the one in the original file."""
    write(read_createai(SHARED / name), tmp_path / "out.json")
    numbers = [
        {
            action["name"]: [
                one.get("data") or [sample["vector"] for sample in one["samples"]]
                for one in action["recordings"]
            ]
            for action in json.loads(path.read_text(encoding="utf-8"))
        }
        for path in (SHARED / name, tmp_path / "out.json")
    ]
    assert numbers[0] == numbers[1]
