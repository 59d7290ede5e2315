"""How processes are called: in Heroku's way, by type and the beginning of ECS's id. Pure."""

from __future__ import annotations

from herogate.aws.ecs_tasks import Instance

_ID_LENGTH = 8


def name(instance: Instance) -> str:
    """What a process is called: ``web.3f9a1c2e``."""
    return name_of(instance.process_type, instance.id)


def name_of(process_type: str, instance_id: str) -> str:
    """What a process is called of which no more is known."""
    return f"{process_type}.{instance_id[:_ID_LENGTH]}"


def log_stream(instance: Instance) -> str:
    """The stream in the app's log group into which a process writes."""
    return f"{instance.process_type}/{instance.process_type}/{instance.id}"
