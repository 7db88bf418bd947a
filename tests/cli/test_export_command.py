"""``export``: a data set in one file, and the way into another data set."""

import errno
import os
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from microbit_ml.recordings import Dataset, Recording, read_npz
from microbit_ml.recordings.formats.archive import read_zip


def made(label, number, subject="", **more):
    samples = np.random.default_rng(number).integers(-900, 900, (50, 3))
    return Recording(samples, label, subject=subject, name=f"{label}-{number}", **more)


def facts(data):
    return sorted((r.label, r.name, r.subject, r.board, r.source, r.digest) for r in data)


@pytest.fixture
def wand(tmp_path):
    """A data set of two people, three labels (one of them with a comma) and an empty class."""
    data = Dataset(
        [
            *(made("shake", n, "Ann", board="V2") for n in range(3)),
            *(made("a, b", n + 3, "Zoë") for n in range(2)),
            made("一", 9),
        ],
        provenance=[{"kind": "test"}],
        empty_labels=["clap"],
    )
    data.save(tmp_path / "wand")
    return Dataset.load(tmp_path / "wand")


def test_export_and_import_give_the_same_data_set(cli, golden, wand, tmp_path):
    outcome = cli("export", "wand", "-o", "wand.zip")
    golden("export", outcome.transcript)
    assert zipfile.is_zipfile(tmp_path / "wand.zip")
    golden("export-imported", cli("import", "wand.zip", "--into", "copy").transcript)
    copy = Dataset.load(tmp_path / "copy")
    assert facts(copy) == facts(wand)
    assert (copy.provenance, copy.empty_labels, copy.rate_hz) == ([{"kind": "test"}], ["clap"], 50)
    again = cli("import", "wand.zip", "wand", "--into", "copy")
    assert again.err.endswith("0 recordings added to copy.\nNext: microbit-ml show copy\n")
    assert facts(Dataset.load(tmp_path / "copy")) == facts(wand)


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (("--labels", "shake"), {"shake"}),
        (("--labels", "a, b"), {"a, b"}),
        (("--labels", "shake, 一,clap"), {"shake", "一"}),
        (("--subject", "Ann"), {"shake"}),
        (("--subject", "Zoe\u0308"), {"a, b"}),
        (("--labels", "shake,一", "--subject", "Ann"), {"shake"}),
    ],
)
def test_part_of_a_data_set(cli, wand, tmp_path, options, kept):
    assert cli("export", "wand", "-o", "part.zip", *options).code == 0
    part = read_zip(tmp_path / "part.zip")
    assert facts(part) == facts(wand.subset(lambda r: r.label in kept))
    assert ("clap" in part.empty_labels) == ("--labels" not in options or "clap" in options[1])


def test_formats_by_ending_and_by_name(cli, golden, wand, tmp_path):
    assert cli("export", "wand", "-o", "wand.npz").code == 0
    assert facts(read_npz(tmp_path / "wand.npz")) == facts(wand)
    assert cli("export", "wand", "-o", "wand.data", "--format", "zip").code == 0
    assert cli("export", "wand", "-o", "odd.zip", "--format", "npz").code == 0
    for name in ("wand.npz", "wand.data", "odd.zip"):
        assert cli("import", name, "--into", "all").code == 0
    assert facts(Dataset.load(tmp_path / "all")) == facts(wand)
    assert cli("export", "wand", "-o", "UPPER.ZIP").code == 0
    golden("export-no-format", cli("export", "wand", "-o", "wand.txt").transcript)


def test_what_cannot_be_exported(cli, golden, wand, snapshot, tmp_path):
    (tmp_path / "empty").mkdir()
    before = snapshot()
    transcripts = [
        cli("export", *arguments).transcript
        for arguments in (
            ("wand", "-o", "x.zip", "--labels", "shake,jump"),
            ("wand", "-o", "x.zip", "--labels", "clap"),
            ("wand", "-o", "x.zip", "--subject", "Ben"),
            ("wand", "-o", "x.zip", "--labels", "一", "--subject", "Ann"),
            ("empty", "-o", "x.zip"),
            ("nowhere", "-o", "x.zip"),
            ("wand", "-o", "wand/x.zip"),
            ("wand", "-o", "nowhere/x.zip"),
            ("wand", "-o", "empty"),
        )
    ]
    golden("export-refused", "".join(transcripts))
    assert snapshot() == before


