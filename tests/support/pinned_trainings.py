"""Six trainings and hashes of their results: prints JSON, name -> [model.bin, predictions].

Run by tests/test_pinned_models.py in a separate process, because the last bits of a matrix product
depend on the processor that BLAS targets: OPENBLAS_CORETYPE is set before NumPy loads. ``canary``
identifies the arithmetic itself: where it differs, different models are not a mistake.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

import microbit_ml as mb
from microbit_ml.cli import main

Trained = tuple[mb.Model, mb.Dataset]


def wand(path: Path) -> Trained:
    """The recordings of a CreateAI file."""
    data = mb.read_createai(path)
    return mb.train(data, seed=0), data


def simulated() -> Trained:
    """All nine simulated movements, with the default settings."""
    data = mb.simulate(people=5, repeats=3, seed=11)
    return mb.train(data, seed=3), data


def convolutional() -> Trained:
    """A convolutional network on the raw window."""
    data = mb.simulate(["shake", "circle", "tap"], people=4, repeats=3, seed=2)
    return mb.train(data, seed=1, arch="cnn", steps=250), data


def one_layer() -> Trained:
    """No hidden layer, and two groups of features."""
    data = mb.simulate(people=5, repeats=3, seed=11)
    return mb.train(data, seed=0, arch="", features=("tilt", "spectrum")), data


def fine_tuned() -> Trained:
    """A model of two gestures, fine-tuned with a third (``train --from``)."""
    data = mb.simulate(["shake", "still"], people=3, repeats=3, seed=5)
    added = mb.simulate(["twist"], people=1, repeats=3, seed=9)
    return mb.train(added, start=mb.train(data, seed=0), seed=4), data


def many_labels() -> Trained:
    """25 labels, one for each of five people's five gestures; another window and hop."""
    data = mb.simulate(["shake", "circle", "tap", "wave", "lift"], people=5, repeats=4, seed=8)
    names = [f"{one.label} {one.subject[-2:]}" for one in data]
    model = mb.train(data.recordings, labels=names, window=40, hop=8, seed=2)
    assert len(model.labels) == 25
    return model, data


TRAININGS: tuple[Callable[[], Trained], ...] = (
    simulated,
    convolutional,
    one_layer,
    fine_tuned,
    many_labels,
)


def identity(model: mb.Model, data: mb.Dataset) -> list[str]:
    """SHA-256 of model.bin, and of the values that ``predict --json`` prints about the data."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        model.save(path / "model.mbml")
        data.save(path / "data")
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            assert main(["predict", str(path / "model.mbml"), str(path / "data"), "--json"]) == 0
    rows = json.loads(printed.getvalue())
    assert len(rows) == len(data) > 0
    values = json.dumps([list(row.values()) for row in rows])  # a key may be renamed
    return [sha256(model.device_bytes()), sha256(values.encode())]


def canary() -> str:
    """SHA-256 of some products, inverses and exponentials in single and double precision."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(5, 96, 54)), rng.normal(size=(5, 54, 14))
    found = [x @ y, x.astype("f4") @ y.astype("f4"), np.exp(y), np.exp(y.astype("f4"))]
    found += [np.log(x**2), np.linalg.cholesky(np.linalg.inv(x[0].T @ x[0])), np.log2(x**2)]
    return sha256(b"".join(one.tobytes() for one in found))


def sha256(content: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    result = {"canary": [canary()]}
    result |= {one.__name__: identity(*one()) for one in TRAININGS}
    if len(sys.argv) > 1:
        result["wand"] = identity(*wand(Path(sys.argv[1])))
    print(json.dumps(result, indent=1))
