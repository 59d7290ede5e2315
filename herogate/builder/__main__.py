"""The steps of CodeBuild's two projects, each by its name: ``python3 -m herogate.builder <step>``.

A failure is told in Heroku's form at the end of the log, and ends with exit code 1.
"""

from __future__ import annotations

import os
import sys

from herogate.builder import steps
from herogate.builder.talk import Talk
from herogate.errors import HerogateError


def main(arguments: list[str]) -> int:
    """Take a step; the exit code."""
    talk = Talk()
    try:
        steps.take(arguments, os.environ, talk)
    except HerogateError as error:
        talk.trouble("")
        talk.trouble(error.message)
        if error.hint:
            talk.trouble(error.hint)
        talk.trouble("")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
