"""The few facts of moto's state that no API tells or sets. To be called on moto's thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from herogate.local.moto_bridge import settings  # noqa: F401  (before moto)

# isort: split
from moto.elbv2.models import elbv2_backends
from moto.iam.models import AccessKey, IAMBackend, Policy, iam_backends
from moto.s3.models import s3_backends
from moto.sts.models import AssumedRole, sts_backends

from herogate.local.identity import Caller, Credentials
from herogate.local.moto_bridge.settings import ACCOUNT_ID


class UnknownKey(Exception):
    """No active access key of this id exists."""


class ExpiredKey(Exception):
    """The key belonged to a session that has ended."""


@dataclass(frozen=True, kw_only=True)
class RolePolicies:
    """The identity policies of a role as JSON, and its boundary's."""

    documents: tuple[str, ...] = ()
    boundary: str | None = None


def role_policies(name: str) -> RolePolicies:
    """What is granted to a role; nothing to one that is gone."""
    found = next((role for role in _iam().roles.values() if role.name == name), None)
    if found is None:
        return RolePolicies()
    boundary = found.permissions_boundary_arn
    return RolePolicies(
        documents=(
            *found.policies.values(),
            *(_document(policy) for policy in found.managed_policies.values()),
        ),
        boundary=None if boundary is None else _document(_iam().get_policy(boundary)),
    )


def _document(policy: Policy) -> str:
    """The text of the version of a managed policy that is in force."""
    return next(str(each.document) for each in policy.versions if each.is_default)


def caller(access_key_id: str) -> Caller:
    """Whose access key this is: a user's, or an assumed role's.

    Raises:
        UnknownKey: nobody's, or one that was made inactive.
        ExpiredKey: of a role session whose time is over.
    """
    key = _iam().access_keys.get(access_key_id)
    if key is None or key.status != "Active":
        raise UnknownKey(access_key_id)
    if key.user_name is not None:
        return _caller(_iam().get_user(key.user_name).arn, key)
    session = _session(access_key_id)
    if session.expiration < datetime.now(UTC).replace(tzinfo=None):
        raise ExpiredKey(access_key_id)
    return _caller(session.arn, key, session.session_token)


def ensure_user(name: str, access_key_id: str, secret_access_key: str) -> Caller:
    """The user of this name with an access key, made with the given one if it has none."""
    users = _iam().users
    if name not in users:
        _iam().create_user("us-east-1", name)
    keys = users[name].access_keys
    if not keys:
        key = _iam().create_access_key(name)
        del _iam().access_keys[key.physical_resource_id]
        key.access_key_id, key.secret_access_key = access_key_id, secret_access_key
        _iam().access_keys[key.physical_resource_id] = key
    return _caller(users[name].arn, keys[0])


def forget_sessions(before: datetime) -> None:
    """Drop the role sessions that ended before a time, with their keys; moto keeps all for ever.

    Every task, build and delivery takes on a role, so there are thousands in a working day.
    """
    sts, keys = sts_backends[ACCOUNT_ID]["aws"], _iam().access_keys
    moment = before.astimezone(UTC).replace(tzinfo=None)
    kept = []
    for session in sts.assumed_roles:
        if session.expiration < moment:
            keys.pop(session.access_key_id, None)
        else:
            kept.append(session)
    sts.assumed_roles[:] = kept


def set_load_balancer_dns_name(region: str, arn: str, dns_name: str) -> None:
    """Give a load balancer the name under which it really answers."""
    elbv2_backends[ACCOUNT_ID][region].load_balancers[arn].dns_name = dns_name


def tells_eventbridge(bucket: str) -> bool:
    """Whether EventBridge hears of what becomes of a bucket's objects."""
    found = s3_backends[ACCOUNT_ID]["aws"].get_bucket(bucket).notification_configuration
    return found is not None and found.event_bridge is not None


def _iam() -> IAMBackend:
    return iam_backends[ACCOUNT_ID]["aws"]


def _session(access_key_id: str) -> AssumedRole:
    session = sts_backends[ACCOUNT_ID]["aws"].get_assumed_role_from_access_key(access_key_id)
    if session is None:
        raise UnknownKey(access_key_id)
    return session


def _caller(arn: str, key: AccessKey, session_token: str | None = None) -> Caller:
    return Caller(
        arn=arn,
        account_id=ACCOUNT_ID,
        credentials=Credentials(
            access_key_id=key.access_key_id,
            secret_access_key=key.secret_access_key,
            session_token=session_token,
        ),
    )
