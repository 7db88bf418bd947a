"""The checks of lessons find what is planted, and leave alone what is right."""

import lesson_checks
import numpy as np
import pytest
from lesson_numbers import numbers_not_computed
from reading_ease import flesch, sentences, syllables

from microbit_ml.charts import Chart, Series
from microbit_ml.lessons import pieces
from microbit_ml.lessons.about import About
from microbit_ml.lessons.words import word_of

SYLLABLES = {
    "the": 1, "board": 1, "length": 1, "through": 1, "shared": 1, "likes": 1, "moved": 1,
    "table": 2, "sample": 2, "samples": 2, "vector": 2, "matrix": 2, "label": 2, "window": 2,
    "number": 2, "gesture": 2, "recall": 2, "network": 2, "training": 2, "axis": 2, "axes": 2,
    "movement": 2, "quickly": 2, "lonely": 2, "people": 2, "wanted": 2, "boxes": 2, "places": 2,
    "recording": 3, "gravity": 3, "direction": 3, "memory": 3, "remember": 3, "distances": 3,
    "classifier": 4, "probability": 5, "integer": 3, "activation": 4, "accuracy": 4,
    "acceleration": 5, "backpropagation": 5, "deviation": 4, "computer": 3, "overfitting": 4,
    "neuron": 2, "gradient": 3, "derivative": 4, "minimum": 3, "quantization": 4, "science": 2,
    "idea": 3, "usually": 4, "value": 2, "values": 2, "make": 1, "made": 1, "picture": 2,
    "three": 1, "piece": 1, "answer": 2, "believe": 2, "create": 2, "yes-or-no": 3, "layer": 2,
    "player": 2, "obvious": 3, "carrying": 3, "rule": 1, "rules": 1, "scale": 1, "little": 2,
    "people's": 2, "latency": 3, "assembler": 3, "instruction": 3, "deployment": 3, "variable": 4,
    "pushes": 2, "batches": 2, "scales": 1, "tables": 2, "metres": 2,
}  # fmt: skip


def test_syllables_counted_by_hand():
    wrong = {word: syllables(word) for word, n in SYLLABLES.items() if syllables(word) != n}
    assert wrong == {}


def test_reading_ease_worked_by_hand():
    # 2 sentences, 8 words, 9 syllables.
    text = "The cat sat. It is a `code` good table 17."
    assert [len(words) for words in sentences(text)] == [3, 5]
    assert flesch(text) == pytest.approx(206.835 - 1.015 * 8 / 2 - 84.6 * 9 / 8)


def test_a_hard_text_is_found():
    hard = pieces.Reading(
        "Multidimensional representations necessitate considerable computational capabilities "
        "irrespective of organisational circumstances."
    )
    easy = pieces.Reading("You push the board. It feels the push, and tells you how hard it was.")
    assert len(lesson_checks.too_hard([hard])) == 1
    assert lesson_checks.too_hard([easy]) == []


PLANTED = [
    's.read("It takes 50 samples.")',
    's.read("It takes fifty samples.")',
    's.read("A dozen boards and a thousand people.")',
    's.read(f"It takes {n} of 50 samples.")',
    's.read(f"It takes {50} samples.")',
    's.read(f"It takes {round(49.6)} samples.")',
    's.read(f"It takes {2 * 25} samples.")',
    's.read("It takes `50` samples.")',
    's.check("How many?", 50, f"{n}")',
    's.predict("How many?", then="", answer=-5)',
    's.table(["a"], [["x", 50]], "caption")',
    's.table(["a"], [["x", "50"]], "caption")',
    's.formula("y = x", {"y": "50 times"}, code=f, line="50", worked=f"{n}")',
    'ABOUT = About(aims=("count to 50",))',
    "k = 50\ns.read(f'It takes {k} samples.')",
    'title = "50 samples"',
    '"{} of 50".format(n)',
]
RIGHT = [
    's.read(f"It takes {n} samples.")',
    's.read("Three axes, twelve numbers, V1 and int8, as in lesson 2.")',
    's.read("Look at `samples[50, 2]`.")',
    's.read(f"{n:.2f} of {m:>{width + 2}}")',
    's.formula("y = 2 x", {"y2": "a name"}, code=f, line="2 * x", worked=f"{n}")',
    's.check("How many?", len(x), f"{n}", tolerance=0.5)',
    's.table(["a"], [[x[0], n + 1]], "caption")',
    's.word("F1")',
    "k = 50\ntrain(steps=k)\ns.read(f'It takes {k} samples.')",
    "k = 50\ns.read(f'It takes {shown(k)} samples.')",
    'def f():\n    "About 50 things."',
    's.run_on_board("from microbit import *\\nsleep(50)\\n")',
    'x = data["50"]',
    'train(data, arch="16", **{"arch": "16"})',
]


