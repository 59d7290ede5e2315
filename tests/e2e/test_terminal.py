"""A first day at a terminal: create, push, ps, logs, run. And the same where nobody watches."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from command_line import SCRIPTS
from deployed_apps import Checkout, checkout, plain_app
from local_cloud import LocalCloud, running
from terminals import Session, at_terminal

from herogate.local import lifecycle
from herogate.local.directory import Directory

pytestmark = pytest.mark.e2e

ESCAPES = re.compile(r"\x1b\[[\d;]*m|\r\x1b\[K")
"""What Herogate tells a terminal: colours, and to write a line anew."""

WHEEL = "⣾⣽⣻⢿⡿⣟⣯⣷"
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout on a cloud of its own, with a space."""
    directory = Directory(tmp_path_factory.mktemp("seen") / "local")
    cloud: LocalCloud = running(directory)
    try:
        environment = {
            **{key: value for key, value in cloud.environment.items() if key != "NO_COLOR"},
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
        }
        made = checkout(tmp_path_factory.mktemp("work") / "app", environment)
        made.herogate("spaces:create")
        yield made
    finally:
        lifecycle.stop(directory)


def see(work: Checkout, *words: str, until: str | None = None) -> Session:
    return at_terminal(words, folder=work.path, environment=work.environment, until=until)


def own(text: str) -> str:
    """A line without what differs from run to run."""
    for shape, word in (
        (r"\d{4}/\d\d/\d\d [\d:]+ \+0000 \(~ \d+[smh] ago\)", "<time>"),
        (r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", "<time>"),
        (r"\b(web|worker|run)\.[0-9a-f]{8}", r"\1.<id>"),
        (r"localhost:\d+", "localhost:<port>"),
    ):
        text = re.sub(shape, word, text)
    return text


def test_a_first_day_looks_right(work: Checkout) -> None:
    herogate = str(SCRIPTS / "herogate")
    created = see(work, herogate, "create", "my-shop")
    assert [own(line) for line in created.screen if "›" not in line][-2:] == [  # noqa: RUF001
        "Creating ⬢ my-shop... done",
        "http://localhost:<port> | herogate://herogate-local@us-east-1/my-shop",
    ]
    assert set(WHEEL) & set(created.raw)
    assert "waiting for" in created.raw

    work.commit(plain_app("v1"))
    pushed = see(work, "git", "push", "herogate", "main")
    assert pushed.code == 0, pushed.raw
    assert "remote: -----> Launching..." in pushed.screen

    listed = see(work, herogate, "ps", "web")
    assert "\x1b[1m=== web" in listed.raw
    assert [own(line) for line in listed.screen] == [
        "=== web (Standard-1X): python web.py (1)",
        "",
        "web.<id>: up <time>",
        "",
    ]

    ran = see(work, herogate, "run", "printf '\\033]0;owned\\007 \\033[31mred\\033[0m\\n'")
    assert [own(line) for line in ran.screen] == [
        "Running printf '\\033]0;owned\\007 \\033[31mred\\033[0m\\n' on ⬢ my-shop... up, run.<id>",
        "]0;owned red",
    ]

    followed = see(work, herogate, "logs", "-t", "-p", "web", until="listening on")
    assert followed.code == 130
    assert re.search(r"\x1b\[\d+m\S+ app\[web\.[0-9a-f]{8}\]:\x1b\[0m listening on", followed.raw)

    for each in (created, pushed, listed, ran, followed):
        left = CONTROLS.findall(ESCAPES.sub("", each.raw).replace("\r\n", "\n"))
        assert left in ([], ["\r"] * len(left)), each.raw  # git writes its own progress over


def test_where_nobody_watches_there_is_none_of_it(work: Checkout) -> None:
    herogate = str(SCRIPTS / "herogate")
    said = [
        work.run(herogate, "create", "piped", "--no-remote"),
        work.run(herogate, "ps", "-a", "my-shop"),
        work.run(herogate, "run", "-a", "my-shop", "echo hello"),
        work.run(herogate, "logs", "-a", "my-shop"),
        work.push("herogate", "main"),
    ]
    assert [each.code for each in said] == [0] * 5
    for each in said:
        assert CONTROLS.findall(each.out + each.err) == []
        assert not set(WHEEL + "⬢") & set(each.out + each.err)
