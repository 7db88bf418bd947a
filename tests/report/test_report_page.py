"""The page of a report: correct, valid, reproducible; and for models with little evidence."""

from functools import cache
from pathlib import Path

import html5lib
import numpy as np
import pytest
from report_cases import CASES, LONG, MARKS, RTL, SCRIPT

from microbit_ml.charts import Chart, Grid
from microbit_ml.pages.text import escaped
from microbit_ml.report import Evidence, advise, report_html

SECTIONS = [
    "How good is it?",
    "What to do next",
    "The data",
    "What the gestures look like",
    "How it was tested",
    "What it mixes up",
    "Which recordings it got wrong",
    "How it learned",
    "What it looks at",
    "Is it as sure as it should be?",
    "When it answers “unknown”",
    "The price of whole numbers",
    "What it needs on the board",
    "How it was made",
]
UNITS = (" in s", " in g", " in %", "step", "(cross-entropy)", "% of the variance")


@pytest.fixture
def drawn(monkeypatch):
    """The pictures of the pages of this test. They are not drawn, which would be slow: each is
    replaced by an empty SVG with the picture's texts.
    """
    pictures = []

    def outline(picture, prefix=""):
        pictures.append(picture)
        return f'<svg id="{prefix}svg"><desc>{escaped(picture.alt)}</desc></svg>'

    monkeypatch.setattr("microbit_ml.charts.to_svg", outline)
    return pictures


@pytest.fixture(scope="module")
def case():
    """``case(name)``: each case is made once for all tests."""
    return cache(lambda name: CASES[name]())


def parsed(html):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def text_of(element):
    return " ".join("".join(element.itertext()).split())


def headings(tree):
    return [text_of(one) for one in tree.find("body").find("main").iter("h2")]


@pytest.mark.parametrize("name", CASES)
def test_every_kind_of_model_has_a_valid_page_without_script(name, case, drawn):
    html = report_html(case(name))
    tree = parsed(html)
    assert not [one for one in tree.iter() if str(one.tag).endswith("script")]
    assert headings(tree)[:3] == SECTIONS[:3]
    assert len(list(tree.iter("figure"))) == len(drawn)
    assert "nan" not in text_of(tree.find("body")).lower().split()


@pytest.mark.parametrize("name", CASES)
def test_every_picture_has_units_and_words(name, case, drawn):
    report_html(case(name))
    for picture in drawn:
        assert len(picture.alt) > 20
        if isinstance(picture, Chart):
            for label in (picture.x_label, picture.y_label):
                assert label.endswith(UNITS), label
        else:
            assert isinstance(picture, Grid)


def test_a_whole_report_has_all_sections_and_is_the_same_again(case, drawn):
    html = report_html(case("nine_labels"))
    assert headings(parsed(html)) == SECTIONS
    assert report_html(CASES["nine_labels"]()) == html


def test_one_report_with_its_real_pictures_is_valid(case):
    html = report_html(case("tiny"))
    assert html.count("<svg") >= 6
    parsed(html)
    ids = [one.get("id") for one in parsed(html).iter() if one.get("id")]
    assert len(ids) == len(set(ids))


def test_the_answer_comes_first_and_is_cross_validated(case, drawn):
    evidence = case("nine_labels")
    held = evidence.held_out
    right, n = int(held.is_right.sum()), len(held)
    main = parsed(report_html(evidence)).find("body").find("main")
    first = text_of(main.find("p"))
    assert f"It got {right} of {n} recordings right: {right / n:.0%}" in first
    n_accepted = int((held.is_right & held.is_known).sum())
    assert f"name {n_accepted} correctly" in text_of(main.findall("p")[2])
    assert "9 gestures" in first and "would get 11% right" in first
    assert "had trained only on other people" in text_of(main.findall("p")[1])


def test_few_recordings_get_no_verdict(case, drawn):
    first = text_of(parsed(report_html(case("tiny"))).find("body").find("main").find("p"))
    assert "too few tests to say how good it is" in first and "between" in first


def test_one_person_is_named(case, drawn):
    text = text_of(parsed(report_html(case("one_person"))).find("body"))
    assert "all recordings are by person-01" in text
    assert "Ask other people." in text


def test_the_tables_hold_the_evidence(case, drawn):
    evidence = case("nine_labels")
    tree = parsed(report_html(evidence))
    tables = {text_of(one.find("caption")): one for one in tree.iter("table")}
    rows = {
        caption.split(". ", 1)[1][:20]: [
            [text_of(cell) for cell in row] for row in one.find("tbody")
        ]
        for caption, one in tables.items()
    }
    scores = rows["Held-out recordings,"]
    assert scores[0] == [
        "circle",
        *(
            f"{getattr(evidence.scores_with_unknown.classes[0], name):.2f}"
            for name in ("precision", "recall", "f1")
        ),
        "8",
    ]
    wrong = rows["Recordings mistaken "]
    assert len(wrong) == int((~evidence.held_out.is_right).sum())
    for path, label, predicted, *_ in wrong:
        assert path.startswith(f"{label}/") and predicted != label
    predicted = dict(rows["What this model pred"])
    assert int(predicted["unknown, as it should be"]) == evidence.negative_predictions.count(None)
    assert sum(map(int, predicted.values())) == 1000
    people = rows["Tested on new people"]
    assert sum(int(right) for _, _, right in people) == int(evidence.held_out.is_right.sum())
    board = {row[0]: row[1:] for row in rows["The model on each ki"]}
    n_bytes = f"{len(evidence.model.device_bytes()):,}"
    assert board["model.bin, bytes"] == [n_bytes, n_bytes]
    assert board["does it fit?"] == ["yes", "yes"]


