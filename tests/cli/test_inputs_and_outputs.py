"""No verb writes over what it reads; links are followed; empty paths are refused."""

import shutil
import sys
from pathlib import Path

import pytest

import microbit_ml as mb

links = pytest.mark.skipif(sys.platform == "win32", reason="links need a right on Windows")

# Verb and arguments; {out} is the output. And what is read, which must stay.
VERBS = {
    "train": (("train", "data", "-o", "{out}"), ["data/dataset.json", "data/new.mbml"]),
    "train --from": (("train", "data", "--from", "m.mbml", "-o", "{out}"), ["m.mbml"]),
    "build": (("build", "m.mbml", "-o", "{out}"), ["m.mbml"]),
    "build --program": (
        ("build", "m.mbml", "--program", "game.py", "-o", "{out}"), ["m.mbml", "game.py"]
    ),
    "report": (("report", "m.mbml", "-o", "{out}"), ["m.mbml", "data/dataset.json"]),
    "report DATASET": (
        ("report", "m.mbml", "data", "-o", "{out}"), ["m.mbml", "data/shake/page.html"]
    ),
    "export": (("export", "data", "-o", "{out}", "--format", "zip"), ["data/dataset.json"]),
    "show": (("show", "data", "--plot", "-o", "{out}"), ["data/dataset.json"]),
    "evaluate": (
        ("evaluate", "m.mbml", "data", "--prefer", "recall:tap", "-o", "{out}"),
        ["m.mbml", "data/dataset.json"],
    ),
    "lesson": (
        ("lesson", "1", "--html", "--data", "data", "-o", "{out}"), ["data/dataset.json"]
    ),
    "lesson COPY": (("lesson", "copy", "--html", "-o", "{out}"), ["copy/maths.py"]),
}  # fmt: skip
WAYS = {
    "itself": lambda path: path,
    "through ..": lambda path: f"data/../{path}",
    "through a link": lambda path: link_to(path),
    "through a linked folder": lambda path: f"{link_to('.')}/{path}",
}


def link_to(path):
    Path("link").unlink(missing_ok=True)
    Path("link").symlink_to(path)
    return "link"


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source")
    data = mb.simulate(["shake", "tap"], people=2, repeats=2, seed=1)
    data.save(folder / "data")
    mb.train(data, steps=10, copies=0, negatives=20).save(folder / "m.mbml")
    (folder / "game.py").write_text("print(1)\n")
    return folder


@pytest.fixture
def here(source, tmp_path, cli):
    shutil.copytree(source, tmp_path, dirs_exist_ok=True)
    assert cli("lesson", "1", "--copy", "copy").code == 0
    return tmp_path


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@links
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("verb", VERBS)
def test_an_output_that_is_read_is_refused(cli, here, verb, way):
    arguments, inputs = VERBS[verb]
    for path in inputs:
        Path("link").unlink(missing_ok=True)
        output = WAYS[way](path)
        before = contents(here)
        outcome = cli(*(output if one == "{out}" else one for one in arguments))
        assert outcome.code == 1, (path, outcome)
        assert "would write over" in outcome.err and "Choose another name" in outcome.err
        assert contents(here) == before


def test_a_data_set_is_not_imported_into_itself(cli, here):
    outcome = cli("import", "data/../data", "--into", "data")
    assert outcome.code == 1 and "is the data set itself" in outcome.err


@links
def test_a_link_as_output_is_followed(cli, here):
    (here / "old.html").write_text("old")
    (here / "page.html").symlink_to("old.html")
    assert cli("show", "data", "--plot", "-o", "page.html").code == 0
    assert (here / "page.html").is_symlink()
    assert (here / "old.html").read_text(encoding="utf-8").startswith("<!")


@links
def test_a_linked_dataset_json_is_followed(cli, here):
    (here / "data" / "dataset.json").rename(here / "notes.json")
    (here / "data" / "dataset.json").symlink_to(here / "notes.json")
    (here / "one.csv").write_text("time_ms,x,y,z\n0,1,2,3\n20,4,5,6\n")
    assert cli("import", "one.csv", "--label", "tap", "--into", "data").code == 0
    assert (here / "data" / "dataset.json").is_symlink()
    provenance = mb.Dataset.load("data").provenance
    more = mb.simulate(["shake"], people=1, repeats=1, seed=9).recordings
    mb.Dataset(more, 50.0, [{"kind": "test"}]).save("data")
    assert (here / "data" / "dataset.json").is_symlink()
    assert mb.Dataset.load("data").provenance == [*provenance, {"kind": "test"}]
    assert '"test"' in (here / "notes.json").read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "one.csv", "--into", ""),
        ("import", "", "--into", "data"),
        ("train", "data", "-o", " "),
        ("export", "", "-o", "x.zip"),
        ("show", ""),
        ("predict", "m.mbml", ""),
        ("evaluate", "", "data"),
        ("report", "", "-o", "x.html"),
        ("lesson", "1", "--data", ""),
        ("lesson", ""),
        ("collect", "", "--label", "tap"),
        ("compare", ""),
    ],
)
def test_an_empty_path_is_wrong_usage(cli, arguments):
    outcome = cli(*arguments)
    assert outcome.code == 2
    assert "It is empty. Give the name" in outcome.err or "no such folder" in outcome.err


@pytest.mark.parametrize("number", ["1_0", "٣", "nan"])
def test_numbers_of_options_are_read_strictly(cli, number):
    assert cli("compare", "data", "--folds", number).code == 2
    assert cli("train", "data", "-o", "m.mbml", "--dropout", number).code == 2


def test_one_long_pause(cli, tmp_path):
    """A recording whose usual rate would once have been 0.0 Hz."""
    (tmp_path / "p.csv").write_text(
        "time_ms,x,y,z\n0,1,2,900\n20,1,2,4\n40,2,2,2\n60,0,0,0\n99999999,1,1,1\n"
    )
    assert cli("import", "p.csv", "--into", "d", "--label", "tap").code == 0
    assert mb.Dataset.load("d").rate_hz == 50
    assert cli("show", "d").code == 0
    for name, form in (("a.zip", "zip"), ("a.npz", "npz"), ("a.csv", "csv"),
                       ("e.zip", "edge-impulse"), ("f.zip", "edge-impulse-csv")):  # fmt: skip
        assert cli("export", "d", "-o", name, "--format", form).code == 0
        assert cli("import", name, "--into", f"from-{form}").code == 0
        assert mb.Dataset.load(f"from-{form}").rate_hz == 50


def test_labels_that_look_alike_are_told(cli, tmp_path):
    data = mb.simulate(["shake", "tap"], people=1, repeats=3, seed=1)
    data.save("data")
    for name in ("shake%20", "shake\u200b"):
        shutil.copytree("data/shake", f"data/{name}")
    said = r"The labels 'shake' and 'shake ' and 'shake\u200b' look alike."
    assert said in cli("show", "data").out
    outcome = cli("import", "data", "--into", "new")  # spaces around a label go
    assert r"The labels 'shake' and 'shake\u200b' look alike." in outcome.err
    assert mb.Dataset.load("new").labels == ["shake", "shake\u200b", "tap"]
    outcome = cli("train", "new", "-o", "m.mbml", "--steps", "5", "--copies", "0",
                  "--negatives", "10")  # fmt: skip
    assert r"The labels 'shake' and 'shake\u200b' look alike." in outcome.err
