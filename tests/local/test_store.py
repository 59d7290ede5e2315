"""The store of documents: what is committed stays, what is not goes."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from herogate.local.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "cloud.db")
    yield opened
    opened.close()


def test_documents_are_found_by_kind_and_key_and_listed_by_prefix(store: Store) -> None:
    store.put("stack", "us-east-1/b", {"n": 2})
    store.put("stack", "us-east-1/a", {"n": 1})
    store.put("stack", "eu-west-1/a", {"n": 3})
    store.put("event", "us-east-1/a", {"n": 4})
    assert store.get("stack", "us-east-1/a") == {"n": 1}
    assert store.get("stack", "us-east-1/c") is None
    assert list(store.all("stack", "us-east-1/")) == [
        ("us-east-1/a", {"n": 1}),
        ("us-east-1/b", {"n": 2}),
    ]


def test_a_prefix_is_taken_literally(store: Store) -> None:
    store.put("stack", "a_b", {})
    store.put("stack", "axb", {})
    assert [key for key, _ in store.all("stack", "a_")] == ["a_b"]


def test_only_what_was_committed_is_there_after_a_crash(tmp_path: Path) -> None:
    first = Store(tmp_path / "cloud.db")
    first.put("stack", "a", {"n": 1})
    first.commit("moto 1", b"state")
    first.put("stack", "a", {"n": 2})
    first.delete("stack", "b")
    assert first.changed
    first.close()
    second = Store(tmp_path / "cloud.db")
    assert second.get("stack", "a") == {"n": 1}
    assert second.snapshot() == ("moto 1", b"state")
    assert not second.changed
    second.close()


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    """As on a full disk: no file of this process grows beyond `size` bytes."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


def test_what_could_not_be_written_is_there_once_there_is_room_again(tmp_path: Path) -> None:
    first = Store(tmp_path / "cloud.db")
    first.put("stack", "old", {"n": 0})
    first.commit("moto 1", b"before")
    first.put("stack", "a", {"n": 1})
    first.delete("stack", "old")
    with files_at_most(200_000), pytest.raises(sqlite3.Error):
        first.commit("moto 1", bytes(1_000_000))
    assert first.get("stack", "a") == {"n": 1}
    first.put("stack", "b", {"n": 2})
    first.commit("moto 1", b"after")
    first.close()
    second = Store(tmp_path / "cloud.db")
    assert list(second.all("stack")) == [("a", {"n": 1}), ("b", {"n": 2})]
    assert second.snapshot() == ("moto 1", b"after")
    second.close()
