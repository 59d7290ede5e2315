"""API calls on their way to what answers them: an operation of ours, else moto.

They come from outside, through the front door, or from planes and runtimes of this process. Each is made
in somebody's name and only as far as that caller has the right to it; a change that was asked for from
outside is on disk before its answer goes out. What an operation does is its module's, and how calls and
answers look on the wire is ``wire.py``'s.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from herogate.local.checkpoint import Checkpoints
from herogate.local.errors import AwsError
from herogate.local.gateway import Visitor
from herogate.local.identity import Caller, Credentials
from herogate.local.moto_bridge import wire
from herogate.local.moto_bridge.calls import HttpRequest
from herogate.local.operations import Call, Reply, operations
from herogate.local.services import is_reading

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud


class Calls:
    """Has every call answered.

    Args:
        checkpoints: keep what calls change.
    """

    def __init__(self, cloud: Cloud, checkpoints: Checkpoints) -> None:
        self._cloud = cloud
        self._checkpoints = checkpoints

    async def serve(self, incoming: wire.Incoming, visitor: Visitor, request_id: str) -> Reply:
        """Answer a verified request; a change is on disk before its answer goes out."""
        changes = not is_reading(incoming.operation)
        if not visitor.internal:
            await self._cloud.started()
        async with self._checkpoints.step(within=visitor.internal):
            reply = await self._dispatch(incoming, visitor, request_id)
        if changes and not visitor.internal:
            await self._keep()
        return reply

    async def ask(
        self,
        service: str,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        region: str,
        caller: Caller,
    ) -> Mapping[str, Any]:
        """Call an operation from within this process, as far as the caller has the right to it.

        Raises:
            AwsError: the operation refuses.
        """
        await self._cloud.authority.check(caller.arn, service, operation, parameters, region)
        return await self.perform(service, operation, parameters, region=region, caller=caller)

    async def perform(
        self,
        service: str,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        region: str,
        caller: Caller,
    ) -> Mapping[str, Any]:
        """Call an operation whose right was asked for: as part of another.

        Raises:
            AwsError: the operation refuses.
        """
        request = wire.encode(service, operation, parameters)
        incoming = wire.Incoming(
            service=service,
            operation=operation,
            protocol="",
            parameters=parameters,
            request=_as_caller(request, service, region, caller),
        )
        visitor = Visitor(
            caller=caller,
            region=region,
            service=service,
            endpoint_url=self._cloud.endpoint_url,
            internal=True,
        )
        answer = await self._perform(incoming, visitor)
        return answer.granted() if isinstance(answer, Reply) else answer

    async def assume(
        self, role_arn: str, *, service: str, source_arn: str, session: str, region: str
    ) -> Caller:
        """Take on a role as an AWS service does, for one of its resources; good for an hour.

        Args:
            service: the principal (``codebuild.amazonaws.com``).
            source_arn: the resource on whose behalf the service acts.
            session: the session's name, which the calls are recorded by.

        Raises:
            AwsError: ``AccessDenied``: the role is not there or does not trust the service for this.
        """
        principal = replace(self._cloud.root, arn=service, source_arn=source_arn)
        asked = {"RoleArn": role_arn, "RoleSessionName": session}
        answer = await self.ask("sts", "AssumeRole", asked, region=region, caller=principal)
        given = answer["Credentials"]
        return Caller(
            arn=answer["AssumedRoleUser"]["Arn"],
            account_id=self._cloud.account_id,
            credentials=Credentials(
                access_key_id=given["AccessKeyId"],
                secret_access_key=given["SecretAccessKey"],
                session_token=given["SessionToken"],
            ),
        )

    async def _keep(self) -> None:
        try:
            await self._checkpoints.durable()
        except (OSError, sqlite3.Error) as error:
            raise AwsError(
                "ServiceUnavailable", f"The local cloud cannot keep this: {error}.", status=503
            ) from error

    async def _dispatch(self, incoming: wire.Incoming, visitor: Visitor, request_id: str) -> Reply:
        await self._cloud.authority.check(
            visitor.caller.arn,
            incoming.service,
            incoming.operation,
            incoming.parameters,
            visitor.region,
        )
        answer = await self._perform(incoming, visitor)
        if not isinstance(answer, Reply):
            return wire.write(incoming, answer, request_id)
        if incoming.protocol != wire.CBOR:
            return answer
        return wire.write(incoming, answer.granted(), request_id)

    async def _perform(
        self, incoming: wire.Incoming, visitor: Visitor
    ) -> Mapping[str, Any] | Reply:
        proceed = self._proceed(incoming, visitor)
        own = operations().get((incoming.service, incoming.operation))
        if own is None:
            return await proceed()
        return await own(
            Call(
                cloud=self._cloud,
                service=incoming.service,
                operation=incoming.operation,
                region=visitor.region,
                caller=visitor.caller,
                endpoint_url=visitor.endpoint_url,
                parameters=incoming.parameters,
                proceed=proceed,
            )
        )

    def _proceed(
        self, incoming: wire.Incoming, visitor: Visitor
    ) -> Callable[..., Awaitable[Reply]]:
        async def proceed(**changed: Any) -> Reply:
            service, operation, region = incoming.service, incoming.operation, visitor.region
            request = incoming.request
            if changed:
                request = wire.encode(service, operation, {**incoming.parameters, **changed})
                request = _as_caller(request, service, region, visitor.caller)
            status, headers, body = await self._cloud.moto.answer(
                service, operation, region, request
            )
            if not is_reading(operation):
                self._checkpoints.moto_changed()
            result, error = wire.decode(service, operation, status, headers, body)
            return Reply(status=status, headers=headers, body=body, result=result, error=error)

        return proceed


def _as_caller(request: HttpRequest, service: str, region: str, caller: Caller) -> HttpRequest:
    """The request under a caller's name: moto reads the key id, and nobody else sees it."""
    scope = f"{caller.credentials.access_key_id}/20000101/{region}/{service}/aws4_request"
    authorization = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none"
    return HttpRequest(
        method=request.method,
        target=request.target,
        headers={**request.headers, "Authorization": authorization},
        body=request.body,
    )
