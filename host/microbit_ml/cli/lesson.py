"""``lesson``: ten lessons in the terminal, as pages, and for the teacher."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from microbit_ml.board.link import VIRTUAL
from microbit_ml.cli.arguments import board_name, check_can_write
from microbit_ml.common.files import write_whole
from microbit_ml.common.numbers import whole_number_in
from microbit_ml.common.wording import command
from microbit_ml.console.screen import plural, print_table, progress_bar, say, working, write
from microbit_ml.errors import BoardError, DataError, UsageError
from microbit_ml.lessons.course import all_lessons, load_lesson
from microbit_ml.lessons.folder import Lesson, copy_lesson, lesson_in
from microbit_ml.lessons.page_session import glossary_page, index_page, lesson_page
from microbit_ml.lessons.progress import Progress, Reached, progress_file
from microbit_ml.lessons.session import BOARD
from microbit_ml.lessons.straight import Silent, Straight, can_show_unicode
from microbit_ml.lessons.teacher import teacher_lines, teacher_page
from microbit_ml.lessons.terminal import teach
from microbit_ml.lessons.text import in_its_signs, wrapped
from microbit_ml.lessons.words import WORDS
from microbit_ml.recordings import Dataset

GLOSSARY = "glossary"
INDEX, WORD_LIST = "index.html", "glossary.html"
ALL_PAGES = Path("lessons")  # where all lessons go, unless -o names another folder
INSTEAD = "If you have no board, leave out --board to use a virtual one."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``lesson``."""
    parser.usage = (
        "microbit-ml lesson [--again] [--data DATASET] [--board BOARD] [LESSON]\n"
        "       microbit-ml lesson [--teacher] --html [-o FILE-or-FOLDER] [LESSON]\n"
        "       microbit-ml lesson --teacher LESSON\n"
        "       microbit-ml lesson --copy FOLDER LESSON\n"
        "       microbit-ml lesson glossary"
    )
    parser.add_argument(
        "lesson",
        nargs="?",
        metavar="LESSON",
        help='the number of a lesson, the folder of your own copy of one, or "glossary"; without '
        "it, list all lessons",
    )
    parser.add_argument("--again", action="store_true", help="start the lesson from the beginning")
    parser.add_argument(
        "--html",
        action="store_true",
        help="write the lesson as a web page, to read or print; without LESSON, write all lessons",
    )
    parser.add_argument(
        "-o",
        dest="output",
        type=Path,
        metavar="PATH",
        help="with --html: the file to write (default lesson-0N.html), or the folder for all "
        f"lessons (default {ALL_PAGES})",
    )
    parser.add_argument(
        "--teacher",
        action="store_true",
        help="show the teacher's notes: aims, plan, answers, misconceptions, and what to do with "
        "one board or none",
    )
    parser.add_argument(
        "--copy",
        type=Path,
        metavar="FOLDER",
        help="copy the lesson's files into a new folder, for you to change",
    )
    parser.add_argument("--glossary", action="store_true", help="show the glossary")
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DATASET",
        help="use your own recordings instead of simulated ones",
    )
    parser.add_argument(
        "--board",
        type=board_name,
        default=BOARD,
        metavar="BOARD",
        help=f"a serial port or a board's id, {' or '.join(VIRTUAL)} (default {BOARD})",
    )


def run(args: argparse.Namespace) -> None:
    """List the lessons, open one, or write pages."""
    which = _checked(args)
    if args.glossary:
        _write_glossary(args) if args.html else _print_glossary()
    elif which is None and not args.html:
        _list_lessons()
    elif which is not None and args.copy:
        _copy(_lesson(which), args.copy)
    else:
        data = _own_data(args.data)
        board = _board_address(args.board)
        if which is None:
            _write_all(args, data, board)
        else:
            _open(args, _lesson(which), data, board)


def _lesson(which: int | Path) -> Lesson:
    return load_lesson(which) if isinstance(which, int) else lesson_in(which)


def _checked(args: argparse.Namespace) -> int | Path | None:
    """The lesson's number or a copy's folder, None for all. Raises UsageError."""
    if args.lesson is not None and args.lesson.lower() == GLOSSARY:
        args.lesson = GLOSSARY
    args.glossary = args.glossary or args.lesson == GLOSSARY
    which = _which(args.lesson) if args.lesson not in (None, GLOSSARY) else None
    if args.output and not args.html:
        raise UsageError("-o goes with --html.")
    if args.again and (which is None or args.html or args.teacher):
        raise UsageError("Use --again with a lesson only: microbit-ml lesson 2 --again")
    other_options = (args.again, args.html, args.teacher, args.data, args.board != BOARD)
    if args.copy and (which is None or any(other_options)):
        raise UsageError("Use --copy with a lesson only: microbit-ml lesson 2 --copy my_copy")
    if args.glossary and (which is not None or args.teacher or args.data):
        raise UsageError("The glossary is the same for all lessons. Use it alone, or with --html.")
    is_list = which is None and not args.glossary and not args.html
    if is_list and (args.teacher or args.data or args.board != BOARD):
        raise UsageError("Say which lesson: microbit-ml lesson 1")
    return which


def _which(lesson: str) -> int | Path:
    """The lesson that was asked for: its number, or the folder of a copy."""
    number = whole_number_in(lesson)
    if number is not None:
        return number
    if lesson.strip() and Path(lesson).is_dir():
        return Path(lesson)
    raise UsageError(
        f"{lesson!r} is not the number of a lesson, and there is no such folder. See all lessons "
        "with: microbit-ml lesson"
    )


