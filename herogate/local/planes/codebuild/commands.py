"""One phase's commands: run in order until one fails, then those that always run.

From a failure on, `CODEBUILD_BUILD_SUCCEEDING` tells every further command of it.
"""

from __future__ import annotations

from herogate.local.planes.codebuild.buildspec import Phase
from herogate.local.planes.codebuild.environment import SUCCEEDING
from herogate.local.planes.codebuild.failures import PhaseFailure
from herogate.local.planes.codebuild.log import BuildLog
from herogate.local.planes.codebuild.session import ShellSession


async def run_phase(session: ShellSession, log: BuildLog, phase: Phase) -> None:
    """Run a phase's commands, then its ``finally``.

    Raises:
        PhaseFailure: a command of either failed; of several, the first.
    """
    failures = []
    for commands in (phase.commands, phase.cleanup):
        try:
            await _run(session, log, commands)
        except PhaseFailure as failure:
            failures.append(failure)
            await session.export(SUCCEEDING, "0")
    if failures:
        raise failures[0]


async def _run(session: ShellSession, log: BuildLog, commands: tuple[str, ...]) -> None:
    for command in commands:
        await log.say(f"Running command {command}")
        status = await session.run(command)
        await log.end_line()
        if status != 0:
            await log.say(f"Command did not exit successfully {command} exit status {status}")
            raise PhaseFailure(
                "COMMAND_EXECUTION_ERROR",
                f"Error while executing command: {command}. Reason: exit status {status}",
            )
