"""Where in their lives many apps are: their stacks say it and, of their end, their spaces' ledgers.

Of a single app `Sites` knows it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from herogate.engine.site import space_of
from herogate.engine.statuses import status_of
from herogate.models import Status
from stacks import names

if TYPE_CHECKING:
    from herogate.aws.cloudformation import Stack
    from herogate.engine.ledger import Ledger


def of_all(stacks: Sequence[Stack], ledgers: Mapping[str, Ledger]) -> dict[str, Status]:
    """The statuses of apps by the names of their stacks.

    Args:
        ledgers: of all spaces that are whole, by the names of the spaces.
    """
    told = {stack.name: status_of(stack.status) for stack in stacks}
    whole: dict[str, list[str]] = defaultdict(list)
    for stack in stacks:
        if told[stack.name].is_ready:
            whole[space_of(stack)].append(names.app_of_stack(stack.name) or stack.name)
    for space, apps in whole.items():
        # The first thing that a destruction does is to close the ledger; the stack goes last.
        ended = ledgers[space].closed(apps) if space in ledgers else apps
        status = Status.DESTROYING if space in ledgers else Status.BROKEN
        told |= {names.app_stack(app): status for app in ended}
    return told
