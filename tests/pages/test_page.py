"""Pages: valid, escaped, self-contained, and usable without seeing or pointing."""

import re
from html.parser import HTMLParser

import html5lib
import pytest

from microbit_ml.charts import Chart, Grid, Series
from microbit_ml.pages import Page, as_is
from microbit_ml.pages.style import STYLE

HOSTILE = '<script>alert(1)</script> & "quotes" \x00\ud800\uffff'
SVG = "{http://www.w3.org/2000/svg}"
CHART = Chart("Loss <1>", "step", "loss", [Series("a & b", [0, 1], [2, 1])], "It <falls>.")
WIDE = Grid("Wide", "was", "is", list("abcdefghij"), ["r"], [[1] * 10], "Ones.")


def parsed(page):
    """The page as html5lib understands it; any fault of its HTML raises."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page.html())


def text_of(element):
    return "".join(element.itertext())


def everything():
    page = Page(f"Title {HOSTILE}")
    page.paragraph(HOSTILE)
    page.heading(f"First {HOSTILE}")
    page.bullets([HOSTILE, "two"])
    page.table(["name", HOSTILE], [[HOSTILE, 3]], HOSTILE)
    page.table([str(i) for i in range(9)], [[str(i) for i in range(9)]] * 30, "Wide and long")
    page.code(HOSTILE, "python")
    for kind in ("note", "good", "careful", "do"):
        page.note(HOSTILE, kind)
    page.heading("Second")
    page.heading("Within", 3)
    with page.details(HOSTILE):
        page.paragraph("folded")
    with page.side_by_side():
        page.figure(CHART, HOSTILE)
        page.figure(CHART)
    page.figure(WIDE)
    page.raw("<p>as it is</p>")
    return page


@pytest.fixture(scope="module")
def page():
    return everything()


def test_a_page_with_everything_and_hostile_text_is_valid_and_holds_no_script(page):
    tree = parsed(page)
    assert not [one for one in tree.iter() if str(one.tag).endswith("script")]
    shown = '<script>alert(1)</script> & "quotes" '
    for name in ("title", "h1", "h2", "p", "li", "th", "caption", "code", "summary", "figcaption"):
        assert any(shown in text_of(one) for one in tree.iter(name)), name


def test_the_same_page_is_the_same_bytes(page):
    assert page.html() == everything().html()
    page.html().encode("utf-8")


def test_nothing_is_loaded_and_nothing_runs(page):
    html = page.html()
    assert "default-src 'none'" in html

    found = []

    class Loads(HTMLParser):
        def handle_starttag(self, tag, attributes):
            for name, value in attributes:
                if name in ("src", "srcset", "action", "data") or name.startswith("on"):
                    found.append((tag, name))
                if name in ("href", "xlink:href") and not value.startswith("#"):
                    found.append((tag, value))

    Loads().feed(html)
    assert not found
    assert "url(" not in re.sub(r"url\(#[^)]*\)", "", html)
    assert "@import" not in html


def test_ids_are_unique_and_links_lead_somewhere(page):
    tree = parsed(page)
    ids = [one.get("id") for one in tree.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    links = [one.get("href")[1:] for one in tree.iter("a") if one.get("href")]
    assert links[0] == "main"  # the way past the table of contents comes first
    assert set(links) <= set(ids)
    contents = text_of(next(tree.iter("nav")))
    assert "First" in contents and "Second" in contents and "Within" not in contents


def test_tables_name_their_rows_and_columns_and_can_be_reached_by_keyboard(page):
    tree = parsed(page)
    tables = list(tree.iter("table"))
    for table in tables:
        assert text_of(table.find("caption")).startswith("Table ")
        assert all(th.get("scope") == "col" for th in table.find("thead").iter("th"))
        for row in table.find("tbody"):
            assert [cell.tag for cell in row][:2] == ["th", "td"]
            assert row[0].get("scope") == "row"
    assert [table.get("class") for table in tables] == ["short", "wide"]
    regions = [one for one in tree.iter("div") if one.get("role") == "region"]
    assert len(regions) == 4  # two tables, a program, and the wide picture
    assert all(one.get("tabindex") == "0" for one in regions)
    names = [one.get("aria-label") for one in regions]
    assert len(set(names)) == 4 and all(names)


def test_pictures_have_a_number_and_a_description(page):
    figures = list(parsed(page).iter("figure"))
    captions = [text_of(one.find("figcaption")) for one in figures]
    assert captions[1:] == ["Figure 2. Loss <1>", "Figure 3. Wide"]
    for figure in figures:
        (svg,) = figure.iter(f"{SVG}svg")
        assert svg.get("role") == "img" and svg.get("aria-labelledby")
    assert [text_of(one) for one in figures[0].iter(f"{SVG}desc")] == ["It <falls>."]


def rule(selector, style=STYLE):
    """The declarations of the first rule of a selector."""
    return re.search(r"(?:^|\n)\s*" + re.escape(selector) + r"[^{}]*\{([^}]*)\}", style)[1]


PRINT = STYLE[STYLE.index("@media print") :]


def test_what_is_wider_than_the_screen_shows_it_at_its_edge(page):
    """A shadow at both edges, which covers that move with the content hide at its ends."""
    scroll = rule(".scroll")
    assert "overflow-x: auto" in scroll
    assert "background-attachment: local, local, scroll, scroll" in scroll
    assert scroll.count("linear-gradient(to left") == scroll.count("linear-gradient(to right") == 2
    assert "background: none" in rule(".scroll", PRINT)  # paper does not scroll
    # What is in the frame must not cover the shadow: no opaque background, no white picture.
    assert "background: none" in rule(".program pre")
    assert "mix-blend-mode: multiply" in rule(".wide-picture svg")
    assert not re.search(r"background: #", rule("thead th"))
    regions = [one for one in parsed(page).iter("div") if one.get("role") == "region"]
    assert all("scroll" in one.get("class").split() for one in regions)


def test_on_paper_a_heading_stays_with_what_follows_it():
    together = rule("h1, h2, h3, summary, caption, .before", PRINT)
    assert "break-after: avoid" in together and "break-inside: avoid" in together
    assert "break-after: avoid" in rule("tbody tr:first-child", PRINT)
    assert "break-before: avoid" in rule("tbody tr:last-child", PRINT)
    assert "orphans: 3" in rule("p, pre", PRINT)


def test_on_paper_only_short_tables_and_programs_stay_in_one_piece():
    def kinds(n):
        page = Page("x")
        page.table(["a", "b"], [["a", 1]] * n, "Numbers")
        page.code("x\n" * n)
        tree = parsed(page)
        return [next(tree.iter(name)).get("class") for name in ("table", "pre")]

    assert kinds(8) == ["short", "short"]
    assert kinds(14) == [None, None]
    whole = rule("figure, tr", PRINT)
    assert "break-inside: avoid" in whole
    assert "max-height: 8.5cm" in rule("figure svg", PRINT)  # a third of a page


def test_marks():
    page = Page("**b** `c`")
    page.paragraph("see `a < b` and **that `x`**, 2 * 3 * 4, `**`, `\\n`")
    html = page.html()
    assert (
        "<p>see <code>a &lt; b</code> and <strong>that <code>x</code></strong>, 2 * 3 * 4, "
        "<code>**</code>, <code>\\n</code></p>"
    ) in html
    assert "<title>b c</title>" in html


@pytest.mark.parametrize("name", ["a`b`", "**c**", "\\", "\\*", "x*", "`", "a\\`b", "$d$", "*" * 5])
def test_a_name_stays_what_it_is(name):
    page = Page(f"Report on {as_is(name)}")
    page.paragraph(f"It is **worst at {as_is(name)}**. Try `evaluate {as_is(name)} NEW`.")
    tree = parsed(page)
    assert text_of(next(tree.iter("p"))) == f"It is worst at {name}. Try evaluate {name} NEW."
    assert text_of(next(tree.iter("title"))) == f"Report on {name}"
    assert text_of(next(tree.iter("strong"))) == f"worst at {name}"


def test_words_from_right_to_left_do_not_turn_their_surroundings():
    page = Page("x")
    page.paragraph("It took שלום עולם for שלום, مرحبا and naïve 一.")
    assert (
        "took <bdi>שלום עולם</bdi> for <bdi>שלום</bdi>, <bdi>مرحبا</bdi> and naïve 一."
        in page.html()
    )


def test_text_and_what_is_behind_it_have_enough_contrast():
    """Each colour of the style that is a text's or a background's, against the other kind."""
    from microbit_ml.pages.style import STYLE

    def luminance(colour):
        digits = colour.lstrip("#")
        digits = "".join(2 * one for one in digits) if len(digits) == 3 else digits
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    texts = set(re.findall(r"[{; ]color: (#[0-9a-f]+)", STYLE))
    grounds = set(re.findall(r"background: (#[0-9a-f]+)", STYLE))
    assert len(texts) >= 3 and len(grounds) >= 5
    for text in texts:
        for ground in grounds:
            assert (luminance(ground) + 0.05) / (luminance(text) + 0.05) >= 4.5, (text, ground)
