"""``herogate stacks:export``: what AWS was asked for, for a team that goes on without Herogate."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from herogate.cli import options, output
from herogate.cli.help import command
from herogate.errors import InvalidRequest

if TYPE_CHECKING:
    from herogate.engine.platform import Platform


@command(
    "stacks:export",
    arguments={"NAME": "name of an app or of a space"},
    examples=["stacks:export my-shop", "stacks:export --space default --directory infrastructure"],
)
@click.argument("name", required=False, metavar="NAME")
@click.option("-a", "--app", help="the app, where a space has the same name")
@click.option("-s", "--space", help="the space, where an app has the same name")
@click.option(
    "-d",
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="write a file for each stack there",
)
@options.as_json
@options.with_platform
def export(
    platform: Platform,
    name: str | None,
    app: str | None,
    space: str | None,
    directory: Path | None,
    *,
    as_json: bool,
) -> None:
    """print the CloudFormation templates of an app or a space

    They are YAML and say what there is: CloudFormation, given one of them for its stack, changes
    nothing of what runs. So a team can leave Herogate and keep its infrastructure.
    """
    templates = _templates(platform, name, app, space)
    if as_json:
        output.document(templates)
    elif directory is None:
        output.value("\n".join(f"---\n# {stack}\n{text}" for stack, text in templates.items()))
    else:
        _write(directory, templates)


def _templates(
    platform: Platform, name: str | None, app: str | None, space: str | None
) -> Mapping[str, str]:
    if sum(given is not None for given in (name, app, space)) != 1:
        raise InvalidRequest(
            "One app or one space is to be named.", "As in `herogate stacks:export my-shop`."
        )
    if app is not None:
        return platform.templates.of_app(app)
    if space is not None:
        return platform.templates.of_space(space)
    return platform.templates.called(name or "")


def _write(directory: Path, templates: Mapping[str, str]) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for stack, text in templates.items():
        path = directory / f"{stack}.yaml"
        path.write_text(text, encoding="utf-8")
        output.say(str(path))
