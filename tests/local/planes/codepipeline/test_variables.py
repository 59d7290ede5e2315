"""Variables in configurations, and those that a start is given."""

from __future__ import annotations

import pytest

from herogate.local.errors import AwsError
from herogate.local.planes.codepipeline.variables import (
    UnresolvedVariable,
    of_execution,
    resolved,
)

SPACES = {"source": {"CommitId": "4b8", "CommitMessage": 'a "quote"'}, "variables": {"to": "live"}}


def test_references_are_replaced_as_plain_text() -> None:
    configuration = {
        "ProjectName": "build-#{variables.to}",
        "EnvironmentVariables": '[{"name": "M", "value": "#{source.CommitMessage}"}]',
        "Other": "#{not a reference} #{}",
    }

    assert resolved(configuration, SPACES) == {
        "ProjectName": "build-live",
        "EnvironmentVariables": '[{"name": "M", "value": "a "quote""}]',
        "Other": "#{not a reference} #{}",
    }


def test_a_reference_to_nothing_is_an_error() -> None:
    with pytest.raises(UnresolvedVariable, match=r"the variable #\{source.Author\}"):
        resolved({"A": "#{source.Author}"}, SPACES)


def test_values_come_from_the_start_or_from_defaults() -> None:
    declared = [{"name": "a", "defaultValue": "1"}, {"name": "b", "defaultValue": "2"}]

    assert of_execution(declared, [{"name": "b", "value": "3"}]) == {"a": "1", "b": "3"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "The variable 'a' has no default value and none was given"),
        (
            [{"name": "a", "value": "1"}, {"name": "z", "value": "1"}],
            "The variable 'z' is not declared in the pipeline",
        ),
    ],
)
def test_values_that_are_refused(given: list[dict[str, str]], message: str) -> None:
    with pytest.raises(AwsError) as caught:
        of_execution([{"name": "a"}], given)

    assert caught.value.message == message
