"""The generated pages and tables: each verb, public name and message is there, none is out of date.

The site itself is built and checked in ``test_site.py``; most pages are made without Sphinx.
"""

import argparse
import os
import re
from importlib import import_module

import pytest
from docstring_lists import names_of, with_lists
from documentation import DOCS, TOP
from message_catalogue import messages
from message_page import message_pages, shown
from page_tables import TABLES, with_tables
from site_links import COPIES, contents_of, copied_pages, link_of_code, with_links
from verb_pages import main_page, verb_pages

from microbit_ml.cli.app import parser_of
from microbit_ml.cli.commands import COMMANDS
from microbit_ml.console.explained import DONE, EXPLAINED, INTERRUPTED, PIPE_CLOSED, USAGE

PAGES_WITH_TABLES = ("reference/verbs", "reference/limits")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.name)
def test_a_verbs_page_has_every_argument(command):
    page = verb_pages()[f"verbs/{command.name}.rst"]
    actions = [one for one in parser_of(command)._actions if one.help != argparse.SUPPRESS]
    assert len(actions) > 1
    for action in actions:
        for option in action.option_strings:
            assert re.search(rf"^\.\. option::.*{option}\b", page, re.M), option
        if not action.option_strings:
            assert f"``{action.metavar or action.dest}" in page or action.choices
    assert "%(" not in page and "None" not in page


def test_every_verb_is_used_on_a_page():
    for command in COMMANDS:
        page = main_page(command.name)
        assert page, f"Show {command.name} on a page of host/docs/how-to."
        assert (DOCS / f"{page}.md").exists()


def test_every_message_is_listed():
    (page,) = message_pages().values()
    text = " ".join(page.replace("\\", "").replace("**", "").split())
    for message in messages():
        assert " ".join(shown(message).replace("\\", "").split()) in text, message
    assert "exit 2)" in text and "exit 1)" in text


@pytest.mark.parametrize("page", PAGES_WITH_TABLES)
def test_tables_are_made_from_the_code(page):
    path = DOCS / f"{page}.md"
    text = path.read_text("utf-8")
    new = with_tables(text, page)
    if os.environ.get("MICROBIT_ML_WRITE_GOLDEN"):
        path.write_text(new, encoding="utf-8", newline="\n")
    else:
        assert text == new, "Write it anew: MICROBIT_ML_WRITE_GOLDEN=1 pytest tests/docs"
    assert "<!-- table: " in text


def test_every_table_is_on_a_page():
    text = "".join((DOCS / f"{page}.md").read_text("utf-8") for page in PAGES_WITH_TABLES)
    assert re.findall("<!-- table: (.*?) -->", text) == [*TABLES]


def test_the_exit_codes_are_those_of_the_code():
    text = (DOCS / "reference" / "exit-codes-and-files.md").read_text("utf-8")
    codes = {int(one) for one in re.findall(r"^\| (\d+) \|", text, re.M)}
    assert {DONE, EXPLAINED, USAGE, INTERRUPTED, PIPE_CLOSED} <= codes


def test_the_contents_are_the_lists_of_the_index():
    index = (DOCS / "index.md").read_text("utf-8")
    trees = contents_of(with_links(index, DOCS, ""))
    pages = [path.relative_to(DOCS) for path in DOCS.glob("[!_g]*/*.md")]
    assert len(pages) > 25
    for page in pages:
        assert trees.count(f"\n{page.with_suffix('').as_posix()}\n") == 1, page
    assert "\ngenerated/readme\n" in trees


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](../how-to/b.md#c)", "[a](../how-to/b.md#c)"),
        ("[a](#c) [b](https://example.org)", "[a](#c) [b](https://example.org)"),
        ("[all](../../../README.md#lessons)", "[all](../generated/readme.md#lessons)"),
        ("[the code](../../microbit_ml/errors.py)", "`the code`"),
        ("![p](../pictures/page-show.png)", "![p](../pictures/page-show.png)"),
        ("```text\n[a](../../../README.md)\n```\n", "```text\n[a](../../../README.md)\n```\n"),
    ],
)
def test_links_of_the_site(text, expected):
    assert with_links(text, DOCS / "walk", "walk") == expected


def test_copies_link_pages_of_the_site():
    pages = copied_pages()
    assert set(pages) == {name for path, name in COPIES.items() if path.exists()}
    assert pages["readme.md"].startswith("# Install and start\n")
    assert "](../walk/ten-minutes.md)" in pages["readme.md"]
    assert "](host/" not in pages["readme.md"]
    assert (TOP / "host/microbit_ml/arithmetic/ARITHMETIC.md") in COPIES


@pytest.mark.parametrize(
    ("code", "docname", "target"),
    [
        ("microbit-ml train wand", "walk/x", "/generated/verbs/train"),
        ("microbit-ml VERB", "walk/x", None),
        ("train", "walk/x", None),
        ("train", "reference/verbs", "/generated/verbs/train"),
        ("mb.Model", "walk/x", "microbit_ml.Model"),
        ("mb.nothing", "walk/x", None),
        ("model/file.py", "reference/file-formats", "format-model-file"),
    ],
)
def test_code_that_becomes_a_link(code, docname, target):
    link = link_of_code(code, docname)
    assert (link and link[2]) == target


def test_docstrings_become_lists():
    def recorded(labels, people, rate_hz=50):
        """Something."""

    text = (
        "Record.\n\nIts rate counts. labels: some of these;\nnot others; people, rate_hz: how\n"
        "    many: ten. Raises DataError: for none.\n\n    labels: code"
    )
    assert with_lists(text, names_of(recorded)) == (
        "Record.\n\nIts rate counts.\n\n``labels``\n    some of these; not others\n\n"
        "``people``, ``rate_hz``\n    how many: ten.\n\nRaises DataError: for none.\n\n"
        "    labels: code"
    )
    assert with_lists("Nothing: to list.", []) == "Nothing: to list."


def test_the_api_has_every_public_name():
    pytest.importorskip("sphinx", reason="the site needs: pip install '.[docs]'")
    from api_pages import api_pages, public_names, rooms

    import microbit_ml

    pages = api_pages()
    assert {f"python/{room}.rst" for room in rooms()} < set(pages)
    for one in public_names(microbit_ml):
        assert re.search(rf"^\.\. auto\w+:: {one.full}$", pages["python/microbit_ml.rst"], re.M)
    assert "autoclass:: microbit_ml.network.Dense\n" in pages["python/network.rst"]
    assert "``Prediction``: see :py:obj:`microbit_ml.Prediction`." in pages["python/model.rst"]


def test_every_public_constant_has_a_docstring():
    pytest.importorskip("sphinx", reason="the site needs: pip install '.[docs]'")
    from api_pages import comment_of, public_names, rooms

    for room in rooms():
        for one in public_names(import_module(f"microbit_ml.{room}")):
            if not callable(one.value):
                assert comment_of(one), one.full
