"""``herogate local …``: the cloud on this machine. The only room of the CLI that knows of it."""

from __future__ import annotations

import importlib.util
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click

from herogate.cli import output, progress
from herogate.cli.help import command
from herogate.errors import HerogateError, InvalidRequest
from herogate.local import lifecycle
from herogate.local.directory import Directory, default_directory
from herogate.local.log import follow, tail
from herogate.local.runtimes.choice import AUTO, CHOICES

_ANOTHER_DIRECTORY = "Set HEROGATE_LOCAL_DIR to a directory that you can write to."
_NOT_RUNNING = 3  # as service managers' status commands exit


@command("local:start", examples=["local start", "local start --runtime docker"])
@click.option(
    "--port", type=click.IntRange(1, 65535), help="port of the API; the last one, or a free one"
)
@click.option("--region", default="us-east-1", help="region of the profile")
@click.option("--trust-host", multiple=True, help="host name of a reverse proxy in front of it")
@click.option(
    "--runtime",
    type=click.Choice(CHOICES),
    default=AUTO,
    help="what builds and runs apps; auto: the last one, else docker where an engine answers",
)
def start(port: int | None, region: str, trust_host: tuple[str, ...], runtime: str) -> None:
    """start the local cloud

    It speaks the AWS API on a port of this machine and keeps its state between starts. The address goes
    to standard output; `eval "$(herogate local env)"` leads herogate, boto3 and the aws command to it.
    """
    _require_installed()
    directory = _directory()
    with _said(), progress.action("Starting the local cloud"):
        last = directory.last_runtime()
        running = lifecycle.start(
            directory, port=port or 0, region=region, trusted_hosts=trust_host, runtime=runtime
        )
    if not running.started:
        output.warn(_already_running(running, runtime))
    elif last not in {None, running.runtime}:
        output.warn(
            f"Its runtime was {last} and is {running.runtime}. What was built for {last} does not run "
            "in it: push a new commit of those apps (an empty one will do), or start it with the "
            "runtime it had."
        )
    output.say(running.endpoint_url)
    output.talk('To use it in this shell: eval "$(herogate local env)"')


@command("local:stop", examples=["local stop"])
def stop() -> None:
    """stop the local cloud

    Its state stays, and the next start has it again.
    """
    directory = _directory()
    with _said(), progress.action("Stopping the local cloud"):
        stopped = lifecycle.stop(directory)
    if not stopped:
        output.warn("It did not run.")


@command("local:status", examples=["local status", "local status --json"])
@click.option("-j", "--json", "as_json", is_flag=True, help="output in json format")
def status(as_json: bool) -> None:
    """show whether the local cloud runs, and where (exit 3 if it does not)"""
    directory = _directory()
    with _said():
        running = lifecycle.running(directory)
    told = directory.status() if running else {}
    if as_json:
        output.document({"running": running is not None, "directory": str(directory.path), **told})
    else:
        output.pairs(_status_lines(directory, told))
    click.get_current_context().exit(0 if running else _NOT_RUNNING)


@command("local:env", examples=["local env", "local env --json"])
@click.option("-j", "--json", "as_json", is_flag=True, help="output in json format")
def env(as_json: bool) -> None:
    """print the variables that lead AWS clients to the local cloud

    For a shell: eval "$(herogate local env)". They name a profile in files of the cloud's own; yours in
    ~/.aws are left alone.
    """
    variables = lifecycle.environment(_made_directory())
    if as_json:
        output.document(dict(variables))
        return
    for name, value in variables.items():
        if value is not None:
            output.say(f"export {name}={shlex.quote(value)}")
    output.say(" ".join(["unset", *(name for name, value in variables.items() if value is None)]))


@command("local:logs", examples=["local logs", "local logs --tail"])
@click.option(
    "-n", "--num", type=click.IntRange(1), default=100, help="number of lines, 100 if not given"
)
@click.option("-t", "--tail", "tailing", is_flag=True, help="continually stream")
def logs(num: int, tailing: bool) -> None:
    """show the local cloud's own log: who called which operation, and what became of it"""
    directory = _made_directory()
    for line in tail(directory.log, num):
        output.say(line)
    if tailing:
        for line in follow(directory.log):
            output.say(line)


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except lifecycle.LocalCloudError as error:
        hint = _ANOTHER_DIRECTORY if isinstance(error.__cause__, OSError) else None
        raise HerogateError(str(error), hint) from error
    except OSError as error:
        if error.filename is None:
            raise
        raise HerogateError(f"{error.filename}: {error.strerror}.", _ANOTHER_DIRECTORY) from error


def _directory() -> Directory:
    try:
        return Directory(default_directory(os.environ))
    except RuntimeError as error:
        raise HerogateError("There is no home directory.", _ANOTHER_DIRECTORY) from error


def _made_directory() -> Directory:
    """The directory, in which a cloud must have been started once."""
    directory = _directory()
    with _said():
        if not directory.aws_credentials.exists():
            raise HerogateError(
                "There is no local cloud yet.", "Start it with `herogate local start`."
            )
    return directory


def _already_running(running: lifecycle.Running, asked: str) -> str:
    told = (
        f"It already runs (process {running.pid}, runtime {running.runtime}); nothing was changed."
    )
    if asked in {AUTO, running.runtime}:
        return told
    return f"{told} To have it in {asked}, stop it first: `herogate local stop`."


def _require_installed() -> None:
    for module in ("moto", "aiohttp", "cloudpickle", "cfnlint"):
        if importlib.util.find_spec(module) is None:
            raise InvalidRequest(
                f"The local cloud is not installed: {module} is missing.",
                "Install it with: pip install 'herogate[local]'",
            )


def _status_lines(directory: Directory, told: dict[str, Any]) -> dict[str, str | None]:
    if not told:
        return {"Local cloud": "not running", "Directory": str(directory.path)}
    balancer = told["load_balancer"]
    started = datetime.fromtimestamp(told["started_at"], tz=UTC)
    return {
        "Local cloud": "running",
        "Endpoint": told["endpoint_url"],
        "Process": str(told["pid"]),
        "Runtime": _runtime_line(told["runtime"]),
        "Started": output.moment(started),
        "Router": str(balancer["pid"]),
        "Ports": ", ".join(str(port) for port in balancer["ports"]) or "none open",
        "Failed ports": ", ".join(
            f"{port} ({reason})" for port, reason in balancer["failed"].items()
        ),
        "Directory": str(directory.path),
    }


def _runtime_line(told: dict[str, str]) -> str:
    """``process``, or ``docker 27.5.1 at unix:///var/run/docker.sock``."""
    name, *further = told.values()
    return " ".join([name, " at ".join(further)]).strip()
