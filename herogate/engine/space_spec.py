"""What a space is to be: what its stack says that was asked for, and what is asked for now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypedDict

from herogate import __version__
from herogate.aws.cloudformation import Stack
from herogate.errors import InvalidRequest
from stacks import names
from stacks.outputs import SpaceOutput as Output

if TYPE_CHECKING:
    from stacks.space import Spec


class SpaceOptions(TypedDict, total=False):
    """What may be chosen of a space; what is not said stays as it is, or is as `Spec` has it."""

    cidr: str
    availability_zones: int
    private: bool
    domain: str | None
    hosted_zone_id: str | None
    certificate_arn: str | None
    permissions_boundary: str | None
    customer_key: bool
    log_retention_days: int
    deletion_protection: bool
    container_insights: str
    load_balancers: int


_FOR_EVER: Mapping[str, str] = {
    "cidr": "the network of a space",
    "private": "whether the processes of a space have public addresses",
}
"""What no update can change, since all that is in the network would have to be made anew."""


def asked(space: str, options: SpaceOptions) -> Spec:
    """A new space. Raises `InvalidRequest`."""
    return _spec({**options, "space": space, "version": __version__})


def check_here(options: SpaceOptions, region: str) -> None:
    """Raises `InvalidRequest`: a load balancer presents no certificate of another region."""
    from stacks.space_rules import certificate_region

    arn = options.get("certificate_arn")
    if arn is not None and (elsewhere := certificate_region(arn)) not in ("", region):
        raise InvalidRequest(
            f"The certificate is one of {elsewhere}, and the space is in {region}.",
            "Load balancers present certificates of their own region: ask ACM for one there.",
        )


def described(space: str, stack: Stack) -> Spec:
    """A space as it is, by what its stack tells, in this Herogate's description."""
    told = stack.outputs
    plain = {
        "cidr": told.get(Output.CIDR),
        "domain": told.get(Output.DOMAIN),
        "hosted_zone_id": told.get(Output.HOSTED_ZONE_ID),
        "certificate_arn": told.get(Output.CERTIFICATE_ARN),
        "permissions_boundary": told.get(Output.PERMISSIONS_BOUNDARY),
    }
    return _spec(
        {
            **{name: text for name, text in plain.items() if text is not None},
            **chosen(stack),
            "load_balancers": len(told[Output.LOAD_BALANCER_ARNS].split(",")),
            "space": space,
            "version": __version__,
        }
    )


def chosen(stack: Stack) -> dict[str, Any]:
    """What a space's stack tells of it that people ask about, by the names of `Space` and `Spec`."""
    told = stack.outputs
    readings: Mapping[str, tuple[Output, Callable[[str], Any]]] = {
        "availability_zones": (Output.AVAILABILITY_ZONES, int),
        "private": (Output.PRIVATE, _is_true),
        "log_retention_days": (Output.LOG_RETENTION_DAYS, int),
        "deletion_protection": (Output.DELETION_PROTECTION, _is_true),
        "container_insights": (Output.CONTAINER_INSIGHTS, str),
        "version": (Output.VERSION, str),
    }
    if not told:
        return {}
    known = {n: read(told[output]) for n, (output, read) in readings.items() if output in told}
    return {**known, "customer_key": Output.KEY_ARN in told}


def changed(spec: Spec, options: SpaceOptions) -> Spec:
    """A space with other options. Raises `InvalidRequest` for what cannot become otherwise."""
    wanted = _spec({**_fields(spec), **options})
    for name, noun in _FOR_EVER.items():
        if getattr(wanted, name) != getattr(spec, name):
            raise InvalidRequest(
                f"It was decided when space {spec.space} was made: {noun}.",
                "Make another space, and the apps in it: `herogate spaces:create <name>`.",
            )
    if spec.domain not in (None, wanted.domain):
        raise InvalidRequest(
            f"The apps of space {spec.space} have their addresses under {spec.domain}.",
            "Make another space for another domain: `herogate spaces:create <name> --domain …`.",
        )
    if spec.customer_key and not wanted.customer_key:
        raise InvalidRequest(
            f"Logs and config vars of the apps of space {spec.space} lie under its key, and would be "
            "lost with it.",
            "A space without one is another: `herogate spaces:create <name> --no-customer-key`.",
        )
    for name, noun in (("availability_zones", "zones"), ("load_balancers", "load balancers")):
        if getattr(wanted, name) < getattr(spec, name):
            raise InvalidRequest(
                f"Space {spec.space} has {getattr(spec, name)} {noun}, and what is in it uses them."
            )
    return wanted


def foreseen(stack: Stack, spec: Spec) -> Stack:
    """A space's stack as it will tell, once it is to a spec, of what its apps go by."""
    told = {**stack.outputs, Output.LOG_RETENTION_DAYS: str(spec.log_retention_days)}
    told.pop(Output.PERMISSIONS_BOUNDARY, None)
    if spec.permissions_boundary is not None:
        told[Output.PERMISSIONS_BOUNDARY] = spec.permissions_boundary
    if spec.customer_key and Output.KEY_ARN not in told:
        told[Output.KEY_ARN] = _alias_arn(stack, spec.space)
    return replace(stack, outputs=told)


def grown(spec: Spec) -> Spec | None:
    """A space with a load balancer more; None if it can have no more."""
    try:
        return replace(spec, load_balancers=spec.load_balancers + 1)
    except ValueError:
        return None


def _spec(fields: Mapping[str, Any]) -> Spec:
    from stacks.space import Insights, Spec

    try:
        insights = Insights(fields.get("container_insights", Insights.OFF))
        return Spec(**{**fields, "container_insights": insights})
    except ValueError as error:
        raise InvalidRequest.of(error) from error


def _alias_arn(stack: Stack, space: str) -> str:
    """What a key can be called that is not made yet."""
    _, partition, _, region, account, _ = stack.id.split(":", 5)
    return f"arn:{partition}:kms:{region}:{account}:{names.key_alias(space)}"


def _is_true(text: str) -> bool:
    return text == "true"


def _fields(spec: Spec) -> dict[str, Any]:
    return {name: getattr(spec, name) for name in spec.__dataclass_fields__}
