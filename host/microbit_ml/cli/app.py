"""From ``sys.argv`` to an exit code: find the verb, run it, explain errors."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from microbit_ml.cli.argument_types import add_types
from microbit_ml.cli.commands import COMMANDS, SYNONYMS, Command
from microbit_ml.common.wording import PROGRAM
from microbit_ml.console.explained import USAGE, explained
from microbit_ml.console.screen import write
from microbit_ml.errors import BoardError, UsageError

HELP = "help"  # before a verb


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line ``arguments`` (default: the program's own) and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    _survive_any_encoding()

    def run() -> None:
        command, parser, args = parse(words)
        try:
            command.run(args)
        except BoardError as error:
            from microbit_ml.cli.arguments import flash_that_mends  # slow to import

            if flash := flash_that_mends(error, args):
                raise BoardError(f"{error} Use: {flash}") from error
            raise
        except UsageError as error:
            if debug:
                traceback.print_exc()
            parser.error(_wrong_usage(error, args))

    return explained(run, debug)


def parse(words: list[str]) -> tuple[Command, argparse.ArgumentParser, argparse.Namespace]:
    """Find the verb in ``words`` and parse its arguments; returns the parser too, for errors.

    Only the parser of that verb is built. Exits as argparse does (SystemExit 0 for help,
    2 for wrong usage).
    """
    at = next((i for i, word in enumerate(words) if not word.startswith("-")), len(words))
    top = top_parser()
    top.parse_args(words[:at])
    if at == len(words):
        top.print_help(sys.stderr)
        sys.exit(USAGE)
    if words[at] == HELP:
        words = [*words[at + 1 : at + 2], "--help"]
        at = 0
        if words == ["--help"]:
            top.parse_args(words)
    verb = words[at]
    command = next((command for command in COMMANDS if command.name == verb), None)
    if command is None:
        top.error(_no_such_verb(verb))
    parser = parser_of(command)
    args = parser.parse_intermixed_args(words[at + 1 :])
    args.words = [word for word in words[at:] if word != "--debug"]  # for hints that repeat them
    return command, parser, args


def parser_of(command: Command) -> argparse.ArgumentParser:
    """The parser of one verb, with every argument that it has."""
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} {command.name}",
        description=description_of(command),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_types(parser)
    command.add_arguments(parser)
    add_debug(parser)
    return parser


def description_of(command: Command) -> str:
    """Its line of help, as a sentence."""
    return command.help[0].upper() + command.help[1:] + "."


def _wrong_usage(error: UsageError, args: argparse.Namespace) -> str:
    """The error worded like argparse's own: it begins with the option that has the bad value."""
    if error.parameter not in vars(args):
        return str(error)
    return f"argument --{error.parameter.replace('_', '-')}: {error}"


def top_parser() -> argparse.ArgumentParser:
    """The parser of what comes before the verb."""
    width = max(len(command.name) for command in COMMANDS)
    verbs = "\n".join(f"  {command.name:{width}}  {command.help}" for command in COMMANDS)
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        usage=f"{PROGRAM} VERB ...",
        description="Teach a BBC micro:bit to recognise gestures.",
        epilog=f"verbs:\n{verbs}\n\nFor help on a verb: {PROGRAM} help VERB",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_ShowVersion, help="show the version and exit")
    add_debug(parser)
    return parser


def add_debug(parser: argparse.ArgumentParser) -> None:
    """The option that every verb has."""
    parser.add_argument(
        "--debug", action="store_true", help="show the traceback when something goes wrong"
    )


class _ShowVersion(argparse.Action):
    """``--version``; looks the version up only when needed."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        try:
            write(f"{PROGRAM} {version(PROGRAM)}")
        except PackageNotFoundError:
            write(f"{PROGRAM}, version unknown (running from source, not installed)")
        parser.exit()


def _no_such_verb(verb: str) -> str:
    names = [command.name for command in COMMANDS]
    meant = [name for name in SYNONYMS.get(verb.lower(), ()) if name in names]
    if meant:
        return f'there is no verb "{verb}". Did you mean "{meant[0]}"?'
    near = difflib.get_close_matches(verb, names, n=1)
    hint = f'Did you mean "{near[0]}"?' if near else f"The verbs are: {', '.join(names)}."
    return f'there is no verb "{verb}". {hint}'


def _survive_any_encoding() -> None:
    """Let a terminal without Unicode show ``?`` for a missing letter instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
