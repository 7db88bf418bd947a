"""A data set as one zip file: round trips, zips of other programs, damaged and hostile zips."""

import errno
import io
import json
import os
import stat
import struct
import unicodedata
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings import Dataset, Recording, read_npz
from microbit_ml.recordings.csv_file import format_csv
from microbit_ml.recordings.formats import archive, zip_members
from microbit_ml.recordings.formats.archive import is_npz, joined, load_folders, read_zip, write_zip
from microbit_ml.recordings.formats.npz import write_npz


def recording(label, seed=0, **more):
    samples = np.random.default_rng(seed).integers(-2048, 2049, (3 + seed % 5, 3))
    return Recording(samples, label, **more)


def facts(data):
    """All facts in a data set about its recordings, in a fixed order."""
    return sorted(
        (r.label, r.name, r.subject, r.board, r.source, r.samples.tolist(), r.time_ms.tolist())
        for r in data
    )


def without_names(data):
    """The same without the recordings' names, which change when they are in use."""
    return sorted((label, *rest) for label, _, *rest in facts(data))


CSV = format_csv(recording("", 1))
OTHER = format_csv(recording("", 2))


def zipped(path, files, **more):
    """A zip with these files (name -> text or bytes); a name that ends in / is a folder."""
    with zipfile.ZipFile(path, "w", **more) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return path


def labels_of(path):
    return sorted((r.label, r.name) for r in read_zip(path))


@pytest.fixture
def gestures():
    return Dataset(
        [
            recording("shake", 1, subject="Ann", name="shake-01", board="V1", source="a.json"),
            recording("shake", 2, name="shake-02", time_ms=[0, 19.5, 41.125, 60, 80]),
            recording("一 / naïve", 3, subject="Zoë", name="?"),
            recording("", 4, name="somewhere"),
        ],
        rate_hz=100,
        provenance=[{"kind": "test", "file": "a.json"}],
        empty_labels=["clap"],
    )


# --- round trips -------------------------------------------------------------------------------


def test_zip_is_the_folder(gestures, tmp_path):
    """Unpacked by any tool, it equals the folder of Dataset.save, named after the zip."""
    assert write_zip(gestures, tmp_path / "mine.zip") == 4
    with zipfile.ZipFile(tmp_path / "mine.zip") as file:
        assert file.testzip() is None
        names = file.namelist()
        for info in file.infolist():
            mode = info.external_attr >> 16
            assert stat.S_ISDIR(mode) == info.is_dir() and mode & 0o444 == 0o444
        file.extractall(tmp_path)
    assert sorted(names) == [
        "mine/clap/", "mine/dataset.json", "mine/shake/shake-01.csv", "mine/shake/shake-02.csv",
        "mine/somewhere.csv", "mine/一 %2F naïve/%3F.csv"]  # fmt: skip
    loaded = Dataset.load(tmp_path / "mine")
    assert facts(loaded) == facts(gestures)
    gestures.save(tmp_path / "saved")
    for path in (tmp_path / "saved").rglob("*.*"):
        twin = tmp_path / "mine" / path.relative_to(tmp_path / "saved")
        if path.suffix == ".csv":
            assert twin.read_bytes() == path.read_bytes()
    assert facts(Dataset.load(tmp_path / "saved")) == facts(loaded)
    heads = [json.loads((tmp_path / f / "dataset.json").read_bytes()) for f in ("mine", "saved")]
    assert heads[0]["rate_hz"] == heads[1]["rate_hz"]
    assert heads[0]["provenance"] == heads[1]["provenance"]
    assert heads[0]["version"] == 1  # so that older kits read the zip, with its subjects


def test_zip_is_read_back_completely(gestures, tmp_path):
    write_zip(gestures, tmp_path / "mine.zip")
    data = read_zip(tmp_path / "mine.zip")
    assert facts(data) == facts(gestures)
    assert [r.label for r in data] == ["", "shake", "shake", "一 / naïve"]
    assert (data.rate_hz, data.provenance) == (100, gestures.provenance)
    assert data.empty_labels == ["clap"]


