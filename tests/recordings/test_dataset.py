"""A data set's folder: adding, loading, changes by pupils, and damage."""

import errno
import json
import os
import unicodedata
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings import Dataset, Recording


def recording(label, seed=0, **more):
    samples = np.random.default_rng(seed).integers(-2048, 2048, (20, 3))
    return Recording(samples, label, **more)


def content(data):
    """The facts that must survive the disk, in a fixed order."""
    return sorted(
        (r.label, r.subject, r.board, r.source, r.samples.tolist(), r.time_ms.tolist())
        for r in data
    )


@pytest.fixture
def gestures(tmp_path):
    """A saved data set of two labels with two recordings each."""
    data = Dataset(
        [
            recording("shake", 1, subject="Ann", name="shake-01", board="V1", source="a.json"),
            recording("shake", 2, subject="Ben", name="shake-02"),
            recording("wave", 3, subject="Ann", name="wave-01", time_ms=np.arange(20) * 19.5),
            recording("wave", 4, name="wave-02"),
        ],
        provenance=[{"kind": "test", "file": "a.json"}],
    )
    assert data.save(tmp_path / "gestures") == 4
    return data, tmp_path / "gestures"


def test_folder_looks_as_described(gestures):
    _, folder = gestures
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))
    assert names == ["dataset.json", "recordings.jsonl", "shake/shake-01.csv", "shake/shake-02.csv",
                     "wave/wave-01.csv", "wave/wave-02.csv"]  # fmt: skip
    notes = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    assert notes["rate_hz"] == 50
    assert notes["provenance"] == [{"kind": "test", "file": "a.json"}]
    lines = (folder / "recordings.jsonl").read_text(encoding="utf-8").splitlines()
    known = [json.loads(line) for line in lines]
    ann = {"subject": "Ann", "board": "V1", "source": "a.json"}
    assert any(ann.items() <= one.items() and one["key"] for one in known)


def test_load_returns_the_saved_recordings(gestures):
    data, folder = gestures
    loaded = Dataset.load(folder)
    assert content(loaded) == content(data)
    assert [r.path for r in loaded] == [r.path for r in data]
    assert loaded.labels == ["shake", "wave"]
    assert loaded.subjects == ["Ann", "Ben"]
    assert loaded.provenance == data.provenance
    assert repr(loaded) == "Dataset(4 recordings, 2 labels, 2 subjects)"


def test_subset(gestures):
    data, _ = gestures
    rest = data.subset(lambda r: r.subject != "Ann")
    assert [r.name for r in rest] == ["shake-02", "wave-02"]
    assert (len(data), len(rest), rest.provenance) == (4, 2, data.provenance)


def test_saving_again_adds_nothing_and_changes_nothing(gestures):
    data, folder = gestures
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}
    assert data.save(folder) == 0
    assert Dataset.load(folder).save(folder) == 0
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before


def test_same_samples_twice_in_one_save_are_one_recording(tmp_path):
    assert Dataset([recording("a", 1), recording("a", 1), recording("b", 1)]).save(tmp_path) == 2


def test_a_name_in_use_gives_the_next_free_one(gestures):
    _, folder = gestures
    more = Dataset([recording("shake", n, name="shake-01") for n in (11, 12)])
    more.recordings.append(recording("wave", 13, name="WAVE-01"))
    more.recordings.append(recording("wave", 14, name="odd"))
    more.recordings.append(recording("wave", 15, name="odd"))
    more.recordings.append(recording("wave", 16))
    assert more.save(folder) == 6
    assert {p.stem for p in (folder / "shake").iterdir()} == {f"shake-0{n}" for n in (1, 2, 3, 4)}
    assert {p.stem for p in (folder / "wave").iterdir()} == {
        "wave-01", "wave-02", "WAVE-03", "odd", "odd-2", "wave"}  # fmt: skip


def test_renamed_and_moved_recordings_keep_their_subject(gestures):
    _, folder = gestures
    (folder / "wave" / "wave-01.csv").rename(folder / "shake" / "surely a shake.csv")
    (folder / "shake").rename(folder / "jiggle")
    moved = {r.path: r for r in Dataset.load(folder)}
    assert moved["jiggle/surely a shake.csv"].subject == "Ann"
    assert moved["jiggle/shake-01.csv"].board == "V1"
    assert set(moved) == {"jiggle/shake-01.csv", "jiggle/shake-02.csv",
                          "jiggle/surely a shake.csv", "wave/wave-02.csv"}  # fmt: skip


