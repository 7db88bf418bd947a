"""What README and host/docs show of commands is what these commands print.

To write the transcripts anew after an intended change, and then look at the difference:

    MICROBIT_ML_WRITE_GOLDEN=1 python -m pytest -m slow tests/docs
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from documentation import PAGES, blocks, name_of
from real_data import WAND, shared_data

import microbit_ml

pytestmark = pytest.mark.slow
RUN = [page for page in PAGES if any(b.mark.startswith("run") for b in blocks(page))]
ANY = "...\n"  # in a page: output that is not shown


def printed(words, folder):
    """What a command prints, as in a terminal of any width."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(microbit_ml.__file__).parents[1]),
        "PYTHONIOENCODING": "utf-8",
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "400",
    }
    done = subprocess.run(
        [sys.executable, "-m", "microbit_ml", *words],
        cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return done.stdout


def timeless(text):
    """The text without what differs from run to run, and without blank lines at its ends."""
    text = re.sub(r"(?<=in )\d+\.\d s with", "# s with", text)
    return re.sub(r"\d+(?= bytes\. Open it)", "#", text).strip("\n")  # of the drawing library


@pytest.mark.parametrize("page", RUN, ids=name_of)
def test_transcripts_are_true(page, tmp_path):
    text = page.read_text("utf-8")
    for block in blocks(page):
        if not block.mark.startswith("run"):
            continue
        if block.mark == "run wand":
            shutil.copy(shared_data(WAND), tmp_path / "wand-data-samples.json")
        new = []
        for line, shown in block.steps:
            words = shlex.split(line)
            if words[0] == "cat":
                (tmp_path / words[1]).write_text(shown, encoding="utf-8")
                found = shown
            else:
                found = printed(words[1:], tmp_path)
                if shown.strip("\n") == ANY.strip("\n") or timeless(shown) == timeless(found):
                    found = shown  # also the time on the machine that wrote it
            new.append(f"$ {line}\n{found}")
        if os.environ.get("MICROBIT_ML_WRITE_GOLDEN"):
            text = text.replace(block.text, "".join(new))
            page.write_text(text, encoding="utf-8", newline="\n")
        else:
            assert block.text == "".join(new), f"{page}:{block.line}"
