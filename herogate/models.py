"""The nouns: what an app, a space and a piece of progress are. Frozen, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

DEFAULT_SPACE = "default"


class Status(StrEnum):
    """Where an app or a space is in its life."""

    CREATING = "creating"
    READY = "ready"
    UPDATING = "updating"
    DESTROYING = "destroying"
    BROKEN = "broken"
    """A creation or destruction that stopped half-way; `destroy` removes what is left."""

    @property
    def is_ready(self) -> bool:
        """Whether it can be used: there, whole, and not about to go."""
        return self in (Status.READY, Status.UPDATING)


@dataclass(frozen=True, kw_only=True)
class Space:
    """A network, load balancers and the capacity that many apps share. Paid once, not per app.

    Attributes:
        web_hosts: DNS names of its load balancers.
        domain: apps live at ``https://<app>.<domain>``; without one, at a port of a load balancer.
        private: whether processes have no public addresses.
        version: of the Herogate that described it last; None while it is being made.
    """

    name: str
    region: str
    status: Status
    created_at: datetime
    web_hosts: tuple[str, ...] = ()
    domain: str | None = None
    availability_zones: int = 2
    private: bool = False
    log_retention_days: int = 30
    deletion_protection: bool = False
    container_insights: str = "disabled"
    version: str | None = None


@dataclass(frozen=True, kw_only=True)
class App:
    """An app: a name, an address on the web, and a git repository to push to.

    Attributes:
        web_url: where its web processes answer; None while AWS has not said it yet.
        git_url: what ``git push`` takes: ``herogate://[<profile>@]<region>/<app>``.
        clone_url: the repository's plain HTTPS address; None while it is being made.
    """

    name: str
    space: str
    region: str
    status: Status
    git_url: str
    created_at: datetime
    web_url: str | None = None
    clone_url: str | None = None
    git_branch: str | None = None


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who calls AWS.

    Attributes:
        name: of the user, or of the session of a role.
    """

    arn: str
    account: str
    name: str = ""


class BuildStatus(StrEnum):
    """How a build stands."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"

    @property
    def is_over(self) -> bool:
        return self is not BuildStatus.RUNNING

    @property
    def has_failed(self) -> bool:
        return self in (BuildStatus.FAILED, BuildStatus.STOPPED)


@dataclass(frozen=True, kw_only=True)
class Build:
    """One attempt at making an image of a commit, or at releasing one that was made.

    Attributes:
        id: CodeBuild's (``<project>:<uuid>``).
        number: counts a project's builds from 1.
        commit: whole id of the commit; None where the build was started by hand without one.
        log_group, log_stream: where its output is; the stream is None while it has none.
        failure: what it failed with, in CodeBuild's words.
    """

    id: str
    number: int
    status: BuildStatus
    started_at: datetime
    ended_at: datetime | None = None
    commit: str | None = None
    log_group: str | None = None
    log_stream: str | None = None
    failure: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeployOutput:
    """A line that a build or a release wrote, as a Heroku user knows them."""

    line: str


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """A commit is live."""


@dataclass(frozen=True, kw_only=True)
class DeployFailed:
    """A commit did not come live.

    Attributes:
        step: where it failed: ``source``, ``build``, ``release``.
        reason: why, if AWS says more than the output does.
    """

    step: str
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeploySuperseded:
    """A newer commit took this one's place; `by` is its id, where it is known."""

    by: str | None = None


DeployEvent = DeployOutput | Deployed | DeployFailed | DeploySuperseded
"""All but the first are the last one of a deploy."""


class Architecture(StrEnum):
    """What machine an image runs on."""

    X86_64 = "x86_64"
    ARM64 = "arm64"


@dataclass(frozen=True, kw_only=True)
class Slug:
    """What a build gives: an image, and the process types it can run.

    Attributes:
        image_digest: ``sha256:`` and 64 hexadecimal digits.
        process_types: name → command; none if the image's own command is `web`.
        port: the one port that the image says it listens on.
        shell: whether the image has one, by which commands are run.
    """

    image_digest: str
    architecture: Architecture
    process_types: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    shell: bool = True


