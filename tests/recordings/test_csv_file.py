"""One recording as CSV: written compactly, read tolerantly, damage explained."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microbit_ml.errors import DataError, FileMissingError
from microbit_ml.recordings import Recording, read_csv
from microbit_ml.recordings.csv_file import format_csv, parse_csv

GOOD = "time_ms,x,y,z\n0,0,0,-1024\n20,12,-4,-1020\n40,16,-8,-1016\n"


def test_written_compactly():
    recording = Recording([[0, 0, -1024], [1, 2, 3], [4, 5, 6]], time_ms=[0, 20, 28.4034])
    assert format_csv(recording) == "time_ms,x,y,z\n0,0,0,-1024\n20,1,2,3\n28.403,4,5,6\n"
    half = Recording([[1, 2, 3], [1, 2, 3]], time_ms=[0, 12.5])
    assert format_csv(half).endswith("\n12.5,1,2,3\n")


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        "\ufeff" + GOOD,
        GOOD + "\n\n",
        GOOD + ",,,\r\n",
        GOOD.replace(",", ";"),
        GOOD.replace(",", ";").replace("20;", "20,0;"),
        GOOD.replace(",", ", "),
        GOOD.replace("time_ms,x", '"time_ms","x"'),
        GOOD.replace("20,12", "20.0,12.0"),
    ],
)
def test_files_saved_by_editors_and_spreadsheets_are_read(tmp_path, text):
    path = tmp_path / "wave-1.csv"
    path.write_bytes(text.encode())
    recording = read_csv(path, "wave")
    assert recording.samples.tolist() == [[0, 0, -1024], [12, -4, -1020], [16, -8, -1016]]
    assert recording.time_ms.tolist() == [0, 20, 40]
    assert (recording.name, recording.label, recording.subject) == ("wave-1", "wave", "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        ("time_ms,x,y,z\n", "no samples"),
        ("0,0,0,-1024\n", "line 1 must be time_ms,x,y,z, but it is '0,0,0,-1024'"),
        ("x,y,z\n1,2,3\n", "line 1"),
        (GOOD + "60,1", "line 5: the last line does not end"),
        (GOOD[:-2], "line 4: the last line does not end"),
        (GOOD + "60,1\n", "line 5 has 2 columns instead of 4"),
        (GOOD + "60,1,2,3,4\n", "line 5 has 5 columns"),
        (GOOD.replace("12,", "nan,"), "line 3: 'nan' in column x is not a number"),
        (GOOD.replace("-8", "inf"), "line 4: 'inf' in column y"),
        (GOOD.replace("-8", "oops"), "line 4: 'oops' in column y"),
        (GOOD.replace("-8", ""), "line 4: '' in column y"),
        (GOOD.replace("40,", "20,"), "line 4: the time 20 ms is not later"),
        (GOOD.replace("20,12,-4,-1020\n", "\n"), "line 3 has 1 columns"),
    ],
)
def test_damage_is_explained_with_file_line_and_what_to_do(tmp_path, text, message):
    path = tmp_path / "tap-3.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message) as caught:
        read_csv(path)
    assert str(path) in str(caught.value)
    assert any(word in str(caught.value) for word in ("record again", "delete"))


def test_not_text_and_missing(tmp_path):
    path = tmp_path / "photo.csv"
    path.write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(DataError, match="not a text file"):
        read_csv(path)
    with pytest.raises(FileMissingError, match=r"no file .*gone\.csv"):
        read_csv(tmp_path / "gone.csv")


@given(cut=st.integers(0, len(GOOD) - 1))
def test_a_file_cut_inside_a_line_is_never_accepted(cut):
    if GOOD[:cut].endswith("\n") and cut > len("time_ms,x,y,z\n"):
        assert len(parse_csv(GOOD[:cut], "f")) == GOOD[:cut].count("\n") - 1
    else:
        with pytest.raises(DataError, match="^f"):
            parse_csv(GOOD[:cut], "f")


@settings(max_examples=300)
@given(
    st.one_of(
        st.text(max_size=60),
        st.builds(
            lambda at, piece: GOOD[:at] + piece + GOOD[at:],
            st.integers(0, len(GOOD)),
            st.text(alphabet="0123456789,;.-+eEnaif\n\r\"' x\x00é", max_size=6),
        ),
    )
)
def test_any_text_is_numbers_or_a_data_error(text):
    try:
        rows = parse_csv(text, "f.csv")
        Recording(rows[:, 1:], time_ms=rows[:, 0])
    except DataError as error:
        assert str(error)
    else:
        assert np.isfinite(rows).all() and rows.shape[1] == 4
