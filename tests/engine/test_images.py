"""What an image says of itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from herogate.engine import images
from herogate.engine.images import ImageSettings
from herogate.errors import BuildFailed
from herogate.models import Architecture

NO_PORT = "The image EXPOSEs no port: web is to listen on $PORT, 8080."


@pytest.mark.parametrize(
    ("config", "ports", "has_command"),
    [
        ({"ExposedPorts": {"8000/tcp": {}}, "Cmd": ["a"]}, (8000,), True),
        ({"ExposedPorts": {"8000": {}, "53/udp": {}}, "Entrypoint": ["a"]}, (8000,), True),
        ({"ExposedPorts": {"9000/tcp": {}, "8000/tcp": {}}}, (8000, 9000), False),
        ({"ExposedPorts": None, "Cmd": None, "Entrypoint": []}, (), False),
        (None, (), False),
    ],
)
def test_ports_and_commands_are_read(
    config: Any, ports: tuple[int, ...], *, has_command: bool
) -> None:
    assert images.settings({"architecture": "amd64", "os": "linux", "config": config}) == (
        ImageSettings(architecture=Architecture.X86_64, ports=ports, has_command=has_command)
    )


def built(entry_point: str, told: object) -> dict[str, Any]:
    """The configuration of an image of which buildpacks tell something."""
    labels = {"io.buildpacks.build.metadata": told if isinstance(told, str) else json.dumps(told)}
    config = {"Entrypoint": [entry_point], "Labels": labels}
    return {"architecture": "amd64", "os": "linux", "config": config}


@pytest.mark.parametrize(
    ("entry_point", "told", "launcher", "process_types"),
    [
        (
            "/cnb/process/web",
            {"processes": [{"type": "web", "command": ["a"]}, {"type": "worker"}]},
            True,
            {"web": "/cnb/process/web", "worker": "/cnb/process/worker"},
        ),
        ("/cnb/lifecycle/launcher", {}, True, {}),
        ("/entrypoint.sh", {"processes": [{"type": "web"}]}, False, {}),
    ],
)
def test_what_buildpacks_made_is_started_by_what_sets_up_its_environment(
    entry_point: str, told: object, *, launcher: bool, process_types: dict[str, str]
) -> None:
    found = images.settings(built(entry_point, told))
    assert (found.launcher, found.process_types) == (launcher, process_types)


@pytest.mark.parametrize("told", ["{", [], {"processes": 1}, {"processes": [{}]}])
def test_what_buildpacks_say_and_nobody_can_read_is_refused(told: object) -> None:
    with pytest.raises(BuildFailed, match="What buildpacks say of the image's processes"):
        images.settings(built("/cnb/process/web", told))


@pytest.mark.parametrize(
    ("ports", "port", "notice"),
    [
        ((8000,), 8000, None),
        ((), None, NO_PORT),
        (
            (8000, 9000),
            None,
            "The image EXPOSEs several ports (8000, 9000): web is to listen on $PORT, 8080.",
        ),
    ],
)
def test_a_port_that_does_not_speak_for_itself_is_worth_a_word(
    ports: tuple[int, ...], port: int | None, notice: str | None
) -> None:
    found = ImageSettings(architecture=Architecture.ARM64, ports=ports)
    assert (found.port, found.port_notice) == (port, notice)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"architecture": "s390x"},
        {"architecture": "amd64", "os": "windows"},
        {"architecture": 1},
    ],
)
def test_an_image_for_a_machine_that_fargate_has_not_is_refused(document: Any) -> None:
    with pytest.raises(BuildFailed, match=r"processes run on linux/amd64 or linux/arm64\.$"):
        images.settings(document)
