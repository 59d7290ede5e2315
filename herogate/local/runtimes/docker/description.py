"""What a docker engine is told of a cloud's containers, in the engine's own shape. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from herogate.local.runtimes.image_settings import ImageSettings
from herogate.local.runtimes.runtime import Container, Ground

LABEL: Final = "dev.herogate.local"
"""Its value is the cloud's id; everything of a cloud's carries it."""

DOOR: Final = "/herogate/door.sock"
"""Where containers that lead to the cloud find its socket."""

_NOBODY: Final = "65534:65534"
_MIB: Final = 1 << 20
_UNITS_PER_PROCESSOR: Final = 1024
_NANO: Final = 1_000_000_000
_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_BUILD_ENGINE: Final = """
for each in /sys/fs/cgroup /sys/fs/cgroup/*; do
  mount -o remount,bind,rw "$each" 2>/dev/null
done
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
  mkdir -p /sys/fs/cgroup/engine
  xargs -rn1 </sys/fs/cgroup/cgroup.procs >/sys/fs/cgroup/engine/cgroup.procs
  sed -e 's/ / +/g' -e 's/^/+/' </sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control
fi
data=/var/lib/docker
size=$(df --output=avail --block-size=1 "$data" | tail -n 1)
[ "$size" -lt "$6" ] || size=$6
mknod /dev/loop-control c 10 237
for number in $(seq 0 31); do
  mknod "/dev/loop$number" b 7 "$number"
done
if truncate --size "$size" "$data/disk" &&
  mkfs.ext4 -q -m 0 -O ^has_journal -E nodiscard,lazy_itable_init=1 "$data/disk" &&
  mkdir "$data/own" && mount -o loop,noatime "$data/disk" "$data/own"; then
  data=$data/own
fi
"$1" -I -S -c "$2" "$3" &
exec "$4" --host unix:///engine/docker.sock --group "$5" --data-root "$data"
"""
"""An engine writes to its control groups; in their second version a group that has processes itself can
have none below it. Its data lie on a disk of its own, where the machine can make one: the disk of a
build machine is new, and where an earlier build's files have just gone, ext4 makes files several times
slower (it does not take their inodes again at once). Beside the engine runs what leads to the cloud."""

_DISK_BYTES: Final = 64 << 30
"""What CodeBuild's smallest machine has (its guide, "Build environment compute types")."""

_SILENT: Final = {"Type": "none"}
"""Output goes to the cloud, which listens from the beginning; the engine keeps none."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What all containers of one cloud have in common.

    Attributes:
        cloud: the cloud's id.
        image: of the containers that hold nothing but the host's programs.
        network: which tasks are on.
        door: the cloud's socket on this machine.
        port: of the cloud's front door.
        interpreter: this machine's Python, which needs `directories` of it.
        processors: how many there are.
        group: the id of the cloud's own group.
    """

    cloud: str
    image: str
    network: str
    door: Path
    port: int
    interpreter: Path
    directories: tuple[Path, ...]
    processors: int
    group: int

    @property
    def labels(self) -> dict[str, str]:
        """What everything of the cloud's carries."""
        return {LABEL: self.cloud}


def network(here: Surroundings) -> dict[str, Any]:
    """The network of the cloud's tasks, on which none reaches another."""
    return {
        "Name": here.network,
        "Labels": here.labels,
        "Options": {"com.docker.network.bridge.enable_icc": "false"},
    }


def ground(here: Surroundings, asked: Ground, relay: str) -> dict[str, Any]:
    """The container that a task's other containers share the network of.

    Args:
        relay: the text of the program that leads to the cloud.
    """
    command = [str(here.interpreter), "-I", "-S", "-c", relay, str(here.port)]
    return {
        "Image": here.image,
        "Cmd": command,
        "User": _NOBODY,
        "Hostname": asked.host_name,
        "Labels": here.labels,
        "AttachStdout": True,
        "AttachStderr": True,
        "ExposedPorts": {f"{port}/tcp": {} for port in asked.ports},
        "HostConfig": {
            "NetworkMode": here.network,
            "PortBindings": {f"{port}/tcp": [{"HostIp": "127.0.0.1"}] for port in asked.ports},
            "Mounts": [*_programs(here.directories), _bound(here.door, Path(DOOR))],
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges", "label=disable"],
            "LogConfig": _SILENT,
        },
    }


def container(
    here: Surroundings, image: str, settings: ImageSettings, asked: Container, on: str
) -> dict[str, Any]:
    """A container of a task.

    Args:
        image: the image's reference.
        on: the id of the container that is the task's ground.
    """
    confined = asked.confinement
    own = {
        "User": confined.user,
        "Entrypoint": None if asked.entry_point is None else list(asked.entry_point),
        "Cmd": None if asked.command is None else list(asked.command),
        "WorkingDir": asked.working_directory,
    }
    return {
        "Image": image,
        **{name: value for name, value in own.items() if value is not None},
        "Env": environment(settings, asked),
        "Labels": here.labels,
        "AttachStdout": True,
        "AttachStderr": True,
        "Healthcheck": {"Test": ["NONE"]},  # ECS knows the task definition's alone
        "HostConfig": {
            "NetworkMode": f"container:{on}",
            "ReadonlyRootfs": confined.read_only_root,
            "Init": confined.has_init,
            "CapAdd": list(confined.added),
            "CapDrop": list(confined.dropped),
            "Ulimits": [
                {"Name": name, "Soft": soft, "Hard": hard}
                for name, (soft, hard) in confined.ulimits.items()
            ],
            "LogConfig": _SILENT,
            **_size(asked, here.processors),
        },
    }


def build_engine(
    here: Surroundings, daemon: Path, directories: Sequence[Path], place: Path, relay: str
) -> dict[str, Any]:
    """The container that a build's own docker engine runs in.

    Args:
        daemon: the engine's program, which needs `directories` of this machine.
        place: where its socket is to be.
    """
    relaying = [str(here.interpreter), relay, str(here.port)]
    told = [str(here.group), str(_DISK_BYTES)]
    return {
        "Image": here.image,
        "Cmd": ["/bin/sh", "-c", _BUILD_ENGINE, "sh", *relaying, str(daemon), *told],
        "Env": [f"PATH={_PATH}"],
        "Labels": here.labels,
        "Volumes": {"/var/lib/docker": {}},
        "HostConfig": {
            "NetworkMode": "bridge",  # it has the machine's own resolvers, for what it runs
            "Mounts": [
                *_programs(directories),
                _bound(here.door, Path(DOOR)),
                _bound(place, Path("/engine"), is_read_only=False),
            ],
            "Tmpfs": {"/run": "", "/tmp": ""},  # noqa: S108  (the container's own)
            "CapAdd": ["NET_ADMIN", "SYS_ADMIN"],
            "DeviceCgroupRules": ["a *:* rwm"],
            "SecurityOpt": ["apparmor=unconfined", "label=disable", "seccomp=unconfined"],
            "MaskedPaths": [],
            "ReadonlyPaths": [],
            "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m"}},
        },
    }


def environment(settings: ImageSettings, asked: Container) -> list[str]:
    """A container's variables, as far as its image does not have them."""
    defaults = {
        name: value for name, value in asked.defaults.items() if name not in settings.environment
    }
    given = {**defaults, **asked.environment, **asked.forced}
    return [f"{name}={value}" for name, value in given.items()]


def _size(asked: Container, processors: int) -> dict[str, int]:
    """Its limits: a task may be larger than this machine."""
    confined = asked.confinement
    size: dict[str, int] = {}
    if confined.cpu_units is not None:
        nano = confined.cpu_units * _NANO // _UNITS_PER_PROCESSOR
        size["NanoCpus"] = min(nano, processors * _NANO)
    if confined.cpu_shares is not None:
        size["CpuShares"] = confined.cpu_shares
    if confined.memory_mib is not None:
        size["Memory"] = size["MemorySwap"] = confined.memory_mib * _MIB
    return size


def _programs(directories: Sequence[Path]) -> list[dict[str, Any]]:
    return [_bound(each, each) for each in directories]


def _bound(source: Path, target: Path, *, is_read_only: bool = True) -> dict[str, Any]:
    return {
        "Type": "bind",
        "Source": str(source),
        "Target": str(target),
        "ReadOnly": is_read_only,
    }
