"""What may be chosen of an app, and what AWS would not take."""

from __future__ import annotations

from typing import Any

import pytest

from stacks.app_options import Options, check_branch


@pytest.mark.parametrize(
    ("interval", "timeout", "threshold"),
    [(5, 4, 6), (6, 5, 5), (10, 9, 3), (15, 10, 2), (30, 10, 2), (300, 10, 2)],
)
def test_a_process_that_is_busy_for_half_a_minute_is_not_dead(
    interval: int, timeout: int, threshold: int
) -> None:
    options = Options(health_check_interval_seconds=interval)
    assert (options.health_check_timeout_seconds, options.unhealthy_threshold) == (
        timeout,
        threshold,
    )
    assert timeout < interval


@pytest.mark.parametrize(
    "chosen",
    [
        {"health_check_path": "/"},
        {"health_check_path": "/health?deep=1&x=%20"},
        {"health_check_path": "/" + "x" * 1023},
        {"health_check_path": "/up;a=1/~b_c(d)*,[e]?f='g'&h:!$@+-.#i"},
        {"health_check_matcher": "200"},
        {"health_check_matcher": "200-399,404"},
        {"deregistration_delay_seconds": 0},
    ],
)
def test_what_a_load_balancer_takes_is_taken(chosen: dict[str, Any]) -> None:
    (option,) = chosen
    assert getattr(Options(**chosen), option) == chosen[option]


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        ({"health_check_path": ""}, "begins with a slash"),
        ({"health_check_path": "up"}, "begins with a slash"),
        ({"health_check_path": "/ü"}, "begins with a slash"),
        ({"health_check_path": "/a b"}, "begins with a slash"),
        ({"health_check_path": "/${AWS::Region}"}, "that a URL may have as they are"),
        ({"health_check_path": "/" + "x" * 1024}, "at most 1,024 characters"),
        ({"health_check_matcher": ""}, "from 200 to 499"),
        ({"health_check_matcher": "2xx"}, "from 200 to 499"),
        ({"health_check_matcher": "199"}, "from 200 to 499"),
        ({"health_check_matcher": "200-500"}, "from 200 to 499"),
        ({"health_check_matcher": "301-200"}, "from 200 to 499"),
        ({"health_check_matcher": "٢٠٠"}, "from 200 to 499"),
        ({"health_check_matcher": "200, 301"}, "from 200 to 499"),
        ({"health_check_interval_seconds": 4}, "not 4"),
        ({"health_check_interval_seconds": 301}, "not 301"),
        ({"deregistration_delay_seconds": -1}, "not -1"),
        ({"deregistration_delay_seconds": 3601}, "not 3,601"),
    ],
)
def test_what_a_load_balancer_would_refuse_is_refused(chosen: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Options(**chosen)


@pytest.mark.parametrize("name", ["main", "feature/Ä_1", "a.b/c@d", "it's", "x" * 256])
def test_a_branch_that_git_has_can_deploy(name: str) -> None:
    check_branch(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "-x", "/a", "a/", "a//b", "a..b", ".a", "a/.b", "a.lock", "a.", "a b", "a\n", "a\0"),
        *("a:b", "a~b", "a^", "a?", "*", "a[b", "a\\b", "@", "a@{b", "HEAD", "\udcff", "x" * 257),
    ],
)
def test_what_is_no_branch_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"^'.* cannot be the name of a branch$"):
        check_branch(name)


def test_a_branch_is_named_as_people_do() -> None:
    with pytest.raises(ValueError, match=r"without refs/heads/, not 'refs/heads/main'$"):
        check_branch("refs/heads/main")
