"""Tasks that are run by themselves."""

from __future__ import annotations

from services_at_work import Place


def test_a_task_runs_and_ends_with_its_programs_exit_code(site: Place) -> None:
    definition = site.definition("job", {"SAY": "job", "CRASH": "3"})
    begun = site.run(definition, startedBy="test", tags=[{"key": "team", "value": "blue"}])[0]

    ended = site.task_until(begun["taskArn"], "STOPPED")

    assert begun["lastStatus"] in ("PROVISIONING", "PENDING")
    assert {
        name: ended[name]
        for name in (
            "desiredStatus",
            "stopCode",
            "stoppedReason",
            "startedBy",
            "group",
            "launchType",
        )
    } == {
        "desiredStatus": "STOPPED",
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "startedBy": "test",
        "group": f"family:{site.cluster}-job",
        "launchType": "FARGATE",
    }
    container = ended["containers"][0]
    assert (container["name"], container["lastStatus"], container["exitCode"]) == (
        "web",
        "STOPPED",
        3,
    )
    moments = ("createdAt", "pullStartedAt", "pullStoppedAt", "executionStoppedAt", "stoppedAt")
    assert [ended[name] for name in moments] == sorted(ended[name] for name in moments)
