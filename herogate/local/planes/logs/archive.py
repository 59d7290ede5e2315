"""Streams and events in SQLite. Blocking; called from threads. SQL is known here and in ``tables.py``.

What is committed survives a kill of the process at once (a crash of the machine may lose the last
moments). Deleting is quick and sweeping comes later: a deleted stream's events stay, unseen, until then.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from herogate.local.planes.logs import tables
from herogate.local.planes.logs.encryption import Encryption
from herogate.local.planes.logs.events import (
    EVENT_OVERHEAD_BYTES,
    Batch,
    Event,
    Group,
    Position,
    Range,
    Stream,
)

_CHUNK = 10_000

_READ = """
SELECT events.id, streams.name, timestamp, ingested, message
FROM events INDEXED BY {index} CROSS JOIN streams ON streams.id = events.stream
WHERE events.{owner} = ? AND timestamp BETWEEN ? AND ?
AND (timestamp > ? OR events.id > ?) AND (timestamp < ? OR events.id < ?)
AND substr(streams.name, 1, ?) = ? AND (? OR streams.name IN (SELECT value FROM json_each(?)))
ORDER BY timestamp {order}, events.id {order}
"""


class StreamExists(Exception):
    """A stream of that name is there."""


class StreamAbsent(Exception):
    """No stream of that name is there."""


class Archive:
    """The database file, as its one writer and its one reader see it; each may be in a thread."""

    def __init__(self, path: Path) -> None:
        self._writing = tables.writer(path)
        self._reading = tables.reader(path)

    def close(self) -> None:
        """Close the file; nobody may be at work."""
        self._reading.close()
        self._writing.close()

    # --- groups ---

    def keep_only(self, groups: Collection[Group]) -> None:
        """Forget what belongs to groups that are no more, or are others of the same name."""
        known = {(group.region, group.name, group.created): group.kms_key for group in groups}
        with self._change() as database:
            for number, *group in database.execute(
                "SELECT id, region, name, created FROM groups"
            ).fetchall():
                if tuple(group) in known:
                    tables.note_key(database, number, known[tuple(group)])
                else:
                    tables.forget_group(database, number)

    def note_key(self, group: Group) -> None:
        """Note the key that what comes to a group from now on is under."""
        with self._change() as database:
            tables.note_key(database, tables.ensured_group(database, group), group.kms_key)

    def encryption(self, group: Group) -> Encryption:
        """The keys that a group has had."""
        number = tables.group_number(self._reading, group)
        return Encryption(changes=tuple(tables.encryption(self._reading, number)))

    def forget_group(self, region: str, name: str) -> None:
        """Forget a group's streams and events."""
        with self._change() as database:
            tables.forget_namesake(database, region, name)

    def stored_bytes(self, region: str) -> dict[str, int]:
        """What each group of a region that has streams holds, by its name."""
        return dict(
            self._reading.execute(
                "SELECT groups.name, sum(streams.bytes) FROM groups"
                " JOIN streams ON streams.log_group = groups.id"
                " WHERE region = ? GROUP BY groups.id",
                (region,),
            ).fetchall()
        )

    # --- streams ---

    def create_stream(self, group: Group, name: str, now: int) -> None:
        """Make a stream. Raises `StreamExists`."""
        with self._change() as database:
            number = tables.ensured_group(database, group)
            if tables.stream_number(database, number, name) is not None:
                raise StreamExists(name)
            tables.create_stream(database, number, name, now)

    def delete_stream(self, group: Group, name: str) -> None:
        """Remove a stream with its events. Raises `StreamAbsent`."""
        with self._change() as database:
            stream = tables.stream_number(database, tables.ensured_group(database, group), name)
            if stream is None:
                raise StreamAbsent(name)
            tables.forget_streams(database, [stream])

    def has_stream(self, group: Group, name: str) -> bool:
        """Whether a stream of that name is there."""
        number = tables.group_number(self._reading, group)
        return number is not None and tables.stream_number(self._reading, number, name) is not None

    def streams(self, group: Group, prefix: str = "") -> list[Stream]:
        """A group's streams whose names begin so, by name."""
        rows = self._reading.execute(
            "SELECT name, created,"
            " (SELECT min(timestamp) FROM events WHERE stream = streams.id),"
            " (SELECT max(timestamp) FROM events WHERE stream = streams.id),"
            " last_ingestion FROM streams"
            " WHERE substr(name, 1, ?) = ? AND log_group = ? ORDER BY name",
            (len(prefix), prefix, tables.group_number(self._reading, group)),
        ).fetchall()
        return [
            Stream(
                name=name,
                created=created,
                first_event=first,
                last_event=last,
                last_ingestion=ingested,
            )
            for name, created, first, last, ingested in rows
        ]

    # --- events ---

    def write(self, batches: Sequence[Batch]) -> Collection[int]:
        """Add events, all in one transaction; the places of the batches whose stream is not there."""
        absent = []
        with self._change() as database:
            for place, batch in enumerate(batches):
                group = tables.ensured_group(database, batch.group)
                stream = tables.stream_number(database, group, batch.stream)
                if stream is None and batch.create:
                    stream = tables.create_stream(database, group, batch.stream, batch.now)
                if stream is None:
                    absent.append(place)
                else:
                    _add(database, group, stream, batch)
        return absent

    def read(self, group: Group, wanted: Range, *, descending: bool) -> Iterator[Event]:
        """The events of a range by position, or the last ones first; read as they are taken."""
        index, owner = "events_of_group", "log_group"
        number = tables.group_number(self._reading, group)
        if wanted.streams is not None and len(wanted.streams) == 1 and number is not None:
            index, owner = "events_of_stream", "stream"
            number = tables.stream_number(self._reading, number, wanted.streams[0])
        query = _READ.format(index=index, owner=owner, order="DESC" if descending else "ASC")
        with closing(self._reading.execute(query, (number, *_values(wanted)))) as rows:
            for number, stream, timestamp, ingested, message in rows:
                yield Event(
                    position=Position(timestamp, number),
                    stream=stream,
                    ingested=ingested,
                    message=message,
                )

    # --- sweeping ---

    def expire(self, group: Group, before: int) -> int:
        """Remove some events of a group that are older than `before`; how many."""
        with self._change() as database:
            rows = database.execute(
                "DELETE FROM events WHERE id IN (SELECT id FROM events INDEXED BY events_of_group"
                " WHERE log_group = ? AND timestamp < ? LIMIT ?)"
                " RETURNING stream, length(CAST(message AS BLOB))",
                (tables.group_number(database, group), before, _CHUNK),
            ).fetchall()
            database.executemany(
                "UPDATE streams SET bytes = bytes - ? WHERE id = ?",
                [(size + EVENT_OVERHEAD_BYTES, stream) for stream, size in rows],
            )
        return len(rows)

    def sweep(self) -> bool:
        """Remove some events of streams that are no more; whether there may be others."""
        with self._change() as database:
            found = database.execute("SELECT stream FROM swept LIMIT 1").fetchone()
            if found is None:
                return False
            removed = database.execute(
                "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE stream = ? LIMIT ?)",
                (found[0], _CHUNK),
            ).rowcount
            if removed < _CHUNK:
                database.execute("DELETE FROM swept WHERE stream = ?", found)
        return True

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """One transaction; all or nothing."""
        self._writing.execute("BEGIN IMMEDIATE")
        try:
            yield self._writing
            self._writing.execute("COMMIT")
        except BaseException:
            if self._writing.in_transaction:
                self._writing.execute("ROLLBACK")
            raise


def _add(database: sqlite3.Connection, group: int, stream: int, batch: Batch) -> None:
    database.executemany(
        "INSERT INTO events (log_group, stream, timestamp, ingested, message) VALUES (?, ?, ?, ?, ?)",
        [(group, stream, timestamp, batch.now, message) for timestamp, message in batch.events],
    )
    size = sum(len(message.encode()) + EVENT_OVERHEAD_BYTES for _, message in batch.events)
    database.execute(
        "UPDATE streams SET last_ingestion = ?, bytes = bytes + ? WHERE id = ?",
        (batch.now, size, stream),
    )


def _values(wanted: Range) -> tuple[Any, ...]:
    """What stands for the question marks of `_READ`, but for the first."""
    return (
        max(wanted.start, wanted.after.timestamp),
        min(wanted.end, wanted.before.timestamp),
        *wanted.after,
        *wanted.before,
        len(wanted.prefix),
        wanted.prefix,
        wanted.streams is None,
        json.dumps(wanted.streams or ()),
    )
