"""Edge Impulse's data acquisition format: JSON and CSV, with info.labels in a zip or a folder."""

import copy
import json
import zipfile

import numpy as np
import pytest
from exchanged import damages, datasets, facts, read_or_explain
from hypothesis import given, settings
from hypothesis import strategies as st

from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings import Dataset, Recording
from microbit_ml.recordings.formats.edge_impulse import (
    is_edge_impulse,
    read_edge_impulse,
    write_edge_impulse,
)

# The example in the format's documentation, with an added gyroscope.
GOOD = {
    "protected": {"ver": "v1", "alg": "HS256", "iat": 1564128599},
    "signature": "b0ee0572a1984b93b6bc56e6576e2cbbd6bccd65d0c356e26b31bbc9a48210c6",
    "payload": {
        "device_name": "ac:87:a3:0a:2d:1b",
        "device_type": "DISCO-L475VG-IOT01A",
        "interval_ms": 10,
        "sensors": [
            {"name": "gyrX", "units": "dps"},
            {"name": "accZ", "units": "m/s2"},
            {"name": "accY", "units": "m/s2"},
            {"name": "accX", "units": "m/s2"},
        ],
        "values": [[7, -9.80665, 0, 4.903325], [8, -9.80665, 0.0, 0]],
    },
}
KEPT = ("label", "name", "subject", "board", "samples")
DATA = Dataset(
    [
        Recording([[12, -4, -1020], [16, -8, -1016]], "a.b/c", None, "Ann", "one", "V2", "import"),
        Recording([[1, 2, -1000]], "", None, "", "two"),
    ]
)


def saved(tmp_path, content, name="wave.sample1.json"):
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_one_json_file(tmp_path):
    """4.903325 m/s2 are half a g: 512 counts. The label ends at the first dot."""
    path = saved(tmp_path, GOOD)
    assert is_edge_impulse(path)
    (one,) = read_edge_impulse(path)
    assert one.samples.tolist() == [[512, 0, -1024], [0, 0, -1024]]
    assert one.time_ms.tolist() == [0, 10]
    assert (one.label, one.name) == ("wave", "wave.sample1")
    assert not is_edge_impulse(saved(tmp_path, [{"name": "createai"}], "c.json"))


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_what_is_written(tmp_path, kind):
    path = tmp_path / "out.zip"
    assert write_edge_impulse(DATA, path, kind) == 2
    assert is_edge_impulse(path)
    with zipfile.ZipFile(path) as file:
        names = file.namelist()
        first = file.read(names[2]).decode()
        info = json.loads(file.read("info.labels"))
    folders, names = names[:2], names[2:]
    assert folders == ["training/", "testing/"]
    assert names == [
        f"training/a_b%2Fc.one.{kind}",
        f"training/unlabeled.two.{kind}",
        "info.labels",
    ]
    if kind == "csv":
        assert first.splitlines() == [
            "timestamp,accX,accY,accZ",
            "0,0.1149,-0.0383,-9.7683",
            "20,0.1532,-0.0766,-9.73",
        ]
    else:
        parsed = json.loads(first)
        assert parsed["protected"] == {"ver": "v1", "alg": "none"}
        assert parsed["payload"]["interval_ms"] == 20
        assert parsed["payload"]["device_type"] == "BBC micro:bit V2"
        assert parsed["payload"]["values"][0] == [0.1149, -0.0383, -9.7683]
    assert info["files"][0] == {
        "path": names[0],
        "name": "one",
        "category": "training",
        "label": {"type": "label", "label": "a.b/c"},
        "metadata": {"person": "Ann", "board": "V2", "source": "import", "unit": "m/s2"},
    }
    assert info["files"][1]["label"] == {"type": "unlabeled"}


def test_a_fifth_of_each_label_is_for_testing_and_the_folder_reads_back(tmp_path):
    """As the uploader's --directory wants it: training, testing and info.labels."""
    many = Dataset(
        [
            Recording([[i, n, -1000], [i, n, -999]], label, None, "", f"{label}-{i}")
            for n, label in enumerate(("tap", "wave"))
            for i in range(1, 12)
        ]
    )
    write_edge_impulse(many, tmp_path / "out.zip")
    assert len(read_edge_impulse(tmp_path / "out.zip")) == 22
    with zipfile.ZipFile(tmp_path / "out.zip") as file:
        file.extractall(tmp_path / "out")
        infos = json.loads(file.read("info.labels"))["files"]
    tests = sorted(path.name for path in (tmp_path / "out" / "testing").iterdir())
    assert tests == [f"{label}.{label}-{i}.json" for label in ("tap", "wave") for i in (10, 5)]
    assert len(list((tmp_path / "out" / "training").iterdir())) == 18
    assert all(one["path"].startswith(one["category"] + "/") for one in infos)
    again = read_edge_impulse(tmp_path / "out")
    assert sorted(one.name for one in again) == sorted(one.name for one in many)


