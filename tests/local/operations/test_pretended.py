"""Operations that moto would only pretend to perform."""

from __future__ import annotations

from typing import Any

from botocore.session import get_session
from local_cloud import LocalCloud

from herogate.local.operations.pretended import _WHAT


def test_every_refused_operation_exists_on_aws() -> None:
    session = get_session()
    unknown = [
        (service, name)
        for service, name in _WHAT
        if name not in session.get_service_model(service).operation_names
    ]
    assert unknown == []


def test_a_pretended_operation_is_refused_by_name(cloud: LocalCloud, refusal: Any) -> None:
    assert refusal(
        cloud.client("ssm").send_command, DocumentName="AWS-RunShellScript", InstanceIds=["i-1"]
    ) == (
        "NotImplemented",
        "The local cloud does not support ssm:SendCommand (commands).",
    )
