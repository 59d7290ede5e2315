"""What is read from the words of `run`, and how they are shown."""

from __future__ import annotations

import pytest

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
