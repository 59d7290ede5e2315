"""Moto's whole state as one pickle, so that references between services survive.

Left out, because they are the same in every fresh moto: AWS's managed policies that nobody attached,
and the IAM of other partitions. To be called on moto's thread only.
"""

from __future__ import annotations

import io
import pickle
import threading
from collections import defaultdict
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
from moto.iam.models import AWSManagedPolicy, iam_backends
from moto.s3.models import FakeKey

from herogate.local.moto_bridge.contents import LARGE_BYTES, Content, Contents

_GRAPH = frozenset({"backend", "service_name", "_use_boto3_regions", "_additional_regions", "_id"})
"""What a `BackendDict` is made of; anything beyond is state of its own (S3's bucket owners)."""

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


class SnapshotMismatch(Exception):
    """The snapshot was written with another version of moto and cannot be trusted."""


def stamp() -> str:
    """What a snapshot is marked with: moto's version."""
    return f"moto {version('moto')}"


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
        graph = _Unpickler(io.BytesIO(snapshot), self._contents).load()
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
    def __init__(self, file: io.BytesIO, contents: Contents) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._contents = contents

    def persistent_id(self, thing: Any) -> tuple[str, ...] | None:
        kind = type(thing)
        if kind is AWSManagedPolicy:
            return None if thing.attachment_count else ("policy", thing.arn)
        if isinstance(thing, BackendDict):
            return ("service", thing.service_name)
        if kind is AccountSpecificBackend:
            return ("account", thing.service_name, thing.account_id)
        if kind is Content:
            return ("content", thing.digest)
        return None

    def reducer_override(self, thing: Any) -> Any:
        if isinstance(thing, _thread.LockType):
            return threading.Lock, ()
        if isinstance(thing, _thread.RLock):
            return threading.RLock, ()
        keys = _key_reducer(thing)
        if keys is not None:
            return keys
        if type(thing) is FakeKey and thing.contentsize >= LARGE_BYTES and not thing.disposed:
            return _new, (FakeKey,), self._contents.state(thing)
        if isinstance(thing, defaultdict) and type(thing) is not defaultdict:
            # Some of moto's take arguments of their own, which defaultdict's way would not give.
            state = (vars(thing), {"default_factory": thing.default_factory})
            return _new, (type(thing),), state, None, iter(thing.items())
        return super().reducer_override(thing)


def _key_reducer(thing: Any) -> Any:
    """How keys and certificates, which are C objects, are written: as DER."""
    if isinstance(thing, PrivateKey):
        return _private_key, (
            thing.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        )
    if isinstance(thing, PublicKey):
        return _public_key, (thing.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),)
    if isinstance(thing, x509.Certificate):
        return _certificate, (thing.public_bytes(Encoding.DER),)
    return None


# Functions of our own, since the library's cannot be named in a pickle.
def _private_key(written: bytes) -> Any:
    return load_der_private_key(written, None)


def _public_key(written: bytes) -> Any:
    return load_der_public_key(written)


def _certificate(written: bytes) -> Any:
    return x509.load_der_x509_certificate(written)


def _new(kind: Any) -> Any:
    return kind.__new__(kind)


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, contents: Contents) -> None:
        super().__init__(file)
        self._contents = contents
        fresh = iam_backends[settings.ACCOUNT_ID]["aws"]
        self._policies = {policy.arn: policy for policy in fresh.aws_managed_policies}

    def persistent_load(self, pid: tuple[str, ...]) -> Any:
        kind, *names = pid
        if kind == "policy":
            return self._policies[names[0]]
        if kind == "content":
            return self._contents.read(names[0])
        backends = _backends(names[0])
        return backends if kind == "service" else backends[names[1]]
