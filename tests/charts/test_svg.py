"""Pictures as SVG: text that can be read, ids that do not clash, nothing shown by colour alone."""

import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest

from microbit_ml.charts import Chart, Contour, Grid, Series, save_picture, to_svg
from microbit_ml.charts.drawing import (
    MIDDLE_BRIGHTNESS,
    brightness,
    cell_colours,
    contour_levels,
    figure_of,
    shortened,
)
from microbit_ml.charts.looks import looks_of
from microbit_ml.errors import DataError

SVG = "{http://www.w3.org/2000/svg}"


def curve(title="A curve", names=("x", "y"), **options):
    """A chart of as many lines as there are names."""
    t = np.linspace(0, 1, 20)
    series = [Series(name, t, np.sin(6 * t + i)) for i, name in enumerate(names)]
    return Chart(title, "time in s", "acceleration in g", series, "It goes up and down.", **options)


def matrix(values, **options):
    """A grid with the names a, b, c, ... for columns and A, B, C, ... for rows."""
    values = np.asarray(values, dtype=float)
    columns = [chr(97 + i) for i in range(values.shape[1])]
    rows = [chr(65 + i) for i in range(values.shape[0])]
    return Grid(
        "A grid", "predicted", "actual", columns, rows, values, "Some are wrong.", **options
    )


def valley():
    """A contour with one path."""
    x, y = np.linspace(-2, 2, 21), np.linspace(-1, 1, 11)
    heights = x[None, :] ** 2 + 4 * y[:, None] ** 2
    path = Series("a way down", [-1.5, -0.5, 0], [0.8, 0.1, 0], labels=["start", "", "end"])
    return Contour("A valley", "w1", "w2", "loss", x, y, heights, "It goes down.", [path])


PICTURES = {"chart": curve(), "grid": matrix([[3, 1], [0, 4]]), "contour": valley()}


def texts_of(svg):
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.fixture(scope="module", params=PICTURES)
def drawn(request):
    """A picture and its SVG, one of each kind."""
    picture = PICTURES[request.param]
    return picture, to_svg(picture)


def test_it_has_a_name_and_a_description_for_those_who_cannot_see_it(drawn):
    picture, svg = drawn
    root = ElementTree.fromstring(svg)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
    assert (title.text, description.text) == (picture.title, picture.alt)


def test_it_scales_and_holds_no_date_and_no_style_for_the_whole_page(drawn):
    _, svg = drawn
    root = ElementTree.fromstring(svg)
    assert root.get("viewBox") and not root.get("width") and not root.get("height")
    assert "max-width" in root.get("style")
    assert "<style" not in svg and "<metadata" not in svg and "<!" not in svg
    assert "<image" not in svg  # it can be magnified


def test_text_is_text(drawn):
    picture, svg = drawn
    texts = texts_of(svg)
    assert {picture.title, picture.x_label, picture.y_label} <= set(texts)


def test_every_reference_is_answered_within_and_ids_begin_with_the_prefix(drawn):
    picture, _ = drawn
    svg = to_svg(picture, prefix="figure-3-")
    ids = re.findall(r'\bid="([^"]*)"', svg)
    assert len(ids) == len(set(ids)) and all(one.startswith("figure-3-") for one in ids)
    assert set(re.findall(r'(?:url\(|href=")#([^)"]*)', svg)) <= set(ids)


def test_the_same_picture_is_the_same_text(drawn):
    picture, svg = drawn
    assert to_svg(picture) == svg


def test_different_pictures_have_no_id_in_common():
    def ids(svg):
        return set(re.findall(r'\bid="([^"]*)"', svg))

    assert not ids(to_svg(PICTURES["chart"])) & ids(to_svg(curve("Another")))


def test_names_that_people_gave_stay_what_they_are():
    names = ("<script>&", "$x_1$", "_hidden", "一 👋", '"q"')
    svg = to_svg(curve("a < b & c > d", names))
    assert set(names) <= {text.replace("\u200b", "") for text in texts_of(svg)}
    assert ElementTree.fromstring(svg).find(f"{SVG}title").text == "a < b & c > d"


