"""The kernels: machine code of each target, assembled from the listings in ``firmware/kernels/``.

It runs in place, in flash, and so has gaps (:mod:`microbit_ml.thumb`). A hex holds only what its
model needs: the kernels of its records, and those of the features if it uses any.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from microbit_ml.common.firmware_files import firmware_folder
from microbit_ml.image.filesystem import CHUNK_BYTES, FileSystemLayout, build_file_system
from microbit_ml.kinds import RECORDS, IntegerNoveltyDetector, Record
from microbit_ml.quantize.device_file import VERSION, DeviceModel
from microbit_ml.targets import TARGETS, Target
from microbit_ml.thumb import AssemblyError, assemble_in_chunks, file_content, label_offsets

HEADER_BYTES = 2  # of a kernel file, before its first instruction
RUN = "run"  # the generated listing: it calls the kernel of a record


@dataclass(frozen=True)
class Listing:
    """One file of instructions.

    falls_into: one of these listings must come next, since its last instruction runs into the next
    one; near: one of these must come next too, as its branches reach no further.
    """

    name: str
    falls_into: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


BEGIN = (
    Listing("entries.py", falls_into=("fresh.py", "shift.py")),
    Listing("fresh.py", falls_into=("shift.py",)),
    Listing("shift.py"),
    Listing("check.py"),
    Listing("predict.py", near=("features.py", "no_features.py")),
)
FEATURES = (
    Listing("features.py"),
    Listing("resample.py"),
    Listing("spectrum.py"),
    Listing("autocorrelation.py", falls_into=("ratio.py",)),
    Listing("ratio.py"),
    Listing("divide.py"),
    Listing("emit.py"),
)
NO_FEATURES = (Listing("no_features.py"),)
DECIDE = (
    Listing("records.py", near=("gate.py",)),
    Listing("gate.py"),
    Listing("log.py"),
)
"""All listings that do not belong to a record, in the order of assembly; a target may replace
some."""


@dataclass(frozen=True)
class Needs:
    """The kernels that a model needs: the features, and the records with these numbers."""

    features: bool
    records: frozenset[int]

    @classmethod
    def everything(cls) -> Needs:
        """The kernels of all records, and the features."""
        return cls(True, frozenset(RECORDS))

    @classmethod
    def of(cls, model: DeviceModel) -> Needs:
        """The needs of a model."""
        numbers = frozenset(one.NUMBER for one in model.network.records)
        return cls(bool(model.network.groups), numbers)

    @property
    def kinds(self) -> list[type[Record]]:
        """The classes of its records, in the order of the registry."""
        return [kind for number, kind in RECORDS.items() if number in self.records]


def kernel_file(board: str) -> str:
    """The name of the file with a target's machine code; it depends on the chip."""
    return f"kernel_v{TARGETS[board].kernel_digit}.bin"


def listings_of(board: str, needs: Needs | None = None) -> dict[str, str]:
    """The listings of a target by name, in order; by default for all kinds of models.

    Raises AssemblyError when a listing is not followed by one that it needs.
    """
    return _texts(TARGETS[board], needs or Needs.everything())


def kernels(board: str, needs: Needs | None = None) -> bytes:
    """The machine code of a target: the content of its file.

    It begins with the digit of the chip, and the version of the ``model.bin`` that it reads.
    """
    start = _code_start(board)
    return file_content(_image(board, needs, start), start)


def kernel_labels(board: str, code: int, needs: Needs | None = None) -> dict[str, int]:
    """Addresses of the kernels' labels, for a file whose content begins at the address ``code``."""
    start = _code_start(board)
    texts = _header(board) | listings_of(board, needs)
    offsets = label_offsets(texts, start, m4=TARGETS[board].is_m4)
    return {name: code - start + offset for name, offset in offsets.items()}


def kernels_in_flash(board: str, needs: Needs | None = None) -> tuple[bytes, int]:
    """A target's machine code as it is in flash, from the file's first chunk on (at a multiple of
    128), and the offset of its first instruction."""
    content = kernels(board, needs)
    room = 2 * len(content) + 4 * CHUNK_BYTES
    layout = FileSystemLayout(board, 0, room - room % CHUNK_BYTES, CHUNK_BYTES)
    (chunks, _) = build_file_system({kernel_file(board): content}, layout).segments
    return chunks[1], _code_start(board) + HEADER_BYTES


def _image(board: str, needs: Needs | None, start: int) -> bytes:
    texts = _header(board) | listings_of(board, needs)
    return _assembled(tuple(texts.items()), start, TARGETS[board].is_m4)


@cache
def _assembled(texts: tuple[tuple[str, str], ...], start: int, is_m4: bool) -> bytes:
    return assemble_in_chunks(dict(texts), start, m4=is_m4)


def _texts(target: Target, needs: Needs) -> dict[str, str]:
    kinds = needs.kinds
    own = dict.fromkeys(name for kind in kinds for name in kind.LISTINGS)
    sources = {name: text for kind in kinds for name, text in kind.SOURCES.items()}
    order = [*BEGIN, *(FEATURES if needs.features else NO_FEATURES), *DECIDE]
    taken = {one.name for one in order}
    order += [Listing(name) for name in own if name not in taken]
    replaced = [(one, target.kernels.get(one.name, one.name)) for one in order]
    present = [(one, name) for one, name in replaced if name is not None]
    _check_neighbours([one for one, _ in present])
    texts = {}
    for one, name in present:
        texts[name] = sources[name] if name in sources else _source(name)
        if one.name == "gate.py":
            texts[RUN] = run_listing(kinds)
    return texts


def _check_neighbours(order: list[Listing]) -> None:
    """Raise AssemblyError when a listing is not followed by one of those that it needs."""
    for one, following in zip(order, [*order[1:], Listing("nothing")], strict=True):
        for allowed in (one.falls_into, one.near):
            if allowed and following.name not in allowed:
                raise AssemblyError(
                    f"{one.name} must be followed by {' or '.join(allowed)}, "
                    f"not by {following.name}."
                )


def run_listing(kinds: Iterable[type[Record]]) -> str:
    """The generated listing: it calls the kernel of a record and moves on to the next record.

    Like the kernel of every stage it is called with r0 the inputs, r1 the record, r3 the outputs;
    it returns with r1 at the next record. A kernel ends with ``b(RECORD_DONE)``, and may change all
    registers but those on the stack.
    """
    stages = [kind for kind in kinds if not issubclass(kind, IntegerNoveltyDetector)]
    lines = ["label(RUN)", "push({r1, lr})", "ldrb(r4, [r1, 0])"]
    for kind in stages[:-1]:
        skip = f"NOT_{kind.ENTRY}"
        lines += [f"cmp(r4, {kind.NUMBER})", f"bne({skip})", f"b({kind.ENTRY})", f"label({skip})"]
    lines += [f"b({stages[-1].ENTRY})", "label(RECORD_DONE)", "pop({r1})", "ldrh(r4, [r1, 2])"]
    return "\n".join([*lines, "add(r1, r1, r4)", "pop({pc})"]) + "\n"


@cache
def _source(name: str) -> str:
    return (firmware_folder() / "kernels" / name).read_text(encoding="utf-8")


def _header(board: str) -> dict[str, str]:
    return {"header": f"data(1, {ord(TARGETS[board].kernel_digit)}, {VERSION})"}


def _code_start(board: str) -> int:
    """The offset of a file's content in its first chunk (``image/filesystem.py``)."""
    return 3 + len(kernel_file(board))
