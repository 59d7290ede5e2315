"""Where the programs begin. A Ctrl-C that comes before one listens for it ends it without a word."""

from __future__ import annotations

import signal


def herogate() -> int:
    """The command ``herogate``; its exit code."""
    _end_without_a_word()
    from herogate.cli import main

    return main()


def git_remote_herogate() -> int:
    """The command ``git-remote-herogate``, which git starts; its exit code."""
    _end_without_a_word()
    from herogate.gitremote import main

    return main()


def _end_without_a_word() -> None:
    """Python would tell of its insides; that a signal is ignored (nohup) stays so."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
