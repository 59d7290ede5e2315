"""An app: all that one has from its birth, before anything was ever released.

Where it is pushed, built, kept and logged, who may do what, and its place at the load balancer with
the page that says "nothing here yet". What runs (services, task definitions) is the formation's and
changes through ECS; no rollout touches this stack.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from troposphere import AWSObject, GetAtt, Ref, Tags, Template
from troposphere.iam import Role
from troposphere.logs import LogGroup

from stacks import names
from stacks.app_options import Options, check_branch
from stacks.names import LogPurpose, RolePurpose
from stacks.outputs import AppOutput as Output
from stacks.parts import delivery, events, rights, roles, routing, schedules
from stacks.parts.events_role import events_role
from stacks.parts.logs import log_group
from stacks.parts.outputs import add_outputs
from stacks.parts.release_role import release_role
from stacks.parts.tags import app_tags
from stacks.places import Address, HostAddress, HostAlias, PortAddress


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What an app is to be, with the facts of its space (the space's outputs) as plain values.

    Attributes:
        load_balancer_arn: of the one load balancer of the space on which the app sits.
        git_branch: a push to it deploys.
        build_buildspec, release_buildspec: YAML, as it is; the repository's own is never read.
        buildpacks: those that were set by hand, in their order.
        package_key: where in the bucket Herogate's own package lies.
        health_check_path: what the release in effect has said of it; None for what `options` say.
        key_arn: of the space's key; None in a space without one.
    """

    app: str
    space: str
    space_stack_id: str
    vpc_id: str
    load_balancer_arn: str
    load_balancer_dns_name: str
    cluster_name: str
    bucket: str
    ledger_table: str
    address: Address
    git_branch: str
    build_buildspec: str
    buildpacks: tuple[str, ...] = ()
    release_buildspec: str
    package_key: str
    options: Options = field(default_factory=Options)
    health_check_path: str | None = None
    log_retention_days: int = 365
    key_arn: str | None = None
    permissions_boundary: str | None = None

    def __post_init__(self) -> None:
        names.check_app(self.app)
        names.check_space(self.space)
        check_branch(self.git_branch)


def template(spec: Spec) -> Template:
    """The CloudFormation template of an app."""
    tags = app_tags(spec.space, spec.app)
    groups = {
        purpose: log_group(
            spec.app,
            purpose,
            retention_days=spec.log_retention_days,
            key_arn=spec.key_arn,
            tags=tags,
        )
        for purpose in LogPurpose
    }
    place = _routing(spec, tags)
    scope = _scope(spec, groups, tags)
    held = _roles(scope)
    way = delivery.delivery(_plan(spec, held, groups, tags))
    beside = (
        schedules.schedule_group(spec.app, tags),
        events.process_rule(spec.app, groups[LogPurpose.PLATFORM], tags),
    )
    described = Template(Description=f"Herogate app {spec.app} in space {spec.space}")
    # The place first: a port that is taken is then found out before there is much to take back.
    granted = (*held.values(), *rights.rights(scope, held, place))
    for part in (*place.resources, *groups.values(), *granted, *way.resources, *beside):
        described.add_resource(part)
    for record in _records(spec):
        described.add_resource(record)
    add_outputs(described, _told(spec, held, groups, way, place))
    return described


def _scope(spec: Spec, groups: Mapping[LogPurpose, LogGroup], tags: Tags) -> roles.RoleScope:
    return roles.RoleScope(
        app=spec.app,
        space_stack_id=spec.space_stack_id,
        cluster=spec.cluster_name,
        bucket=spec.bucket,
        ledger_table=spec.ledger_table,
        package_key=spec.package_key,
        key_arn=spec.key_arn,
        log_groups=groups,
        permissions_boundary=spec.permissions_boundary,
        tags=tags,
    )


def _roles(scope: roles.RoleScope) -> dict[RolePurpose, Role]:
    return {
        RolePurpose.TASK: roles.task_role(scope),
        RolePurpose.EXECUTION: roles.execution_role(scope),
        RolePurpose.BUILD: roles.build_role(scope),
        RolePurpose.RELEASE: release_role(scope),
        RolePurpose.PIPELINE: roles.pipeline_role(scope),
        RolePurpose.SCHEDULER: schedules.scheduler_role(scope),
        RolePurpose.EVENTS: events_role(scope),
    }


