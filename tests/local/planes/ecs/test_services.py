"""Services at work: rolling deployments, dead tasks, failed deployments."""

from __future__ import annotations

import threading
import urllib.error

import pytest
from services_at_work import Entrance, Place, is_steady, messages
from waiting import wait_for

BREAKER = {
    "deploymentCircuitBreaker": {
        "enable": True,
        "rollback": True,
        "resetOnHealthyTask": False,
        "thresholdConfiguration": {"type": "COUNT", "value": 2},
    }
}
EARLY = {
    "earlySuccessCriteria": {
        "enable": True,
        "healthyPercent": 100,
        "sourceServiceRevisionCleanup": "DEFERRED",
    }
}


@pytest.fixture(scope="module")
def door(site: Place) -> Entrance:
    """Where requests to the module's web service come in."""
    return site.entrance("web")


@pytest.fixture(scope="module")
def web(site: Place, door: Entrance) -> str:
    """A web service that has been deployed; its name."""
    definition = site.definition("web", {"SAY": "one"})
    site.service(
        "web",
        definition,
        loadBalancers=door.balancers,
        healthCheckGracePeriodSeconds=30,
        deploymentConfiguration=BREAKER,
    )
    site.until("web", is_steady)
    return "web"


def test_a_service_answers_behind_its_load_balancer(site: Place, web: str, door: Entrance) -> None:
    service = site.described(web)
    task = site.tasks(web)[0]
    interface = {d["name"]: d["value"] for d in task["attachments"][0]["details"]}
    health = site.cloud.client("elbv2").describe_target_health(TargetGroupArn=door.group)
    waiter = site.ecs.get_waiter("services_stable")
    waiter.wait(cluster=site.cluster, services=[web])

    assert door.get() == (200, "one")
    assert messages(service)[0] == "(service web) has reached a steady state."
    assert task["startedBy"] == service["deployments"][0]["id"]
    assert task["group"] == "service:web"
    assert interface["privateIPv4Address"].startswith("10.0.")
    assert [
        (target["Target"]["Id"], target["Target"]["Port"], target["TargetHealth"]["State"])
        for target in health["TargetHealthDescriptions"]
    ] == [(interface["privateIPv4Address"], 8080, "healthy")]


def test_a_new_deployment_replaces_the_old_without_a_failed_request(
    site: Place, web: str, door: Entrance
) -> None:
    old = site.tasks(web)[0]
    seen: list[tuple[int, str]] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            seen.append(door.get())

    slow: list[tuple[int, str]] = []
    slowly = threading.Thread(target=lambda: slow.append(door.get("/slow")))
    asking = threading.Thread(target=ask)
    asking.start()
    slowly.start()
    definition = site.definition("web", {"SAY": "two"})
    site.ecs.update_service(cluster=site.cluster, service=web, taskDefinition=definition)
    site.until(web, is_steady)
    slowly.join(timeout=10)
    over.set()
    asking.join(timeout=10)

    assert {status for status, _ in seen} == {200}
    assert seen[-1] == (200, "two")
    assert slow[0][0] == 200
    ended = site.task(old["taskArn"])
    deployment = site.described(web)["deployments"][0]["id"]
    assert (ended["stopCode"], ended["stoppedReason"]) == (
        "ServiceSchedulerInitiated",
        f"Scaling activity initiated by (deployment {deployment})",
    )
    assert ended["containers"][0]["exitCode"] == 0


def test_a_process_that_dies_is_replaced(site: Place, web: str, door: Entrance) -> None:
    dead = site.tasks(web)[0]
    with pytest.raises((urllib.error.URLError, ConnectionError, AssertionError)):
        assert door.get("/exit")[0] == 200

    ended = site.task_until(dead["taskArn"], "STOPPED")
    service = site.until(web, is_steady)
    site.until_healthy(door)

    assert (ended["stopCode"], ended["stoppedReason"]) == (
        "EssentialContainerExited",
        "Essential container in task exited",
    )
    assert ended["containers"][0]["exitCode"] == 7
    assert door.get() == (200, "two")
    assert site.tasks(web)[0]["taskArn"] != dead["taskArn"]
    assert service["deployments"][0]["failedTasks"] == 0