def test_same_data_gives_the_same_bytes(gestures, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_zip(gestures, tmp_path / name / "set.zip")
    assert (tmp_path / "one/set.zip").read_bytes() == (tmp_path / "two/set.zip").read_bytes()


def test_names_in_use_and_duplicate_recordings(tmp_path):
    data = Dataset([recording("a", n, name="A-1") for n in (1, 2, 1)])
    data.recordings += [recording("a", 3, name="a-1"), recording("b", 1, name="a-1")]
    assert write_zip(data, tmp_path / "x.zip") == 4
    assert labels_of(tmp_path / "x.zip") == [("a", "A-1"), ("a", "A-2"), ("a", "a-3"), ("b", "a-1")]


def test_labels_that_cannot_be_folders_side_by_side(tmp_path):
    for labels, message in ((["Tap", "tap"], "upper and lower case"), (["呪" * 80], "too long")):
        with pytest.raises(DataError, match=message):
            write_zip(Dataset([recording(label, 1) for label in labels]), tmp_path / "x.zip")
    assert list(tmp_path.iterdir()) == []


def test_progress_counts_to_the_end(gestures, tmp_path):
    seen = []
    for use in (write_zip, lambda data, path, progress: read_zip(path, progress)):
        seen.clear()
        use(gestures, tmp_path / "x.zip", lambda done, total: seen.append((done, total)))
        assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left on device")])
def test_full_disk_leaves_the_old_file(gestures, tmp_path, monkeypatch, failure):
    path = zipped(tmp_path / "x.zip", {"old": "keep me"})
    before = path.read_bytes()

    def failing(*args):
        raise failure

    monkeypatch.setattr(os, "fsync", failing)
    for write in (write_zip, write_npz):
        with pytest.raises(OSError):
            write(gestures, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


printable = st.characters(exclude_categories=["Cc", "Cs"])
texts = st.text(printable, max_size=12)
# The facts of each measurement; a data set may contain fewer.
SUBJECTS, BOARDS, SOURCES = ("Ann", "Zoë", "一"), ("V1", "V2"), ("a.json", "")


@st.composite
def recordings(draw, labels):
    """One of a few measurements, with or without its subject."""
    seed = draw(st.integers(0, 11))
    known = draw(st.booleans())
    return recording(
        draw(labels),
        seed,
        name=draw(texts),
        subject=SUBJECTS[seed % 3] if known else "",
        board=BOARDS[seed % 2] if known else "",
        source=SOURCES[seed % 2] if known else "",
        time_ms=np.arange(3 + seed % 5) * (20 + seed / 7),
    )


FEW_LABELS = st.sampled_from(["shake", "naïve", "一", "a/b", "CON", ".. ", ""])


def data_sets(labels=FEW_LABELS):
    return st.builds(
        Dataset,
        st.lists(recordings(labels), min_size=1, max_size=8),
        provenance=st.lists(st.fixed_dictionaries({"file": texts}), max_size=2),
        empty_labels=st.lists(st.sampled_from(["clap", "tap"]), max_size=2, unique=True),
    )


many = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def quick_disk(monkeypatch):
    """Hundreds of files that need not survive a power cut."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


def stored(data, folder):
    data.save(folder)
    return Dataset.load(folder)


@many
@given(data=data_sets(), rate_hz=st.sampled_from([50.0, 31.25, 100.0]))
def test_export_then_import_is_the_identity(quick_disk, tmp_path_factory, data, rate_hz):
    folder = tmp_path_factory.mktemp("there")
    data.rate_hz = rate_hz
    before = stored(data, folder / "set")
    write_zip(before, folder / "set.zip")
    read = read_zip(folder / "set.zip")
    after = stored(read, folder / "again")
    for one in (read, after):
        assert facts(one) == facts(before)
        assert (one.rate_hz, one.empty_labels) == (rate_hz, before.empty_labels)
        assert one.provenance == before.provenance
    assert read.save(folder / "again") == 0
    assert facts(Dataset.load(folder / "again")) == facts(before)
    write_npz(before, folder / "set.npz")
    assert facts(read_npz(folder / "set.npz")) == facts(before)


@many
@given(data=data_sets(texts))
def test_any_label_survives_or_is_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "set.zip"
    try:
        n_written = write_zip(data, path)
    except DataError as error:
        assert "upper and lower case" in str(error)
        assert not path.exists()
        return
    read = read_zip(path)
    assert len(read) == n_written == len({(r.label, r.digest) for r in data})
    assert {r.label for r in read} == {r.label for r in data}


@settings(many, max_examples=40)
@given(one=data_sets(), two=data_sets(), three=data_sets())
def test_merging_in_any_order_gives_the_same_set(quick_disk, tmp_path_factory, one, two, three):
    folder = tmp_path_factory.mktemp("merged")
    parts = []
    for number, data in enumerate((one, two, three)):
        write_zip(stored(data, folder / f"{number}"), folder / f"{number}.zip")
        parts.append(read_zip(folder / f"{number}.zip"))
    merged = []
    for number, order in enumerate(((0, 1, 2), (2, 1, 0), (1, 2, 0, 1, 0, 2))):
        target = folder / f"merged-{number}"
        for i in order:
            parts[i].save(target)
        merged.append(Dataset.load(target))
    joined([parts[2], parts[0], parts[1]]).save(folder / "at once")
    merged.append(Dataset.load(folder / "at once"))
    for other in merged[1:]:
        assert without_names(other) == without_names(merged[0])
        assert other.labels == merged[0].labels
        assert other.empty_labels == merged[0].empty_labels
    assert {(r.label, r.digest) for r in merged[0]} == {
        (r.label, r.digest) for data in (one, two, three) for r in data
    }


def test_joined_has_the_rate_of_most_recordings():
    parts = [
        Dataset([recording("a", 1)], 100, [{"a": 1}], ["b", "c"]),
        Dataset([recording("b", 2), recording("b", 3)], 50, [{"a": 1}, {"b": 2}]),
    ]
    for order in (parts, parts[::-1]):
        data = joined(order)
        assert (data.rate_hz, len(data), data.empty_labels) == (50, 3, ["c"])
        assert len(data.provenance) == 2


# --- zips that other programs made -------------------------------------------------------------


@pytest.mark.parametrize(
    "files",
    [
        {"shake/1.csv": CSV, "tap/2.csv": OTHER},
        {"data/shake/1.csv": CSV, "data/tap/2.csv": OTHER},
        {"a/b/data/shake/1.csv": CSV, "a/b/data/tap/2.csv": OTHER},
        {"data/": "", "data/shake/": "", "data/shake/1.csv": CSV, "data/tap/2.CSV": OTHER},
        {"data\\shake\\1.csv": CSV, "data\\tap\\2.csv": OTHER},
        {"./data/shake/1.csv": CSV, "data//tap/2.csv": OTHER},
        {
            "data/shake/1.csv": CSV,
            "data/tap/2.csv": OTHER,
            "__MACOSX/data/shake/._1.csv": b"\0\5\x16\7",
            "data/.DS_Store": b"\0\0\0\1Bud1",
            "data/shake/._1.csv": b"\0\5\x16\7",
            ".git/a/b.csv": "x",
            "data/readme.txt": "hello",
        },
        {"data/dataset.json": "{}", "data/shake/1.csv": CSV, "data/tap/2.csv": OTHER},
        {"dataset.json": "{}", "shake/1.csv": CSV, "tap/2.csv": OTHER},
        {"d/dataset.json": "{}", "d/tap/dataset.json": "{}", "d/shake/1.csv": CSV,
         "d/tap/2.csv": OTHER},
        {"ann/dataset.json": "{}", "ann/shake/1.csv": CSV, "ben/tap/2.csv": OTHER},
        {"x/ann/dataset.json": "{}", "x/ann/shake/1.csv": CSV,
         "x/ben/dataset.json": "{}", "x/ben/tap/2.csv": OTHER},
    ],
)  # fmt: skip
def test_folders_as_people_zip_them(tmp_path, files):
    path = zipped(tmp_path / "x.zip", files)
    assert labels_of(path) == [("shake", "1"), ("tap", "2")]


def laid_out(folder, files):
    """These files on the disk: name -> text."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")
    return folder


@pytest.mark.parametrize(
    "files",
    [
        {"shake/1.csv": CSV, "tap/2.csv": OTHER},
        {"dataset.json": "{}", "shake/1.csv": CSV, "tap/2.csv": OTHER},
        {"data/dataset.json": "{}", "data/shake/1.csv": CSV, "data/tap/2.csv": OTHER,
         "__MACOSX/data/shake/1.csv": "x", "__MACOSX/data/dataset.json": "x"},
        {"x/ann/dataset.json": "{}", "x/ann/shake/1.csv": CSV,
         "x/ben/dataset.json": "{}", "x/ben/tap/2.csv": OTHER, "x/readme.txt": "hello"},
        {"ann/dataset.json": "{}", "ann/shake/1.csv": CSV, "ben/tap/2.csv": OTHER},
    ],
)  # fmt: skip
def test_folders_as_people_unpack_them(tmp_path, files):
    data = load_folders(laid_out(tmp_path / "x", files))
    assert sorted((r.label, r.name) for r in data) == [("shake", "1"), ("tap", "2")]


def test_folder_with_a_recording_outside_its_data_sets(tmp_path):
    files = {"a/dataset.json": "{}", "a/tap/1.csv": CSV, "1.csv": CSV, "b/c/tap/1.csv": CSV}
    with pytest.raises(DataError, match=r"1\.csv is outside the data sets in"):
        load_folders(laid_out(tmp_path / "x", files))
    with pytest.raises(FileMissingError):
        load_folders(tmp_path / "gone")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="empty holds no recordings"):
        load_folders(tmp_path / "empty")


