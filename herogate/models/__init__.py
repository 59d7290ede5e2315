"""The nouns: what an app, a space and a piece of progress are; one module a noun. Frozen, no I/O.

A noun is imported when it is first asked for: to make all these classes takes as long as a call to AWS.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from herogate.models.app import App as App
    from herogate.models.build import Build as Build, BuildStatus as BuildStatus
    from herogate.models.certificate import (
        Certificate as Certificate,
        CertificateStatus as CertificateStatus,
        DnsRecord as DnsRecord,
    )
    from herogate.models.changes import (
        ChangeKind as ChangeKind,
        ResourceChange as ResourceChange,
        StackChanges as StackChanges,
    )
    from herogate.models.deploy import (
        Deployed as Deployed,
        DeployEvent as DeployEvent,
        DeployFailed as DeployFailed,
        DeployOutput as DeployOutput,
        DeploySuperseded as DeploySuperseded,
    )
    from herogate.models.domain import Domain as Domain, DomainStatus as DomainStatus
    from herogate.models.formation import (
        FormationEntry as FormationEntry,
        ProcessType as ProcessType,
    )
    from herogate.models.identity import Identity as Identity
    from herogate.models.log import LogLine as LogLine, LogSource as LogSource
    from herogate.models.process import Process as Process, ProcessState as ProcessState
    from herogate.models.progress import (
        Event as Event,
        Setback as Setback,
        StackProgress as StackProgress,
    )
    from herogate.models.receipt import Belonging as Belonging, Receipt as Receipt
    from herogate.models.region import Region as Region
    from herogate.models.release import Release as Release, ReleaseStatus as ReleaseStatus
    from herogate.models.schedule import Schedule as Schedule, ScheduledRun as ScheduledRun
    from herogate.models.size import Size as Size
    from herogate.models.slug import Architecture as Architecture, Slug as Slug
    from herogate.models.space import DEFAULT_SPACE as DEFAULT_SPACE, Space as Space
    from herogate.models.status import Status as Status

_HOMES = {
    "app": ("App",),
    "build": ("BuildStatus", "Build"),
    "certificate": ("CertificateStatus", "DnsRecord", "Certificate"),
    "changes": ("ChangeKind", "ResourceChange", "StackChanges"),
    "deploy": ("DeployOutput", "Deployed", "DeployFailed", "DeploySuperseded", "DeployEvent"),
    "domain": ("DomainStatus", "Domain"),
    "formation": ("ProcessType", "FormationEntry"),
    "identity": ("Identity",),
    "log": ("LogSource", "LogLine"),
    "process": ("ProcessState", "Process"),
    "progress": ("StackProgress", "Setback", "Event"),
    "receipt": ("Belonging", "Receipt"),
    "region": ("Region",),
    "release": ("ReleaseStatus", "Release"),
    "schedule": ("ScheduledRun", "Schedule"),
    "size": ("Size",),
    "slug": ("Architecture", "Slug"),
    "space": ("DEFAULT_SPACE", "Space"),
    "status": ("Status",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = found
    return found