def test_a_folder_and_the_folders_of_an_export(tmp_path):
    """Edge Impulse's own export has training and testing, one info.labels at the top."""
    top = tmp_path / "export"
    for name in ("training", "testing"):
        (top / name).mkdir(parents=True)
        saved(top / name, GOOD, "tap.1.json")
    entries = [
        {"path": f"{name}/tap.1.json", "name": name, "label": {"type": "label", "label": name}}
        for name in ("training", "testing")
    ]
    saved(top, {"version": 1, "files": entries}, "info.labels")
    assert is_edge_impulse(top)
    data = read_edge_impulse(top)
    assert [(r.label, r.name) for r in data] == [("testing", "testing"), ("training", "training")]
    (top / "info.labels").unlink()
    for name in ("training", "testing"):  # or one in each folder
        saved(top / name, {"files": [{"path": "tap.1.json", "label": name}]}, "info.labels")
    assert [r.label for r in read_edge_impulse(top)] == ["testing", "training"]
    (top / "testing" / "tap.1.json").unlink()
    with pytest.raises(DataError, match=r"names 'testing/tap.1.json', which is not there"):
        read_edge_impulse(top)


def bad(change):
    content = copy.deepcopy(GOOD)
    change(content["payload"])
    return content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not JSON or is cut short"),
        ("[]", "does not contain an object"),
        ({"payload": []}, "has no payload"),
        (bad(lambda p: p.update(interval_ms=0)), "interval_ms is 0"),
        (bad(lambda p: p.update(interval_ms=True)), "interval_ms is True"),
        (bad(lambda p: p.pop("interval_ms")), "interval_ms is None"),
        (bad(lambda p: p.update(sensors="accX")), "sensors is not a list"),
        (bad(lambda p: p["sensors"].pop()), "sensors must name accX, accY and accZ"),
        (bad(lambda p: p["sensors"].append({"name": "x"})), "once each"),
        (bad(lambda p: p["sensors"][1].update(units="g")), "its axes are in g and m/s2"),
        (bad(lambda p: [one.update(units="ft") for one in p["sensors"]]), "'ft' is not known"),
        (bad(lambda p: p.update(values=[])), "values is not a list of samples"),
        (bad(lambda p: p["values"][1].pop()), "value 2: x is null, not a number"),
        (bad(lambda p: p["values"][1].__setitem__(1, "1")), 'value 2: z is "1", not a number'),
        (bad(lambda p: p["values"].append(7)), "value 3 is not a list"),
        (bad(lambda p: p["values"][1].__setitem__(3, 2048)), r"would be 208\.\d+ g.*--unit"),
    ],
)
def test_what_cannot_be_read_is_explained(tmp_path, content, message):
    with pytest.raises(DataError, match=message) as caught:
        read_edge_impulse(saved(tmp_path, content))
    assert "wave.sample1.json" in str(caught.value)


def zipped(tmp_path, **files):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, content in files.items():
            text = content if isinstance(content, (str, bytes)) else json.dumps(content)
            file.writestr(name.replace("__", "."), text)
    return path


CSV = "timestamp,accX,accY,accZ\n0,0,0,-1\n20,0,0,-1\n"
IN_G = CSV.replace("accX,accY,accZ", "accX (g),accY (g),accZ (g)")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"info__labels": "["}, "info.labels is not JSON"),
        ({"info__labels": {}}, "no list of files"),
        ({"info__labels": {"files": []}}, "holds no recordings"),
        ({"info__labels": {"files": [7]}}, "entry 1 has no file path"),
        ({"a__cbor": b"\xa3"}, r"a\.cbor is CBOR.*Choose JSON"),
        ({"a__csv": CSV}, r"a\.csv does not name the unit"),
        ({"a__csv": CSV.replace("accY", "tempY")}, "line 1 must name timestamp, accX"),
        ({"a__csv": IN_G + "10,0,0,-1\n"}, r"a\.csv, line 4: the time 10 ms"),
        ({"a__csv": IN_G + "0,0,0,-1\n"}, r"a\.csv, line 4: the time starts again"),
        (
            {
                "a__json": GOOD,
                "info__labels": {"files": [{"path": "a.json", "label": {"type": "multi-label"}}]},
            },
            r"a\.json has several labels",
        ),
        (
            {"a__json": GOOD, "info__labels": {"files": [{"path": "a.json", "metadata": [1]}]}},
            "its metadata in info.labels is not an object",
        ),
        (
            {"a__json": GOOD, "info__labels": {"files": [{"path": "a.json", "label": "a\n"}]}},
            r"a\.json: .*control character",
        ),
    ],
)
def test_zips_that_cannot_be_read_are_explained(tmp_path, files, message):
    with pytest.raises(DataError, match=message) as caught:
        read_edge_impulse(zipped(tmp_path, **files))
    assert "export.zip" in str(caught.value)