def test_recordings_without_a_label_beside_folders(tmp_path):
    path = zipped(
        tmp_path / "x.zip", {"data/1.csv": CSV, "data/tap/2.csv": OTHER, "data/clap/": ""}
    )
    assert labels_of(path) == [("", "1"), ("tap", "2")]
    assert read_zip(path).empty_labels == ["clap"]
    assert labels_of(zipped(tmp_path / "y.zip", {"1.csv": CSV})) == [("", "1")]


def test_zips_in_a_zip_are_pupils(gestures, tmp_path):
    inner = {}
    for subject in ("Ann", "Ben"):
        data = Dataset([recording("tap", len(inner) + 7, subject=subject, name="tap-1")])
        write_zip(data, tmp_path / "gestures.zip")
        inner[f"{subject} 123/gestures.zip"] = (tmp_path / "gestures.zip").read_bytes()
    path = zipped(tmp_path / "class.zip", inner)
    assert [(r.subject, r.name) for r in read_zip(path)] == [("Ann", "tap-1"), ("Ben", "tap-1")]
    # An old zip inside a data set's folder is ignored, as in a folder on the disk.
    path = zipped(tmp_path / "own.zip", {"d/tap/1.csv": CSV, **inner})
    assert labels_of(path) == [("tap", "1")]
    path = zipped(tmp_path / "deep.zip", {"class.zip": (tmp_path / "class.zip").read_bytes()})
    with pytest.raises(DataError, match=r"deep\.zip holds no recordings"):
        read_zip(path)


