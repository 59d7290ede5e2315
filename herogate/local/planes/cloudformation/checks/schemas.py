"""AWS's resource schemas: which properties a type has, requires, and cannot change in place.

Read from the data files that cfn-lint ships.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from herogate.local import aws_data

PropertyPath = tuple[str, ...]
"""Property names from the top; ``*`` stands for any item of a list or key of a map."""


@dataclass(frozen=True, kw_only=True)
class ResourceSchema:
    """What AWS says of one resource type in one region.

    Attributes:
        document: the JSON schema, to check properties against.
        properties: the names at the top, read-only ones included.
        required: properties at the top that must be there.
        read_only: what AWS sets.
        create_only: what cannot change without replacing the resource.
        conditional_create_only: what in some cases cannot.
        primary_identifier: what identifies the resource (mostly what Ref gives).
        attributes: the names that Fn::GetAtt takes.
    """

    type_name: str
    document: Mapping[str, Any]
    properties: frozenset[str]
    required: frozenset[str]
    read_only: frozenset[PropertyPath]
    create_only: frozenset[PropertyPath]
    conditional_create_only: frozenset[PropertyPath]
    primary_identifier: tuple[PropertyPath, ...]
    attributes: frozenset[str]

    @property
    def is_taggable(self) -> bool:
        """Whether CloudFormation puts the stack's tags on it."""
        tagging = self.document.get("tagging", {"taggable": "Tags" in self.properties})
        return bool(tagging.get("taggable", True))

    def has_attribute(self, name: str) -> bool:
        """Whether ``Fn::GetAtt`` takes this name; below an attribute of no fixed shape, any."""
        return name in self.attributes or any(
            name.startswith(attribute.removesuffix("*"))
            for attribute in self.attributes
            if attribute.endswith(".*")
        )


_ALL_PROPERTIES_ARE_ATTRIBUTES: Final = frozenset(
    {
        "AWS::AutoScaling::AutoScalingGroup",
        "AWS::EC2::Instance",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::Subnet",
        "AWS::EC2::VPC",
        "AWS::EFS::MountTarget",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::Events::EventBus",
        "AWS::RDS::DBInstance",
        "AWS::S3::AccessPoint",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::SSM::Parameter",
    }
)
"""Types whose Fn::GetAtt takes what was given, too; for all others, only what AWS sets."""


@cache
def schema(type_name: str, region: str) -> ResourceSchema | None:
    """The schema of a type in a region; None for a type that AWS does not have there.

    A region that the data do not know is taken for us-east-1.
    """
    checksum = _types(region).get(type_name)
    return None if checksum is None else _schema(type_name, checksum)


@cache
def _types(region: str) -> Mapping[str, str]:
    """Each type of the region with the name of its schema's file."""
    path = aws_data.directory() / "schemas" / "providers" / f"{region}.json"
    if not path.is_file():
        path = path.with_name("us-east-1.json")
    types: dict[str, str] = json.loads(path.read_text())
    return types


@cache
def _schema(type_name: str, checksum: str) -> ResourceSchema:
    file = aws_data.directory() / "schemas" / "resources" / f"{checksum}.json"
    document = json.loads(file.read_text())
    read_only = _paths(document, "readOnlyProperties")
    return ResourceSchema(
        type_name=type_name,
        document=document,
        properties=frozenset(document["properties"]),
        required=frozenset(document.get("required", ())),
        read_only=frozenset(read_only),
        create_only=frozenset(_paths(document, "createOnlyProperties")),
        conditional_create_only=frozenset(_paths(document, "conditionalCreateOnlyProperties")),
        primary_identifier=_paths(document, "primaryIdentifier"),
        attributes=frozenset(_attributes(document, read_only)),
    )


def _paths(document: Mapping[str, Any], key: str) -> tuple[PropertyPath, ...]:
    """Pointers as paths: ``/properties/A/B``, also spelled ``/properties/A/properties/B``."""
    return tuple(_path(pointer) for pointer in document.get(key, ()))


def _path(pointer: str) -> PropertyPath:
    first, *rest = pointer.removeprefix("/properties/").split("/")
    return (first, *("*" if name == "items" else name for name in rest if name != "properties"))


def _attributes(document: Mapping[str, Any], read_only: Iterable[PropertyPath]) -> Iterable[str]:
    for path in read_only:
        yield ".".join(path)
        yield from _inner_attributes(document, path)
    if document["typeName"] in _ALL_PROPERTIES_ARE_ATTRIBUTES:
        yield from document["properties"]


def _inner_attributes(document: Mapping[str, Any], path: PropertyPath) -> Iterable[str]:
    """What lies within an attribute that is an object: ``Endpoint.Address`` of ``Endpoint``."""
    declared: Any = document
    for name in path:
        declared = resolved(declared, document).get("properties", {}).get(name, {})
    declared = resolved(declared, document)
    prefix = ".".join(path)
    if "properties" in declared:
        yield from (f"{prefix}.{name}" for name in declared["properties"])
    elif declared.get("type") == "object":
        yield f"{prefix}.*"


def resolved(declared: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part of a schema with its ``$ref`` followed."""
    while "$ref" in declared:
        target: Any = document
        for name in declared["$ref"].removeprefix("#/").split("/"):
            target = target[name.replace("~1", "/").replace("~0", "~")]
        declared = target
    return declared