def test_deleted_recordings_are_gone_and_the_rest_stays(gestures):
    _, folder = gestures
    (folder / "wave" / "wave-01.csv").unlink()
    assert [r.name for r in Dataset.load(folder)] == ["shake-01", "shake-02", "wave-02"]


def test_spreadsheet_saves_it_again_and_the_subject_stays(gestures):
    _, folder = gestures
    path = folder / "shake" / "shake-01.csv"
    path.write_bytes(
        b"\xef\xbb\xbf" + path.read_bytes().replace(b",", b";").replace(b"\n", b"\r\n")
    )
    assert Dataset.load(folder).recordings[0].subject == "Ann"


def test_subject_that_becomes_known_is_noted_and_a_known_one_stays(gestures):
    _, folder = gestures
    known = [recording("wave", 4, subject="Cem"), recording("shake", 1, subject="Dan")]
    assert Dataset(known).save(folder) == 0
    assert {r.name: r.subject for r in Dataset.load(folder)} == {
        "shake-01": "Ann", "shake-02": "Ben", "wave-01": "Ann", "wave-02": "Cem"}  # fmt: skip


def test_same_samples_under_two_labels_by_two_people(tmp_path):
    data = Dataset([recording("table", 1, subject="Ann"), recording("still", 1, subject="Ben")])
    data.save(tmp_path)
    assert {r.label: r.subject for r in Dataset.load(tmp_path)} == {"table": "Ann", "still": "Ben"}


def test_hidden_half_written_and_other_files_are_ignored(gestures):
    data, folder = gestures
    for name in (".shake-03-x8.part", ".DS_Store", "._shake-01.csv", "shake-03.csv.part", "a.txt"):
        (folder / "shake" / name).write_text("nothing of use")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.csv").write_text("no")
    (folder / "README.md").write_text("notes")
    (folder / "shake" / "photos").mkdir()
    assert content(Dataset.load(folder)) == content(data)


def test_upper_case_suffix_is_a_csv_too(gestures):
    data, folder = gestures
    (folder / "shake" / "shake-02.csv").rename(folder / "shake" / "shake-02.CSV")
    assert content(Dataset.load(folder)) == content(data)


def test_recordings_without_label_are_beside_dataset_json(tmp_path):
    assert Dataset([recording("", 1, name="take-1"), recording("a", 2)]).save(tmp_path) == 2
    assert (tmp_path / "take-1.csv").exists()
    loaded = Dataset.load(tmp_path)
    assert [(r.label, r.path) for r in loaded] == [("", "take-1"), ("a", "a/a.csv")]
    assert loaded.labels == ["a"]


def test_empty_label_folder_is_an_empty_class(gestures, tmp_path):
    _, folder = gestures
    (folder / "clap").mkdir()
    loaded = Dataset.load(folder)
    assert (loaded.labels, loaded.empty_labels) == (["shake", "wave"], ["clap"])
    assert loaded.save(tmp_path / "copy") == 4
    assert Dataset.load(tmp_path / "copy").empty_labels == ["clap"]


def test_rate_without_dataset_json_is_read_from_the_time_stamps(tmp_path):
    stamps = np.arange(20) * 20 + np.tile([0, 1], 10)
    Dataset([recording("a", 1, time_ms=stamps)]).save(tmp_path / "a")
    Dataset([recording("a", 1, rate_hz=119)], rate_hz=119).save(tmp_path / "b")
    Dataset([Recording([[1, 2, 3]], "a")]).save(tmp_path / "c")
    assert Dataset.load(tmp_path / "b").rate_hz == 119
    for name in "abc":
        (tmp_path / name / "dataset.json").unlink()
    assert [Dataset.load(tmp_path / name).rate_hz for name in "abc"] == [50, 119, 50]
    assert Dataset.load(tmp_path / "a").subjects == []


