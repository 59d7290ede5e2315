"""Node.js apps on the host base."""

from __future__ import annotations

import json
import shutil

import pytest
from builds import Machine

pytestmark = pytest.mark.skipif(shutil.which("npm") is None, reason="this machine has no npm")

SERVER = 'console.log("served");\n'


def package(**further: object) -> str:
    """A package.json."""
    return json.dumps({"name": "app", "version": "1.0.0", "private": True, **further})


def test_an_app_without_dependencies_needs_no_npm(at: Machine) -> None:
    at.write({"package.json": package(scripts={"start": "node server.js"}), "server.js": SERVER})
    build = at.build()
    assert build.lines[:-1] == [
        "-----> Building on the Herogate host base",
        "-----> Node.js app detected",
        "-----> Discovering process types",
        "       No Procfile: web runs npm start",
    ]
    assert (build.document["process_types"], build.document["total_steps"]) == (
        {"web": "npm start"},
        1,
    )
    manifest = at.client.call("GET", f"manifests/{build.document['image_digest']}").json
    config = at.client.call("GET", f"blobs/{manifest['config']['digest']}").json
    path, *environment = config["config"]["Env"]
    assert path.startswith("PATH=/app/node_modules/.bin:")
    bash = shutil.which("bash", path=at.environment["PATH"])
    assert environment == [
        "NODE_ENV=production",
        "npm_config_update_notifier=false",
        f"npm_config_script_shell={bash}",
    ]


def test_dependencies_are_installed_once(at: Machine) -> None:
    at.write(
        {
            "package.json": package(dependencies={"greet": "file:greet"}),
            "greet/package.json": json.dumps({"name": "greet", "version": "1.0.0"}),
            "greet/index.js": 'module.exports = "hello";\n',
            "Procfile": "web: node server.js\n",
        }
    )
    first = at.build()
    shutil.rmtree(at.source / "node_modules")
    (at.source / "package-lock.json").unlink(missing_ok=True)
    second = at.build(2)
    assert [line for line in first.lines if line.startswith("-----> Installing")] == [
        "-----> Installing dependencies with npm install"
    ]
    assert "-----> Using the Node.js environment of an earlier build" in second.lines
    assert not (at.source / "node_modules").exists()


def test_an_app_that_says_how_it_is_built_is_built(at: Machine) -> None:
    scripts = {"build": "node build.js", "start": "node built.js"}
    at.write(
        {
            "package.json": package(scripts=scripts),
            "build.js": 'require("fs").writeFileSync("built.js", process.env.NODE_ENV);',
        }
    )
    for number in (1, 2):
        (at.source / "built.js").unlink(missing_ok=True)
        build = at.build(number)
        assert build.status == 0, build.lines
        assert "-----> Running build" in build.lines
        assert (at.source / "built.js").read_text() == "production"


def test_npms_failure_is_the_builds(at: Machine) -> None:
    at.write(
        {
            "package.json": package(scripts={"build": "exit 3"}),
            "Procfile": "web: node server.js\n",
        }
    )
    build = at.build()
    assert (build.status, build.lines[-2]) == (1, " !     npm run has failed: npm ended with 3.")


def test_a_lock_file_that_npm_does_not_read_is_told(at: Machine) -> None:
    at.write(
        {
            "package.json": package(optionalDependencies={"greet": "file:greet"}),
            "greet/package.json": json.dumps({"name": "greet", "version": "1.0.0"}),
            "Procfile": "web: node server.js\n",
            "yarn.lock": "",
        }
    )
    assert (
        " !     yarn.lock is not read: npm installs here, from package.json alone."
        in at.build().lines
    )
