"""The way of a push: the repository, the build, the release, and what starts them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from troposphere import AWSObject, GetAtt, Ref, Tags
from troposphere.codebuild import Project
from troposphere.codecommit import Repository
from troposphere.codepipeline import Pipeline
from troposphere.ecr import Repository as ImageRepository
from troposphere.events import Rule
from troposphere.iam import Role
from troposphere.logs import LogGroup

from stacks.app_options import BUILDPACKS, BuildCompute, Options
from stacks.names import LogPurpose, RolePurpose
from stacks.parts import codepipeline, events, projects, repositories


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How an app is to be delivered.

    Attributes:
        build_buildspec, release_buildspec: YAML, as it is.
        buildpacks: set by hand, in their order.
        package_key: where in `bucket` Herogate's own package lies.
        key_arn: what a build hands over is encrypted with this; None for the account's key for S3.
    """

    app: str
    branch: str
    bucket: str
    package_key: str
    build_buildspec: str
    buildpacks: tuple[str, ...]
    release_buildspec: str
    options: Options
    roles: Mapping[RolePurpose, Role]
    log_groups: Mapping[LogPurpose, LogGroup]
    key_arn: str | None
    tags: Tags


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """The resources of a delivery."""

    repository: Repository
    images: ImageRepository
    build: Project
    release: Project
    codepipeline: Pipeline
    rules: tuple[Rule, ...]

    @property
    def resources(self) -> tuple[AWSObject, ...]:
        """All of them, for the template."""
        way = (self.repository, self.images, self.build, self.release, self.codepipeline)
        return (*way, *self.rules)


def delivery(plan: Plan) -> Delivery:
    """Describe the way of a push."""
    repository = repositories.repository(plan.app, plan.tags)
    images = repositories.image_repository(plan.app, plan.tags)
    build = _build(plan, images)
    release = _release(plan)
    pipeline = codepipeline.codepipeline(
        plan.app,
        repository=repository,
        branch=plan.branch,
        build=build,
        release=release,
        bucket=plan.bucket,
        role=plan.roles[RolePurpose.PIPELINE],
        tags=plan.tags,
    )
    return Delivery(
        repository=repository,
        images=images,
        build=build,
        release=release,
        codepipeline=pipeline,
        rules=(_push(plan, repository, pipeline), _settle(plan, release)),
    )


def _build(plan: Plan, images: ImageRepository) -> Project:
    return projects.build_project(
        plan.app,
        projects.Work(
            buildspec=plan.build_buildspec,
            compute=plan.options.build_compute,
            architecture=plan.options.build_architecture,
            variables={
                "HEROGATE_APP": plan.app,
                "HEROGATE_IMAGE_REPOSITORY": GetAtt(images, "RepositoryUri"),
                **_package(plan),
                **({BUILDPACKS: " ".join(plan.buildpacks)} if plan.buildpacks else {}),
            },
            role=plan.roles[RolePurpose.BUILD],
            log_group=plan.log_groups[LogPurpose.BUILD],
            key_arn=plan.key_arn,
            tags=plan.tags,
        ),
    )


def _release(plan: Plan) -> Project:
    return projects.release_project(
        plan.app,
        projects.Work(
            buildspec=plan.release_buildspec,
            compute=BuildCompute.SMALL,
            architecture=plan.options.build_architecture,
            variables={
                "HEROGATE_APP": plan.app,
                "HEROGATE_STACK": Ref("AWS::StackId"),
                projects.RELEASE_STEP: "release",
                **_package(plan),
            },
            role=plan.roles[RolePurpose.RELEASE],
            log_group=plan.log_groups[LogPurpose.RELEASE],
            key_arn=plan.key_arn,
            tags=plan.tags,
        ),
    )


def _package(plan: Plan) -> dict[str, object]:
    return {"HEROGATE_BUCKET": plan.bucket, "HEROGATE_PACKAGE_KEY": plan.package_key}


def _push(plan: Plan, repository: Repository, pipeline: Pipeline) -> Rule:
    return events.push_rule(
        plan.app,
        repository=repository,
        branch=plan.branch,
        pipeline=pipeline,
        role=plan.roles[RolePurpose.EVENTS],
        tags=plan.tags,
    )


def _settle(plan: Plan, release: Project) -> Rule:
    return events.settle_rule(
        plan.app,
        release=release,
        role=plan.roles[RolePurpose.EVENTS],
        tags=plan.tags,
    )
