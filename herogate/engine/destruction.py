"""How an app is removed, whole or half: what runs first, what is kept next, its address last.

Every step may find its work done already, so that a destruction that was interrupted, or one of an app
that was never finished, is simply made again.
"""

from __future__ import annotations

from herogate.aws.cloudformation import Stack, Stacks
from herogate.aws.ecr import ImageRepositories
from herogate.aws.ecs_definitions import Definitions
from herogate.aws.ecs_tasks import Instances
from herogate.aws.s3 import Buckets
from herogate.aws.session import Session
from herogate.aws.ssm import Parameters
from herogate.engine import following
from herogate.engine.following import Sleep
from herogate.engine.release_changes import RELEASE_PROCESS
from herogate.engine.rollout_plan import ONE_OFF
from herogate.engine.spaces import Spaces
from herogate.engine.work import Steps
from herogate.errors import NotFound
from herogate.models import DEFAULT_SPACE
from stacks import names
from stacks.space import Output


class Destruction:
    """The removal of apps."""

    def __init__(self, session: Session, spaces: Spaces, *, sleep: Sleep) -> None:
        self._session = session
        self._stacks = Stacks(session)
        self._spaces = spaces
        self._sleep = sleep

    def remains(self, app: str) -> tuple[Stack | None, Stack | None]:
        """The stack of an app and that of its space. Raises `NotFound` if there is neither."""
        stack = self._stacks.describe(names.app_stack(app))
        space = self._space_of(app, stack)
        if stack is None and space is None:
            raise NotFound.app(app, self._session.region)
        return stack, space

    def steps(self, app: str) -> Steps[None]:
        """Remove an app. Raises `NotFound` if nothing at all is left of it."""
        stack, space = self.remains(app)
        if space is not None:
            self._spaces.ledger(space).close(app)
            self._stop_one_offs(app, space.outputs[Output.CLUSTER_NAME])
        yield from self._without(names.formation_stack(app))
        self._forget_releases(app)
        if space is not None:
            bucket = space.outputs[Output.BUCKET_NAME]
            Buckets(self._session).clear(bucket, prefix=f"{names.artifact_prefix(app)}/")
        if stack is not None and names.image_repository(app) in self._stacks.made(stack.id):
            # CloudFormation does not delete a repository that has images.
            ImageRepositories(self._session).delete(names.image_repository(app))
        yield from self._without(names.app_stack(app))
        if space is not None:
            self._spaces.ledger(space).forget(app)

    def _stop_one_offs(self, app: str, cluster: str) -> None:
        """What runs beside the formation; the formation's processes end with its stack."""
        instances = Instances(self._session, cluster)
        for kind in (ONE_OFF, RELEASE_PROCESS):
            for instance in instances.of_family(names.task_family(app, kind)):
                instances.stop(instance.arn)

    def _forget_releases(self, app: str) -> None:
        """What releases have left outside of every stack: definitions, and config vars' values."""
        definitions, parameters = Definitions(self._session), Parameters(self._session)
        for arn in definitions.of_families(names.task_family(app, "")):
            definitions.deregister(arn)
        parameters.delete(parameters.under(names.parameter_path(app)))

    def _without(self, stack_name: str) -> Steps[None]:
        stack = self._stacks.describe(stack_name)
        if stack is not None:
            yield from following.deletion(self._stacks, stack, self._sleep)

    def _space_of(self, app: str, stack: Stack | None) -> Stack | None:
        """The space that the app's stack names or, without one, whose ledger still knows the app."""
        if stack is not None:
            return self._spaces.made(stack.tags.get(names.SPACE_TAG, DEFAULT_SPACE))
        for space in self._spaces.all():
            made = self._spaces.made(space.name)
            if made is not None and self._spaces.ledger(made).place_of(app) is not None:
                return made
        return None
