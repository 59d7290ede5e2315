"""Builds on the host base: images that are right, made again quickly, refused in plain words."""

from __future__ import annotations

import io
import json
import os
import stat
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from builds import COMMIT, Machine
from registries import OCI_IMAGE

WEB = "web: python app.py\n"


def wheel(name: str, script: str) -> bytes:
    """A wheel of a package with one program."""
    packed = io.BytesIO()
    about = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{name}.py", script)
        archive.writestr(
            f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        )
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{about}/entry_points.txt", f"[console_scripts]\n{name} = {name}:main\n")
        archive.writestr(f"{about}/RECORD", "")
    return packed.getvalue()


GREETER: dict[str, str | bytes] = {
    "wheels/greeter-1.0-py3-none-any.whl": wheel(
        "greeter", "import sys\n\ndef main():\n    print('hello from', sys.prefix)\n"
    ),
    "requirements.txt": "--no-index\n--find-links wheels\ngreeter==1.0\n",
    "Procfile": WEB,
}


def image(at: Machine, digest: str) -> tuple[Any, Any, list[tarfile.TarFile]]:
    """An image in the registry: manifest, configuration, layers."""
    manifest = at.client.call("GET", f"manifests/{digest}").json
    config = at.client.call("GET", f"blobs/{manifest['config']['digest']}").json
    contents = [
        at.client.call("GET", f"blobs/{layer['digest']}").body for layer in manifest["layers"]
    ]
    layers = [tarfile.TarFile(fileobj=io.BytesIO(content)) for content in contents]
    return manifest, config, layers


def test_a_python_app_is_built_and_built_again_without_installing(at: Machine) -> None:
    at.write({**GREETER, "app.py": "print(1)\n"})
    first = at.build()
    at.write({"app.py": "print(2)\n"})
    second = at.build(2)

    assert (first.status, second.status) == (0, 0), first.lines + second.lines
    assert [line for line in first.lines if not line.startswith("       ")][:4] == [
        "-----> Building on the Herogate host base",
        "-----> Python app detected",
        *[line for line in first.lines if line.startswith("-----> Using Python ")],
        "-----> Installing requirements with pip",
    ]
    assert "       Successfully installed greeter-1.0" in first.lines
    assert first.lines[-3:-1] == [
        "-----> Discovering process types",
        "       Procfile declares types -> web",
    ]
    assert second.lines[1:3] == [
        "-----> Python app detected",
        "-----> Using the Python environment of an earlier build",
    ]
    assert first.lines[-1].endswith(" s, 0 of 2 layers cached")
    assert second.lines[-1].endswith(" s, 1 of 2 layers cached")
    assert first.document["image_digest"] != second.document["image_digest"]


def test_an_image_says_what_it_is_and_what_it_was_built_from(at: Machine) -> None:
    at.write({**GREETER, "app.py": "print(1)\n"})
    document = at.build(7).document
    manifest, config, layers = image(at, document["image_digest"])

    assert document == {
        "version": 1,
        "image_digest": document["image_digest"],
        "architecture": os.uname().machine.replace("aarch64", "arm64"),
        "port": None,
        "shell": True,
        "process_types": {"web": "python app.py"},
        "launcher": False,
        "health_check_path": None,
        "builder": "host-base",
        "seconds": document["seconds"],
        "cached_steps": 0,
        "total_steps": 2,
    }
    assert (manifest["mediaType"], manifest["annotations"]) == (
        OCI_IMAGE,
        {"dev.herogate.base": "host"},
    )
    assert config["config"] == {
        "Env": [
            "PATH=/app/.herogate/python/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"
            ":/sbin:/bin",
            "FORWARDED_ALLOW_IPS=*",
            "PYTHONPATH=/app",
            "PYTHONUNBUFFERED=1",
        ],
        "WorkingDir": "/app",
    }
    assert config["rootfs"]["diff_ids"] == [layer["digest"] for layer in manifest["layers"]]
    tagged = at.client.call("HEAD", f"manifests/{COMMIT}-7")
    assert tagged.headers["Docker-Content-Digest"] == document["image_digest"]
    assert "app/app.py" in layers[1].getnames()


def test_an_environment_holds_what_was_required_and_works_anywhere(
    at: Machine, tmp_path: Path
) -> None:
    at.write({**GREETER, "app.py": ""})
    *_, layers = image(at, at.build().document["image_digest"])
    for place in ("here", "there/and here"):
        layers[0].extraction_filter = getattr(tarfile, "tar_filter", None)  # not in Python 3.11.2
        layers[0].extractall(tmp_path / place)
        environment = tmp_path / place / "app/.herogate/python"
        link = tmp_path / place / "link"
        link.symlink_to(environment)
        with os.popen(f"'{link}/bin/greeter'") as greeter:
            assert greeter.read() == f"hello from {environment}\n"
    packages = sorted(
        entry.name
        for entry in next(environment.glob("lib/python3*/site-packages")).iterdir()
        if entry.name != "__pycache__"
    )
    assert [name for name in packages if not name.startswith("pip")] == [
        "greeter-1.0.dist-info",
        "greeter.py",
    ]
    for command in ("pip", "python -m pip"):
        with os.popen(f"'{environment}/bin/'{command} freeze") as pip:
            assert pip.read() == "greeter==1.0\n"
    assert min(entry.name for entry in (environment / "bin").iterdir()) == "greeter"
    assert str(at.directory) not in (environment / "pyvenv.cfg").read_text()