def test_csv_with_a_unit(tmp_path):
    (one,) = read_edge_impulse(zipped(tmp_path, tap__1__csv=CSV), unit="g")
    assert (one.label, one.samples.tolist()) == ("tap", [[0, 0, -1024]] * 2)


def test_no_file_and_nothing_to_write(tmp_path):
    with pytest.raises(FileMissingError):
        read_edge_impulse(tmp_path / "gone.zip")
    with pytest.raises(DataError, match="no recordings to write"):
        write_edge_impulse(Dataset([]), tmp_path / "x.zip")


@settings(max_examples=80, deadline=None)
@given(data=datasets(st.sampled_from(["", "tap", "a.b", "一", "A/b"])))
def test_csv_round_trip_keeps_all_that_it_stores(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("round") / "data.zip"
    write_edge_impulse(data, path, "csv")
    named = [one for one in data if one.name]
    back = [r for r, one in zip(read_edge_impulse(path), data, strict=True) if one.name]
    assert facts(back, *KEPT, "time_ms") == facts(named, *KEPT, "time_ms")


@settings(max_examples=80, deadline=None)
@given(data=datasets(even=True))
def test_json_round_trip_keeps_all_that_it_stores(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("round") / "data.zip"
    write_edge_impulse(data, path)
    named = [one for one in data if one.name]
    back = [r for r, one in zip(read_edge_impulse(path), data, strict=True) if one.name]
    assert facts(back, *KEPT, "time_ms") == facts(named, *KEPT, "time_ms")


@settings(max_examples=80, deadline=None)
@given(data=datasets())
def test_json_keeps_length_and_samples_of_uneven_recordings(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("uneven") / "data.zip"
    write_edge_impulse(data, path)
    for one, back in zip(data, read_edge_impulse(path), strict=True):
        assert back.samples.tolist() == one.samples.tolist()
        if len(one) > 1:
            assert back.time_ms[-1] == pytest.approx(one.time_ms[-1], abs=0.002)


@settings(max_examples=200, deadline=None)
@given(damage=damages)
def test_a_broken_json_is_harmless_or_a_data_error(tmp_path_factory, damage):
    path = tmp_path_factory.mktemp("broken") / "wave.json"
    path.write_bytes(damage.done_to(json.dumps(GOOD).encode()))
    data = read_or_explain(read_edge_impulse, path)
    assert data is None or np.abs(data.recordings[0].samples).max() <= 2048


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(index=st.integers(0, 10**6), value=json_values, in_info=st.booleans())
def test_one_bad_value_anywhere_never_makes_a_recording_vanish(
    tmp_path_factory, index, value, in_info
):
    info = {
        "version": 1,
        "files": [
            {
                "path": "a.json",
                "name": "a",
                "label": {"type": "label", "label": "b"},
                "metadata": {"person": "Ann", "unit": "g"},
            }
        ],
    }
    files = {"a__json": copy.deepcopy(GOOD), "info__labels": info}
    spots = list(_spots(info if in_info else files["a__json"]))
    parent, key = spots[index % len(spots)]
    parent[key] = value
    path = zipped(tmp_path_factory.mktemp("one"), **files)
    data = read_or_explain(read_edge_impulse, path)
    assert data is None or len(data) == 1


def _spots(node):
    """Every position in nested lists and dicts as (container, key)."""
    for key in range(len(node)) if isinstance(node, list) else list(node):
        yield node, key
        if isinstance(node[key], (list, dict)):
            yield from _spots(node[key])


@settings(max_examples=150, deadline=None)
@given(damage=damages, kind=st.sampled_from(["json", "csv"]), which=st.integers(0, 2))
def test_a_broken_file_in_a_zip_is_harmless_or_a_data_error(tmp_path_factory, damage, kind, which):
    folder = tmp_path_factory.mktemp("broken")
    write_edge_impulse(DATA, folder / "whole.zip", kind)
    with (
        zipfile.ZipFile(folder / "whole.zip") as whole,
        zipfile.ZipFile(folder / "b.zip", "w") as broken,
    ):
        files = [name for name in whole.namelist() if not name.endswith("/")]
        for number, name in enumerate(files):
            content = whole.read(name)
            broken.writestr(name, damage.done_to(content) if number == which else content)
    data = read_or_explain(read_edge_impulse, folder / "b.zip")
    assert data is None or len(data) == 2


@settings(max_examples=100, deadline=None)
@given(damage=damages)
def test_a_broken_zip_is_harmless_or_a_data_error(tmp_path_factory, damage):
    path = tmp_path_factory.mktemp("broken") / "b.zip"
    write_edge_impulse(DATA, path)
    path.write_bytes(damage.done_to(path.read_bytes()))
    read_or_explain(read_edge_impulse, path)
