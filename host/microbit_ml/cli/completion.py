"""``completion``: a script that lets a shell complete verbs, options and files.

The script is made by shtab from the parsers of all verbs, once. So completing a word starts no
Python, and works for ``microbit-ml`` wherever it was installed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from microbit_ml.console.explained import PROGRAM
from microbit_ml.console.screen import say, write
from microbit_ml.errors import KitError, UsageError

_INSTALL = "python -m pip install shtab"
_UPGRADE = f"{_INSTALL} --upgrade"
_USE = {
    "bash": f'eval "$({PROGRAM} completion bash)"   (in ~/.bashrc)',
    "zsh": f"{PROGRAM} completion zsh > ~/.zfunc/_{PROGRAM}   (with ~/.zfunc in fpath)",
    "fish": f"{PROGRAM} completion fish > ~/.config/fish/completions/{PROGRAM}.fish",
    "powershell": f"{PROGRAM} completion powershell | Out-String | Invoke-Expression   "
    "(in $PROFILE)",
    "tcsh": f"{PROGRAM} completion tcsh > ~/.{PROGRAM}.csh   (source it in ~/.cshrc)",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``completion``."""
    parser.add_argument("shell", choices=tuple(_USE), help="which shell")
    parser.epilog = f"It needs shtab: {_INSTALL}\nTo use it always:\n" + "\n".join(
        f"  {name:11} {use}" for name, use in _USE.items()
    )


def run(args: argparse.Namespace) -> None:
    """Print the script. Raises KitError without shtab, UsageError when it does not know a shell."""
    try:
        import shtab
    except ImportError as error:
        raise KitError(
            f"Shell completion needs the package shtab. Install it with: {_INSTALL}"
        ) from error
    if args.shell not in shtab.SUPPORTED_SHELLS:
        raise UsageError(
            f"This shtab does not know {args.shell}, only {', '.join(shtab.SUPPORTED_SHELLS)}. "
            f"Get a newer one with: {_UPGRADE}",
            "shell",
        )
    write(shtab.complete(_whole_parser(shtab.FILE), args.shell))
    say(f"Next: {_USE[args.shell]}")


def _whole_parser(files: dict) -> argparse.ArgumentParser:
    """One parser of all verbs: the command line builds only that of the verb that is used."""
    from microbit_ml.cli.app import HELP, add_debug, description_of, top_parser
    from microbit_ml.cli.commands import COMMANDS

    top = top_parser()
    verbs = top.add_subparsers(title="verbs")
    for command in COMMANDS:
        parser = verbs.add_parser(
            command.name, help=command.help, description=description_of(command), allow_abbrev=False
        )
        command.add_arguments(parser)
        add_debug(parser)
        for action in parser._actions:
            if action.type is Path:
                action.complete = files  # type: ignore[attr-defined]
    helped = verbs.add_parser(HELP, help="show the help of a verb")
    helped.add_argument("verb", nargs="?", choices=[command.name for command in COMMANDS])
    return top
