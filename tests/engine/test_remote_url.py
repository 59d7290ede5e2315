"""An app's git URL, written and read."""

from __future__ import annotations

import pytest

from herogate.engine.remote_url import RemoteUrl
from herogate.errors import InvalidRequest


@pytest.mark.parametrize(
    ("url", "remote"),
    [
        ("herogate://us-east-1/my-shop", RemoteUrl(app="my-shop", region="us-east-1")),
        (
            "herogate://work@eu-west-1/my-shop",
            RemoteUrl(app="my-shop", region="eu-west-1", profile="work"),
        ),
        (
            "herogate://me%40work%2Fsso%20x@us-gov-west-1/a1b",
            RemoteUrl(app="a1b", region="us-gov-west-1", profile="me@work/sso x"),
        ),
    ],
)
def test_a_url_is_read_as_it_was_written(url: str, remote: RemoteUrl) -> None:
    assert (RemoteUrl.parse(url), str(remote)) == (remote, url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "herogate://",
        "herogate://us-east-1",
        "herogate://us-east-1/",
        "herogate://@us-east-1/my-shop",
        "herogate://us-east-1/my-shop/more",
        "herogate://US_EAST/my-shop",
        "https://example.com/my-shop",
        "herogate://us-east-1/my-shop\nx",
    ],
)
def test_what_is_no_apps_url_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        RemoteUrl.parse(url)
    assert refusal.value.message == f"{url} is not the git URL of an app."
