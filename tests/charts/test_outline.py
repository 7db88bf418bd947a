"""Outlines: how the lines of a tree are connected."""

from microbit_ml.charts import Outline, OutlineLine, to_svg, to_text
from microbit_ml.charts.outline import last_of

LINES = [
    OutlineLine(0, "Is x at most 3?"),
    OutlineLine(1, "yes: Is y at most 5?"),
    OutlineLine(2, "yes: shake (97%)", "shake"),
    OutlineLine(2, "no: tap (80%)", "tap"),
    OutlineLine(1, "no: shake (70%)", "shake"),
]
TREE = Outline("Questions", LINES, "Two questions, three answers.")


def test_the_last_line_below_a_line():
    assert [last_of(LINES, i) for i in range(5)] == [4, 3, 2, 3, 4]


def test_an_outline_in_characters():
    assert to_text(TREE).splitlines() == [
        "Questions",
        "Is x at most 3?",
        "├─ yes: Is y at most 5?",
        "│  ├─ yes: shake (97%)",
        "│  └─ no: tap (80%)",
        "└─ no: shake (70%)",
    ]
    assert to_text(TREE, unicode=False).splitlines()[1:4] == [
        "Is x at most 3?",
        "+- yes: Is y at most 5?",
        "|  +- yes: shake (97%)",
    ]
    assert max(map(len, to_text(TREE, width=30).splitlines())) <= 30


def test_an_outline_as_svg_holds_every_text():
    drawn = to_svg(TREE)
    assert drawn == to_svg(TREE)
    for line in LINES:
        assert line.text in drawn
    assert "<desc" in drawn
    assert "Two questions, three answers." in drawn
    higher = to_svg(Outline("Questions", LINES * 3, "Long."))
    assert height_of(higher) > 2 * height_of(drawn)


def height_of(drawn):
    return float(drawn.split('viewBox="')[1].split('"')[0].split()[3])
