"""What an image's words mean on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from herogate.local.runtimes.image_settings import ImageSettings, Unclear
from herogate.local.runtimes.process.layout import (
    Place,
    arguments,
    environment,
    working_directory,
)

PLACE = Place(directory=Path("/rooms/1"))


def image(**settings: Any) -> ImageSettings:
    return ImageSettings.read({"config": settings})


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/app", "/rooms/1/root/app"),
        ("/app/x y", "/rooms/1/root/app/x y"),
        ("/apple", "/apple"),
        ("/bin/sh", "/bin/sh"),
        ("app/x", "app/x"),
        ("", ""),
    ],
)
def test_what_is_under_app_is_the_images(path: str, here: str) -> None:
    assert PLACE.path(path) == here


@pytest.mark.parametrize(
    ("settings", "entry_point", "command", "words"),
    [
        ({"Cmd": ["run"]}, None, None, ("run",)),
        ({"Cmd": ["run"]}, None, ("other",), ("other",)),
        ({"Entrypoint": ["start"], "Cmd": ["run"]}, None, None, ("start", "run")),
        ({"Entrypoint": ["start"], "Cmd": ["run"]}, None, ("other",), ("start", "other")),
        ({"Entrypoint": ["start"], "Cmd": ["run"]}, ("own",), None, ("own",)),
        ({"Entrypoint": ["start"], "Cmd": ["run"]}, ("own",), ("other",), ("own", "other")),
        ({}, ("/bin/sh", "-c"), ("exec run",), ("/bin/sh", "-c", "exec run")),
        ({"Cmd": ["/app/run", "/app/x", "--at=/app/x"]}, None, None,
         ("/rooms/1/root/app/run", "/rooms/1/root/app/x", "--at=/app/x")),
    ],
)  # fmt: skip
def test_the_program_is_put_together_as_docker_does(
    settings: dict[str, Any],
    entry_point: tuple[str, ...] | None,
    command: tuple[str, ...] | None,
    words: tuple[str, ...],
) -> None:
    assert arguments(image(**settings), PLACE, entry_point=entry_point, command=command) == words


def test_nothing_to_run_is_told() -> None:
    with pytest.raises(Unclear, match="no command specified"):
        arguments(image(), PLACE, entry_point=None, command=None)


def test_the_environment_goes_from_the_weakest_to_the_strongest() -> None:
    made = environment(
        image(Env=["A=image", "B=image", "C=image", "PYTHONPATH=/app/lib:/app:/else", "EMPTY="]),
        PLACE,
        defaults={"A": "default", "D": "default"},
        own={"B": "own /app/x", "C": "own"},
        forced={"C": "forced"},
    )
    assert made == {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/rooms/1/home",
        "TMPDIR": "/rooms/1/tmp",
        "LANG": "C.UTF-8",
        "A": "image",
        "B": "own /app/x",
        "C": "forced",
        "D": "default",
        "EMPTY": "",
        "PYTHONPATH": "/rooms/1/root/app/lib:/rooms/1/root/app:/else",
    }


@pytest.mark.parametrize(
    ("settings", "wanted", "directory"),
    [
        ({}, None, "/rooms/1/root/app"),
        ({"WorkingDir": "/app/web"}, None, "/rooms/1/root/app/web"),
        ({"WorkingDir": "/app/web"}, "/tmp", "/tmp"),
    ],
)
def test_a_program_starts_where_the_container_or_the_image_says(
    settings: dict[str, Any], wanted: str | None, directory: str
) -> None:
    assert working_directory(image(**settings), PLACE, wanted) == Path(directory)


@pytest.mark.parametrize(
    "config",
    [
        {"config": [1]},
        {"config": {"Cmd": "run"}},
        {"config": {"Env": [1]}},
        {"config": {"User": 0.5}},
    ],
)
def test_a_configuration_that_is_none_is_told(config: dict[str, Any]) -> None:
    with pytest.raises(Unclear, match="the image's"):
        ImageSettings.read(config)
