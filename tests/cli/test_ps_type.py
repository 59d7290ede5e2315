"""`ps:type`: sizes with what they cost, in Heroku's tables."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

from dataclasses import replace

import pytest
from shops import Shop

from herogate.cli import ps_type
from herogate.models import Architecture, FormationEntry, Size

WEB = FormationEntry(type="web", quantity=0, size=Size.STANDARD_1X)
WORKER = FormationEntry(type="worker", quantity=2, size=Size.STANDARD_2X)


def test_process_types_stand_in_tables_with_costs_and_totals(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ps_type.listed([WEB, WORKER])
    assert capsys.readouterr().out == (
        "=== Process Types\n"
        "\n"
        "  type     size          qty   cost/hour   max cost/month\n"
        f" {'─' * 57}\n"
        "  web      Standard-1X   0     ~$0.012     $0.00\n"
        "  worker   Standard-2X   2     ~$0.049     $36.04\n"
        "\n"
        "\n"
        "=== Process Totals\n"
        "\n"
        "  type          total\n"
        f" {'─' * 21}\n"
        "  Standard-1X   0\n"
        "  Standard-2X   2\n"
        "\n"
    )


def test_what_has_another_size_tells_what_it_cost_and_costs() -> None:
    larger = replace(WORKER, architecture=Architecture.ARM64)
    smaller = replace(larger, size=Size.STANDARD_1X)
    assert ps_type.compared([WEB, larger], [WEB, smaller]) == [
        "worker: Standard-2X to Standard-1X, $28.84 to $14.42 a month"
    ]


@pytest.mark.e2e
def test_a_process_type_is_resized_with_its_cost_before_and_after(shop: Shop) -> None:
    shown = shop.herogate("ps:type")
    larger = shop.herogate("resize", "worker=standard-2x")
    assert larger.err == (
        "Scaling processes on shop... done\n"
        "worker: Standard-1X to Standard-2X, $0.00 to $0.00 a month\n"
    )
    assert [line.split()[:2] for line in larger.out.splitlines() if "worker" in line] == [
        ["worker", "Standard-2X"]
    ]
    assert shop.herogate("ps:resize", "worker=standard-1x").out == shown.out


@pytest.mark.e2e
def test_a_size_that_there_is_not_is_refused(shop: Shop) -> None:
    said = shop.herogate("ps:type", "worker=huge")
    assert (said.out, said.err.splitlines()[0], said.code) == (
        "",
        " ›   Error: There is no size huge.",
        2,
    )
