"""Saying whom recordings are of, when they are simulated people, not real ones.

The mark is each recording's ``source``, which data sets and most files keep: a mixed data set
still knows which of its recordings are simulated. A model's provenance counts them.
"""

from __future__ import annotations

from microbit_ml.common.wording import plural

REAL_PEOPLE = "Real people move differently: test it with some before you rely on these numbers."


def about_recordings(n_simulated: int, n: int) -> str:
    """A sentence about n recordings of which n_simulated are simulated; "" if none is.

    >>> about_recordings(12, 40)
    '12 of 40 recordings are of simulated people, not real ones.'
    """
    if not n_simulated:
        return ""
    if n_simulated >= n:
        return "All recordings are of simulated people, not real ones."
    verb = "is" if n_simulated == 1 else "are"
    return f"{n_simulated} of {plural(n, 'recording')} {verb} of simulated people, not real ones."


def about_training(n_simulated: int, n: int) -> str:
    """The same about the recordings that a model was trained on."""
    return _about_part("trained", n_simulated, n)


def about_test(trained: tuple[int, int], tested: tuple[int, int]) -> str:
    """Sentences about a test of a model; "" if all people are real.

    trained, tested: how many recordings are of simulated people, of how many that the model was
    trained on and tested on. (0, 0) for a part that does not exist.
    """
    if all(0 < n <= n_simulated for n_simulated, n in (trained, tested)):
        found = ["Trained and tested on simulated people, not real ones."]
    else:
        found = [_about_part("trained", *trained), _about_part("tested", *tested)]
    return " ".join([*filter(None, found), REAL_PEOPLE]) if any(found) else ""


def _about_part(done: str, n_simulated: int, n: int) -> str:
    """done: "trained" or "tested"."""
    if not n_simulated:
        return ""
    if n_simulated >= n:
        return f"The model was {done} on simulated people, not real ones."
    verb = "is" if n_simulated == 1 else "are"
    return (
        f"{n_simulated} of the {plural(n, 'recording')} that the model was {done} on {verb} of "
        "simulated people, not real ones."
    )