def test_a_deployment_that_keeps_failing_is_rolled_back(
    site: Place, web: str, door: Entrance
) -> None:
    before = site.described(web)["deployments"][0]
    kept = site.tasks(web)[0]["taskArn"]
    definition = site.definition("web", {"CRASH": "1"})
    failing = site.ecs.update_service(cluster=site.cluster, service=web, taskDefinition=definition)[
        "service"
    ]["deployments"][0]

    wait_for(
        lambda: site.described(web), lambda found: found["deployments"][0]["id"] == before["id"]
    )
    service = site.until(web, is_steady)
    history = site.ecs.list_service_deployments(cluster=site.cluster, service=web)
    arn = history["serviceDeployments"][0]["serviceDeploymentArn"]
    entry = site.ecs.describe_service_deployments(serviceDeploymentArns=[arn])[
        "serviceDeployments"
    ][0]

    assert service["taskDefinition"] == before["taskDefinition"]
    assert service["deployments"][0]["rolloutStateReason"] == (
        f"ECS deployment {before['id']} completed."
    )
    said = messages(service)
    assert f"(service web) rolling back to deployment {before['id']}." in said
    assert (
        f"(service web) (deployment {failing['id']}) deployment failed: tasks failed to start."
        in said
    )
    assert (entry["status"], entry["statusReason"]) == (
        "ROLLBACK_SUCCESSFUL",
        "ECS deployment circuit breaker: tasks failed to start.",
    )
    assert entry["deploymentCircuitBreaker"] == {
        "status": "TRIGGERED",
        "failureCount": 2,
        "threshold": 2,
    }
    assert [task["taskArn"] for task in site.tasks(web)] == [kept]
    assert door.get() == (200, "two")


def test_a_service_is_scaled_and_deleted(site: Place) -> None:
    definition = site.definition("clock", {"IDLE": "600"})
    site.service("clock", definition, desiredCount=2)
    site.until("clock", is_steady)
    oldest, youngest = (task["taskArn"] for task in site.tasks("clock"))

    site.ecs.update_service(cluster=site.cluster, service="clock", desiredCount=1)
    site.task_until(youngest, "STOPPED")
    assert [task["taskArn"] for task in site.tasks("clock")] == [oldest]

    deleted = site.ecs.delete_service(cluster=site.cluster, service="clock", force=True)["service"]
    assert (deleted["status"], deleted["desiredCount"]) == ("DRAINING", 0)
    assert site.task_until(oldest, "STOPPED")["stopCode"] == "ServiceSchedulerInitiated"
    gone = site.until("clock", lambda service: bool(service["status"] == "INACTIVE"))
    assert gone["runningCount"] == 0


def test_the_newer_of_two_deployments_wins(site: Place, web: str, door: Entrance) -> None:
    never_healthy = site.definition("web", {"IDLE": "600"})
    older = site.update(web, taskDefinition=never_healthy)
    newer = site.update(web, taskDefinition=site.definition("web", {"SAY": "four"}))
    service = site.until(web, is_steady)
    history = site.ecs.list_service_deployments(cluster=site.cluster, service=web)
    statuses = [entry["status"] for entry in history["serviceDeployments"][:2]]

    assert older["deployments"][0]["id"] != newer["deployments"][0]["id"]
    assert service["deployments"][0]["id"] == newer["deployments"][0]["id"]
    assert statuses == ["SUCCESSFUL", "STOPPED"]
    assert door.get() == (200, "four")


def test_a_deployment_under_way_can_be_taken_back(site: Place, web: str, door: Entrance) -> None:
    site.until(web, is_steady)
    before = site.tasks(web)[0]["taskArn"]
    site.update(web, taskDefinition=site.definition("web", {"IDLE": "600"}))
    new = wait_for(lambda: site.tasks(web)[-1], lambda task: bool(task["taskArn"] != before))[
        "taskArn"
    ]
    site.task_until(new, "RUNNING")
    arn = site.described(web)["currentServiceDeployment"]

    site.ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")
    service = site.until(web, is_steady)
    entry = site.ecs.describe_service_deployments(serviceDeploymentArns=[arn])
    assert entry["serviceDeployments"][0]["status"] == "ROLLBACK_SUCCESSFUL"
    assert entry["serviceDeployments"][0]["rollback"]["reason"] == (
        "Service deployment rolled back because a rollback was requested."
    )
    assert [task["taskArn"] for task in site.tasks(web)] == [before]
    assert "currentServiceDeployment" not in service
    assert door.get()[0] == 200
