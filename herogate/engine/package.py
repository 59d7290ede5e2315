"""Herogate's own package, as it runs inside CodeBuild: one zip, unpacked and run as it is.

It holds Herogate without its command line and its local cloud, and what that needs of other people's
packages, as they are installed here: nothing comes from a package index while an app is deployed. What
lies in a bucket under a key never changes, so an app goes on with the package it was made with.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

from herogate import __version__
from herogate.aws.s3 import Buckets
from herogate.errors import HerogateError
from stacks import names

_OWN = ("buildspecs", "herogate", "stacks")
_LEFT_OUT = ("herogate/cli/", "herogate/gitremote/", "herogate/local/")

_OTHERS = (
    "botocore",
    "cfn-flip",
    "jmespath",
    "python-dateutil",
    "PyYAML",
    "six",
    "troposphere",
    "urllib3",
)
"""Distributions that the release imports, with what they import."""

SERVICES = (
    "acm",
    "cloudformation",
    "codebuild",
    "codecommit",
    "codepipeline",
    "dynamodb",
    "ecr",
    "ecs",
    "elbv2",
    "events",
    "iam",
    "logs",
    "s3",
    "scheduler",
    "ssm",
    "sts",
)
"""The services whose models go along, of the hundreds that botocore has."""

_USED = re.compile(r"^from troposphere\.(\w+) import", re.MULTILINE)
_TROPOSPHERES_OWN = frozenset(
    {
        *("__init__", "compat", "constants", "serverless"),
        *("apigateway", "apigatewayv2", "awslambda", "dynamodb", "events", "s3", "stepfunctions"),
    }
)
"""What each of its templates imports: its serverless module, with what that imports."""

_MODELS = PurePosixPath("botocore/data")
_KINDS = (".py", ".yml", ".json", ".json.gz", ".pem")
_TIME = (1980, 1, 1, 0, 0, 0)


@cache
def key() -> str:
    """Where in a space's bucket the package of this installation lies: by version and content."""
    digest = hashlib.sha256()
    for path, content in _own():
        digest.update(f"{path}\n{len(content)}\n".encode() + content)
    for name in _OTHERS:
        digest.update(f"{name}=={metadata.distribution(name).version}\n".encode())
    digest.update(" ".join(SERVICES).encode())
    return names.package_key(__version__, digest.hexdigest()[:16])


def supply(buckets: Buckets, bucket: str) -> None:
    """Put the package of this installation into a space's bucket, if it is not there."""
    if not buckets.has(bucket, key()):
        buckets.put(bucket, key(), content())


def content() -> bytes:
    """The package: the same files give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in sorted(_files().items()):
            described = zipfile.ZipInfo(path, _TIME)
            described.compress_type = zipfile.ZIP_DEFLATED
            described.external_attr = 0o644 << 16
            archive.writestr(described, text)
    return packed.getvalue()


def _files() -> Mapping[str, bytes]:
    return dict(_own()) | dict(_others())


def _own() -> Iterator[tuple[str, bytes]]:
    for package in _OWN:
        yield from sorted(_sources(resources.files(package), package))


def _sources(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        inner = f"{path}/{entry.name}"
        if entry.is_dir():
            if f"{inner}/" not in _LEFT_OUT:
                yield from _sources(entry, inner)
        elif entry.name.endswith(_KINDS):
            yield inner, entry.read_bytes()


def _others() -> Iterator[tuple[str, bytes]]:
    for name in _OTHERS:
        distribution = metadata.distribution(name)
        if distribution.files is None:
            raise HerogateError(
                f"Of the installed {name} it is not known which files it has.",
                "Install Herogate with pip into an environment of its own.",
            )
        for file in filter(_goes_along, distribution.files):
            yield file.as_posix(), file.read_binary()


@cache
def _described() -> frozenset[str]:
    """The modules of troposphere that the stacks use, of a module for every service that AWS has."""
    sources = (content.decode() for path, content in _own() if path.startswith("stacks/"))
    used = (_USED.findall(source) for source in sources)
    return frozenset(name for names_used in used for name in names_used) | _TROPOSPHERES_OWN


def _goes_along(file: PurePosixPath) -> bool:
    if ".." in file.parts:
        return False
    if file.parts[0] == "troposphere" and file.suffix == ".py":
        return file.stem in _described()
    if file.is_relative_to(_MODELS):
        inner = file.relative_to(_MODELS).parts
        return len(inner) == 1 or (inner[0] in SERVICES and not inner[-1].startswith("examples"))
    is_licence = file.parts[0].endswith(".dist-info") and "LICEN" in file.name.upper()
    return is_licence or file.name.endswith(_KINDS)
