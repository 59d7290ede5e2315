"""What a task is given before its first program starts: roles, secrets, images, log streams."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from herogate.local.credentials import Issued
from herogate.local.errors import AwsError
from herogate.local.identity import Caller
from herogate.local.planes.registry.records import Repository
from herogate.local.runtimes import secret_values
from herogate.local.runtimes.containers import ContainerPlan, TaskPlan
from herogate.local.runtimes.launch import Launch
from herogate.local.runtimes.metadata import TaskMetadata
from herogate.local.runtimes.runtime import (
    CannotPull,
    CannotStart,
    Container,
    Ground,
    Image,
    ImageSource,
    Runtime,
)
from herogate.local.runtimes.secret_values import Unobtainable
from herogate.local.runtimes.task import Member
from herogate.local.runtimes.task_log import TaskLog

if TYPE_CHECKING:
    from herogate.local.cloud import Cloud

_SERVICE = "ecs-tasks.amazonaws.com"
_PULLING = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


class Lacking(Exception):
    """A task cannot be given what it needs; the message is its ``stoppedReason``."""


class Provision:
    """What one task has been given.

    Attributes:
        plan: the task.
    """

    def __init__(self, cloud: Cloud, runtime: Runtime, launch: Launch, plan: TaskPlan) -> None:
        self._cloud = cloud
        self._runtime = runtime
        self._launch = launch
        self.plan = plan
        self._secrets: dict[str, str] = {}
        self._images: dict[str, Image] = {}
        self._logs: dict[str, TaskLog] = {}
        self._forced: dict[str, dict[str, str]] = {}

    async def make(self, metadata: TaskMetadata, undo: AsyncExitStack) -> None:
        """Get it all.

        Args:
            undo: what is to be given back at the task's end.

        Raises:
            Lacking: it cannot be had.
        """
        execution_role = await self._execution_role()
        given = await self._task_role()
        if given is not None:
            undo.callback(self._cloud.credentials.revoke, given.id)
        await self._fetch_secrets(execution_role)
        await self._pull_images(execution_role)
        await self._open_logs(execution_role)
        await self._open_ground(undo)
        credentials = {} if given is None else given.environment
        for container in self.plan.containers:
            address = metadata.offer(self._about(container), self._about_task())
            undo.callback(metadata.withdraw, address)
            self._forced[container.name] = {
                "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
                "ECS_CONTAINER_METADATA_URI_V4": address,
                **credentials,
            }

    async def start(self, container: ContainerPlan) -> Member:
        """Start one of the task's containers. Raises `CannotStart`."""
        image, log = self._images[container.image], self._logs.get(container.name)
        running = await self._runtime.run(
            image,
            Container(
                task=self._launch.task,
                name=container.name,
                entry_point=container.entry_point,
                command=container.command,
                ports=container.ports,
                defaults=self._surroundings(),
                environment={**self._secrets_of(container), **container.environment},
                forced=self._forced[container.name],
                working_directory=container.working_directory,
                confinement=container.confinement,
            ),
            _drop if log is None else log.take,
        )
        return Member(
            plan=container,
            running=running,
            stop_signal=image.stop_signal,
            finish=_nothing if log is None else log.close,
        )

    def _surroundings(self) -> dict[str, str]:
        """Where a task is, as far as it does not say so itself."""
        return {
            "AWS_DEFAULT_REGION": self._launch.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self._cloud.endpoint_url,
            "AWS_REGION": self._launch.region,
            "HOSTNAME": self._ground.host_name,
        }

    @property
    def _ground(self) -> Ground:
        return Ground(
            task=self._launch.task,
            address=self._launch.address,
            ports=tuple(port for each in self.plan.containers for port in each.ports),
        )

    def _secrets_of(self, container: ContainerPlan) -> dict[str, str]:
        return {name: self._secrets[written] for name, written in container.secrets.items()}

    async def _execution_role(self) -> Caller | None:
        role = self.plan.execution_role
        if role is None:
            return None
        try:
            async with self._cloud.whole():
                return await self._cloud.calls.assume(role, **self._on_behalf())
        except AwsError as error:
            raise _unassumable(role) from error

    async def _task_role(self) -> Issued | None:
        role = self.plan.task_role
        if role is None:
            return None
        try:
            return await self._cloud.credentials.issue(role, **self._on_behalf())
        except AwsError as error:
            raise _unassumable(role) from error

    def _on_behalf(self) -> dict[str, str]:
        return {
            "service": _SERVICE,
            "source_arn": self._launch.task_arn,
            "session": self._launch.task,
            "region": self._launch.region,
        }

    async def _fetch_secrets(self, role: Caller | None) -> None:
        wanted = [written for each in self.plan.containers for written in each.secrets.values()]
        if not wanted:
            return
        try:
            values = await secret_values.fetch(
                self._cloud, wanted, region=self._launch.region, role=_needed(role, "secrets")
            )
        except Unobtainable as error:
            raise Lacking(
                "ResourceInitializationError: unable to pull secrets or registry auth: execution "
                f"resource retrieval failed: {error}"
            ) from error
        self._secrets.update(values)

    async def _pull_images(self, role: Caller | None) -> None:
        for container in self.plan.containers:
            try:
                source = image_source(
                    container.image, self.plan.architecture, self._cloud.is_own_host
                )
                if role is not None:
                    await self._check_pull(role, source)
                self._images[container.image] = await self._runtime.pull(source)
            except CannotPull as error:
                raise Lacking(f"CannotPullContainerError: {error}") from error

    async def _check_pull(self, role: Caller, source: ImageSource) -> None:
        authority = self._cloud.authority
        repository = Repository(region=source.region, name=source.repository)
        try:
            await authority.require(role.arn, ["ecr:GetAuthorizationToken"], "*")
            await authority.require(role.arn, _PULLING, repository.arn)
        except AwsError as error:
            raise CannotPull(f"pull access denied: {error.code}: {error.message}") from error

    async def _open_logs(self, role: Caller | None) -> None:
        for container in self.plan.containers:
            if container.log is None:
                continue
            log = TaskLog(self._cloud, container.log)
            try:
                await log.open(_needed(role, "log driver awslogs"))
            except AwsError as error:
                raise Lacking(
                    "ResourceInitializationError: failed to validate logger args: create stream has "
                    "been retried 1 times: failed to create Cloudwatch log stream: "
                    f"{error.code}: {error.message} : exit status 1"
                ) from error
            self._logs[container.name] = log

    async def _open_ground(self, undo: AsyncExitStack) -> None:
        undo.push_async_callback(self._runtime.close, self._launch.task)
        try:
            await self._runtime.open(self._ground)
        except CannotStart as error:
            raise Lacking(f"CannotStartContainerError: {error}") from error

    def _about(self, container: ContainerPlan) -> dict[str, Any]:
        """What a container is told of itself."""
        return {
            "Name": container.name,
            "Image": container.image,
            "ImageID": self._images[container.image].digest,
            "Labels": {
                "com.amazonaws.ecs.cluster": self._launch.cluster,
                "com.amazonaws.ecs.container-name": container.name,
                "com.amazonaws.ecs.task-arn": self._launch.task_arn,
                "com.amazonaws.ecs.task-definition-family": self.plan.family,
                "com.amazonaws.ecs.task-definition-version": str(self.plan.revision),
            },
            "DesiredStatus": "RUNNING",
            "KnownStatus": "RUNNING",
            "Type": "NORMAL",
            "Networks": [{"NetworkMode": "awsvpc", "IPv4Addresses": [self._launch.address]}],
        }

    def _about_task(self) -> dict[str, Any]:
        return {
            "Cluster": self._launch.cluster,
            "TaskARN": self._launch.task_arn,
            "Family": self.plan.family,
            "Revision": str(self.plan.revision),
            "DesiredStatus": "RUNNING",
            "KnownStatus": "RUNNING",
            "Containers": [self._about(each) for each in self.plan.containers],
            "LaunchType": "FARGATE",
        }


