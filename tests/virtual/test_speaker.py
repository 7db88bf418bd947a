"""The speaker: edges become tones."""

import pytest

from microbit_ml.virtual.clock import TICKS_PER_US
from microbit_ml.virtual.speaker import Speaker


def play(speaker, start_us, period_us, periods):
    for i in range(periods + 1):
        speaker.rises(round((start_us + i * period_us) * TICKS_PER_US))


def test_tone_silence_tone():
    speaker = Speaker(5)
    assert speaker.tones(0) == []
    play(speaker, 1_000, 2_000, 50)
    now = 101_500 * TICKS_PER_US
    assert speaker.tones(now) == [(1_000, 500.0)]
    play(speaker, 400_000, 1_000, 10)
    assert speaker.tones(410_100 * TICKS_PER_US) == [
        (1_000, 500.0),
        (103_000, 0.0),
        (400_000, 1000),
    ]
    late = speaker.tones(500_000 * TICKS_PER_US)
    assert late[-1] == (411_000, 0.0)


def test_notes_without_a_gap_and_the_seam_between_them():
    speaker = Speaker(5)
    play(speaker, 0, 1_000, 20)
    play(speaker, 20_700, 500, 20)  # the seam lasts 700 us
    tones = speaker.tones(30_800 * TICKS_PER_US)
    assert [frequency for _, frequency in tones] == [pytest.approx(1000), pytest.approx(2000)]
    assert tones[1][0] == 20_700


def test_edges_that_jitter_are_one_tone():
    speaker = Speaker(22.6)
    for i in range(100):
        speaker.rises(round(round(i * 2_273 / 22.6) * 22.6 * TICKS_PER_US))
    tones = speaker.tones(99 * 2_273 * TICKS_PER_US)
    assert tones == [(0, pytest.approx(440, rel=0.001))]


def test_single_edges_are_not_a_tone():
    speaker = Speaker(5)
    for second in range(3):
        speaker.rises(second * 1_000_000 * TICKS_PER_US)
    assert speaker.tones(9_000_000 * TICKS_PER_US) == []
