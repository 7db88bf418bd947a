"""Every message of an error is a whole sentence that can be read alone.

The messages are those of the sources (``host/docs/_extensions/message_catalogue.py``). A message
begins with a capital letter, a quotation mark, an option, a value (a placeholder) or the name of a
parameter. It ends like a sentence, or with a command, an option or a value after a colon.
"""

from __future__ import annotations

import ast
import re
from dataclasses import fields

import pytest
from message_catalogue import ERRORS, HOLE, TREES, messages, texts_of

from microbit_ml.training import Settings

SETTINGS = {one.name for one in fields(Settings)}
BEGIN = re.compile(rf"[A-Z'\"{HOLE}]|--?[a-z]")
END = re.compile(
    rf"[.?!]\)?$"  # of a sentence
    rf"|: (microbit-ml|python|--)((?!\. ).)*$|: [a-z,]+$"  # a command, an option or a value
    rf"|:\s{HOLE}$"  # the message of another program or error
    rf"|(^|[.?!{HOLE}]) ?{HOLE}$"  # a sentence from elsewhere
)


def test_messages_are_found():
    assert len(messages()) > 300
    assert {"DataError", "UsageError", "AssemblyError", "FlashError"} <= ERRORS


@pytest.mark.parametrize("name", TREES)
def test_the_messages_of_a_file_are_whole_sentences(name):
    for message in messages():
        text = message.text
        if message.file == name:
            shown = f"{name}:{message.line}: {text.replace(HOLE, '{}')!r}"
            first_word = re.match(r"\w*", text)[0]
            own = message.parameters | SETTINGS
            assert BEGIN.match(text) or first_word in own, f"{shown} begins in the middle"
            assert END.search(text), f"{shown} does not end"
            assert "  " not in text and not re.search(r"[^.]\.\.( |$)", text), shown


PLACEHOLDER = re.compile(r"microbit-ml [a-z]+( [^ :.,`]+)* [A-Z]{3,}\b")
WORD = re.compile(r"[A-Z][A-Z_]+")
# Where the command line shows the forms of a verb, or a person must choose.
FORMS = {"cli/evaluate/command.py", "cli/lesson.py", "cli/report.py"}
ROOMS_OF_HINTS = ("board", "deploy", "image", "virtual", "console", "cli", "recordings/folders.py")


@pytest.mark.parametrize("name", [n for n in TREES if n.startswith(ROOMS_OF_HINTS)])
def test_commands_in_messages_have_no_words_to_fill_in(name):
    """A hint names the file and repeats the options: it can be pasted as it stands."""
    if name in FORMS:
        return
    for node in ast.walk(TREES[name]):
        if isinstance(node, (ast.Constant, ast.JoinedStr)):
            for text in texts_of(node):
                assert not PLACEHOLDER.search(text), f"{name}:{node.lineno}: {text!r}"
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("command", "again"):
            for word in node.args:
                if isinstance(word, ast.Constant):
                    assert not WORD.fullmatch(str(word.value)), f"{name}:{node.lineno}"
