"""Programs that are killed, and disks that are full: nothing half, no litter after the next one."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tiers import tiers

import microbit_ml as mb
from microbit_ml.recordings import Dataset

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills as Linux and macOS do")
COMMAND = [sys.executable, "-m", "microbit_ml"]


def start(folder: Path, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [*COMMAND, *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def seconds(folder: Path, *arguments: str) -> float:
    began = time.monotonic()
    running = start(folder, *arguments)
    running.communicate()
    assert running.returncode == 0
    return time.monotonic() - began


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kills")
    data = mb.simulate(["shake", "still", "tap"], people=3, repeats=10, seed=1)
    data.save(folder / "source")
    mb.train(data, steps=10, copies=0, negatives=20).save(folder / "old.mbml")
    return folder


@pytest.mark.parametrize("n", tiers([], slow=[9], full=[200]))
def test_killed_at_any_moment(sources, tmp_path, n):
    whole = Dataset.load(sources / "source")
    shutil.copytree(sources / "source", tmp_path / "source")
    need_s = seconds(tmp_path, "import", "source", "--into", "trial")
    choose = random.Random(n)
    for i in range(n):
        begun = start(tmp_path, "import", "source", "--into", "data")
        time.sleep(choose.uniform(0.4, 1.05) * need_s)
        begun.send_signal(signal.SIGKILL)
        begun.communicate()
        if (tmp_path / "data").is_dir() and any((tmp_path / "data").glob("*/*.csv")):
            for one in Dataset.load(tmp_path / "data"):  # whatever is there is whole
                assert one.subject
        if i % 3 == 2:
            seconds(tmp_path, "import", "source", "--into", "data")
            data = Dataset.load(tmp_path / "data")
            assert len(data) == len(whole)
            assert {one.digest for one in data} == {one.digest for one in whole}
            assert not list((tmp_path / "data").rglob("*.part")), "litter"
            shutil.rmtree(tmp_path / "data")


@pytest.mark.parametrize("n", tiers([], slow=[4], full=[60]))
def test_killed_while_a_model_is_written(sources, tmp_path, n):
    """The old model stays until the new one is whole."""
    shutil.copytree(sources / "source", tmp_path / "source")
    train = ("train", "source", "-o", "m.mbml", "--steps", "10", "--copies", "0",
             "--negatives", "20")  # fmt: skip
    need_s = seconds(tmp_path, *train)
    choose = random.Random(n)
    for _ in range(n):
        begun = start(tmp_path, *train)
        time.sleep(choose.uniform(0.8, 1.02) * need_s)
        begun.send_signal(signal.SIGKILL)
        begun.communicate()
        assert mb.Model.load(tmp_path / "m.mbml").labels == ["shake", "still", "tap"]
    seconds(tmp_path, *train)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.mbml", "source"]


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 256 KB, where the system lets us make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=256k", "none", str(folder)], capture_output=True
    )
    if not made or made.returncode:
        pytest.skip("no small disk can be made here: mount is not allowed")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills(sources, small_disk, cli_in):
    """What is there stays whole, the message says so, and with room again the rest is added."""
    before = mb.Model.load(sources / "old.mbml").to_bytes()
    (small_disk / "old.mbml").write_bytes(before)
    fill = small_disk / "fill"
    free = shutil.disk_usage(small_disk).free
    fill.write_bytes(bytes(max(0, free - 24 * 1024)))
    code, err = cli_in(small_disk, "import", sources / "source", "--into", "data")
    assert code == 1 and "No space left on device" in err
    partly = Dataset.load(small_disk / "data")
    assert 0 < len(partly) < 90 and all(one.subject for one in partly)
    code, err = cli_in(small_disk, "train", sources / "source", "-o", "old.mbml", "--steps", "10",
                       "--copies", "0", "--negatives", "20")  # fmt: skip
    assert code == 1 and (small_disk / "old.mbml").read_bytes() == before
    assert not list(small_disk.rglob("*.part"))
    fill.unlink()
    os.truncate(small_disk / "old.mbml", 0)  # room
    code, _ = cli_in(small_disk, "import", sources / "source", "--into", "data")
    assert code == 0 or len(Dataset.load(small_disk / "data")) > len(partly)


@pytest.fixture
def cli_in(capsys, monkeypatch):
    from microbit_ml.cli import main

    def run(folder, *arguments):
        monkeypatch.chdir(folder)
        code = main([str(one) for one in arguments])
        monkeypatch.undo()
        return code, capsys.readouterr().err

    return run
