"""The data log of a micro:bit V2: MY_DATA.HTM as it is on the drive, and its CSV."""

import pytest
from exchanged import damages, read_or_explain
from hypothesis import given, settings

from microbit_ml.errors import DataError, FileMissingError, SettingError
from microbit_ml.recordings.formats.any_file import read_source
from microbit_ml.recordings.formats.microbit_log import is_log, read_log

TABLE = (
    "Time (seconds),x,y,z\n"
    "3.00,12,-4,-1020\n3.02,16,-8,-1016\n3.04,20,-12,-1012\n"
    "9.50,1,2,-900\n9.52,3,4,-900\n"  # after a pause
    "0.10,5,6,-900\n0.12,7,8,-900\n"  # the board was restarted
)
COUNTS = [
    [[12, -4, -1020], [16, -8, -1016], [20, -12, -1012]],
    [[1, 2, -900], [3, 4, -900]],
    [[5, 6, -900], [7, 8, -900]],
]


def my_data(table, *, version="002", begin=0x2000, full=False):
    """A MY_DATA.HTM laid out by hand, as in the docstring of microbit_log.py."""
    page = b"<!doctype html><script>'UBIT_LOG_FS_V_002'.test(raw)</script><!--FS_START"
    page = page.ljust(0x800, b" ")
    head = f"UBIT_LOG_FS_V_{version}\n0x0001EFFC\n0x{begin:08X}\n0255\0".encode()
    names = table.split("\n")[0].encode() + b"\n"
    own = (head + names).ljust(0x800, b"\xff") + b"00000000".ljust(0x1000, b"\xff")
    content = (page + own + table.encode()).ljust(0x1EFFC, b"\xff")
    return content + (b"\0FUL" if full else b"\0\0\0\0")


def read(tmp_path, content, name="MY_DATA.HTM", **options):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_log(path, **options)


@pytest.mark.parametrize(
    "content",
    [
        my_data(TABLE),
        my_data(TABLE, full=True),
        my_data(TABLE)[0x800:],
        my_data(TABLE).replace(b"\xff", b"\xef\xbf\xbd"),
        TABLE.encode(),
        ("\ufeff" + TABLE.replace("\n", "\r\n")).encode(),
    ],
    ids=["drive", "full", "without-page", "saved-by-browser", "csv", "csv-windows"],
)
def test_every_form_gives_the_same_recordings(tmp_path, content):
    data = read(tmp_path, content)
    assert is_log(content[:64])
    assert [r.samples.tolist() for r in data] == COUNTS
    assert [r.time_ms.tolist() for r in data] == [[0, 20, 40], [0, 20], [0, 20]]
    assert [r.name for r in data] == ["MY_DATA-01", "MY_DATA-02", "MY_DATA-03"]
    assert data.provenance == [{"kind": "data log", "file": "MY_DATA.HTM", "recordings": 3}]
    assert data.rate_hz == 50


def test_units_of_time_and_of_columns(tmp_path):
    ms = read(tmp_path, "Time (milliseconds),x (mg),y (mg),z (mg)\n10,500,0,-1000\n35,0,0,-1000\n")
    assert ms.recordings[0].samples.tolist() == [[512, 0, -1024], [0, 0, -1024]]
    assert ms.recordings[0].time_ms.tolist() == [0, 25]
    g = read(tmp_path, "x,y,z\n0.5,0,-1\n0,0,-1\n", unit="g")
    assert g.recordings[0].samples.tolist() == [[512, 0, -1024], [0, 0, -1024]]
    assert g.recordings[0].time_ms.tolist() == [0, 20]


def test_columns_that_were_added_while_logging(tmp_path):
    """The board writes the names again whenever a column is added; other columns are ignored."""
    data = read(
        tmp_path,
        "Time (seconds),x,y,z\n0.1,1,2,-900\n0.12,1,2,-900\n"
        "Time (seconds),x,y,z,temp\n"
        "Time (seconds),x,y,z,temp,label\n0.2,1,2,-900,21,tap\n0.22,1,2,-900,,tap\n"
        "0.24,1,2,-900,,still\n",
    )
    assert [(r.label, r.name, len(r)) for r in data] == [
        ("", "MY_DATA-01", 2),
        ("tap", "tap-01", 2),
        ("still", "still-01", 1),
    ]


