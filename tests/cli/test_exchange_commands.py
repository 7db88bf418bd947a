"""``export`` and ``import`` in the formats of other programs."""

import json
import zipfile

import numpy as np
import pytest
from exchanged import damages, read_or_explain
from hypothesis import given, settings
from hypothesis import strategies as st

from microbit_ml.recordings import Dataset, Recording
from microbit_ml.recordings.csv_file import format_csv
from microbit_ml.recordings.formats.any_file import read_file
from microbit_ml.recordings.formats.archive import write_zip
from microbit_ml.recordings.formats.createai import write_createai
from microbit_ml.recordings.formats.edge_impulse import write_edge_impulse
from microbit_ml.recordings.formats.ml_machine import write_ml_machine
from microbit_ml.recordings.formats.npz import write_npz
from microbit_ml.recordings.formats.plain_csv import write_plain_csv


def made(label, number, subject="", **more):
    samples = np.random.default_rng(number).integers(-900, 900, (50, 3))
    return Recording(samples, label, subject=subject, name=f"{label}-{number}", **more)


@pytest.fixture
def wand(tmp_path):
    """Two people, two labels, an empty class; one recording of the board's uneven times."""
    uneven = made("shake", 5, "Ben", time_ms=np.arange(50) * 20 + np.arange(50) % 2 * 3)
    slow = made("tap", 6, "Ben", board="V1", rate_hz=25)
    data = Dataset(
        [made("shake", 1, "Ann", board="V2"), made("tap", 2), uneven, slow], empty_labels=["clap"]
    )
    data.save(tmp_path / "wand")
    return Dataset.load(tmp_path / "wand")


def facts(data, *fields):
    return sorted(tuple(str(getattr(one, field)) for field in fields) for one in data)


@pytest.mark.parametrize(
    ("kind", "file", "kept"),
    [
        ("csv", "all.csv", ("label", "name", "subject", "board", "digest")),
        ("createai", "wand.json", ("label",)),
        ("ml-machine", "wand.json", ("label",)),
        ("edge-impulse", "ei.zip", ("label", "name", "subject", "board")),
        ("edge-impulse-csv", "ei.zip", ("label", "name", "subject", "board", "digest")),
    ],
)
def test_what_a_format_holds_and_loses(cli, golden, wand, tmp_path, kind, file, kept):
    exported = cli("export", "wand", "-o", file, "--format", kind)
    imported = cli("import", file, "--into", "copy")
    golden(f"exchange-{kind}", exported.transcript + imported.transcript)
    copy = Dataset.load(tmp_path / "copy")
    assert facts(copy, *kept) == facts(wand, *kept)
    assert ("clap" in copy.empty_labels) == (kind in ("createai", "ml-machine"))


def test_format_by_ending(cli, golden, wand, tmp_path):
    assert cli("export", "wand", "-o", "all.csv").code == 0
    assert (tmp_path / "all.csv").read_text(encoding="utf-8").startswith('"label","recording"')
    golden("exchange-json-of-what", cli("export", "wand", "-o", "wand.json").transcript)


def test_without_people_the_file_names_nobody(cli, wand):
    assert "who" not in cli("export", "wand", "-o", "w.json", "--format", "createai").err
    assert "says who made the recordings: Ann, Ben." in cli("export", "wand", "-o", "w.csv").err


