"""What a build takes on a new machine when one line has changed: cold, as in 2018, with our cache.

``make bench-build`` runs it; ``APPS="<directory> …"`` names directories with a Dockerfile in place of
the samples. Each build is one of CodeBuild's of a local cloud in docker: its engine is new and has no
layer. In each round a line is added to a source file, and the same tree is built

- *cold*: without any cache, and pushed;
- *2018*: ``docker pull latest``, ``docker build --cache-from latest``, pushed as latest;
- *ours*: by Herogate's builder, from its start to the cache written for the next build.

Each begins with the registry's login. What the three start from is what each had pushed before the line
was added. A sample whose stages take different sources is measured with a line of each.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from building import building
from docker_builds import DockerMachine, Ran, docker_machine
from docker_engines import docker, missing
from local_cloud import LocalCloud, running
from registries import unique

from herogate.local import lifecycle
from herogate.local.directory import Directory
from herogate.local.runtimes.choice import RuntimeName

_SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
SAMPLES = [
    (_SAMPLES / "docker", "web.py"),
    (_SAMPLES / "docker", "report.py"),
    (_SAMPLES / "rake", "web.rb"),
]
"""Directories, and the source that a line is added to."""

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))

_COMMENTS = {
    "#": (".py", ".rb", ".sh", ".pl", ".ex", ".yml", ".toml", ".r", ".jl", "Rakefile"),
    "//": (".js", ".ts", ".go", ".c", ".cc", ".cpp", ".h", ".java", ".rs", ".php", ".kt", ".cs"),
    "": (".txt", ".md", ".html", ".css", ".csv"),
}
"""How a line of no meaning begins, by the ends of files' names; sources first."""

_NOT_SOURCES = {"requirements.txt", "setup.py", "conftest.py", "heroku.yml"}


@dataclass(frozen=True, kw_only=True)
class Result:
    """The seconds of each way, a round each."""

    name: str
    source: str
    cold: Sequence[float]
    way_of_2018: Sequence[float]
    ours: Sequence[float]
    cached: str

    @property
    def row(self) -> str:
        """A line of the table: medians, and how much faster ours is than cold."""
        cold, old, ours = map(statistics.median, (self.cold, self.way_of_2018, self.ours))
        return (
            f"| {self.name} | {self.source} | {cold:.1f} s | {old:.1f} s | {ours:.1f} s "
            f"| {self.cached} | {cold / ours:.1f} |"
        )


def main(asked: list[str]) -> None:
    """Print a table of all that was asked for, or of the samples."""
    changes = [(Path(each).resolve(), "") for each in asked] or SAMPLES
    for directory, _ in changes:
        if not (directory / "Dockerfile").is_file():
            sys.exit(f"{directory} has no Dockerfile.")
    if reason := missing():
        sys.exit(reason)
    with TemporaryDirectory() as scratch, in_docker(Path(scratch)) as cloud:
        base = base_image(cloud)
        say("| app | changed | cold | 2018 | ours | steps cached | cold : ours |")
        say("|---|---|---|---|---|---|---|")
        for directory, source in changes:
            say(measured(cloud, directory, source, Path(scratch) / unique("app"), base).row)


def say(line: str) -> None:
    """Print a line as soon as it is known."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def in_docker(scratch: Path) -> Iterator[LocalCloud]:
    """A local cloud of its own whose runtime is docker."""
    directory = Directory(scratch / "local")
    try:
        yield running(directory, RuntimeName.DOCKER)
    finally:
        lifecycle.stop(directory)


def base_image(cloud: LocalCloud) -> str:
    """The samples' base in the cloud's registry; made of Debian's packages, if BENCH_BASE names none."""
    given = os.environ.get("BENCH_BASE") or "herogate-bench-base"
    if given not in docker("images", "--format", "{{.Repository}}").split():
        subprocess.run([_SAMPLES / "debian.sh", given], check=True, stdout=sys.stderr)
    name = "bench/base"
    cloud.client("ecr").create_repository(repositoryName=name)
    host = cloud.endpoint_url.removeprefix("http://")
    image = f"{host}/{cloud.region}/{name}:latest"
    granted = cloud.client("ecr").get_authorization_token()["authorizationData"][0]
    with TemporaryDirectory() as settings:
        Path(settings, "config.json").write_text(
            f'{{"auths": {{"{host}": {{"auth": "{granted["authorizationToken"]}"}}}}}}'
        )
        docker("tag", given, image)
        docker("--config", settings, "push", "--quiet", image)
        docker("rmi", image)
    return image


