"""Hostile npz and zip files: one sentence each, with little memory and in little time."""

import io
import struct
import time
import tracemalloc
import zipfile
from contextlib import contextmanager

import numpy as np
import pytest

import microbit_ml as mb
from microbit_ml.errors import DataError
from microbit_ml.recordings import read_npz
from microbit_ml.recordings.faces import Face
from microbit_ml.recordings.formats import zip_members
from microbit_ml.recordings.formats.archive import read_zip
from microbit_ml.recordings.formats.npz import write_npz
from microbit_ml.recordings.formats.npz_arrays import TABLE

MB = 2**20


@contextmanager
def at_most(n_bytes, seconds=5):
    tracemalloc.start()
    began = time.monotonic()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < n_bytes, f"{peak / MB:.0f} MB"
    assert time.monotonic() - began < seconds


@pytest.fixture
def good(tmp_path):
    data = mb.simulate(["shake", "tap"], people=1, repeats=2, seed=1)
    data.faces = {"shake": Face("HEART", "TWINKLE")}
    write_npz(data, tmp_path / "x.npz")
    with np.load(tmp_path / "x.npz") as file:
        return dict(file)


def npy(array):
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def header(text):
    line = text.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(line)) + line


def packed(path, entries, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return path


def test_every_array_that_is_written_is_declared(good):
    assert set(good) == set(TABLE)


def test_gigabytes_of_zeros_are_refused_before_they_take_memory(good, tmp_path):
    entries = {f"{name}.npy": npy(array) for name, array in good.items() if name != "time_ms"}
    shape = "{'descr': '<f8', 'fortran_order': False, 'shape': (19000000, 3), }"
    path = packed(tmp_path / "zeros.npz", {**entries, "samples.npy": header(shape) + bytes(MB)})
    with at_most(8 * MB), pytest.raises(DataError, match="would take 435 MB.* at most 256 MB"):
        read_npz(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("names", b"no array at all", "its entry names is damaged, or is no array"),
        ("names", header("{'descr': '|O', 'fortran_order': False, 'shape': (4,), }"),
         r"names are object \(4,\) instead of a list of texts"),
        ("labels", header("{'descr': '<i8', 'fortran_order': False, 'shape': (-4,), }"), "shape"),
        ("labels", header("{'descr': '<i8', 'fortran_order': False, 'shape': (10**9,), }"),
         "is damaged, or is no array"),
        ("labels", header("{'descr': '<i8', 'fortran_order': False, 'shape': (999999999,), }"),
         "999,999,999 recordings, and at most 100,000"),
        ("names", header("{'descr': '<U99999', 'fortran_order': False, 'shape': (4,), }"),
         "texts of 99,999 characters"),
        ("names", header("{'descr': '<U1', 'fortran_order': False, 'shape': (4,), }")
         + struct.pack("<I", 0x7FFFFFFF) * 4, "a character that does not exist"),
        ("labels", header("{'descr': '<i8', 'fortran_order': False, 'shape': (4,), }") + b"abc",
         "damaged"),
        ("names", header("[" * 300 + "]" * 300), "is damaged, or is no array"),
    ],
)  # fmt: skip
def test_entries_that_are_no_such_array(good, tmp_path, name, content, message):
    entries = {f"{name}.npy": npy(array) for name, array in good.items()}
    path = packed(tmp_path / "bad.npz", {**entries, f"{name}.npy": content})
    with pytest.raises(DataError, match=rf"bad\.npz cannot be read as recordings: .*{message}"):
        read_npz(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("kind", ["npz", "zip"])
def test_damage_inside_any_compression(good, tmp_path, method, kind):
    csv = "time_ms,x,y,z\n" + "".join(f"{20 * i},{i},{-i},7\n" for i in range(60))
    entries = {f"{name}.npy": npy(array) for name, array in good.items()}
    path = packed(tmp_path / f"x.{kind}", entries if kind == "npz" else {"a/b.csv": csv}, method)
    whole, n_refused = path.read_bytes(), 0
    for at in range(40, len(whole) // 2, 61):
        damaged = bytearray(whole)
        damaged[at : at + 4] = b"\xff\x00\xff\x5a"
        path.write_bytes(damaged)
        try:
            (read_npz if kind == "npz" else read_zip)(path)
        except DataError as error:
            n_refused += 1
            assert path.name in str(error)
    assert n_refused


def test_a_zip_whose_entry_is_larger_than_it_declares(tmp_path):
    path = packed(tmp_path / "liar.zip", {"a/b.csv": bytes(64 * MB)})
    content = bytearray(path.read_bytes())
    for signature, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        begin = content.find(signature) + at
        content[begin : begin + 4] = struct.pack("<I", 1000)
    path.write_bytes(content)
    with at_most(20 * MB), pytest.raises(DataError, match=r"liar\.zip, a/b\.csv"):
        read_zip(path)


def test_too_many_entries_are_refused_before_each_takes_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(zip_members, "MOST_ENTRIES", 100)
    path = packed(tmp_path / "many.zip", {f"a/{i}.csv": b"" for i in range(200)})
    with pytest.raises(DataError, match="more than 100 files"):
        read_zip(path)


def test_large_recordings_are_unpacked_when_they_are_read(tmp_path):
    path = packed(tmp_path / "large.zip", {f"a/{i}.csv": bytes(10 * MB) for i in range(12)})
    content = path.read_bytes()
    with at_most(12 * MB):
        members = zip_members.ZipReader().members(content, "large.zip", (".csv",))
        assert [one.is_requested for one in members] == [True] * 12
    with at_most(24 * MB):
        assert len(members[3].read()) == 10 * MB


def test_all_recordings_of_a_zip_together_have_a_limit(tmp_path):
    path = packed(tmp_path / "large.zip", {f"a/{i}.csv": bytes(15 * MB) for i in range(9)})
    with at_most(8 * MB), pytest.raises(DataError, match=r"a/8\.csv has 15 MB: too large"):
        read_zip(path)


def test_an_array_whose_header_never_ends(tmp_path):
    """NumPy reads such a header as Python's tokens, and raises what those raise."""
    header = b"{'descr': '<i2', 'fortran_order': False, 'shape': (3L, (3,), "
    header += b" " * (117 - len(header)) + b"\n"
    entry = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    path = tmp_path / "data.npz"
    with zipfile.ZipFile(path, "w") as file:
        for name in ("samples", "offsets", "labels", "label_names", "subjects", "rate_hz", "unit"):
            file.writestr(f"{name}.npy", entry)
    with pytest.raises(DataError, match="is damaged, or is no array"):
        read_npz(path)