def test_a_faint_series_shares_the_colour_of_its_name_and_one_entry_in_the_legend():
    t, nan = np.arange(5.0), np.nan
    chart = Chart(
        "Many and a typical one",
        "time in s",
        "x in g",
        [
            Series("x", [*t, nan, *t], [*t, nan, *(t + 1)], faint=True),
            Series("x", t, t),
            Series("y", t, -t),
        ],
        "x goes up, y goes down.",
    )
    assert [look.number for look in looks_of(chart.series)] == [0, 0, 1]
    assert [texts_of(to_svg(chart)).count(name) for name in "xy"] == [1, 1]
    faint, strong = figure_of(chart).axes[0].lines[:2]
    assert faint.get_color() == strong.get_color()
    assert faint.get_alpha() < 1 and faint.get_linewidth() < strong.get_linewidth()


def test_no_two_of_nine_series_differ_in_colour_only():
    names = [f"label {i}" for i in range(9)]
    lines = figure_of(curve(names=names)).axes[0].lines
    without_colour = {(line.get_marker(), str(line._dash_pattern)) for line in lines}
    assert len(without_colour) == 9
    bars = [Series(name, [0, 1], [1, 2], "bars") for name in names[:6]]
    figure = figure_of(Chart("Bars", "a", "b", bars, "Six bars each."))
    assert len({one[0].get_hatch() for one in figure.axes[0].containers}) == 6


def test_series_without_a_name_are_not_taken_for_one():
    looks = looks_of([Series("", [0], [0]), Series("", [0], [1])])
    assert looks[0] != looks[1]


def test_bars_of_two_series_stand_side_by_side():
    series = [Series(name, [0, 1, 2], [1, 2, 3], "bars") for name in "ab"]
    first, second = figure_of(Chart("Bars", "a", "b", series, "Equal.")).axes[0].containers
    for left, right in zip(first, second, strict=True):
        assert left.get_x() + left.get_width() == pytest.approx(right.get_x())


def test_steps_hold_a_value_until_the_next():
    one = Series("stairs", [0, 1, 2], [0, 1, 2], "steps")
    line = figure_of(Chart("Stairs", "a", "b", [one], "Up.")).axes[0].lines[0]
    assert line.get_drawstyle() == "steps-post"


def test_labels_beside_points_do_not_cover_each_other():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 30))
    names = [f"recording-{i}" for i in range(30)]
    figure = figure_of(Chart("Named", "a", "b", [Series("", x, y, "points", names)], "A cloud."))
    figure.draw_without_rendering()
    notes = figure.axes[0].texts
    boxes = [note.get_window_extent() for note in notes]
    assert len(notes) >= 15
    assert {note.get_text() for note in notes} <= set(names)
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])


def test_labels_beside_points_keep_off_the_middle_of_a_line():
    """The line has no corner near the point, and its gap is no line."""
    line = Series("level", [0, 10, np.nan, 10, 0], [5, 5, np.nan, 0, 0])
    point = Series("", [5], [5.1], "points", ["a name"])
    figure = figure_of(Chart("Crossed", "a", "b", [line, point], "A line.", y_range=(0, 10)))
    axes = figure.axes[0]
    figure.draw_without_rendering()
    (note,) = axes.texts
    at_5 = axes.transData.transform((5, 5))[1]
    box = note.get_window_extent()
    assert not box.y0 <= at_5 <= box.y1


def test_wide_labels_below_an_axis_are_slanted():
    def slants(names):
        bars = [Series("", range(len(names)), [1] * len(names), "bars")]
        chart = Chart("Bars", "label", "n", bars, "Equal.", x_ticks=dict(enumerate(names)))
        return {label.get_rotation() for label in figure_of(chart).axes[0].get_xticklabels()}

    assert slants(["tap", "shake"]) == {0.0}
    assert slants([f"a long label {i}" for i in range(9)]) == {40.0}


def test_a_label_that_is_too_long_keeps_its_beginning_and_its_end():
    assert shortened("circle left, quickly, with the right hand", 20) == "circle lef…ight hand"
    assert shortened("shake", 5) == "shake"


def test_axes_have_the_given_ranges():
    chart = curve(x_range=(0.0, 2.0), y_range=(-3.0, 3.0))
    axes = figure_of(chart).axes[0]
    assert (axes.get_xlim(), axes.get_ylim()) == ((0.0, 2.0), (-3.0, 3.0))