def measured(cloud: LocalCloud, sample: Path, changed: str, directory: Path, base: str) -> Result:
    """Measure one app.

    Args:
        changed: the source that a line is added to; if none is named, the first that is found.
    """
    machine = docker_machine(building(cloud, unique("bench")), directory)
    shutil.copytree(sample, machine.source, dirs_exist_ok=True)
    manifest = f"build:\n  docker:\n    web: Dockerfile\n  config:\n    BASE: {base}\n"
    if "${BASE}" in (sample / "Dockerfile").read_text():
        machine.write({"heroku.yml": manifest})
    source = machine.source / changed if changed else source_of(machine.source)
    check(machine.build(0))
    check(old_way(machine, base, "true"))
    cold, old, ours = [], [], []
    cached = ""
    for number in range(1, ROUNDS + 1):
        change(source, number)
        cold.append(check(without_cache(machine, base)).seconds)
        pull = f"docker pull --quiet {machine.repository}:latest"
        old.append(check(old_way(machine, base, pull)).seconds)
        built = check(machine.build(number))
        ours.append(built.seconds)
        cached = f"{built.document['cached_steps']} of {built.document['total_steps']}"
    stages = sum(
        line.upper().startswith("FROM ")
        for line in (sample / "Dockerfile").read_text().splitlines()
    )
    name = f"{sample.name} ({stages} stage{'s' if stages > 1 else ''})"
    told = str(source.relative_to(machine.source))
    return Result(name=name, source=told, cold=cold, way_of_2018=old, ours=ours, cached=cached)


def without_cache(machine: DockerMachine, base: str) -> Ran:
    """Build and push as if nothing had ever been built."""
    image = f"{machine.repository}:cold"
    return machine.run(
        machine.login,
        f"DOCKER_BUILDKIT=1 docker build --build-arg BASE={base} --tag {image} . 2>&1",
        f"docker push --quiet {image}",
    )


def old_way(machine: DockerMachine, base: str, before: str) -> Ran:
    """Build as Herogate did in 2018: the classic builder, with the image that was pushed last."""
    image = f"{machine.repository}:latest"
    build = f"DOCKER_BUILDKIT=0 docker build --build-arg BASE={base} --tag {image}"
    known = "" if before == "true" else f"--cache-from {image}"
    return machine.run(
        machine.login, before, f"{build} {known} . 2>&1", f"docker push --quiet {image}"
    )


def source_of(directory: Path) -> Path:
    """The file to change: the first of a language, by name, that is no list of packages."""
    files = [
        file
        for file in sorted(directory.rglob("*"))
        if file.is_file()
        and ".git" not in file.parts
        and file.name not in _NOT_SOURCES
        and "ignore" not in file.name
        and not file.name.startswith("Dockerfile")
    ]
    for ends in _COMMENTS.values():
        for file in files:
            if file.name.endswith(ends) and not file.name.lower().startswith("readme"):
                return file
    sys.exit(f"{directory} has no source file that a line could be added to.")


def change(source: Path, number: int) -> None:
    """Add a line of no meaning."""
    begin = next(begin for begin, ends in _COMMENTS.items() if source.name.endswith(ends))
    with source.open("a") as file:
        file.write(f"{begin} changed {number}\n")


def check(ran: Ran) -> Ran:
    """A build that must have succeeded."""
    if not ran.has_succeeded:
        sys.exit("\n".join([*ran.lines[-20:], "The build failed."]))
    return ran


if __name__ == "__main__":
    main(sys.argv[1:])
