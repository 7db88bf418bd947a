"""Files that are read: ordinary ones only, of a sensible size; numbers and JSON as others write."""

import math
import os
import sys

import pytest

from microbit_ml.common.inputs import open_input, parse_json, read_input
from microbit_ml.common.numbers import number_in, whole_number_in
from microbit_ml.errors import DataError

no_windows = pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices of Unix")


@no_windows
@pytest.mark.parametrize("kind", ["named pipe", "device"])
def test_what_never_ends_is_refused_at_once(tmp_path, kind):
    path = tmp_path / "file" if kind == "named pipe" else "/dev/zero"
    if kind == "named pipe":
        os.mkfifo(path)
    with pytest.raises(DataError, match=f"not an ordinary file but a {kind}.*Save its content"):
        read_input(path, 100)


def test_a_folder_and_a_file_that_is_too_large(tmp_path):
    with pytest.raises(IsADirectoryError if sys.platform != "win32" else OSError):
        open_input(tmp_path, 100)
    (tmp_path / "large").write_bytes(bytes(3000))
    with pytest.raises(DataError, match="has 3 KB, and a recording has at most 2 KB"):
        read_input(tmp_path / "large", 2048, "recording")
    assert len(read_input(tmp_path / "large", 3000)) == 3000


@pytest.mark.parametrize(
    ("text", "number"),
    [("10", 10), ("-1.5", -1.5), (" +.5e2\t", 50), ("1.", 1), ("1e-320", 1e-320), ("007", 7)],
)
def test_numbers(text, number):
    assert number_in(text) == number


@pytest.mark.parametrize(
    "text", ["1_0", "٣", "nan", "inf", "-Infinity", "1e999", "0x10", "", " ", "1.5.2", "--3", "1 0",
             "9" * 5000, "1e99999", "１"],
)  # fmt: skip
def test_what_is_no_number(text):
    assert math.isnan(number_in(text))
    assert whole_number_in(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 100_000 + "]" * 100_000, "too many brackets"),
        ("1" * 5000, "a number of thousands of digits"),
        ('{"a": NaN}', "NaN is no number"),
        ("[-Infinity]", "-Infinity is no number"),
        (b"\xff\xff", "decode"),
    ],
)
def test_json_that_cannot_be_read(text, reason):
    with pytest.raises(ValueError, match=reason):
        parse_json(text)


def test_json():
    assert parse_json(b'{"a": [1, 2.5, null]}') == {"a": [1, 2.5, None]}
    assert math.isnan(parse_json("NaN", takes_nan=True))
