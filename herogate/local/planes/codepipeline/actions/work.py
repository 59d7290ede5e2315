"""One attempt at an action, and in whose name it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from herogate.local.errors import AwsError
from herogate.local.planes.codebuild.artifacts import Artifact
from herogate.local.planes.codepipeline.progress import Outcome
from herogate.local.planes.codepipeline.records import Attempt, Execution
from herogate.local.planes.codepipeline.status import ActionStatus

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud
    from herogate.local.identity import Caller

_SERVICE = "codepipeline.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class Work:
    """What an action works with.

    Attributes:
        declaration: the action, as declared.
    """

    cloud: Cloud
    execution: Execution
    attempt: Attempt
    declaration: Mapping[str, Any]

    @property
    def configuration(self) -> Mapping[str, str]:
        """The action's, with variables resolved."""
        return self.attempt.configuration

    def on(self, attempt: Attempt) -> Work:
        """The same work on an attempt that has changed."""
        return replace(self, attempt=attempt)

    async def caller(self) -> Caller:
        """The action's role, else the codepipeline's, taken on for this attempt.

        Raises:
            AwsError: the role does not trust CodePipeline for it.
        """
        execution = self.execution
        role = self.declaration.get("roleArn") or execution.declaration["roleArn"]
        pipelines = f"arn:aws:codepipeline:{execution.region}:{self.cloud.account_id}"
        try:
            return await self.cloud.calls.assume(
                role,
                service=_SERVICE,
                source_arn=f"{pipelines}:{execution.pipeline}",
                session=self.attempt.id.replace("-", ""),
                region=execution.region,
            )
        except AwsError as error:
            message = f"CodePipeline is not authorized to perform AssumeRole on role {role}"
            raise AwsError(error.code, message, status=error.status) from error

    async def require(self, caller: Caller, action: str, resource: str) -> None:
        """Refuse to do what the role may not do to a thing of the codepipeline's region.

        Raises:
            AwsError: access is denied.
        """
        service, account = action.partition(":")[0], self.cloud.account_id
        arn = f"arn:aws:{service}:{self.execution.region}:{account}:{resource}"
        await self.cloud.authority.require(caller.arn, [action], arn)

    async def require_reading(self, caller: Caller, artifact: Artifact) -> None:
        """Refuse an artifact that the role may not read, its key with it. Raises `AwsError`."""
        asked = {"Bucket": artifact.bucket, "Key": artifact.key}
        region = self.execution.region
        await self.cloud.authority.check(caller.arn, "s3", "GetObject", asked, region)

    async def ask(
        self, caller: Caller, service: str, operation: str, **parameters: Any
    ) -> Mapping[str, Any]:
        """Call an operation in the codepipeline's region."""
        region = self.execution.region
        return await self.cloud.calls.ask(
            service, operation, parameters, region=region, caller=caller
        )


class Action(Protocol):
    """A kind of action."""

    longest_seconds: float
    """How long an attempt may take, unless the action declares a time-out."""

    async def begin(self, work: Work, /) -> Attempt:
        """Set it going, in one step; the attempt with what is needed to follow it after a kill."""

    async def end(self, work: Work, /) -> Outcome:
        """Follow it to its end. It may be followed again, and left at any moment."""


def failed(code: str, message: str) -> Outcome:
    """An attempt that came to nothing."""
    return Outcome(status=ActionStatus.FAILED, error_code=code, error_message=message[:5000])


def refusal(error: AwsError) -> str:
    """What a service refused, as CodePipeline words it."""
    return f"{error.message} (Status Code: {error.status}; Error Code: {error.code})"
