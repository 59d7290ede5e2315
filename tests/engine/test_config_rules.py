"""Which config vars AWS and Herogate let anybody set. No refusal shows a value."""

from __future__ import annotations

import pytest

from herogate.engine import config_rules
from herogate.errors import InvalidRequest


@pytest.mark.parametrize(
    "value",
    ["", "a b", "line\nline\n", "\"'`$!\\", "ünïcödé 🚀", "x" * 8192, "ü" * 4096, "\x01\x1b", "{}"],
)
def test_any_text_of_up_to_8_kilobytes_is_a_value(value: str) -> None:
    config_rules.check({"KEY": value, "_other1": None})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("1KEY", "secret", "1KEY is no name for a config var."),
        ("A-B", "secret", "A-B is no name for a config var."),
        ("", "secret", "An empty text is no name for a config var."),
        ("KÉY", "secret", "KÉY is no name for a config var."),
        ("K\n", "secret", "K\n is no name for a config var."),
        (
            "K" * 257,
            "secret",
            "KKKKKKKKKKKKKKKKKKKK… is too long for the name of a config var: 257 characters, and 256 "
            "is the most.",
        ),
        (
            "PORT",
            "secret",
            "PORT cannot be set: it tells web processes where the load balancer finds them.",
        ),
        (
            "ECS_SECRET",
            "secret",
            "ECS_SECRET cannot be set: names that begin with ECS_ are reserved.",
        ),
        ("KEY", "secret\0", "The value of KEY is no text: it holds a NUL."),
        ("KEY", "secret\udcff", "The value of KEY is no text: it is not UTF-8."),
        ("KEY", "x" * 8193, "The value of KEY has 8,193 bytes; 8,192 is the most that SSM keeps."),
        ("KEY", "ü" * 4097, "The value of KEY has 8,194 bytes; 8,192 is the most that SSM keeps."),
        (
            "KEY",
            "secret {{\n}}",
            "The value of KEY holds {{…}}, which SSM would take for another parameter.",
        ),
    ],
)
def test_what_cannot_be_set_is_refused(name: str, value: str, message: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        config_rules.check({"GOOD": "secret", name: value})
    assert refused.value.message == message


def test_whatever_it_is_called_it_can_be_unset() -> None:
    config_rules.check({"PORT": None, "1": None})


def test_more_than_a_process_can_be_defined_with_is_refused() -> None:
    config_rules.check_together({f"KEY_{number:03}": "" for number in range(200)})
    with pytest.raises(InvalidRequest, match="1000 config vars are too many: ECS takes 64 KB"):
        config_rules.check_together({f"KEY_{number:03}": "" for number in range(1000)})
