"""`spaces`: what apps share, shown, changed on paper, and not destroyed under them."""

# ruff: noqa: RUF001 - the bar of Heroku's errors

from __future__ import annotations

import json

import pytest
from command_line import Said
from leftovers import leftovers, written
from local_cloud import LocalCloud
from shops import NAME, REGION, Shop

pytestmark = pytest.mark.e2e

FAR_REGION = "ap-northeast-1"


def test_a_space_is_shown_and_listed(shop: Shop) -> None:
    (space,) = json.loads(shop.herogate("spaces", "--json").out)
    assert json.loads(shop.herogate("spaces:info", "--json").out) == space
    assert space == {
        "name": "default",
        "region": REGION,
        "status": "ready",
        "created_at": space["created_at"],
        "web_hosts": ["localhost"],
        "domain": None,
        "availability_zones": 2,
        "private": False,
        "customer_key": True,
        "log_retention_days": 365,
        "deletion_protection": False,
        "container_insights": "disabled",
        "version": shop.herogate("version").out.split()[0].removeprefix("herogate/"),
    }
    assert shop.herogate("spaces").out.splitlines()[2].split()[:3] == ["default", REGION, "ready"]
    assert shop.herogate("spaces:info").out.startswith(
        f"=== default\n\nRegion:              {REGION}\n"
    )


def test_a_space_that_there_is_or_that_cannot_be_is_not_created(shop: Shop) -> None:
    assert shop.herogate("spaces:create").err.startswith(
        "Creating space default... !\n ›   Error: Name default is already taken\n"
    )
    planned = shop.herogate("spaces:create", "staging", "--dry-run", "--json")
    (stack,) = json.loads(planned.out)
    assert (stack["stack"], {change["kind"] for change in stack["changes"]}) == (
        "herogate-space--staging",
        {"add"},
    )
    nowhere = shop.herogate("spaces:create", "--region", "ap-southeast-4", "--dry-run")
    assert (nowhere.out, nowhere.code) == ("", 2)
    assert nowhere.err.startswith(
        " ›   Error: No app can be in ap-southeast-4: AWS has no codecommit there.\n"
    )
    far = f"arn:aws:acm:{FAR_REGION}:123456789012:certificate/1b2c"
    asked = ("--domain", "apps.example.com", "--certificate", far)
    assert shop.herogate("spaces:create", "staging", *asked).err.splitlines()[1:] == [
        f" ›   Error: The certificate is one of {FAR_REGION}, and the space is in",
        f" ›   {REGION}.",
        " ›",
        " ›   Load balancers present certificates of their own region: ask ACM for one",
        " ›   there.",
    ]
    boundaries = ("--permissions-boundary", "arn:x", "--no-permissions-boundary")
    assert shop.herogate("spaces:update", *boundaries) == Said(
        out="", err=" ›   Error: A permissions boundary is either named or to go.\n", code=2
    )


def test_what_would_change_is_shown_and_nothing_changes(shop: Shop, cloud: LocalCloud) -> None:
    before = (leftovers(cloud, REGION), written(cloud, REGION))
    update = shop.herogate("spaces:update", "--dry-run", "--container-insights", "enabled")
    lines = update.out.splitlines()
    assert (update.code, update.err, lines[0], lines[1]) == (
        0,
        "",
        "=== herogate-space--default: 1 change",
        "",
    )
    assert [line.split() for line in (lines[2], lines[4])] == [
        ["Change", "Resource", "Type", "Properties"],
        ["~", "modify", "Cluster", "ECS::Cluster", "ClusterSettings"],
    ]
    kept = shop.herogate("spaces:update", "--dry-run", "--log-retention", "30", "--json")
    of_space, of_app = json.loads(kept.out)
    assert (of_space["changes"], of_app["stack"]) == ([], f"herogate-app--{NAME}")
    assert {(each["resource"], *each["properties"]) for each in of_app["changes"]} == {
        (f"{purpose}LogGroup", "RetentionInDays")
        for purpose in ("App", "Build", "Platform", "Release")
    }
    created = shop.herogate("create", "my-shop", "--dry-run", "--json")
    (stack,) = json.loads(created.out)
    assert (stack["stack"], {change["kind"] for change in stack["changes"]}) == (
        "herogate-app--my-shop",
        {"add"},
    )
    second = shop.herogate("spaces:create", "second", "--dry-run")
    assert second.out.startswith("=== herogate-space--second: ")
    removed = shop.herogate("destroy", NAME, "--dry-run")
    assert [line.split() for line in removed.out.splitlines() if "data lost" in line] == [
        ["-", "remove,", "data", "lost", "ImageRepository", "ECR::Repository"],
        ["-", "remove,", "data", "lost", "Repository", "CodeCommit::Repository"],
    ]
    shop.herogate("apps:update", "--build-compute", "large", "--dry-run")
    assert (leftovers(cloud, REGION), written(cloud, REGION)) == before


def test_a_space_with_apps_is_not_destroyed(shop: Shop) -> None:
    refused = (
        " ›   Error: Space default still has apps in it: shop\n"
        " ›\n"
        " ›   Destroy each with `herogate destroy -a <app>` first.\n"
    )
    assert [
        shop.herogate("spaces:destroy", "default", "--dry-run"),
        shop.herogate("spaces:destroy", "default", "--confirm", "default"),
    ] == [
        Said(out="", err=refused, code=2),
        Said(out="", err=f"Destroying space default... !\n{refused}", code=2),
    ]


def test_the_first_app_of_a_region_makes_the_space_only_with_consent(
    shop: Shop, cloud: LocalCloud
) -> None:
    def herogate(*words: str) -> Said:
        return shop.herogate(*words, "--region", FAR_REGION)

    refused = herogate("create", NAME, "--no-remote")
    assert (refused.out, refused.code) == ("", 1)
    assert refused.err == (
        f" ›   Error: There is no space in {FAR_REGION} yet. All your apps share one: a\n"
        " ›   network and a load balancer. Creating it takes about 5 minutes, once, and\n"
        " ›   costs about $25 a month. Create it now?\n"
        " ›\n"
        " ›   Nobody can be asked here; say yes with --yes.\n"
    )
    assert leftovers(cloud, FAR_REGION) == []
    created = herogate("create", NAME, "--no-remote", "--yes")
    assert created.err.startswith("Creating space default... done\n")
    assert herogate("destroy", "-a", NAME, "-c", NAME).code == 0
    assert herogate("spaces:destroy", "default", "-c", "default") == Said(
        out="", err="Destroying space default... done\n", code=0
    )
    assert leftovers(cloud, FAR_REGION) == []
