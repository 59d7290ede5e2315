"""Login tokens: whose they are, and until when they are good."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from herogate.local.planes.registry.access import TOKEN_KIND, Access, Refused
from herogate.local.store import Store

CALLER = "arn:aws:iam::123456789012:user/developer"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "documents")
    yield made
    made.close()


def header(password: str, user: str = "AWS") -> str:
    """What a client sends."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def test_a_token_is_good_for_whom_it_was_given_to(store: Store) -> None:
    access = Access(store)
    password, _ = access.grant(CALLER)
    assert access.caller(header(password)) == CALLER
    for wrong in (header("wrong"), header(password, user="root"), f"Bearer {password}", ""):
        with pytest.raises(Refused) as refused:
            access.caller(wrong)
        assert not refused.value.is_expired


def test_a_token_whose_time_is_over_is_told_from_one_that_never_was(store: Store) -> None:
    access = Access(store)
    password, _ = access.grant(CALLER)
    ((key, token),) = store.all(TOKEN_KIND)
    store.put(TOKEN_KIND, key, {**token, "expiresAt": 0})
    with pytest.raises(Refused) as refused:
        access.caller(header(password))
    assert refused.value.is_expired
    access.grant(CALLER)
    assert [kept for kept, _ in store.all(TOKEN_KIND)] != [key]
