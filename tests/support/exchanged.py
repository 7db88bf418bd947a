"""Data sets that hypothesis generates, and files that it damages, for every exchange format."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from microbit_ml.errors import DataError
from microbit_ml.recordings import Dataset, Recording

texts = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), include_characters=' ,;."/%é一'), max_size=6
)
labels = texts.filter(str.strip)


@st.composite
def recordings(draw, label=labels, even=False):
    """A recording of 1 to 6 samples with arbitrary valid fields."""
    n = draw(st.integers(1, 6))
    counts = st.integers(-2048, 2048)
    rows = draw(st.lists(st.tuples(counts, counts, counts), min_size=n, max_size=n))
    steps = draw(st.lists(st.integers(1, 60_000), min_size=n, max_size=n))  # thousandths of a ms
    # A value near 1 g, as in every recording of a board.
    rows[0] = (rows[0][0], rows[0][1], -1024)
    return Recording(
        rows,
        draw(label),
        None if even else np.cumsum(steps) / 1000 + np.arange(n),
        draw(texts),
        draw(texts),
        draw(st.sampled_from(["", "V1", "V2"])),
        draw(texts),
    )


def datasets(label=labels, even=False):
    """Data sets of 1 to 5 such recordings."""
    return st.lists(recordings(label, even), min_size=1, max_size=5).map(Dataset)


def facts(data, *fields):
    """The values of the fields, recording by recording, with samples as lists."""
    return [
        tuple(
            getattr(one, field).tolist() if field in ("samples", "time_ms") else getattr(one, field)
            for field in fields
        )
        for one in data
    ]


@dataclass
class Damage:
    """Bytes at an offset that are replaced, or a file that is truncated there."""

    at: int
    what: bytes
    cut: bool

    def done_to(self, whole: bytes) -> bytes:
        """The damaged bytes."""
        at = self.at % len(whole)
        return whole[:at] + self.what + (b"" if self.cut else whole[at + len(self.what) :])


damages = st.builds(
    Damage,
    st.integers(0, 10**6),
    st.binary(max_size=3) | st.sampled_from([b",", b"\n", b"-", b"9", b"[", b"{}", b'"', b"null"]),
    st.booleans(),
)


def read_or_explain(read, path):
    """The recordings of a damaged file, or None after a DataError that names the file."""
    try:
        return read(path)
    except DataError as error:
        assert path.name in str(error)
        assert "Traceback" not in str(error)
        return None
