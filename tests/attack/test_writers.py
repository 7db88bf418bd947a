"""Programs that write one data set at the same moment: all recordings are there, each once."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tiers import tiers

import microbit_ml as mb
from microbit_ml.recordings import Dataset, Recording
from microbit_ml.recordings.keeping import Keeper
from microbit_ml.recordings.merging import merge

N_EACH = 6


def recording(n: int, subject: str, label: str = "shake") -> Recording:
    """The n-th recording of a subject; every program calls its recordings shake-1, shake-2 ..."""
    rng = random.Random(f"{subject} {n}")
    samples = [[rng.randint(-999, 999) for _ in "xyz"] for _ in range(5)]
    return Recording(samples, label, subject=subject, name=f"{label}-{n + 1}")


def imports(folder: Path, subject: str) -> int:
    data = Dataset([recording(n, subject) for n in range(N_EACH)])
    return sum(merge(folder, [(Path(subject), data)]).added.values())


def collects(folder: Path, subject: str) -> int:
    keeper = Keeper(folder)
    return sum(keeper.keep(recording(n, subject)) is not None for n in range(N_EACH))


def by_hand(folder: Path, subject: str) -> int:
    """Somebody with a file manager: puts files in, under names that programs want too."""
    from microbit_ml.recordings.csv_file import format_csv

    (folder / "shake").mkdir(parents=True, exist_ok=True)
    put = 0
    for n in range(N_EACH):
        path = folder / "shake" / f"shake-{n + 3}.csv"
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(format_csv(recording(n, subject)))
            put += 1
        except FileExistsError:
            continue
    return put


def run_together(folder: Path, jobs: list) -> list[int]:
    """Each job in a thread of its own, all from the same moment on; what each said it added."""
    said = [0] * len(jobs)
    barrier = threading.Barrier(len(jobs))

    def work(i: int) -> None:
        way, subject = jobs[i]
        barrier.wait()
        said[i] = way(folder, subject)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


@pytest.mark.parametrize("n", tiers([10], slow=[60], full=[200]))
def test_no_recording_is_lost_or_counted_twice(tmp_path, n):
    ways = [imports, imports, collects, collects, by_hand]
    for seed in range(n):
        folder = tmp_path / f"run-{seed}"
        choose = random.Random(seed)
        chosen = [choose.choice(ways) for _ in range(choose.randint(2, 4))]
        jobs = [(way, f"person {i}") for i, way in enumerate(chosen)]
        if seed % 3 == 0 and chosen[0] is not by_hand:  # two bring the same recordings
            jobs.append((imports, "person 0"))
        said = run_together(folder, jobs)
        data = Dataset.load(folder)
        assert len(data) == sum(said), f"seed {seed}: {said}"
        assert len({one.digest for one in data}) == len(data), f"seed {seed}: one is there twice"
        people = {one.subject for one in data if one.subject}
        assert people >= {who for way, who in jobs if way is not by_hand}
        assert not [path for path in folder.rglob("*") if path.suffix == ".part"]
    print(f"{n} runs of programs that write one data set: nothing lost")


@pytest.mark.slow
def test_twenty_imports_at_once_as_processes(tmp_path):
    """The case that lost two thirds of the recordings: the same names from twenty programs."""
    for i in range(20):
        mb.simulate(["shake"], people=1, repeats=6, seed=i).save(tmp_path / f"from-{i}")
    command = [sys.executable, "-m", "microbit_ml", "import"]
    running = [
        subprocess.Popen([*command, f"from-{i}", "--into", "all"], cwd=tmp_path,
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for i in range(20)
    ]  # fmt: skip
    errors = [one.communicate()[1] for one in running]
    assert all(one.returncode == 0 for one in running), errors
    assert all("6 recordings added to all." in text for text in errors)
    data = Dataset.load(tmp_path / "all")
    assert len(data) == 120 and all(one.subject for one in data)


def test_an_import_while_the_board_records(tmp_path):
    """One store stays open, as collect's does, while others add and remove."""
    keeper = Keeper(tmp_path / "data")
    assert keeper.keep(recording(0, "Ann"))
    assert imports(tmp_path / "data", "Ben") == N_EACH
    path = keeper.keep(recording(1, "Ann"))
    assert path is not None and path.exists()
    assert keeper.keep(recording(1, "Ann")) is None  # it is there already
    path.unlink()  # by hand, in a file manager
    assert keeper.keep(recording(1, "Ann")) is not None
    assert keeper.keep(recording(2, "Ben")) is None  # the import's
    data = Dataset.load(tmp_path / "data")
    assert [data.subjects, len(data)] == [["Ann", "Ben"], 2 + N_EACH]
