"""``herogate maintenance …``: a page in front of an app."""

from __future__ import annotations

from herogate.cli import options, output, progress
from herogate.cli.help import command
from herogate.cli.options import Target


@command("maintenance", examples=["maintenance"])
@options.with_app
def index(target: Target) -> None:
    """display the current maintenance status of an app"""
    output.say("on" if target.platform.maintenance.is_on(target.app) else "off")


@command("maintenance:on", examples=["maintenance:on"])
@options.with_app
def on(target: Target) -> None:
    """put the app into maintenance mode

    The world sees a page with status 503. Processes go on running, and deploys go on.
    """
    with progress.action(f"Enabling maintenance mode for {output.app(target.app)}"):
        target.platform.maintenance.enable(target.app)


@command("maintenance:off", examples=["maintenance:off"])
@options.with_app
def off(target: Target) -> None:
    """take the app out of maintenance mode"""
    with progress.action(f"Disabling maintenance mode for {output.app(target.app)}"):
        target.platform.maintenance.disable(target.app)
