"""git's password at CodeCommit, as AWS's own credential helper makes it."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from command_line import SCRIPTS

from herogate.local.identity import Credentials
from herogate.local.planes.git.signature import Proof, proof, signed_region

KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SESSION = "IQoJb3JpZ2luX2VjEXAMPLE="


def helped(token: str | None) -> Proof:
    """What ``aws codecommit credential-helper`` says for a repository in Paris."""
    said = subprocess.run(
        [SCRIPTS / "aws", "codecommit", "credential-helper", "get"],
        input="protocol=https\nhost=git-codecommit.eu-west-3.amazonaws.com\npath=v1/repos/shop\n",
        env={
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            **({} if token is None else {"AWS_SESSION_TOKEN": token}),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    fields = dict(line.split("=", 1) for line in said.stdout.splitlines())
    found = proof(fields["username"], fields["password"])
    assert found is not None
    return found


@pytest.fixture(scope="module", params=[None, SESSION], ids=["user", "session"])
def shown(request: pytest.FixtureRequest) -> Proof:
    return helped(request.param)


def region_of(shown: Proof, credentials: Credentials, path: str = "/v1/repos/shop") -> str | None:
    return signed_region(
        shown,
        credentials,
        hosts=["localhost", "git-codecommit.eu-west-3.amazonaws.com"],
        paths=[path],
        regions=["us-east-1", "eu-west-3"],
    )


def credentials(shown: Proof, secret: str = SECRET) -> Credentials:
    return Credentials(
        access_key_id=KEY, secret_access_key=secret, session_token=shown.session_token
    )


def test_what_the_credential_helper_signs_tells_the_region(shown: Proof) -> None:
    assert shown.access_key_id == KEY
    assert shown.is_timely(datetime.now(UTC))
    assert region_of(shown, credentials(shown)) == "eu-west-3"


def test_another_secret_path_or_session_does_not_fit(shown: Proof) -> None:
    other = Credentials(access_key_id=KEY, secret_access_key=SECRET, session_token="other")

    assert region_of(shown, credentials(shown, "other")) is None
    assert region_of(shown, credentials(shown), "/v1/repos/shopping") is None
    assert region_of(shown, other) is None


def test_a_signature_is_good_for_a_quarter_of_an_hour(shown: Proof) -> None:
    now = datetime.now(UTC)

    assert shown.is_timely(now + timedelta(minutes=14))
    assert not shown.is_timely(now + timedelta(minutes=16))
    assert not shown.is_timely(now - timedelta(minutes=16))


@pytest.mark.parametrize("password", ["", "secret", "20261122T000000Zabc", "x" * 80])
def test_a_password_that_is_no_signature_is_none(password: str) -> None:
    assert proof("ada", password) is None
