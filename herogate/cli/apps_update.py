"""``herogate apps:update``: an app brought to other options, and to what this Herogate makes of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from herogate.cli import asked as asking, changes, documents, options, output
from herogate.cli.help import command
from herogate.cli.options import Target

if TYPE_CHECKING:
    from herogate.engine.app_spec import AppOptions


@command(
    "apps:update",
    examples=[
        "apps:update --dry-run",
        "apps:update --health-check-path /health",
        "apps:update --build-architecture x86_64 --build-compute large --yes",
    ],
)
@click.option("--git-branch", metavar="BRANCH", help="the branch that deploys")
@asking.of_app
@changes.dry_run
@options.yes
@options.as_json
@options.with_app
def update(
    target: Target,
    git_branch: str | None,
    asked: AppOptions,
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """change how an app is built, checked and deployed

    It shows what AWS would change, and asks. What is not said stays as it is; a newer Herogate may
    describe an app otherwise. What runs goes on running; how it is built is of the next push.
    """
    proposal = changes.asked(
        output.app(target.app),
        lambda: target.platform.apps.update(target.app, git_branch=git_branch, **asked),
    )
    if dry_run:
        changes.show(changes.withdrawn([proposal]), as_json=as_json)
        return
    changes.make([proposal], output.app(target.app), yes=yes, quiet=as_json)
    if as_json:
        output.document(documents.app(target.platform.apps.info(target.app)))
