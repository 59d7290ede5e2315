"""The resource types that the local cloud's CloudFormation can make, one small handler a type.

One module for what of a service belongs together (``ec2_network.py``, ``iam_principals.py`` …). A
handler provisions *through its service's API, with the caller's credentials*, exactly as AWS does; it
knows nothing of templates, stacks' states or moto. Which properties exist, are required, read-only or
force a replacement comes from AWS's resource schemas and is checked before a handler is called.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, TypeVar

Properties = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Context:
    """For whom and where a handler works.

    Attributes:
        client: boto3 client by service name, with the caller's credentials, on this cloud's endpoint.
        tags: what CloudFormation puts on each resource that can carry tags: the stack's own tags and
            ``aws:cloudformation:stack-name``, ``stack-id`` and ``logical-id``.
        token: differs for each resource *instance*: a replacement gets another one.
        previous_tags: the stack's own tags before an update, so that those it drops can be taken away.
    """

    client: Callable[[str], Any]
    region: str
    account_id: str
    stack_name: str
    stack_id: str
    logical_id: str
    token: str
    tags: Mapping[str, str]
    partition: str = "aws"
    previous_tags: Mapping[str, str] = field(default_factory=dict)

    def physical_name(self, limit: int, *, lower: bool = False) -> str:
        """The name CloudFormation gives a resource whose template names none.

        ``<stack>-<logical id>-<12 letters and digits>``, shortened to `limit` characters; the same
        for the same `token`.
        """
        alphabet = string.ascii_uppercase + string.digits
        digest = hashlib.sha256(f"{self.stack_id}/{self.logical_id}/{self.token}".encode()).digest()
        suffix = "".join(alphabet[byte % len(alphabet)] for byte in digest[:12])
        room = limit - len(suffix) - 2
        stack = self.stack_name[: max(room - len(self.logical_id), room // 2)]
        logical = self.logical_id[: room - len(stack)]
        name = f"{stack}-{logical}-{suffix}"
        return name.lower() if lower else name


class Handler:
    """How one resource type comes to be, changes, and goes.

    Every method may raise botocore's ``ClientError`` or our ``AwsError``: its message becomes the
    resource's status reason. A `create` that raises has removed what it had made.
    Deleting what is already gone succeeds.
    """

    type_name: ClassVar[str]
    supported: ClassVar[frozenset[str]]
    """Top-level properties this handler honours; any other is refused by name."""

    def create(self, context: Context, properties: Properties) -> str:
        """Make the resource; return its physical id (what ``Ref`` gives, unless `reference` differs)."""
        raise NotImplementedError

    def is_ready(self, context: Context, physical_id: str) -> bool:
        """Whether a created or updated resource is stable; asked again until it is."""
        return True

    def update(
        self, context: Context, physical_id: str, properties: Properties, previous: Properties
    ) -> None:
        """Change the resource in place; called only when no changed property forces a replacement.

        Taking back an update that failed is an update, too: `previous` is then what was tried, of which
        any part may never have come about. Where it matters, the service is asked what there is.
        """
        raise NotImplementedError

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        """Remove the resource, with what the handler itself hung onto it."""
        raise NotImplementedError

    def is_gone(self, context: Context, physical_id: str) -> bool:
        """Whether a deleted resource has really gone; asked again until it has."""
        return True

    def attributes(self, context: Context, physical_id: str) -> Mapping[str, Any]:
        """What ``Fn::GetAtt`` can ask of it, by attribute name (``Endpoint.Address`` spelled so)."""
        return {}

    def reference(self, context: Context, physical_id: str) -> str:
        """What ``Ref`` gives; the physical id for nearly every type."""
        return physical_id


H = TypeVar("H", bound=type[Handler])
_HANDLERS: dict[str, Handler] = {}


def resource(type_name: str, *properties: str) -> Callable[[H], H]:
    """Register a `Handler` class for a CloudFormation type, with the properties it honours."""

    def register(handler: H) -> H:
        if type_name in _HANDLERS:
            raise ValueError(f"{type_name} is handled twice")
        handler.type_name = type_name
        handler.supported = frozenset(properties)
        _HANDLERS[type_name] = handler()
        return handler

    return register


@cache
def handlers() -> Mapping[str, Handler]:
    """Every handler by CloudFormation type name; imports the modules on first use."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(_HANDLERS)