def test_numbers_in_cells_can_be_read_on_every_shade():
    for shades in ("fraction", "signed"):
        values = np.linspace(-1, 1, 41)[:, None] @ np.ones((1, 1))
        if shades == "fraction":
            values = np.hstack([np.linspace(0, 1, 41)[:, None], np.linspace(1, 0, 41)[:, None]])
        for colour in cell_colours(values, shades).reshape(-1, 3):
            light = brightness(colour)
            contrast = 1.05 / (light + 0.05) if light < MIDDLE_BRIGHTNESS else (light + 0.05) / 0.05
            assert contrast >= 4.5


def test_shades_of_a_grid():
    fraction = cell_colours(np.array([[0.0, 2.0], [0.0, 0.0]]), "fraction")
    assert np.allclose(fraction[0, 0], 1) and np.allclose(fraction[1], 1)  # nothing is white
    assert brightness(fraction[0, 1]) < 0.15  # all of a row is darkest
    signed = cell_colours(np.array([[-4.0, 0.0, 2.0]]), "signed")[0]
    assert signed[0, 0] > signed[0, 2] and signed[2, 0] < signed[2, 2]  # orange, blue
    assert np.allclose(signed[1], 1)


def test_a_grid_writes_its_numbers_in_its_format():
    texts = texts_of(to_svg(matrix([[0.25, -0.5], [-0.001, 1]], number=".1f", shades="signed")))
    assert {"0.2", "-0.5", "0.0", "1.0"} <= set(texts) and "-0.0" not in texts


def test_heights_are_round_and_closer_at_the_bottom():
    levels = contour_levels(np.array([[0.0, 10.0]]))
    assert np.all(np.diff(levels) > 0) and np.allclose(levels, np.round(levels, 1))
    assert levels[1] - levels[0] < levels[-1] - levels[-2]
    assert levels[0] > 0 and levels[-1] < 10
    assert len(contour_levels(np.ones((2, 2)))) == 0
    assert "z in m" in texts_of(
        to_svg(Contour("Flat", "a", "b", "z in m", [0, 1], [0, 1], np.ones((2, 2)), "Flat."))
    )


def test_what_has_no_numbers_is_drawn_all_the_same():
    nothing = [np.nan, np.nan]
    for series in (
        [],
        [Series("n", [], [])],
        [Series("n", [0, 1], nothing)],
        [Series("n", [0, 1], nothing, "bars")],
        [Series("n", [], [], "bars")],
    ):
        assert "Nothing" in texts_of(to_svg(Chart("Nothing", "a", "b", series, "Nothing.")))


@pytest.mark.parametrize(
    ("name", "begin"), [("a.svg", b"<?xml"), ("a.PNG", b"\x89PNG"), ("a.pdf", b"%PDF")]
)
def test_save_picture(tmp_path, name, begin):
    save_picture(PICTURES["grid"], tmp_path / name)
    first = (tmp_path / name).read_bytes()
    save_picture(PICTURES["grid"], tmp_path / name)
    assert first.startswith(begin) and (tmp_path / name).read_bytes() == first


def test_save_picture_as_what_it_cannot(tmp_path):
    with pytest.raises(DataError, match=r"a\.jpg is not a kind of picture .* End its name in"):
        save_picture(PICTURES["grid"], tmp_path / "a.jpg")
    assert not list(tmp_path.iterdir())


def test_matplotlib_is_loaded_for_drawing_only_and_says_nothing(tmp_path):
    """It takes a second: nothing but a picture on a page may ask for it. Where it cannot keep its
    list of fonts it would complain; that is nothing to a pupil.
    """
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    program = (
        "import sys\n"
        "from microbit_ml.charts import Chart, Series, to_svg, to_text\n"
        "import microbit_ml.cli.import_, microbit_ml.report.data_set_page, microbit_ml.pages\n"
        "chart = Chart('t', 'a', 'b', [Series('s', [0, 1], [0, 1])], 'x')\n"
        "to_text(chart)\n"
        "print('matplotlib' in sys.modules)\n"
        "print(len(to_svg(chart)) > 0, 'matplotlib' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={**os.environ, "MPLCONFIGDIR": str(tmp_path / "file" / "matplotlib")},
    )
    assert (done.stdout.split(), done.stderr) == (["False", "True", "True"], "")