def test_a_duplicate_is_written_once(cli, wand, tmp_path):
    folder = tmp_path / "wand" / "shake"
    (folder / "copy.csv").write_bytes((folder / "shake-0.csv").read_bytes())
    outcome = cli("export", "wand", "-o", "x.zip")
    assert "Note: wand has 1 duplicate under the same label" in outcome.err
    assert len(read_zip(tmp_path / "x.zip")) == len(wand)


def test_a_large_class_is_named_in_short(cli, tmp_path):
    Dataset([made("tap", n, f"P{n:02d}") for n in range(12)]).save(tmp_path / "class")
    outcome = cli("export", "class", "-o", "class.zip")
    assert (
        "who made the recordings: P00, P01, P02, P03, P04, P05, P06, P07 and 4 more.\n"
        in outcome.err
    )


def test_progress_on_a_terminal_shows_any_name(cli, wand, monkeypatch):
    """A name that looks like markup to rich neither fails nor is cut."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    outcome = cli("export", "wand", "-o", "[red] [bold].zip")
    assert outcome.code == 0
    assert "[red] [bold].zip" in outcome.err
    assert "6/6" in outcome.err
    outcome = cli("import", "[red] [bold].zip", "--into", "[blue]")
    assert outcome.code == 0
    assert "Reading" in outcome.err and "[red] [bold].zip" in outcome.err
    assert "Saving" in outcome.err and "[blue]" in outcome.err


def test_three_pupils_and_a_teacher(cli, golden, gestures):
    """Each exports recordings of the same names; the teacher merges, counts people, trains."""
    data = Dataset.load("gestures")
    for subject, name in zip(data.subjects, ("Ann", "Ben", "")):
        part = data.subset(lambda one, subject=subject: one.subject == subject)
        part.recordings = [
            replace(one, subject=name, name=f"{one.label}-{number % 2 + 1:02d}")
            for number, one in enumerate(part)
        ]
        part.save(f"pupil-{name}/wand")
        outcome = cli("export", f"pupil-{name}/wand", "-o", f"wand-{name}.zip")
        assert outcome.code == 0
        assert name or "Note: The file does not say who made 6 recordings." in outcome.err
    merged = cli("import", "wand-*.zip", "--into", "class")
    golden("import-class", merged.transcript)
    named = cli("import", "wand-.zip", "--into", "class", "--subject", "Cem")
    golden("import-class-subject", named.transcript)
    everybody = Dataset.load("class")
    assert everybody.subjects == ["Ann", "Ben", "Cem"]
    assert sorted(r.digest for r in everybody) == sorted(r.digest for r in data)
    assert "18 recordings, 3 labels, 3 people" in cli("show", "class").out
    trained = cli("train", "class", "-o", "class.mbml", "--steps", "30")
    assert "Trained on 18 recordings" in trained.out
    assert cli("evaluate", "class.mbml", "wand-Ann.zip").code == 0


def test_a_zip_that_was_unpacked_by_hand(cli, wand, tmp_path):
    cli("export", "wand", "-o", "ann.zip")
    with zipfile.ZipFile(tmp_path / "ann.zip") as file:
        file.extractall(tmp_path / "handed in" / "ann")  # as Windows does: ann/ann/dataset.json
    assert cli("import", "handed in", "--into", "class").code == 0
    assert facts(Dataset.load(tmp_path / "class")) == facts(wand)


@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left on device"), None])
def test_a_full_disk_or_ctrl_c_in_the_middle_of_an_import(cli, wand, tmp_path, failure):
    """What was there stays, what was written is whole, and importing again adds the rest once."""
    cli("export", "wand", "-o", "wand.zip")
    Dataset([made("tap", 77, "Ben")]).save(tmp_path / "class")
    real, calls = os.fsync, []

    def failing(handle):
        calls.append(handle)
        if len(calls) > 1 + 3:  # the notes come first
            raise failure or KeyboardInterrupt
        return real(handle)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", failing)
        outcome = cli("import", "wand.zip", "--into", "class")
    assert outcome.code == (1 if failure else 130)
    assert not failure or "No space left on device" in outcome.err
    partly = Dataset.load(tmp_path / "class")
    assert len(partly) == 1 + 3
    assert "Ben" in partly.subjects
    again = cli("import", "wand.zip", "--into", "class")
    assert again.err.endswith("3 recordings added to class.\nNext: microbit-ml show class\n")
    merged = Dataset.load(tmp_path / "class")
    assert facts(merged.subset(lambda r: r.subject != "Ben")) == facts(wand)
    assert len(merged) == 7
