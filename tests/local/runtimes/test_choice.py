"""Which runtime a cloud has."""

from __future__ import annotations

import pytest

from herogate.local.runtimes.choice import AUTO, RuntimeName, RuntimeUnavailable, choose

PROCESS, DOCKER = RuntimeName.PROCESS, RuntimeName.DOCKER
NO_ENGINE = "/var/run/docker.sock does not answer: no such file"


@pytest.mark.parametrize(
    ("asked", "last", "missing", "chosen"),
    [
        (AUTO, None, None, DOCKER),
        (AUTO, None, NO_ENGINE, PROCESS),
        (AUTO, PROCESS, None, PROCESS),
        (AUTO, PROCESS, NO_ENGINE, PROCESS),
        (AUTO, DOCKER, None, DOCKER),
        ("process", None, None, PROCESS),
        ("process", DOCKER, NO_ENGINE, PROCESS),
        ("docker", PROCESS, None, DOCKER),
    ],
)
def test_what_is_asked_for_counts_then_what_was_then_what_there_is(
    asked: str, last: RuntimeName | None, missing: str | None, chosen: RuntimeName
) -> None:
    assert choose(asked, last, missing) is chosen


def test_a_cloud_that_ran_in_docker_does_not_start_without_it() -> None:
    with pytest.raises(RuntimeUnavailable) as refusal:
        choose(AUTO, DOCKER, NO_ENGINE)
    assert str(refusal.value) == (
        f"This cloud ran in docker last, and there is no engine: {NO_ENGINE}. Start docker, or choose "
        "`--runtime process`: apps then need a new commit pushed, as they are built for a runtime."
    )


def test_docker_that_is_asked_for_must_be_there() -> None:
    with pytest.raises(RuntimeUnavailable) as refusal:
        choose("docker", None, NO_ENGINE)
    assert str(refusal.value) == f"There is no docker engine: {NO_ENGINE}. Start docker."
