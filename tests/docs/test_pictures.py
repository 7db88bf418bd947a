"""The pictures show real runs of today's kit; and the terminal that one is drawn from."""

import json
import struct

import pytest
from documentation import PAGES as WRITTEN
from draw import ALT, LABEL, PICTURE, practice_model, screen_of, svg_of
from page_pictures import HEIGHT, HERE, PAGES, WIDTH, WORDS, words_of, write_pages
from terminal_screen import TerminalScreen


def test_the_picture_is_drawn_from_a_real_run(monkeypatch):
    for name in ("COLUMNS", "LINES", "NO_COLOR"):
        monkeypatch.setenv(name, "")  # restored after screen_of changes them
    screen = screen_of(practice_model())
    assert any(f"Recognised (twin): {LABEL}" in line for line in screen.text)
    again = "It shows another screen. Draw it again: python host/docs/pictures/draw.py"
    assert PICTURE.read_text("utf-8") == svg_of(screen), again


@pytest.mark.slow
def test_the_pictures_of_pages_show_their_words_of_today(tmp_path):
    write_pages(tmp_path)
    again = "A page has other words than its picture: python host/docs/pictures/draw.py"
    kept = json.loads(WORDS.read_text("utf-8"))
    assert kept == {page: words_of(tmp_path / f"{page}.html") for page in PAGES}, again


@pytest.mark.parametrize("page", PAGES)
def test_pictures_of_pages_are_small_and_used(page):
    picture = HERE / f"page-{page}.png"
    content = picture.read_bytes()
    assert struct.unpack(">II", content[16:24]) == (WIDTH, HEIGHT)
    assert len(content) < 150_000
    assert any(f"(../pictures/{picture.name})" in one.read_text("utf-8") for one in WRITTEN)


def test_it_needs_no_network_and_has_a_title():
    text = PICTURE.read_text("utf-8")
    assert text.count("http") == 1  # of the namespace
    assert f"<title>{ALT}</title>" in text


@pytest.mark.parametrize(
    ("written", "lines", "gone"),
    [
        ("one\r\ntwo", ["one", "two", ""], []),
        ("abcdefgh", ["abcde", "fgh", ""], []),
        ("1\r\n2\r\n3\r\n4", ["2", "3", "4"], ["1"]),
        ("old\rnew", ["new", "", ""], []),
        ("abc\x1b[2D\x1b[K!", ["a!", "", ""], []),
        ("a\r\nb\r\nc\x1b[2;1H\x1b[2Kx\x1b[1A\ry", ["y", "x", "c"], []),
        ("top\x1b[2;3r\x1b[2;1Ha\r\nb\r\nc", ["top", "b", "c"], []),  # only a region scrolls
        ("ab\x1b7\x1b[3;4Hz\x1b8c", ["abc", "", "   z"], []),
        ("a\r\nb\x1b[1;1H\x1b[J", ["", "", ""], []),
        ("a\x1b[2Jb", [" b", "", ""], []),
        ("\x1b[?25l\x1b[31mred\x1b[0m", ["red", "", ""], []),
    ],
)
def test_the_terminal_of_the_pictures(written, lines, gone):
    screen = TerminalScreen(5, 3)
    screen.write(written)
    assert (screen.text, screen.gone) == (lines, gone)


def test_it_keeps_colours():
    screen = TerminalScreen(5, 1)
    screen.write("\x1b[1;32mab\x1b[0mc")
    assert screen.colours() == [[("ab", "1;32"), ("c  ", "")]]
