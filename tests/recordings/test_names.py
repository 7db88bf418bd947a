"""Labels as folder names on every system, and the inverse."""

import contextlib
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from microbit_ml.errors import DataError
from microbit_ml.recordings.folders import LONGEST_NAME, FreeNames, fitting
from microbit_ml.recordings.names import file_name, text_of, without_case
from microbit_ml.recordings.recording import composed


@pytest.mark.parametrize(
    "label", ["shake", "Not a spell", "一", "naïve", "👋🏽", "100%", "v1.2", "a-b"]
)
def test_usual_labels_are_not_escaped(label):
    assert file_name(label) == label


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("a/b", "a%2Fb"),
        ("up\\down", "up%5Cdown"),
        ('<>:"|?*', "%3C%3E%3A%22%7C%3F%2A"),
        ("line\nbreak", "line%0Abreak"),
        ("\x85", "%C2%85"),
        (".hidden", "%2Ehidden"),
        ("..", "%2E%2E"),
        (" wave ", "%20wave%20"),
        ("etc.", "etc%2E"),
        ("CON", "%43ON"),
        ("con.tent", "%63on.tent"),
        ("lpt1", "%6Cpt1"),
        ("console", "console"),
        ("dataset.json", "%64ataset.json"),
        ("Dataset.JSON", "%44ataset.JSON"),
        ("%41", "%2541"),
        ("5%", "5%"),
        ("50%ab", "50%25ab"),
    ],
)
def test_forbidden_names_are_escaped(label, name):
    assert file_name(label) == name
    assert text_of(name) == label


def test_names_from_other_programs_stay_as_they_are():
    assert text_of("100%") == "100%"
    assert text_of("%ff%fe") == "%ff%fe"  # not UTF-8, so no escape
    assert text_of(unicodedata.normalize("NFD", "naïve")) == "naïve"  # as older Macs store it


@given(st.text(max_size=40))
@example("%25")
@example("%2525%")
@example("%e4%b8%80")
def test_every_label_survives_the_round_trip(label):
    label = unicodedata.normalize("NFC", label)
    name = file_name(label)
    assert text_of(name) == label
    assert not set(name) & set('<>:"/\\|?*\x00\n\r')
    assert name == name.strip(" ")
    assert not name.startswith(".") and not name.endswith(".")


def test_without_case():
    assert without_case("Poke") == without_case("pOKE")
    assert without_case("É") == without_case(unicodedata.normalize("NFD", "é"))
    assert without_case("poke") != without_case("poker")


@pytest.mark.parametrize("text", ["a", "%41", "e\u0301", ".", "\u0301\u0323", "é"])
def test_names_of_any_length_take_no_time(text):
    for n in (5_000, 20_000):
        long = (text * n)[:n]
        began = time.monotonic()
        assert len(fitting(long).encode("utf-8")) <= LONGEST_NAME
        FreeNames().take(long)
        with contextlib.suppress(DataError):  # 20,000 accents on one letter
            composed(long, "name")
        text_of(file_name(long))
        without_case(long)
        assert time.monotonic() - began < 1
