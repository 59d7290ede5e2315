"""``herogate auth …``: who calls AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from herogate.cli import options, output
from herogate.cli.help import command

if TYPE_CHECKING:
    from herogate.engine.platform import Platform


@command("auth:whoami", examples=["whoami"])
@options.with_platform
def whoami(platform: Platform) -> None:
    """display the AWS identity that commands act as"""
    output.say(platform.identity().arn)
