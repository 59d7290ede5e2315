"""An app brought to a standstill: nothing of it starts any more, and what ran of it has ended.

What starts things goes first (rules, schedules, executions), what it has started next: else the one
would make more of the other behind our back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from herogate.aws.codebuild import Builds
from herogate.aws.codepipeline import Codepipelines
from herogate.aws.ecs import Crews
from herogate.aws.ecs_definitions import Definitions
from herogate.aws.ecs_tasks import Instances
from herogate.aws.events import Rules
from herogate.aws.scheduler import ScheduleGroup
from herogate.aws.session import Session
from herogate.engine import following
from herogate.engine.clock import Sleep
from herogate.engine.work import Steps
from herogate.models import Belonging
from stacks import names

Removed = Counter[Belonging]


class Standstill:
    """The end of everything that works for one app.

    Args:
        cluster: None where there is no space any more, and so nothing that runs.
    """

    def __init__(self, session: Session, app: str, cluster: str | None, *, sleep: Sleep) -> None:
        self._app = app
        self._rules = Rules(session)
        self._schedules = ScheduleGroup(session, names.schedule_group(app))
        self._codepipelines = Codepipelines(session)
        self._builds = Builds(session)
        self._definitions = Definitions(session)
        self._crews = Crews(session, cluster) if cluster else None
        self._instances = Instances(session, cluster) if cluster else None
        self._sleep = sleep

    def steps(self, process_types: Sequence[str], removed: Removed) -> Steps[None]:
        """Stop everything, and wait for what leaves something behind until it has ended.

        Args:
            process_types: those that were ever born; what they run ends with their stack.
        """
        for rule in (names.push_rule(self._app), names.settle_rule(self._app)):
            self._rules.disable(rule)
        for schedule in self._schedules.ids():
            self._schedules.delete(schedule)
            removed[Belonging.SCHEDULE] += 1
        yield from self._until(self._stopped_work)
        crews = self.crews(process_types)
        removed[Belonging.PROCESS] += self._scaled_to_none(crews)
        stopped: set[str] = set()
        yield from self._until(lambda: self._stopped_one_offs(stopped))
        removed[Belonging.ONE_OFF] += len(stopped)

    def ended(self, process_types: Sequence[str]) -> Steps[None]:
        """Wait until no crew of the app is left, not even to let its last processes end.

        Before, neither the cluster can be deleted nor can a crew of the same name be made.
        """
        yield from self._until(lambda: self.lingering(process_types))

    def crews(self, process_types: Sequence[str]) -> list[str]:
        """The names of all crews that the app ever had or, for all that is written, has."""
        born = [names.service(self._app, process_type) for process_type in process_types]
        found = self._crews.named(names.service(self._app, "")) if self._crews else []
        return sorted({*born, *found})

    def lingering(self, process_types: Sequence[str]) -> list[str]:
        """The crews that are there still."""
        return self._crews.lingering(self.crews(process_types)) if self._crews else []

    def one_offs(self) -> list[str]:
        """The ARNs of what runs beside the crews."""
        if self._instances is None:
            return []
        families = self._definitions.families(names.task_family(self._app, ""))
        return [
            instance.arn
            for family in families
            for instance in self._instances.of_family(family)
            if not instance.is_of_crew
        ]

    def _stopped_work(self) -> list[str]:
        """Stop executions and builds; what has not ended yet."""
        codepipeline = names.codepipeline(self._app)
        executions = self._codepipelines.running(codepipeline)
        for execution in executions:
            self._codepipelines.stop(codepipeline, execution.id)
        projects = (names.build_project(self._app), names.release_project(self._app))
        builds = [
            build.id
            for project in projects
            for build in self._builds.of_project(project, _NEWEST) or ()
            if not build.status.is_over
        ]
        for build in builds:
            self._builds.stop(build)
        return [*(f"execution {execution.id}" for execution in executions), *builds]

    def _scaled_to_none(self, crews: Sequence[str]) -> int:
        """Have no process of any crew; how many there were to be."""
        if self._crews is None:
            return 0
        described = self._crews.describe(crews).values()
        for crew in described:
            if crew.desired:
                self._crews.scale(crew.name, 0)
        return sum(crew.desired for crew in described)

    def _stopped_one_offs(self, stopped: set[str]) -> list[str]:
        running = self.one_offs()
        for arn in running:
            if arn not in stopped and self._instances is not None:
                self._instances.stop(arn)
                stopped.add(arn)
        return running

    def _until(self, left: Callable[[], Sequence[str]]) -> Steps[None]:
        return following.vanishing(self._app, left, self._sleep)


_NEWEST = 100
"""Of so many builds one may be running: a codepipeline has far fewer under way at once."""
