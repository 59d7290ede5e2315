"""SSM: the parameters in which config vars' values lie, each written once."""

from __future__ import annotations

from collections.abc import Sequence

from herogate.aws.session import Session

_DELETE_LIMIT = 10  # names that one DeleteParameters takes


class Parameters:
    """The parameters of a region."""

    def __init__(self, session: Session) -> None:
        self._service = session.service("ssm")

    def under(self, path: str) -> list[str]:
        """The names of all parameters under a path."""
        found = self._service.items(
            "get_parameters_by_path", "Parameters", Path=path, Recursive=True
        )
        return [parameter["Name"] for parameter in found]

    def delete(self, names: Sequence[str]) -> None:
        """Delete parameters; one that is gone is no error."""
        for start in range(0, len(names), _DELETE_LIMIT):
            self._service.call(
                "delete_parameters", Names=list(names[start : start + _DELETE_LIMIT])
            )
