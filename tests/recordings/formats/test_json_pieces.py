"""Reading JSON in pieces gives what the standard library gives, also its errors."""

import io
import json
import tracemalloc

import pytest

import microbit_ml as mb
from microbit_ml.errors import DataError
from microbit_ml.recordings.formats import json_pieces
from microbit_ml.recordings.formats.json_pieces import PieceError, read_pieces

RECORDING = {"ID": 1, "data": {"x": [0.5, -1e-3], "y": [1, 2.25], "z": [0, -1.024]}}
CONTENTS = [
    [],
    {},
    {"data": []},
    12345678901234567890,
    'text with \u00ef, \U0001f600 and \\ " escapes\n',
    [{"name": "a", "recordings": [RECORDING] * 30}, {"recordings": [], "name": "b"}, 5, [[]]],
    {"data": [{"name": "\u00ef", "recordings": [RECORDING, None]}], "other": {"data": [1.5]}},
    {"text": {"dataset.json": "[]" * 300}},
    [{"name": "a", "recordings": {"no": "list"}}, {}],
]
DAMAGED = [
    "", " ", "[", "{", "[1", "[1,", "[1 2]", '{"a"', '{"a" 1}', '{"a":}', "{1:2}", "[]]", "[tru]",
    '["\\u12"]', '["\\x"]', '["open', "[-]", "[1.]", '[{"recordings":[{"data":[1,}]}]',
    '[{"name":"a",\n"recordings":[1,\n 2,\n  oops, 3]}]', "[" * 50 + "1" + "]" * 49, '[{"a":"\t"}]',
]  # fmt: skip


def as_it_is(item):
    return item, True


@pytest.fixture(params=[1, 7, 1000])
def chunk(request, monkeypatch):
    monkeypatch.setattr(json_pieces, "CHUNK", request.param)


@pytest.mark.parametrize("content", CONTENTS, ids=range(len(CONTENTS)))
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_content_is_the_same(content, indent, encoding, chunk):
    data = json.dumps(content, indent=indent, ensure_ascii=False).encode(encoding)
    assert read_pieces(io.BytesIO(data), as_it_is) == content == json.loads(data)


@pytest.mark.parametrize("text", DAMAGED)
def test_damage_is_found_where_it_is(text, chunk):
    with pytest.raises(json.JSONDecodeError) as expected:
        json.loads(text)
    with pytest.raises(json.JSONDecodeError) as found:
        read_pieces(io.BytesIO(text.encode()), as_it_is)
    assert str(found.value) == str(expected.value)


@pytest.mark.parametrize("text", ["[1,]", '{"a":1,}'])
def test_a_comma_at_the_end_is_damage(text, chunk):
    """Python 3.13 has words of its own for it."""
    with pytest.raises(json.JSONDecodeError, match="line 1 column"):
        read_pieces(io.BytesIO(text.encode()), as_it_is)


def test_damage_in_a_long_file_is_found_without_reading_on():
    text = '[{"recordings": [' + "\n".join("[1.25, 2]," for _ in range(300_000)) + "\noops]}]"
    with pytest.raises(json.JSONDecodeError, match=r"^Expecting value: line 300001 column 1 "):
        read_pieces(io.BytesIO(text.encode()), as_it_is)


def test_a_value_that_is_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(json_pieces, "CHUNK", 100)
    monkeypatch.setattr(json_pieces, "LONGEST_PIECE", 1000)
    with pytest.raises(PieceError, match="a single value has more than"):
        read_pieces(io.BytesIO(b'{"a": "' + b"x" * 5000 + b'"}'), as_it_is)


def test_memory_stays_far_below_that_of_the_file(tmp_path):
    """5,000 recordings, 4.5 MB as text: as objects of Python they would take about 20 MB."""
    x = [round(0.001 * i, 3) for i in range(50)]
    recording = json.dumps({"ID": 1, "data": {"x": x, "y": x, "z": x}})
    path = tmp_path / "large.json"
    path.write_text('[{"name": "a", "recordings": [' + ",".join([recording] * 5000) + "]}]")
    tracemalloc.start()
    data = mb.read_createai(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(data) == 5000
    assert most < 3 * path.stat().st_size


def test_of_many_bad_recordings_one_is_kept_and_named(tmp_path):
    path = tmp_path / "bad.json"
    bad = {"data": {"x": [1, "two"], "y": [1, 2], "z": [1, 2]}}
    good = {"data": {"x": [1.0], "y": [0.5], "z": [0]}}
    path.write_text(json.dumps([{"recordings": [good, bad, bad, good], "name": "wave"}]))
    with pytest.raises(DataError, match=r"action 'wave', recording 2, axis x, value 2 is \"two\""):
        mb.read_createai(path)
