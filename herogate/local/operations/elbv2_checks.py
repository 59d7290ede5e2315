"""What AWS refuses in the parameters of listeners and rules. Pure.

Quotas and words are those of the Elastic Load Balancing API reference and user guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_network
from typing import Any

from herogate.local.errors import AwsError, not_supported
from herogate.local.planes.elb.matching import redirects_to_itself
from herogate.local.planes.elb.reading import redirect, shares
from herogate.local.planes.elb.table import Protocol

Document = Mapping[str, Any]

_VALUES_PER_RULE = 5
_WILDCARDS_PER_RULE = 6
_GROUPS_PER_ACTION = 5
_WEIGHT_LIMIT = 999
_PORT_LIMIT = 65535

_CONFIGS = {
    "host-header": "HostHeaderConfig",
    "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "path-pattern": "PathPatternConfig",
    "query-string": "QueryStringConfig",
    "source-ip": "SourceIpConfig",
}
_PLAIN_VALUES = ("host-header", "path-pattern")
"""Fields whose values may stand in ``Values``, without a configuration."""

_ONCE = ("host-header", "http-request-method", "path-pattern", "source-ip")
_CONTENT_TYPES = (
    "text/html",
    "application/json",
    "application/javascript",
    "text/css",
    "text/plain",
)
_SHAPES = {
    "host-header": r"[A-Za-z0-9.*?-]{1,128}",
    "path-pattern": r"[A-Za-z0-9_.$/~\"'@:+&*?-]{1,128}",
    "http-request-method": r"[A-Z_-]{1,40}",
    "http-header": r"[^\x00-\x1f\x7f]{1,128}",
}


def check_conditions(conditions: Sequence[Document]) -> None:
    """Refuse conditions that AWS refuses.

    Raises:
        AwsError: ``ValidationError``, or by name what the local cloud does not know.
    """
    if not conditions:
        raise _invalid("A condition must be specified")
    fields = [condition.get("Field") for condition in conditions]
    for field in _ONCE:
        if fields.count(field) > 1:
            raise _invalid(f"A rule can only have one '{field}' condition")
    values = [value for condition in conditions for value in _condition_values(condition)]
    if len(values) > _VALUES_PER_RULE:
        raise _invalid(f"A rule can only have '{_VALUES_PER_RULE}' condition values")
    if sum(len(re.findall(r"(?<!\\)[*?]", value)) for value in values) > _WILDCARDS_PER_RULE:
        raise _invalid(f"A rule can only have '{_WILDCARDS_PER_RULE}' condition wildcards")


def check_actions(
    actions: Sequence[Document], *, target_groups: Iterable[str], protocol: Protocol, port: int
) -> None:
    """Refuse actions that AWS refuses on a listener of this protocol and port.

    Args:
        target_groups: the ARNs of all that exist.

    Raises:
        AwsError: with AWS's code, or by name what the local cloud does not know.
    """
    for action in actions:
        if action["Type"] not in ("forward", "redirect", "fixed-response"):
            raise not_supported(f"rule actions of type '{action['Type']}'")
    if not actions:
        raise _invalid("An action must be specified")
    if len(actions) > 1:
        raise AwsError("TooManyActions", "A rule can only have one routing action")
    action = actions[0]
    if action["Type"] == "forward":
        _check_forward(action, set(target_groups))
    elif action["Type"] == "redirect":
        _check_redirect(action.get("RedirectConfig"), protocol, port)
    else:
        _check_fixed_response(action.get("FixedResponseConfig"))


def forwarded_to(actions: Iterable[Document]) -> set[str]:
    """The target groups that actions send requests to."""
    forwards = [action for action in actions if action["Type"] == "forward"]
    return {share.target_group_arn for action in forwards for share in shares(action)}


def _condition_values(condition: Document) -> list[str]:
    """Every pattern of a condition, after its form has been found good."""
    field = condition.get("Field", "")
    if field not in _CONFIGS:
        valid = ",".join(_CONFIGS)
        raise _invalid(f"Condition field '{field}' must be one of '[{valid}]'")
    config = condition.get(_CONFIGS[field], {})
    if condition.get("RegexValues") or config.get("RegexValues"):
        raise not_supported("rule conditions with regular expressions")
    plain, configured = condition.get("Values", []), config.get("Values", [])
    if plain and field not in _PLAIN_VALUES:
        raise _invalid(f"The 'Values' field is not compatible with '{field}'")
    if plain and configured:
        raise _invalid(
            f"You cannot provide both Values and '{_CONFIGS[field]}' "
            f"for a condition of type '{field}'"
        )
    if len(plain) > 1:
        raise _invalid(f"The '{field}' field contains too many values; the limit is '1'")
    if not (plain or configured):
        raise _invalid("A condition value must be specified")
    if field == "query-string":
        return [text for pair in configured for text in _query_texts(pair)]
    for value in plain or configured:
        _check_value(field, value)
    if field == "http-header":
        _check_header_name(config.get("HttpHeaderName", ""))
    return list(plain or configured)


def _check_value(field: str, value: str) -> None:
    if field == "source-ip":
        try:
            ip_network(value, strict=False)
        except ValueError as error:
            raise _invalid(f"The source IP '{value}' must be in CIDR format") from error
        if "/" not in value:
            raise _invalid(f"The source IP '{value}' must be in CIDR format")
    elif not re.fullmatch(_SHAPES[field], value):
        raise _invalid(f"The '{field}' value '{value}' is not valid")


def _check_header_name(name: str) -> None:
    if not re.fullmatch(r"[!#$%&'+.^_`|~0-9A-Za-z-]{1,40}", name):
        raise _invalid(f"The 'HttpHeaderName' value '{name}' is not valid")
    if name.lower() == "host":
        raise _invalid("Use a 'host-header' condition instead of the header name 'Host'")


def _query_texts(pair: Document) -> list[str]:
    if not pair.get("Value"):
        raise _invalid("A 'Value' must be specified in 'QueryStringKeyValuePair'")
    for name in ("Key", "Value"):
        if len(pair.get(name, "")) > 128:
            raise _invalid(f"The '{name}' value is too long; the limit is '128'")
    return [pair.get("Key", "") + pair["Value"]]


def _check_forward(action: Document, known: set[str]) -> None:
    config = action.get("ForwardConfig", {})
    if config.get("TargetGroupStickinessConfig", {}).get("Enabled"):
        raise not_supported("target group stickiness")
    if not (action.get("TargetGroupArn") or config.get("TargetGroups")):
        raise _invalid("A target group ARN must be specified")
    groups = shares(action)
    if action.get("TargetGroupArn", groups[0].target_group_arn) != groups[0].target_group_arn or (
        action.get("TargetGroupArn") and len(groups) > 1
    ):
        raise _invalid("You cannot specify both a target group ARN and other target groups")
    if len(groups) > _GROUPS_PER_ACTION:
        raise _invalid(f"A forward action can have at most '{_GROUPS_PER_ACTION}' target groups")
    for share in groups:
        if share.target_group_arn not in known:
            raise AwsError(
                "TargetGroupNotFound", f"Target group '{share.target_group_arn}' not found"
            )
        if not 0 <= share.weight <= _WEIGHT_LIMIT:
            raise _invalid(f"Target group weight '{share.weight}' must be between 0 and 999")


def _check_redirect(config: Document | None, protocol: Protocol, port: int) -> None:
    if config is None:
        raise _invalid("A RedirectConfig must be specified with the action type 'redirect'")
    wanted = redirect(config)
    if wanted.port != "#{port}" and not (
        re.fullmatch(r"[0-9]{1,5}", wanted.port) and 1 <= int(wanted.port) <= _PORT_LIMIT
    ):
        raise _invalid(f"The redirect port '{wanted.port}' must be 1 to 65535 or #{{port}}")
    if not wanted.path.startswith("/"):
        raise _invalid(f"The redirect path '{wanted.path}' must start with '/'")
    if protocol is Protocol.HTTPS and wanted.protocol == Protocol.HTTP:
        raise _bad_action("You cannot redirect HTTPS to HTTP.")
    if redirects_to_itself(wanted, protocol, port):
        raise _bad_action("The redirect configuration is not valid because it creates a loop.")


def _check_fixed_response(config: Document | None) -> None:
    if config is None:
        raise _invalid(
            "A FixedResponseConfig must be specified with the action type 'fixed-response'"
        )
    if config.get("ContentType") and config["ContentType"] not in _CONTENT_TYPES:
        named = ", ".join(f"'{name}'" for name in _CONTENT_TYPES)
        raise _bad_action(f"The ContentType must be one of:{named}")


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message)


def _bad_action(message: str) -> AwsError:
    return AwsError("InvalidLoadBalancerAction", message)
