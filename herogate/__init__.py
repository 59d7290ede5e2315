"""Heroku's working day on your own AWS account, as a library.

`Platform` is where to begin; what it hands out are the models and `Work`, what it raises are children of
`HerogateError`. Everything is imported when first asked for, so that a command starts fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from herogate.engine.platform import Platform
    from herogate.engine.proposals import Proposal
    from herogate.engine.work import Work
    from herogate.errors import (
        AccessDenied,
        AwsRefused,
        BuildFailed,
        ConfirmationMismatch,
        CreationFailed,
        DestructionFailed,
        EndpointUnreachable,
        GitFailed,
        HerogateError,
        InvalidRequest,
        MultipleApps,
        NameTaken,
        NoAppChosen,
        NoCredentials,
        NoRegion,
        NotATerminal,
        NotFound,
        OneOffFailed,
        ReleaseFailed,
        RequestError,
        SpaceFull,
        SpaceInUse,
        SpaceProtected,
        Throttled,
        Unavailable,
        UpdateFailed,
    )
    from herogate.models import (
        App,
        Architecture,
        Belonging,
        Build,
        BuildStatus,
        Certificate,
        CertificateStatus,
        ChangeKind,
        Deployed,
        DeployEvent,
        DeployFailed,
        DeployOutput,
        DeploySuperseded,
        DnsRecord,
        Domain,
        DomainStatus,
        Event,
        FormationEntry,
        Identity,
        LogLine,
        LogSource,
        Process,
        ProcessState,
        ProcessType,
        Receipt,
        Release,
        ReleaseStatus,
        ResourceChange,
        Schedule,
        ScheduledRun,
        Setback,
        Size,
        Slug,
        Space,
        StackChanges,
        StackProgress,
        Status,
    )

__version__ = "0.1.0"

__all__ = [
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

_HOMES = (
    "herogate.errors",
    "herogate.models",
    "herogate.engine.work",
    "herogate.engine.platform",
    "herogate.engine.proposals",
)


def __getattr__(name: str) -> Any:
    if name in __all__:
        for home in _HOMES:
            module = import_module(home)
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
