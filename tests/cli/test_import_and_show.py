"""``import`` and ``show``."""

import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from real_data import WAND, shared_data

from microbit_ml.evaluate.problems import find_problems, sensor_step
from microbit_ml.recordings import Dataset, Recording


def createai(path, **labels):
    """Write a CreateAI file; each label is given as lists of x values (y = z = 0)."""
    actions = [
        {
            "id": number,
            "name": label,
            "recordings": [
                {"id": i, "data": {"x": x, "y": [0.0] * len(x), "z": [0.0] * len(x)}}
                for i, x in enumerate(recordings)
            ],
        }
        for number, (label, recordings) in enumerate(labels.items())
    ]
    path.write_text(json.dumps({"data": actions}), encoding="utf-8")


def wiggle(label, number, *, n=50, step=4, board="", subject="", high=400):
    """An invented recording: a zigzag in steps of ``step`` counts, held as usual for its label."""
    x = (np.arange(n) * step * (2 * number + 3)) % high // step * step
    held = -1024 + sum(label.encode()) % 64 * 16
    samples = np.stack([x, -x, np.full(n, held)], axis=1)
    return Recording(samples, label, subject=subject, name=f"{label}-{number}", board=board)


def test_import_adds_once(cli, golden, tmp_path):
    createai(tmp_path / "first.json", shake=[[0.1, 0.2], [0.3, 0.4]], tap=[[0.5, 0.6]])
    createai(tmp_path / "more.json", tap=[[0.5, 0.6], [0.7, 0.8]], wave=[])
    first = cli("import", "first.json", "--into", "data", "--subject", "Ann")
    golden("import-first", first.transcript)
    again = cli("import", "first.json", "more.json", "--into", "data")
    golden("import-again", again.transcript)
    data = Dataset.load(tmp_path / "data")
    assert [(r.label, r.subject) for r in data] == [
        ("shake", "Ann"),
        ("shake", "Ann"),
        ("tap", "Ann"),
        ("tap", ""),
    ]


def test_import_writes_nothing_when_one_file_is_bad(cli, tmp_path):
    createai(tmp_path / "good.json", shake=[[0.1, 0.2]])
    (tmp_path / "bad.json").write_text("[{", encoding="utf-8")
    outcome = cli("import", "good.json", "bad.json", "--into", "data")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("microbit-ml: bad.json")
    assert not (tmp_path / "data").exists()


def test_import_npz_and_csv_by_content(cli, tmp_path):
    np.savez(
        tmp_path / "sets.npz",
        samples=np.zeros((10, 3), np.float32),
        offsets=[0, 5, 10],
        labels=[0, 1],
        label_names=["lift", "still"],
        subjects=[0, -1],
        rate_hz=50.0,
        unit="counts",
    )
    (tmp_path / "sets.npz").rename(tmp_path / "renamed.data")
    (tmp_path / "one.csv").write_text("time_ms,x,y,z\n0,1,2,3\n20,4,5,6\n", encoding="utf-8")
    assert cli("import", "renamed.data", "--into", "data").code == 0
    refused = cli("import", "one.csv", "--into", "data")
    assert refused.code == 1
    assert "--label NAME" in refused.err
    assert cli("import", "one.csv", "--into", "data", "--label", "tap").code == 0
    assert Dataset.load(tmp_path / "data").labels == ["lift", "still", "tap"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.mkdir(), "thing holds no recordings. A data set has"),
        (lambda path: path.write_bytes(b"\x00\x01\x02"), "holds no recordings that"),
        (lambda path: path.write_bytes(b""), "holds no recordings that"),
        (lambda path: None, "There is no file or folder thing. Check its name."),
    ],
)
def test_import_of_what_cannot_be_read(cli, tmp_path, make, message):
    make(tmp_path / "thing")
    outcome = cli("import", "thing", "--into", "data")
    assert outcome.code == 1
    assert message in outcome.err
    assert not (tmp_path / "data").exists()


def test_import_into_an_empty_folder(cli, tmp_path):
    createai(tmp_path / "first.json", shake=[[0.1, 0.2]])
    (tmp_path / "data").mkdir()
    assert cli("import", "first.json", "--into", "data").code == 0


def test_import_real_file(cli, tmp_path):
    outcome = cli("import", shared_data(WAND), "--into", "wand")
    assert outcome.code == 0
    assert outcome.err == "54 recordings added to wand.\nNext: microbit-ml show wand\n"
    assert len(Dataset.load(tmp_path / "wand")) == 54


