"""The command line: parse, call the engine, print. One module per topic; ``output.py`` alone prints.

Heroku's contract: names, flags, output and exit codes that a Heroku user's fingers and scripts know.
"""

from __future__ import annotations

import errno
import gc
import os
import sys

import click

from herogate.cli import output, registry
from herogate.cli.detached import Detached
from herogate.cli.group import UnknownCommand, root
from herogate.errors import HerogateError, RequestError
from herogate.interruptions import Interrupted, Interruptions, served

_FEW_COLLECTIONS = 20_000
"""A command reads megabytes of AWS's models and ends: to look for garbage there costs it a tenth."""


def main() -> int:
    """Run the command that the arguments name; return its exit code."""
    gc.set_threshold(_FEW_COLLECTIONS, 20, 20)
    output.prepare()
    return served(_answered)


def _answered(interruptions: Interruptions) -> int:
    try:
        code = _run(sys.argv[1:], interruptions)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (`head`, a pager) has seen enough.
        _silence()
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _silence()
        output.fail(HerogateError("No space is left to write to."))
        return HerogateError.exit_code
    return code


def _silence() -> None:
    """Give what is still to be flushed at exit, and cannot be, another way to go."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: list[str], interruptions: Interruptions) -> int:
    try:
        with root.make_context("herogate", arguments, obj=interruptions) as context:
            root.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except UnknownCommand as unknown:
        output.warn(unknown.message)
        output.fail(RequestError("Run herogate help for a list of available commands."))
        return UnknownCommand.exit_code
    except click.ClickException as error:
        output.fail(RequestError(error.format_message(), _hint(arguments)))
        return RequestError.exit_code
    except Detached as detached:
        output.warn(detached.message)
        return detached.exit_code
    except HerogateError as error:
        output.fail(error)
        return error.exit_code
    except Interrupted as interrupted:
        interrupted.taken()
        return interrupted.exit_code
    return 0


def _hint(arguments: list[str]) -> str:
    """What to do about arguments that were not understood."""
    if (meant := ":".join(arguments[:2])) in registry.every_name():
        return f"Did you mean herogate {meant}?"
    return "See more help with --help"