@pytest.mark.parametrize("source", PLANTED)
def test_a_planted_number_is_found(source):
    assert len(numbers_not_computed(source)) >= 1


@pytest.mark.parametrize("source", RIGHT)
def test_a_computed_number_is_right(source):
    assert numbers_not_computed(source) == []


def test_a_word_before_its_definition_is_found():
    early = pieces.Reading("The window slides.")
    defined = pieces.NewWord(word_of("window"))
    known = [pieces.NewWord(word_of(name)) for name in ("sample", "recording", "model")]
    assert len(lesson_checks.words_too_early([early, *known, defined], 1)) == 1
    assert lesson_checks.words_too_early([*known, defined, early], 1) == []
    assert lesson_checks.words_too_early([early], 2) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What does it mean?", []),
        ("The mean of them.", ["mean"]),
        ("A bit more, and micro:bit.", []),
        ("One bit more.", ["bit"]),
        ("Samples of `window` length.", ["sample"]),
        ("adam and Adam", ["Adam"]),
        ("The sampling rate, not a sample.", ["sampling rate", "sample"]),
        ("A confusion matrix.", ["confusion matrix"]),
        ("G is not g.", ["g"]),
        ("re-scale", []),
    ],
)
def test_words_are_found_in_texts(text, found):
    assert [word.name for _, _, word in lesson_checks.words_in(text)] == found


def test_words_that_a_picture_or_a_choice_holds_are_found():
    chart = Chart("t", "x", "y", [Series("the softmax", [0], [1])], alt="a")
    check = pieces.Check("Which?", "loss", "so", choices=("loss", "softmax"))
    tried = pieces.Change("Try.", 1, (1,), str, tried=[(1, "the loss falls")])
    for piece in (pieces.PictureShown(chart), check, tried):
        assert lesson_checks.words_too_early([piece], 3)
        assert lesson_checks.words_too_early([piece], 5) == []


def test_words_never_defined_or_too_soon_or_twice_are_found():
    complaints = lesson_checks.words_not_defined(
        [pieces.NewWord(word_of(name)) for name in ("g", "axis", "axis", "loss")], 1
    )
    assert "'vector' is never defined" in complaints
    assert "'loss' belongs to lesson 4" in complaints
    assert "'axis' is defined twice" in complaints
    assert not any("'g'" in complaint for complaint in complaints)


def test_a_check_that_takes_anything_is_found():
    greedy = pieces.Check("How many?", 3.0, "so", tolerance=1e9)
    assert len(lesson_checks.wrong_checks([greedy])) == 0  # three tolerances away is refused
    broken = pieces.Check("Which?", "c", "so", choices=("a", "b"))
    assert len(lesson_checks.wrong_checks([broken])) == 1


def test_too_little_is_found():
    assert "0 of Check, at least 4" in lesson_checks.too_little([])


def test_a_plan_of_44_minutes_is_found():
    pair = ("said", "answer")
    about = About(1, "t", "q", ("a", "b", "c"), ((40, "x"), (4, "y")), (pair, pair), "one", "no")
    assert lesson_checks.incomplete_about(about) == ["the plan takes 44 minutes"]


def test_wide_lines_are_found_and_long_code_goes_on_in_the_next_line():
    wide = pieces.Table(["a" * 90], [["b"]], "caption")
    code = pieces.Code("f", "def f():\n    return " + " + ".join(["number"] * 20), "path")
    assert lesson_checks.too_wide([wide, code]) == ["a" * 90, "─" * 90]
    first, head, *others = lesson_checks.lines_of(code)
    assert (first, head) == ("f (path):", "  def f():")
    assert others[0].startswith("      return number +") and others[-1] == ""
    assert all(line.startswith("          ") for line in others[1:-1])
    assert " ".join(" ".join(others).split()) == code.source.splitlines()[1].strip()


@pytest.mark.parametrize(
    "body",
    ['<p id="a"></p><p id="a"></p>', '<a href="#b">b</a>', "<p><div></p>", "<b><i></b></i>"],
)
def test_invalid_html_is_found(body):
    page = '<!DOCTYPE html><html lang="en"><head><title>t</title></head><body>{}</body></html>'
    assert lesson_checks.invalid_html(page.format(body))
    assert lesson_checks.invalid_html(page.format("<p>fine</p>")) == []


def test_numbers_of_a_picture_do_not_matter():
    chart = Chart("t", "x", "y", [Series("s", np.arange(3), np.arange(3))], alt="a")
    assert lesson_checks.too_wide([pieces.PictureShown(chart)]) == []
