"""A virtual board that a simulated person moves while it is watched."""

import pytest

import microbit_ml as mb
from microbit_ml.board.watching import Decision, watching
from microbit_ml.deploy.simulated_person import SimulatedPerson, movements_for
from microbit_ml.deploy.watched_board import open_watched
from microbit_ml.errors import UsageError
from microbit_ml.recordings import BACKGROUND, GESTURES


class Moved:
    """The part of a board that a simulated person uses."""

    time_us = 0

    def __init__(self):
        self.held = []

    def tilt(self, *counts):
        self.held.append(counts)


def test_a_person_makes_the_gestures_of_the_model():
    board = Moved()
    assert movements_for(["still", "my own"]) == ["still"]
    assert set(movements_for(["my own", "hers"])) == {*GESTURES, *BACKGROUND}
    person = SimulatedPerson(board, ["shake"])
    for board.time_us in range(0, 6_000_000, 20_000):
        person.move()
    x = [counts[0] for counts in board.held]
    resting, moving = x[22:55], x[58:105]
    assert len(set(resting)) == 1
    assert max(moving) - min(moving) > 1500


def test_a_person_says_what_they_do():
    board, said = Moved(), []
    person = SimulatedPerson(board, ["shake", "still"])
    for board.time_us in range(0, 20_000_000, 20_000):
        person.move()
        if person.doing not in said[-1:]:
            said.append(person.doing)
    assert said[0] == "at rest"
    assert set(said) == {"at rest", "shake", "still"}
    assert all(one == "at rest" for one in said[::2])


def test_a_program_watches_a_board_that_is_moved():
    data = mb.simulate(["shake", "still", "twist"], people=3, repeats=2, seed=4)
    model = mb.train(data, seed=0, steps=60)
    reads, decisions, movements = [], [], []
    with (
        open_watched(
            "virtual:v1",
            model,
            after_read=lambda: reads.append(None),
            on_movement=movements.append,
        ) as link,
        watching(link) as watch,
    ):
        end = link.clock() + 2
        while link.clock() < end:
            decisions += [event for event in watch.read() if isinstance(event, Decision)]
    assert reads
    assert movements[0] == "at rest"
    assert set(movements[1:]) <= {"at rest", "shake", "still", "twist"}
    assert len(movements) > 1
    assert len({decision.scores for decision in decisions}) > 5  # it does not lie still
    with pytest.raises(UsageError, match="needs a model"), open_watched("virtual:v2"):
        pass