def name_in_zip(tmp_path, raw):
    """A zip with a file of this name in bytes, not flagged as UTF-8."""
    stand_in = "x" * (len(raw) - len("/1.csv")) + "/1.csv"
    path = zipped(tmp_path / "x.zip", {stand_in: CSV})
    path.write_bytes(path.read_bytes().replace(stand_in.encode(), raw))
    return path


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        ("naïve/1.csv".encode("cp437"), "naïve"),  # Windows, before it wrote UTF-8
        ("naïve/1.csv".encode(), "naïve"),  # macOS does not flag its UTF-8
        (unicodedata.normalize("NFD", "naïve/1.csv").encode(), "naïve"),
        ("一/1.csv".encode(), "一"),
        (b"a%2Fb/1.csv", "a/b"),
    ],
)
def test_names_in_odd_encodings(tmp_path, raw, label):
    assert labels_of(name_in_zip(tmp_path, raw)) == [(label, "1")]


def test_a_name_with_a_control_character_is_refused_with_its_path(tmp_path):
    with pytest.raises(DataError, match=r"x\.zip, a\nb/1\.csv.*control character"):
        read_zip(name_in_zip(tmp_path, b"a\nb/1.csv"))


# --- damaged and hostile ones ------------------------------------------------------------------


def with_flag(content, bit):
    """The zip with a bit set in the flags of each of its entries."""
    changed = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            changed[at + offset] |= bit
            at = content.find(signature, at + 1)
    return bytes(changed)


@pytest.mark.parametrize("name", ["../1.csv", "a/../../b/1.csv", "/etc/1.csv", "C:/x/1.csv",
                                  "..\\..\\1.csv", "\\\\server\\a\\1.csv"])  # fmt: skip
