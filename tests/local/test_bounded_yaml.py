"""What a stranger wrote is read within bounds, and refused in the words of who asked."""

from __future__ import annotations

from typing import Any

import pytest

from herogate.local import bounded_yaml
from herogate.local.bounded_yaml import Grammar


class Refused(Exception):
    """What this test's grammar raises."""


GRAMMAR = Grammar(
    depth_limit=3,
    value_limit=20,
    scalar=lambda event: event.value,
    sequence=lambda _, items: items,
    mapping=lambda start, members: (start.start_mark.line + 1, members),
    malformed=lambda problem, mark: Refused(problem, mark and mark.line + 1),
    too_deep=lambda: Refused("too deep"),
    too_many=lambda: Refused("too many"),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("word", "word"),
        ("[a, [b]]", ["a", ["b"]]),
        ("\na: 3.10\nb: [yes]", (2, {"a": "3.10", "b": ["yes"]})),
        ("a: &x [1, 2]\nb: *x", (1, {"a": ["1", "2"], "b": ["1", "2"]})),
        ("[[[a]]]", [[["a"]]]),
    ],
)
def test_a_document_is_what_its_grammar_makes_of_it(text: str, value: Any) -> None:
    assert bounded_yaml.read(text, GRAMMAR) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[[[a]]]]", ("too deep",)),
        ("[" + "a," * 30 + "]", ("too many",)),
        ("- &x [1, 2, 3, 4]\n- &y [*x, *x]\n- [*y, *y]", ("too many",)),
        ("- *nobody", ("unknown anchor", 1)),
        ("a:\n  [b]: c", ("a key must be text", 2)),
        ("a\n---\nb", ("a second document begins", 3)),
        ("a: \x00", ("control characters are not allowed", None)),
    ],
)
def test_what_is_out_of_bounds_is_refused_in_the_grammars_words(
    text: str, why: tuple[object, ...]
) -> None:
    with pytest.raises(Refused) as refused:
        bounded_yaml.read(text, GRAMMAR)
    assert refused.value.args == why
