"""A lesson's description, for the list of lessons, its page and the teacher's notes."""

from __future__ import annotations

from dataclasses import dataclass

LESSON_MINUTES = 45


@dataclass(frozen=True)
class About:
    """A lesson's aims and plan, for the teacher; its number, title and question, for everybody.

    aims: what pupils can do afterwards; plan: (minutes, activity), 45 minutes in all;
    misconceptions: (what pupils say, how to answer); one_board, no_board: advice for a class with
    one board, or with none.
    """

    number: int
    title: str
    question: str
    aims: tuple[str, ...]
    plan: tuple[tuple[int, str], ...]
    misconceptions: tuple[tuple[str, str], ...]
    one_board: str
    no_board: str
