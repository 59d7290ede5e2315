"""Security groups, with the rules written inside them and the rules that stand alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from herogate.local.resources import Context, Handler, Properties, resource
from herogate.local.resources.ec2_tags import retag, specification
from herogate.local.resources.outcomes import absence_is_fine, undone_on_failure
from herogate.local.resources.requests import changed, only

_ANYWHERE: Properties = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
"""The rule AWS gives each new group for its outgoing traffic, which a template's own rules replace."""

_NUMBERS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a rule allows; the description is left out, since it does not tell one rule from another."""

    protocol: str
    first_port: int | None
    last_port: int | None
    peer_kind: str
    peer: str

    @classmethod
    def of_template(cls, rule: Properties) -> Rule:
        peers = {
            "CidrIp": rule.get("CidrIp"),
            "CidrIpv6": rule.get("CidrIpv6"),
            "PrefixListId": rule.get("SourcePrefixListId", rule.get("DestinationPrefixListId")),
            "GroupId": rule.get("SourceSecurityGroupId", rule.get("DestinationSecurityGroupId")),
            "GroupName": rule.get("SourceSecurityGroupName"),
        }
        kind, peer = next(((k, v) for k, v in peers.items() if v), ("", ""))
        return cls._of(rule, kind, str(peer))

    @classmethod
    def of_api(cls, rule: Mapping[str, Any]) -> Rule:
        peers = {
            "CidrIp": rule.get("CidrIpv4"),
            "CidrIpv6": rule.get("CidrIpv6"),
            "PrefixListId": rule.get("PrefixListId"),
            "GroupId": (rule.get("ReferencedGroupInfo") or {}).get("GroupId"),
        }
        kind, peer = next(((k, v) for k, v in peers.items() if v), ("", ""))
        return cls._of(rule, kind, str(peer))

    @classmethod
    def _of(cls, rule: Mapping[str, Any], peer_kind: str, peer: str) -> Rule:
        protocol = str(rule["IpProtocol"]).lower()
        protocol = _NUMBERS.get(protocol, protocol)
        first, last = rule.get("FromPort"), rule.get("ToPort")
        every = protocol == "-1"
        return cls(
            protocol=protocol,
            first_port=None if every or first is None else int(first),
            last_port=None if every or last is None else int(last),
            peer_kind=peer_kind,
            peer=peer,
        )

    def permission(self, description: str | None, owner: str | None) -> dict[str, Any]:
        """The rule as EC2's calls take it."""
        list_name = {
            "CidrIp": "IpRanges",
            "CidrIpv6": "Ipv6Ranges",
            "PrefixListId": "PrefixListIds",
            "GroupId": "UserIdGroupPairs",
            "GroupName": "UserIdGroupPairs",
        }.get(self.peer_kind)
        permission: dict[str, Any] = {"IpProtocol": self.protocol}
        if self.first_port is not None:
            permission["FromPort"] = self.first_port
        if self.last_port is not None:
            permission["ToPort"] = self.last_port
        if list_name:
            entry = {self.peer_kind: self.peer}
            entry |= {} if description is None else {"Description": description}
            entry |= {"UserId": owner} if owner and list_name == "UserIdGroupPairs" else {}
            permission[list_name] = [entry]
        return permission