def test_paths_that_lead_outside(tmp_path, name):
    path = zipped(tmp_path / "x.zip", {"tap/1.csv": CSV, name: OTHER})
    with pytest.raises(DataError, match="leads out of the zip"):
        read_zip(path)


def test_a_password(tmp_path):
    path = zipped(tmp_path / "x.zip", {"tap/1.csv": CSV})
    path.write_bytes(with_flag(path.read_bytes(), 1))
    with pytest.raises(DataError, match=r"x\.zip, tap/1\.csv is locked with a password"):
        read_zip(path)


def test_an_unsupported_compression_method(tmp_path):
    path = zipped(tmp_path / "x.zip", {"tap/1.csv": CSV})
    content = bytearray(path.read_bytes())
    content[8], content[content.find(b"PK\x01\x02") + 10] = 9, 9  # Deflate64
    path.write_bytes(content)
    with pytest.raises(DataError, match="compressed in a way"):
        read_zip(path)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "x.zip holds no recordings. A data set's zip"),
        ({"readme.txt": "hello"}, "holds no recordings"),
        ({"shake/": "", "tap/": ""}, "holds no recordings"),
        ({"d/dataset.json": "{}", "d/shake/": "", "d/tap/": ""}, "only the empty folders shake, t"),
        ({"tap/1.csv": ""}, "x.zip, tap/1.csv is empty"),
        ({"tap/1.csv": "time_ms,x,y,z\n0,1,2\n"}, "x.zip, tap/1.csv, line 2 has 3 columns"),
        ({"tap/1.csv": b"\xff\xfe\x00"}, "x.zip, tap/1.csv is not a text file"),
        ({"dataset.json": "{", "tap/1.csv": CSV}, "x.zip, dataset.json is damaged"),
        ({"dataset.json": '{"version": 3}', "tap/1.csv": CSV}, "newer microbit-ml"),
        ({"d/dataset.json": "{}", "d/tap/old/1.csv": CSV}, "tap/old/1.csv is in a folder inside"),
        ({"d/1.csv": CSV, "d/e/tap/1.csv": CSV}, "x.zip, d/1.csv is outside"),
        ({"e/dataset.json": "{}", "e/tap/1.csv": CSV, "a/b/c/d.txt": "", "/x": ""}, "leads out"),
        ({"a.zip": b"PK"}, "x.zip, a.zip is damaged or incomplete"),
    ],
)
def test_damage_is_reported_with_the_file_and_the_path_in_it(tmp_path, files, message):
    with pytest.raises(DataError) as caught:
        read_zip(zipped(tmp_path / "x.zip", files))
    assert message in str(caught.value)


def test_no_file(tmp_path):
    with pytest.raises(FileMissingError):
        read_zip(tmp_path / "gone.zip")


def test_bombs_are_detected_by_their_sizes(tmp_path, monkeypatch):
    huge = zip_members.LARGEST_FILE + 1
    path = zipped(tmp_path / "x.zip", {"tap/1.csv": b"0" * huge}, compression=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 100_000
    with pytest.raises(DataError, match=r"x\.zip, tap/1\.csv has 16 MB: too large"):
        read_zip(path)
    # One that declares a small size yields at most that many bytes.
    content = path.read_bytes().replace(struct.pack("<L", huge), struct.pack("<L", 100))
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"x\.zip, tap/1\.csv is damaged"):
        read_zip(path)
    monkeypatch.setattr(zip_members, "LARGEST_TOTAL", 3 * len(CSV))
    path = zipped(tmp_path / "y.zip", {f"tap/{n}.csv": CSV for n in range(4)})
    with pytest.raises(DataError, match=r"y\.zip, tap/3\.csv has 0 MB: too large"):
        read_zip(path)
    inner = zipped(tmp_path / "i.zip", {f"tap/{n}.csv": CSV for n in range(2)}).read_bytes()
    path = zipped(tmp_path / "z.zip", {"a.zip": inner, "b.zip": inner})
    with pytest.raises(DataError, match="too large"):
        read_zip(path)


def test_too_many_files_and_too_large_a_zip(tmp_path, monkeypatch):
    path = zipped(tmp_path / "x.zip", {f"tap/{n}.csv": CSV for n in range(4)})
    monkeypatch.setattr(zip_members, "MOST_ENTRIES", 3)
    with pytest.raises(DataError, match="more than 3 files"):
        read_zip(path)
    monkeypatch.setattr(archive, "LARGEST_ZIP", 10)
    with pytest.raises(
        DataError, match="a zip of recordings has at most 0 KB. Is it the right file"
    ):
        read_zip(path)


