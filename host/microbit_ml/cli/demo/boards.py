"""The demo's last stage: movements on two virtual boards, and what they made of them."""

from __future__ import annotations

from dataclasses import dataclass

from microbit_ml.console.screen import plural, print_table, progress_bar, write
from microbit_ml.deploy.play import Played, twin_agrees
from microbit_ml.deploy.play_both import play_on_all
from microbit_ml.deploy.predict import work_layout
from microbit_ml.model import Model, Prediction
from microbit_ml.recordings import Recording
from microbit_ml.targets import TARGETS

UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class Moved:
    """Movements that were played on all boards.

    truth: the label of each; twin: the model's prediction on this computer; played: the results of
    each target; same: of each movement and target, whether the integers were the twin's.
    """

    truth: list[str]
    twin: list[str]
    played: dict[str, list[Played]]
    same: list[list[bool]]

    @classmethod
    def of(
        cls, model: Model, hex_text: str, movements: list[Recording], predicted: list[str | None]
    ) -> Moved:
        """Play the movements on all boards; predicted: the twin's label of each, None: unknown."""
        gestures = [one.samples for one in movements]
        total = len(gestures) * len(TARGETS)
        with progress_bar("Moving the boards", total) as update:
            played = play_on_all(
                hex_text, gestures, work_layout(model), lambda done: update(done, "movements")
            )
        same = [
            [twin_agrees(model.network, one) for one in row]
            for row in zip(*played.values(), strict=True)
        ]
        return cls(
            [one.label for one in movements], [p or UNKNOWN for p in predicted], played, same
        )

    @property
    def shown(self) -> list[list[str]]:
        """What each board printed for each movement: a list for each movement."""
        return [
            [one.printed or UNKNOWN for one in row]
            for row in zip(*self.played.values(), strict=True)
        ]


def print_moved(moved: Moved, tested: Prediction, truth: list[str]) -> None:
    """Print a row for each movement, the boards' displays, and the counts.

    tested, truth: the predictions and labels of the validation that the movements were drawn from.
    """
    titles = [TARGETS[name].title for name in moved.played]
    print_table(
        ["actual gesture", "twin", *titles, "same integers"],
        [
            [label, twin, *shown, "yes" if all(same) else "NO"]
            for label, twin, shown, same in zip(
                moved.truth, moved.twin, moved.shown, moved.same, strict=True
            )
        ],
        left=3 + len(titles),
    )
    _explain_rows(moved, tested, truth)
    write()
    for title, of_board in zip(titles, moved.played.values(), strict=True):
        _print_leds(title, moved.truth, of_board)
    _print_counts(moved, titles)


def _explain_rows(moved: Moved, tested: Prediction, truth: list[str]) -> None:
    """A line about each kind of row that looks wrong, if there are any."""
    given = {
        (label, name)
        for label, twin, shown in zip(moved.truth, moved.twin, moved.shown, strict=True)
        for name in (twin, *shown)
    }
    n_unknown = sum(label is None for label in tested.labels)
    n_wrong = sum(p not in (None, t) for p, t in zip(tested.labels, truth, strict=True))
    if any(name == UNKNOWN for _, name in given):
        write(
            '\n"unknown": not enough like anything that it learned, so the model doesn\'t guess.\n'
            f"This happened with {n_unknown} of {len(truth)} recordings in stage 4."
        )
    if any(name not in (UNKNOWN, label) for label, name in given):
        write(
            f"\nA wrong name is a real mistake. In stage 4 it made {plural(n_wrong, 'mistake')} of "
            f"this kind in {len(truth)}."
        )


def _print_counts(moved: Moved, titles: list[str]) -> None:
    n = len(moved.truth)
    right = [
        sum(one.printed == label for one, label in zip(of_board, moved.truth, strict=True))
        for of_board in moved.played.values()
    ]
    others = "".join(
        f", {title} {k} of {n}" for title, k in zip(titles[1:], right[1:], strict=True)
    )
    agree = sum({*row} == {twin} for row, twin in zip(moved.shown, moved.twin, strict=True))
    exact = sum(map(sum, moved.same))
    write(
        f"{titles[0]} recognised {right[0]} of {n} movements{others}.\n"
        "The twin (the same model on this computer) gave the same answer as the boards\n"
        f"for {agree} of {n}. From the counts that they read, it computed the same integers\n"
        f"in {exact} of {len(titles) * n} windows."
    )


def _print_leds(board: str, names: list[str], played: list[Played]) -> None:
    """Print the displays side by side, each below the movement that the board felt."""
    write(f"{board} shows an icon for what it recognises:")
    write("  " + " ".join(f"{name[:7]:<7}" for name in names).rstrip())
    nothing = [""] * 5  # what it shows then is of the movement before
    pictures = [one.leds.splitlines() if one.printed else nothing for one in played]
    for row in zip(*pictures, strict=True):
        write(("  " + " ".join(f"{line:<7}" for line in row)).rstrip())
    write()