def problem_set():
    """One data set with every problem that ``show`` knows."""
    recordings = [wiggle("shake", i, step=16) for i in range(3)]
    recordings += [wiggle("tap", i, subject="Ann") for i in range(2)]
    recordings += [wiggle("wave", i, subject="Ben") for i in range(3)]
    recordings.append(Recording(np.full((200, 3), 2047), "wave", name="long"))
    return Dataset(recordings, empty_labels=["clap"])


def test_show_with_problems(cli, golden, tmp_path):
    problem_set().save(tmp_path / "data")
    golden("show-problems", cli("show", "data").transcript)
    golden("show-json", cli("show", "data", "--json").transcript)


def test_show_without_problems(cli, golden, tmp_path):
    recordings = [wiggle(label, i) for label in ("shake", "tap") for i in range(3)]
    Dataset(recordings).save(tmp_path / "data")
    golden("show-fine", cli("show", "data").transcript)


def test_show_unusual_labels(cli, golden, tmp_path):
    labels = ("一", "nai\u0308ve", "[red]", "a/b", "👋")
    Dataset([wiggle(label, i) for label in labels for i in range(3)]).save(tmp_path / "data")
    golden("show-labels", cli("show", "data").transcript)


def test_sensor_step():
    assert sensor_step(wiggle("a", 0, step=16)) == 16
    assert sensor_step(wiggle("a", 0, step=4)) == 4
    assert sensor_step(wiggle("a", 0, step=1)) is None
    assert sensor_step(Recording(np.zeros((50, 3)))) is None  # too few different readings
    clipped = np.array([[2047, -2048, 16 * i] for i in range(-20, 20)])
    assert sensor_step(Recording(clipped)) == 16


def test_mixed_boards_by_their_names():
    data = Dataset([wiggle("a", i, board=board) for i, board in enumerate(("V1", "V2", "V2"))])
    assert "Recordings of different boards are mixed: V1 (1), V2 (2)." in find_problems(data)


def test_one_label_only():
    data = Dataset([wiggle("a", i) for i in range(3)])
    assert find_problems(data) == [
        'There is only one label, "a": a model needs at least two to tell apart.'
    ]


def test_recordings_without_a_label(cli, tmp_path):
    Dataset([wiggle("a", i) for i in range(3)]).save(tmp_path / "data")
    (tmp_path / "data" / "a" / "a-0.csv").rename(tmp_path / "data" / "a-0.csv")
    outcome = cli("show", "data")
    assert "(none)" in outcome.out
    assert "1 recording without a label" in outcome.out


# --- merging data sets -------------------------------------------------------------------------


def test_import_reports_what_does_not_fit_together(cli, golden, tmp_path):
    """The same measurement under two labels or by two people: nothing is lost, all is reported."""
    ours = Dataset(
        [wiggle("shake", 1, subject="Ann"), wiggle("shake", 2, subject="Ann"), wiggle("tap", 3)]
    )
    ours.save(tmp_path / "class")
    theirs = Dataset(
        [
            replace(wiggle("shake", 1, subject="Ann"), label="wave", name="wave-1"),
            wiggle("shake", 2, subject="Ben"),
            wiggle("tap", 3),
        ],
        rate_hz=100,
    )
    theirs.save(tmp_path / "ben")
    golden("import-conflicts", cli("import", "ben", "--into", "class").transcript)
    merged = Dataset.load(tmp_path / "class")
    assert [(r.path, r.subject) for r in merged] == [
        ("shake/shake-1.csv", "Ann"),
        ("shake/shake-2.csv", "Ann"),
        ("tap/tap-3.csv", ""),
        ("wave/wave-1.csv", "Ann"),
    ]
    assert merged.rate_hz == 50
    assert (
        "- 1 measurement under more than one label, such as shake/shake-1.csv and wave/wave-1.csv. "
        "Delete the wrong ones.\n"
    ) in cli("show", "class").out


def test_import_lists_few_of_many_conflicts(cli, tmp_path):
    for label in ("shake", "wave"):
        same = [replace(wiggle("tap", i, subject="Ann"), label=label) for i in range(8)]
        Dataset(same).save(tmp_path / label)
        outcome = cli("import", label, "--into", "class")
    assert outcome.err.count("The same measurement has 2 labels") == 5
    assert "Note: And 3 more like this.\n" in outcome.err


