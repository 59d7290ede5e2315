"""The network in which an app's processes run: its space's, as the stack of that tells."""

from __future__ import annotations

from herogate.aws.cloudformation import Stacks
from herogate.aws.ecs_tasks import Network
from herogate.aws.session import Session
from herogate.engine.site import Site
from herogate.engine.statuses import spaceless
from stacks.outputs import SpaceOutput


def network(session: Session, site: Site) -> Network:
    """Where processes of an app are started. Raises `InvalidRequest` if its space is gone."""
    space = Stacks(session).describe(site.space_stack)
    if space is None or space.status.is_gone:
        raise spaceless(site.app, site.space)
    return Network(
        subnet_ids=tuple(space.outputs[SpaceOutput.SUBNET_IDS].split(",")),
        security_group_id=space.outputs[SpaceOutput.TASK_SECURITY_GROUP_ID],
        private=space.outputs.get(SpaceOutput.PRIVATE) == "true",
    )