def test_a_table_needs_columns_unit_and_label(cli, golden, snapshot, tmp_path):
    rows = "".join(f"{n / 50},{n / 10:.1f},0,-9.8\n" for n in range(5))
    (tmp_path / "walk.csv").write_text("when,a,b,c\n" + rows, encoding="utf-8")
    before = snapshot()
    tries = [
        (),
        ("--columns", "time_s,x,y,up"),
        ("--columns", "time_s,x,y,z"),
        ("--columns", "time_s,x,y,z", "--unit", "mg"),
        ("--columns", "time,x,y,z", "--unit", "m/s2"),
        ("--columns", "time_s,x,y,z", "--unit", "m/s2"),
    ]
    transcripts = [cli("import", "walk.csv", "--into", "data", *one).transcript for one in tries]
    assert snapshot() == before
    done = cli("import", "walk.csv", "--into", "data", *tries[-1], "--label", "walk")
    golden("exchange-table", "".join(transcripts) + done.transcript)
    (one,) = Dataset.load(tmp_path / "data")
    assert (one.label, one.time_ms.tolist()) == ("walk", [0, 20, 40, 60, 80])
    assert one.samples[4].tolist() == [42, 0, -1023]  # 0.4 and -9.8 of 9.80665 m/s2 to a g


def test_a_data_log_from_the_drive(cli, golden, tmp_path):
    table = "Time (seconds),x,y,z,label\n0.10,1,2,-900,tap\n0.12,3,4,-900,tap\n5.00,5,6,-900,tap\n"
    head = b"UBIT_LOG_FS_V_002\n0x0001EFFC\n0x00001000\n0255\0"
    content = b"<!doctype html>".ljust(0x800) + head.ljust(0x800, b"\xff") + table.encode()
    (tmp_path / "MY_DATA.HTM").write_bytes(content.ljust(0x2000, b"\xff"))
    golden("exchange-log", cli("import", "MY_DATA.HTM", "--into", "data").transcript)
    assert [len(one) for one in Dataset.load(tmp_path / "data")] == [2, 1]
    (tmp_path / "page.htm").write_text("<p>hello", encoding="utf-8")
    refused = cli("import", "page.htm", "--into", "data")
    assert (refused.code, refused.out) == (1, "")
    assert "page.htm is a web page without a data log" in refused.err


def test_a_data_log_without_labels_asks_for_one(cli, tmp_path):
    text = "Time (seconds),x,y,z\n0.10,1,2,-900\n0.12,3,4,-900\n"
    (tmp_path / "microbit.csv").write_text(text, encoding="utf-8")
    refused = cli("import", "microbit.csv", "--into", "data")
    assert "does not say which movement it is. Add: --label NAME" in refused.err
    assert cli("import", "microbit.csv", "--into", "data", "--label", "tap").code == 0


def test_a_folder_of_edge_impulse(cli, wand, tmp_path):
    """Unpacked as it is for the upload, it is read like the zip."""
    cli("export", "wand", "-o", "ei.zip", "--format", "edge-impulse")
    with zipfile.ZipFile(tmp_path / "ei.zip") as file:
        file.extractall(tmp_path / "unpacked")
    assert cli("import", "unpacked", "--into", "copy").code == 0
    assert facts(Dataset.load(tmp_path / "copy"), "label", "name") == facts(wand, "label", "name")


def test_createai_opens_what_is_exported(cli, wand, tmp_path):
    cli("export", "wand", "-o", "w.json", "--format", "createai")
    actions = json.loads((tmp_path / "w.json").read_text(encoding="utf-8"))
    assert [(one["name"], len(one["recordings"])) for one in actions] == [
        ("clap", 0),
        ("shake", 2),
        ("tap", 2),
    ]
    slow = max(actions[2]["recordings"], key=lambda one: len(one["data"]["x"]))
    assert len(slow["data"]["x"]) == 99  # 49 steps of 40 ms are 98 of 20 ms


@pytest.mark.parametrize(("n", "says"), [(79, False), (80, True)])
def test_long_recordings_change_the_window_of_createai(cli, tmp_path, n, says):
    samples = [[1, 2, -1000]] * n
    long = [Recording(samples, "a", name="a"), Recording(samples[:50], "b", name="b")]
    Dataset(long).save(tmp_path / "long")
    outcome = cli("export", "long", "-o", "l.json", "--format", "createai")
    assert ("The first recording has 80 samples." in outcome.err) == says
    assert "windows of 1.8 s" not in cli("export", "long", "-o", "l.csv").err