def test_import_keeps_two_recordings_of_one_name(cli, tmp_path):
    for number, subject in enumerate(("Ann", "Ben"), start=1):
        recording = wiggle("tap", number, subject=subject, board=f"V{number}")
        one = Recording(recording.samples, "tap", None, subject, "tap-01", recording.board, "x")
        Dataset([one]).save(tmp_path / subject)
    assert cli("import", "Ann", "Ben", "--into", "class").code == 0
    assert [(r.name, r.subject, r.board, r.source) for r in Dataset.load(tmp_path / "class")] == [
        ("tap-01", "Ann", "V1", "x"),
        ("tap-02", "Ben", "V2", "x"),
    ]


def test_import_keeps_recordings_without_a_label_as_they_are(cli, tmp_path):
    Dataset([wiggle("", 1), wiggle("tap", 2)]).save(tmp_path / "ann")
    outcome = cli("import", "ann", "--into", "class")
    assert outcome.out.splitlines()[2].split() == ["(none)", "1", "0"]
    assert [r.label for r in Dataset.load(tmp_path / "class")] == ["", "tap"]
    assert cli("import", "ann", "--into", "other", "--label", "wave").code == 0
    assert [r.label for r in Dataset.load(tmp_path / "other")] == ["tap", "wave"]


def test_import_says_when_subject_was_not_used(cli, tmp_path):
    Dataset([wiggle("tap", 1, subject="Ann")]).save(tmp_path / "ann")
    outcome = cli("import", "ann", "--into", "class", "--subject", "Ben")
    assert (
        "Note: ann already says who made the recordings, so --subject Ben was not used.\n"
        in outcome.err
    )
    assert Dataset.load(tmp_path / "class").subjects == ["Ann"]
    outcome = cli("import", "ann", "--into", "class", "--subject", "Be\tn")
    assert (outcome.code, "control character" in outcome.err) == (2, True)


def bad_zips(folder):
    """Zips that cannot be imported, each named after its fault."""
    good = "time_ms,x,y,z\n0,1,2,3\n20,4,5,6\n"
    contents = {
        "half-a-recording": {"tap/tap-1.csv": good, "tap/tap-2.csv": good[:-3]},
        "leads-outside": {"../../tap/tap-1.csv": good},
        "nothing-in-it": {"tap/": "", "wave/": "", "__MACOSX/._tap": "x", ".DS_Store": "x"},
        "bad-notes": {"ann/dataset.json": "[]", "ann/tap/tap-1.csv": good},
        "nested": {"ann/dataset.json": "{}", "ann/tap/old/tap-1.csv": good},
        "pictures": {"1.jpg": "x", "2.jpg": "x"},
    }
    for name, files in contents.items():
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as file:
            for inside, text in files.items():
                file.writestr(inside, text)
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("tap/tap-1.csv", b"0" * 20_000_000)
    with zipfile.ZipFile(folder / "password.zip", "w") as file:
        file.writestr("tap/tap-1.csv", good)
    whole = (folder / "password.zip").read_bytes()
    locked = bytearray(whole)
    locked[6] |= 1
    locked[whole.find(b"PK\x01\x02") + 8] |= 1
    (folder / "password.zip").write_bytes(locked)
    (folder / "half-downloaded.zip").write_bytes(whole[: len(whole) // 2])
    return sorted(folder.glob("*.zip"))


def test_import_of_bad_zips_changes_nothing(cli, golden, snapshot, tmp_path):
    Dataset([wiggle("tap", 1)]).save(tmp_path / "good")
    Dataset([wiggle("tap", 2)]).save(tmp_path / "class")
    paths = bad_zips(tmp_path)
    before = snapshot()
    transcripts = [
        f"$ import {path.name}\n{cli('import', 'good', path.name, '--into', 'class').transcript}"
        for path in paths
    ]
    golden("import-bad-zips", "".join(transcripts))
    assert all(transcript.endswith("--- exit 1\n") for transcript in transcripts)
    golden("import-itself", cli("import", "class", "--into", "class").transcript)
    assert snapshot() == before


def test_import_pattern_that_matches_nothing(cli, tmp_path):
    outcome = cli("import", "*.zip", "--into", "class")
    assert outcome.code == 1
    assert "There is no file or folder *.zip." in outcome.err
    Dataset([wiggle("tap", 1)]).save(tmp_path / "ann[1]")  # a name, not a pattern
    assert cli("import", "ann[1]", "--into", "class").code == 0
