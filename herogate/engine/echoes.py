"""What AWS was just told, asked for until it is heard of: its services answer from many places.

ECS says so itself: "the result of an API command you run that affects your Amazon ECS resources might
not be immediately visible to all subsequent commands you run" (RunTask in its API reference, which wants
waits that grow). SSM tells of a parameter that was just written a moment later, too
(aws/aws-cdk-cli#830).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import TypeVar

from herogate.aws.ecs_tasks import Instance, Instances
from herogate.engine.clock import Sleep, delays
from herogate.errors import NotThereYet

_DELAYS = partial(delays, 0.25, growth=1.5, longest=2.0)
_LOOKS = 15  # in twenty seconds

Answer = TypeVar("Answer")


def sighted(instances: Instances, arn: str, sleep: Sleep) -> Instance | None:
    """An instance that was started; None if ECS knows nothing of it, however often it is asked."""
    return looked_for(lambda: instances.describe(arn), sleep)


def looked_for(
    look: Callable[[], Answer | None], sleep: Sleep, *, looks: int = _LOOKS
) -> Answer | None:
    """What a look finds; None if there is nothing in so many looks."""
    for delay in islice(_DELAYS(), looks):
        if (found := look()) is not None:
            return found
        sleep(delay)
    return look()


def left_over(look: Callable[[], Sequence[str]], sleep: Sleep) -> Sequence[str]:
    """What a look finds still, though it was deleted; nothing as soon as there is nothing."""
    for delay in islice(_DELAYS(), _LOOKS):
        if not look():
            return ()
        sleep(delay)
    return look()


def heard_of(call: Callable[[], Answer], sleep: Sleep) -> Answer:
    """What a call answers that names something just made; made again while AWS does not know that.

    Raises `NotThereYet` if AWS never does.
    """
    for delay in islice(_DELAYS(), _LOOKS):
        with suppress(NotThereYet):
            return call()
        sleep(delay)
    return call()
