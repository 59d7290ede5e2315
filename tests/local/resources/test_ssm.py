from __future__ import annotations

from .conftest import STACK_TAGS, World


def test_a_parameter_lives(world: World) -> None:
    ssm = world.client("ssm")
    parameter = world.make(
        "AWS::SSM::Parameter",
        Name="/demo/colour",
        Type="String",
        Value=7,
        Description="of the door",
        Tags={"app": "demo"},
    )

    def tags() -> dict[str, str]:
        found = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/demo/colour")
        return {tag["Key"]: tag["Value"] for tag in found["TagList"]}

    assert parameter.physical_id == "/demo/colour"
    assert parameter.attributes == {
        "Arn": "arn:aws:ssm:us-east-1:123456789012:parameter/demo/colour",
        "Type": "String",
        "Value": "7",
    }
    assert tags() == {**STACK_TAGS, "app": "demo"}

    parameter.update(Name="/demo/colour", Type="StringList", Value="red,blue", Tags={"size": "1"})
    assert parameter.attributes["Value"] == "red,blue"
    assert tags() == {**STACK_TAGS, "size": "1"}

    parameter.delete()
    assert ssm.describe_parameters()["Parameters"] == []
