"""``report`` writes the page and reports missing evidence; errors explain what to do."""

import pytest

import microbit_ml as mb
from microbit_ml.pages.text import escaped


@pytest.fixture(scope="module")
def data():
    return mb.simulate(["shake", "still"], people=3, repeats=2)


@pytest.fixture(scope="module")
def content(data):
    return mb.train(data, steps=40, copies=2, negatives=100).to_bytes()


@pytest.fixture(autouse=True)
def without_drawing(monkeypatch):
    """Pictures are not drawn: other tests look at them."""
    monkeypatch.setattr(
        "microbit_ml.charts.to_svg",
        lambda picture, prefix="": (
            f'<svg id="{prefix}svg"><desc>{escaped(picture.alt)}</desc></svg>'
        ),
    )


@pytest.fixture
def folder(data, content, tmp_path):
    data.save(tmp_path / "gestures")
    (tmp_path / "model.mbml").write_bytes(content)
    return tmp_path


def test_the_data_set_is_found_and_the_page_written(cli, folder):
    done = cli("report", "model.mbml", "-o", "page.html")
    assert (done.code, done.err) == (
        0,
        "Next: microbit-ml virtual v2 --model model.mbml\n"
        "For a micro:bit: microbit-ml build model.mbml\n",
    )
    page = (folder / "page.html").read_bytes()
    assert f"Saved page.html, {len(page)} bytes." in done.out
    assert "Recordings: gestures" in done.out and "of 12 held-out recordings right." in done.out
    assert "What the gestures look like" in page.decode()
    cli("report", "model.mbml", "gestures", "-o", "again.html")
    assert (folder / "again.html").read_bytes() == page


def test_the_data_set_is_found_beside_the_model_too(cli, folder, monkeypatch):
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    done = cli("report", folder / "model.mbml", "-o", "page.html")
    assert done.code == 0 and f"Recordings: {folder / 'gestures'}" in done.out
    page = (folder / "elsewhere" / "page.html").read_text(encoding="utf-8")
    assert "The recordings in gestures." in page and folder.name not in page


def test_the_data_set_may_be_the_folder_that_one_is_in(cli, folder, monkeypatch):
    monkeypatch.chdir(folder / "gestures")
    done = cli("report", folder / "model.mbml", "-o", folder / "page.html")
    assert done.code == 0 and "Recordings: ." in done.out
    assert "The recordings in gestures." in (folder / "page.html").read_text(encoding="utf-8")


def test_without_recordings_it_says_so_on_the_page_and_on_stderr(cli, content, tmp_path):
    (tmp_path / "model.mbml").write_bytes(content)
    done = cli("report", "model.mbml", "-o", "page.html")
    assert done.code == 0
    assert "were not found here" in done.err and "report model.mbml DATASET" in done.err
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "trained on were not found" in page
    assert "What the gestures look like" not in page


def test_other_recordings_are_taken_as_a_test(cli, folder):
    mb.simulate(["shake", "still", "wave"], people=1, repeats=2, seed=7).save(folder / "later")
    done = cli("report", "model.mbml", "later", "-o", "page.html")
    assert done.code == 0
    assert "trained on none of the recordings in later" in done.err and "test" in done.err
    assert "On new recordings" in (folder / "page.html").read_text(encoding="utf-8")


def test_missing_recordings_are_counted(cli, folder):
    next((folder / "gestures" / "shake").glob("*.csv")).unlink()
    done = cli("report", "model.mbml", "-o", "page.html")
    assert "1 recording that model.mbml was trained on is not in gestures" in done.err


def test_an_older_model_should_be_trained_again(cli, folder, content):
    model = mb.Model.from_bytes(content)
    del model.metrics["held_out"]
    model.save(folder / "old.mbml")
    done = cli("report", "old.mbml", "-o", "page.html")
    assert done.code == 0 and "holds no results" in done.err
    assert "When it was trained" in (folder / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["nowhere.mbml", "-o", "page.html"], "There is no model file nowhere.mbml"),
        (["damaged.mbml", "-o", "page.html"], "damaged or incomplete"),
        (["model.mbml", "-o", "none/page.html"], "There is no folder none"),
        (["model.mbml", "nothing", "-o", "page.html"], "There is no"),
        (["model.mbml", "unrelated", "-o", "page.html"], "no recording of a gesture that the"),
        (["model.mbml", "-o", "model.mbml"], "would write over model.mbml"),
        (["model.mbml", "gestures", "-o", "gestures/page.html"], "page.html"),
        (["model.mbml", "-o", "gestures"], "is a folder"),
        (["gestures", "-o", "page.html"], "gestures is a folder, but report needs a model"),
    ],
)
def test_what_cannot_be_done_is_explained_and_nothing_is_written(
    cli, folder, content, arguments, words
):
    (folder / "damaged.mbml").write_bytes(content[:-100])
    mb.simulate(["wave"], people=1, repeats=1).save(folder / "unrelated")
    before = sorted(folder.rglob("*"))
    done = cli("report", *arguments)
    assert done.code == 1 and words in done.err and "Traceback" not in done.err
    assert sorted(folder.rglob("*")) == before
    assert (folder / "model.mbml").read_bytes() == content


def test_the_output_is_named_after_the_model(cli, folder):
    done = cli("report", "model.mbml")
    assert done.code == 0 and "Saved model-report.html" in done.out


def test_gestures_that_cannot_be_simulated_are_played_on_the_virtual_board(cli, tmp_path):
    recordings = mb.simulate(["shake", "still"], people=2, repeats=2)
    names = {"shake": "my move", "still": "still"}
    renamed = [mb.Recording(one.samples, names[one.label], one.time_ms) for one in recordings]
    data = mb.Dataset(renamed)
    data.save(tmp_path / "mine")
    mb.train(data, steps=20, copies=1, negatives=50).save(tmp_path / "mine.mbml")
    done = cli("report", "mine.mbml")
    assert done.code == 0
    assert "Next: microbit-ml virtual v2 --model mine.mbml --data mine\n" in done.err
