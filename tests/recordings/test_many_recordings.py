"""Loading and adding many recordings: no quadratic work, and the same as one by one."""

import json

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.errors import DataError
from microbit_ml.recordings import Recording, csv_file, folders, journal
from microbit_ml.recordings.csv_file import parse_csv
from microbit_ml.recordings.dataset import Dataset

HEADER = "time_ms,x,y,z\n"


def test_plain_files_are_read_as_line_by_line(monkeypatch):
    rng = np.random.default_rng(0)
    text = HEADER + "".join(
        f"{20 * i + 0.125:g},{','.join(map(str, rng.integers(-2048, 2049, 3)))}\n"
        for i in range(200)
    )
    fast = csv_file._plain_rows(text)
    assert fast is not None and np.array_equal(fast, parse_csv(text, "a.csv"))
    monkeypatch.setattr(csv_file, "_plain_rows", lambda text: None)
    assert np.array_equal(fast, parse_csv(text, "a.csv"))


@pytest.mark.parametrize(
    "rows",
    [
        "0,1_0,2,3\n", "0,\u0663,2,3\n", "0,nan,2,3\n", "0,inf,2,3\n", "0,0x1,2,3\n", "0,1,2\n",
        "0,1,2\n1,2,3,4,5\n", "0,,2,3\n", "0,--1,2,3\n", "0,1e999,2,3\n", "0,1,2,3\n\n",
        "0,.,2,3\n", "0, 1,2,3\n", "5,1,2,3\n5,1,2,3\n", "", "0;1;2;3\n",
    ],
)  # fmt: skip
def test_anything_else_is_left_to_the_reader_that_names_errors(rows):
    assert csv_file._plain_rows(HEADER + rows) is None


def test_facts_are_noted_without_copying_the_samples():
    plain = Recording([[1, 2, 3], [4, 5, 6]], "wave", name="wave-01")
    noted = plain.noted("Ann", "V2", "wand.json")
    assert (noted.subject, noted.board, noted.source) == ("Ann", "V2", "wand.json")
    assert (noted.label, noted.name, noted.digest) == ("wave", "wave-01", plain.digest)
    assert noted.samples is plain.samples and plain.subject == ""
    with pytest.raises(DataError, match="control character"):
        plain.noted("A\tB", "", "")


def test_each_label_is_looked_at_once_a_batch(tmp_path, monkeypatch):
    """Not once a recording: of 600 recordings in three batches that would be 2,400 labels."""
    looked_at = 0
    real = folders.file_name

    def counting(text):
        nonlocal looked_at
        looked_at += text == "wave"
        return real(text)

    monkeypatch.setattr(folders, "file_name", counting)
    samples = np.arange(30).reshape(10, 3)
    data = Dataset([Recording(samples + i, "wave", name=f"n{i}") for i in range(600)])
    assert data.save(tmp_path / "data") == 600
    assert looked_at <= 10


def test_adding_reads_the_journal_twice_at_most(tmp_path, monkeypatch):
    """However many recordings there are; and no recording's file."""
    from microbit_ml.recordings import csv_file as reader
    from microbit_ml.recordings.merging import merge

    large, few = tmp_path / "large", mb.simulate(["tap"], people=1, repeats=2, seed=1)
    mb.simulate(["shake", "tap"], people=2, repeats=5, seed=2).save(large)
    n_lines = len((large / journal.FILE_NAME).read_text().splitlines())
    read = 0
    real = journal.read_lines

    def counting(path, begin=0):
        nonlocal read
        lines, end = real(path, begin)
        read += len(lines)
        return lines, end

    monkeypatch.setattr(journal, "read_lines", counting)
    monkeypatch.setattr(reader, "parse_csv", lambda *_: pytest.fail("A recording was read."))
    assert merge(large, [(tmp_path / "few", few)]).added == {"tap": 2}
    assert read <= 2 * n_lines + 10


def test_a_damaged_line_among_many_is_named(tmp_path):
    path = tmp_path / journal.FILE_NAME
    lines = [json.dumps({"key": f"{i:x}", "subject": "Ann"}) for i in range(2500)]
    path.write_text("\n".join(lines) + "\n")
    assert len(journal.read_lines(path)[0]) == 2500
    lines[1700] = '{"key": 5}'
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(DataError, match=r"line 1701 is damaged: key is 5 instead of a text"):
        journal.read_lines(path)
    lines[1700] = '{"key": "a"}, {"key": "b"}'
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(DataError, match=r"line 1701 is damaged: "):
        journal.read_lines(path)
