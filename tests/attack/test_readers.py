"""Thousands of damaged files: none may end in a traceback, a hang, or a terminal that obeys it."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor

import pytest
from tiers import tiers

pytest.importorskip("resource", reason="memory and time are measured as Linux and macOS do")
from attacked_readers import READERS, Finding, attack, sound

CHUNK = 25


def jobs(n: int) -> list[tuple[int, str, int]]:
    """About n damaged inputs, evenly over the readers and their kinds of damage."""
    ways = [(i, kind) for i, reader in enumerate(READERS) for kind in reader.kinds]
    return [(i, kind, seed) for seed in range(-(-n // len(ways))) for i, kind in ways]


def attack_all(chunk: list[tuple[int, str, int]]) -> list[Finding]:
    return [one for i, kind, seed in chunk for one in attack(READERS[i], kind, seed)]


@pytest.mark.parametrize("n", tiers([60], slow=[800], full=[30_000]))
def test_damaged_files(n):
    sound()
    todo = jobs(n)
    chunks = [todo[i : i + CHUNK] for i in range(0, len(todo), CHUNK)]
    if n < 100:
        found = attack_all(todo)
    else:
        workers = min(os.cpu_count() or 1, 8)
        with ProcessPoolExecutor(workers) as pool:
            found = [one for some in pool.map(attack_all, chunks) for one in some]
    for name in sorted({one.reader for one in found}):
        print(f"{name}: {sum(one.reader == name for one in found)} findings")
    print(f"{len(todo)} damaged inputs for {len(READERS)} readers, {len(found)} findings")
    assert not found, "\n".join(map(str, found[:20]))
