"""What handlers make of an API's refusals: gone is fine, taken is not, half-made is undone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from botocore.exceptions import ClientError

from herogate.local.errors import AwsError
from herogate.local.resources import Context, Handler, Properties

_ABSENT = re.compile(r"NotFound|NoSuch|DoesNotExist|NonExistent|NotAttached|^404$")


def is_absence(error: ClientError) -> bool:
    """Whether the API says that there is no such thing."""
    return bool(_ABSENT.search(error.response["Error"]["Code"]))


def exists(describe: Callable[..., Any], **arguments: Any) -> bool:
    """Whether an API can describe a thing."""
    try:
        describe(**arguments)
    except ClientError as error:
        if is_absence(error):
            return False
        raise
    return True


@contextmanager
def absence_is_fine() -> Iterator[None]:
    """Around a call that removes something: that it was not there is success."""
    try:
        yield
    except ClientError as error:
        if not is_absence(error):
            raise


@contextmanager
def undone_on_failure(
    handler: Handler, context: Context, physical_id: str, properties: Properties
) -> Iterator[None]:
    """Around what comes after the resource exists: should it fail, nothing is left behind."""
    try:
        yield
    except Exception:
        with suppress(ClientError, AwsError):
            handler.delete(context, physical_id, properties)
        raise


def already_exists(handler: Handler, name: str) -> AwsError:
    """The refusal of a name that is taken, for APIs that would quietly hand out the existing thing."""
    return AwsError(
        "AlreadyExists",
        f"Resource of type '{handler.type_name}' with identifier '{name}' already exists.",
    )
