"""`ps` in Heroku's form, to the last space."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from command_line import Said
from shops import NAME, Shop

from herogate.cli import ps
from herogate.errors import HerogateError
from herogate.models import Process, ProcessState, Size

NOW = datetime(2026, 11, 22, 0, 21, 37, tzinfo=UTC)
PUMA = "bundle exec puma -C config/puma.rb"


def process(name: str, age: timedelta, command: str | None, **more: object) -> Process:
    values = {"state": ProcessState.UP, "size": Size.STANDARD_1X, **more}
    return Process(
        type=name.partition(".")[0],
        name=name,
        since=NOW - age,
        command=command,
        release=12,
        **values,  # type: ignore[arg-type]
    )


PROCESSES = [
    process("worker.00c0ffee", timedelta(hours=1), "bundle exec sidekiq", size=Size.STANDARD_2X),
    process("web.3f9a1c2e", timedelta(minutes=1), PUMA, state=ProcessState.STARTING),
    process("web.ffff0000", timedelta(hours=1), PUMA),
    process("run.12345678", timedelta(minutes=5), "bash"),
    process("cron.12345678", timedelta(days=2), None, size=None),
]


def test_processes_are_listed_by_type_the_oldest_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ps.listed(ps.chosen(PROCESSES, (), "my-shop"), now=NOW)
    assert capsys.readouterr().out == (
        "=== cron (1)\n"
        "\n"
        "cron.12345678: up 2026/11/20 00:21:37 +0000\n"
        "\n"
        "=== run: one-off processes (1)\n"
        "\n"
        "run.12345678 (Standard-1X): up 2026/11/22 00:16:37 +0000 (~ 5m ago): bash\n"
        "\n"
        "=== web (Standard-1X): bundle exec puma -C config/puma.rb (2)\n"
        "\n"
        "web.ffff0000: up 2026/11/21 23:21:37 +0000 (~ 1h ago)\n"
        "web.3f9a1c2e: starting 2026/11/22 00:20:37 +0000 (~ 1m ago)\n"
        "\n"
        "=== worker (Standard-2X): bundle exec sidekiq (1)\n"
        "\n"
        "worker.00c0ffee: up 2026/11/21 23:21:37 +0000 (~ 1h ago)\n"
        "\n"
    )


def test_a_command_of_several_lines_stays_in_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    ps.listed([process("run.12345678", timedelta(minutes=5), "bash\n=== web: forged")], now=NOW)
    assert capsys.readouterr().out.splitlines()[2:] == [
        "run.12345678 (Standard-1X): up 2026/11/22 00:16:37 +0000 (~ 5m ago): bash === web: forged",
        "",
    ]


def test_types_are_chosen_by_name() -> None:
    chosen = ps.chosen(PROCESSES, ("web", "cron"), "my-shop")
    assert [each.name for each in chosen] == ["cron.12345678", "web.ffff0000", "web.3f9a1c2e"]


def test_a_type_of_which_nothing_runs_is_refused_as_on_heroku() -> None:
    with pytest.raises(HerogateError) as refused:
        ps.chosen(PROCESSES, ("web", "clock"), "my-shop")
    assert (refused.value.message, refused.value.exit_code) == ("No clock processes on my-shop", 1)


@pytest.mark.e2e
def test_what_runs_is_listed_all_or_of_a_type(shop: Shop) -> None:
    (web,) = json.loads(shop.herogate("ps", "--json").out)
    for shown in (shop.herogate("ps"), shop.herogate("ps", "web")):
        heading, _, line, end = shown.out.splitlines()
        assert (heading, end) == (f"=== web (Standard-1X): {web['command']} (1)", "")
        assert line.startswith(f"{web['name']}: up ")
        assert (shown.err, shown.code) == ("", 0)
    assert shop.herogate("ps", "clock") == Said(
        out="", err=f"    Error: No clock processes on {NAME}\n", code=1
    )
