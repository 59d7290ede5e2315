"""`run`: what is read from its words, how they are shown, and what becomes of them."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import pytest
from command_line import Said
from shops import NAME, Shop
from waiting import wait_until

from herogate.cli import run
from herogate.errors import InvalidRequest


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["rake", "db:migrate"], "rake db:migrate"),
        (["sh -c 'echo hi; exit 3'"], "sh -c 'echo hi; exit 3'"),
        (["sh", "-c", "exit 3"], 'sh -c "exit 3"'),
        (["echo", 'a"b'], 'echo "a\\"b"'),
        (["a\nb"], "a b"),
    ],
)
def test_a_command_is_shown_as_on_heroku(words: list[str], shown: str) -> None:
    assert run.heroku_form(words) == shown


def test_variables_stand_between_semicolons_or_in_flags_of_their_own() -> None:
    assert run.variables(["A=1;B=x=y ;", "C="]) == {"A": "1", "B": "x=y", "C": ""}


@pytest.mark.parametrize("given", ["A", "=1", "A B=1", "1A=2", "Ä=1"])
def test_what_is_no_variable_is_refused(given: str) -> None:
    with pytest.raises(InvalidRequest, match=r"is invalid\. Must be in the format FOO=bar"):
        run.variables([given])


@pytest.mark.e2e
def test_what_a_command_writes_is_passed_on_and_its_exit_code(shop: Shop) -> None:
    said = shop.herogate("run", "echo hello; exit 3")
    one_off = said.err.splitlines()[0].rpartition(" ")[2]
    assert said == Said(
        out="hello\n",
        err=f"Running echo hello; exit 3 on {NAME}... up, {one_off}\n"
        " ›   Error: Process exited with code 3\n",
        code=3,
    )


@pytest.mark.e2e
def test_a_detached_command_says_where_its_output_is(shop: Shop) -> None:
    said = shop.herogate("run:detached", "echo", "goodbye")
    one_off = said.err.strip().rpartition(" ")[2]
    assert said == Said(
        out=f"Run herogate logs --app {NAME} --dyno {one_off} to view the output.\n\n",
        err=f"Running echo goodbye on {NAME}... done, {one_off}\n",
        code=0,
    )
    line = f"app[{one_off}]: goodbye\n"
    wait_until(lambda: line in shop.herogate("logs", "-d", one_off).out)


@pytest.mark.e2e
@pytest.mark.parametrize("command", ["run", "run:detached"])
def test_nothing_to_run_is_refused_with_the_usage(shop: Shop, command: str) -> None:
    assert shop.herogate(command) == Said(
        out="",
        err="    Error: Usage: herogate run COMMAND\n\n    Example: herogate run rake db:migrate\n",
        code=1,
    )
