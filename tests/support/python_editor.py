"""The official Python Editor's own library, run in node: npm's @microbit/microbit-fs.

It comes with @microbit/microbit-universal-hex. Neither they nor node are part of the kit; where one
is missing, a test is skipped and names it. MICROBIT_ML_NODE_MODULES is the folder of the packages
("node_modules").
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SECONDS = 120
PACKAGES = ("@microbit/microbit-fs", "@microbit/microbit-universal-hex")
# What the Editor does with a hex that is dropped on it, and when a project is saved.
SCRIPT = """
const { readFileSync, writeFileSync } = require('fs');
const { MicropythonFsHex, microbitBoardId } = require(process.argv[2]);
const { isUniversalHex, separateUniversalHex } = require(process.argv[3]);
const work = JSON.parse(readFileSync(process.argv[4], 'utf8'));
const empty = [
    { hex: work.v1, boardId: microbitBoardId.V1 }, { hex: work.v2, boardId: microbitBoardId.V2 }];
const opened = work.hexes.map((hex) => {
    const editor = new MicropythonFsHex(empty);
    const names = editor.importFilesFromHex(hex, { overwrite: true, formatFirst: true });
    const files = names.map((name) => [
        name, Buffer.from(editor.readBytes(name)).toString('base64')]);
    const sections = isUniversalHex(hex) ? separateUniversalHex(hex).map((one) => one.boardId) : [];
    return { files, sections, left: editor.getStorageRemaining(), saved: editor.getUniversalHex() };
});
writeFileSync(process.argv[5], JSON.stringify(opened));
"""


@dataclass(frozen=True)
class Opened:
    """A hex that the Editor has opened.

    files: their contents by name; sections: the board ids of a universal hex, else empty;
    left_bytes: free in its file system; saved: the universal hex that it saves again.
    """

    files: dict[str, bytes]
    sections: list[int]
    left_bytes: int
    saved: str


def open_in_editor(hexes: list[str], v1: str, v2: str, folder: Path) -> list[Opened]:
    """Open hexes one by one in an Editor that has these MicroPythons, plain hexes without files."""
    node = shutil.which("node")
    modules = os.environ.get("MICROBIT_ML_NODE_MODULES", "")
    if node is None:
        pytest.skip("no node on this computer")
    for name in PACKAGES:
        if not modules or not (Path(modules) / name).is_dir():
            pytest.skip(f"MICROBIT_ML_NODE_MODULES is not a folder with the npm package {name}")
    script, work, result = (folder / name for name in ("open.cjs", "work.json", "opened.json"))
    script.write_text(SCRIPT, encoding="utf-8")
    work.write_text(json.dumps({"hexes": hexes, "v1": v1, "v2": v2}), encoding="utf-8")
    packages = [str((Path(modules) / name).resolve()) for name in PACKAGES]
    done = subprocess.run(
        [node, str(script), *packages, str(work), str(result)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return [
        Opened(
            {name: base64.b64decode(content) for name, content in one["files"]},
            one["sections"],
            one["left"],
            one["saved"],
        )
        for one in json.loads(result.read_text(encoding="utf-8"))
    ]
