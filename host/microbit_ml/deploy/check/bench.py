"""The board that is checked: its line, what is on it, and how it gets back to what it was.

Everything runs in the board's memory, over its raw REPL. Its program is stopped meanwhile and
starts again at the end, whatever happens; its files stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from random import Random

from microbit_ml.board.answers import Bytes, Number, Question
from microbit_ml.board.boards import find_boards
from microbit_ml.board.installed import Contents, ask_contents
from microbit_ml.board.link import VIRTUAL, Link, is_virtual, open_link
from microbit_ml.board.ports import board_of_unique_id
from microbit_ml.board.repl import CTRL_D, BoardGoneError, BoardProgramError, RawRepl
from microbit_ml.board.upload import checksum_of, file_state, restart
from microbit_ml.deploy.check.effort import FULL, Effort
from microbit_ml.deploy.check.person import Person
from microbit_ml.deploy.check.reference import Reference, instructions_of, reference_of
from microbit_ml.deploy.check.timed import LOAD
from microbit_ml.deploy.simulated_person import SimulatedPerson
from microbit_ml.deploy.watched_board import HookedPort
from microbit_ml.errors import BoardError, ModelError
from microbit_ml.quantize import DeviceModel, from_bytes
from microbit_ml.targets import TARGETS, Target, by_chip

CHUNK_BYTES = 128  # of model.bin at a time
MOST_MODEL_BYTES = 2**16
KIT_FILES = ("gesture.py", "loader.py", "recognizer.py", "model.bin")
READ_S = 60.0  # V1 needs 0.3 s for a KB
LOAD_S = 15.0  # V1 takes two seconds to load a model
_CHUNK = Question("the next bytes of its model", Bytes(CHUNK_BYTES))
_SIZE = Question("the size of its model", Number(0, MOST_MODEL_BYTES))


@dataclass
class Bench:
    """A board in its raw REPL, and how to check it.

    expected: the target that its USB id or its address means, None when neither is known; usb_id:
    its first four digits, "" when not known; target: by its chip, None for an unknown one;
    contents: what it reported; model: its model.bin; person: who answers questions, None for
    nobody; effort: how long the checks take; progress: is called with what is being done;
    sensor_hz: the rate of its sensor, 0 while it is not known; answers: whether it still does.
    """

    link: Link
    repl: RawRepl
    expected: Target | None
    usb_id: str
    contents: Contents
    target: Target
    model_bytes: bytes
    person: Person | None = None
    effort: Effort = FULL
    progress: Callable[[str], None] = lambda step: None
    random: Random = field(default_factory=Random)
    sensor_hz: float = 0.0
    answers: bool = True

    @cached_property
    def model(self) -> DeviceModel:
        """The model on the board. Raises ModelError when it is damaged."""
        return from_bytes(self.model_bytes)

    @cached_property
    def reference(self) -> Reference:
        """A virtual board of the same kind with the same model."""
        self.progress("measuring a virtual board to compare with")
        return reference_of(self.target.name, self.model_bytes, self.contents.version)

    @cached_property
    def instructions(self) -> dict[str, float]:
        """The instructions of each statement of STATEMENTS on such a virtual board."""
        self.progress("counting instructions on a virtual board")
        return instructions_of(self.target.name, self.model_bytes, self.contents.version)

    def fresh(self) -> None:
        """Begin with an empty heap, whatever state the board is in."""
        restart(self.repl)

    def prepare(self, *orders: Sequence[str]) -> None:
        """Run commands in an empty heap, in the first of these orders that memory allows.

        V1's memory gets fragmented: where one order leaves too small a block, another may not.
        """
        *others, last = orders
        for order in others:
            try:
                self._prepare(order)
            except BoardProgramError as error:
                if not is_memory(error):
                    raise
            else:
                return
        self._prepare(last)

    def _prepare(self, order: Sequence[str]) -> None:
        self.fresh()
        for command in order:
            self.repl.exec(command, LOAD_S)

    def load(self) -> None:
        """Load the model on the board: then ``r`` is its recognizer."""
        self.repl.exec(LOAD, LOAD_S)

    def restart(self, seconds: float) -> None:
        """Restart the board as its reset button does, and enter the raw REPL ``seconds`` later."""
        self.send("from microbit import reset\nreset()")
        end = self.link.clock() + seconds
        while self.link.clock() < end:
            self.read(256)
        self.fresh()

    def send(self, command: str) -> None:
        """Start a command that does not end by itself, or that answers as it likes."""
        data = command.encode("ascii") + CTRL_D
        self.write(data)

    def write(self, data: bytes) -> None:
        """Write to the line. Raises BoardGoneError when the board is gone."""
        try:
            self.link.port.write(data)
        except OSError as error:
            raise _gone(error) from error

    def read(self, size: int) -> bytes:
        """At most so many bytes that come within a few milliseconds."""
        try:
            return self.link.port.read(size)
        except OSError as error:
            raise _gone(error) from error


@contextmanager
def open_bench(
    address: str,
    *,
    model: bytes | None = None,
    hex_text: str | None = None,
    person: Callable[[Link], Person | None] = lambda link: None,
    effort: Effort = FULL,
    progress: Callable[[str], None] = lambda step: None,
    after_read: Callable[[], None] = lambda: None,
) -> Iterator[Bench]:
    """Stop a board's program, ask what it is, and let its program run again at the end.

    address: a serial port or a virtual board, which a simulated person moves; model: the model.bin
    that it should have, None for whichever it has; hex_text: for a virtual board that starts here;
    person: who answers questions, by the link; after_read: is called after
    each read of the port, and may raise what ends the check. Raises BoardError when the board does
    not answer, is not a micro:bit, or does not have the kit.
    """
    expected, usb_id = _expected(address)
    with open_link(address, hex_text) as link:
        person_at = person(link)
        mover: list[SimulatedPerson] = []

        def whenever_read() -> None:
            if link.virtual is not None and mover:
                mover[0].move()
            after_read()

        port = HookedPort(link.port, whenever_read)
        port.port = None  # messages do not name the port: they may be sent on
        link = replace(link, port=port, name="")
        repl = RawRepl(port, link.clock)
        with _its_own_program_again(repl) as benches:
            progress("asking the board what it is")
            _stop_its_program(repl)
            contents = ask_contents(repl)
            target = by_chip(contents.machine)
            if target is None:
                raise BoardError(
                    f"The board calls itself {contents.machine!r}, which is not a micro:bit that "
                    "the kit knows. Choose another board."
                )
            _check_kit(contents)
            progress("reading its model")
            model_bytes = _read_model(repl) if model is None else _has_model(repl, model)
            if link.virtual is not None:
                mover.append(SimulatedPerson(link.virtual, list(contents.labels)))
            bench = Bench(
                link,
                repl,
                expected,
                usb_id,
                contents,
                target,
                model_bytes,
                person_at,
                effort,
                progress,
            )
            benches.append(bench)
            yield bench


def _stop_its_program(repl: RawRepl) -> None:
    try:
        restart(repl)
    except BoardGoneError:
        raise
    except BoardError as error:
        raise BoardError(
            f"{error} To put MicroPython and the kit on it, add --flash: its program is replaced."
        ) from error


def _expected(address: str) -> tuple[Target | None, str]:
    """The target that an address or its USB id means, and the beginning of that id."""
    if address.lower() in VIRTUAL:
        return TARGETS[VIRTUAL[address.lower()]], ""
    if is_virtual(address):
        from microbit_ml.virtual.protocol_virtual import parse_url

        return TARGETS[parse_url(address)[0]], ""
    boards = find_boards()
    unique_id = next(
        (one.unique_id for one in boards if one.port and one.port.device == address), ""
    )
    name = board_of_unique_id(unique_id)
    return TARGETS[name] if name else None, unique_id[:4].lower()


def _check_kit(contents: Contents) -> None:
    missing = [name for name in KIT_FILES if name not in contents.files]
    if missing:
        raise BoardError(
            "The micro:bit runs MicroPython, but not the kit with a model: it has no "
            f"{' and no '.join(missing)}. Put a model on it, or add --flash to let the check do "
            "that with a practice model. (Either one replaces the program on the board.)"
        ).mended_by_flash()


def _has_model(repl: RawRepl, model: bytes) -> bytes:
    """The model.bin, if the board has the same. Raises BoardError otherwise."""
    if file_state(repl, ["model.bin"]).get("model.bin") != (len(model), checksum_of(model)):
        raise BoardError(
            "The board carries a different model. Put yours on it first, or check the board "
            "without naming a model."
        ).mended_by_flash()
    return model


def _read_model(repl: RawRepl) -> bytes:
    """The board's model.bin; read once more when its own checksum is wrong."""
    content = b""
    for _ in range(2):
        size = repl.ask(_SIZE, "import os\nprint(os.size('model.bin'))")
        repl.exec("f=open('model.bin','rb')")
        content = b""
        end = repl.clock() + READ_S
        while len(content) < size and repl.clock() < end:
            chunk = repl.ask(_CHUNK, f"print(f.read({CHUNK_BYTES}))")
            if not chunk:
                break
            content += chunk
        repl.exec("f.close()\ndel f")
        with suppress(ModelError):
            from_bytes(content)
            return content
    raise BoardError(
        f"The model.bin on the board ({len(content):,} bytes) is damaged, or made by another "
        "version of the kit. Put a model on it again."
    ).mended_by_flash()


@contextmanager
def _its_own_program_again(repl: RawRepl) -> Iterator[list[Bench]]:
    """At the end the board starts its main.py, however the block ends.

    Yields a list for the bench: a board that no longer answers has said so in its results.
    """
    benches: list[Bench] = []
    try:
        yield benches
    except BoardGoneError:
        raise
    except BaseException:
        with suppress(BoardError):  # the earlier error is the one that matters
            _let_go(repl)
        raise
    try:
        _let_go(repl)
    except BoardError:
        if all(one.answers for one in benches):
            raise


def _let_go(repl: RawRepl) -> None:
    try:
        repl.soft_reset()
    except BoardGoneError:
        raise
    except BoardError:
        repl.enter()
        repl.soft_reset()


def is_memory(error: BoardError) -> bool:
    """Whether a command failed because the board has too little memory for it."""
    return isinstance(error, BoardProgramError) and (
        "MemoryError" in error.last_line or "too little memory" in error.last_line
    )


def _gone(error: OSError) -> BoardGoneError:
    return BoardGoneError(
        f"The micro:bit was disconnected ({error}). It was unplugged, or another program opened "
        "its port. Plug it in, close other programs, then try again."
    )
