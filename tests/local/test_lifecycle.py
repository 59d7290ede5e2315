"""Start, stop, kill: what comes up, what stays, what is left behind."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from command_line import SCRIPTS
from local_cloud import LocalCloud, running
from waiting import wait_until

from herogate.local import lifecycle
from herogate.local.directory import Directory
from herogate.local.runtimes.choice import RuntimeName


def start(directory: Directory, port: int = 0) -> lifecycle.Running:
    """Start a cloud that needs no docker, whatever this machine has."""
    return lifecycle.start(directory, port=port, runtime=RuntimeName.PROCESS)


def processes_of(directory: Directory) -> list[int]:
    """Every living process that has the directory's lock open."""
    lock = str(directory.path / "lock")
    found = []
    for entry in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(entry.readlink()) == lock:
                found.append(int(entry.parts[2]))
        except OSError:
            continue
    return sorted(set(found))


def parameter(cloud: LocalCloud, name: str) -> str:
    return str(cloud.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])


def test_a_second_start_finds_the_first(directory: Directory) -> None:
    first = start(directory)
    second = start(directory)
    assert (first.started, second.started) == (True, False)
    assert (second.pid, second.endpoint_url) == (first.pid, first.endpoint_url)


def test_stop_leaves_no_process_and_the_next_start_has_the_same_state(directory: Directory) -> None:
    before = running(directory)
    before.client("ssm").put_parameter(Name="kept", Value="42", Type="String")
    assert lifecycle.stop(directory) is True
    assert processes_of(directory) == []
    assert lifecycle.stop(directory) is False
    after = running(directory)
    assert parameter(after, "kept") == "42"
    assert (after.endpoint_url, after.access_key_id, after.secret_access_key) == (
        before.endpoint_url,
        before.access_key_id,
        before.secret_access_key,
    )


@pytest.mark.parametrize("round_", range(3))
def test_what_was_answered_survives_a_kill(directory: Directory, round_: int) -> None:
    cloud = running(directory)
    ssm = cloud.client("ssm")
    for number in range(10):
        ssm.put_parameter(Name=f"p{number}", Value=str(round_), Type="String")
    pid = directory.control_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    after = running(directory)
    assert [parameter(after, f"p{number}") for number in range(10)] == [str(round_)] * 10


def test_large_objects_survive_a_kill_and_stand_in_files_only_while_they_exist(
    directory: Directory,
) -> None:
    s3 = running(directory).client("s3")
    s3.create_bucket(Bucket="kept")
    for content in (b"x", b"y"):
        s3.put_object(Bucket="kept", Key="big", Body=content * 3_000_000)
    digest = hashlib.sha256(b"y" * 3_000_000).hexdigest()
    assert [file.name for file in (directory.path / "contents").iterdir()] == [digest]
    pid = directory.control_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    s3 = running(directory).client("s3")
    assert s3.get_object(Bucket="kept", Key="big")["Body"].read() == b"y" * 3_000_000


def test_a_kill_leaves_no_process(directory: Directory) -> None:
    running(directory)
    held = processes_of(directory)
    pid = directory.control_pid()
    assert pid in held
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not directory.is_locked())  # the kernel has taken the last process away
    assert processes_of(directory) == []


def test_a_taken_port_is_said(directory: Directory, tmp_path: Path) -> None:
    taken = int(start(directory).endpoint_url.rpartition(":")[2])
    with pytest.raises(lifecycle.LocalCloudError, match=f"Port {taken} of this machine"):
        start(Directory(tmp_path / "other"), port=taken)


def test_state_of_another_moto_is_refused_and_kept(directory: Directory) -> None:
    import sqlite3

    start(directory)
    lifecycle.stop(directory)
    database = sqlite3.connect(directory.path / "cloud.db")
    database.execute("UPDATE snapshot SET stamp = 'moto 1.0'")
    database.commit()
    database.close()
    with pytest.raises(lifecycle.LocalCloudError, match=r"written with moto 1\.0"):
        start(directory)
    assert not directory.is_locked()


def test_what_the_directory_holds_is_for_its_owner_only(directory: Directory) -> None:
    directory.path.mkdir(mode=0o755)
    cloud = running(directory)
    cloud.client("s3").create_bucket(Bucket="private")
    cloud.client("s3").put_object(Bucket="private", Key="large", Body=bytes(100_000))

    def open_to_others(path: Path) -> bool:
        """Whether its own mode, and those of the directories on the way to it, let others in."""
        way = [path, *path.parents][: len(path.relative_to(directory.path).parts)]
        return all(step.lstat().st_mode & 0o077 for step in way)

    assert [path for path in directory.path.rglob("*") if open_to_others(path)] == []


def test_two_starts_at_once_end_with_the_same_cloud(directory: Directory) -> None:
    with ThreadPoolExecutor(2) as both:
        first, second = both.map(lambda _: start(directory), range(2))
    assert sorted([first.started, second.started]) == [False, True]
    assert (first.pid, first.endpoint_url) == (second.pid, second.endpoint_url)


def test_a_start_that_is_killed_leaves_a_cloud_that_the_next_finds(directory: Directory) -> None:
    starting = subprocess.Popen(
        [SCRIPTS / "herogate", "local", "start", "--runtime", "process"],
        env={**os.environ, "HEROGATE_LOCAL_DIR": str(directory.path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_until(directory.is_locked)
    starting.kill()
    starting.wait()
    assert start(directory).started is False
    assert "Traceback" not in directory.log.read_text()


def test_a_router_that_is_stopped_does_not_outlive_a_kill(directory: Directory) -> None:
    start(directory)
    os.kill(directory.status()["load_balancer"]["pid"], signal.SIGSTOP)
    pid = directory.control_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not directory.is_locked())
    assert processes_of(directory) == []


def test_a_directory_that_cannot_be_one_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(lifecycle.LocalCloudError, match="cannot be used: "):
        start(Directory(tmp_path / "taken"))
