"""Schedules and their groups as the cloud's store has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

DEFAULT_GROUP = "default"

_GROUPS = "scheduler.group"
_SCHEDULES = "scheduler.schedule"


@dataclass(frozen=True, kw_only=True)
class Group:
    """A schedule group; every region has one called ``default``.

    Attributes:
        created_at, changed_at: seconds since the epoch; None for the default one.
    """

    region: str
    name: str
    account_id: str
    created_at: float | None = None
    changed_at: float | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    client_token: str | None = None

    @property
    def arn(self) -> str:
        place = f"{self.region}:{self.account_id}"
        return f"arn:aws:scheduler:{place}:schedule-group/{self.name}"

    @property
    def key(self) -> str:
        return f"{self.region} {self.name}"


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A schedule.

    Attributes:
        settings: as CreateSchedule took them, times in seconds since the epoch.
        created_at, changed_at: seconds since the epoch.
        due_at: when it is to run next; None if it is not to run again, or not now.
    """

    region: str
    group: str
    name: str
    account_id: str
    settings: Mapping[str, Any]
    created_at: float
    changed_at: float
    due_at: float | None = None
    client_token: str | None = None

    @property
    def arn(self) -> str:
        place = f"{self.region}:{self.account_id}"
        return f"arn:aws:scheduler:{place}:schedule/{self.group}/{self.name}"

    @property
    def key(self) -> str:
        return f"{self.region} {self.group}/{self.name}"

    @property
    def is_enabled(self) -> bool:
        return str(self.settings.get("State", "ENABLED")) == "ENABLED"

    @property
    def goes_when_done(self) -> bool:
        """Whether it is to be deleted after its last run."""
        return str(self.settings.get("ActionAfterCompletion", "NONE")) == "DELETE"


class Records:
    """All schedules and groups. Changes belong into a step of the cloud's (`Cloud.whole`)."""

    def __init__(self, cloud: Cloud) -> None:
        self._store = cloud.store
        self._account_id = cloud.account_id

    def group(self, region: str, name: str) -> Group | None:
        """A group by its name."""
        found = self._store.get(_GROUPS, f"{region} {name}")
        if found is not None:
            return Group(**found)
        if name != DEFAULT_GROUP:
            return None
        return Group(region=region, name=name, account_id=self._account_id)

    def groups(self, region: str) -> list[Group]:
        """A region's groups, by name."""
        kept = {
            group["name"]: Group(**group) for _, group in self._store.all(_GROUPS, f"{region} ")
        }
        default = Group(region=region, name=DEFAULT_GROUP, account_id=self._account_id)
        return [group for _, group in sorted({DEFAULT_GROUP: default, **kept}.items())]

    def put_group(self, group: Group) -> None:
        self._store.put(_GROUPS, group.key, asdict(group))

    def remove_group(self, group: Group) -> None:
        """Remove a group with its schedules."""
        for schedule in self.schedules(group.region, group.name):
            self.remove(schedule)
        self._store.delete(_GROUPS, group.key)

    def schedule(self, region: str, group: str, name: str) -> Schedule | None:
        """A schedule by its name."""
        found = self._store.get(_SCHEDULES, f"{region} {group}/{name}")
        return None if found is None else Schedule(**found)

    def schedules(self, region: str, group: str | None = None) -> list[Schedule]:
        """A region's schedules, or a group's, by name."""
        prefix = f"{region} " if group is None else f"{region} {group}/"
        return [Schedule(**found) for _, found in self._store.all(_SCHEDULES, prefix)]

    def everywhere(self) -> Iterator[Schedule]:
        """The schedules of all regions."""
        for _, found in self._store.all(_SCHEDULES):
            yield Schedule(**found)

    def put(self, schedule: Schedule) -> None:
        self._store.put(_SCHEDULES, schedule.key, asdict(schedule))

    def remove(self, schedule: Schedule) -> None:
        self._store.delete(_SCHEDULES, schedule.key)
