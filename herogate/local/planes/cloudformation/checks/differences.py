"""What changes in a resource between what it is and what a template wants it to be.

Decides only; nothing is changed here. `changes` is what an update of one resource rests on,
`resource_changes` what a change set shows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from herogate.local.planes.cloudformation.checks.schemas import PropertyPath, ResourceSchema, schema
from herogate.local.planes.cloudformation.templates.intrinsics import UNKNOWN
from herogate.local.planes.cloudformation.templates.references import references
from herogate.local.planes.cloudformation.templates.template import (
    DeletionPolicy,
    ResourceDeclaration,
    text,
)


class Recreation(StrEnum):
    """Whether a property's change replaces the resource (``RequiresRecreation``)."""

    NEVER = "Never"
    CONDITIONALLY = "Conditionally"
    ALWAYS = "Always"


@dataclass(frozen=True, kw_only=True)
class Change:
    """How a resource's properties differ: each changed property at the top with what it entails."""

    properties: Mapping[str, Recreation]

    @property
    def is_empty(self) -> bool:
        return not self.properties

    @property
    def recreation(self) -> Recreation:
        """The strongest of the properties'."""
        return max(self.properties.values(), key=list(Recreation).index, default=Recreation.NEVER)


def changes(old: Mapping[str, Any], new: Mapping[str, Any], known: ResourceSchema) -> Change:
    """Compare resolved properties; values that differ only in notation ("80" and 80) are equal.

    UNKNOWN in `new` counts as changed.
    """
    return Change(
        properties={
            name: _recreation(name, old, new, known)
            for name in sorted({*old, *new})
            if differ(old.get(name), new.get(name))
        }
    )


def _recreation(
    name: str, old: Mapping[str, Any], new: Mapping[str, Any], known: ResourceSchema
) -> Recreation:
    def touched(paths: Iterable[PropertyPath]) -> bool:
        return any(path[0] == name and _differ_at(old, new, path) for path in paths)

    if touched(known.create_only):
        return Recreation.ALWAYS
    if touched(known.conditional_create_only):
        return Recreation.CONDITIONALLY
    return Recreation.NEVER


def differ(old: Any, new: Any) -> bool:
    """Whether two resolved values mean something different, or may."""
    if new is UNKNOWN or old is UNKNOWN:
        return True
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return any(differ(old.get(key), new.get(key)) for key in {*old, *new})
    if isinstance(old, list) and isinstance(new, list):
        return len(old) != len(new) or any(map(differ, old, new))
    if old is None or new is None or isinstance(old, list | Mapping):
        return old is not new
    return isinstance(new, list | Mapping) or text(old) != text(new)


def _differ_at(old: Any, new: Any, path: PropertyPath) -> bool:
    """Whether two values differ at a path, whose ``*`` stands for every item or member."""
    if not path or new is UNKNOWN:
        return differ(old, new)
    name, rest = path[0], path[1:]
    if name == "*":
        before, after = _items(old), _items(new)
        return any(_differ_at(before.get(k), after.get(k), rest) for k in {*before, *after})
    before, after = (value if isinstance(value, Mapping) else {} for value in (old, new))
    return _differ_at(before.get(name), after.get(name), rest)


def _items(value: Any) -> Mapping[Any, Any]:
    if isinstance(value, list):
        return dict(enumerate(value))
    return value if isinstance(value, Mapping) else {}


@dataclass(frozen=True, kw_only=True)
class ResourceState:
    """A resource as a stack has it, or as a template wants it.

    Attributes:
        declaration: as the template has it, unresolved.
        properties: resolved; `UNKNOWN` where a value depends on what is yet to be made.
        physical_id: None while it does not exist.
    """

    declaration: ResourceDeclaration
    properties: Mapping[str, Any]
    physical_id: str | None = None


def resource_changes(
    old: Mapping[str, ResourceState],
    new: Mapping[str, ResourceState],
    *,
    region: str,
    parameters_changed: Collection[str] = (),
    tags_changed: bool = False,
) -> list[dict[str, Any]]:
    """The ``Changes`` of DescribeChangeSet, in the order of the logical ids.

    Args:
        old: the stack's resources by logical id.
        new: the template's active resources by logical id, in an order of creation.
        parameters_changed: names of the parameters whose values differ.
        tags_changed: whether the stack's own tags differ.
    """
    found = {name: _removal(old[name]) for name in old if name not in new}
    for logical_id, wanted in new.items():
        if logical_id not in old:
            found[logical_id] = _resource_change("Add", wanted)
            continue
        comparison = _Comparison(
            old=old[logical_id],
            new=wanted,
            region=region,
            parameters_changed=parameters_changed,
            tags_changed=tags_changed,
            earlier=found,
        )
        if details := list(comparison.details()):
            found[logical_id] = comparison.modification(details)
    return [{"Type": "Resource", "ResourceChange": found[name]} for name in sorted(found)]


