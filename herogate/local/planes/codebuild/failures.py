"""Why a build's phase fails: CodeBuild's status code and words, shown as the phase's context."""

from __future__ import annotations


class PhaseFailure(Exception):
    """A phase cannot be done.

    Args:
        code: CodeBuild's status code (``COMMAND_EXECUTION_ERROR``).
        message: what happened.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def client_error(message: str) -> PhaseFailure:
    """What the project, the buildspec or the source is to blame for."""
    return PhaseFailure("CLIENT_ERROR", message)


def yaml_file_error(message: str) -> PhaseFailure:
    """A buildspec that cannot be followed."""
    return PhaseFailure("YAML_FILE_ERROR", message)
