"""IAM: policies of the account's, and the roles of AWS's services that an account needs once."""

from __future__ import annotations

from herogate.aws.session import Session
from herogate.errors import AccessDenied, AwsRefused


class Policies:
    """Managed policies."""

    def __init__(self, session: Session) -> None:
        self._service = session.service("iam")

    def is_missing(self, arn: str) -> bool:
        """Whether there is no policy of this ARN; False also if the caller may not know."""
        try:
            self._service.call("get_policy", PolicyArn=arn)
        except AccessDenied:
            return False
        except AwsRefused as refusal:
            if refusal.code != "NoSuchEntity":
                raise
            return True
        return False


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
