"""A lesson as a page of HTML: to read on any device, to print, to fill in with a pencil.

The answers are folded away, and are not printed. Words link to the glossary at the page's end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from microbit_ml.lessons import pieces
from microbit_ml.lessons.about import About
from microbit_ml.lessons.answers import LETTERS, written
from microbit_ml.lessons.linking import words_in
from microbit_ml.lessons.session import Session
from microbit_ml.lessons.values import number_text
from microbit_ml.lessons.words import WORDS, Word
from microbit_ml.pages import Page, as_is
from microbit_ml.pages.text import escaped, inline

LESSON_STYLE = """\
.formula { border: 2px solid #5c7285; border-radius: .3rem; padding: .5rem .9rem; margin: 1rem 0; }
.formula .large { font-size: 1.3rem; margin: .4rem 0 .8rem; }
.formula dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0; }
.words { display: grid; grid-template-columns: minmax(6rem, 11rem) 1fr; gap: .3rem 1rem; }
dt { font-weight: 600; }
dd { margin: 0; }
.question { border-left: 5px solid #00518a; padding: .1rem .9rem; margin: 1.4rem 0; }
.question dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
.before { break-after: avoid; }
.line { border-bottom: 1px solid #444; height: 1.8rem; max-width: 24rem; display: none; }
ol.choices { list-style-type: lower-alpha; }
@media print {
  details.answer { display: none; }
  .line { display: block; }
  .formula, .question:not(.long) { break-inside: avoid; }
  .question > p:first-child { break-after: avoid; }
}
"""
NO_HEAD = "what"  # for a column without a name: a screen reader reads each head aloud
# Put around a word while its text is turned into HTML; no text of a lesson has these characters.
_BEGIN, _MIDDLE, _END = "\ue000", "\ue001", "\ue002"
_LINK = re.compile(f"{_BEGIN}(.*?){_MIDDLE}(.*?){_END}", re.DOTALL)


def lesson_page(session: Session, around: Mapping[str, str] | None = None) -> str:
    """The page of a lesson that has been run, as HTML; around: {text of a link: other page}."""
    about = session.about
    page = Page(f"Lesson {about.number}: {about.title}")
    writer = _Writer(page)
    page.raw(f"<p><strong>{writer.linked(about.question)}</strong></p>")
    for piece in session.record:
        writer.add(piece)
    page.heading("Words on this page")
    add_word_list(page, [word for word in WORDS if word in writer.used])
    links = [f'<a href="{escaped(to)}">{inline(text)}</a>' for text, to in (around or {}).items()]
    if links:
        page.raw(f"<p>{' · '.join(links)}</p>")
    return with_style(page)


def glossary_page() -> str:
    """The glossary of all lessons, as a page."""
    page = Page("Glossary of the lessons")
    page.paragraph("Each word with its meaning, and the lesson that introduces it.")
    add_word_list(page, sorted(WORDS, key=lambda word: word.name.lower()), with_lesson=True)
    return with_style(page)


def index_page(abouts: Sequence[About], files: Sequence[str], glossary: str) -> str:
    """The page with links to all lessons; files: the name of each lesson's page."""
    page = Page("Ten lessons: the mathematics of deep learning, on a board in your hand")
    links = "\n".join(
        f'<li><a href="{escaped(file)}">{inline(about.title)}</a>: {inline(about.question)}</li>'
        for about, file in zip(abouts, files, strict=True)
    )
    page.raw(f"<ol>\n{links}\n</ol>")
    page.raw(f'<p>Look up any word in <a href="{escaped(glossary)}">the glossary</a>.</p>')
    return with_style(page)


def with_style(page: Page) -> str:
    """The page as HTML, with the lessons' style added to that of all pages."""
    return page.html().replace("</style>", f"{LESSON_STYLE}</style>", 1)


def add_word_list(page: Page, words: Sequence[Word], *, with_lesson: bool = False) -> None:
    """A list of words, which links can point to."""
    items = []
    for word in words:
        lesson = f" (Lesson {word.lesson})" if with_lesson else ""
        items.append(
            f'<dt id="{word_id(word)}"><dfn>{escaped(word.name)}</dfn></dt>\n'
            f"<dd>{inline(word.definition)}{lesson}</dd>"
        )
    if items:
        page.raw('<dl class="words">\n' + "\n".join(items) + "\n</dl>")


def word_id(word: Word) -> str:
    """The id that links to the word point to."""
    return "word-" + re.sub(r"[^a-z0-9]+", "-", word.name.lower()).strip("-")


class _Writer:
    """Adds pieces to a page, and notes which words it used."""

    def __init__(self, page: Page) -> None:
        self.used: set[Word] = set()
        self._page = page

    def linked(self, text: str) -> str:
        """A paragraph as HTML; the first use of each word in it links to the page's list."""
        parts, position, here = [], 0, set()
        for begin, end, word in words_in(text):
            if word in here:
                continue
            here.add(word)
            parts += [text[position:begin], _BEGIN, word_id(word), _MIDDLE, text[begin:end], _END]
            position = end
        self.used |= here
        marked = inline("".join([*parts, text[position:]]))
        return _LINK.sub(r'<a href="#\1">\2</a>', marked)

    def paragraphs(self, text: str) -> str:
        """Paragraphs as HTML."""
        return "\n".join(f"<p>{self.linked(part)}</p>" for part in text.split("\n\n") if part)

    def add(self, piece: pieces.Piece) -> None:
        """Add one piece to the page."""
        page = self._page
        if isinstance(piece, pieces.Step):
            page.heading(f"{piece.number}. {piece.title}")
        elif isinstance(piece, pieces.Reading):
            page.raw(self.paragraphs(piece.text))
        elif isinstance(piece, pieces.NewWord):
            self._add_word(piece.word)
        elif isinstance(piece, pieces.Formula):
            self._add_formula(piece)
        elif isinstance(piece, pieces.Code):
            name = f"<code>{escaped(piece.name)}</code>"
            page.raw(f'<p class="before">{name}, from {escaped(piece.location)}:</p>')
            page.code(piece.source, "python")
        elif isinstance(piece, pieces.Value):
            self._add_value(piece)
        elif isinstance(piece, pieces.Table):
            rows = [[as_is(cell) for cell in row] for row in piece.rows]
            columns = [column or NO_HEAD for column in piece.columns]
            page.table(columns, rows, piece.caption, left=piece.left)
        elif isinstance(piece, pieces.PictureShown):
            page.figure(piece.picture)
        elif isinstance(piece, pieces.Ran):
            shown = [f">>> {piece.call}", piece.printed, piece.result]
            page.code("\n".join(part for part in shown if part), "python")
        else:
            self._add_question(piece)

    def _add_word(self, word: Word) -> None:
        self.used.add(word)
        link = f'<a href="#{word_id(word)}">{escaped(word.name)}</a>'
        self._page.raw(f'<p class="note"><strong>{link}</strong>: {inline(word.definition)}</p>')

    def _add_value(self, piece: pieces.Value) -> None:
        if "\n" in piece.text:
            self._page.raw(f'<p class="before"><code>{escaped(piece.name)}</code>:</p>')
            self._page.code(piece.text)
        else:
            text = f"<code>{escaped(piece.name)}</code>: <code>{escaped(piece.text)}</code>"
            self._page.raw(f"<p>{text}</p>")

    def _add_formula(self, piece: pieces.Formula) -> None:
        symbols = "\n".join(
            f"<dt>{escaped(symbol)}</dt>\n<dd>{self.linked(meaning)}</dd>"
            for symbol, meaning in piece.symbols.items()
        )
        page = self._page
        page.raw(
            f'<div class="formula">\n<p class="large">{escaped(piece.formula)}</p>\n'
            f"<dl>\n{symbols}\n</dl>\n<p>In code ({escaped(piece.location)}):</p>"
        )
        page.code(piece.line, "python")
        page.raw(f"<p>With numbers: {self.linked(piece.worked)}</p>\n</div>")

    def _add_question(self, piece: pieces.Guess | pieces.Check | pieces.Change) -> None:
        page = self._page
        if isinstance(piece, pieces.Change):
            page.raw(f'<div class="question long">\n{self._asked("Change it", piece.what)}')
            self._add_tries(piece)
        elif isinstance(piece, pieces.Guess):
            page.raw(f'<div class="question">\n{self._asked("Guess first", piece.question)}')
            self._add_choices(piece.choices)
            self._fold("The answer", f"The answer: {as_is(piece.answer)}.\n\n{piece.then}")
        else:
            page.raw(f'<div class="question">\n{self._asked("Check", piece.question)}')
            self._add_choices(piece.choices)
            if piece.hint:
                self._fold("A hint", piece.hint)
            answer = as_is(written(piece.answer, piece.tolerance))
            self._fold("The answer", f"The answer: {answer}.\n\n{piece.why}")
        page.raw("</div>")

    def _asked(self, kind: str, text: str) -> str:
        return self.paragraphs(f"**{kind}:** {text}")

    def _add_choices(self, choices: Sequence[str]) -> None:
        if not choices:
            self._page.raw('<p class="line"></p>')
            return
        items = "\n".join(f"<li>{inline(choice)}</li>" for choice in choices[: len(LETTERS)])
        self._page.raw(f'<ol class="choices">\n{items}\n</ol>')

    def _add_tries(self, change: pieces.Change) -> None:
        if all(isinstance(shown, str) and "\n" not in shown for _, shown in change.tried):
            rows = [[number_text(number), str(shown)] for number, shown in change.tried]
            self._page.table(["number", "result"], rows, "Some numbers to try", left=2)
            return
        for number, shown in change.tried:
            self._page.raw(f'<p class="before"><strong>{number_text(number)}</strong></p>')
            if isinstance(shown, str):
                self._page.code(shown)
            else:
                self._page.figure(shown)

    def _fold(self, summary: str, text: str) -> None:
        """Text that is folded away, and not printed."""
        self._page.raw(
            f'<details class="answer">\n<summary>{summary}</summary>\n'
            f"{self.paragraphs(text)}\n</details>"
        )