def _plan(
    spec: Spec,
    held: Mapping[RolePurpose, Role],
    groups: Mapping[LogPurpose, LogGroup],
    tags: Tags,
) -> delivery.Plan:
    return delivery.Plan(
        app=spec.app,
        branch=spec.git_branch,
        bucket=spec.bucket,
        package_key=spec.package_key,
        build_buildspec=spec.build_buildspec,
        buildpacks=spec.buildpacks,
        release_buildspec=spec.release_buildspec,
        options=spec.options,
        roles=held,
        log_groups=groups,
        key_arn=spec.key_arn,
        tags=tags,
    )


def _routing(spec: Spec, tags: Tags) -> routing.Routing:
    path = spec.health_check_path or spec.options.health_check_path
    asked = replace(spec.options, health_check_path=path)
    target_group = routing.target_group(spec.app, asked, vpc_id=spec.vpc_id, tags=tags)
    match spec.address:
        case PortAddress(port=port):
            return routing.at_port(
                spec.app,
                target_group,
                load_balancer_arn=spec.load_balancer_arn,
                load_balancer_dns_name=spec.load_balancer_dns_name,
                port=port,
                tags=tags,
            )
        case HostAddress(host=host, listener_arn=listener_arn, priority=place):
            return routing.at_host(
                spec.app,
                target_group,
                listener_arn=listener_arn,
                place=place,
                host=host,
                tags=tags,
            )


def _records(spec: Spec) -> list[AWSObject]:
    match spec.address:
        case HostAddress(host=host, alias=HostAlias() as alias):
            return [
                routing.host_record(
                    host,
                    hosted_zone_id=alias.hosted_zone_id,
                    load_balancer_dns_name=spec.load_balancer_dns_name,
                    load_balancer_zone_id=alias.load_balancer_zone_id,
                )
            ]
        case _:
            return []


def _told(
    spec: Spec,
    held: Mapping[RolePurpose, Role],
    groups: Mapping[LogPurpose, LogGroup],
    way: delivery.Delivery,
    place: routing.Routing,
) -> dict[Output, object]:
    return {
        Output.SPACE: spec.space,
        Output.SPACE_STACK_ID: spec.space_stack_id,
        Output.WEB_URL: place.web_url,
        Output.GIT_BRANCH: spec.git_branch,
        Output.REPOSITORY_NAME: GetAtt(way.repository, "Name"),
        Output.CLONE_URL_HTTP: GetAtt(way.repository, "CloneUrlHttp"),
        Output.IMAGE_REPOSITORY_NAME: Ref(way.images),
        Output.IMAGE_REPOSITORY_URI: GetAtt(way.images, "RepositoryUri"),
        Output.PIPELINE_NAME: Ref(way.codepipeline),
        Output.BUILD_PROJECT: Ref(way.build),
        Output.RELEASE_PROJECT: Ref(way.release),
        Output.LOG_GROUP: Ref(groups[LogPurpose.APP]),
        Output.BUILD_LOG_GROUP: Ref(groups[LogPurpose.BUILD]),
        Output.RELEASE_LOG_GROUP: Ref(groups[LogPurpose.RELEASE]),
        Output.TARGET_GROUP_ARN: Ref(place.target_group),
        Output.PAGE_RULE_ARN: Ref(place.page_rule),
        Output.TASK_ROLE_ARN: GetAtt(held[RolePurpose.TASK], "Arn"),
        Output.EXECUTION_ROLE_ARN: GetAtt(held[RolePurpose.EXECUTION], "Arn"),
        Output.BUILD_ROLE_ARN: GetAtt(held[RolePurpose.BUILD], "Arn"),
        Output.RELEASE_ROLE_ARN: GetAtt(held[RolePurpose.RELEASE], "Arn"),
        Output.PIPELINE_ROLE_ARN: GetAtt(held[RolePurpose.PIPELINE], "Arn"),
        Output.EVENTS_ROLE_ARN: GetAtt(held[RolePurpose.EVENTS], "Arn"),
        Output.SCHEDULER_ROLE_ARN: GetAtt(held[RolePurpose.SCHEDULER], "Arn"),
        Output.SCHEDULE_GROUP: names.schedule_group(spec.app),
        Output.KEY_ARN: spec.key_arn,
        **_options_told(spec.options),
    }


def _options_told(options: Options) -> dict[Output, object]:
    """What was chosen, so that an update need say only what is to be otherwise."""
    return {
        Output.HEALTH_CHECK_PATH: options.health_check_path,
        Output.HEALTH_CHECK_MATCHER: options.health_check_matcher,
        Output.HEALTH_CHECK_INTERVAL_SECONDS: str(options.health_check_interval_seconds),
        Output.DEREGISTRATION_DELAY_SECONDS: str(options.deregistration_delay_seconds),
        Output.BUILD_COMPUTE: str(options.build_compute),
        Output.BUILD_ARCHITECTURE: str(options.build_architecture),
    }
