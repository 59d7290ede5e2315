"""Heroku's captured runs, replayed: an app in the same state, the same commands, the same answers.

Where Herogate means to differ, `docs/heroku-differences.md` has what it says instead, and why; this test
reads both. Nothing on that page may be the same as on Heroku.
"""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest
from command_line import Said, run_herogate, shell
from local_cloud import LocalCloud
from regions import region_with_a_space, signed_in
from released_apps import ReleasedApp, command
from transcripts import Transcript, comparable, read
from waiting import wait_until

from herogate import Platform
from herogate.engine import release_changes
from herogate.engine.release_changes import Draft
from herogate.engine.rollouts import Change
from herogate.models import ProcessState, Release

pytestmark = pytest.mark.e2e

REGION = "us-west-2"
HEROKUS = read((Path(__file__).parent / "transcripts/heroku.txt").read_text())
PAGE = Path(__file__).parents[2] / "docs/heroku-differences.md"
MEANT = {each.command: each for each in read(PAGE.read_text())}
HELP = ("--help", "help", "--version")
REPLAYED = [each for each in HEROKUS if not each.command.endswith(HELP)]
COMPARED = [each for each in REPLAYED if not each.command.startswith("heroku logs")]

APP = "young-eyrie-24091"
CONFIG = {
    "DATABASE_URL": "postgres://u:p@h:5432/db",
    "FOO": "bar baz",
    "MULTI": "line1\nline2",
    "SECRET_KEY_BASE": "abc$123'x",
    "RAILS_ENV": "production",
}
WEB, WORKER, ONE_OFF = command("serve", "hello"), command("work"), command("work", "once")
COMMANDS = {
    ONE_OFF: "bash",
    WEB: "bundle exec puma -C config/puma.rb",
    WORKER: "bundle exec sidekiq",
}

_OF_NEIGHBOURS = re.compile(r"(?m)^Creating .*\.\.\. !\n(?: ›.*\n)+?(?= *Creating)")
"""What is said of ports that other programs on this machine have."""


def herogates(transcript: Transcript) -> Transcript:
    """A transcript of Heroku's as Herogate is to answer: the same, or what the page says."""
    ours = transcript.command.replace("heroku", "herogate")
    return MEANT.get(ours, replace(transcript, command=ours))


@dataclass(kw_only=True)
class Stage:
    """Where the commands are replayed: a checkout, and apps in the state of the transcripts."""

    cloud: LocalCloud
    platform: Platform
    folder: Path
    environment: Mapping[str, str]
    names: dict[str, str] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)

    def run(self, *words: str) -> Said:
        return run_herogate(*words, folder=self.folder, environment=self.environment)

    def replay(self, *beginnings: str, at_once: bool = False) -> None:
        """Run the commands of the transcripts that begin so, in their order or at once."""
        chosen = [
            ours
            for each in REPLAYED
            if (ours := herogates(each)).command not in self.said
            and ours.command.removeprefix("herogate ").startswith(beginnings)
        ]
        with ThreadPoolExecutor(4 if at_once else 1) as workers:
            said = list(workers.map(lambda ours: self.run(*map(self._own, ours.words)), chosen))
        for ours, each in zip(chosen, said, strict=True):
            told = replace(each, out=self._told(each.out), err=self._told(each.err))
            self.said[ours.command] = told

    def _own(self, word: str) -> str:
        """A word of a command with the names that things have here."""
        for own, name in self.names.items():
            word = word.replace(name, own)
        return word

    def _told(self, text: str) -> str:
        """What was said with the names that things have in the transcripts."""
        for own, name in self.names.items():
            text = text.replace(own, name)
        return _OF_NEIGHBOURS.sub("", text)

    def answer(self, transcript: Transcript) -> Transcript:
        said = self.said[transcript.command.replace("heroku", "herogate")]
        return Transcript(command=transcript.command, out=said.out, err=said.err, code=said.code)


