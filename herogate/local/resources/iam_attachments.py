"""The policies that hang on a role, user or group: inline, managed, and the boundary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from herogate.local.resources import Context, Properties
from herogate.local.resources.outcomes import absence_is_fine
from herogate.local.resources.requests import changed, document
from herogate.local.resources.tags import dropped, listed, wanted


@dataclass(frozen=True, kw_only=True)
class Principal:
    """A role, user or group by name, as IAM's calls name it."""

    iam: Any
    kind: str
    """``role``, ``user`` or ``group``: the word in IAM's operation names."""
    name: str

    @property
    def argument(self) -> dict[str, str]:
        return {f"{self.kind.capitalize()}Name": self.name}

    def call(self, verb: str, **arguments: Any) -> None:
        """Call IAM's operation of this verb for the principal's kind (``tag_{}`` → ``tag_role``)."""
        getattr(self.iam, verb.format(self.kind))(**self.argument, **arguments)

    def put_policy(self, name: str, policy: Any) -> None:
        self.call("put_{}_policy", PolicyName=name, PolicyDocument=document(policy))

    def delete_policy(self, name: str) -> None:
        with absence_is_fine():
            self.call("delete_{}_policy", PolicyName=name)

    def attach(self, policy_arns: Iterable[str]) -> None:
        """Attach those managed policies that are not attached yet."""
        paginator = self.iam.get_paginator(f"list_attached_{self.kind}_policies")
        attached = {
            policy["PolicyArn"]
            for page in paginator.paginate(**self.argument)
            for policy in page["AttachedPolicies"]
        }
        for arn in policy_arns:
            if arn not in attached:
                self.call("attach_{}_policy", PolicyArn=arn)

    def detach(self, policy_arn: str) -> None:
        with absence_is_fine():
            self.call("detach_{}_policy", PolicyArn=policy_arn)

    def converge(self, properties: Properties, previous: Properties) -> None:
        """Bring inline policies, managed policies and boundary from `previous` to `properties`."""
        self._converge_inline(properties, previous)
        before = previous.get("ManagedPolicyArns") or []
        after = properties.get("ManagedPolicyArns") or []
        for arn in before:
            if arn not in after:
                self.detach(arn)
        self.attach(after)
        if changed("PermissionsBoundary", properties, previous):
            if boundary := properties.get("PermissionsBoundary"):
                self.call("put_{}_permissions_boundary", PermissionsBoundary=boundary)
            else:
                with absence_is_fine():
                    self.call("delete_{}_permissions_boundary")

    def strip(self, properties: Properties) -> None:
        """Take off what the template hung on; what others hung on stays, and IAM refuses to delete."""
        for policy in properties.get("Policies") or []:
            self.delete_policy(policy["PolicyName"])
        for arn in properties.get("ManagedPolicyArns") or []:
            self.detach(arn)

    def retag(self, context: Context, properties: Properties, previous: Properties) -> None:
        if tags := listed(wanted(context, properties)):
            self.call("tag_{}", Tags=tags)
        if keys := dropped(context, properties, previous):
            self.call("untag_{}", TagKeys=keys)

    def _converge_inline(self, properties: Properties, previous: Properties) -> None:
        before = {each["PolicyName"] for each in previous.get("Policies") or []}
        after = {p["PolicyName"]: p["PolicyDocument"] for p in properties.get("Policies") or []}
        for name in sorted(before - after.keys()):
            self.delete_policy(name)
        for name, policy in after.items():
            self.put_policy(name, policy)


def named_in(iam: Any, properties: Properties) -> list[Principal]:
    """The principals that a policy's ``Roles``, ``Users`` and ``Groups`` name."""
    return [
        Principal(iam=iam, kind=kind, name=name)
        for kind, key in (("role", "Roles"), ("user", "Users"), ("group", "Groups"))
        for name in properties.get(key) or []
    ]
