"""Six trainings whose integers are pinned: a change of form must not change a model.

Each row has the SHA-256 of ``model.bin``, and of the values that ``predict --json`` prints about
recordings. A row that has to change is changed in a commit of its own, which says why.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from real_data import SHARED_DATA, WAND

PROGRAM = Path(__file__).parent / "support" / "pinned_trainings.py"
KERNEL = "Haswell"  # the processor whose matrix products they are; newer ones can run them too
CANARY = "5da98fd9beb4492b109d6e874bcc6a70481b550a240d23c181900652b4fe9827"
PINNED = {
    "simulated": [
        "e363c62b813a1322155115ea41192c26b83f0b2826f6c7b9590d8a946cfcb39a",
        "dfcb8052b9afe6e76a9ab5cf9389146d716ad4f487fa72d0e584a7f170f6cc18",
    ],
    "convolutional": [
        "988e3c0bea066ae7e73f044e19a8ebb6d99a13f83e991d22d9332613297703f5",
        "2044eba9de24bc37ca9d3c6f0c658f0c6db17f5c7cbfe01c547c0a072d32909c",
    ],
    "one_layer": [
        "df8621262a0fb454f19e9df67848eae3124fdb1de468656974d3e7307f36a20f",
        "357e918153986a4b4c00d363c9ad09ab29dd7538533a8373217ab228c27cb631",
    ],
    "fine_tuned": [
        "df01dc49100def5272e51cc077ea8ff8fa53ad48f490d56741c49f2089f7d136",
        "58d9998df229785162b1621b9417fde06d1d8d71fb9ac8a516064a9e3c52ea2d",
    ],
    "many_labels": [
        "c4b6276507165d96d07a6864db72fc1b505c56020b2270a76965c4334345543f",
        "d238d739d31f2ed2f0732fd249e930b6ce4032518c9818550c2245657cdd625c",
    ],
    "wand": [
        "ee639ecc6c3acea7bbbb367fb9e66b6b5c2b7246b8acb1046eebb518ec3c94fa",
        "94620c54c45269027220433396dbe4634364e2d19709360ec278cafe7359e193",
    ],
}


@pytest.fixture(scope="module")
def found() -> dict[str, list[str]]:
    """What the trainings give here, by name."""
    recordings = SHARED_DATA / WAND
    arguments = [str(recordings)] if recordings.exists() else []
    printed = subprocess.run(
        [sys.executable, str(PROGRAM), *arguments],
        env={**os.environ, "OPENBLAS_CORETYPE": KERNEL},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout
    result = json.loads(printed)
    if result.pop("canary") != [CANARY]:
        pytest.skip("NumPy's arithmetic differs here in its last bits, and models with it")
    return result


def test_the_integers_are_those_that_were_pinned(found):
    pinned = {name: hashes for name, hashes in PINNED.items() if name != "wand"}
    assert {name: hashes for name, hashes in found.items() if name != "wand"} == pinned


def test_the_integers_of_real_recordings_are_those_that_were_pinned(found):
    if "wand" not in found:
        pytest.skip(f"no real recordings beside the checkout ({WAND})")
    assert found["wand"] == PINNED["wand"]
