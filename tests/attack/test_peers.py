"""Boards that lie: no verb ends in a traceback, a hang, a loss, or a terminal that obeys them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

import pytest
from tiers import tiers

pytest.importorskip("resource", reason="memory and time are measured as Linux and macOS do")
from attacked_boards import VERBS, Ended, attack
from lies import lies

CHUNK = 20
Job = tuple[int, int]  # of a verb and of a lie


def jobs(every: int = 1) -> list[Job]:
    """Each lie for each verb that asks for what it is about; ``every``: only each n-th of them."""
    found = [
        (verb, i)
        for i, lie in enumerate(lies())
        for verb, one in enumerate(VERBS)
        if lie.name.split(":")[0] in one.asks
        or (lie.name.startswith("launcher") and "launcher" in one.asks)
        or ":".join(lie.name.split(":")[:2]) in one.asks
    ]
    return found[::every]


def attack_all(chunk: Sequence[Job]) -> list[Ended]:
    known = list(lies())
    return [attack(VERBS[verb], known[i]) for verb, i in chunk]


def table(ended: Sequence[Ended]) -> str:
    """Runs, lies that were told, and faults, a line for each verb."""
    lines = []
    for verb in VERBS:
        own = [one for one in ended if one.verb == verb.name]
        told = {one.lie for one in own if one.lies}
        codes = Counter(one.code for one in own)
        lines.append(
            f"{verb.name:16} {len(own):5} runs {len(told):5} lies told "
            f"{codes[1]:5} refused {sum(bool(one.what) for one in own):5} faults"
        )
    return "\n".join(lines)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_an_honest_board(verb):
    ended = attack(verb)
    assert (ended.code, ended.what) == (0, ""), ended.printed


@pytest.mark.parametrize("every", tiers([60], slow=[1]))
def test_boards_that_lie(every):
    todo = jobs(every)
    chunks = [todo[i : i + CHUNK] for i in range(0, len(todo), CHUNK)]
    if every > 1:
        ended = attack_all(todo)
    else:
        with ProcessPoolExecutor(min(os.cpu_count() or 1, 8)) as pool:
            ended = [one for some in pool.map(attack_all, chunks) for one in some]
    told = {one.lie for one in ended if one.lies}
    print(table(ended))
    print(f"{len(told)} different lies, {len(ended)} runs")
    wrong = [one for one in ended if one.what]
    assert not wrong, "\n".join(map(str, wrong[:20]))
    assert len(told) >= (60 if every == 1 else 12)