def test_the_confusion_matrix_and_the_calibration_are_cross_validated(case, drawn):
    evidence = case("nine_labels")
    tree = parsed(report_html(evidence))
    grid = next(one for one in drawn if isinstance(one, Grid))
    assert list(grid.columns) == [*evidence.model.labels, "unknown"]
    assert grid.values.sum() == 72
    assert f"{evidence.scores_with_unknown.right} of 72 recordings are right." in grid.alt
    chart = next(one for one in drawn if one.title == "Calibration")
    (table,) = [one for one in tree.iter("table") if "points in numbers" in text_of(one)]
    numbers = [int(text_of(row[1])) for row in table.find("tbody")]
    assert sum(numbers) == 72
    assert np.average(chart.series[1].x, weights=numbers) == pytest.approx(
        100 * evidence.held_out.probability.mean()
    )
    assert np.average(chart.series[1].y, weights=numbers) == pytest.approx(
        100 * evidence.held_out.is_right.mean()
    )


def test_a_trace_is_in_g_over_seconds(case, drawn):
    evidence = case("tiny")
    report_html(evidence)
    chart, recording = drawn[0], evidence.typical["shake"]
    assert chart.title == "shake" and [one.name for one in chart.series] == ["x", "y", "z"]
    np.testing.assert_array_equal(chart.series[1].x, recording.time_ms / 1000)
    np.testing.assert_array_equal(chart.series[1].y, recording.samples[:, 1] / 1024)


def test_the_feature_map_shows_where_the_gestures_differ_most(case, drawn):
    evidence = case("nine_labels")
    report_html(evidence)
    grid = next(one for one in drawn if one.title == "How the gestures differ")
    rows, targets = evidence.scaled, evidence.rows[1]
    means = np.stack([rows[targets == i].mean(axis=0) for i in range(9)], axis=1)
    apart = dict(zip(evidence.model.feature_names, means.std(axis=1)))
    left_out = set(apart) - set(grid.rows)
    assert len(grid.rows) == 12
    assert min(apart[name] for name in grid.rows) >= max(apart[name] for name in left_out)
    assert np.abs(grid.values.sum(axis=1)).max() < 1e-9  # above and below the mean of all
    first = evidence.model.feature_names.index(grid.rows[0])
    np.testing.assert_allclose(np.diff(grid.values[0]), np.diff(means[first]))


def test_a_mistake_is_beside_what_it_was_taken_for(case, drawn):
    evidence = case("nine_labels")
    report_html(evidence)
    titles = [one.title for one in drawn]
    held = evidence.held_out
    most_confident = max(range(72), key=lambda i: held.probability[i] * (not held.is_right[i]))
    position = titles.index(evidence.by_digest[held.digests[most_confident]].path)
    assert titles[position + 1] == f"typical: {held.best[most_confident]}"


def test_an_older_model_says_what_is_missing(case, drawn):
    tree = parsed(report_html(case("without_metrics")))
    text = text_of(tree.find("body"))
    assert "does not say how good it is" in text
    assert "no results for held-out recordings" in text
    assert "trained on were not found" in text
    assert "does not say how it was trained" in text
    assert not drawn


def test_a_raw_window_model_says_that_it_has_no_features(case, drawn):
    text = text_of(parsed(report_html(case("raw_window"))).find("body"))
    assert "sees the raw window, 150 numbers" in text
    assert "What the gestures look like" in text


def test_unusual_labels_stay_what_they_are(case, drawn):
    html = report_html(case("unusual_labels"))
    tree = parsed(html)
    names = {text_of(one) for one in tree.iter("th")}
    assert {RTL, SCRIPT, MARKS, LONG} <= names
    assert f"<bdi>{RTL}</bdi>" in html
    text = text_of(tree.find("body"))
    assert "folder & <b>" in text
    assert f"“{MARKS}”" in text and f"“{SCRIPT}”" in text


def test_one_recording_of_the_model_is_enough_for_a_page(case, drawn):
    whole = case("tiny")
    one = whole.training_data.subset(
        lambda recording: recording is whole.training_data.recordings[0]
    )
    text = text_of(
        parsed(report_html(Evidence.of(Path("m.mbml"), whole.model, one, "one"))).find("body")
    )
    assert "5 recordings that the model was trained on are no longer in one." in text
    assert sum(chart.title == "All recordings on one map" for chart in drawn) == 0


def test_data_that_the_model_was_not_trained_on_are_a_test(case, drawn):
    evidence = case("other_data")
    text = text_of(parsed(report_html(evidence)).find("body"))
    scores = evidence.new_scores
    assert f"get {scores.right} of {scores.recordings} right" in text
    assert "4 recordings show movements that the model doesn't know (“circle”)" in text
    assert "are not in later" in text


def test_advice_is_on_the_page(case, drawn):
    evidence = case("one_person")
    items = [text_of(one) for one in parsed(report_html(evidence)).iter("li")]
    for advice in advise(evidence):
        assert any(item.startswith(advice.text.split("**")[1]) for item in items)
