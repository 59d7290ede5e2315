"""Manual approval: somebody's answer is waited for, at most for seven days."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import replace

from herogate.local.planes.codepipeline.actions.work import Work
from herogate.local.planes.codepipeline.progress import Outcome
from herogate.local.planes.codepipeline.records import Attempt


class ManualApproval:
    """A token is shown; whoever answers with it ends the action, not this."""

    longest_seconds: float = 7 * 24 * 3600

    async def begin(self, work: Work, /) -> Attempt:
        attempt = replace(work.attempt, token=str(uuid.uuid4()))
        topic = work.configuration.get("NotificationArn")
        if topic is not None:
            await work.ask(
                await work.caller(),
                "sns",
                "Publish",
                TopicArn=topic,
                Subject=f"APPROVAL NEEDED: AWS CodePipeline {work.execution.pipeline}"[:100],
                Message=json.dumps(_message(work, attempt)),
            )
        return attempt

    async def end(self, _work: Work, /) -> Outcome:
        await asyncio.Event().wait()
        raise AssertionError("an approval is answered from outside")


def _message(work: Work, attempt: Attempt) -> dict[str, object]:
    approval = {
        "pipelineName": work.execution.pipeline,
        "stageName": attempt.stage,
        "actionName": attempt.action,
        "token": attempt.token,
        "externalEntityLink": work.configuration.get("ExternalEntityLink"),
        "customData": work.configuration.get("CustomData"),
    }
    return {"region": work.execution.region, "approval": approval}
