"""Which ports change so that a table is served."""

from __future__ import annotations

from dataclasses import replace

import pytest
from load_balancing import balancers, page

from herogate.local.planes.elb.plan import Action, Attach, Close, Open, Replace, plan
from herogate.local.planes.elb.table import Certificate, Listener, Protocol, Settings, Table

ONE = Listener(arn="one", port=8001, rules=(page("one"),))
OTHER = Listener(arn="other", port=8002, rules=(page("other"),))
CHANGED = replace(ONE, rules=(page("changed"),))
IDLE = replace(ONE, settings=Settings(idle_timeout_seconds=1))
SECURE = replace(
    ONE, protocol=Protocol.HTTPS, certificates=(Certificate(arn="c", names=("a.example.com",)),)
)
RECERTIFIED = replace(SECURE, certificates=(Certificate(arn="d", names=("a.example.com",)),))
SUCCESSOR = replace(ONE, arn="successor")


@pytest.mark.parametrize(
    ("desired", "actual", "reserved", "expected"),
    [
        pytest.param((), {}, (), [], id="nothing to nothing"),
        pytest.param((ONE,), {}, (), [Open(listener=ONE)], id="a new port is opened"),
        pytest.param((ONE,), {8001: ONE}, (), [], id="what is served stays"),
        pytest.param((), {8001: ONE}, (), [Close(port=8001)], id="a gone port is closed"),
        pytest.param((ONE,), {8001: None}, (), [Attach(listener=ONE)], id="a held port is used"),
        pytest.param((), {8001: None}, (8001,), [], id="a reserved port is kept"),
        pytest.param((), {8001: None}, (), [Close(port=8001)], id="a held one is let go"),
        pytest.param(
            (CHANGED,), {8001: ONE}, (), [Replace(listener=CHANGED)], id="rules are replaced"
        ),
        pytest.param(
            (IDLE,), {8001: ONE}, (), [Replace(listener=IDLE)], id="settings are replaced"
        ),
        pytest.param(
            (SECURE,), {8001: ONE}, (), [Attach(listener=SECURE)], id="TLS needs new connections"
        ),
        pytest.param(
            (RECERTIFIED,),
            {8001: SECURE},
            (),
            [Attach(listener=RECERTIFIED)],
            id="a certificate needs new connections",
        ),
        pytest.param(
            (SUCCESSOR,),
            {8001: ONE},
            (),
            [Attach(listener=SUCCESSOR)],
            id="another listener's clients are not its predecessor's",
        ),
        pytest.param(
            (OTHER, ONE),
            {8003: ONE},
            (),
            [Close(port=8003), Open(listener=ONE), Open(listener=OTHER)],
            id="ports are closed before others are opened, in order",
        ),
    ],
)
def test_the_plan_leads_from_the_actual_ports_to_the_desired_table(
    desired: tuple[Listener, ...],
    actual: dict[int, Listener | None],
    reserved: tuple[int, ...],
    expected: list[Action],
) -> None:
    table = Table(load_balancers=balancers(*desired))
    assert plan(table, actual, reserved=reserved) == expected
