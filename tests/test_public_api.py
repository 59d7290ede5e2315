"""What `import herogate` promises: these names, each with its meaning written down."""

from __future__ import annotations

import subprocess
import sys
from types import UnionType

import pytest

import herogate

PUBLIC = [
    "AccessDenied",
    "App",
    "Architecture",
    "AwsRefused",
    "Belonging",
    "Build",
    "BuildFailed",
    "BuildStatus",
    "Certificate",
    "CertificateStatus",
    "ChangeKind",
    "ConfirmationMismatch",
    "CreationFailed",
    "DeployEvent",
    "DeployFailed",
    "DeployOutput",
    "DeploySuperseded",
    "Deployed",
    "DestructionFailed",
    "DnsRecord",
    "Domain",
    "DomainStatus",
    "EndpointUnreachable",
    "Event",
    "FormationEntry",
    "GitFailed",
    "HerogateError",
    "Identity",
    "InvalidRequest",
    "LogLine",
    "LogSource",
    "MultipleApps",
    "NameTaken",
    "NoAppChosen",
    "NoCredentials",
    "NoRegion",
    "NotATerminal",
    "NotFound",
    "OneOffFailed",
    "Platform",
    "Process",
    "ProcessState",
    "ProcessType",
    "Proposal",
    "Receipt",
    "Release",
    "ReleaseFailed",
    "ReleaseStatus",
    "RequestError",
    "ResourceChange",
    "Schedule",
    "ScheduledRun",
    "Setback",
    "Size",
    "Slug",
    "Space",
    "SpaceFull",
    "SpaceInUse",
    "SpaceProtected",
    "StackChanges",
    "StackProgress",
    "Status",
    "Throttled",
    "Unavailable",
    "UpdateFailed",
    "Work",
    "__version__",
]


def test_the_public_names_are_these() -> None:
    assert herogate.__all__ == PUBLIC


@pytest.mark.parametrize("name", [name for name in PUBLIC if name != "__version__"])
def test_a_public_name_is_there_and_says_what_it_is(name: str) -> None:
    found = getattr(herogate, name)
    kinds = found.__args__ if isinstance(found, UnionType) else (found,)
    assert [kind for kind in kinds if not (kind.__doc__ or "").strip()] == []


def test_a_name_that_is_not_public_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'boto3'"):
        _ = herogate.boto3


def test_importing_herogate_imports_nothing_heavy() -> None:
    program = (
        "import sys, herogate\n"
        "print(sorted({'boto3', 'botocore', 'click', 'git', 'troposphere', 'moto'} & set(sys.modules)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert told.stdout == "[]\n"
