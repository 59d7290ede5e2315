"""What EventBridge is told of a push."""

from __future__ import annotations

import pytest

from herogate.local.planes.git.changes import Change, changes, detail, first_branch

A, B = "a" * 40, "b" * 40


@pytest.mark.parametrize(
    ("told", "actual", "expected"),
    [
        ({}, {}, []),
        ({"refs/heads/main": A}, {"refs/heads/main": A}, []),
        ({}, {"refs/heads/main": A}, [Change(reference="refs/heads/main", old=None, new=A)]),
        (
            {"refs/heads/main": A},
            {"refs/heads/main": B},
            [Change(reference="refs/heads/main", old=A, new=B)],
        ),
        ({"refs/tags/v1": A}, {}, [Change(reference="refs/tags/v1", old=A, new=None)]),
        ({}, {"refs/notes/commits": A}, []),
        (
            {"refs/heads/gone": A},
            {"refs/heads/a": A, "refs/tags/b": B},
            [
                Change(reference="refs/heads/a", old=None, new=A),
                Change(reference="refs/heads/gone", old=A, new=None),
                Change(reference="refs/tags/b", old=None, new=B),
            ],
        ),
    ],
)
def test_what_is_told_is_the_difference_to_what_was_told_last(
    told: dict[str, str], actual: dict[str, str], expected: list[Change]
) -> None:
    assert changes(told, actual) == expected


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (None, B, {"event": "referenceCreated", "commitId": B}),
        (A, B, {"event": "referenceUpdated", "commitId": B, "oldCommitId": A}),
        (A, None, {"event": "referenceDeleted", "oldCommitId": A}),
    ],
)
def test_an_event_has_the_fields_that_aws_documents(
    old: str | None, new: str | None, told: dict[str, str]
) -> None:
    change = Change(reference="refs/heads/team/blue", old=old, new=new)

    assert detail(change, repository_name="shop", repository_id="1", caller_arn="arn:ada") == {
        "repositoryName": "shop",
        "repositoryId": "1",
        "referenceType": "branch",
        "referenceName": "team/blue",
        "referenceFullName": "refs/heads/team/blue",
        "callerUserArn": "arn:ada",
        **told,
    }


def test_a_tag_is_told_as_a_tag() -> None:
    change = Change(reference="refs/tags/v1", old=None, new=A)
    told = detail(change, repository_name="shop", repository_id="1", caller_arn="arn:ada")

    assert (told["referenceType"], told["referenceName"]) == ("tag", "v1")


@pytest.mark.parametrize(
    ("pushed", "default"),
    [
        ([], None),
        (["refs/tags/a"], None),
        (["refs/tags/a", "refs/heads/dev"], "dev"),
        (["refs/heads/dev", "refs/heads/master"], "master"),
        (["refs/heads/main", "refs/heads/master", "refs/heads/a"], "main"),
    ],
)
def test_the_default_branch_is_the_first_one_pushed(pushed: list[str], default: str | None) -> None:
    assert first_branch(dict.fromkeys(pushed, A)) == default