def test_half_downloaded_and_renamed(gestures, tmp_path):
    path = tmp_path / "x.zip"
    write_zip(gestures, path)
    whole = path.read_bytes()
    for length in (4, 30, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert not is_npz(path)
        with pytest.raises(DataError, match=r"x\.zip is damaged or incomplete.*[Dd]ownload"):
            read_zip(path)
    path.write_bytes(whole)
    assert not is_npz(path)
    write_npz(gestures, path)
    assert is_npz(path)
    (tmp_path / "x.npz").write_bytes(whole[:30])
    assert is_npz(tmp_path / "x.npz")


def test_one_flipped_bit_anywhere_is_detected_or_harmless(gestures, tmp_path):
    """Every bit of a small zip: the same recordings, or a DataError that names the zip."""
    path = tmp_path / "x.zip"
    write_zip(Dataset(gestures.recordings[:1]), path)
    whole = path.read_bytes()
    samples = gestures.recordings[0].samples.tolist()
    refused = 0
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 1 << at % 8
        path.write_bytes(changed)
        try:
            assert [r.samples.tolist() for r in read_zip(path)] == [samples]
        except DataError as error:
            refused += 1
            assert "x.zip" in str(error)
    assert refused > len(whole) // 2


@many
@given(at=st.integers(0, 10**6), what=st.binary(max_size=6), cut=st.booleans())
def test_any_damage_is_harmless_or_a_data_error(tmp_path_factory, at, what, cut):
    path = tmp_path_factory.mktemp("damaged") / "x.zip"
    write_zip(Dataset([recording("tap", n, subject="Ann") for n in range(3)]), path)
    whole = path.read_bytes()
    at %= len(whole)
    path.write_bytes(whole[:at] + what + (b"" if cut else whole[at + len(what) :]))
    try:
        assert len(read_zip(path)) <= 3
    except DataError as error:
        assert "x.zip" in str(error)


def test_npz_keeps_boards_and_people(gestures, tmp_path):
    assert write_npz(gestures, tmp_path / "x.npz") == 4
    data = read_npz(tmp_path / "x.npz")
    assert facts(data) == facts(gestures)
    assert (data.rate_hz, data.empty_labels) == (100, ["clap"])
    with np.load(tmp_path / "x.npz") as file:
        assert file["label_names"].tolist() == ["", "clap", "shake", "一 / naïve"]
        assert file["subjects"].tolist() == [0, -1, 1, -1]
    with pytest.raises(DataError, match="no recordings to write"):
        write_npz(Dataset([]), tmp_path / "y.npz")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"time_ms": np.zeros(3)}, "time_ms must be a list of"),
        ({"subject_names": np.array(["Ann"])}, "subjects go up to 1, beyond subject_names"),
        (
            {"subject_names": np.array([1, 2])},
            r"subject_names are int64 .* instead of",
        ),
        ({"names": np.array(["a"])}, "names must be a list of 4 texts"),
        ({"boards": np.array([1, 2, 3, 4])}, r"boards are int64 .* instead of a list"),
        ({"time_ms": np.zeros(17)}, "recording 0: .*not later"),
    ],
)
def test_npz_with_wrong_optional_arrays(gestures, tmp_path, changes, message):
    write_npz(gestures, tmp_path / "x.npz")
    with np.load(tmp_path / "x.npz") as file:
        arrays = {**dict(file), **changes}
    assert len(arrays["samples"]) == sum(map(len, gestures))
    if "time_ms" in changes and len(changes["time_ms"]) == 17:
        arrays["time_ms"] = np.zeros(len(arrays["samples"]))
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    (tmp_path / "x.npz").write_bytes(packed.getvalue())
    with pytest.raises(DataError, match=message):
        read_npz(tmp_path / "x.npz")


def test_notes_in_a_zip_are_json_that_people_can_read(gestures, tmp_path):
    write_zip(gestures, tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as file:
        notes = json.loads(file.read("x/dataset.json"))
    assert notes["format"] == "microbit-ml data set"
    assert notes["recordings"][gestures.recordings[0].digest] == {
        "subject": "Ann", "board": "V1", "source": "a.json"}  # fmt: skip