def test_unknown_entries_of_dataset_json_are_kept(gestures):
    _, folder = gestures
    path = folder / "dataset.json"
    notes = json.loads(path.read_text(encoding="utf-8"))
    notes["teacher"] = "Ms Ünal"
    path.write_text(json.dumps(notes), encoding="utf-8")
    Dataset([recording("new", 9)], rate_hz=100, provenance=[{"kind": "more"}]).save(folder)
    notes = json.loads(path.read_text(encoding="utf-8"))
    assert notes["teacher"] == "Ms Ünal"
    assert notes["rate_hz"] == 50
    assert notes["provenance"] == [{"kind": "test", "file": "a.json"}, {"kind": "more"}]


# --- labels ------------------------------------------------------------------------------------


def test_labels_that_differ_only_in_case_are_refused_before_anything_is_written(gestures, tmp_path):
    _, folder = gestures
    with pytest.raises(DataError, match="'shake' and 'Shake' differ only in upper and lower case"):
        Dataset([recording("new", 1), recording("Shake", 9)]).save(folder)
    assert not (folder / "new").exists()
    with pytest.raises(DataError, match="'poke' and 'Poke'"):
        Dataset([recording("poke", 1), recording("Poke", 2)]).save(tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_composed_and_decomposed_labels_are_one(tmp_path):
    one, two = (unicodedata.normalize(form, "naïve") for form in ("NFC", "NFD"))
    Dataset([recording(one, 1), recording(two, 2)]).save(tmp_path)
    assert [p.name for p in tmp_path.iterdir() if p.is_dir()] == ["naïve"]


def test_folder_that_another_computer_decomposed_is_used_again(tmp_path):
    (tmp_path / unicodedata.normalize("NFD", "naïve")).mkdir()
    Dataset([recording("naïve", 1)]).save(tmp_path)
    assert len([p for p in tmp_path.iterdir() if p.is_dir()]) == 1
    assert Dataset.load(tmp_path).labels == ["naïve"]


def test_too_long_labels_are_refused_and_too_long_names_shortened(tmp_path):
    with pytest.raises(DataError, match="too long for a folder's name"):
        Dataset([recording("呪" * 80, 1)]).save(tmp_path)
    assert list(tmp_path.iterdir()) == []
    Dataset([recording("a", n, name="é" * 300 + "-01") for n in (1, 2)]).save(tmp_path)
    names = sorted(r.name for r in Dataset.load(tmp_path))
    assert len(names) == 2
    assert names[0].endswith("é-01") and names[1].endswith("é-02")


printable = st.characters(exclude_categories=["Cc", "Cs"])
texts = st.text(printable, min_size=1, max_size=30)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    labels=st.lists(texts, min_size=1, max_size=4),
    name=st.text(printable, max_size=20),
    subject=st.text(printable, max_size=10),
    seed=st.integers(0, 10**6),
)
def test_any_label_name_and_samples_survive_the_folder(
    tmp_path_factory, labels, name, subject, seed
):
    data = Dataset(
        [recording(label, seed + i, name=name, subject=subject) for i, label in enumerate(labels)]
    )
    folder = tmp_path_factory.mktemp("set")
    try:
        n_added = data.save(folder)
    except DataError as error:
        assert "upper and lower case" in str(error)
        assert list(folder.iterdir()) == []
        return
    assert n_added == len(labels)
    assert content(Dataset.load(folder)) == content(data)
    assert data.save(folder) == 0


# --- damage ------------------------------------------------------------------------------------


def test_missing_folder(tmp_path):
    with pytest.raises(FileMissingError, match=r"no data set folder .*gone.*import"):
        Dataset.load(tmp_path / "gone")


def test_file_instead_of_a_folder(tmp_path):
    path = tmp_path / "wand.json"
    path.write_text("[]")
    for action in (Dataset.load, Dataset([recording("a")]).save):
        with pytest.raises(DataError, match="is a file, not the folder"):
            action(path)


def test_folder_without_recordings(tmp_path):
    with pytest.raises(DataError, match="holds no recordings"):
        Dataset.load(tmp_path)
    (tmp_path / "clap").mkdir()
    with pytest.raises(DataError, match=r"only empty labels: clap"):
        Dataset.load(tmp_path)


def test_half_written_csv_names_file_and_line(gestures):
    data, folder = gestures
    path = folder / "wave" / "wave-01.csv"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(DataError, match=r"wave-01\.csv, line \d+.*record again"):
        Dataset.load(folder)
    # It prevents loading, but not saving new recordings.
    assert Dataset([recording("wave", 77, name="wave-01")]).save(folder) == 1
    path.unlink()
    assert len(Dataset.load(folder)) == len(data)