def test_the_same_source_gives_the_same_image(at: Machine) -> None:
    at.write({**GREETER, "app.py": ""})
    first = at.build()
    at.client.call("DELETE", "manifests/cache")
    second = at.build(2)
    assert "-----> Installing requirements with pip" in second.lines
    assert first.document["image_digest"] == second.document["image_digest"]


def test_files_are_in_the_image_as_they_were_pushed(at: Machine) -> None:
    large = os.urandom(1 << 20) * 30
    at.write(
        {
            "Procfile": "web: ./run me.sh\n",
            "run me.sh": "#!/bin/sh\n",
            "größe/übersicht.txt": "ü",
            "large": large,
            ".git/config": "secret",
            ".env": "kept",
        }
    )
    (at.source / "run me.sh").chmod(0o700)
    (at.source / "link").symlink_to("größe/übersicht.txt")
    (at.source / "dangling").symlink_to("nowhere")
    *_, layers = image(at, at.build().document["image_digest"])
    members = {member.name.removeprefix("app/"): member for member in layers[0].getmembers()}

    assert sorted(members) == sorted(
        [
            "app",
            "Procfile",
            "run me.sh",
            "größe",
            "größe/übersicht.txt",
            "large",
            ".env",
            "link",
            "dangling",
        ]
    )
    assert (members["link"].linkname, members["dangling"].linkname) == (
        "größe/übersicht.txt",
        "nowhere",
    )
    assert [members[name].mode for name in ("run me.sh", ".env")] == [0o755, 0o644]
    content = layers[0].extractfile(members["large"])
    assert content is not None
    assert content.read() == large


@pytest.mark.parametrize(
    ("files", "cause"),
    [
        (
            {"README.md": "", "main.go": ""},
            [
                "Nothing says how this app is built.",
                "These were looked for at the top of the repository: Dockerfile, requirements.txt, "
                "package.json, Procfile.",
            ],
        ),
        (
            {"Dockerfile": "FROM scratch", "requirements.txt": ""},
            [
                "There is a Dockerfile, and the process runtime builds no Dockerfile.",
                "Use the docker runtime for it, or take it out: the process runtime builds from "
                "requirements.txt, package.json or a Procfile alone.",
            ],
        ),
        (
            {"app.json": '{"herogate": {"target": "web"}}', "Procfile": WEB},
            [
                "The manifest speaks of a Dockerfile, and the process runtime builds none.",
                "Use the docker runtime for it, or take it out: the process runtime builds from "
                "requirements.txt, package.json or a Procfile alone.",
            ],
        ),
        (
            {"app.json": '{"herogate": {"directory": "api"}}', "Procfile": WEB},
            ["The repository has no directory api to build in."],
        ),
        (
            {"heroku.yml": "run: {web: a}", "Procfile": WEB},
            [
                "Both Procfile and heroku.yml declare process types.",
                "Declare them in one of the two.",
            ],
        ),
        (
            {"pyproject.toml": "", "uv.lock": "", "Procfile": WEB},
            [
                "There is uv.lock and no requirements.txt, from which Python apps are built.",
                "Write one: `uv export`, `poetry export` or `pip freeze` does.",
            ],
        ),
        (
            {"pyproject.toml": '[project]\ndependencies = ["flask"]', "Procfile": WEB},
            [
                "There is pyproject.toml and no requirements.txt, from which Python apps are built.",
                "Write one: `uv export`, `poetry export` or `pip freeze` does.",
            ],
        ),
        (
            {"requirements.txt": ""},
            [
                "There is no Procfile, and nothing else says what runs.",
                "Write one at the top of the repository: a line `web: <command>` in Procfile.",
            ],
        ),
        (
            {"requirements.txt": "-e .", "Procfile": WEB},
            [
                "requirements.txt asks for an editable package (-e .).",
                "What is editable stays where it was built; write it without -e.",
            ],
        ),
        (
            {"requirements.txt": "-r absent.txt", "Procfile": WEB},
            ["absent.txt is no file that can be read."],
        ),
        (
            {"Procfile": "web python app.py"},
            ["Line 1 of the Procfile is not of the form <process type>: <command>."],
        ),
        ({"package.json": "{"}, None),
        ({"package.json": "[]", "Procfile": WEB}, ["package.json is not an object."]),
    ],
)
def test_what_cannot_be_built_is_refused_with_its_cause(
    at: Machine, files: dict[str, str], cause: list[str] | None
) -> None:
    at.write(files)
    build = at.build()
    assert (build.status, build.document) == (1, None)
    assert build.lines[-1] == " !"
    if cause is not None:
        told = [f" !     {line}" for line in cause]
        assert build.lines[-len(told) - 2 :] == [" !", *told, " !"]


