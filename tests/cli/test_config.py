"""`config` in Heroku's forms, and how the commands that operate an app refuse."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from command_line import Said, run_herogate, shell
from local_cloud import LocalCloud
from regions import region_with_a_space, signed_in

from herogate.cli import output

REGION = "eu-west-3"
APP = "vars"

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def environment(
    cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, str]]:
    """A shell in a region where an app is that was never pushed to."""
    home = tmp_path_factory.mktemp("home")
    with region_with_a_space(cloud, REGION) as platform:
        with signed_in(cloud):
            platform.apps.create(APP).wait()
        yield {**shell(cloud, home, REGION), "HEROGATE_APP": APP}


def herogate(environment: Mapping[str, str], *words: str, app: str = APP) -> Said:
    told = {**environment, "HEROGATE_APP": app}
    return run_herogate(*words, folder=Path(environment["HOME"]), environment=told)


def test_values_are_quoted_as_heroku_quotes_them(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    output.dotenv(
        {
            "BARE": "production",
            "EMPTY": "",
            "FOO": "bar baz",
            "MULTI": "line1\nline2",
            "SECRET": "abc$123'x",
            "WINDOWS": "C:\\x",
        }
    )
    assert capfdbinary.readouterr().out == (
        b"BARE=production\n"
        b"EMPTY=\n"
        b"FOO='bar baz'\n"
        b'MULTI="line1\\nline2"\n'
        b'SECRET="abc\\$123\'x"\n'
        b'WINDOWS="C:\\\\x"\n'
    )


def test_config_vars_stand_aligned_the_empty_ones_too(capsys: Captured) -> None:
    output.variables({"A": "1", "LONGER": ""})
    assert capsys.readouterr().out == "A:      1\nLONGER:\n"


@pytest.mark.e2e
def test_config_vars_are_set_shown_and_unset(environment: Mapping[str, str]) -> None:
    said = [
        herogate(environment, *words.split(" "))
        for words in (
            "config",
            "config:set FOO=bar GREETING=a=b EMPTY=",
            "config",
            "config:get FOO NOPE",
            "config:get GREETING NOPE -s",
            "config:unset FOO EMPTY",
            "config --json",
        )
    ]
    assert said == [
        Said(out=f"{APP} has no config vars.\n", err="", code=0),
        Said(
            out="FOO:      bar\nGREETING: a=b\nEMPTY:\n",
            err=f"Setting FOO, GREETING, EMPTY and restarting {APP}... done, v1\n",
            code=0,
        ),
        Said(
            out=f"=== {APP} Config Vars\n\nFOO:      bar\nGREETING: a=b\nEMPTY:\n", err="", code=0
        ),
        Said(out="bar\n\n", err="", code=0),
        Said(out="GREETING='a=b'\nNOPE=\n", err="", code=0),
        Said(out="", err=f"Unsetting FOO, EMPTY and restarting {APP}... done, v2\n", code=0),
        Said(out='{\n  "GREETING": "a=b"\n}\n', err="", code=0),
    ]


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("words", "error", "code"),
    [
        ("config:set FOO", "FOO is invalid. Must be in the format FOO=bar.", 1),
        ("config:set", "Must specify KEY and VALUE to set.", 1),
        ("config:set 1A=b", "1A is no name for a config var.", 2),
        ("config:unset", "Must specify KEY to unset.", 1),
        ("ps:scale web=3", "Couldn't find that process type (web).", 2),
        ("ps:scale web", "web is no way to scale.", 2),
        ("ps:type huge", "There is no size huge.", 2),
        ("ps:restart", f"{APP} has no processes: nothing was released yet.", 2),
        ("ps:stop web.1", "Couldn't find that process.", 2),
        ("ps:stop", "Must specify a process or a process type to stop.", 1),
        ("ps:restart web -p web", "Name one process, or one process type.", 2),
        ("releases:rollback v9", "Couldn't find that release.", 2),
        (
            "releases:rollback vx",
            "Invalid value for 'RELEASE': 'vx' is not the number of a release.",
            2,
        ),
    ],
)
def test_what_cannot_be_done_is_refused(
    environment: Mapping[str, str], words: str, error: str, code: int
) -> None:
    said = herogate(environment, *words.split())
    told = [line for line in said.err.splitlines() if "Error:" in line]
    assert (said.out, told, said.code) == ("", [f" ›   Error: {error}"], code)


@pytest.mark.e2e
@pytest.mark.parametrize(
    "words",
    [
        "config",
        "config:get A",
        "config:set A=1",
        "config:unset A",
        "ps:scale",
        "ps:scale web=1",
        "ps:type",
        "ps:restart",
        "ps:stop web.1",
        "ps:wait",
        "releases:rollback",
        "maintenance",
        "maintenance:on",
        "maintenance:off",
    ],
)
def test_of_an_app_that_is_not_there_nothing_is_said_but_that(
    environment: Mapping[str, str], words: str
) -> None:
    said = herogate(environment, *words.split(), app="nobodys")
    told = [line for line in said.err.splitlines() if "Error:" in line]
    assert (said.out, told, said.code) == ("", [" ›   Error: Couldn't find that app."], 2)


@pytest.mark.e2e
def test_a_value_from_stdin_is_taken_whole_and_not_shown(environment: Mapping[str, str]) -> None:
    said = herogate(environment, "config:set", "--stdin", "KEY", "OTHER=1")
    assert (said.out, said.code) == ("OTHER: 1\n", 0)
    assert herogate(environment, "config:get", "KEY").out == "\n"


@pytest.mark.e2e
def test_maintenance_is_switched_on_and_off(environment: Mapping[str, str]) -> None:
    said = [
        herogate(environment, *words)
        for words in (["maintenance:on"], ["maintenance"], ["maintenance:off"], ["maintenance"])
    ]
    assert said == [
        Said(out="", err=f"Enabling maintenance mode for {APP}... done\n", code=0),
        Said(out="on\n", err="", code=0),
        Said(out="", err=f"Disabling maintenance mode for {APP}... done\n", code=0),
        Said(out="off\n", err="", code=0),
    ]