def _resource_change(action: str, state: ResourceState) -> dict[str, Any]:
    change: dict[str, Any] = {
        "Action": action,
        "LogicalResourceId": state.declaration.logical_id,
        "ResourceType": state.declaration.type_name,
        "Scope": [],
        "Details": [],
    }
    return (
        change if state.physical_id is None else change | {"PhysicalResourceId": state.physical_id}
    )


def _removal(state: ResourceState) -> dict[str, Any]:
    return _resource_change("Remove", state) | {
        "PolicyAction": _kept(state.declaration.deletion_policy)
    }


def _kept(policy: DeletionPolicy | None) -> str:
    """What becomes of what is no longer wanted: Delete, Retain or Snapshot."""
    if policy is DeletionPolicy.RETAIN_EXCEPT_ON_CREATE:
        return DeletionPolicy.RETAIN.value
    return (policy or DeletionPolicy.DELETE).value


_ATTRIBUTES = {
    "DeletionPolicy": "deletion_policy",
    "Metadata": "metadata",
    "UpdatePolicy": "update_policy",
    "UpdateReplacePolicy": "update_replace_policy",
}


@dataclass(frozen=True, kw_only=True)
class _Comparison:
    """One resource before and after, with what has been found of those it depends on."""

    old: ResourceState
    new: ResourceState
    region: str
    parameters_changed: Collection[str]
    tags_changed: bool
    earlier: Mapping[str, Mapping[str, Any]]

    def details(self) -> Iterator[dict[str, Any]]:
        """The ``Details`` of the change."""
        known = schema(self.new.declaration.type_name, self.region)
        for attribute, name in _ATTRIBUTES.items():
            if getattr(self.old.declaration, name) != getattr(self.new.declaration, name):
                yield _detail({"Attribute": attribute, "RequiresRecreation": "Never"})
        if known is None:
            return
        for name, recreation in changes(
            self.old.properties, self.new.properties, known
        ).properties.items():
            target = {
                "Attribute": "Properties",
                "Name": name,
                "RequiresRecreation": str(recreation),
            }
            yield from self._property(name, target)
        if self.tags_changed and known.is_taggable:
            yield _detail({"Attribute": "Tags", "RequiresRecreation": "Never"})

    def _property(self, name: str, target: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Why a property changes: a parameter, another resource, or the template itself."""
        before, after = (state.declaration.properties.get(name) for state in (self.old, self.new))
        causes = list(self._causes(after))
        yield from (_detail(target, **cause) for cause in causes)
        by_parameter = any(cause["source"] == "ParameterReference" for cause in causes)
        if by_parameter:
            yield _detail(target, evaluation="Dynamic")
        elif before != after or not causes:
            yield _detail(target)

    def _causes(self, declared: Any) -> Iterator[dict[str, str]]:
        seen = []
        for reference in references(declared):
            if reference in seen:
                continue
            seen.append(reference)
            change = self.earlier.get(reference.name)
            if reference.name in self.parameters_changed:
                yield {"source": "ParameterReference", "entity": reference.name}
            elif change is not None and change["Action"] == "Modify":
                evaluation = "Static" if change["Replacement"] == "True" else "Dynamic"
                if reference.attribute is not None:
                    entity = f"{reference.name}.{reference.attribute}"
                    yield {
                        "source": "ResourceAttribute",
                        "entity": entity,
                        "evaluation": evaluation,
                    }
                elif change["Replacement"] != "False":
                    yield {
                        "source": "ResourceReference",
                        "entity": reference.name,
                        "evaluation": evaluation,
                    }

    def modification(self, details: list[dict[str, Any]]) -> dict[str, Any]:
        """The whole change, from its details."""
        replacement = _replacement(details)
        change = _resource_change("Modify", self.new) | {
            "PhysicalResourceId": self.old.physical_id,
            "Replacement": replacement,
            "Scope": sorted({detail["Target"]["Attribute"] for detail in details}),
            "Details": details,
        }
        if replacement == "True":
            policy = _kept(self.new.declaration.update_replace_policy)
            change["PolicyAction"] = f"ReplaceAnd{policy}"
        return change


def _detail(
    target: Mapping[str, str],
    *,
    source: str = "DirectModification",
    evaluation: str = "Static",
    entity: str | None = None,
) -> dict[str, Any]:
    detail = {"Target": dict(target), "Evaluation": evaluation, "ChangeSource": source}
    return detail if entity is None else detail | {"CausingEntity": entity}


def _replacement(details: Iterable[Mapping[str, Any]]) -> str:
    """True, False, or Conditional: when only the update itself can tell."""
    found = {(d["Target"]["RequiresRecreation"], d["Evaluation"]) for d in details}
    if ("Always", "Static") in found:
        return "True"
    return "False" if {recreation for recreation, _ in found} == {"Never"} else "Conditional"