@dataclass(frozen=True, kw_only=True)
class _Group:
    """A security group's rules of one direction (``ingress``, ``egress``), as calls to EC2."""

    ec2: Any
    direction: str
    name: Mapping[str, str]
    """``GroupId``, or ``GroupName`` for a group of the default VPC."""

    def authorize(self, rule: Properties) -> str:
        """Add a rule; return its id."""
        call = getattr(self.ec2, f"authorize_security_group_{self.direction}")
        made = call(**self.name, IpPermissions=[self._permission(rule, rule.get("Description"))])
        return str(made["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    def revoke(self, rule_ids: list[str]) -> None:
        call = getattr(self.ec2, f"revoke_security_group_{self.direction}")
        call(**self.name, SecurityGroupRuleIds=rule_ids)

    def describe(self, rule: Properties) -> None:
        """Give an existing rule the description it has in the template, or none."""
        call = getattr(self.ec2, f"update_security_group_rule_descriptions_{self.direction}")
        call(**self.name, IpPermissions=[self._permission(rule, rule.get("Description", ""))])

    def _permission(self, rule: Properties, description: str | None) -> dict[str, Any]:
        owner = rule.get("SourceSecurityGroupOwnerId")
        return Rule.of_template(rule).permission(description, owner)


def _converge(
    ec2: Any,
    group_id: str,
    direction: str,
    wanted: Iterable[Properties],
    previous: Iterable[Properties],
) -> None:
    """Bring a group's rules from `previous` to `wanted`; rules that others have added stay."""
    filters = [{"Name": "group-id", "Values": [group_id]}]
    found = ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    actual = {Rule.of_api(r): r for r in found if r["IsEgress"] == (direction == "egress")}
    keep = {Rule.of_template(rule): rule for rule in wanted}
    stale = {Rule.of_template(rule) for rule in previous} - keep.keys()
    group = _Group(ec2=ec2, direction=direction, name={"GroupId": group_id})
    if ids := [actual[rule]["SecurityGroupRuleId"] for rule in stale & actual.keys()]:
        group.revoke(ids)
    for key, rule in keep.items():
        if key not in actual:
            group.authorize(rule)
        elif rule.get("Description", "") != actual[key].get("Description", ""):
            group.describe(rule)


def _ingress(properties: Properties) -> list[Properties]:
    return list(properties.get("SecurityGroupIngress") or [])


def _egress(properties: Properties) -> list[Properties]:
    return list(properties.get("SecurityGroupEgress") or [_ANYWHERE])


@resource(
    "AWS::EC2::SecurityGroup",
    "GroupDescription",
    "GroupName",
    "SecurityGroupEgress",
    "SecurityGroupIngress",
    "Tags",
    "VpcId",
)
class SecurityGroup(Handler):
    """Who may talk to whom. Its id is the group's; in the default VPC, unnamed, it is the name."""

    def create(self, context: Context, properties: Properties) -> str:
        ec2 = context.client("ec2")
        name = properties.get("GroupName") or context.physical_name(255)
        place = {"VpcId": properties["VpcId"]} if "VpcId" in properties else {}
        group_id = ec2.create_security_group(
            GroupName=name,
            Description=properties["GroupDescription"],
            **place,
            **specification(context, "security-group", properties),
        )["GroupId"]
        with undone_on_failure(self, context, group_id, properties):
            _converge(ec2, group_id, "ingress", _ingress(properties), [])
            _converge(ec2, group_id, "egress", _egress(properties), [_ANYWHERE])
        return str(group_id if place else name)

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        ec2 = context.client("ec2")
        group_id = self._group_id(ec2, physical_id)
        if changed("SecurityGroupIngress", properties, previous):
            _converge(ec2, group_id, "ingress", _ingress(properties), _ingress(previous))
        if changed("SecurityGroupEgress", properties, previous):
            _converge(ec2, group_id, "egress", _egress(properties), _egress(previous))
        retag(context, group_id, properties, previous)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        ec2 = context.client("ec2")
        with absence_is_fine():
            ec2.delete_security_group(GroupId=self._group_id(ec2, physical_id))

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        ec2 = context.client("ec2")
        group = ec2.describe_security_groups(GroupIds=[self._group_id(ec2, physical_id)])
        found = group["SecurityGroups"][0]
        return {"Id": physical_id, "GroupId": found["GroupId"], "VpcId": found["VpcId"]}

    def _group_id(self, ec2: Any, physical_id: str) -> str:
        if physical_id.startswith("sg-"):
            return physical_id
        groups = ec2.describe_security_groups(GroupNames=[physical_id])["SecurityGroups"]
        return str(groups[0]["GroupId"])


class _StandaloneRule(Handler):
    """A rule that is a resource of its own, so that two groups can name each other."""

    direction: ClassVar[str]

    def create(self, context: Context, properties: Properties) -> str:
        name = only(properties, ("GroupId", "GroupName"))
        return self._group(context.client("ec2"), name).authorize(properties)

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        name = only(properties, ("GroupId", "GroupName"))
        self._group(context.client("ec2"), name).describe(properties)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        name = only(properties, ("GroupId", "GroupName"))
        with absence_is_fine():
            self._group(context.client("ec2"), name).revoke([physical_id])

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        return {"Id": physical_id}

    def _group(self, ec2: Any, name: Mapping[str, str]) -> _Group:
        return _Group(ec2=ec2, direction=self.direction, name=name)


@resource(
    "AWS::EC2::SecurityGroupIngress",
    "CidrIp",
    "CidrIpv6",
    "Description",
    "FromPort",
    "GroupId",
    "GroupName",
    "IpProtocol",
    "SourcePrefixListId",
    "SourceSecurityGroupId",
    "SourceSecurityGroupName",
    "SourceSecurityGroupOwnerId",
    "ToPort",
)
class SecurityGroupIngress(_StandaloneRule):
    """What may come in."""

    direction = "ingress"


@resource(
    "AWS::EC2::SecurityGroupEgress",
    "CidrIp",
    "CidrIpv6",
    "Description",
    "DestinationPrefixListId",
    "DestinationSecurityGroupId",
    "FromPort",
    "GroupId",
    "IpProtocol",
    "ToPort",
)
class SecurityGroupEgress(_StandaloneRule):
    """What may go out."""

    direction = "egress"
