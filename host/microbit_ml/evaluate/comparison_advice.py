"""What a comparison comes to, in sentences: is the network worth it, and what to choose."""

from __future__ import annotations

from microbit_ml.common.wording import plural
from microbit_ml.evaluate.comparison import Comparison, Method, compared_kinds
from microbit_ml.quantize.device_file import MAX_SIZE
from microbit_ml.targets import slowest, smallest
from microbit_ml.training import Settings


def advice(comparison: Comparison) -> list[str]:
    """In plain words: whether the network is worth it here, and which method to choose.

    Sentences, each a line or a paragraph of its own; the last one is the command that trains it.
    """
    return [
        _about_the_network(comparison),
        *_about_chance(comparison),
        _about_the_choice(comparison),
        *_about_the_board(comparison),
    ]


def _about_the_network(comparison: Comparison) -> str:
    """Who wins: the network, or something simpler."""
    network, best = comparison.network, comparison.best
    simpler = max(comparison.simpler, key=lambda one: one.scores.right, default=None)
    if simpler is not None and simpler.scores.right >= network.scores.right:
        gap = simpler.scores.right - network.scores.right
        more = f"{plural(gap, 'recording')} more" if gap else "as many recordings"
        return (
            f"A simpler method does as well or better: {simpler.name} got {more} right"
            f"{' than' if gap else ' as'} the network{_chance(comparison, simpler, network)}."
        )
    if best is network:
        gap = network.scores.right - (simpler.scores.right if simpler else 0)
        behind = (
            f" The best simpler method, {simpler.name}, got {plural(gap, 'recording')} fewer right"
            f"{_chance(comparison, network, simpler)}."
            if simpler
            else ""
        )
        return f"The network is the most accurate.{behind}"
    gap = best.scores.right - network.scores.right
    return (
        f"{_capital(best.name)} got {plural(gap, 'recording')} more right than the network"
        f"{_chance(comparison, best, network)}, but takes more of a board."
    )


def _chance(comparison: Comparison, first: Method, second: Method) -> str:
    test = comparison.test(first, second)
    if test.significant:
        return f" (p {short_p(test.p, '= ')}: hardly by chance)"
    if first.scores.right == second.scores.right:
        return ""
    return f" (p = {test.p:.2f}: this may be chance)"


def _about_chance(comparison: Comparison) -> list[str]:
    """Which methods cannot be told from the best, and which are surely worse."""
    others = [one for one in comparison.ranked if one is not comparison.best]
    level = [one.name for one in others if not comparison.worse(one)]
    worse = [one.name for one in others if comparison.worse(one)]
    lines = []
    if level:
        lines.append(
            f"Not significantly worse than the best, {comparison.best.name}: {', '.join(level)}. "
            "That is no proof that they are as good; more recordings would tell."
        )
    if worse:
        lines.append(f"Significantly worse: {', '.join(worse)}.")
    return lines


def _about_the_choice(comparison: Comparison) -> str:
    choice, best = comparison.choice, comparison.best
    if choice is best:
        simplest = min(
            comparison.methods, key=lambda one: one.footprint.instructions[slowest().name]
        )
        why = (
            "It is the most accurate, and nothing is simpler"
            if choice is simplest
            else "It is the most accurate, and no simpler one comes close enough"
        )
    else:
        why = (
            f"Of those that come close to the best ({choice.scores.accuracy:.3f} beside "
            f"{best.scores.accuracy:.3f}) it takes the fewest instructions"
        )
    if not choice.fits_all:
        too_large = choice.footprint.n_bytes > MAX_SIZE
        small = f"does not fit {smallest().title}"
        why += f"; but it {'is too large for any micro:bit' if too_large else small}"
    return f"Choose: {choice.name}. {why}."


def _about_the_board(comparison: Comparison) -> list[str]:
    """What the kit can put on a board, and who can say "unknown"."""
    choice = comparison.choice_for_board
    kind = compared_kinds()[choice.name].NAME
    option = "" if kind == Settings.kind else f"--kind {kind} "
    shares = ", ".join(
        f"the {name} {share:.0%}" for name, share in comparison.false_accept_rates.items()
    )
    same = comparison.choice is choice
    return [
        ("Only networks " if same else "The kit puts only networks on a board, and only they ")
        + 'can call a movement "unknown" that they never learned. Of made-up movements that are no '
        f"gesture these are taken for one: by {shares}.",
        ("" if same else f"So for a board choose: {choice.name}. ") + "Train it with",
        f"    microbit-ml train DATASET {option}-o MODEL",
    ]


def short_p(value: float, equals: str = "") -> str:
    """Three digits of a p-value, with ``equals`` before them, or that it is less than 0.001."""
    return "< 0.001" if value < 0.001 else f"{equals}{value:.3f}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
