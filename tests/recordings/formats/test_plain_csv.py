"""Tables from other tools, with columns in any order and any unit; and one table of a data set."""

import numpy as np
import pytest
from exchanged import damages, datasets, facts, labels, read_or_explain
from hypothesis import given, settings

from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings import Dataset, Recording
from microbit_ml.recordings.formats.plain_csv import (
    looks_like_table,
    read_plain_csv,
    write_plain_csv,
)

KEPT = ("label", "name", "subject", "board", "samples", "time_ms")


def read(tmp_path, text, **options):
    path = tmp_path / "walk.csv"
    path.write_bytes(text.encode())
    return read_plain_csv(path, **options)


@pytest.mark.parametrize(
    ("unit", "x", "z"),
    [("counts", 512, -1024), ("g", 0.5, -1), ("mg", 500, -1000), ("m/s2", 4.903325, -9.80665)],
)
def test_every_unit_gives_the_same_counts(tmp_path, unit, x, z):
    """Half a g is 512 counts, 500 mg, 4.903325 m/s2."""
    data = read(tmp_path, f"x,y,z\n{x},0,{z}\n{x},0,{z}\n", unit=unit)
    assert data.recordings[0].samples.tolist() == [[512, 0, -1024]] * 2
    named = read(tmp_path, f"z [{unit}],x [{unit}],y [{unit}]\n{z},{x},0\n{z},{x},0\n")
    assert named.recordings[0].samples.tolist() == [[512, 0, -1024]] * 2


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("x,y,z,time\n1,2,-900,0\n3,4,-900,25\n", None),
        ("Time (milliseconds),gyrX,accX,accY,accZ\n0,9,1,2,-900\n25,9,3,4,-900\n", None),
        ("timestamp;z;y;x\n0;-900,0;2,0;1,0\n25;-900,0;4,0;3,0\n", None),
        ("Time (seconds)\tacc_z\tacc_y\tacc_x\r\n0\t-900\t2\t1\r\n0.025\t-900\t4\t3\r\n", None),
        ("0,-900,7,2,1\n25,-900,7,4,3\n", "time,z,-,y,x"),
        ("when,up,what,aside,on\n0,-900,7,2,1\n25,-900,7,4,3\n", "time_ms,z,-,y,x"),
        ("0,-900,2,1\n0.025,-900,4,3\n\n", "time_s,z,y,x"),
        ("\ufeff1.0,2.0,-9e2,0\n3.0,4.0,-9e2,25\n", "x,y,z,time"),
    ],
)
def test_columns_in_any_order(tmp_path, text, columns):
    (one,) = read(tmp_path, text, columns=columns, unit="counts")
    assert one.samples.tolist() == [[1, 2, -900], [3, 4, -900]]
    assert one.time_ms.tolist() == [0, 25]
    assert (one.name, one.label, one.source) == ("walk", "", "walk.csv")


def test_a_table_without_time_has_50_samples_a_second(tmp_path):
    data = read(tmp_path, "x,y,z\n1,2,-900\n3,4,-900\n", unit="counts")
    assert (data.recordings[0].time_ms.tolist(), data.rate_hz) == ([0, 20], 50)


