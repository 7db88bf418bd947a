"""A session with one board, sample by sample: waiting, 3-2-1, a recording on disk."""

import pytest

from microbit_ml.board.recorder import Press, Sample
from microbit_ml.deploy.collect.session import DIGIT_SAMPLES, Plan, Session
from microbit_ml.recordings import Dataset
from microbit_ml.recordings.keeping import Keeper


class FakeRecorder:
    """Gives the events of a test, and notes what the board is asked to show."""

    board = "V1"

    def __init__(self):
        self.coming = []
        self.shown = ""

    def events(self):
        events, self.coming = self.coming, []
        return events

    def show(self, letter):
        self.shown += letter


class Seen:
    """Collects all that a person is shown."""

    def __init__(self):
        self.text = ""

    def report(self, text):
        self.text += f"{text}\n"

    def state(self, text):
        pass

    def kept(self, path, n_samples, left):
        pass

    def thrown_away(self, name, left):
        pass

    def sample(self, sample):
        pass


@pytest.fixture
def session(tmp_path):
    """session(**plan): a session with a fake recorder."""

    def begin(**settings):
        plan = Plan(**{"label": "tap", "count": 3, "length": 4, **settings})
        session = Session(FakeRecorder(), Keeper(tmp_path / "set"), plan, Seen())
        session.ready()
        return session

    return begin


def send(session, *events):
    session._recorder.coming = list(events)
    session.step()


def samples(n, start=0, lost=0):
    return [Sample((start + i, 0, -1024), lost if i == 0 else 0) for i in range(n)]


def names(tmp_path):
    return sorted(path.name for path in tmp_path.glob("set/*/*.csv"))


def test_button_a_counts_down_and_records_exactly_what_follows(session, tmp_path):
    one = session()
    countdown = 3 * DIGIT_SAMPLES
    send(one, *samples(7), Press("a"), *samples(countdown + 1), *samples(3, start=500))
    assert one._recorder.shown == "w321r"
    assert names(tmp_path) == []
    send(one, *samples(1, start=503))
    assert one._recorder.shown == "w321ry"
    (recording,) = Dataset.load(tmp_path / "set")
    assert recording.samples[:, 0].tolist() == [500, 501, 502, 503]
    assert recording.time_ms.tolist() == [0, 20, 40, 60]
    assert (one.left, one.is_waiting) == (2, True)


def test_a_recording_with_a_lost_sample_is_made_again(session, tmp_path):
    one = session(countdown=False)
    send(one, Press("a"), *samples(3), *samples(1, lost=2))
    assert names(tmp_path) == []
    assert "2 samples were lost or damaged on the way." in one._view.text
    assert one.left == 3
    assert not one.is_waiting
    send(one, *samples(DIGIT_SAMPLES + 1), *samples(4, start=70))
    (recording,) = Dataset.load(tmp_path / "set")
    assert recording.samples[:, 0].tolist() == [70, 71, 72, 73]
    assert one._recorder.shown == "wrnry"


def test_a_sample_that_was_lost_before_a_recording_does_not_spoil_it(session, tmp_path):
    one = session(countdown=False)
    send(one, Press("a"), *samples(1), *samples(4, lost=5))
    assert names(tmp_path) == ["tap-01.csv"]


def test_button_b_removes_exactly_the_last_one(session, tmp_path):
    one = session(countdown=False)
    for start in (0, 100):
        send(one, Press("a"), *samples(1), *samples(4, start=start))
    assert names(tmp_path) == ["tap-01.csv", "tap-02.csv"]
    send(one, Press("b"))
    assert names(tmp_path) == ["tap-01.csv"]
    assert (one.left, one.n_kept) == (2, 1)
    send(one, Press("b"))
    assert names(tmp_path) == ["tap-01.csv"]
    assert "There is no recording to throw away." in one._view.text
    send(one, Press("a"), *samples(1), *samples(4, start=200))
    (tmp_path / "set" / "tap" / "tap-02.csv").unlink()
    send(one, Press("b"))
    assert "tap/tap-02.csv is already gone." in one._view.text


def test_the_same_samples_again_are_not_doubled_and_not_asked_for_again(session, tmp_path):
    one = session(countdown=False, count=2)
    for _ in range(2):
        send(one, Press("a"), *samples(1), *samples(4))
    assert names(tmp_path) == ["tap-01.csv"]
    assert "Did the board move at all?" in one._view.text
    assert (one.is_finished, one.n_kept) == (True, 1)


def test_a_movement_with_a_lost_sample_is_not_cut_out(session, tmp_path):
    one = session(countdown=False, auto=True, length=10)
    move = [Sample((400 * (i % 2) + i, 0, 0)) for i in range(6)]
    rest = [Sample((0, 0, 0))] * 30
    send(one, Press("a"), *rest, *move, Sample((0, 0, 0), 1), *rest)
    assert names(tmp_path) == []
    assert "1 sample was lost or damaged on the way" in one._view.text
    send(one, *move, *rest)
    assert names(tmp_path) == ["tap-01.csv"]
