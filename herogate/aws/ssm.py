"""SSM: the parameters in which config vars' values lie, each written once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from herogate.aws.session import Session
from herogate.errors import AwsRefused

VALUE_BYTES = 8192
"""The most that a parameter holds; SSM counts characters, of which there are never more than bytes."""

_STANDARD_BYTES = 4096  # more takes a parameter of the advanced tier, which AWS charges for
_GET_LIMIT = 10  # names that one GetParameters takes
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

    def write(
        self, name: str, value: str, *, tags: Mapping[str, str], key_arn: str | None = None
    ) -> None:
        """Write a new, encrypted parameter, under a name that nobody else has ever used.

        So one that is there already is this one, of which AWS's answer was lost and asked for again.

        Args:
            key_arn: what it is encrypted with; None for the account's key for SSM.
        """
        is_standard = len(value.encode()) <= _STANDARD_BYTES
        try:
            self._service.call(
                "put_parameter",
                Name=name,
                Value=value,
                Type="SecureString",
                Tier="Standard" if is_standard else "Advanced",
                Tags=[{"Key": key, "Value": each} for key, each in tags.items()],
                **({} if key_arn is None else {"KeyId": key_arn}),
            )
        except AwsRefused as refusal:
            if refusal.code != "ParameterAlreadyExists":
                raise

    def values(self, names: Sequence[str]) -> dict[str, str]:
        """The values of parameters by name; one that is gone has none."""
        found: dict[str, str] = {}
        for start in range(0, len(names), _GET_LIMIT):
            answer = self._service.call(
                "get_parameters",
                Names=list(names[start : start + _GET_LIMIT]),
                WithDecryption=True,
            )
            found |= {each["Name"]: each["Value"] for each in answer["Parameters"]}
        return found

    def delete(self, names: Sequence[str]) -> None:
        """Delete parameters; one that is gone is no error."""
        for start in range(0, len(names), _DELETE_LIMIT):
            self._service.call(
                "delete_parameters", Names=list(names[start : start + _DELETE_LIMIT])
            )
