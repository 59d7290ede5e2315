"""The role that ECS needs once in an account."""

from __future__ import annotations

import boto3

from herogate.aws.iam import ServiceLinkedRoles
from herogate.aws.session import Session


def test_ensuring_a_services_role_twice_makes_it_once(session: Session) -> None:
    for _ in range(2):
        ServiceLinkedRoles(session).ensure("ecs.amazonaws.com")
    roles = boto3.client("iam", region_name=session.region).list_roles()["Roles"]
    assert [role["Path"] for role in roles] == ["/aws-service-role/ecs.amazonaws.com/"]
