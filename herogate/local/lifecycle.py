"""Starting and stopping the local cloud's processes, seen from the command that asks for it.

Cheap to import: the cloud itself is only ever imported by the control process.
"""

from __future__ import annotations

import http.client
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from herogate.local.directory import PROFILE, Directory, is_alive
from herogate.local.internet import around_proxies
from herogate.local.runtimes.choice import AUTO, RuntimeName

_START_SECONDS = 60
_STOP_SECONDS = 30
_POLL_SECONDS = 0.02


class LocalCloudError(Exception):
    """The local cloud could not be started or stopped; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A local cloud that answers.

    Attributes:
        started: false when it already ran.
        runtime: what runs its containers.
    """

    endpoint_url: str
    pid: int
    started: bool
    runtime: RuntimeName | None


def start(
    directory: Directory,
    *,
    port: int = 0,
    region: str = "us-east-1",
    trusted_hosts: Sequence[str] = (),
    runtime: str = AUTO,
) -> Running:
    """Start the control process and return when the API answers.

    Args:
        port: the API's port on 127.0.0.1; 0 takes the last one again if it is free, else a free one.
        region: the default region of the written profile.
        trusted_hosts: host names under which a reverse proxy may address this cloud.
        runtime: one of `CHOICES`.

    Raises:
        LocalCloudError: it did not come up; with the end of its log.
    """
    try:
        directory.make()
        command = _command(directory, port=port, region=region, trusted_hosts=trusted_hosts)
        command += ["--runtime", runtime]
        while True:
            found = running(directory) or _launch(directory, command)
            if found is not None:
                return found
    except OSError as error:
        raise LocalCloudError(f"{directory.path} cannot be used: {error.strerror}.") from error


def running(directory: Directory) -> Running | None:
    """The local cloud of this directory, once it answers; None when it does not run.

    One that is just coming up or going down is waited for, and so is a router that has to be replaced.

    Raises:
        LocalCloudError: it holds the directory and neither answers nor ends.
    """
    found: list[Running] = []

    def settled() -> bool:
        pid = directory.control_pid()
        status = directory.status()
        if (
            pid is not None
            and status.get("pid") == pid
            and is_alive(status["load_balancer"]["pid"])
            and _answers(status["endpoint_url"])
        ):
            found.append(
                Running(
                    endpoint_url=status["endpoint_url"],
                    pid=pid,
                    started=False,
                    runtime=directory.last_runtime(),
                )
            )
        return bool(found) or not directory.is_locked()

    _wait(settled, _START_SECONDS, f"its process in {directory.path} neither answers nor ends")
    return found[0] if found else None


def stop(directory: Directory) -> bool:
    """Stop the local cloud and wait until all of it has gone. False if none ran.

    Raises:
        LocalCloudError: it would not end.
    """
    pid = directory.control_pid()
    if pid is None:
        return False
    _signal(pid, signal.SIGTERM)
    try:
        _wait(lambda: not directory.is_locked(), _STOP_SECONDS, "")
    except LocalCloudError:
        _signal(pid, signal.SIGKILL)
        _wait(lambda: not directory.is_locked(), _STOP_SECONDS, f"process {pid} does not end")
    return True


def environment(directory: Directory) -> Mapping[str, str | None]:
    """The variables that lead boto3, the aws CLI and herogate to this cloud; None: to be unset."""
    return {
        "AWS_CONFIG_FILE": str(directory.aws_config),
        "AWS_SHARED_CREDENTIALS_FILE": str(directory.aws_credentials),
        "AWS_PROFILE": PROFILE,
        "AWS_ACCESS_KEY_ID": None,
        "AWS_SECRET_ACCESS_KEY": None,
        "AWS_SESSION_TOKEN": None,
        "AWS_ENDPOINT_URL": None,
        "AWS_REGION": None,
        "AWS_DEFAULT_REGION": None,
        **around_proxies(os.environ),
    }


def _command(
    directory: Directory, *, port: int, region: str, trusted_hosts: Sequence[str]
) -> list[str]:
    command = [sys.executable, "-m", "herogate.local", str(directory.path)]
    command += ["--port", str(port or _last_port(directory)), "--region", region]
    command += [] if port else ["--any-port"]
    for name in trusted_hosts:
        command += ["--trust-host", name]
    return command


def _launch(directory: Directory, command: list[str]) -> Running | None:
    """A control process that answers; None if another was started here at the same moment."""
    process, told = _begun(directory, command)
    answer = _first_words(directory, process, told)
    if "occupied" in answer:
        process.wait()
        return None
    if "error" in answer:
        process.wait()
        raise LocalCloudError(str(answer["error"]))
    process.returncode = 0  # it lives on; this object must not warn about it
    return Running(
        endpoint_url=str(answer["endpoint_url"]),
        pid=process.pid,
        started=True,
        runtime=directory.last_runtime(),
    )


def _begun(directory: Directory, command: list[str]) -> tuple[subprocess.Popen[bytes], int]:
    """A new control process, and the descriptor at which it says how its start went."""
    told, tell = os.pipe()
    with directory.open_log() as log:
        process = subprocess.Popen(
            [*command, "--ready-fd", str(tell)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(tell,),
            start_new_session=True,
            env=_clean_environment(),
        )
    os.close(tell)
    return process, told


def _first_words(
    directory: Directory, process: subprocess.Popen[bytes], told: int
) -> Mapping[str, Any]:
    """What a control process says of its start. Raises `LocalCloudError` if it says nothing."""
    try:
        with os.fdopen(told, "rb") as pipe:
            ready = _read_within(pipe, _START_SECONDS)
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise
    if ready is None:
        _signal(process.pid, signal.SIGKILL)
        process.wait()
        raise LocalCloudError(
            f"The local cloud did not come up in {_START_SECONDS} s; see {directory.log}."
        )
    if not ready:
        process.wait()
        raise LocalCloudError(_last_words(directory))
    answer: Mapping[str, Any] = json.loads(ready)
    return answer


def _read_within(pipe: Any, seconds: float) -> bytes | None:
    """One line, or b"" at the writer's death, or None when `seconds` have passed."""
    readable, _, _ = select.select([pipe], [], [], seconds)
    return pipe.readline() if readable else None


def _answers(endpoint_url: str) -> bool:
    """Whether a front door stands there: it says no to whoever does not sign."""
    address = urlsplit(endpoint_url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == HTTPStatus.FORBIDDEN
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _last_port(directory: Directory) -> int:
    endpoint_url = str(directory.status().get("endpoint_url", ""))
    return urlsplit(endpoint_url).port or 0


def _clean_environment() -> dict[str, str]:
    """The control process must not follow the user's own AWS settings anywhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}


def _last_words(directory: Directory) -> str:
    lines = (
        directory.log.read_text(errors="replace").splitlines()[-5:]
        if directory.log.exists()
        else []
    )
    return "The local cloud ended while it came up:\n" + "\n".join(lines)


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _wait(condition: Callable[[], bool], seconds: float, complaint: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise LocalCloudError(f"The local cloud: {complaint} within {seconds:.0f} s.")
        time.sleep(_POLL_SECONDS)
