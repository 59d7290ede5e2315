"""Repositories are found by name, and git's password is shown to nobody."""

from __future__ import annotations

import boto3

from herogate.aws.codecommit import Repositories
from herogate.aws.session import Session

URL = "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/shop"


def test_a_repository_tells_its_clone_url_and_one_that_is_not_there_none(session: Session) -> None:
    boto3.client("codecommit", region_name=session.region).create_repository(repositoryName="shop")

    assert Repositories(session).clone_url("shop") == URL
    assert Repositories(session).clone_url("other") is None


def test_a_password_is_not_shown_when_it_is_printed(session: Session) -> None:
    password = Repositories(session).password(URL)

    assert password.password not in repr(password)
    assert password.user in repr(password)
