"""IAM: the roles that belong to a service of AWS and that an account needs once."""

from __future__ import annotations

from herogate.aws.session import Session
from herogate.errors import AwsRefused


class ServiceLinkedRoles:
    """Service-linked roles of the account."""

    def __init__(self, session: Session) -> None:
        self._service = session.service("iam")

    def ensure(self, service: str) -> None:
        """Make the role of a service ("ecs.amazonaws.com") unless it is there."""
        path = f"/aws-service-role/{service}/"
        if any(self._service.items("list_roles", "Roles", PathPrefix=path)):
            return
        try:
            self._service.call("create_service_linked_role", AWSServiceName=service)
        except AwsRefused as refusal:
            # Somebody else, or AWS itself, has made it since it was asked for.
            if "has been taken" not in refusal.reason:
                raise
