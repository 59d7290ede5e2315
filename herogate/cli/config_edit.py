"""``herogate config:edit``: config vars changed in an editor."""

from __future__ import annotations

import difflib
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from herogate.cli import options, output, progress
from herogate.cli.help import command
from herogate.cli.options import Target
from herogate.errors import HerogateError, NotATerminal
from herogate.interruptions import Interruptions

_STYLES = {"-": "31", "+": "32"}


@command(
    "config:edit",
    arguments={"KEY": "edit the value of this config var alone"},
    examples=["config:edit", "config:edit DATABASE_URL", "config:edit --yes"],
)
@click.argument("key", required=False, metavar="KEY")
@options.yes
@options.with_app
@click.pass_obj
def edit(interruptions: Interruptions, target: Target, key: str | None, *, yes: bool) -> None:
    """edit config vars in $VISUAL or $EDITOR

    As a .env file; a line that is taken out unsets. What would change is shown, and asked about. If
    somebody else changes a config var meanwhile, nothing is updated.
    """
    from herogate.engine import dotenv

    vars_ = target.platform.config_vars
    edition = vars_.edition(target.app)
    before = edition.values if key is None else {key: edition.values.get(key, "")}
    if key is None:
        after = dotenv.read(_edited(dotenv.text(before), ".env", interruptions))
    else:
        # An editor ends the last line, whether or not the value does.
        text = f"{before[key]}\n"
        after = {key: _edited(text, ".txt", interruptions).removesuffix("\n")}
    changes = changed(before, after)
    if not changes:
        output.warn("no changes to config")
        return
    for line in difference(before, after):
        output.talk(line, style=_STYLES[line[0]])
    if not (yes or output.ask(f"Update config on {target.app} with these changes?", flag="--yes")):
        raise HerogateError("Nothing was changed.")
    progress.perform(
        f"Updating config on {output.app(target.app)}",
        lambda: vars_.update(target.app, changes, over=edition),
        done=lambda release: f"done, {release.version}",
    )


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str | None]:
    """What is to be set, and unset, to come from one to the other."""
    gone: dict[str, str | None] = {key: None for key in before if key not in after}
    return gone | {key: value for key, value in after.items() if before.get(key) != value}


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """The lines that go and come, as `diff` marks them."""
    from herogate.engine import dotenv

    for line in difflib.ndiff(
        dotenv.text(before).split("\n"), dotenv.text(after).split("\n"), charjunk=None
    ):
        if line[0] in _STYLES:
            yield line


def _edited(text: str, suffix: str, interruptions: Interruptions) -> str:
    """A text as it is after an editor has ended well; nobody else can read it meanwhile."""
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not (chosen or sys.stdin.isatty()):
        raise NotATerminal(
            "There is no terminal to edit at.", "`herogate config:set` takes values without one."
        )
    editor = chosen or "vi"
    with tempfile.TemporaryDirectory(prefix="herogate-") as folder:
        file = Path(folder) / f"config{suffix}"
        file.write_bytes(text.encode())
        try:
            with interruptions.left_to_a_child():
                ended = subprocess.run([*shlex.split(editor), str(file)], check=False)
        except (OSError, ValueError) as error:
            raise HerogateError(
                f"The editor {editor} cannot be started: {error}.", "Set EDITOR to one that can."
            ) from error
        if ended.returncode:
            raise HerogateError(
                f"{editor} exited with code {ended.returncode}; nothing was changed."
            )
        return _left(file, editor)


def _left(file: Path, editor: str) -> str:
    """What an editor has left in a file."""
    try:
        return file.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not UTF-8" if isinstance(error, ValueError) else error.strerror
        raise HerogateError(
            f"What {editor} has left cannot be read: {why}. Nothing was changed."
        ) from error
