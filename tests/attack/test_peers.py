"""Boards that lie: no verb ends in a traceback, a hang, a loss, or a terminal that obeys them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

import pytest
from tiers import tiers

pytest.importorskip("resource", reason="memory and time are measured as Linux and macOS do")
from attacked_boards import ODD_NAMES, VERBS, Ended, Verb, attack
from hostile_peer import Lie
from lies import FRAMES, lies

from microbit_ml.board import away, recorder, remote, repl, upload, watching
from microbit_ml.deploy.collect import away as collecting
from microbit_ml.deploy.collect import session

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


def test_an_odd_name_does_not_keep_the_others_from_being_fetched():
    verb = next(verb for verb in VERBS if verb.files == "odd")
    ended = attack(verb)
    assert (ended.code, ended.what) == (0, "")
    assert "3 recordings fetched" in ended.printed
    assert ended.printed.count("was left there") == len(ODD_NAMES)
    assert "other programs" not in ended.printed


def test_a_file_that_never_ends_does_not_keep_the_others_from_being_fetched():
    verb = next(verb for verb in VERBS if verb.name == "collect --fetch")
    chunk = repr(b"a" * 64).encode()
    ended = attack(verb, Lie("endless", "ask:read", value=lambda honest: chunk, times=257))
    assert (ended.code, ended.what) == (0, "")
    assert "2 recordings fetched" in ended.printed
    assert (
        "0001.rec on the micro:bit was left there: it has more than 16,384 bytes" in ended.printed
    )


def test_a_recording_that_is_not_as_it_was_sent_stays_on_the_board():
    verb = next(verb for verb in VERBS if verb.name == "collect --fetch")
    ended = attack(verb, Lie("empty", "ask:read", value=lambda honest: b"b''"))
    assert ended.what == ""
    assert "0001.rec stays on the board: it is not as the board sent it" in ended.printed


ENDLESS = {
    "a counter that stands still": "has sent no new sample for 3 s",
    "a counter of 10^40": "did not start sampling within 10 s",
    "samples without end": "has sent no new sample for 3 s",
    "only presses": "did not start sampling within 10 s",
    "wrong checksums": "did not start sampling within 10 s",
    "a frame without end": "did not start sampling within 10 s",
    "a name without end": "did not start sampling within 10 s",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_watching_ends_by_itself_when_no_new_sample_comes(name):
    letters, whole = FRAMES[name]
    lie = Lie(name, f"frame:{letters}", whole=whole)
    ended = attack(Verb("watch", ("watch", "m.mbml"), "kit", ()), lie)
    assert (ended.code, ended.what) == (1, "")
    assert ENDLESS[name] in ended.printed


@pytest.mark.parametrize("auto", [[], ["--auto"]])
def test_recording_ends_by_itself_when_nearly_every_sample_is_lost(auto):
    lie = Lie("jumps", "frame:s", whole=FRAMES["a counter that jumps"][1])
    ended = attack(Verb("collect", ("collect", "data", "tap", *auto), "own", ()), lie)
    assert (ended.code, ended.what) == (1, "")
    assert "loses samples in nearly every sample" in ended.printed


def test_the_time_that_a_board_has():
    """The deadlines of real use, in seconds."""
    assert (repl.TIMEOUT_S, repl.ENTER_TIMEOUT_S, repl.ENTER_ATTEMPTS) == (10, 2, 3)
    assert (remote.TIMEOUT_S, remote.ATTEMPTS) == (3, 3)
    assert (upload.ATTEMPTS, upload.RETRY_S, upload.STATE_S) == (3, 90, 120)
    assert (away.FETCH_S, collecting.MOST_FAILURES) == (60, 3)
    assert (watching.BEGIN_S, watching.SILENCE_S, recorder.SILENCE_S) == (10, 3, 2)
    assert (session.RESTARTS, session.MOST_SPOILED, session.MOST_GAPS) == (3, 10, 100)


@pytest.mark.parametrize("every", tiers([31], slow=[4], full=[1]))
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
