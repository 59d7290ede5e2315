"""The archive's tables, row by row: which number a group and a stream have, and how they come and go."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from herogate.local.planes.logs.events import Group

_SCHEMA = """
CREATE TABLE IF NOT EXISTS groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT, region TEXT NOT NULL, name TEXT NOT NULL,
    created INTEGER NOT NULL, UNIQUE (region, name)
);
CREATE TABLE IF NOT EXISTS streams (
    id INTEGER PRIMARY KEY AUTOINCREMENT, log_group INTEGER NOT NULL, name TEXT NOT NULL,
    created INTEGER NOT NULL, last_ingestion INTEGER, bytes INTEGER NOT NULL DEFAULT 0,
    UNIQUE (log_group, name)
);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, log_group INTEGER NOT NULL, stream INTEGER NOT NULL,
    timestamp INTEGER NOT NULL, ingested INTEGER NOT NULL, message TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS events_of_group ON events (log_group, timestamp);
CREATE INDEX IF NOT EXISTS events_of_stream ON events (stream, timestamp);
CREATE TABLE IF NOT EXISTS swept (stream INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS encryption (
    id INTEGER PRIMARY KEY, log_group INTEGER NOT NULL, after_event INTEGER NOT NULL, key TEXT
);
"""


def writer(path: Path) -> sqlite3.Connection:
    """A connection that may change the file, made with its tables if it is not there."""
    path.touch(mode=0o600)  # SQLite gives its other files the same mode
    database = reader(path)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
    database.executescript(_SCHEMA)
    return database


def reader(path: Path) -> sqlite3.Connection:
    """A connection to look with, while another one changes the file."""
    return sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)


def group_number(database: sqlite3.Connection, group: Group) -> int | None:
    """The number of a group; None if nothing is kept of it."""
    found = database.execute(
        "SELECT id FROM groups WHERE region = ? AND name = ? AND created = ?",
        (group.region, group.name, group.created),
    ).fetchone()
    return None if found is None else int(found[0])


def ensured_group(database: sqlite3.Connection, group: Group) -> int:
    """The number of a group, noted if it has none; what an earlier namesake left is forgotten."""
    number = group_number(database, group)
    if number is not None:
        return number
    forget_namesake(database, group.region, group.name)
    cursor = database.execute(
        "INSERT INTO groups (region, name, created) VALUES (?, ?, ?)",
        (group.region, group.name, group.created),
    )
    number = int(cursor.lastrowid or 0)
    note_key(database, number, group.kms_key)
    return number


def note_key(database: sqlite3.Connection, group: int, key: str | None) -> None:
    """Note that what comes to a group from now on is under a key."""
    changes = encryption(database, group)
    if key != (changes[-1][1] if changes else None):
        database.execute(
            "INSERT INTO encryption (log_group, after_event, key)"
            " SELECT ?, coalesce(max(id), 0), ? FROM events",
            (group, key),
        )


def encryption(database: sqlite3.Connection, group: int | None) -> list[tuple[int, str | None]]:
    """After which event a group got which key, oldest first."""
    return database.execute(
        "SELECT after_event, key FROM encryption WHERE log_group = ? ORDER BY id", (group,)
    ).fetchall()


def stream_number(database: sqlite3.Connection, group: int, name: str) -> int | None:
    """The number of a stream; None if it is not there."""
    found = database.execute(
        "SELECT id FROM streams WHERE log_group = ? AND name = ?", (group, name)
    ).fetchone()
    return None if found is None else int(found[0])


def create_stream(database: sqlite3.Connection, group: int, name: str, now: int) -> int:
    """Make a stream; its number."""
    cursor = database.execute(
        "INSERT INTO streams (log_group, name, created) VALUES (?, ?, ?)", (group, name, now)
    )
    return int(cursor.lastrowid or 0)


def forget_namesake(database: sqlite3.Connection, region: str, name: str) -> None:
    """Forget whatever group has this name."""
    found = database.execute(
        "SELECT id FROM groups WHERE region = ? AND name = ?", (region, name)
    ).fetchone()
    if found is not None:
        forget_group(database, found[0])


def forget_group(database: sqlite3.Connection, number: int) -> None:
    """Forget a group and its streams."""
    streams = database.execute("SELECT id FROM streams WHERE log_group = ?", (number,)).fetchall()
    forget_streams(database, [stream for (stream,) in streams])
    database.execute("DELETE FROM encryption WHERE log_group = ?", (number,))
    database.execute("DELETE FROM groups WHERE id = ?", (number,))


def forget_streams(database: sqlite3.Connection, streams: Iterable[int]) -> None:
    """Forget streams; their events are nobody's, and swept later."""
    numbers = [(stream,) for stream in streams]
    database.executemany("INSERT INTO swept VALUES (?)", numbers)
    database.executemany("DELETE FROM streams WHERE id = ?", numbers)
