"""The README and the pages of host/docs: their blocks of code, links and headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
README = TOP / "README.md"
DOCS = TOP / "host" / "docs"
EXAMPLES = DOCS / "examples"
GENERATED = DOCS / "generated"  # by the site
PAGES = [README, *sorted(one for one in DOCS.rglob("*.md") if GENERATED not in one.parents)]
_BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>.*?) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S
)
_COMMAND = re.compile(r"^\$ (.*?)(?: {3,}.*)?$")
# As GitHub makes an anchor of a heading.
_NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")


@dataclass(frozen=True)
class Block:
    """A block of code. mark: of the comment in the line above it, "" for none."""

    page: Path
    line: int
    mark: str
    language: str
    text: str

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The command lines of a transcript (without "$ " and remarks), each with its output."""
        steps: list[tuple[str, str]] = []
        for line in self.text.splitlines(keepends=True):
            found = _COMMAND.match(line.rstrip("\n"))
            if found:
                steps.append((found[1], ""))
            elif steps:
                steps[-1] = (steps[-1][0], steps[-1][1] + line)
        return steps


def name_of(page: Path) -> str:
    """The page's name for a test: ``how-to/your-own-data``."""
    return page.relative_to(DOCS if page.is_relative_to(DOCS) else TOP).with_suffix("").as_posix()


def blocks(page: Path) -> list[Block]:
    """All blocks of a page, in order."""
    text = page.read_text("utf-8")
    return [
        Block(
            page, text.count("\n", 0, found.start()) + 1, found["mark"] or "",
            found["language"], found["text"],
        )
        for found in _BLOCK.finditer(text)
    ]  # fmt: skip


def prose(page: Path) -> str:
    """The page without its blocks of code."""
    return _BLOCK.sub("", page.read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors of the page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.M)
    return {_NOT_IN_ANCHORS.sub("", one.lower()).replace(" ", "-") for one in headings}


def links(page: Path) -> list[str]:
    """Where the page's links and pictures lead, without those to the internet."""
    found = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", prose(page)))
    return [one for one in found if not re.match(r"[a-z]+:", one)]
