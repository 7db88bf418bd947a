"""Check: display and buttons. Only a person can tell, so a person is asked."""

from __future__ import annotations

from collections.abc import Iterator

from microbit_ml.board.answers import Number, Question
from microbit_ml.deploy.check.bench import Bench
from microbit_ml.deploy.check.person import BUTTONS, PICTURES, Person
from microbit_ml.deploy.check.result import Findings, Result

NAME, TITLE = "touch", "display and buttons"
PRESS_S = 20.0
PICTURE, LEDS = "picture on the display", "all 25 LEDs"
_find = Findings(NAME)
_SHOW = "from microbit import display,Image,sleep\ndisplay.show(Image('{rows}'))\nsleep(50)"
_ALL = ":".join(["99999"] * 5)
_WAIT = """from microbit import button_a,button_b,running_time,sleep
def k(a,b,ms):
 e=running_time()+ms
 while running_time()<e:
  if (button_a.is_pressed(),button_b.is_pressed())==(a,b):
   sleep(30)
   if (button_a.is_pressed(),button_b.is_pressed())==(a,b):return 1
  sleep(5)
 return 0"""
_PRESSED = Question("whether its buttons are pressed", Number(0, 1))


def run(bench: Bench) -> Iterator[Result]:
    """The picture that a person sees, all LEDs, and each button."""
    person = bench.person
    if person is None:
        for what in (PICTURE, LEDS, *BUTTONS):
            yield _find.not_done(what, "Nobody was asked.")
        return
    bench.fresh()
    yield from _display(bench, person)
    bench.repl.exec(_WAIT)
    for what, letters in BUTTONS.items():
        yield _button(bench, person, what, letters)
    bench.repl.exec("from microbit import display\ndisplay.clear()")


def _display(bench: Bench, person: Person) -> Iterator[Result]:
    names = list(PICTURES)
    shown = bench.random.choice(names)
    bench.repl.exec(_SHOW.format(rows=PICTURES[shown]))
    seen = person.which_picture(names)
    yield _unanswered(PICTURE) if seen is None else _find.compared(
        PICTURE, seen or "another one", "", shown, seen == shown,
        f"The display should show {shown}.",
    )  # fmt: skip
    bench.repl.exec(_SHOW.format(rows=_ALL))
    lit = person.all_lit()
    yield (
        _unanswered(LEDS)
        if lit is None
        else _find.compared(
            LEDS, "lit" if lit else "not all lit", "", "lit", lit, "An LED stays dark."
        )
    )


def _unanswered(what: str) -> Result:
    return _find.not_done(what, "Nobody answered.")


def _button(bench: Bench, person: Person, what: str, letters: str) -> Result:
    command = f"print(k({'a' in letters},{'b' in letters},{round(1000 * PRESS_S)}))"
    before = bench.repl.timeout_s
    bench.repl.timeout_s = before + PRESS_S
    try:
        with person.pressing(what, PRESS_S):
            pressed = bool(bench.repl.ask(_PRESSED, command))
    finally:
        bench.repl.timeout_s = before
    return _find.compared(
        what, "pressed" if pressed else "not pressed", "", "pressed", pressed,
        f"The board felt nothing within {PRESS_S:g} s.",
    )  # fmt: skip