class Size(str):
    """How large a process is: by one of Heroku's names, else as ``0.5x2GB``, virtual CPUs and memory."""

    __slots__ = ()

    STANDARD_1X: ClassVar[Size]
    STANDARD_2X: ClassVar[Size]
    PERFORMANCE_M: ClassVar[Size]
    PERFORMANCE_L: ClassVar[Size]


Size.STANDARD_1X = Size("Standard-1X")
Size.STANDARD_2X = Size("Standard-2X")
Size.PERFORMANCE_M = Size("Performance-M")
Size.PERFORMANCE_L = Size("Performance-L")


@dataclass(frozen=True, kw_only=True)
class ProcessType:
    """One line of a formation. How many run of it is no part of a release.

    Attributes:
        command: as in the Procfile; None for the image's own.
        spot: whether it runs on what AWS has left over: for a third, and may end at two minutes' notice.
        grace_seconds: how long a web process may take before its answers to health checks count.
        stop_seconds: how long a process may take to end when it is asked to.
    """

    command: str | None
    size: Size = Size.STANDARD_1X
    spot: bool = False
    grace_seconds: int = 60
    stop_seconds: int = 30


@dataclass(frozen=True, kw_only=True)
class FormationEntry:
    """One process type of an app as it is scaled.

    Attributes:
        quantity: how many processes there are to be.
        command: None for the image's own.
        spot, grace_seconds, stop_seconds: as of a `ProcessType`.
    """

    type: str
    quantity: int
    size: Size
    command: str | None = None
    spot: bool = False
    grace_seconds: int = 60
    stop_seconds: int = 30


class ReleaseStatus(StrEnum):
    """What became of a release."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    """A newer one came before this one was live, and holds what it changed."""

    @property
    def is_settled(self) -> bool:
        return self is not ReleaseStatus.PENDING

    @property
    def is_live(self) -> bool:
        return self is ReleaseStatus.SUCCEEDED

    @property
    def has_failed(self) -> bool:
        return self is ReleaseStatus.FAILED


@dataclass(frozen=True, kw_only=True)
class Release:
    """A slug, config vars and a formation: numbered, and never changed.

    Attributes:
        slug: None until a first build was released.
        commit: what the slug was built from.
        config: config var → name of the parameter that holds its value; never a value. No name stands
            for the empty value, which no parameter can hold.
        description: ``Deploy 1a2b3c4d``, ``Set FOO config vars``.
        base: number of the release that this one changes; None for a first one.
        reason: why it failed.
        superseded_by: number of the newer release that took this one's place.
    """

    number: int
    description: str
    user: str
    created_at: datetime
    status: ReleaseStatus = ReleaseStatus.PENDING
    slug: Slug | None = None
    commit: str | None = None
    config: Mapping[str, str] = field(default_factory=dict)
    formation: Mapping[str, ProcessType] = field(default_factory=dict)
    base: int | None = None
    reason: str | None = None
    superseded_by: int | None = None

    @property
    def version(self) -> str:
        """Its number as people write it: ``v12``."""
        return f"v{self.number}"


class ProcessState(StrEnum):
    """What a process is doing."""

    STARTING = "starting"
    UP = "up"
    STOPPING = "stopping"
    CRASHED = "crashed"


@dataclass(frozen=True, kw_only=True)
class Process:
    """One running copy of a process type, or a one-off.

    Attributes:
        type: ``web``, ``worker``; ``run`` or ``release`` for a one-off.
        name: ``web.3f9a1c2e``.
        since: when it came into its state, as far as AWS tells.
        command: None for the image's own.
        release: number of the release it runs.
    """

    type: str
    name: str
    state: ProcessState
    since: datetime
    size: Size | None = None
    command: str | None = None
    release: int | None = None


@dataclass(frozen=True, kw_only=True)
class Region:
    """Where apps can be: a region of AWS."""

    id: str
    location: str


class CertificateStatus(StrEnum):
    """How a certificate stands."""

    PENDING = "pending"
    """Its record in the DNS was not seen yet."""
    ISSUED = "issued"
    FAILED = "failed"
    EXPIRED = "expired"

    @property
    def is_settled(self) -> bool:
        return self is not CertificateStatus.PENDING

    @property
    def is_good(self) -> bool:
        return self is CertificateStatus.ISSUED


@dataclass(frozen=True, kw_only=True)
class DnsRecord:
    """A record that is to stand in the DNS."""

    name: str
    type: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate for a domain of an app.

    Attributes:
        name: as ACM knows it: the last part of its ARN.
        record: what is to stand in the DNS before it is issued; None until ACM has made it up.
        failure: why it was not issued, in ACM's words.
    """

    name: str
    hostname: str
    status: CertificateStatus
    created_at: datetime
    expires_at: datetime | None = None
    record: DnsRecord | None = None
    failure: str | None = None


