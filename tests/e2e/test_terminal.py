"""A first day at a terminal: create, push, ps, run, logs. And the same where nobody watches."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

import pytest
from command_line import SCRIPTS
from deployed_apps import Checkout
from first_day import PICTURE, Seen, first_day, lines, lines_of, seen, somebody_at_work
from hostile import obeyed, strings
from terminals import CTRL_C, CTRL_D, Session, at_terminal
from typed_pages import blocks, steps, told

pytestmark = pytest.mark.e2e

ESCAPES = re.compile(r"\x1b\[[\d;]*m|\r\x1b\[K")
"""What Herogate tells a terminal: colours, and to write a line anew."""

WHEEL = "⣾⣽⣻⢿⡿⣟⣯⣷"
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout with an app in it, on a cloud of its own."""
    with somebody_at_work(tmp_path_factory.mktemp("seen")) as made:
        yield made


@pytest.fixture(scope="module")
def day(work: Checkout) -> Sequence[Seen]:
    """The app's first day, after which it is live."""
    return first_day(work)


def left_behind(session: Session) -> list[str]:
    """What is left in a terminal that it would obey; git writes its own progress over."""
    own = ESCAPES.sub("", session.raw).replace("\r\n", "\n")
    return [each for each in CONTROLS.findall(own) if each != "\r"]


def test_a_first_day_looks_right(day: Sequence[Seen]) -> None:
    assert [each.command for each in day if each.session.code] == []
    created, listed = day[0].session, day[-1].session
    assert set(WHEEL) & set(created.raw)
    assert "waiting for" in created.raw
    assert "Creating ⬢ my-shop... done" in created.screen
    assert "\x1b[1m=== web" in listed.raw
    assert [left_behind(each.session) for each in day] == [[]] * len(day)


def test_the_readme_and_its_picture_show_what_is_seen(day: Sequence[Seen]) -> None:
    of_the_readme = [step for block in blocks("README.md", "console") for step in steps(block.text)]
    for step, each in zip(of_the_readme, day, strict=False):
        assert step.is_told_by("\n".join([*each.session.screen, ""])), each.session.screen
    assert told_lines(lines_of(PICTURE.read_text())) == told_lines(lines(day))


def told_lines(shown: Sequence[str]) -> list[str]:
    """Lines without their colours and what is another each time."""
    plain = ESCAPES.sub("", "".join(f"{line}\n" for line in shown))
    return [line.rstrip() for line in told(plain).splitlines()]


def test_a_log_is_followed_in_colour_until_ctrl_c(work: Checkout, day: Sequence[Seen]) -> None:
    followed = seen(work, "herogate logs -t -p web", until="listening on")
    assert followed.code == 130
    assert re.search(r"\x1b\[\d+m\S+ app\[web\.[0-9a-f]{8}\]:\x1b\[0m listening on", followed.raw)
    assert left_behind(followed) == []


@pytest.mark.parametrize(
    "command", ["create unwatched --no-remote", "spaces:create unwatched"], ids=lambda each: each
)
def test_ctrl_c_leaves_a_terminal_as_it_was(work: Checkout, command: str) -> None:
    interrupted = seen(work, f"herogate {command}", until="waiting for")
    assert interrupted.code == 130
    assert "detached" in interrupted.screen[0]
    assert interrupted.raw.endswith("\r\n")
    assert left_behind(interrupted) == []


@pytest.mark.parametrize(
    ("command", "question"), [("destroy", "> "), ("config:set KEY --prompt", "KEY: ")]
)
@pytest.mark.parametrize(("typed", "code"), [(CTRL_C, 130), (CTRL_D, 1)])
def test_a_question_that_is_left_leaves_no_half_line(
    work: Checkout, day: Sequence[Seen], command: str, question: str, typed: bytes, code: int
) -> None:
    left = seen(work, f"herogate {command}", until=question, typed=typed)
    assert left.code == code
    assert left.raw.endswith("\r\n")
    assert left_behind(left) == []


def test_where_nobody_watches_there_is_none_of_it(work: Checkout, day: Sequence[Seen]) -> None:
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


SAY = """\
import json
import sys

for text in json.load(open("hostile.json")):
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass") + b"\\n")
sys.stdout.flush()
"""
REVERSED = "\u202e\u2066"
PROCFILE = f"""\
web: python say.py && python web.py
worker: python worker.py {REVERSED}
release: python say.py
"""
TITLE = f"\x1b]0;owned\x07 \x9b31m {REVERSED}"


def test_nothing_that_an_app_says_or_is_called_reaches_a_terminal_raw(
    work: Checkout, day: Sequence[Seen]
) -> None:
    texts = list(strings())
    values = [text for text in texts if not set(text) & set("\0\udc9b\udcff")]
    pairs = [f"K{number}={text}" for number, text in enumerate(values)]
    (work.path / "hostile.json").write_text(json.dumps(texts))
    work.commit({"say.py": SAY, "Procfile": PROCFILE, "requirements.txt": f"# {TITLE}\n"})
    author = f"Eve {TITLE} <{TITLE}@example.com>"
    work.git("commit", "--quiet", "--amend", "--author", author, "--message", TITLE)
    sessions = [
        at_terminal(words, folder=work.path, environment=work.environment)
        for words in (
            ["git", "push", "--no-progress", "herogate", "main"],
            ["herogate", "config:set", *pairs],
            ["herogate", "config"],
            ["herogate", "releases"],
            ["herogate", "releases:output"],
            ["herogate", "builds:output"],
            ["herogate", "ps"],
            ["herogate", "logs", "-n", "1000"],
            ["herogate", "run", f"python say.py; echo '{TITLE}'"],
        )
    ]
    assert [session.screen for session in sessions if session.code] == []
    assert [obeyed(session.raw) for session in sessions] == [[]] * len(sessions)
