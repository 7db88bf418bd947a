"""Finding glossary words in a text, where they have the glossary's meaning.

Many words have an everyday twin: "the mean" is a word of lesson 2, "it means" is not. The words
around them decide; :class:`.words.Word` lists the forms for which they are needed.
"""

from __future__ import annotations

import re
from functools import lru_cache

from microbit_ml.lessons.words import WORDS, Word

# Words before a noun: "the mean", "1024 counts", "bytes of flash", "it has mean 39".
_BEFORE_NOUN = {
    "a", "an", "the", "its", "their", "his", "her", "our", "your", "my", "each", "every",
    "any", "no", "both", "all", "some", "many", "few", "more", "several", "of", "in", "with",
    "without", "per", "by", "from", "for", "into", "between", "about", "plus", "minus",
    "times", "than", "as", "has", "have", "had", "is", "are", "was", "were",
}  # fmt: skip
_ADJECTIVES = {
    "first", "second", "third", "last", "next", "same", "other", "another", "new", "old",
    "true", "real", "right", "wrong", "whole", "own", "single", "best", "lowest", "highest",
    "largest", "smallest", "nearest", "large", "small", "low", "high", "hidden", "random",
    "raw",
}  # fmt: skip
# Words before a verb: "to count", "you mean", "does not mean".
_BEFORE_VERB = {
    "to", "not", "never", "cannot", "can", "could", "will", "would", "shall", "should", "may",
    "might", "must", "do", "does", "did", "let", "us", "i", "we", "you", "they", "he", "she",
    "it", "who", "please", "then",
}  # fmt: skip
# Words after a verb: "label each recording", "recall that ...", "flash it".
_AFTER_VERB = {
    "the", "a", "an", "this", "these", "those", "that", "it", "them", "its", "their", "your",
    "our", "each", "every", "how", "what", "whether", "which",
}  # fmt: skip
_SENTENCE = re.compile(r"[.!?:;(]\s|[(\n]")
_TOKEN = re.compile(r"[\w.,%'’·²√-]+|`[^`]*`")


def words_in(text: str) -> list[tuple[int, int, Word]]:
    """The words of the glossary in a text, in order: (begin, end, word). The longest form wins.

    Text between backticks is code, and contains no glossary words.
    """
    pattern, meaning = _any_word()
    code = [found.span() for found in re.finditer(r"`[^`]*`", text)]
    found_words = []
    for found in pattern.finditer(text):
        word = meaning[found[0].lower()]
        in_code = any(begin < found.end() and found.start() < end for begin, end in code)
        if word is None or in_code or not _case_fits(word, found[0]):
            continue
        if is_meant(word, text, found.start(), found.end()):
            found_words.append((found.start(), found.end(), word))
    return found_words


def is_meant(word: Word, text: str, begin: int, end: int) -> bool:
    """Whether the form at text[begin:end] has the glossary's meaning, not an everyday one."""
    form = text[begin:end].lower()
    if form in word.nouns:
        return _is_noun(form, text, begin, end)
    if form in word.verbs:
        return _is_noun(form, text, begin, end) or not _is_verb(form, text, begin, end)
    return True


@lru_cache(maxsize=1)
def _any_word() -> tuple[re.Pattern[str], dict[str, Word | None]]:
    """A pattern for all forms, and {form: its word}; None for an everyday phrase."""
    meaning: dict[str, Word | None] = {}
    for word in WORDS:
        meaning |= {form.lower(): word for form in word.forms}
    for word in WORDS:
        meaning |= {phrase.lower(): None for phrase in word.plain}
    forms = sorted(meaning, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, forms))})(?![\w-])", re.I)
    return pattern, meaning


def _case_fits(word: Word, found: str) -> bool:
    """Whether the case is right: names with capitals (Adam, F1, ReLU) and ``g`` need their own."""
    by_name = word.name != word.name.lower() or len(word.name) == 1
    return not by_name or found in word.forms


def _is_noun(form: str, text: str, begin: int, end: int) -> bool:
    """Whether the words around show a noun: "the mean", "its first counts", "Mean: 3"."""
    before = _words_before(text, begin)
    while before and before[-1] in _ADJECTIVES:
        before.pop()
    plural = form.endswith("s")
    if not before:  # a sentence or a label may begin with it, unless it is an order: "Count them."
        return plural or not (form == "count" or _word_after(text, end) in _AFTER_VERB)
    last = before[-1]
    if last in ("this", "that", "these", "those"):  # these counts, but: this counts
        return plural == (last in ("these", "those"))
    if last == "to":  # from means to counts, but: to count
        return plural
    if last in ("and", "or"):  # precision and recall, but: stop and count
        return before[-2:-1] != [] and before[-2] in _any_word()[1]
    return last in _BEFORE_NOUN or last.endswith(",") or any(map(str.isdigit, last))


def _is_verb(form: str, text: str, begin: int, end: int) -> bool:
    """Whether the words around show a verb: "you label", "label each of them"."""
    before = _words_before(text, begin)
    if before[-1:] in (["which"], ["what"]) or (before[-1:] == ["to"] and form in before):
        return False  # which label; from layer to layer
    after = _word_after(text, end)
    if after == "that" and form.endswith("s"):  # weights that were kept
        return False
    return (before[-1:] != [] and before[-1] in _BEFORE_VERB) or after in _AFTER_VERB


def _words_before(text: str, begin: int) -> list[str]:
    """The words of the same sentence before a position, in lower case and without punctuation."""
    sentence = _SENTENCE.split(text[:begin])[-1]
    return [token.lower() for token in _TOKEN.findall(sentence)]


def _word_after(text: str, end: int) -> str:
    """The next word, if there is no punctuation in between."""
    found = re.match(r"\**\s+(\w+)", text[end:])
    return found[1].lower() if found else ""
