"""ACM's certificates: moto keeps them; which of them load balancers use is said here, and counts."""

from __future__ import annotations

from herogate.local.constraints import check
from herogate.local.errors import AwsError
from herogate.local.moto_bridge.certificates import forget_tokens
from herogate.local.moto_bridge.settings import ACCOUNT_ID
from herogate.local.operations import Call, Reply, Result, operation


@operation("acm", "RequestCertificate")
async def request_certificate(call: Call) -> Reply:
    check(call)
    await call.cloud.moto.run(lambda: forget_tokens(call.region))
    return await call.proceed()


@operation("acm", "DescribeCertificate")
async def describe_certificate(call: Call) -> Result | Reply:
    reply = await call.proceed()
    if not reply.ok:
        return reply
    used_by = _users(call, call.parameters["CertificateArn"])
    return {**reply.result, "Certificate": {**reply.result["Certificate"], "InUseBy": used_by}}


@operation("acm", "ListCertificates")
async def list_certificates(call: Call) -> Result | Reply:
    reply = await call.proceed()
    if not reply.ok:
        return reply
    told = [
        {**each, "InUse": bool(_users(call, each["CertificateArn"]))}
        for each in reply.result.get("CertificateSummaryList", [])
    ]
    return {**reply.result, "CertificateSummaryList": told}


@operation("acm", "DeleteCertificate")
async def delete_certificate(call: Call) -> Reply:
    arn = call.parameters["CertificateArn"]
    if _users(call, arn):
        raise AwsError(
            "ResourceInUseException", f"Certificate {arn} in account {ACCOUNT_ID} is in use."
        )
    return await call.proceed()


def _users(call: Call, arn: str) -> list[str]:
    """The ARNs of the load balancers that present a certificate."""
    return [
        balancer.arn
        for balancer in call.cloud.elb.declared(call.region).load_balancers
        if any(each.arn == arn for listener in balancer.listeners for each in listener.certificates)
    ]
