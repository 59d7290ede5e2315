"""`herogate local …`: which runtime a local cloud has, and what is said of it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from command_line import Herogate
from docker_engines import need_engine
from local_cloud import LocalCloud

from herogate.local import lifecycle
from herogate.local.directory import Directory

NO_ENGINE = "unix:///no/such/docker.sock"


def plain(text: str) -> str:
    """What is said, without the marks and breaks of the terminal's lines."""
    return re.sub(r"\s+", " ", text.replace(" \u203a", ""))


def test_without_docker_the_runtime_is_process_and_docker_is_refused(
    herogate: Herogate, directory: Directory
) -> None:
    place = {"HEROGATE_LOCAL_DIR": str(directory.path), "DOCKER_HOST": NO_ENGINE}
    refused = herogate("local", "start", "--runtime", "docker", **place)
    assert refused.code == 1
    assert plain(refused.err).endswith(
        "There is no docker engine: /no/such/docker.sock does not answer: No such file or directory. "
        "Start docker. "
    )

    assert herogate("local", "start", **place).code == 0
    assert "Runtime:     process\n" in herogate("local", "status", **place).out
    told = json.loads(herogate("local", "status", "--json", **place).out)
    assert told["runtime"] == {"name": "process"}
    again = herogate("local", "start", "--runtime", "process", **place)
    assert f"It already runs (process {told['pid']}, runtime process); nothing" in plain(again.err)
    other = plain(herogate("local", "start", "--runtime", "docker", **place).err)
    assert "To have it in docker, stop it first: `herogate local stop`. " in other

    assert herogate("local", "stop", **place).err == "Stopping the local cloud... done\n"
    assert herogate("local", "status", **place).code == 3
    assert plain(herogate("local", "stop", **place).err).endswith("Warning: It did not run. ")


def test_what_is_no_runtime_is_refused(herogate: Herogate, tmp_path: Path) -> None:
    said = herogate("local", "start", "--runtime", "podman", HEROGATE_LOCAL_DIR=str(tmp_path / "c"))
    assert "'podman' is not one of 'auto', 'process', 'docker'" in plain(said.err)


@pytest.mark.docker
def test_with_docker_the_runtime_is_docker_until_another_is_asked_for(
    herogate: Herogate, directory: Directory
) -> None:
    need_engine()
    engine = {name: value for name, value in os.environ.items() if name == "DOCKER_HOST"}
    place = {"HEROGATE_LOCAL_DIR": str(directory.path)}
    assert herogate("local", "start", **place, **engine).err.startswith("Starting the local cloud")
    shown = herogate("local", "status", **place).out
    assert re.search(r"^Runtime: +docker \d+\.\d+\S* at unix:///\S+$", shown, re.MULTILINE)
    lifecycle.stop(directory)

    missing = herogate("local", "start", **place, DOCKER_HOST=NO_ENGINE)
    assert missing.code == 1
    assert "This cloud ran in docker last, and there is no engine: " in plain(missing.err)
    switched = herogate("local", "start", "--runtime", "process", **place, DOCKER_HOST=NO_ENGINE)
    assert (
        "Warning: Its runtime was docker and is process. What was built for docker does not run in it: "
        "push a new commit of those apps (an empty one will do), or start it with the runtime it had. "
    ) in plain(switched.err)
    lifecycle.stop(directory)
    assert "Warning" not in herogate("local", "start", **place, **engine).err
    assert "Runtime:     process\n" in herogate("local", "status", **place).out


def test_the_variables_of_a_shell_lead_to_the_cloud(herogate: Herogate, cloud: LocalCloud) -> None:
    place = {"HEROGATE_LOCAL_DIR": str(cloud.directory.path)}
    told = json.loads(herogate("local:env", "--json", **place).out)
    assert told["AWS_PROFILE"] == "herogate-local"
    shown = herogate("local:env", **place).out.splitlines()
    given = [name for name, value in told.items() if value is not None]
    assert [line.split("=")[0] for line in shown[:-1]] == [f"export {name}" for name in given]
    assert shown[-1].split() == ["unset", *(name for name in told if name not in given)]


def test_the_clouds_own_log_says_who_called_what(herogate: Herogate, cloud: LocalCloud) -> None:
    cloud.client("sts").get_caller_identity()
    said = herogate("local:logs", "-n", "1000", HEROGATE_LOCAL_DIR=str(cloud.directory.path))
    assert "GetCallerIdentity" in said.out
    assert (said.err, said.code) == ("", 0)
    last = herogate("local", "logs", "-n", "1", HEROGATE_LOCAL_DIR=str(cloud.directory.path))
    assert len(last.out.splitlines()) == 1