class DomainStatus(StrEnum):
    """How a custom domain stands."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Domain:
    """A host of somebody's own under which an app is reached.

    Attributes:
        url: where the app answers under it.
        cname: the DNS target: what the domain's own record is to point at.
        certificate: None for one that is served without.
    """

    hostname: str
    url: str
    cname: str
    status: DomainStatus
    created_at: datetime
    certificate: Certificate | None = None


@dataclass(frozen=True, kw_only=True)
class ScheduledRun:
    """One run of a schedule, as far as it has come.

    Attributes:
        process: its name: ``scheduler.3f9a1c2e``.
        exit_code: None while it runs, and for one that never came to run.
        reason: why it ended, where its exit code does not say all.
    """

    process: str
    started_at: datetime
    ended_at: datetime | None = None
    exit_code: int | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A command that is run again and again in what is live of an app.

    Attributes:
        id: eight hexadecimal digits.
        expression: `rate(…)` or `cron(…)`, as AWS has it.
        timezone: whose local time `cron` means.
        written: when it runs, in its maker's words.
        next_run: None if it does not run any more.
        last_run: None if it did not run, or so long ago that nothing is known of it.
    """

    id: str
    expression: str
    timezone: str
    written: str
    command: str
    size: Size
    created_at: datetime
    next_run: datetime | None = None
    last_run: ScheduledRun | None = None


class LogSource(StrEnum):
    """Who wrote a line.

    The app: its processes, and `api`, what was done with it. Herogate: what became of processes, and the
    builds and releases that were made.
    """

    APP = "app"
    HEROGATE = "herogate"


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """One line of an app's log.

    Attributes:
        time: to the millisecond, as CloudWatch Logs keeps it.
        process: who wrote it or, from Herogate, whom it is about: ``web.3f9a1c2e``, ``build.12``,
            ``release.3f9a1c2e``, ``api``.
        message: as it was written, without the line's end; may hold control characters.
    """

    time: datetime
    source: LogSource
    process: str
    message: str


@dataclass(frozen=True, kw_only=True)
class StackProgress:
    """How far a stack's creation or deletion has come.

    Attributes:
        done: resources made (or removed) so far.
        waiting_for: names of the resources under way, longest waited for first.
    """

    stack: str
    done: int
    total: int
    waiting_for: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Setback:
    """Something stood in the way, and what is done about it: an attempt failed, was cleaned up, and is
    made once more; or there is no room, and it is made.
    """

    reason: str
    next_step: str


class ChangeKind(StrEnum):
    """What would become of a resource."""

    ADD = "add"
    MODIFY = "modify"
    MAY_REPLACE = "modify or replace"
    """Which of the two, AWS says only when it is done."""
    REPLACE = "replace"
    REMOVE = "remove"


@dataclass(frozen=True, kw_only=True)
class ResourceChange:
    """What would become of one resource of a stack.

    Attributes:
        resource: its name in the template.
        properties: those that would be others.
    """

    kind: ChangeKind
    resource: str
    type: str
    properties: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StackChanges:
    """What would become of a stack."""

    stack: str
    changes: tuple[ResourceChange, ...]


class Belonging(StrEnum):
    """A kind of thing that an app has, in the words of a receipt."""

    PROCESS = "process"
    ONE_OFF = "one-off process"
    SCHEDULE = "schedule"
    DOMAIN = "domain"
    RELEASE = "release"
    BUILD = "build"
    IMAGE = "image"
    ARTIFACT = "artifact"
    CONFIG_VALUE = "config value"
    DEFINITION = "task definition"
    RESOURCE = "AWS resource"
    """What stood in a stack."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a destruction has removed; nothing of the app is left when there is one.

    Attributes:
        removed: how many of each kind. A destruction that goes on with one that was cut short tells
            only its own part.
    """

    app: str
    removed: Mapping[Belonging, int]


Event = StackProgress | Setback
