"""Images built elsewhere: pushed by the docker of whoever calls, and released by their digest.

No build of CodeBuild's is part of it. What docker may use to push lies in a directory of the push's own:
the settings of docker's user are read and never changed.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from herogate.aws.ecr import ImageRepositories
from herogate.aws.session import Session
from herogate.engine import app_manifest, app_source, build_artifact, images, procfile
from herogate.engine.app_manifest import AppManifest
from herogate.engine.rollouts import Rollouts
from herogate.engine.site import Site, Sites
from herogate.errors import BuildFailed, InvalidRequest
from herogate.models import Release, Slug, StackChanges

Out = Callable[[str], None]


def _unheard(_: str) -> None:
    """What docker says of its own housekeeping is no answer to anybody."""


class Containers:
    """The images of a region's apps that no build of theirs has made."""

    def __init__(self, session: Session, sites: Sites, rollouts: Rollouts) -> None:
        self._images = ImageRepositories(session)
        self._sites = sites
        self._rollouts = rollouts

    def push(
        self,
        app: str,
        *,
        directory: Path | None = None,
        image: str | None = None,
        build_args: Mapping[str, str] | None = None,
        out: Out = lambda _: None,
    ) -> Slug:
        """Push an image of this machine's docker, to be released with `release`.

        Args:
            directory: built by its Dockerfile, as its manifest says; its Procfile says which process
                types there are.
            build_args: by name, before those of the manifest.
            image: one that docker has, in place of a directory.
            out: takes what docker writes.

        Raises:
            BuildFailed: docker cannot build or push it, or it is none that can be run.
            InvalidRequest: neither a directory nor an image, or both, or no such directory.
        """
        if (directory is None) == (image is None):
            raise InvalidRequest("Name either a directory to build or an image to push.")
        if directory is not None and not directory.is_dir():
            raise InvalidRequest(f"There is no directory {directory}.")
        site = self._sites.of(app)
        tag = f"container-{time.time_ns() // 1_000_000}"
        made = image or f"{site.image_repository_uri}:latest"
        manifest, types = AppManifest(), None
        if directory is not None:
            manifest = app_manifest.read(directory)
            types = app_source.process_types(directory, manifest)
            _run(_build(directory, manifest, made, build_args or {}), out)
        with _named(made, f"{site.image_repository_uri}:{tag}", out) as target:
            shell = _has_shell(target)
            self._push(target, out)
        slug = self._slug(site, tag, shell=shell, types=types, manifest=manifest)
        self._sites.ledger_of(site).push_notes.note_container(build_artifact.document(slug))
        return slug

    def release(self, app: str) -> Release:
        """Declare the release of the image that was pushed last.

        Raises:
            InvalidRequest: none was.
        """
        return self._rollouts.deploy_container(app, self._pushed(app))

    def release_changes(self, app: str) -> StackChanges:
        """What `release` would change of the app's stacks, without doing it; raises what that would."""
        return self._rollouts.slug_changes(app, self._pushed(app))

    def _pushed(self, app: str) -> Slug:
        """The slug of the image that was pushed last."""
        document = self._sites.ledger(app).push_notes.container()
        if document is None:
            raise InvalidRequest(
                f"No image was pushed to {app}.", f"`herogate container:push -a {app}` pushes one."
            )
        return build_artifact.read(document.encode())

    def _push(self, target: str, out: Out) -> None:
        login = self._images.login()
        with TemporaryDirectory() as settings:
            docker = ["docker", "--config", settings, "--host", _engine()]
            host = target.partition("/")[0]
            given = ["login", "--username", "AWS", "--password-stdin", host]
            _run([*docker, *given], _unheard, given=login.password)
            _run([*docker, "push", target], out)

    def _slug(
        self,
        site: Site,
        tag: str,
        *,
        shell: bool,
        types: Mapping[str, str] | None,
        manifest: AppManifest,
    ) -> Slug:
        image = self._images.pushed(site.image_repository, tag)
        document = None if image is None else self._images.settings(site.image_repository, image)
        if image is None or document is None:
            raise BuildFailed("The image is one for several architectures.", "Push one of them.")
        settings = images.settings(document)
        types = types or app_source.of_buildpacks(settings)
        if not types and not settings.has_command:
            raise BuildFailed(f"Nothing says what web runs: no CMD, and no {app_source.PROCFILE}.")
        procfile.check_runnable(types or {}, shell=shell)
        return Slug(
            image_digest=image.digest,
            architecture=settings.architecture,
            process_types=types or {},
            port=settings.port,
            shell=shell,
            launcher=settings.launcher,
            health_check_path=manifest.health_check_path,
        )


def _build(
    directory: Path, manifest: AppManifest, target: str, build_args: Mapping[str, str]
) -> list[str]:
    """The build of a directory, as its manifest says; arguments given by hand count before its own."""
    context = app_source.directory(directory, manifest)
    dockerfile = context / (manifest.dockerfile or "Dockerfile")
    if not dockerfile.is_file():
        raise BuildFailed(
            f"There is no {dockerfile.name} in {context}.",
            "`--image` pushes an image that docker has; `git push` builds without a Dockerfile, too.",
        )
    words = ["docker", "build"]
    if manifest.dockerfile is not None:
        words += ["--file", str(context / manifest.dockerfile)]
    if manifest.target is not None:
        words += ["--target", manifest.target]
    for name, value in {**manifest.build_args, **build_args}.items():
        words += ["--build-arg", f"{name}={value}"]
    return [*words, "--tag", target, str(context)]


@contextmanager
def _named(image: str, name: str, out: Out) -> Iterator[str]:
    """Give an image another name, which docker has for no longer than that."""
    _run(["docker", "tag", image, name], out)
    try:
        yield name
    finally:
        _run(["docker", "rmi", name], _unheard)


def _engine() -> str:
    """Where the engine is that docker's user has chosen."""
    said: list[str] = []
    _run(["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], said.append)
    return os.environ.get("DOCKER_HOST") or said[0]


def _has_shell(image: str) -> bool:
    """Whether the image's own /bin/sh does anything."""
    said: list[str] = []
    asked = ["docker", "run", "--rm", "--network=none", "--user=0", "--entrypoint=/bin/sh", image]
    try:
        _run([*asked, "-c", ":"], said.append)
    except BuildFailed:
        if images.has_no_shell("\n".join(said)):
            return False
        if images.is_of_another_machine("\n".join(said)):
            raise BuildFailed(
                "The image is for another kind of machine than this one, and cannot be tried here.",
                "Build it for this one, or push its source with git.",
            ) from None
        raise
    return True


def _run(argv: list[str], out: Out, *, given: str | None = None) -> None:
    """Run docker. Raises `BuildFailed` if it is not there or fails."""
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL if given is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise BuildFailed(
            f"docker cannot be run: {error.strerror}.", "Install docker, or push with git."
        ) from error
    last = ""
    with process as running:
        if given is not None and running.stdin is not None:
            running.stdin.write(given)
            running.stdin.close()
        for line in running.stdout or ():
            last = line.strip() or last
            out(line.rstrip())
    if process.returncode:
        raise BuildFailed(f"docker {_verb(argv)} failed: {last}")


def _verb(argv: list[str]) -> str:
    return next(
        word
        for word in argv[1:]
        if word in {"build", "tag", "login", "push", "run", "context", "rmi"}
    )