def test_requirements_that_cannot_be_installed_fail_the_build_with_pips_words(at: Machine) -> None:
    at.write({"requirements.txt": "--no-index\nabsent==1.0\n", "Procfile": WEB})
    build = at.build()
    assert build.status == 1
    assert build.lines[-3:] == [
        " !",
        " !     The requirements cannot be installed: python3 ended with 1.",
        " !",
    ]
    assert any("No matching distribution found for absent==1.0" in line for line in build.lines)


def test_a_python_that_the_app_does_not_ask_for_is_told(at: Machine) -> None:
    at.write({**GREETER, "app.py": "", ".python-version": "# the old one\n2.7\n"})
    (told,) = [line for line in at.build().lines if line.startswith(" !")]
    assert told.startswith(" !     .python-version asks for 2.7; this machine has Python 3.")


def test_what_is_required_by_inclusion_belongs_to_the_environment(at: Machine) -> None:
    at.write({**GREETER, "app.py": "", "base.txt": "greeter==1.0\n"})
    at.write({"requirements.txt": "--no-index\n--find-links wheels\n-r base.txt\n"})
    assert at.build().status == 0
    at.write({"base.txt": "# none any more\n"})
    assert "-----> Installing requirements with pip" in at.build(2).lines


def test_an_apps_modules_do_not_stand_in_for_the_builders(at: Machine) -> None:
    at.write(
        {"Procfile": WEB, "json.py": "raise SystemExit('hostile')", "herogate/__init__.py": ""}
    )
    assert at.build().status == 0


def test_no_token_is_ever_said(at: Machine) -> None:
    at.write({"Procfile": WEB})
    build = at.build(HEROGATE_IMAGE_REPOSITORY="elsewhere:1/us-east-1/nowhere")
    assert build.lines[-2] == (
        " !     The image registry refuses POST blobs/uploads/: The repository with name 'nowhere' "
        "does not exist in the registry with id '123456789012'."
    )
    assert at.client.headers["Authorization"] not in json.dumps(build.lines)


@pytest.mark.parametrize("name", [".herogate", ".herogate/own.txt"])
def test_what_is_pushed_where_the_builder_puts_its_own_is_refused(at: Machine, name: str) -> None:
    at.write({"Procfile": WEB, name: "an app's"})
    build = at.build()
    assert (build.status, build.lines) == (
        1,
        [
            " !",
            " !     There is a .herogate at the top of the repository.",
            " !     Rename it: Herogate puts what it makes there.",
            " !",
        ],
    )


def test_an_app_in_a_language_that_is_not_known_is_told_that_nothing_is_installed(
    at: Machine,
) -> None:
    at.write({"Procfile": "web: bundle exec puma\n", "Gemfile": "gem 'puma'\n"})
    build = at.build()
    assert (build.status, build.lines[1]) == (
        0,
        " !     Gemfile is not read: packages are installed for Python and Node.js alone.",
    )


def test_a_pipe_among_the_files_is_refused(at: Machine) -> None:
    at.write({"Procfile": WEB})
    os.mkfifo(at.source / "pipe")
    assert stat.S_ISFIFO((at.source / "pipe").stat().st_mode)
    assert at.build().lines[-2] == (" !     app/pipe is neither a file nor a directory nor a link.")


def test_an_app_may_require_nothing(at: Machine) -> None:
    at.write({"requirements.txt": "# nothing\n", "pyproject.toml": "[tool.x]\n", "Procfile": WEB})
    build = at.build()
    assert build.status == 0, build.lines
    assert build.document["total_steps"] == 2


def test_a_directory_commands_and_what_web_is_asked_for_are_what_the_manifest_says(
    at: Machine,
) -> None:
    at.write(
        {
            "app.json": '{"herogate": {"directory": "api", "health_check_path": "/up"}}',
            "heroku.yml": "run: {web: python app.py}",
            "api/app.py": "pass",
            "elsewhere": "",
        }
    )
    build = at.build()
    told = build.document
    assert (told["process_types"], told["health_check_path"]) == ({"web": "python app.py"}, "/up")
    *_, layers = image(at, told["image_digest"])
    assert layers[0].getnames() == ["app", "app/app.py"]
    assert build.lines[-4:-1] == [
        "-----> Discovering process types",
        "       heroku.yml declares types -> web",
        "       web is asked for /up to see whether it lives",
    ]
