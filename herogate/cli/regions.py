"""``herogate regions``: where apps can be."""

from __future__ import annotations

import click

from herogate.cli import options, output
from herogate.cli.help import command

_COMMON = "Common Runtime"


@command("regions", examples=["regions", "regions --json"])
@click.option("--common", is_flag=True, help="for Heroku's users: all regions are common")
@click.option("--private", is_flag=True, help="for Heroku's users: there are no private regions")
@options.as_json
def index(*, common: bool, private: bool, as_json: bool) -> None:
    """list the regions in which apps can be"""
    from herogate.engine.regions import regions

    found = [] if private and not common else regions()
    if as_json:
        output.document(found)
    else:
        output.table(
            ["ID", "Location", "Runtime"], [[each.id, each.location, _COMMON] for each in found]
        )
