"""What becomes of tasks and services when the cloud is stopped or killed."""

from __future__ import annotations

import os
import signal

from local_cloud import running
from services_at_work import Place, is_steady, place
from waiting import wait_for

from herogate.local import lifecycle
from herogate.local.directory import Directory


def again(site: Place, directory: Directory) -> Place:
    """The same cluster on the cloud started again."""
    return Place(
        cloud=running(directory),
        cluster=site.cluster,
        where=site.where,
        image=site.image,
        role=site.role,
    )


def test_services_come_back_after_a_stop_and_after_a_kill_and_one_offs_do_not(
    directory: Directory,
) -> None:
    site = place(running(directory), "ecs")
    door = site.entrance("web")
    site.service("web", site.definition("web", {"SAY": "one"}), loadBalancers=door.balancers)
    one_off = site.run(site.definition("job", {"IDLE": "600"}))[0]["taskArn"]
    site.task_until(one_off, "RUNNING")
    first = site.until("web", is_steady)["deployments"][0]
    before = site.tasks("web")[0]["taskArn"]

    lifecycle.stop(directory)
    site = again(site, directory)
    stopped = site.task(before)
    assert (stopped["stopCode"], stopped["stoppedReason"]) == (
        "TerminationNotice",
        "The local cloud was stopped.",
    )
    assert stopped["containers"][0]["exitCode"] == 0
    assert site.task(one_off)["lastStatus"] == "STOPPED"
    wait_for(lambda: {"seen": door.get()}, lambda found: bool(found["seen"] == (200, "one")))
    before = site.tasks("web")[0]["taskArn"]

    site.update("web", taskDefinition=site.definition("web", {"SAY": "two"}))
    os.kill(directory.status()["pid"], signal.SIGKILL)
    site = again(site, directory)
    killed = site.task(before)
    assert (killed["stopCode"], killed["stoppedReason"]) == (
        "InfrastructureHealth",
        "The local cloud ended while the task ran.",
    )
    service = site.until("web", is_steady)
    assert door.get() == (200, "two")
    assert service["deployments"][0]["id"] != first["id"]
    assert service["deployments"][0]["failedTasks"] == 0
    assert len(site.tasks("web")) == 1
