"""The names of apps whose maker did not think of one."""

from __future__ import annotations

import re

from herogate.engine import app_names
from stacks import names


def test_every_random_name_is_an_adjective_a_noun_and_five_digits() -> None:
    made = [app_names.random_name() for _ in range(500)]
    assert [name for name in made if not re.fullmatch(r"[a-z]+-[a-z]+-\d{5}", name)] == []
    assert [names.check_app(name) for name in made] == made


def test_the_longest_random_name_is_a_valid_one() -> None:
    adjective = max(app_names._ADJECTIVES.split(), key=len)
    noun = max(app_names._NOUNS.split(), key=len)
    assert len(f"{adjective}-{noun}-12345") <= names.APP_NAME_LIMITS[1]