def _copy(lesson: Lesson, folder: Path) -> None:
    copy_lesson(lesson, folder)
    write(f"Saved a copy of lesson {lesson.about.number} in {folder}.")
    say(f"Change {folder / 'maths.py'}, then run your lesson with: {command('lesson', folder)}")


def _list_lessons() -> None:
    progress = Progress(progress_file(), say)
    rows = []
    for lesson in all_lessons():
        about = lesson.about
        rows.append([about.number, about.title, _progress(progress.of(about.number), lesson)])
    print_table(["lesson", "title", "your progress"], rows, left=3)
    say("\nStart one with: microbit-ml lesson 1")


def _progress(reached: Reached, lesson: Lesson) -> str:
    if reached.done:
        return f"done, {reached.at_once} of {len(reached.attempts)} checks right first time"
    return f"step {reached.step} of {lesson.n_steps}" if reached.step else ""


def _print_glossary() -> None:
    for word in sorted(WORDS, key=lambda word: word.name.lower()):
        for line in wrapped(
            f"{word.name}: {word.definition} (Lesson {word.lesson})", indent="    "
        ):
            _print(line)


def _own_data(path: Path | None) -> Dataset | None:
    """The pupil's recordings. Raises DataError if no model can be trained on them."""
    if path is None:
        return None
    from microbit_ml.recordings.formats.any_file import read_source
    from microbit_ml.training.prepare import learnable_labels

    data = read_source(path)
    unlabelled = sum(not recording.label for recording in data.recordings)
    if unlabelled:
        raise DataError(
            f"{path} has {plural(unlabelled, 'recording')} without a label. Move each one into the "
            "folder of its label."
        )
    learnable_labels(data, data.recordings)
    return data


def _board_address(board: str) -> str:
    """The address of the board. Raises BoardError if it is not connected."""
    from microbit_ml.board.boards import board_address

    try:
        return board_address(board)
    except BoardError as error:
        raise BoardError(f"{error} {INSTEAD}") from error


def _open(args: argparse.Namespace, lesson: Lesson, data: Dataset | None, board: str) -> None:
    if args.html:
        output = args.output or Path(_file_name(lesson, args.teacher))
        check_can_write(output, *_read_by(args, lesson))
        with working(f"Writing lesson {lesson.about.number}"):
            session = lesson.run(Silent(), data, board)
            write_whole(output, teacher_page(session) if args.teacher else lesson_page(session))
        write(f"Saved {output}. Open it in a browser, or print it.")
    elif args.teacher:
        with working(f"Computing the answers of lesson {lesson.about.number}"):
            session = lesson.run(Silent(), data, board)
        for line in teacher_lines(session, unicode=can_show_unicode(sys.stdout)):
            _print(line)
    elif sys.stdin.isatty() and sys.stdout.isatty():
        teach(lesson, data, board, args.again)
    else:
        lesson.run(Straight(lesson.about, n_steps=lesson.n_steps), data, board)


def _read_by(args: argparse.Namespace, lesson: Lesson | None = None) -> list[Path]:
    """The files and folders that are read, and must stay: recordings, and a copy's own files."""
    files = sorted(lesson.folder.glob("*.py")) if lesson and lesson.folder else []
    return [*files, *([args.data] if args.data else [])]


def _write_all(args: argparse.Namespace, data: Dataset | None, board: str) -> None:
    folder: Path = args.output or ALL_PAGES
    if folder.exists() and not folder.is_dir():
        raise DataError(f"{folder} is a file. All lessons go into a folder: name one after -o.")
    folder.mkdir(parents=True, exist_ok=True)
    for name in (INDEX, WORD_LIST):
        check_can_write(folder / name, *_read_by(args))
    lessons = all_lessons()
    files = [_file_name(lesson) for lesson in lessons]
    with progress_bar("Writing", len(lessons)) as update:
        for done, lesson in enumerate(lessons):
            update(done, lesson.about.title)
            session = lesson.run(Silent(), data, board)
            around = {"All lessons": INDEX, "Glossary": WORD_LIST}
            if done + 1 < len(lessons):
                around["Next lesson"] = files[done + 1]
            write_whole(folder / files[done], lesson_page(session, around))
            if args.teacher:
                write_whole(folder / _file_name(lesson, True), teacher_page(session))
        update(len(lessons), "")
    write_whole(folder / WORD_LIST, glossary_page())
    index = index_page([lesson.about for lesson in lessons], files, WORD_LIST)
    write_whole(folder / INDEX, index)
    write(f"Saved {plural(len(files), 'lesson')} in {folder}. Open {folder / INDEX}.")


def _write_glossary(args: argparse.Namespace) -> None:
    output = args.output or Path(WORD_LIST)
    check_can_write(output)
    write_whole(output, glossary_page())
    write(f"Saved {output}. Open it in a browser.")


def _print(line: str) -> None:
    """Print a line in characters that stdout can show."""
    write(in_its_signs(line, sys.stdout.encoding or "utf-8"))


def _file_name(lesson: Lesson, for_teacher: bool = False) -> str:
    return f"lesson-{lesson.about.number:02d}{'-teacher' if for_teacher else ''}.html"
