"""The local cloud's own documents: what its planes know and moto does not.

A table of JSON documents by (kind, key) in SQLite. Everything written since the last `commit` is one
transaction, committed together with moto's snapshot by ``checkpoint.py``: after a kill, both are of
the same moment. Not for data planes' bulk (blobs, logs): those get files of their own.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS snapshot (
    id INTEGER PRIMARY KEY CHECK (id = 1), stamp TEXT NOT NULL, body BLOB NOT NULL
);
"""

_LAST = "\U0010ffff"
"""Behind every character that a key has: what begins with a prefix stands together, and is found so."""


class Store:
    """Documents and moto's snapshot in one database file. Safe to use from any thread."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        path.touch(mode=0o600)  # SQLite gives its other files the same mode
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
        self._database.executescript(_SCHEMA)
        self._pending: dict[tuple[str, str], str | None] = {}
        self._database.execute("BEGIN")

    def put(self, kind: str, key: str, document: Mapping[str, Any]) -> None:
        """Write a document, replacing the one of the same kind and key."""
        self._write(kind, key, json.dumps(document))

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        """The document of this kind and key, or None."""
        with self._lock:
            row = self._database.execute(
                "SELECT body FROM documents WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def delete(self, kind: str, key: str) -> None:
        """Remove a document; one that is not there is no error."""
        self._write(kind, key, None)

    def all(self, kind: str, prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        """All (key, document) of a kind whose key begins with `prefix`, in the keys' order."""
        with self._lock:
            rows = self._database.execute(
                "SELECT key, body FROM documents WHERE kind = ? AND key >= ? AND key < ? ORDER BY key",
                (kind, prefix, prefix + _LAST),
            ).fetchall()
        for key, body in rows:
            yield key, json.loads(body)

    @property
    def changed(self) -> bool:
        """Whether documents were written since the last commit."""
        return bool(self._pending)

    def commit(self, stamp: str, snapshot: bytes | None) -> None:
        """Make every write since the last commit durable, with moto's snapshot if it has changed.

        Raises:
            sqlite3.Error: it cannot be written now; nothing is lost, and it may be tried again.
        """
        with self._lock, self._kept_when_rolled_back():
            if snapshot is not None:
                self._database.execute(
                    "INSERT OR REPLACE INTO snapshot VALUES (1, ?, ?)", (stamp, snapshot)
                )
            self._database.execute("COMMIT")
            self._pending.clear()
            self._database.execute("BEGIN")

    def snapshot(self) -> tuple[str, bytes] | None:
        """The committed snapshot of moto's backends and the stamp it was written with."""
        with self._lock:
            row = self._database.execute("SELECT stamp, body FROM snapshot").fetchone()
        return None if row is None else (row[0], row[1])

    def close(self) -> None:
        """Close the database; what was not committed is dropped."""
        with self._lock:
            self._database.execute("ROLLBACK")
            self._database.close()

    def _write(self, kind: str, key: str, body: str | None) -> None:
        with self._lock, self._kept_when_rolled_back():
            self._pending[kind, key] = body
            self._apply(kind, key, body)

    def _apply(self, kind: str, key: str, body: str | None) -> None:
        if body is None:
            self._database.execute("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key))
        else:
            self._database.execute(
                "INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (kind, key, body)
            )

    @contextmanager
    def _kept_when_rolled_back(self) -> Iterator[None]:
        """SQLite ends a transaction that finds the disk full: what was in it is written into another."""
        try:
            yield
        except sqlite3.Error:
            if not self._database.in_transaction:
                self._database.execute("BEGIN")
                for (kind, key), body in self._pending.items():
                    self._apply(kind, key, body)
            raise
