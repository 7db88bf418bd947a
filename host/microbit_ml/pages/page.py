"""A self-contained HTML page: no script, no other file, nothing from the network.

::

    page = Page("My gestures")
    page.heading("How good it is")
    page.paragraph("It got **9 of 10** right.")
    page.table(["gesture", "right"], [["shake", 9]], "Right, of 10")
    write_whole(path, page.html())

It works with a keyboard and with a screen reader, and can be printed on A4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from microbit_ml.pages.style import STYLE
from microbit_ml.pages.text import as_is, escaped, inline, plain

if TYPE_CHECKING:
    from microbit_ml.charts.chart import Picture

__all__ = ["Note", "Page", "as_is"]

Note = Literal["note", "good", "careful", "do"]
"""The kinds of notes, each with a look of its own."""
_NOTE_WORDS = {"note": "Note", "good": "Good", "careful": "Careful", "do": "Do this"}

# A table of up to this many rows, or a program of so many lines, stays on one sheet of paper. A
# table with more columns than this is printed in small letters.
SHORT_ROWS, SHORT_LINES, MOST_COLUMNS = 8, 12, 7

# Nothing is loaded and no script runs, whatever a label may hold.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


class Page:
    """A page with a title; elements are added from top to bottom.

    Every text is escaped. Texts may hold `code` between backticks and **bold** between pairs of
    stars; :func:`as_is` escapes these marks in a name that a person chose. Headings of level 2 make
    the table of contents. Tables and figures are numbered.
    """

    def __init__(self, title: str, lang: str = "en") -> None:
        self.title = title
        self.lang = lang
        self._body: list[str] = []
        self._contents: list[tuple[str, str]] = []
        self._counts: dict[str, int] = {}

    def heading(self, text: str, level: int = 2) -> None:
        """A heading; level: 2 for a section of the page, 3 and more within a section."""
        anchor = f"part-{self._number('part')}"
        if level == 2:
            self._contents.append((anchor, text))
        self._body.append(f'<h{level} id="{anchor}">{inline(text)}</h{level}>')

    def paragraph(self, text: str) -> None:
        """A paragraph of text."""
        self._body.append(f"<p>{inline(text)}</p>")

    def bullets(self, items: Sequence[str]) -> None:
        """A bulleted list; nothing if it is empty."""
        if items:
            lines = "\n".join(f"<li>{inline(item)}</li>" for item in items)
            self._body.append(f"<ul>\n{lines}\n</ul>")

    def note(self, text: str, kind: Note = "note") -> None:
        """A text that stands out, behind a word for its kind."""
        self._body.append(
            f'<p class="note is-{kind}"><strong>{_NOTE_WORDS[kind]}:</strong> {inline(text)}</p>'
        )

    def code(self, text: str, language: str = "") -> None:
        """Lines of a program or of a terminal, unchanged."""
        name = f"Program {self._number('program')}"
        kind = f' class="language-{escaped(language)}"' if language else ""
        short = ' class="short"' if text.count("\n") < SHORT_LINES else ""
        code = f"<pre{short}><code{kind}>{escaped(text)}</code></pre>"
        self._scroll(name, code, "scroll program")

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[object]],
        caption: str,
        left: int = 1,
    ) -> None:
        """A table; the first cell of a row names the row.

        left: the number of columns, from the left, that hold text; the others hold numbers and are
        aligned right.
        """
        side = [' class="left"' if i < left else "" for i in range(len(columns))]
        head = "".join(
            f'<th scope="col"{side[i]}>{inline(str(column))}</th>'
            for i, column in enumerate(columns)
        )
        lines = "\n".join(f"<tr>{_cells(row, side)}</tr>" for row in rows)
        title = f"Table {self._number('table')}. {caption}"
        kinds = ["short"] * (len(rows) <= SHORT_ROWS) + ["wide"] * (len(columns) > MOST_COLUMNS)
        kind = f' class="{" ".join(kinds)}"' if kinds else ""
        self._scroll(
            title,
            f"<table{kind}>\n<caption>{inline(title)}</caption>\n"
            f"<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{lines}\n</tbody>\n</table>",
        )

    def figure(self, picture: Picture, caption: str = "") -> None:
        """A picture, drawn as SVG; screen readers read out its description in words."""
        from microbit_ml.charts import Grid, to_svg

        number = self._number("figure")
        drawn = to_svg(picture, prefix=f"figure-{number}-")
        title = f"Figure {number}. {caption or as_is(picture.title)}"
        self._body.append("<figure>")
        if isinstance(picture, Grid) and len(picture.columns) > MOST_COLUMNS:
            self._scroll(f"Figure {number}", drawn, "scroll wide-picture")
        else:
            self._body.append(drawn)
        self._body.append(f"<figcaption>{inline(title)}</figcaption>\n</figure>")

    def raw(self, html: str) -> None:
        """HTML as it is: the caller must have escaped it."""
        self._body.append(html)

    @contextmanager
    def details(self, summary: str) -> Iterator[None]:
        """Elements added within ``with page.details(...)`` are folded away until they are opened.

        They are printed as they are on the screen, open or folded.
        """
        self._body.append(f"<details>\n<summary>{inline(summary)}</summary>")
        try:
            yield
        finally:
            self._body.append("</details>")

    @contextmanager
    def side_by_side(self) -> Iterator[None]:
        """Elements added within are side by side where the page is wide enough."""
        self._body.append('<div class="side-by-side">')
        try:
            yield
        finally:
            self._body.append("</div>")

    def html(self) -> str:
        """The whole page."""
        title = escaped(plain(self.title))
        body = "\n".join(self._body)
        return (
            f'<!DOCTYPE html>\n<html lang="{escaped(self.lang)}">\n<head>\n'
            '<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
            f"<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
            '<a class="skip" href="#main">Skip to content</a>\n'
            f"<header>\n<h1>{inline(self.title)}</h1>\n</header>\n"
            f'{self._table_of_contents()}<main id="main">\n{body}\n</main>\n</body>\n</html>\n'
        )

    def _table_of_contents(self) -> str:
        if not self._contents:
            return ""
        links = "\n".join(
            f'<li><a href="#{anchor}">{inline(text)}</a></li>' for anchor, text in self._contents
        )
        return (
            '<nav aria-labelledby="contents">\n<h2 id="contents">On this page</h2>\n'
            f"<ul>\n{links}\n</ul>\n</nav>\n"
        )

    def _scroll(self, name: str, content: str, kind: str = "scroll") -> None:
        """Content that may be wider than the screen scrolls in a frame that can have the focus.

        Where there is more to the left or to the right, the frame has a shadow at that edge.
        """
        self._body.append(
            f'<div class="{kind}" role="region" tabindex="0" aria-label="{escaped(plain(name))}">\n'
            f"{content}\n</div>"
        )

    def _number(self, kind: str) -> int:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return self._counts[kind]


def _cells(row: Sequence[object], side: Sequence[str]) -> str:
    first = f'<th scope="row"{side[0]}>{inline(str(row[0]))}</th>'
    rest = (
        f"<td{where}>{inline(str(cell))}</td>"
        for cell, where in zip(row[1:], side[1:], strict=True)
    )
    return first + "".join(rest)
