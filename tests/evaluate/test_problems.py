"""Problems of a data set: each one is planted and found, and good data have none."""

import numpy as np
import pytest
from real_data import shared_data

import microbit_ml as mb
from microbit_ml.evaluate.problems import find_problems, windows_of
from microbit_ml.recordings import Dataset, Recording, read_npz


@pytest.fixture
def fine():
    """Simulated recordings without a problem."""
    return mb.simulate(["still", "twist", "lift"], people=4, repeats=3, seed=1)


def changed(recording, samples=None, time_ms=None, label=None, name=None):
    """A copy of a recording with something else in it."""
    return Recording(
        recording.samples if samples is None else samples,
        label or recording.label,
        recording.time_ms if time_ms is None else time_ms,
        recording.subject,
        name or recording.name,
        recording.board,
        recording.source,
    )


def moving(data, label="twist"):
    return next(one for one in data if one.label == label)


@pytest.mark.parametrize("seed", range(3))
def test_simulated_data_have_no_problem_except_clipping(seed):
    problems = find_problems(mb.simulate(people=3, repeats=3, seed=seed))
    assert [one for one in problems if "clipped" not in one] == []


def test_fine_data_are_fine(fine):
    assert find_problems(fine) == []


# Suspected label errors in real recordings. We don't know which of these are real mistakes.
REAL = {
    "createai_wand": 0,
    "createai_foundation_pooled": 0,
    "createai_big": 1,  # a "Still up" among the "Still down"
    "nano_gestures": 1,  # a "punch" among the horizontal waves
    "emlearn_gestures": 2,  # two "snake" among the "idle"
}


@pytest.mark.parametrize("name", REAL)
def test_false_alarms_on_real_recordings(name):
    problems = find_problems(read_npz(shared_data(f"{name}.npz")))
    assert [one for one in problems if "rate" in one or "almost identical" in one] == []
    odd = [one for one in problems if "wrong folder" in one]
    assert [int(one.split()[0]) for one in odd] == ([REAL[name]] if REAL[name] else [])


def test_wrong_rate(fine):
    odd = moving(fine)
    fine.recordings[fine.recordings.index(odd)] = changed(odd, time_ms=odd.time_ms * 2)
    problems = [one for one in find_problems(fine) if "rate" in one]
    assert problems == [
        "1 recording with a different rate from the data set's 50 samples a second, by the time "
        f"stamps: {odd.path} (25). Were samples lost? Record again, or import the file again with "
        "the right time."
    ]


@pytest.mark.parametrize(("factor", "found"), [(1.08, 0), (1.13, 1), (0.93, 0), (0.88, 1)])
def test_how_far_a_rate_may_be_off(fine, factor, found):
    fine.recordings = [changed(one, time_ms=one.time_ms * factor) for one in fine]
    assert len([one for one in find_problems(fine) if "rate" in one]) == found


def test_lost_samples_change_the_rate(fine):
    odd = moving(fine)
    kept = np.r_[0:15, 27:50]
    fine.recordings.append(
        changed(odd, odd.samples[kept] + 500, odd.time_ms[kept], name="with-a-hole")
    )
    assert any("with-a-hole.csv (37.8)" in one for one in find_problems(fine))


def test_a_few_samples_are_too_few_for_a_rate(fine):
    fine.recordings.append(Recording(np.full((5, 3), 400), "lift", np.arange(5) * 40, name="short"))
    assert not any("different rate" in one for one in find_problems(fine))


def test_a_time_stamp_of_days_is_a_wrong_rate_and_no_crash(fine):
    odd = moving(fine)
    fine.recordings.append(changed(odd, time_ms=odd.time_ms * 1e6, name="days"))
    assert any("days.csv (5e-05)" in one for one in find_problems(fine))
    assert len(windows_of(fine)[0]) == len(fine) - 1


def test_near_duplicates(fine):
    """A copy with noise, and another that begins later; exact copies are reported elsewhere."""
    rng = np.random.default_rng(0)
    first, second = [one for one in fine if one.label == "twist"][:2]
    noisy = first.samples + rng.normal(0, 5, first.samples.shape)
    later = np.concatenate([second.samples[6:], np.tile(second.samples[-1], (6, 1))])
    fine.recordings += [
        changed(first, noisy, name="noisy"),
        changed(second, later, name="later", label="lift"),
    ]
    (problem,) = (one for one in find_problems(fine) if "almost identical" in one)
    assert problem == (
        "2 pairs of almost identical recordings (copied, shifted or cut from one another): "
        f"{first.path} and twist/noisy.csv, {second.path} and lift/later.csv. A model that is "
        "trained on one and tested on the other looks better than it is. Keep one of each."
    )


def test_exact_copies_are_reported_once(fine):
    one = moving(fine)
    fine.recordings.append(changed(one, name="copy"))
    problems = find_problems(fine)
    assert problems == ["1 recording is listed twice. Delete the copies."]


def test_windows_cut_with_overlap_from_one_log(fine):
    rng = np.random.default_rng(1)
    log = np.cumsum(rng.normal(0, 120, (400, 3)), axis=0) % 1500 - 700
    fine.recordings += [
        Recording(log[start : start + 50], "walk", name=f"walk-{start}")
        for start in range(0, 300, 25)
    ]
    (problem,) = (one for one in find_problems(fine) if "almost identical" in one)
    assert problem.startswith("11 pairs") and "and 8 more" in problem


def test_a_label_that_disagrees_with_its_neighbours(fine):
    odd = moving(fine, "still")
    index = fine.recordings.index(odd)
    fine.recordings[index] = changed(odd, label="twist")
    (problem,) = find_problems(fine)
    assert problem == (
        f'1 recording perhaps in the wrong folder: twist/{odd.name}.csv (most like "still"). '
        "Look at each."
    )


def test_one_recording_and_none_with_a_window():
    one = Recording([[0, 0, -1024]], "still", name="a")
    assert find_problems(Dataset([one])) == [
        '"still" has only 1 recording; record 3 or more.',
        'There is only one label, "still": a model needs at least two to tell apart.',
    ]
    days = Recording(np.zeros((20, 3)), "still", np.arange(20) * 1e7, name="b")
    assert windows_of(Dataset([days]))[1].shape == (0, 50, 3)
    assert any("different rate" in one for one in find_problems(Dataset([days])))
