"""``git-remote-herogate``, which git starts for a remote ``herogate://…``."""

from __future__ import annotations

import sys


def main() -> int:
    """Answer git: this version creates apps, but does not take a push or a fetch."""
    sys.stderr.write("herogate: pushing to an app is not supported by this version of Herogate\n")
    return 1
