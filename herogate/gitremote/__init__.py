"""``git-remote-herogate``, which git starts for a remote ``herogate://…``.

It speaks git's protocol of remote helpers on standard input and output (``conversation.py``), has git's
own HTTP transport move the objects (``transport.py``), shows the deploy branch as it was last released
and decides what a push means (``decisions.py``, pure), and follows the deploy. What people read goes to
standard error (``talk.py``).
"""

from __future__ import annotations

import sys

from herogate.errors import HerogateError
from herogate.interruptions import served

_FATAL = 128
"""How git exits when it cannot go on."""


def main() -> int:
    """Serve the git that started this program with a remote's name and its URL; return the exit code."""
    from herogate.gitremote import talk

    if len(sys.argv) != 3:
        talk.fatal("git-remote-herogate is started by git, for a remote whose URL is herogate://…")
        return _FATAL
    _, remote, url = sys.argv
    # Ctrl-C comes from the terminal, and again from the git that it ends.
    return served(lambda _: _answered(remote, url), once=True)


def _answered(remote: str, url: str) -> int:
    from herogate.gitremote import talk
    from herogate.gitremote.conversation import Conversation
    from herogate.gitremote.transport import TransportFailed

    try:
        with Conversation(remote, url) as conversation:
            conversation.serve(sys.stdin.buffer, sys.stdout.buffer)
    except HerogateError as error:
        talk.fail(error)
        return _FATAL
    except TransportFailed:
        return _FATAL  # git's transport has said why
    except BrokenPipeError:
        return _FATAL  # git has gone
    return 0