def test_recordings_begin_at_another_label_or_when_time_restarts(tmp_path):
    data = read(
        tmp_path,
        "time_ms,x_mg,y_mg,z_mg,gesture,user\n"
        "5,0,0,-1000,tap,Ann\n25,0,0,-1000,tap,Ann\n"
        "0,0,0,-1000,tap,Ann\n20,0,0,-1000,tap,Ann\n"
        '40,0,0,-1000,"shake, hard",Ann\n60,0,0,-1000,"shake, hard",Ben\n',
    )
    assert [(r.path, r.subject, len(r)) for r in data] == [
        ("tap/tap-01.csv", "Ann", 2),
        ("tap/tap-02.csv", "Ann", 2),
        ("shake, hard/shake, hard-01.csv", "Ann", 1),
        ("shake, hard/shake, hard-02.csv", "Ben", 1),
    ]
    assert data.provenance == [{"kind": "CSV", "file": "walk.csv", "recordings": 4}]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "is empty"),
        ("\n,,\n", {}, "is empty"),
        ("x,y,z\n", {"unit": "g"}, "no samples"),
        ("x,y,z\n0,0,1\n", {}, "does not name the unit .* --unit mg"),
        ("x,y,z\n0,0,1\n", {"unit": "ounces"}, "'ounces' is not a known unit"),
        ("x_g,y_g,z_mg\n0,0,1\n", {}, "its columns are in g and mg"),
        ("x,y,time\n0,0,1\n", {"unit": "g"}, "line 1: there is no column z in 'x,y,time'"),
        ("x,y,z,X\n0,0,1,1\n", {"unit": "g"}, "two columns x"),
        ("0,0,1\n", {"unit": "g", "columns": "x,y,up"}, "'up' is not a known column"),
        ("0,0,1\n", {"unit": "g", "columns": "x,y,-"}, "no column z"),
        ("0,0,1,5\n", {"unit": "g", "columns": "x,y,z"}, "line 1 has 4 columns instead of 3"),
        ("x,y,z\n0,0,1\n0,0\n", {"unit": "g"}, "line 3 has 2 columns instead of 3"),
        ("x,y,z\n0,0,1\n\n0,0,1\n", {"unit": "g"}, "line 3 has 0 columns"),
        ("x,y,z\n0,0,1\n0,nan,1\n", {"unit": "g"}, "line 3: 'nan' in column y is not a number"),
        ("x,y,z\n0,0,1\n0,up,1\n", {"unit": "g"}, "line 3: 'up' in column y"),
        ("x,y,z\n0,0,1\n0,0,1", {"unit": "g"}, "line 3: the last line does not end"),
        ("t,x,y,z\n0,0,0,1\n20,0,0,1\n10,0,0,1\n", {"unit": "g"}, "line 4: the time 10 ms is not"),
        ("t,x,y,z\n0,0,0,1\n20,0,0,1\n20,0,0,1\n", {"unit": "g"}, "line 4: the time 20 ms is not"),
        ("t,x,y,z\n0,0,0,1\n.02,0,0,1\n", {"unit": "g"}, "by 0.02 ms per sample.*time_s"),
        ("t,x,y,z\n0,0,0,1\n9e9,0,0,1\n", {"unit": "g"}, "microseconds, name the column time_us"),
        ("x,y,z\n0,0,1000\n", {"unit": "g"}, "largest number would be 1000 g"),
        ("x,y,z\n0,0,1\n", {"unit": "counts"}, r"largest number would be 0\.0009\d+ g"),
        ("label,x_g,y_g,z_g\n\ud800,0,0,1\n", {}, "not a text file"),
        ("label,x_g,y_g,z_g\na\x07,0,0,1\n", {}, "line 2 and after: .*control character"),
    ],
)
def test_what_cannot_be_read_is_explained(tmp_path, text, options, message):
    path = tmp_path / "walk.csv"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(DataError, match=message) as caught:
        read_plain_csv(path, **options)
    assert "walk.csv" in str(caught.value) or "columns is" in str(caught.value)


def test_no_file_and_no_recordings(tmp_path):
    with pytest.raises(FileMissingError, match=r"no file .*gone\.csv"):
        read_plain_csv(tmp_path / "gone.csv")
    with pytest.raises(DataError, match="no recordings to write"):
        write_plain_csv(Dataset([]), tmp_path / "x.csv")


def test_what_is_written(tmp_path):
    one = Recording([[1, 2, -900], [3, 4, -900]], 'a "b", c', [0, 12.5], "Ann", "a-1", "V2", "s")
    path = tmp_path / "all.csv"
    assert write_plain_csv(Dataset([one, one]), path) == 2
    assert path.read_text(encoding="utf-8").splitlines()[:4] == [
        '"label","recording","person","board","time_ms","x_counts","y_counts","z_counts"',
        '"a ""b"", c","a-1","Ann","V2",0,1,2,-900',
        '"a ""b"", c","a-1","Ann","V2",12.5,3,4,-900',
        '"a ""b"", c","a-1-2","Ann","V2",0,1,2,-900',
    ]


@settings(max_examples=150, deadline=None)
@given(data=datasets(labels))
def test_a_round_trip_keeps_all_that_a_table_stores(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("round") / "all.csv"
    for number, one in enumerate(data):
        object.__setattr__(one, "name", f"{one.name}{number}")
    write_plain_csv(data, path)
    assert looks_like_table(path.read_bytes()[:1024])
    assert facts(read_plain_csv(path), *KEPT) == facts(data, *KEPT)


@settings(max_examples=200, deadline=None)
@given(damage=damages)
def test_any_damage_is_harmless_or_a_data_error(tmp_path_factory, damage):
    path = tmp_path_factory.mktemp("broken") / "all.csv"
    samples = np.random.default_rng(0).integers(-1000, 1000, (4, 3))
    write_plain_csv(Dataset([Recording(samples, "tap", name="tap-1")]), path)
    path.write_bytes(damage.done_to(path.read_bytes()))
    data = read_or_explain(read_plain_csv, path)
    assert data is None or sum(map(len, data)) >= 1
