"""What an app is to be: the facts of its space, its place there, and what was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypedDict

import buildspecs
from herogate.aws.cloudformation import Stack
from herogate.aws.templates import Shelf
from herogate.engine import package
from herogate.engine.addresses import Addresses, Place
from herogate.errors import InvalidRequest
from stacks import names
from stacks.app_options import BuildArchitecture, BuildCompute, Options, check_branch
from stacks.outputs import AppOutput, SpaceOutput

if TYPE_CHECKING:
    from stacks.app import Spec

_OLDER_RETENTION_DAYS = 30
"""Of apps in a space that was made before it could be chosen."""


class AppOptions(TypedDict, total=False):
    """What may be chosen of an app; what is not said stays as it is, or is as `Options` has it."""

    health_check_path: str
    health_check_matcher: str
    health_check_interval_seconds: int
    deregistration_delay_seconds: int
    build_compute: str
    build_architecture: str


def asked(options: AppOptions) -> Options:
    """The options of a new app. Raises `InvalidRequest`."""
    return changed(Options(), options)


def checked_branch(name: str) -> str:
    """A branch's name as it is. Raises `InvalidRequest`."""
    try:
        check_branch(name)
    except ValueError as error:
        raise InvalidRequest.of(error) from error
    return name


def described(app: Stack) -> Options:
    """The options of an app as it is, by what its stack tells."""
    told = app.outputs
    plain = {
        "health_check_path": told.get(AppOutput.HEALTH_CHECK_PATH),
        "health_check_matcher": told.get(AppOutput.HEALTH_CHECK_MATCHER),
        "build_compute": told.get(AppOutput.BUILD_COMPUTE),
        "build_architecture": told.get(AppOutput.BUILD_ARCHITECTURE),
    }
    numbers = {
        "health_check_interval_seconds": told.get(AppOutput.HEALTH_CHECK_INTERVAL_SECONDS),
        "deregistration_delay_seconds": told.get(AppOutput.DEREGISTRATION_DELAY_SECONDS),
    }
    known = {name: value for name, value in plain.items() if value is not None}
    counted = {name: int(text) for name, text in numbers.items() if text is not None}
    return _changed(Options(), {**known, **counted})


def changed(options: Options, changes: AppOptions) -> Options:
    """Other options. Raises `InvalidRequest`."""
    return _changed(options, {**changes})


def spec(
    app: str,
    space_stack: Stack,
    place: Place,
    *,
    git_branch: str,
    options: Options,
    buildpacks: Sequence[str] = (),
    health_check_path: str | None = None,
) -> Spec:
    """An app at a place of a space that is whole. Raises `InvalidRequest`.

    Args:
        buildpacks: those that were set for it by hand.
        health_check_path: what the release in effect has said of it.
    """
    from stacks.app import Spec

    addresses, told = Addresses(space_stack), space_stack.outputs
    try:
        return Spec(
            app=app,
            space=names.space_of_stack(space_stack.name) or space_stack.name,
            space_stack_id=space_stack.id,
            vpc_id=told[SpaceOutput.VPC_ID],
            load_balancer_arn=addresses.load_balancer_arns[place.load_balancer - 1],
            load_balancer_dns_name=addresses.dns_names[place.load_balancer - 1],
            cluster_name=told[SpaceOutput.CLUSTER_NAME],
            bucket=told[SpaceOutput.BUCKET_NAME],
            ledger_table=told[SpaceOutput.LEDGER_TABLE],
            address=addresses.address(app, place),
            git_branch=git_branch,
            build_buildspec=build_buildspec(buildpacks),
            buildpacks=tuple(buildpacks),
            release_buildspec=buildspecs.read("release"),
            package_key=package.key(),
            options=options,
            health_check_path=health_check_path,
            log_retention_days=int(told.get(SpaceOutput.LOG_RETENTION_DAYS, _OLDER_RETENTION_DAYS)),
            key_arn=told.get(SpaceOutput.KEY_ARN),
            permissions_boundary=told.get(SpaceOutput.PERMISSIONS_BOUNDARY),
        )
    except ValueError as error:
        raise InvalidRequest(str(error)) from error


def build_buildspec(buildpacks: Sequence[str]) -> str:
    """What the builds of an app are told, by the buildpacks that were set for it by hand."""
    return buildspecs.read("buildpacks" if buildpacks else "dockerfile")


def shelf(space_stack: Stack, stack: str, template: str) -> Shelf:
    """Where in a space's bucket a template lies that is too large to be sent."""
    return Shelf(
        bucket=space_stack.outputs[SpaceOutput.BUCKET_NAME],
        key=names.template_key(stack, sha256(template.encode()).hexdigest()[:16]),
    )


def _changed(options: Options, changes: Mapping[str, Any]) -> Options:
    kinds = {"build_compute": BuildCompute, "build_architecture": BuildArchitecture}
    try:
        closed = {name: kind(changes[name]) for name, kind in kinds.items() if name in changes}
        return replace(options, **{**changes, **closed})
    except ValueError as error:
        raise InvalidRequest.of(error) from error
