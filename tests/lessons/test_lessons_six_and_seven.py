"""The maths of lessons 6 and 7 against the kit's, and what their demonstrations show.

The demonstration of lesson 7 is also tested on recordings that it was not made for: each cure must
do there what the lesson says it does, or the numbers of the lesson would be luck.
"""

import numpy as np
import pytest

from microbit_ml.lessons.lesson_06_backpropagation import example as example_6
from microbit_ml.lessons.lesson_06_backpropagation import maths as maths_6
from microbit_ml.lessons.lesson_07_memorising import about as about_7
from microbit_ml.lessons.lesson_07_memorising import example as example_7
from microbit_ml.lessons.lesson_07_memorising import lesson as lesson_7
from microbit_ml.lessons.material import LABELS, simulated_gestures
from microbit_ml.lessons.session import Session
from microbit_ml.lessons.straight import Silent
from microbit_ml.lessons.values import named
from microbit_ml.pages.text import inline, plain
from microbit_ml.recordings import simulate

# Lesson 6


@pytest.mark.parametrize("seed", range(5))
def test_the_paper_gives_the_kits_gradient(seed):
    rng = np.random.default_rng(seed)

    def pair():
        return tuple(rng.normal(size=2))

    paper = maths_6.Paper(
        pair(), (pair(), pair()), pair(), (pair(), pair()), pair(), int(rng.integers(2))
    )
    forward = maths_6.forward(paper)
    network = example_6.in_kit(paper)
    assert forward.loss == pytest.approx(example_6.kit_loss(network, paper))
    slopes = maths_6.backward(paper, forward).in_order()
    assert slopes == pytest.approx(example_6.kit_gradient(network, paper))


def test_a_loss_of_zero_has_no_sign():
    assert f"{example_6.loss_after_step(10.0):.4f}" == "0.0000"


def test_a_label_of_several_words_does_not_run_into_the_sentence():
    assert plain(named("tap")) == "tap"
    assert plain(named("not a spell")) == "“not a spell”"
    assert inline(named("*a*`b`")) == "<code>*a*`b`</code>"


# Lesson 7


@pytest.fixture(scope="module")
def lab():
    return example_7.Lab(example_7.usable(simulated_gestures()))


def test_the_three_sets_share_no_recording(lab):
    data = simulated_gestures()
    known = {one.digest for one in lab.known}
    assert len(known) + len(lab.test_targets) == len(data) == len({one.digest for one in data})
    assert len(known) == len(lab.known) == len(lab.targets)
    assert (lab.held_out.sum(axis=0) == 1).all()  # each is held out for one of the networks


def test_the_memoriser_learns_by_heart_and_every_cure_lowers_the_loss(lab):
    other = example_7.Lab(example_7.usable(simulate(LABELS, people=4, repeats=3, seed=2)))
    for one in (lab, other):
        plain_one = one.train()
        assert plain_one.training > 0.9 > plain_one.validation + 0.2
        cures = (
            {"early_stopping": True},
            {"weight_decay": lesson_7.DECAY},
            {"copies": lesson_7.COPIES},
        )
        for cure in cures:
            assert one.train(**cure).kept_loss < 0.8 * plain_one.kept_loss
        assert one.train(copies=lesson_7.COPIES).validation > plain_one.validation + 0.1


def test_a_perfect_memory_that_is_right_on_new_recordings_too_does_not_drop():
    session = Session(about_7.ABOUT, Silent())
    data = simulate(["shake", "still"], people=1, repeats=8, seed=1, seconds=1.0)
    twins = type(data)([*data.recordings, *data.recordings], data.rate_hz)
    lesson_7.perfect_memory(session, example_7.Lab(twins))
    assert session.record[-1].text.startswith("It is 100% again")