@pytest.mark.parametrize("form", [my_data, str], ids=["MY_DATA.HTM", "csv"])
def test_columns_with_other_names(tmp_path, form):
    """A program may log under any names; the time keeps the unit of its name."""
    table = (
        "Time (seconds),oben,links,vorne\n3.00,12,-4,-1020\n3.02,16,-8,-1016\n"
        "Time (seconds),oben,links,vorne,licht\n3.04,20,-12,-1012,99\n3.06,20,-12,-1012,99\n"
        "9.50,1,2,-900,98\n"
    )
    content = form(table)
    with pytest.raises(DataError, match="--columns time,x,y,z"):
        read(tmp_path, content)
    data = read(tmp_path, content, columns="time,z,x,y")
    assert [r.samples.tolist() for r in data] == [
        [[-4, -1020, 12], [-8, -1016, 16]],
        [[-12, -1012, 20], [-12, -1012, 20]],
        [[2, -900, 1]],
    ]
    assert data.recordings[0].time_ms.tolist() == [0, 20]
    skipped = read(tmp_path, content, columns="-,x,y,z")
    assert skipped.recordings[0].samples.tolist() == [[12, -4, -1020], [16, -8, -1016]]
    assert (
        read_source(tmp_path / "MY_DATA.HTM", None, "time,x,y,z").recordings[0].samples[0][0] == 12
    )


def test_columns_that_cannot_be(tmp_path):
    for columns in ("time,x,y", "x,y,z,x", "x,y,z,height"):
        with pytest.raises(SettingError, match="columns is"):
            read(tmp_path, TABLE, columns=columns)
    with pytest.raises(DataError, match="line 3: 'high' in column x is not a number"):
        read(tmp_path, "t,a,b,c\n1,2,3,4\n2,high,3,4\n", columns="time,x,y,z")


def test_a_slow_log_is_one_recording(tmp_path):
    rows = "".join(f"{second}.00,0,0,-{1000 + second}\n" for second in range(6))
    data = read(tmp_path, "Time (seconds),x,y,z\n" + rows)
    assert (len(data), data.rate_hz) == (1, 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>hello</html>", "web page without a data log.* MICROBIT drive"),
        (my_data(TABLE, version="003"), "version 003.*choose Download"),
        (my_data(TABLE)[:0x1F00], "cut short: its table begins at byte 8192"),
        (my_data(""), "empty data log"),
        (my_data(TABLE, begin=0x10), "cut short"),
        (my_data(TABLE)[: 0x2000 + 50], "the last line does not end"),
        ("Time (seconds),temp\n0.1,21\n", r"line 1: there are no columns x, y and z in 'Time"),
        ("Time (seconds),x,y,z\n", "no rows"),
        ("Time (seconds),x,y,z\n0.1,1,2\n", "line 2 has 3 columns instead of 4"),
        ("Time (seconds),x,y,z\n0.1,1,2,\n", "line 2: '' in column z is not a number"),
        (
            "Time (seconds),x,y,z\n0.1,1,2,-900\n0.2,1,2,-900\n0.2,1,2,-900\n",
            "line 4: the time 200 ms is not later .*milliseconds",
        ),
        ("Time (seconds),x,y,z\n0.1,0.5,0,-1\n", r"0\.0009\d+ g.*--unit"),
        ("", "is empty"),
    ],
)
def test_what_cannot_be_read_is_explained(tmp_path, content, message):
    with pytest.raises(DataError, match=message) as caught:
        read(tmp_path, content)
    assert "MY_DATA.HTM" in str(caught.value)


def test_no_file(tmp_path):
    with pytest.raises(FileMissingError):
        read_log(tmp_path / "gone.htm")


@settings(max_examples=200, deadline=None)
@given(damage=damages)
def test_any_damage_is_harmless_or_a_data_error(tmp_path_factory, damage):
    path = tmp_path_factory.mktemp("broken") / "MY_DATA.HTM"
    interesting = my_data(TABLE)[0x800 : 0x2000 + len(TABLE) + 3]
    path.write_bytes(damage.done_to(interesting))
    data = read_or_explain(read_log, path)
    assert data is None or len(data) >= 1
