"""Whom we are to AWS and where: credentials, region, and the one way of calling an operation.

Where the endpoint is comes from the profile or the environment, as botocore reads them; nothing above it
knows. What goes wrong with a call leaves as a `HerogateError` (``failures.py``).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import botocore.session
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    UnknownRegionError,
)
from botocore.parsers import ResponseParserError

from herogate.aws.failures import CONFIGURATION_HINT, failure_of
from herogate.aws.patience import Patience, give_up_in_time
from herogate.aws.service_models import quicken
from herogate.errors import InvalidRequest, NoRegion


class Session:
    """A caller in a region.

    Args:
        profile: a profile of the AWS configuration files; None for ``AWS_PROFILE`` or the default one.
        region: an AWS region; None for ``AWS_REGION``, ``AWS_DEFAULT_REGION`` or the profile's.
        patience: how long AWS is waited for.
    """

    def __init__(
        self,
        *,
        profile: str | None = None,
        region: str | None = None,
        patience: Patience = Patience(),  # noqa: B008 - frozen
    ) -> None:
        self._profile = profile
        self._region = region
        self._patience = patience
        self._clients: dict[str, Any] = {}
        self._making = threading.Lock()

    @cached_property
    def region(self) -> str:
        """The region in force. Raises `NoRegion`, and `InvalidRequest` for a name no region has."""
        region = (
            self._region
            or os.environ.get("AWS_REGION")
            or self._botocore.get_config_variable("region")
        )
        if not region:
            raise NoRegion(
                "No AWS region given.",
                "Name one with --region, AWS_REGION or `region` in the AWS profile.",
            )
        self._check(region)
        return region

    @property
    def profile(self) -> str | None:
        """The profile in force, or None for the default one."""
        name = self._profile or os.environ.get("AWS_PROFILE")
        return None if name in {None, "", "default"} else name

    @property
    def credentials(self) -> Any:
        """Access key, secret and token in force, as botocore's signers take them. Never to be shown.

        Raises `NoCredentials`.
        """
        try:
            found = self._botocore.get_credentials()
            frozen = None if found is None else found.get_frozen_credentials()
        except BotoCoreError as error:
            raise failure_of(error, "configuration") from error
        if frozen is None:
            raise failure_of(NoCredentialsError(), "configuration")
        return frozen

    def service(self, name: str) -> Service:
        """An AWS service, by botocore's name ("cloudformation"); the first call finds out who we are."""
        return Service(name, lambda: self._client(name))

    def _check(self, region: str) -> None:
        """Refuse a region that botocore has not heard of: its form alone lets every slip through."""
        try:
            partition = self._botocore.get_partition_for_region(region)
        except UnknownRegionError:
            partition = "aws"
        known = self._botocore.get_available_regions("cloudformation", partition_name=partition)
        if region not in known:
            from difflib import get_close_matches

            nearest = " or ".join(get_close_matches(region, known, n=2, cutoff=0.0))
            raise InvalidRequest(
                f"{region} is not an AWS region.",
                f"Did you mean {nearest}? A region that is new takes a newer botocore.",
            )

    @cached_property
    def _botocore(self) -> botocore.session.Session:
        # boto3 would only add what is not used here, and costs a command a tenth of a second.
        try:
            session = botocore.session.Session(_variables(), profile=self._profile)
            session.get_scoped_config()  # raises for a profile that is not there
            quicken(session)
        except BotoCoreError as error:
            raise failure_of(error, "configuration") from error
        else:
            return session

    def _client(self, name: str) -> Any:
        with self._making:
            if name not in self._clients:
                self._clients[name] = self._made(name)
            return self._clients[name]

    def _made(self, name: str) -> Any:
        region = self.region
        try:
            client = self._botocore.create_client(
                name, region_name=region, config=self._patience.config(name)
            )
        except BotoCoreError as error:
            raise failure_of(error, name) from error
        except ValueError as error:
            raise InvalidRequest(
                f"The AWS endpoint cannot be used: {error}.", CONFIGURATION_HINT
            ) from error
        give_up_in_time(client)
        return client


class Service:
    """One AWS service's API: operations by botocore's method names, failures as `HerogateError`."""

    def __init__(self, name: str, connect: Callable[[], Any]) -> None:
        self._name = name
        self._connect = connect

    @cached_property
    def _client(self) -> Any:
        return self._connect()

    @property
    def endpoint_url(self) -> str:
        """The address under which this service is called."""
        return str(self._client.meta.endpoint_url)

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call an operation; `AwsRefused` and its kin where AWS says no."""
        try:
            return dict(getattr(self._client, operation)(**parameters))
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            raise failure_of(error, self._name) from error

    def items(self, operation: str, key: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Everything that a paginated operation lists under `key`, over all its pages."""
        for page in self.pages(operation, **parameters):
            yield from page.get(key, [])

    def pages(self, operation: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """The answers of a paginated operation, one after the other."""
        try:
            yield from self._client.get_paginator(operation).paginate(**parameters)
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            raise failure_of(error, self._name) from error


def _variables() -> dict[str, tuple[str | None, list[str], None, None]]:
    """Where botocore finds profile and region: in its variables, but for those that are empty."""
    profile, region = (
        [name for name in names if os.environ.get(name)]
        for names in (("AWS_DEFAULT_PROFILE", "AWS_PROFILE"), ("AWS_DEFAULT_REGION",))
    )
    return {"profile": (None, profile, None, None), "region": ("region", region, None, None)}
