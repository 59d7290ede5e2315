"""The templates of what there is, for a team that goes on without Herogate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from herogate.aws.cloudformation import Stack, Stacks
from herogate.aws.codebuild_projects import Projects
from herogate.aws.ecs import Crew, Crews
from herogate.aws.elbv2 import LoadBalancing
from herogate.aws.session import Session
from herogate.engine import app_spec
from herogate.engine.definitions import health_check_path
from herogate.engine.site import Sites, site
from herogate.engine.spaces import checked as checked_space
from herogate.errors import InvalidRequest, NotFound
from stacks import export, names
from stacks.app_options import BUILDPACKS
from stacks.outputs import AppOutput as Output


class Templates:
    """The templates of a region's apps and spaces, by the name of the stack, as YAML."""

    def __init__(self, session: Session, sites: Sites) -> None:
        self._session = session
        self._stacks = Stacks(session)
        self._sites = sites

    def called(self, name: str) -> Mapping[str, str]:
        """The templates of the app or the space of a name.

        Raises:
            InvalidRequest: there are both, or it is being made.
            NotFound: there is neither.
        """
        # A name too long for a space may be an app's.
        can_be_both = len(name) <= max(names.SPACE_NAME_LIMITS)
        looks = (self.of_app, self.of_space) if can_be_both else (self.of_app,)
        found = [templates for look in looks for templates in _if_there(look, name)]
        if not found:
            raise NotFound(
                f"There is no app and no space {name} in {self._session.region}.",
                "`herogate apps` and `herogate spaces` list them.",
            )
        if len(found) > 1:
            raise InvalidRequest(
                f"There is an app {name} and a space {name}.",
                f"Say --app {name} or --space {name}.",
            )
        return found[0]

    def of_space(self, space: str) -> Mapping[str, str]:
        """A space's template. Raises `NotFound`; `InvalidRequest` while it is being made."""
        stack = self._stacks.describe(names.space_stack(checked_space(space)))
        if stack is None:
            raise NotFound.space(space, self._session.region)
        return {stack.name: export.as_yaml(self._sent(stack))}

    def of_app(self, app: str) -> Mapping[str, str]:
        """An app's templates: its own and its formation's, with what is true now.

        The page before an app, its hosts and much of its services are changed by no stack. Who goes on
        with CloudFormation alone needs what is true: an update sends all of a resource that it touches.

        Raises:
            InvalidRequest: while it is being made.
            NotFound: there is no such app.
        """
        stack = self._sites.stack(app)
        now = export.app_brought_up_to_date(self._sent(stack), self._front(app, stack))
        told = {stack.name: export.as_yaml(now)}
        formation = self._stacks.describe(names.formation_stack(app))
        if formation is not None and formation.status.is_whole:
            services = self._services(app, stack.outputs[Output.SPACE])
            now = export.brought_up_to_date(self._sent(formation), services)
            told[formation.name] = export.as_yaml(now)
        return told

    def _sent(self, stack: Stack) -> str:
        if not stack.status.is_whole:
            raise InvalidRequest(
                f"The stack {stack.name} is not whole: it is {stack.status}.",
                "Once it is, its template can be kept.",
            )
        return self._stacks.template(stack.id)

    def _front(self, app: str, stack: Stack) -> export.Front:
        where = site(app, stack)
        rule = LoadBalancing(self._session).rule(where.page_rule_arn)
        live = self._sites.ledger(app).foremost()
        slug = None if live is None else live.release.slug
        variables = Projects(self._session).variables(names.build_project(app)) or {}
        buildpacks = variables.get(BUILDPACKS, "").split()
        return export.Front(
            page=None if rule.page is None else (rule.page.status, rule.page.body),
            hosts=rule.hosts,
            health_check_path=health_check_path(slug, where),
            buildpacks=buildpacks,
            buildspec=app_spec.build_buildspec(buildpacks),
        )

    def _services(self, app: str, space: str) -> dict[str, export.Service]:
        types = self._sites.ledger(app).births()
        found = Crews(self._session, names.cluster(space)).describe(
            names.service(app, process_type) for process_type in types
        )
        return {
            process_type: _service(crew)
            for process_type in types
            if (crew := found.get(names.service(app, process_type))) and crew.newest
        }


def _if_there(
    templates: Callable[[str], Mapping[str, str]], name: str
) -> Iterator[Mapping[str, str]]:
    with suppress(NotFound):
        yield templates(name)


def _service(crew: Crew) -> export.Service:
    if crew.newest is None:
        raise LookupError(f"{crew.name} has no rollout")
    return export.Service(
        task_definition_arn=crew.newest.definition,
        count=crew.desired,
        port=crew.port,
        capacity=crew.capacity,
    )
