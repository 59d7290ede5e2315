"""Tasks that run and are not well."""

from __future__ import annotations

from pathlib import Path

from services_at_work import Place, is_steady, messages
from waiting import wait_for

EARLY = {
    "earlySuccessCriteria": {
        "enable": True,
        "healthyPercent": 100,
        "sourceServiceRevisionCleanup": "DEFERRED",
    }
}


def test_a_task_that_fails_its_load_balancers_checks_is_replaced_before_it_goes(
    site: Place, tmp_path: Path
) -> None:
    door, mark = site.entrance("ill"), tmp_path / "ill"
    definition = site.definition("ill", {"SAY": "one", "ILL": str(mark)})
    site.service("ill", definition, loadBalancers=door.balancers)
    site.until("ill", is_steady)
    ill = site.tasks("ill")[0]["taskArn"]

    mark.touch()
    wait_for(lambda: {"wanted": len(site.tasks("ill"))}, lambda found: bool(found["wanted"] == 2))
    mark.unlink()
    wait_for(lambda: {"wanted": len(site.tasks("ill"))}, lambda found: bool(found["wanted"] == 1))

    assert door.get()[0] == 200
    assert site.until("ill", is_steady)["deployments"][0]["rolloutState"] == "COMPLETED"
    assert ill in {task["taskArn"] for task in [*site.tasks("ill"), site.task(ill)]}


def test_a_new_task_that_fails_its_checks_is_no_success(site: Place, tmp_path: Path) -> None:
    door, mark = site.entrance("sick"), tmp_path / "ill"
    mark.touch()
    definition = site.definition("sick", {"SAY": "one", "ILL": str(mark)})
    site.service(
        "sick",
        definition,
        loadBalancers=door.balancers,
        healthCheckGracePeriodSeconds=1,
        deploymentConfiguration={
            "deploymentCircuitBreaker": {
                "enable": True,
                "rollback": True,
                "thresholdConfiguration": {"type": "COUNT", "value": 1},
            }
        },
    )
    failed = site.until(
        "sick", lambda found: bool(found["deployments"][0]["rolloutState"] == "FAILED")
    )
    task = site.tasks("sick", "STOPPED")[0]

    assert failed["deployments"][0]["rolloutStateReason"] == (
        "ECS deployment circuit breaker: tasks failed to start."
    )
    assert (task["stopCode"], task["stoppedReason"]) == (
        "ServiceSchedulerInitiated",
        f"Task failed ELB health checks in (target-group {door.group})",
    )
    assert site.tasks("sick") == []


def test_a_containers_own_check_decides_where_there_is_one(site: Place, tmp_path: Path) -> None:
    mark = tmp_path / "well"
    check = {
        "command": ["CMD-SHELL", f"test -e {mark}"],
        "interval": 5,
        "timeout": 2,
        "retries": 1,
        "startPeriod": 60,
    }
    definition = site.definition("checked", {"IDLE": "600"}, healthCheck=check)
    site.service("checked", definition)
    site.until("checked", lambda found: bool(found["runningCount"] == 1))
    task = site.tasks("checked")[0]["taskArn"]
    assert site.task(task)["healthStatus"] == "UNKNOWN"
    assert site.described("checked")["deployments"][0]["rolloutState"] == "IN_PROGRESS"

    mark.touch()
    site.until("checked", is_steady)
    assert site.task(task)["healthStatus"] == "HEALTHY"
    assert site.task(task)["containers"][0]["healthStatus"] == "HEALTHY"


def test_early_success_comes_before_the_old_task_has_gone(site: Place) -> None:
    door = site.entrance("early")
    site.service(
        "early",
        site.definition("early", {"SAY": "one", "DEAF": "1"}),
        loadBalancers=door.balancers,
        deploymentConfiguration=EARLY,
    )
    site.until("early", is_steady)
    old = site.tasks("early")[0]["taskArn"]

    site.update("early", taskDefinition=site.definition("early", {"SAY": "two"}))
    done = site.until(
        "early", lambda found: bool(found["deployments"][0]["rolloutState"] == "COMPLETED")
    )
    assert [deployment["status"] for deployment in done["deployments"]] == ["PRIMARY", "ACTIVE"]
    assert site.task_until(old, "STOPPED")["containers"][0]["exitCode"] == 137
    assert messages(site.until("early", is_steady))[0] == (
        "(service early) has reached a steady state."
    )
