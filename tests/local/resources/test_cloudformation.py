from __future__ import annotations

from .conftest import World


def test_a_wait_condition_handle_is_a_url(world: World) -> None:
    handle = world.make("AWS::CloudFormation::WaitConditionHandle")
    assert handle.physical_id.startswith("https://cloudformation-waitcondition-us-east-1.s3.")
    assert handle.attributes == {"Id": handle.physical_id}
    handle.delete()
