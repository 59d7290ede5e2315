"""The facts of the pinned moto on which the bridge relies, one test each.

When moto is upgraded and one of these fails, the bridge must be looked at, not the test.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
from importlib.metadata import version
from pathlib import Path

import botocore.session
import pytest

from herogate.local.errors import AwsError
from herogate.local.moto_bridge import hooks, snapshot, wire
from herogate.local.moto_bridge.calls import Moto
from herogate.local.moto_bridge.settings import ACCOUNT_ID


def ask(service: str, operation: str, **parameters: object) -> dict[str, object]:
    """One call of moto through the bridge, without a cloud around it."""

    async def call() -> dict[str, object]:
        moto = Moto()
        try:
            request = wire.encode(service, operation, parameters)
            status, headers, body = await moto.answer(service, operation, "us-east-1", request)
        finally:
            moto.close()
        result, error = wire.decode(service, operation, status, headers, body)
        if error is not None:
            raise AwsError(*error)
        return result

    return asyncio.run(call())


def in_fresh_process(script: str) -> str:
    """What a Python process with a moto of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        env={**os.environ, "AWS_EC2_METADATA_DISABLED": "true"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_pinned_version_is_the_installed_one() -> None:
    assert snapshot.stamp() == f"moto {version('moto')}, form 2" == "moto 5.2.5, form 2"


def test_operations_are_found_by_the_urls_of_the_decorators() -> None:
    assert ask("sts", "GetCallerIdentity")["Account"] == ACCOUNT_ID


def test_an_operation_moto_lacks_raises_not_implemented_error() -> None:
    with pytest.raises(AwsError, match="ecs:ExecuteCommand") as refused:
        ask("ecs", "ExecuteCommand", task="t", command="c", interactive=False)
    assert (refused.value.code, refused.value.status) == ("NotImplemented", 501)


def test_a_users_keys_are_held_twice_by_user_and_by_id() -> None:
    made = hooks.ensure_user("keeper", "AKIAKEEPERKEEPERKEEP", "secret")
    assert hooks.ensure_user("keeper", "AKIAOTHER", "other") == made
    assert hooks.caller("AKIAKEEPERKEEPERKEEP") == made
    assert made.arn == f"arn:aws:iam::{ACCOUNT_ID}:user/keeper"
    with pytest.raises(hooks.UnknownKey):
        hooks.caller("AKIAOTHER")


def test_aws_managed_policies_are_loaded_when_the_setting_says_so() -> None:
    policy = ask(
        "iam",
        "GetPolicy",
        PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
    )
    assert policy["Policy"]["PolicyName"] == "AmazonECSTaskExecutionRolePolicy"  # type: ignore[index]


def test_a_role_holds_the_text_of_its_policies_and_the_arn_of_its_boundary() -> None:
    allowed = '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'
    document = f'{{"Version": "2012-10-17", "Statement": [{allowed}]}}'
    policy = ask("iam", "CreatePolicy", PolicyName="bound", PolicyDocument=document)["Policy"]
    assert isinstance(policy, dict)
    ask(
        "iam",
        "CreateRole",
        RoleName="holder",
        AssumeRolePolicyDocument=document,
        PermissionsBoundary=policy["Arn"],
    )
    ask("iam", "PutRolePolicy", RoleName="holder", PolicyName="own", PolicyDocument=document)
    ask("iam", "AttachRolePolicy", RoleName="holder", PolicyArn=policy["Arn"])
    assert hooks.role_policies("holder") == hooks.RolePolicies(
        documents=(document, document), boundary=document
    )
    assert hooks.role_policies("nobody") == hooks.RolePolicies()


def test_no_machine_images_are_loaded_when_the_setting_says_so() -> None:
    assert ask("ec2", "DescribeImages")["Images"] == []


def test_a_load_balancers_dns_name_can_be_set() -> None:
    vpc = ask("ec2", "CreateVpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]  # type: ignore[index]
    subnet = ask("ec2", "CreateSubnet", VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]  # type: ignore[index]
    made = ask("elbv2", "CreateLoadBalancer", Name="front", Subnets=[subnet])
    arn = made["LoadBalancers"][0]["LoadBalancerArn"]  # type: ignore[index]
    hooks.set_load_balancer_dns_name("us-east-1", arn, "localhost")
    found = ask("elbv2", "DescribeLoadBalancers", LoadBalancerArns=[arn])
    assert found["LoadBalancers"][0]["DNSName"] == "localhost"  # type: ignore[index]


_FILL = """
    import asyncio
    from pathlib import Path
    from herogate.local.moto_bridge import snapshot, wire
    from herogate.local.moto_bridge.calls import Moto
    async def ask(service, operation, **parameters):
        request = wire.encode(service, operation, parameters)
        answer = await moto.answer(service, operation, "us-east-1", request)
        result, error = wire.decode(service, operation, *answer)
        return error[0] if error else result
    moto = Moto()
    snapshots = snapshot.Snapshots(Path("unused"))
    policy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
"""


def test_a_snapshot_carries_every_backend_into_another_process(tmp_path: Path) -> None:
    file = tmp_path / "snapshot"
    in_fresh_process(
        _FILL
        + f"""
    async def main():
        await ask("s3", "CreateBucket", Bucket="kept")
        await ask("s3", "PutObject", Bucket="kept", Key="k", Body=b"content")
        await ask("ssm", "PutParameter", Name="kept", Value="v", Type="SecureString")
        await ask("ec2", "CreateVpc", CidrBlock="10.9.0.0/16")
        await ask("iam", "CreateRole", RoleName="kept", AssumeRolePolicyDocument="{{}}")
        await ask("iam", "AttachRolePolicy", RoleName="kept", PolicyArn=policy)
        await ask("kms", "CreateKey", KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
        await ask("acm", "RequestCertificate", DomainName="example.com")
        for name in ("one", "other"):
            made = await ask("kms", "CreateKey", Tags=[{{"TagKey": "name", "TagValue": name}}])
        page = await ask("resourcegroupstaggingapi", "GetResources", ResourcesPerPage=1)
        assert page["PaginationToken"], "there is more, which moto keeps as a generator"
        Path("{file}").write_bytes(await moto.run(snapshots.dump))
    asyncio.run(main()); moto.close()
    """
    )
    found = in_fresh_process(
        _FILL
        + f"""
    async def main():
        body = Path("{file}").read_bytes()
        await moto.run(lambda: snapshots.load(body, snapshot.stamp()))
        buckets = await ask("s3", "ListBuckets")
        parameter = await ask("ssm", "GetParameter", Name="kept", WithDecryption=True)
        vpcs = await ask("ec2", "DescribeVpcs")
        attached = await ask("iam", "ListAttachedRolePolicies", RoleName="kept")
        keys = await ask("kms", "ListKeys")
        certificates = await ask("acm", "ListCertificates")
        print(len(keys["Keys"]), certificates["CertificateSummaryList"][0]["DomainName"])
        print([bucket["Name"] for bucket in buckets["Buckets"]])
        print(await ask("s3", "DeleteBucket", Bucket="kept"))
        print(parameter["Parameter"]["Value"])
        print([vpc["CidrBlock"] for vpc in vpcs["Vpcs"]])
        print(attached["AttachedPolicies"][0]["PolicyName"])
        for arn in (policy, "arn:aws:iam::aws:policy/AdministratorAccess"):
            print((await ask("iam", "GetPolicy", PolicyArn=arn))["Policy"]["AttachmentCount"])
    asyncio.run(main()); moto.close()
    """
    )
    assert found.splitlines() == [
        "3 example.com",
        "['kept']",
        "BucketNotEmpty",
        "v",
        "['172.31.0.0/16', '10.9.0.0/16']",
        "ReadOnlyAccess",
        "1",
        "0",
    ]


def test_log_groups_of_all_regions_are_found_with_their_retention() -> None:
    printed = in_fresh_process(
        """
        from herogate.local.moto_bridge import log_groups, settings
        from moto.logs.models import logs_backends

        assert list(log_groups.declared()) == []
        group = logs_backends[settings.ACCOUNT_ID]["eu-west-1"].create_log_group("/demo", {})
        found, = log_groups.declared()
        print(found.region, found.name, found.created == group.to_describe_dict()["creationTime"])
        group.set_retention_policy(7)
        print(next(log_groups.declared()).retention_days)
        """
    )
    assert printed == "eu-west-1 /demo True\n7"


def test_moto_gets_the_operations_by_which_a_log_group_changes_its_key() -> None:
    printed = in_fresh_process(
        """
        from herogate.local.moto_bridge import log_groups
        from moto.logs.responses import LogsResponse

        print(hasattr(LogsResponse, "associate_kms_key"))
        log_groups.install()
        print(hasattr(LogsResponse, "associate_kms_key"))
        """
    )
    assert printed == "False\nTrue"


def test_moto_opens_what_was_encrypted_in_a_context_of_the_same_letters() -> None:
    told = in_fresh_process("""
        from herogate.local.moto_bridge import encryption_contexts
        from moto.kms.exceptions import InvalidCiphertextException
        from moto.kms.models import kms_backends

        kms = kms_backends["123456789012"]["eu-west-1"]
        key = kms.create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "", None).id

        def opens(context):
            sealed, _ = kms.encrypt(key, b"x", {"ab": "c", "d": "e"})
            try:
                return kms.decrypt(sealed, context)[0] == b"x"
            except InvalidCiphertextException:
                return False

        motos = opens({"a": "bc", "d": "e"})
        encryption_contexts.install()
        print(motos, opens({"a": "bc", "d": "e"}), opens({"d": "e", "ab": "c"}))
    """)
    assert told == "True False True"


def test_moto_keeps_a_deleted_key_for_ever_unless_it_is_taken_away() -> None:
    told = in_fresh_process("""
        from datetime import timedelta

        from herogate.local.moto_bridge import keys as kms_keys
        from herogate.local.moto_bridge.settings import ACCOUNT_ID
        from moto.kms.models import kms_backends

        kms = kms_backends[ACCOUNT_ID]["eu-west-1"]
        kept, waiting, over = (
            kms.create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "", None).id
            for _ in range(3)
        )
        for key in (waiting, over):
            kms.schedule_key_deletion(key, 7)
        kms.create_alias(over, "alias/over")
        kms.keys[over].deletion_date -= timedelta(days=8)
        there = len(kms.keys)
        kms_keys.forget_deleted("eu-west-1")
        print(there, list(kms.keys) == [kept, waiting], list(kms.list_aliases()))
    """)
    assert told == "3 True []"


def test_moto_keeps_the_key_of_a_secret_as_it_was_written() -> None:
    told = in_fresh_process("""
        from herogate.local.moto_bridge import parameters
        from herogate.local.moto_bridge.settings import ACCOUNT_ID
        from moto.ssm.models import ssm_backends

        ssm = ssm_backends[ACCOUNT_ID]["eu-west-1"]
        for value in "ab":
            ssm.put_parameter(
                "/s", "", value, "SecureString", None, "alias/k", True, [], "text", None, None
            )
        parameters.put_under("eu-west-1", "/s", 1, "arn")
        keys = [parameters.key_of("eu-west-1", "/s", version) for version in (1, 2, 3)]
        print(keys, ssm.get_parameter("/s:1").keyid, parameters.type_of("eu-west-1", "/s"))
    """)
    assert told == "['arn', None, None] alias/k SecureString"


def test_moto_keeps_role_sessions_for_ever_unless_they_are_taken_away() -> None:
    told = in_fresh_process("""
        from datetime import UTC, datetime, timedelta

        from herogate.local.moto_bridge import hooks
        from herogate.local.moto_bridge.settings import ACCOUNT_ID
        from moto.iam.models import iam_backends
        from moto.sts.models import sts_backends

        sts, now = sts_backends[ACCOUNT_ID]["aws"], datetime.now(UTC)
        role = "arn:aws:iam::123456789012:role/r"
        for seconds in (900, 7200):
            sts.assume_role("us-east-1", "s", role, None, seconds, None)
        kept = [len(sts.assumed_roles)]
        hooks.forget_sessions(now + timedelta(hours=1))
        print(kept, len(sts.assumed_roles), len(iam_backends[ACCOUNT_ID]["aws"].access_keys))
    """)
    assert told == "[2] 1 1"


def test_moto_would_give_the_number_of_a_deleted_task_definition_again() -> None:
    told = in_fresh_process("""
        from herogate.local.moto_bridge import task_definitions
        from moto.ecs.models import ecs_backends

        ecs = ecs_backends["123456789012"]["us-east-1"]

        CONTAINER = {"name": "a", "image": "a", "memory": 8}

        def number_after_deleting():
            arn = ecs.register_task_definition("family", [CONTAINER]).arn
            ecs.deregister_task_definition(arn)
            ecs.delete_task_definitions([arn])
            return int(arn.rpartition(":")[2])

        motos = [number_after_deleting() for _ in range(2)]
        task_definitions.install()
        print(motos, [number_after_deleting() for _ in range(3)], [*ecs.list_task_definition_families()])
    """)
    assert told == "[1, 1] [1, 2, 3] []"


def test_sessions_share_the_models_that_were_read() -> None:
    readers = [botocore.session.Session().get_component("data_loader") for _ in range(2)]
    assert readers[0] is readers[1]


def test_what_types_of_instances_there_are_is_not_read() -> None:
    told = in_fresh_process(
        """
        from herogate.local.moto_bridge import hooks
        from moto.ec2.models import instance_types as known
        print(known.INSTANCE_TYPES, known.INSTANCE_TYPE_OFFERINGS["region"]["us-east-1"])
        from moto.utilities.utils import load_resource
        print(len(load_resource("ec2/resources/instance_types.json")) > 500)
        """
    )
    assert told == "{} {}\nTrue"