WRITERS = {
    "zip": write_zip,
    "npz": write_npz,
    "csv": write_plain_csv,
    "createai": write_createai,
    "ml-machine": write_ml_machine,
    "edge-impulse": write_edge_impulse,
    "edge-impulse-csv": lambda data, path: write_edge_impulse(data, path, "csv"),
    "recording": lambda data, path: path.write_text(format_csv(data.recordings[0])),
    "data log": lambda data, path: path.write_bytes(
        b"<".ljust(0x800) + b"UBIT_LOG_FS_V_002\n0x0001EFFC\n0x00000900\n".ljust(0x100, b"\xff")
        + b"Time (seconds),x,y,z\n0.10,1,2,-900\n0.12,3,4,-900\n\xff"
    ),
}  # fmt: skip
SMALL = Dataset([made("tap", 1), made("shake", 2)])


@pytest.mark.parametrize("kind", list(WRITERS))
def test_every_format_is_known_by_its_content(tmp_path, kind):
    path = tmp_path / "file.without-meaning"
    WRITERS[kind](SMALL, path)
    data = read_file(path)
    if kind == "data log":
        assert data.recordings[0].samples.tolist() == [[1, 2, -900], [3, 4, -900]]
    else:
        expected = [one.samples.tolist() for one in SMALL]
        found = [one.samples.tolist() for one in data]
        assert sorted(found) == sorted(expected[:1] if kind == "recording" else expected)


@settings(max_examples=300, deadline=None)
@given(kind=st.sampled_from(list(WRITERS)), damage=damages, near_start=st.booleans())
def test_a_broken_file_of_any_format_is_read_or_explained(
    tmp_path_factory, kind, damage, near_start
):
    path = tmp_path_factory.mktemp("broken") / "broken.file"
    WRITERS[kind](SMALL, path)
    if near_start:
        damage.at %= 64
    path.write_bytes(damage.done_to(path.read_bytes()))
    data = read_or_explain(read_file, path)
    assert data is None or sum(map(len, data)) >= 1


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_any_bytes_are_read_or_explained(tmp_path_factory, content):
    for name in ("any.csv", "any.htm", "any.json", "any.zip"):
        path = tmp_path_factory.mktemp("any") / name
        path.write_bytes(content)
        read_or_explain(read_file, path)


def test_a_unit_counts_also_where_the_header_is_the_kits_own(cli, tmp_path):
    rows = "".join(f"{20 * i},0.1,0.2,1.0\n" for i in range(3))
    (tmp_path / "mine.csv").write_text("time_ms,x,y,z\n" + rows)
    assert cli("import", "mine.csv", "--into", "d", "--label", "q", "--unit", "g").code == 0
    (recording,) = Dataset.load(tmp_path / "d")
    assert recording.samples[0].tolist() == [102, 205, 1024]
    assert cli("export", "d", "-o", "d.npz").code == 0
    refused = cli("import", "d.npz", "--into", "e", "--unit", "g")
    assert refused.code == 1
    assert "already defines its columns and unit" in refused.err


def test_a_sensor_with_a_wider_range_is_reported(cli, tmp_path):
    rows = [f"{20 * i},{0.1 * i},0,-1" for i in range(50)]  # up to 4.9 g, as phones measure
    (tmp_path / "phone.csv").write_text("\n".join(["time_ms,x,y,z", *rows, ""]))
    (tmp_path / "board.csv").write_text("\n".join(["time_ms,x,y,z", *rows[:20], ""]))  # up to 1.9 g
    outcome = cli(
        "import", "phone.csv", "board.csv", "--into", "set", "--label", "swing", "--unit", "g"
    )
    assert outcome.code == 0
    assert "1 recording of phone.csv went beyond 2 g" in outcome.err
    assert "board.csv went" not in outcome.err
