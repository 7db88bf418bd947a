"""What a lesson is for: what the list of lessons, its page and the teacher's notes say of it."""

from __future__ import annotations

from dataclasses import dataclass

LESSON_MINUTES = 45


@dataclass(frozen=True)
class About:
    """A lesson's aims and plan, for the teacher; number, title and question, for everybody.

    aims: what pupils can do afterwards; plan: (minutes, what is done), 45 minutes together;
    misconceptions: (what pupils say, what to answer); one_board, no_board: how a class does it
    that has one board, or none.
    """

    number: int
    title: str
    question: str
    aims: tuple[str, ...]
    plan: tuple[tuple[int, str], ...]
    misconceptions: tuple[tuple[str, str], ...]
    one_board: str
    no_board: str
