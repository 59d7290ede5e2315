"""``git-remote-herogate``, which git starts for a remote ``herogate://…``.

It speaks git's protocol of remote helpers on standard input and output (``conversation.py``), has git's
own HTTP transport move the objects (``transport.py``), shows the deploy branch as it was last released
and decides what a push means (``decisions.py``, pure), and follows the deploy. What people read goes to
standard error (``talk.py``).
"""

from __future__ import annotations

import signal
import sys
from types import FrameType

from herogate.errors import HerogateError

_FATAL = 128
"""How git exits when it cannot go on."""

_INTERRUPTED = 130


def main() -> int:
    """Serve the git that started this program with a remote's name and its URL; return the exit code."""
    from herogate.gitremote import talk

    if len(sys.argv) != 3:
        talk.fatal("git-remote-herogate is started by git, for a remote whose URL is herogate://…")
        return _FATAL
    from herogate.gitremote.conversation import Conversation
    from herogate.gitremote.transport import TransportFailed

    signal.signal(signal.SIGINT, _interrupt)
    _, remote, url = sys.argv
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
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 0


def _interrupt(_: int, __: FrameType | None) -> None:
    """Interrupt once: Ctrl-C comes from the terminal, and again from the git that it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt
