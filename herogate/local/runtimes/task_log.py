"""A container's output on its way to CloudWatch Logs: what docker's log driver ``awslogs`` does."""

from __future__ import annotations

import codecs
import logging
import time
from typing import TYPE_CHECKING

from herogate.local.authorization.policies import Demand
from herogate.local.errors import AwsError
from herogate.local.identity import Caller
from herogate.local.runtimes.containers import LogDestination

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

log = logging.getLogger("herogate.local.runtimes")

_EVENT_BYTES = 256 * 1024 - 26
"""The longest event that CloudWatch took when the driver was written; a longer line makes several."""

_Decoder = codecs.getincrementaldecoder("utf-8")


class Lines:
    """Cuts a stream of bytes into lines. Pure."""

    def __init__(self) -> None:
        self._begun = bytearray()

    def take(self, piece: bytes) -> list[str]:
        """The lines that this piece completes."""
        *whole, rest = piece.split(b"\n")
        lines: list[str] = []
        for line in whole:
            self._begun += line
            lines.extend(self._cut(0))
            lines.append(self._decoded())
        self._begun += rest
        lines.extend(self._cut(1))
        return lines

    def rest(self) -> list[str]:
        """The line that nothing completes any more."""
        return [self._decoded()] if self._begun else []

    def _cut(self, spare: int) -> list[str]:
        """Full events off the front of a line that is too long for one, which tear no character."""
        cut = []
        while len(self._begun) + spare > _EVENT_BYTES:
            decoder = _Decoder(errors="replace")
            cut.append(decoder.decode(self._begun[:_EVENT_BYTES]))
            torn, _ = decoder.getstate()
            del self._begun[: _EVENT_BYTES - len(torn)]
        return cut

    def _decoded(self) -> str:
        line = self._begun.decode(errors="replace")
        self._begun.clear()
        return line


class TaskLog:
    """Writes a container's lines to its log stream, with the time of their arrival."""

    def __init__(self, cloud: Cloud, destination: LogDestination) -> None:
        self._cloud = cloud
        self._to = destination
        self._lines = Lines()
        self._is_allowed = True

    async def open(self, role: Caller) -> None:
        """Make the log stream, and the group if that is wanted.

        Raises:
            AwsError: there is no such group, or it may not be made.
        """
        group, stream = {"logGroupName": self._to.group}, {"logStreamName": self._to.stream}
        if self._to.create_group:
            await self._make("CreateLogGroup", group, role)
        await self._make("CreateLogStream", {**group, **stream}, role)
        here = f"{self._to.region}:{self._cloud.account_id}:log-group:{self._to.group}"
        self._is_allowed = await self._cloud.authority.allows(
            role.arn,
            Demand(
                action="logs:PutLogEvents",
                resource=f"arn:aws:logs:{here}:log-stream:{self._to.stream}",
            ),
        )

    async def take(self, piece: bytes) -> None:
        """Write what has come; it is in the log when this returns."""
        await self._write(self._lines.take(piece))

    async def close(self) -> None:
        """Write the last line, which nothing ended."""
        await self._write(self._lines.rest())

    async def _make(self, operation: str, asked: dict[str, str], role: Caller) -> None:
        try:
            async with self._cloud.whole():
                await self._cloud.calls.ask(
                    "logs", operation, asked, region=self._to.region, caller=role
                )
        except AwsError as error:
            if error.code != "ResourceAlreadyExistsException":
                raise

    async def _write(self, lines: list[str]) -> None:
        """Nobody hears of a line that may not be written, or whose group was deleted meanwhile.

        The program goes on, as on AWS.
        """
        now = int(time.time() * 1000)
        try:
            if lines and self._is_allowed:
                await self._cloud.logs.write(
                    self._to.region,
                    self._to.group,
                    self._to.stream,
                    [(now, line) for line in lines],
                )
        except AwsError as error:
            log.warning("lines for %s are lost: %s", self._to.group, error)
