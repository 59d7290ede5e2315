"""Listeners: each is a port of this machine, opened before it is declared."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from herogate.local import constraints
from herogate.local.errors import AwsError, not_supported
from herogate.local.operations import Call, Reply, Result, operation
from herogate.local.operations.elbv2_answers import told_listener
from herogate.local.operations.elbv2_checks import check_actions, forwarded_to
from herogate.local.planes.elb import PortTakenError
from herogate.local.planes.elb.table import LoadBalancer, Protocol

_LISTENERS_PER_BALANCER = 50
_GROUPS_PER_BALANCER = 100

Document = Mapping[str, Any]


@operation("elbv2", "CreateListener")
async def create_listener(call: Call) -> Result:
    constraints.check(call)
    _refuse_unknown(call.parameters)
    async with call.cloud.elb.change(call.region):
        balancer = await find_balancer(call, call.parameters["LoadBalancerArn"])
        protocol, port = _protocol_and_port(call.parameters)
        _check_room(balancer, port)
        check_listener_actions(
            call, balancer, call.parameters["DefaultActions"], protocol=protocol, port=port
        )
        await _check_security(call, protocol, call.parameters.get("Certificates", []))
        async with _opened(call, balancer, protocol, port):
            return _told(await call.proceed())


@operation("elbv2", "ModifyListener")
async def modify_listener(call: Call) -> Result:
    constraints.check(call)
    _refuse_unknown(call.parameters)
    async with call.cloud.elb.change(call.region, listener=call.parameters["ListenerArn"]):
        present = await find_listener(call, call.parameters["ListenerArn"])
        balancer = await find_balancer(call, present["LoadBalancerArn"])
        merged = {**present, **call.parameters}
        protocol, port = _protocol_and_port(merged)
        if "DefaultActions" in call.parameters:
            check_listener_actions(
                call, balancer, merged["DefaultActions"], protocol=protocol, port=port
            )
        certificates = merged.get("Certificates", []) if protocol is Protocol.HTTPS else []
        given = call.parameters.get("Certificates", certificates)
        await _check_security(call, protocol, given)
        if port == present["Port"]:
            if protocol != present["Protocol"] and call.cloud.elb.is_shared(port):
                raise _duplicate(balancer, f"others have port {port} for {present['Protocol']}")
            return await _modify(call)
        _check_port(balancer, port)
        async with _opened(call, balancer, protocol, port):
            return await _modify(call)


@operation("elbv2", "DeleteListener")
async def delete_listener(call: Call) -> Reply:
    async with call.cloud.elb.change(call.region, listener=call.parameters["ListenerArn"]):
        await find_listener(call, call.parameters["ListenerArn"])
        return await call.proceed()


@operation("elbv2", "DescribeListeners")
async def describe_listeners(call: Call) -> Result:
    reply = await call.proceed()
    found = [each["ListenerArn"] for each in reply.result.get("Listeners", [])]
    if set(call.parameters.get("ListenerArns", [])) - set(found) and reply.ok:
        raise AwsError("ListenerNotFound", "One or more listeners not found")
    return _told(reply)


@operation("elbv2", "AddListenerCertificates")
async def add_listener_certificates(call: Call) -> Reply:
    async with call.cloud.elb.change(call.region, listener=call.parameters["ListenerArn"]):
        await _check_certificates(call, call.parameters["Certificates"])
        return await call.proceed()


@operation("elbv2", "RemoveListenerCertificates")
async def remove_listener_certificates(call: Call) -> Reply:
    async with call.cloud.elb.change(call.region, listener=call.parameters["ListenerArn"]):
        return await call.proceed()


@operation("elbv2", "ModifyListenerAttributes")
async def modify_listener_attributes(call: Call) -> Reply:
    named = ", ".join(each["Key"] for each in call.parameters["Attributes"])
    raise not_supported(f"the listener attributes {named}")


async def find_balancer(call: Call, arn: str) -> LoadBalancer:
    """What a load balancer declares at this moment.

    Raises:
        AwsError: ``LoadBalancerNotFound``.
    """
    for balancer in call.cloud.elb.declared(call.region).load_balancers:
        if balancer.arn == arn:
            return balancer
    raise AwsError("LoadBalancerNotFound", f"Load balancer '{arn}' not found")


async def find_listener(call: Call, arn: str) -> Document:
    """A listener as DescribeListeners tells it.

    Raises:
        AwsError: ``ListenerNotFound``.
    """
    found = await call.ask("elbv2", "DescribeListeners", ListenerArns=[arn])
    return dict(found["Listeners"][0])


def check_listener_actions(
    call: Call,
    balancer: LoadBalancer,
    actions: Sequence[Document],
    *,
    protocol: Protocol,
    port: int,
) -> None:
    """Refuse actions that AWS refuses on a listener of this load balancer.

    Raises:
        AwsError: as `check_actions`, or for a limit of target groups and load balancers.
    """
    declared = call.cloud.elb.declared(call.region)
    known = [group.arn for group in declared.target_groups]
    check_actions(actions, target_groups=known, protocol=protocol, port=port)
    wanted = forwarded_to(actions)
    others = [each for each in declared.load_balancers if each.arn != balancer.arn]
    if shared := sorted(wanted & {arn for each in others for arn in each.target_groups}):
        raise AwsError(
            "TargetGroupAssociationLimit",
            "The following target groups cannot be associated with more than one load balancer: "
            + ", ".join(shared),
        )
    if len(balancer.target_groups | wanted) > _GROUPS_PER_BALANCER:
        raise AwsError(
            "TooManyUniqueTargetGroupsPerLoadBalancer",
            f"Load balancer '{balancer.arn}' can have at most '{_GROUPS_PER_BALANCER}' "
            "unique target groups",
        )


def _refuse_unknown(parameters: Document) -> None:
    if parameters.get("AlpnPolicy"):
        raise not_supported("ALPN policies")
    if parameters.get("MutualAuthentication", {}).get("Mode", "off") != "off":
        raise not_supported("mutual TLS authentication")


def _protocol_and_port(parameters: Document) -> tuple[Protocol, int]:
    if "Port" not in parameters:
        raise AwsError("ValidationError", "A listener port must be specified")
    if "Protocol" not in parameters:
        raise AwsError("ValidationError", "A listener protocol must be specified")
    if parameters["Protocol"] not in list(Protocol):
        named = parameters["Protocol"]
        raise AwsError(
            "ValidationError", f"Listener protocol '{named}' must be one of 'HTTPS, HTTP'"
        )
    return Protocol(parameters["Protocol"]), parameters["Port"]


def _check_room(balancer: LoadBalancer, port: int) -> None:
    _check_port(balancer, port)
    if len(balancer.listeners) >= _LISTENERS_PER_BALANCER:
        raise AwsError(
            "TooManyListeners",
            f"The maximum number of listeners for load balancer '{balancer.arn}' has been reached",
        )


def _check_port(balancer: LoadBalancer, port: int) -> None:
    if port in [listener.port for listener in balancer.listeners]:
        raise _duplicate(balancer)


def _duplicate(balancer: LoadBalancer, reason: str = "") -> AwsError:
    message = f"A listener already exists on this port for this load balancer '{balancer.arn}'"
    return AwsError("DuplicateListener", message + (f" ({reason})" if reason else ""))


async def _check_security(call: Call, protocol: Protocol, certificates: Sequence[Document]) -> None:
    policy = call.parameters.get("SslPolicy")
    if protocol is Protocol.HTTP:
        if certificates or policy:
            raise AwsError(
                "InvalidConfigurationRequest",
                "Certificates and security policies are for HTTPS listeners only",
            )
        return
    if len(certificates) != 1:
        raise AwsError(
            "InvalidConfigurationRequest",
            "You must provide a list containing exactly one certificate "
            "if the listener protocol is HTTPS.",
        )
    await _check_certificates(call, certificates)
    if policy:
        await call.ask("elbv2", "DescribeSSLPolicies", Names=[policy])


async def _check_certificates(call: Call, certificates: Iterable[Document]) -> None:
    for certificate in certificates:
        arn = certificate["CertificateArn"]
        if ":acm:" not in arn:
            raise not_supported("listener certificates other than ACM's")
        try:
            found = await call.ask("acm", "DescribeCertificate", CertificateArn=arn)
        except AwsError as error:
            raise AwsError("CertificateNotFound", f"Certificate '{arn}' not found") from error
        if found["Certificate"]["Status"] != "ISSUED":
            raise AwsError(
                "UnsupportedCertificate",
                f"The certificate '{arn}' must have a fully-qualified domain name, "
                "a supported signature, and a supported key size.",
            )


async def _modify(call: Call) -> Result:
    """Let moto modify a listener, which drops its further certificates with the default one."""
    arn = call.parameters["ListenerArn"]
    answer = await call.ask("elbv2", "DescribeListenerCertificates", ListenerArn=arn)
    told = _told(await call.proceed())
    further = [
        {"CertificateArn": each["CertificateArn"]}
        for each in answer.get("Certificates", [])
        if not each["IsDefault"]
    ]
    if further and call.parameters.get("Certificates"):
        await call.ask("elbv2", "AddListenerCertificates", ListenerArn=arn, Certificates=further)
    return told


@asynccontextmanager
async def _opened(
    call: Call, balancer: LoadBalancer, protocol: Protocol, port: int
) -> AsyncIterator[None]:
    """With a port of this machine held; given back if its listener is not declared after all."""
    plane = call.cloud.elb
    if plane.shares(protocol, port):
        yield
        return
    try:
        await plane.reserve(port)
    except PortTakenError as error:
        reason = f"port {port} of this machine cannot be opened: {error}"
        raise _duplicate(balancer, reason) from error
    try:
        yield
    except BaseException:
        await plane.release(port)
        raise


def _told(reply: Reply) -> Result:
    """The answer in AWS's form. Raises moto's refusal, so that what was prepared is undone."""
    if reply.error is not None:
        raise AwsError(*reply.error, status=reply.status)
    told = [told_listener(each) for each in reply.result.get("Listeners", [])]
    return {**reply.result, "Listeners": told}
