"""The conclusions of a comparison in sentences: is the network worth it, and what to choose."""

from __future__ import annotations

from microbit_ml.common.wording import in_words, percent
from microbit_ml.evaluate.comparison import CLOSE, Comparison, Method, compared_kinds
from microbit_ml.quantize.device_file import MAX_SIZE
from microbit_ml.targets import slowest, smallest
from microbit_ml.training import Settings


def advice(comparison: Comparison) -> list[str]:
    """In plain words: whether the network is worth it here, and which method to choose.

    Each entry is a paragraph of its own. The last is the one recommendation.
    """
    return [
        _about_the_network(comparison),
        *_about_chance(comparison),
        _about_the_board(comparison),
        _about_the_choice(comparison),
    ]


def _about_the_network(comparison: Comparison) -> str:
    """Who wins: the network, or something simpler."""
    network, best = comparison.network, comparison.best
    simpler = max(comparison.simpler, key=lambda one: one.scores.right, default=None)
    if simpler is not None and simpler.scores.right >= network.scores.right:
        gap = simpler.scores.right - network.scores.right
        more = _more(gap) if gap else "as many recordings"
        return (
            f"A simpler method does at least as well: {simpler.name} got {more} right"
            f"{' than' if gap else ' as'} the network{_chance(comparison, simpler, network)}."
        )
    if best is network:
        gap = network.scores.right - (simpler.scores.right if simpler else 0)
        behind = (
            f" The best simpler method, {simpler.name}, got {gap} fewer right"
            f"{_chance(comparison, network, simpler)}."
            if simpler
            else ""
        )
        return f"The network is the most accurate.{behind}"
    gap = best.scores.right - network.scores.right
    return (
        f"{_capital(best.name)} got {_more(gap)} right than the network"
        f"{_chance(comparison, best, network)}, but needs more memory or time on the board."
    )


def _more(gap: int) -> str:
    return f"{gap} more {'recording' if gap == 1 else 'recordings'}"


def _chance(comparison: Comparison, first: Method, second: Method) -> str:
    test = comparison.test(first, second)
    if test.significant:
        return f" (p {short_p(test.p, '= ')}: hardly by chance)"
    if first.scores.right == second.scores.right:
        return ""
    return f" (p = {test.p:.2f}: this may be chance)"


def _about_chance(comparison: Comparison) -> list[str]:
    """Which methods are not significantly worse than the best, and which are."""
    others = [one for one in comparison.ranked if one is not comparison.best]
    as_good = [one.name for one in others if not comparison.worse(one)]
    worse = [one.name for one in others if comparison.worse(one)]
    lines = []
    if as_good:
        lines.append(
            f"Not significantly worse than the best ({comparison.best.name}): "
            f"{', '.join(as_good)}. That does not prove that they are as good. More recordings "
            "would settle it."
        )
    if worse:
        lines.append(f"Significantly worse: {', '.join(worse)}.")
    return lines


def _about_the_board(comparison: Comparison) -> str:
    """What the kit can put on a board, and how often it names what is no gesture."""
    rates = ", ".join(
        f"{name} {percent(rate)}" for name, rate in comparison.false_accept_rates.items()
    )
    return (
        'The kit can put these on a board, where they answer "unknown" to a movement that they '
        "never learned. But they also give a gesture's name to some random movements "
        f"(false-accept rate): {rates}."
    )


def _about_the_choice(comparison: Comparison) -> str:
    """The one recommendation, with the option that trains it, and the reason."""
    choice = comparison.choice
    kind = compared_kinds()[choice.name].NAME
    option = "" if kind == Settings.kind else f" (train with --kind {kind})"
    why = _why(comparison)
    if not choice.fits_all:
        too_large = choice.footprint.n_bytes > MAX_SIZE
        small = f"does not fit {smallest().title}"
        why += f" But it {'is too large for any micro:bit' if too_large else small}."
    return f"Choose: {choice.name}{option}. {why}{_beside_the_cheapest(comparison)}"


def _why(comparison: Comparison) -> str:
    """Why this method, among those that the kit can put on a board."""
    choice, cheapest = comparison.choice, comparison.cheapest_for_board
    best = min(comparison.for_board, key=comparison.ranked.index)
    if choice is not cheapest:
        return (
            f"It gives a name to fewer random movements than the {cheapest.name}, which is about "
            "as accurate."
        )
    if choice is best:
        is_simplest = all(_instructions(best) <= _instructions(one) for one in comparison.for_board)
        return "It is the most accurate that can go on a board" + (
            ", and none is simpler."
            if is_simplest
            else f", and no simpler one comes close enough (within {CLOSE:.0%})."
        )
    return (
        "It needs the fewest instructions of those close to the best (accuracy "
        f"{choice.scores.accuracy:.3f} compared with {best.scores.accuracy:.3f})."
    )


def _beside_the_cheapest(comparison: Comparison) -> str:
    """What a method would do better that the kit cannot put on a board."""
    choice, other = comparison.choice, comparison.cheapest
    if other in comparison.for_board:
        return ""
    better = [
        "got more recordings right" if other.scores.right > choice.scores.right else "",
        "needs fewer instructions" if _instructions(other) < _instructions(choice) else "",
    ]
    does = in_words([one for one in better if one])
    return f" {_capital(other.name)} {does}, but can't go on a board." if does else ""


def _instructions(method: Method) -> int:
    return method.footprint.instructions[slowest().name]


def short_p(value: float, equals: str = "") -> str:
    """A p-value with three digits, after ``equals``, or "< 0.001"."""
    return "< 0.001" if value < 0.001 else f"{equals}{value:.3f}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
