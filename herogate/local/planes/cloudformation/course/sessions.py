"""With whose right a stack operation works: its caller's, or that of the role given to the stack."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any

from herogate.local.errors import AwsError
from herogate.local.identity import Caller, Credentials
from herogate.local.planes.cloudformation.course.surroundings import Client
from herogate.local.planes.cloudformation.records.stack import Operation

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

_PRINCIPAL = "cloudformation.amazonaws.com"
_SESSION_SECONDS = 3600
_RENEWED_BEFORE_SECONDS = 300


class Sessions:
    """Clients for operations; a role's session is renewed while its operation lasts."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._loop: asyncio.AbstractEventLoop
        self._lock = threading.Lock()
        self._assumed: dict[str, tuple[Credentials, float]] = {}

    def open(self) -> None:
        """Remember the event loop on which the cloud answers. To be called on it."""
        self._loop = asyncio.get_running_loop()

    def client(self, region: str, operation: Operation) -> Client:
        """boto3 clients by service name, with the rights of an operation."""

        def give(service: str) -> Any:
            return self._cloud.client(service, region, self._credentials(region, operation))

        return give

    def check(self, region: str, role_arn: str) -> None:
        """Refuse a role that does not exist or does not trust CloudFormation.

        Raises:
            AwsError: ``ValidationError``.
        """
        self._assume(region, role_arn)

    def end(self, operation: Operation) -> None:
        """Forget the session of an operation that has ended."""
        with self._lock:
            self._assumed.pop(operation.id, None)

    def _credentials(self, region: str, operation: Operation) -> Credentials:
        if operation.role_arn is None:
            return operation.credentials
        with self._lock:
            held = self._assumed.get(operation.id)
            if held is None or held[1] < time.monotonic():
                credentials = self._assume(region, operation.role_arn)
                until = time.monotonic() + _SESSION_SECONDS - _RENEWED_BEFORE_SECONDS
                held = self._assumed[operation.id] = (credentials, until)
            return held[0]

    def _assume(self, region: str, role_arn: str) -> Credentials:
        caller = Caller(
            arn=_PRINCIPAL,
            account_id=self._cloud.account_id,
            credentials=self._cloud.root.credentials,
        )
        parameters = {"RoleArn": role_arn, "RoleSessionName": "AWSCloudFormation"}
        asked = self._cloud.calls.ask("sts", "AssumeRole", parameters, region=region, caller=caller)
        try:
            answer = asyncio.run_coroutine_threadsafe(asked, self._loop).result()
        except AwsError as error:
            raise AwsError(
                "ValidationError", f"Role {role_arn} is invalid or cannot be assumed"
            ) from error
        session = answer["Credentials"]
        return Credentials(
            access_key_id=session["AccessKeyId"],
            secret_access_key=session["SecretAccessKey"],
            session_token=session["SessionToken"],
        )
