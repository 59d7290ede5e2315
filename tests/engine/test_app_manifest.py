"""What a repository says of its build, and what is refused of it: anybody may have written it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from herogate.engine import app_manifest
from herogate.engine.app_manifest import AppManifest
from herogate.errors import BuildFailed

WHOLE = {
    "name": "shop",
    "env": {"A": {"required": True}},
    "buildpacks": [{"url": "heroku/python"}, "heroku/nodejs"],
    "herogate": {
        "directory": "api",
        "dockerfile": "docker/web",
        "target": "runtime",
        "build_args": {"LEVEL": 2, "RAILS_ENV": "production", "FAST": True},
        "health_check_path": "/up?deep=1",
    },
}


def test_an_app_json_says_how_it_is_built_and_the_rest_is_herokus(tmp_path: Path) -> None:
    (tmp_path / "app.json").write_text(json.dumps(WHOLE))
    assert app_manifest.read(tmp_path) == AppManifest(
        directory="api",
        dockerfile="docker/web",
        target="runtime",
        build_args={"LEVEL": "2", "RAILS_ENV": "production", "FAST": "true"},
        buildpacks=("heroku/python", "heroku/nodejs"),
        health_check_path="/up?deep=1",
    )


def test_a_repository_without_a_manifest_says_nothing(tmp_path: Path) -> None:
    assert app_manifest.read(tmp_path) == AppManifest()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", AppManifest()),
        ("build:\n  docker:\n    web: Dockerfile\n", AppManifest(dockerfile="Dockerfile")),
        (
            "setup:\n  addons: []\nbuild:\n  docker:\n    web:\n      dockerfile: a/b\n"
            "      target: c\n    worker: {dockerfile: a/b, target: c}\n  config: {A: b, C: 1}\n",
            AppManifest(directory="a", dockerfile="b", target="c", build_args={"A": "b", "C": "1"}),
        ),
        (
            "run:\n  web: ruby web.rb\n  worker:\n    command: [a, b]\n    image: web\n"
            "release:\n  command: [rake db:migrate]\n  image: web\n",
            AppManifest(
                process_types={
                    "web": "ruby web.rb",
                    "worker": "a && b",
                    "release": "rake db:migrate",
                }
            ),
        ),
    ],
)
def test_a_heroku_yml_is_understood(text: str, expected: AppManifest) -> None:
    assert app_manifest.from_heroku_yml(text) == expected


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("{", "app.json is not JSON."),
        ("[" * 100_000, "app.json is not JSON."),
        ("[]", "app.json is not an object of names and values."),
        ({"herogate": []}, 'app.json\'s "herogate" is not an object of names and values.'),
        ({"herogate": {"dir": "a"}}, "app.json's \"herogate\" has 'dir', which is not known."),
        (
            {"herogate": {"directory": "../a"}},
            "app.json's \"herogate\"'s directory leaves the repository: '../a'.",
        ),
        (
            {"herogate": {"dockerfile": "/etc/passwd"}},
            "app.json's \"herogate\"'s dockerfile leaves the repository: '/etc/passwd'.",
        ),
        (
            {"herogate": {"target": "--x"}},
            "app.json's \"herogate\" says '--x' for target, which cannot be.",
        ),
        (
            {"herogate": {"health_check_path": "up"}},
            "app.json's \"herogate\" says 'up' for health_check_path, which cannot be.",
        ),
        (
            {"herogate": {"health_check_path": "/up\r\nHost: elsewhere"}},
            "app.json's \"herogate\" says '/up\\r\\nHost: elsewhere' for health_check_path, "
            "which cannot be.",
        ),
        (
            {"herogate": {"health_check_path": ["/up"]}},
            "app.json's \"herogate\" says ['/up'] for health_check_path, which cannot be.",
        ),
        (
            {"herogate": {"build_args": {"A B": "c"}}},
            "app.json's \"herogate\".build_args has 'A B', which is no build argument.",
        ),
        (
            {"herogate": {"build_args": {"A": "a\0b"}}},
            "app.json's \"herogate\".build_args has 'A', which is no build argument.",
        ),
        (
            {"herogate": {"build_args": {"A": "\ud800"}}},
            "app.json's \"herogate\".build_args has 'A', which is no build argument.",
        ),
        (
            {"herogate": {"dockerfile": "\udcff"}},
            "app.json's \"herogate\" says '\\udcff' for dockerfile, which is no path.",
        ),
        (
            {"herogate": {"directory": "é" * 200}},
            f"app.json's \"herogate\" says '{'é' * 79} for directory, which is no path.",
        ),
        ({"\ud800": 1}, "app.json is not an object of names and values."),
        ("1" * 5_000, "app.json is not JSON."),
        ({"buildpacks": [{"url": "--x"}]}, "app.json's buildpacks has one that is none: '--x'."),
    ],
)
def test_what_cannot_be_is_refused_by_name(document: object, why: str) -> None:
    text = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(BuildFailed) as refused:
        app_manifest.from_app_json(text)
    assert refused.value.message == why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: [", "heroku.yml is not YAML: line 1."),
        ("- a\n", "heroku.yml is not an object of names and values."),
        ("formation: {}\n", "heroku.yml has 'formation', which is not known."),
        (
            "build: {docker: {web: a, worker: b}}\n",
            "heroku.yml's build.docker names several images; an app has one.",
        ),
        ("run: {web: 1}\n", "heroku.yml's run.web is no command."),
        (
            "run: {web: &a x, worker: *a}\n",
            "heroku.yml has a reference (*); write out what it means.",
        ),
        ("a: " + "[" * 20 + "]" * 20, "heroku.yml is nested too deeply."),
        ("[" * 60_000, "heroku.yml is nested too deeply."),
        ("run: {web: !!python/name:os.system a}\n", "heroku.yml is not YAML: line 1."),
        ("a: " + "9" * 5_000, "heroku.yml is not YAML."),
        ("build: {config: {A: 0x" + "f" * 9_000 + "}}", "heroku.yml is not YAML."),
        ("build: {config: {A: 1" + ":59" * 500 + ".5}}", "heroku.yml is not YAML."),
        ("build: !!bool x\n", "heroku.yml is not YAML."),
        ("build: !!timestamp x\n", "heroku.yml is not YAML."),
        ('build: !!int ""\n', "heroku.yml is not YAML."),
        ('"\\ud800": a\n', "heroku.yml is not an object of names and values."),
    ],
)
def test_a_heroku_yml_that_cannot_be_is_refused(text: str, why: str) -> None:
    with pytest.raises(BuildFailed) as refused:
        app_manifest.from_heroku_yml(text)
    assert refused.value.message == why


def test_what_is_said_twice_or_is_too_long_is_refused(tmp_path: Path) -> None:
    (tmp_path / "app.json").write_text('{"herogate": {"target": "a"}}')
    (tmp_path / "heroku.yml").write_text("build: {docker: {web: {dockerfile: x, target: b}}}")
    with pytest.raises(
        BuildFailed, match=r"^Both app\.json and heroku\.yml say the app's target\.$"
    ):
        app_manifest.read(tmp_path)
    (tmp_path / "app.json").write_text('{"herogate": {"directory": "a"}}')
    (tmp_path / "heroku.yml").write_text("build: {docker: {web: b/Dockerfile}}")
    with pytest.raises(
        BuildFailed, match=r"^Both app\.json and heroku\.yml say the app's directory\.$"
    ):
        app_manifest.read(tmp_path)
    (tmp_path / "heroku.yml").write_text("#" * 70_000)
    with pytest.raises(BuildFailed, match=r"^heroku\.yml is larger than 65536 bytes\.$"):
        app_manifest.read(tmp_path)
