"""Answering one request: which rule it falls to, and the rule's action.

The conversation with one client, from its connection to its end, happens here; ports and the table
are ``router.py``'s.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Protocol as Interface

from herogate.local.planes.elb import http1, matching, pages
from herogate.local.planes.elb.client import Client, refusal
from herogate.local.planes.elb.forward import forward
from herogate.local.planes.elb.http1 import Body, Framing, Request
from herogate.local.planes.elb.table import (
    FixedResponse,
    Forward,
    Listener,
    Redirect,
    Target,
    TargetGroup,
    TargetState,
)


class Traffic(Interface):
    """What a conversation asks of the router, anew for each request."""

    def listener(self, port: int) -> Listener | None: ...

    def target(self, action: Forward) -> tuple[TargetGroup, Target] | None: ...

    def request(self, group: TargetGroup, target: Target) -> AbstractContextManager[None]: ...


class Rotation:
    """Takes the targets of each group in turn."""

    def __init__(self) -> None:
        self._turns: dict[str, int] = {}

    def choose(
        self,
        action: Forward,
        groups: Mapping[str, TargetGroup],
        *,
        random_number: Callable[[], float] = random.random,
    ) -> tuple[TargetGroup, Target] | None:
        """A target group by the action's weights and its next target; None if it has none."""
        shares = [share for share in action.shares if share.weight > 0]
        point = random_number() * sum(share.weight for share in shares)
        for share in shares:
            point -= share.weight
            if point < 0:
                group = groups[share.target_group_arn]
                target = self._next(group)
                return None if target is None else (group, target)
        return None

    def _next(self, group: TargetGroup) -> Target | None:
        targets = eligible(group)
        turn = self._turns.get(group.arn, 0)
        self._turns[group.arn] = turn + 1
        return targets[turn % len(targets)] if targets else None


def eligible(group: TargetGroup) -> list[Target]:
    """The healthy targets; where there is none, all that are not draining, as AWS fails open."""
    healthy = [target for target in group.targets if target.state is TargetState.HEALTHY]
    return healthy or [
        target for target in group.targets if target.state.takes_requests_when_none_is_healthy
    ]


async def converse(client: Client, port: int, traffic: Traffic) -> None:
    """Answer a client's requests one after the other until either side has had enough."""
    while not client.closes:
        client.is_idle = True
        try:
            async with asyncio.timeout(client.listener.settings.idle_timeout_seconds):
                request = await http1.read_request(client.reader)
        except http1.MessageError as error:
            await client.send(pages.error(error.status).on_the_wire(method="", keep_alive=False))
            await client.discard(Body(framing=Framing.UNTIL_CLOSE))
            return
        listener = traffic.listener(port)
        if request is None or listener is None:
            return
        client.is_idle = False
        client.listener = matching.listener_for(listener, client.host_name(request))
        if not await _answer(client, request, traffic):
            return


async def _answer(client: Client, request: Request, traffic: Traffic) -> bool:
    """Take the action of the rule that the request falls to; whether the client may go on."""
    refused = refusal(request, client.listener)
    if refused is not None:
        return await client.answer(request, pages.error(refused))
    facts = client.facts(request)
    action = matching.action_for(client.listener.rules, facts)
    if isinstance(action, FixedResponse):
        return await client.answer(request, pages.fixed(action))
    if isinstance(action, Redirect):
        page = pages.redirect(action.status, matching.location(action, facts))
        return await client.answer(request, page)
    chosen = traffic.target(action)
    if chosen is None:
        return await client.answer(request, pages.error(503))
    group, target = chosen
    if not target.address:
        return await client.answer(request, pages.error(504))
    with traffic.request(group, target):
        return await forward(client, request, target, group.protocol)
