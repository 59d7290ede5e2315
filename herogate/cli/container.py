"""``herogate container…``: images that were built elsewhere, pushed and released without a build."""

from __future__ import annotations

from pathlib import Path

import click

from herogate.cli import changes, options, output, progress
from herogate.cli.detached import release_goes_on
from herogate.cli.help import command
from herogate.cli.options import Target
from herogate.errors import InvalidRequest

_IMAGE = "an image that docker has, in place of what the directory's Dockerfile makes"


@command(
    "container:push",
    arguments={"TYPE": "web, as for Heroku: one image serves every process type"},
    examples=[
        "container:push",
        "container:push --image shop:latest",
        "container:push --arg LEVEL=2",
    ],
)
@click.argument("process_type", required=False, type=click.Choice(["web"]), metavar="TYPE")
@click.option("--image", metavar="IMAGE", help=_IMAGE)
@click.option("--arg", "arguments", multiple=True, metavar="NAME=VALUE", help="a build argument")
@click.option(
    "--context-path", default=".", metavar="DIRECTORY", help="what is built; `.` if not given"
)
@options.with_app
def push(
    target: Target,
    process_type: str | None,  # noqa: ARG001 - there is but one
    image: str | None,
    arguments: tuple[str, ...],
    context_path: str,
) -> None:
    """build an image with this machine's docker and push it

    Its Procfile, if the directory has one, says which process types there are. `container:release`
    releases it.
    """
    slug = target.platform.containers.push(
        target.app,
        directory=None if image else Path(context_path),
        image=image,
        build_args=dict(map(_argument, arguments)),
        out=output.talk,
    )
    output.say(slug.image_digest)


@command(
    "container:release",
    arguments={"TYPE": "web, as for Heroku: one image serves every process type"},
    examples=["container:release", "container:release --dry-run"],
)
@click.argument("process_type", required=False, type=click.Choice(["web"]), metavar="TYPE")
@changes.dry_run
@options.with_app
def release(
    target: Target,
    process_type: str | None,  # noqa: ARG001 - there is but one
    *,
    dry_run: bool,
) -> None:
    """release the image that was pushed last with `container:push`"""
    if dry_run:
        changes.look(target, lambda: target.platform.containers.release_changes(target.app))
        return
    declared = target.platform.containers.release(target.app)
    progress.perform(
        f"Releasing images web to {output.app(target.app)}",
        lambda: target.platform.rollouts.wait(target.app, declared.number),
        done=lambda live: f"done, {live.version}",
        left=release_goes_on(target.app, declared.version),
    )


def _argument(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise InvalidRequest(f"{text} is invalid. Must be in the format NAME=VALUE.")
    return name, value
