"""What the site makes of the written Markdown: links, contents, and words that become links.

- The contents (toctrees) are the lists of links in ``index.md``, a part for each heading.
- Links to files outside this folder lead to a copy in the site, or become plain code.
- Inline code that names a verb, a name of the API or a module of file formats becomes a link.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from reference_pages import format_label, format_paths

import microbit_ml
from microbit_ml.cli.commands import COMMANDS
from microbit_ml.common.wording import PROGRAM

DOCS = Path(__file__).resolve().parents[1]
TOP = DOCS.parents[1]
COPIES = {
    TOP / "README.md": "readme.md",
    TOP / "CONTRIBUTING.md": "contributing.md",
    TOP / "host" / "microbit_ml" / "arithmetic" / "ARITHMETIC.md": "arithmetic.md",
}
"""Files outside the folder of the site that have a copy in it."""
TITLES = {"readme.md": "Install and start"}  # its own title is that of the site
INSIDE = {
    "reference/verbs": "generated/verbs/*",
    "reference/python": "generated/python/*",
    "reference/file-formats": "generated/file-formats",
    "reference/exit-codes-and-files": "generated/messages",
    "reference/limits": "generated/boards",
    "reference/arithmetic": "generated/arithmetic",
    "reference/where-things-are": "generated/contributing",
    "how-to/use-the-lessons": "generated/glossary",
}
"""Generated pages, by the page below which they are in the contents."""
FIRST = {"python": "generated/python/microbit_ml"}
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
_FENCE = re.compile(r"(^```.*?^```$)", re.M | re.S)


def copied_pages() -> dict[str, str]:
    """The copies of files outside, by their names, as Markdown."""
    pages = {}
    for path, name in COPIES.items():
        if path.exists():
            text = with_links(path.read_text("utf-8"), path.parent, "generated")
            title = TITLES.get(name)
            pages[name] = re.sub(r"\A# .*", f"# {title}", text) if title else text
    return pages


def with_links(text: str, folder: Path, site_folder: str) -> str:
    """The Markdown with links that work in the site.

    folder: of the file that the text comes from; site_folder: of its page, relative to the site.
    """

    def link(found: re.Match[str]) -> str:
        picture, words, address = found.groups()
        if re.match(r"[a-z]+:|#", address):
            return found[0]
        path, sign, anchor = address.partition("#")
        target = (folder / path).resolve()
        if target in COPIES and target.exists():
            target = DOCS / "generated" / COPIES[target]
        elif not target.is_relative_to(DOCS):
            return words if "`" in words else f"`{words}`"
        there = Path(os.path.relpath(target, DOCS / site_folder)).as_posix()
        return f"{picture}[{words}]({there}{sign}{anchor})"

    pieces = _FENCE.split(text)
    return "".join(one if i % 2 else _LINK.sub(link, one) for i, one in enumerate(pieces))


def contents_of(index: str) -> str:
    """The toctrees for the lists of links below the headings of ``index.md``.

    index: with the links of the site.
    """
    trees = []
    for part in re.split(r"^## ", index, flags=re.M)[1:]:
        title = part.partition("\n")[0]
        pages = re.findall(r"^\s*- \[.*?\]\(([^)#]+)\.md\)", part, re.M)
        pages += _examples(index) if title == "How to" else []
        trees.append(_toctree(pages, f":hidden:\n:caption: {title}\n"))
    return "\n" + "\n".join(trees)


def _examples(index: str) -> list[str]:
    """The pages of the folder of examples, if there is one, that the index does not link itself."""
    paths = [path.relative_to(DOCS).with_suffix("") for path in DOCS.glob("examples/*.md")]
    found = [path.as_posix() for path in paths]
    unlinked = [page for page in found if f"]({page}.md" not in index]
    return sorted(unlinked, key=lambda page: (not page.endswith("index"), page))


def contents_below(docname: str) -> str:
    """The toctree of the generated pages that belong to a written page, or ""."""
    if docname not in INSIDE:
        return ""
    pattern = INSIDE[docname]
    absent = [f"generated/{name}" for path, name in COPIES.items() if not path.exists()]
    if f"{pattern}.md" in absent:  # an sdist has no CONTRIBUTING.md
        return ""
    first = f"/{FIRST['python']}\n" if docname == "reference/python" else ""
    options = ":glob:\n" if "*" in pattern else ""
    where = "On pages of their own:" if "*" in pattern else "On a page of its own:"
    return f"\n{where}\n\n{_toctree([first + '/' + pattern], options)}"


def _toctree(pages: list[str], options: str) -> str:
    lines = "\n".join(dict.fromkeys(pages))
    return f"```{{toctree}}\n{options}\n{lines}\n```\n"


def link_of_code(code: str, docname: str) -> tuple[str, str, str] | None:
    """The domain, role and target of what an inline code names, or None."""
    words = code.split()
    verbs = [command.name for command in COMMANDS]
    if words[:1] == [PROGRAM] and words[1:2] and words[1] in verbs:
        return "std", "doc", f"/generated/verbs/{words[1]}"
    if docname == "reference/verbs" and code in verbs:
        return "std", "doc", f"/generated/verbs/{code}"
    name = re.match(r"(?:mb|microbit_ml)\.(\w+)", code)
    if name and name[1] in microbit_ml.__all__:
        return "py", "obj", f"microbit_ml.{name[1]}"
    if code in format_paths():
        return "std", "ref", format_label(code)
    return None
