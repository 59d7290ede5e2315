"""Moto's whole state as one pickle, so that references between services survive.

Left out, because they are the same in every fresh moto: AWS's managed policies that nobody attached,
and the IAM of other partitions; because they are no state: pages of tagged resources that were not asked
for yet, whose tokens expire. To be called on moto's thread only.
"""

from __future__ import annotations

import io
import pickle
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from herogate.local.moto_bridge import settings

# isort: split
import _thread

import cloudpickle
import moto.backends
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)
from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.iam.models import AWSManagedPolicy, IAMBackend, iam_backends
from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend
from moto.s3.models import FakeKey

from herogate.local.moto_bridge.contents import LARGE_BYTES, Content, Contents

_GRAPH = frozenset({"backend", "service_name", "_use_boto3_regions", "_additional_regions", "_id"})
"""What a `BackendDict` is made of; anything beyond is state of its own (S3's bucket owners)."""

_FORM = 2
"""To be raised when snapshots are written such that the code before could not read them."""

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


class SnapshotMismatch(Exception):
    """The snapshot was written with another version of moto and cannot be trusted."""


@cache
def stamp() -> str:
    """What a snapshot is marked with: moto's version, and that of how we write its state."""
    return f"moto {version('moto')}, form {_FORM}"


class Snapshots:
    """Writes and reads snapshots. Large objects of buckets stand beside them, in files of their own.

    Args:
        contents: the directory of those files, named by their SHA-256.
    """

    def __init__(self, contents: Path) -> None:
        self._contents = Contents(contents)

    def dump(self) -> bytes:
        """All backends in use, pickled."""
        self._contents.begin()
        graph: dict[str, Any] = {}
        for backends in list(BackendDict._instances):
            name = backends.service_name
            accounts = {account: _regions(name, found) for account, found in backends.items()}
            own = {key: value for key, value in vars(backends).items() if key not in _GRAPH}
            graph[name] = (accounts, own)
        buffer = io.BytesIO()
        _Pickler(buffer, self._contents).dump(graph)
        return buffer.getvalue()

    def load(self, snapshot: bytes, written_with: str) -> None:
        """Put a snapshot's backends in place of the fresh ones.

        Raises:
            SnapshotMismatch: it was written with another version of moto.
        """
        if written_with != stamp():
            raise SnapshotMismatch(f"written with {written_with}, this is {stamp()}")
        self._contents.begin()
        token = _reading.set(self._contents)
        graph = pickle.loads(snapshot)  # noqa: S301 (our own, from a directory of the owner's)
        _reading.reset(token)
        for service, (accounts, own) in graph.items():
            backends = _backends(service)
            vars(backends).update(own)
            for account, regions in accounts.items():
                for region, backend in regions.items():
                    backends[account][region] = backend
        self.forget_unused()

    def forget_unused(self) -> None:
        """Remove the large objects that the last snapshot, now written or read, does not have."""
        self._contents.forget_unused()


def _regions(service: str, regions: AccountSpecificBackend[Any]) -> dict[str, Any]:
    return {
        region: backend
        for region, backend in regions.items()
        if service != "iam" or region == "aws"
    }


def _backends(service: str) -> BackendDict[Any]:
    backends: BackendDict[Any] = moto.backends.get_backend(service)
    return backends


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """Writes references and what C objects are made of; the way of a class is looked up once.

    References are no persistent ids: pickle would ask for one for every string and number.
    """

    def __init__(self, file: io.BytesIO, contents: Contents) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._contents = contents

    def reducer_override(self, thing: Any) -> Any:
        way = _way(type(thing))  # type: ignore[arg-type]
        reduced = NotImplemented if way is None else way(thing, self._contents)
        return super().reducer_override(thing) if reduced is NotImplemented else reduced


@cache
def _way(kind: type) -> Callable[[Any, Contents], Any] | None:
    return next((way for known, way in _WAYS.items() if issubclass(kind, known)), None)


def _reduce_policy(policy: AWSManagedPolicy, _: Contents) -> Any:
    return NotImplemented if policy.attachment_count else (_policy, (policy.arn,))


def _reduce_iam(backend: IAMBackend, _: Contents) -> Any:
    state = dict(vars(backend))
    del state["aws_managed_policies"]
    state["managed_policies"] = {
        arn: policy
        for arn, policy in backend.managed_policies.items()
        if type(policy) is not AWSManagedPolicy or policy.attachment_count
    }
    return _new, (type(backend),), state, None, None, _set_iam


def _reduce_tagging(backend: ResourceGroupsTaggingAPIBackend, _: Contents) -> Any:
    return _new, (type(backend),), {**vars(backend), "_pages": {}}


def _reduce_object(key: FakeKey, contents: Contents) -> Any:
    if type(key) is not FakeKey or key.contentsize < LARGE_BYTES or key.disposed:
        return NotImplemented
    return _new, (FakeKey,), contents.state(key)


def _reduce_mapping(mapping: defaultdict[Any, Any], _: Contents) -> Any:
    if type(mapping) is defaultdict:
        return NotImplemented
    # Some of moto's take arguments of their own, which defaultdict's way would not give.
    state = (vars(mapping), {"default_factory": mapping.default_factory})
    return _new, (type(mapping),), state, None, iter(mapping.items())


def _reduce_private_key(key: PrivateKey, _: Contents) -> Any:
    return _private_key, (key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),)


def _reduce_public_key(key: PublicKey, _: Contents) -> Any:
    return _public_key, (key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),)


_WAYS: Mapping[Any, Callable[[Any, Contents], Any]] = {
    BackendDict: lambda backends, _: (_backends, (backends.service_name,)),
    AccountSpecificBackend: lambda account, _: (
        _account,
        (account.service_name, account.account_id),
    ),
    AWSManagedPolicy: _reduce_policy,
    IAMBackend: _reduce_iam,
    ResourceGroupsTaggingAPIBackend: _reduce_tagging,
    FakeKey: _reduce_object,
    Content: lambda content, _: (_content, (content.digest,)),
    _thread.LockType: lambda *_: (threading.Lock, ()),
    _thread.RLock: lambda *_: (threading.RLock, ()),
    defaultdict: _reduce_mapping,
    PrivateKey: _reduce_private_key,
    PublicKey: _reduce_public_key,
    x509.Certificate: lambda found, _: (_certificate, (found.public_bytes(Encoding.DER),)),
}


# What a snapshot calls when it is read. The fresh backends stand until all of it is.
_reading: ContextVar[Contents] = ContextVar("reading")


def _account(service: str, account_id: str) -> Any:
    return _backends(service)[account_id]


def _policy(arn: str) -> Any:
    return iam_backends[settings.ACCOUNT_ID]["aws"].managed_policies[arn]


def _content(digest: str) -> bytes:
    return _reading.get().read(digest)


def _set_iam(backend: Any, state: dict[str, Any]) -> None:
    fresh = iam_backends[settings.ACCOUNT_ID]["aws"].aws_managed_policies
    policies = {policy.arn: policy for policy in fresh} | state["managed_policies"]
    vars(backend).update(state)
    backend.managed_policies = policies
    backend.aws_managed_policies = [policies[policy.arn] for policy in fresh]


def _private_key(written: bytes) -> Any:
    return load_der_private_key(written, None)


def _public_key(written: bytes) -> Any:
    return load_der_public_key(written)


def _certificate(written: bytes) -> Any:
    return x509.load_der_x509_certificate(written)


def _new(kind: Any) -> Any:
    return kind.__new__(kind)
