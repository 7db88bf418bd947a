"""The field's words, not private ones: what may not come back into names and texts.

A short list of the worst. An engineer searches for "fold model", not for "judge". Everyday uses of
a word stand in ``EVERYDAY``, with what they mean there.
"""

from __future__ import annotations

import io
import re
import tokenize
from functools import lru_cache
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
# A part of an identifier (judge_of, n_told, SideBySide) -> what the field calls it.
NAMES = {
    "judge": "fold model",
    "judges": "fold models",
    "judged": "cross-validated",
    "judging": "validating",
    "yardstick": "class offset",
    "yardsticks": "class offsets",
    "loud": "high weight",
    "louder": "higher weight",
    "loudest": "highest weight",
    "heard": "received",
    "strange": "out-of-distribution",
    "strangeness": "novelty score",
    "stranger": "unseen subject",
    "strangers": "unseen subjects",
    "sure": "probability",
    "surest": "most confident",
    "sureness": "probability",
    "told": "reported, detected",
    "settle": "debounce",
    "settled": "debounced",
    "bite": "chunk",
    "bites": "chunks",
    "team": "group",
    "deal": "split",
    "dealt": "assigned",
    "reaching": "radius",
    "share": "fraction",
    "shares": "fractions",
    "air": "medium",
    "weighted": "trainable",
    "altered": "augmented",
    "remembered": "kept",
    "spread": "scale, standard deviation",
}
# In docstrings, comments, messages and documentation.
TEXTS = {
    r"\bjudg(e|es|ed|ing)\b": "fold model, cross-validated, evaluate",
    r"\byardsticks?\b": "class offset",
    r"\bloud(ly|er|est|ness)?\b": "high feature weight",
    r"\bmade-up movements?\b": "synthetic negatives, random movements",
    r"\baltered cop(y|ies)\b": "augmented samples",
    r"\bstrangers?\b": "unseen subjects, new people",
    r"\bstrangeness\b|\bhow strange\b": "novelty score",
    r"\bsomebody new\b": "new people",
    r"\bbest known\b": "top-1 class",
    r"\btold apart\b": "distinguished",
    r"\b(takes|taken) in\b": "accepts, false-accept rate",
    r"\blimits? of \"?unknown\b": "threshold",
    r"\bsureness\b": "probability",
    r"\bside by side models\b": "batched",
    r"\bmade good\b": "compensated",
    r"\bnobody knows\b": "we can't tell",
}
# Where a word is meant as every day means it: file (a pattern), word, meaning.
EVERYDAY = (
    (r"board/installed", "sure", "make sure"),
    (r"board/link|cli/virtual/miniterm|virtual/(__init__|protocol_virtual)", "share",
     "two programs share a board"),
    (r"evaluate/(linear|problems)", "judging", "judging by what is seen"),
    (r"model/older_versions", "judges", "a name in old files"),
    (r"model/older_versions", "loud", "a name in old files"),
    (r"features/integer|virtual/(board|surroundings)", "loudness", "of a sound"),
)  # fmt: skip


def _files(*suffixes: str) -> list[Path]:
    found = [TOP / "README.md", TOP / "CONTRIBUTING.md"]
    for folder in ("host", "firmware"):
        found += sorted((TOP / folder).rglob("*"))
    return [path for path in found if path.suffix in suffixes and ".egg-info" not in str(path)]


def _allowed(path: Path, word: str) -> bool:
    inside = path.relative_to(TOP).as_posix()
    return any(re.search(file, inside) and one == word.lower() for file, one, _ in EVERYDAY)


@lru_cache(maxsize=1)
def _identifiers() -> dict[str, list[tuple[Path, int]]]:
    """Each part of an identifier or a file's name, in lower case, and where it is."""
    found: dict[str, list[tuple[Path, int]]] = {}
    for path in _files(".py"):
        names = [(path.stem, 0)]
        with path.open("rb") as file:
            for token in tokenize.tokenize(file.readline):
                if token.type == tokenize.NAME:
                    names.append((token.string, token.start[0]))
        for name, line in names:
            for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name):
                found.setdefault(part.lower(), []).append((path, line))
    return found


@lru_cache(maxsize=1)
def _texts() -> list[tuple[Path, int, str]]:
    """Lines of docstrings, comments, strings, and of documents: (file, line, text)."""
    found = []
    for path in _files(".py", ".md"):
        source = path.read_text(encoding="utf-8")
        if path.suffix == ".md":
            found += [(path, i, line) for i, line in enumerate(source.splitlines(), start=1)]
            continue
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in (tokenize.STRING, tokenize.COMMENT):
                start = token.start[0]
                found += [(path, start + i, s) for i, s in enumerate(token.string.splitlines())]
    return found


@pytest.mark.parametrize("word", NAMES)
def test_no_identifier_has_it(word):
    places = [
        f"{path.relative_to(TOP)}:{line}"
        for path, line in _identifiers().get(word, [])
        if not _allowed(path, word)
    ]
    assert not places, f"{word!r} in names; the field says: {NAMES[word]}"


@pytest.mark.parametrize("pattern", TEXTS)
def test_no_text_has_it(pattern):
    places = []
    for path, line, text in _texts():
        found = re.search(pattern, text, re.IGNORECASE)
        if found and not _allowed(path, found[0]):
            places.append(f"{path.relative_to(TOP)}:{line}: {text.strip()}")
    assert not places, f"in texts; the field says: {TEXTS[pattern]}"


def test_every_exception_is_needed():
    used = set()
    for path, _, text in _texts():
        for file, word, _ in EVERYDAY:
            inside = path.relative_to(TOP).as_posix()
            if re.search(file, inside) and word in text.lower():
                used.add((file, word))
    for word, places in _identifiers().items():
        for path, _ in places:
            used |= {
                (file, one)
                for file, one, _ in EVERYDAY
                if one == word and re.search(file, path.relative_to(TOP).as_posix())
            }
    assert {(file, word) for file, word, _ in EVERYDAY} == used