def test_recordings_in_an_inner_folder_do_not_vanish_silently(gestures):
    _, folder = gestures
    (folder / "wave").rename(folder / "shake" / "wave")
    with pytest.raises(DataError, match="Labels cannot be nested"):
        Dataset.load(folder)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", '{"recordings": 3}', '{"recordings": {"ab": "Ann"}}', '{"rate_hz": "50"}',
     '{"recordings": {"ab": {"subject": 5}}}', '{"rate_hz": NaN}', '{"rate_hz": 0}',
     '{"rate_hz": true}', '{"provenance": {}}', '{"version": "new"}', "[" * 5000,
     '{"provenance": ["\\ud800"]}', "\x00\x01"],
)  # fmt: skip
def test_damaged_dataset_json_is_explained_and_nothing_is_lost(gestures, text):
    _, folder = gestures
    path = folder / "dataset.json"
    path.write_text(text)
    for action in (Dataset.load, Dataset([recording("new", 9)]).save):
        with pytest.raises(DataError, match=r"dataset\.json is damaged.*not affected"):
            action(folder)
    assert path.read_text() == text
    assert not (folder / "new").exists()
    path.unlink()
    assert len(Dataset.load(folder)) == 4


def test_newer_format_asks_for_an_update(gestures):
    _, folder = gestures
    (folder / "dataset.json").write_text('{"version": 3}')
    with pytest.raises(DataError, match="newer microbit-ml"):
        Dataset.load(folder)


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(at=st.integers(0, 2000), what=st.binary(max_size=6), cut=st.booleans(), csv=st.booleans())
def test_any_damage_is_harmless_or_a_data_error_with_the_file(gestures, at, what, cut, csv):
    data, folder = gestures
    path = folder / "shake" / "shake-01.csv" if csv else folder / "dataset.json"
    whole = path.read_bytes()
    at %= len(whole)
    path.write_bytes(whole[:at] + what + (b"" if cut else whole[at + 1 :]))
    try:
        assert len(Dataset.load(folder)) == len(data)
    except DataError as error:
        assert path.name in str(error)
    finally:
        path.write_bytes(whole)


# --- crashes -----------------------------------------------------------------------------------


class Crash(BaseException):
    """Simulates a power cut: nothing catches it."""


def whole_files(folder):
    return {
        path: path.read_bytes() for path in folder.rglob("*.*") if not path.name.startswith(".")
    }


@pytest.mark.parametrize("step", ["link", "fsync"])
@pytest.mark.parametrize("after", range(4))
@pytest.mark.parametrize("failure", [Crash(), OSError(errno.ENOSPC, "No space left on device")])
def test_crash_at_any_step_leaves_complete_files_and_saving_again_completes(
    gestures, monkeypatch, step, after, failure
):
    _, folder = gestures
    before = whole_files(folder)
    claps = [recording("clap", n, name=f"clap-{n}", subject="Eve") for n in (21, 22, 23)]
    more = Dataset(claps, provenance=[{"kind": "again"}])
    calls = []

    def failing(real, *args, **kwargs):
        calls.append(args)
        if len(calls) > after + (step == "fsync"):  # the notes are on the disk first
            raise failure
        return real(*args, **kwargs)

    with monkeypatch.context() as patch:
        for name in ("fsync",) if step == "fsync" else ("link", "replace"):
            patch.setattr(os, name, partial(failing, getattr(os, name)))
        with pytest.raises(type(failure)):
            more.save(folder)
    now = whole_files(folder)
    journal = folder / "recordings.jsonl"
    assert now[journal].startswith(before[journal])
    assert {path: now[path] for path in before if path != journal} == {
        path: content for path, content in before.items() if path != journal
    }
    assert len(now) == len(before) + after  # what was written before the crash is there
    assert len(Dataset.load(folder)) == 4 + after  # and whole
    assert more.save(folder) == 3 - after
    loaded = Dataset.load(folder)
    assert {r.subject for r in loaded if r.label == "clap"} == {"Eve"}
    assert len(loaded) == 7
    assert not list(Path(folder).rglob("*.part"))