def image_source(
    written: str, architecture: str, is_own_host: Callable[[str], bool]
) -> ImageSource:
    """Which image of this cloud's registry a task definition means: ``<host>/<region>/<name>:<tag>``.

    Raises:
        CannotPull: it is somebody else's.
    """
    name, _, digest = written.partition("@")
    host, _, path = name.partition("/")
    region, _, repository = path.partition("/")
    if not (repository and is_own_host(host)):
        raise CannotPull(
            f'failed to resolve reference "{written}": the local cloud pulls images from its own '
            "registry alone"
        )
    parent, slash, last = repository.rpartition("/")
    last, _, tag = last.partition(":")
    return ImageSource(
        written=written,
        region=region,
        repository=f"{parent}{slash}{last}",
        reference=digest or tag or "latest",
        architecture=architecture,
    )


def _needed(role: Caller | None, what: str) -> Caller:
    if role is None:
        raise Lacking(
            f"Fargate requires task definition to have execution role ARN to support {what}."
        )
    return role


def _unassumable(role: str) -> Lacking:
    return Lacking(
        f"ECS was unable to assume the role '{role}' that was provided for this task. Please verify "
        "that the role being passed has the proper trust relationship and permissions and that your "
        "IAM user has permissions to pass this role."
    )


async def _drop(_: bytes) -> None:
    """For output that is kept nowhere, since the task definition has no log configuration."""


async def _nothing() -> None:
    """For the end of such output."""