@pytest.fixture(scope="module")
def stage(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Everything replayed; afterwards nothing may be left."""
    home = tmp_path_factory.mktemp("home")
    folder = home / "shop"
    folder.mkdir()
    environment = shell(cloud, home, REGION)
    with signed_in(cloud), region_with_a_space(cloud, REGION) as platform:
        subprocess.run(["git", "init", "--quiet", folder], check=True, env=environment)
        stage = Stage(cloud=cloud, platform=platform, folder=folder, environment=environment)
        _two_apps(stage)
        _processes(stage)
        _releases(stage)
        yield stage


def _two_apps(stage: Stage) -> None:
    """Two apps made from one checkout, with config vars."""
    stage.replay("create", "nosuch", "confg")
    created = stage.said["herogate create"]
    own = created.out.strip().rpartition("/")[2]
    stage.names[own] = APP
    stage.said["herogate create"] = replace(created, err=created.err.replace(own, APP))
    pairs = [f"{key}={value}" for key, value in CONFIG.items()]
    for app in (own, "my-shop"):
        stage.run("config:set", *pairs, "-a", app)
    stage.replay("git:remote", "config -", "config:get", at_once=True)
    stage.replay("config")


def _processes(stage: Stage) -> None:
    """Two web processes, a larger worker, and a one-off process that runs."""
    (own,) = (name for name, told in stage.names.items() if told == APP)
    app = ReleasedApp(aws=stage.cloud, platform=stage.platform, name=own)
    app.deploy(web=WEB, worker=WORKER)
    stage.run("ps:scale", "web=2", "worker=1:standard-2x", "-a", own)
    stage.run("ps:wait", "-a", own)
    stage.run("run:detached", "-a", own, "--", ONE_OFF)
    wait_until(lambda: _are_up(app, {"run", "web", "worker"}, 4))
    (one_off,) = stage.platform.processes.all(own, type="run")
    stage.names |= {one_off.name: "run.4821", **COMMANDS}
    stage.run("domains:add", "www.example.com", "-a", own)
    stage.replay("ps -a", "ps --json", "ps web", "ps clock", "apps:info", at_once=True)
    stage.replay("run", "certs", "maintenance -a", at_once=True)
    stage.replay("maintenance", "domains", "ps:restart", "ps:stop")
    stage.replay("ps", "scale", "logs")
    for name in (own, "my-shop"):
        stage.platform.apps.destroy(name).wait()
    stage.names.clear()


def _releases(stage: Stage) -> None:
    """Four releases: of a config var, a deploy, one that failed to release, a config var."""
    for name in (APP, "old-app-1"):
        stage.platform.apps.create(name).wait()
    app = ReleasedApp(aws=stage.cloud, platform=stage.platform, name=APP)
    first = Draft(description="Enable Logplex", user="dev@example.com", config=_parameters(app))
    _declared(app, lambda base: first)
    good = app.slug(web=WEB)
    bad = app.slug(web=WEB, release="echo '== Migrating'; echo 'PG::Error: boom'; exit 1")
    for slug, commit in ((good, "9f8e7d6c" * 5), (bad, "1a2b3c4d" * 5)):
        deploy = partial(release_changes.deploy, slug=slug, commit=commit, user="dev@example.com")
        _declared(app, deploy)
    stage.run("config:set", "FOO=bar", "-a", APP)
    stage.run("ps:wait", "-a", APP)
    stage.names |= {"v2": "v10", "v3": "v11", "v4": "v12", **COMMANDS}
    stage.replay("apps -", "releases", at_once=True)
    stage.replay("apps", "rollback")
    stage.names.clear()


def _parameters(app: ReleasedApp) -> dict[str, str]:
    """The config vars' values, written; the parameter of each."""
    written = {key: f"/herogate/{APP}/config/{key}/{'0' * 16}" for key in CONFIG}
    for key, name in written.items():
        app.client("ssm").put_parameter(Name=name, Value=CONFIG[key], Type="SecureString")
    return written


def _declared(app: ReleasedApp, change: Change) -> Release:
    return app.follow(app.platform.rollouts.declare(app.name, change))


def _are_up(app: ReleasedApp, types: set[str], count: int) -> bool:
    found = app.platform.processes.all(app.name)
    up = [each for each in found if each.state is ProcessState.UP]
    return (len(up), {each.type for each in up}) == (count, types)


@pytest.mark.parametrize("transcript", COMPARED, ids=lambda each: each.command)
def test_a_replayed_command_says_what_it_is_to_say(stage: Stage, transcript: Transcript) -> None:
    expected, said = herogates(transcript), stage.answer(transcript)
    assert comparable(said) == comparable(expected)


HELPS = [each for each in HEROKUS if each.command.endswith("--help")]
_SECTION = re.compile(r"(?m)^[A-Z][A-Z ]+$")
_FLAG = re.compile(r"(?m)^ +(?:(?P<letter>-\w), )?(?P<name>--[\w-]+)")
_ABSENT = {"--prompt"}
"""Flags of Heroku's that mean nothing here; `docs/heroku-differences.md` says why."""


@pytest.mark.parametrize("transcript", HELPS, ids=lambda each: each.command)
def test_help_has_herokus_sections_and_flags(tmp_path: Path, transcript: Transcript) -> None:
    said = run_herogate(*transcript.words, folder=tmp_path, environment=os.environ)
    theirs, ours = (_SECTION.findall(each) for each in (transcript.out, said.out))
    kept = [title for title in theirs if title in ours or title not in ("DESCRIPTION", "TOPICS")]
    assert [title for title in ours if title in theirs] == kept
    letters = {name: letter for letter, name in map(_flag, _FLAG.finditer(said.out))}
    missing = [
        (letter, name)
        for letter, name in map(_flag, _FLAG.finditer(transcript.out))
        if name not in _ABSENT and letters.get(name, "?") not in (letter, letter or "-j")
    ]
    assert missing == []
    assert (said.err, said.code) == ("", 0)


def _flag(found: re.Match[str]) -> tuple[str, str]:
    name = found["name"].replace("dyno", "process")
    return found["letter"] or "", name


def test_the_log_has_herokus_lines_in_herokus_form(stage: Stage) -> None:
    (theirs,) = (each for each in REPLAYED if each not in COMPARED)
    kinds = {kind for line in theirs.out.splitlines() if (kind := _kind(line))}
    ours = {kind for line in stage.answer(theirs).out.splitlines() if (kind := _kind(line))}
    assert kinds - ours == set()
    assert len(kinds) == 4


_KINDS = (
    "<time> app[web.<id>]: ",
    "<time> herogate[web.<id>]: State changed from starting to up",
    "<time> app[api]: Release <version> created by user ",
    "<time> app[api]: Set FOO",
)


def _kind(line: str) -> str | None:
    """The kind of a line of a log, of those that both platforms write."""
    told, _, _ = comparable(Transcript(command="", out=line, err="", code=0))
    return next((kind for kind in _KINDS if told.startswith(kind)), None)


def test_every_difference_meant_is_one() -> None:
    replayed = {each.command.replace("heroku", "herogate"): each for each in REPLAYED}
    assert set(MEANT) <= set(replayed)
    same = [name for name, ours in MEANT.items() if comparable(replayed[name]) == comparable(ours)]
    assert same == []
