"""Names against the rule of each service that takes them, at the extremes of what people may choose."""

from __future__ import annotations

import inspect
import itertools
import random
import re
import string

import botocore.session
import pytest
from name_rules import ALL, OF_APPS, OF_OBJECTS, OF_PROCESS_TYPES, OF_SPACES, Rule, refused

from stacks import names
from stacks.names import InvalidName, RolePurpose


def every_region() -> list[str]:
    """Every region there is, and the longest name one has had."""
    session = botocore.session.get_session()
    known = itertools.chain.from_iterable(
        session.get_available_regions("ec2", partition)
        + session.get_available_regions("s3", partition)
        for partition in session.get_available_partitions()
    )
    return sorted({*known, "us-isof-south-1"})


def chosen(limits: tuple[int, int]) -> list[str]:
    """Valid names: the shortest, the longest, those full of hyphens, words that services reserve."""
    shortest, longest = limits
    dice = random.Random(2018)
    hyphens = ("a-" * longest)[:longest].strip("-")
    extremes = ["a" * shortest, "a" * longest, "z9" * (longest // 2), hyphens, "a" + "-1" * 8]
    reserved = [
        "aws",
        "ssm",
        "xn-a",
        "internal-a",
        "amazon",
        "git",
        "run",
        "app",
        "a-an",
        "a-s3alias",
    ]
    found = {name for name in [*extremes, *reserved] if len(name) <= longest}
    while len(found) < 120:
        letters = string.ascii_lowercase + string.digits + "--"
        name = "".join(dice.choices(letters, k=dice.randint(shortest, longest)))
        if re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
            found.add(name)
    return sorted(found)


REGIONS = every_region()
APPS = chosen(names.APP_NAME_LIMITS)
SPACES = chosen(names.SPACE_NAME_LIMITS)


@pytest.mark.parametrize("rule", OF_APPS, ids=lambda rule: rule.service)
def test_every_name_derived_of_an_app_is_one_the_service_takes(rule: Rule) -> None:
    derived = [rule.derive(app, region) for app in APPS for region in REGIONS]
    assert [name for name in derived if not rule.takes(name)] == []


@pytest.mark.parametrize("rule", OF_SPACES, ids=lambda rule: rule.service)
def test_every_name_derived_of_a_space_is_one_the_service_takes(rule: Rule) -> None:
    derived = [rule.derive(space, region) for space in SPACES for region in REGIONS]
    assert [name for name in derived if not rule.takes(name)] == []


@pytest.mark.parametrize("rule", OF_PROCESS_TYPES, ids=lambda rule: rule.service)
def test_the_longest_process_type_gives_names_that_the_services_take(rule: Rule) -> None:
    assert rule.takes(rule.derive("W_" * 15, "us-east-1"))


def test_keys_in_the_bucket_are_ones_that_s3_takes() -> None:
    of_stacks = [names.app_stack(app) for app in APPS] + [names.space_stack(s) for s in SPACES]
    assert [refused(OF_OBJECTS, chosen, "us-east-1") for chosen in [*of_stacks, "0.1.0"]] == [
        []
    ] * (len(of_stacks) + 1)


def test_the_oracle_has_a_rule_for_every_name_that_is_given_to_something_on_aws() -> None:
    told_apart = {"app_of_stack", "space_of_stack", "addon_stacks", "codepipeline_pattern"}
    made = {
        name
        for name, function in vars(names).items()
        if inspect.isfunction(function) and not name.startswith(("_", "check_"))
    }
    assert made - told_apart == {rule.function for rule in ALL}


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("target group", "hg-a--b"),
        ("target group", "-hg"),
        ("S3", "herogate--a--s3alias"),
        ("S3", "A" * 10),
        ("IAM, task", "a" * 65),
        ("load balancer 1", "internal-a"),
        ("CodeCommit", "shop.git"),
        ("CloudFormation", "1st"),
        ("DynamoDB", "ab"),
    ],
)
def test_the_oracle_knows_what_a_service_refuses(service: str, name: str) -> None:
    (rule,) = [rule for rule in ALL if rule.service == service]
    assert not rule.takes(name)


@pytest.mark.parametrize("rule", OF_APPS, ids=lambda rule: rule.service)
def test_no_two_apps_derive_the_same_name(rule: Rule) -> None:
    assert len({rule.derive(app, "us-east-1") for app in APPS}) == len(APPS)


@pytest.mark.parametrize("rule", OF_SPACES, ids=lambda rule: rule.service)
def test_no_two_spaces_derive_the_same_name(rule: Rule) -> None:
    assert len({rule.derive(space, "us-east-1") for space in SPACES}) == len(SPACES)


def test_the_limits_are_as_wide_as_the_tightest_service_allows() -> None:
    longest_app, longest_space = names.APP_NAME_LIMITS[1], names.SPACE_NAME_LIMITS[1]
    longest_region = max(REGIONS, key=len)
    assert len(names.role("a" * longest_app, RolePurpose.EXECUTION, longest_region)) == 64
    assert len(names.load_balancer("a" * longest_space, 50)) == 32


def test_two_apps_with_one_beginning_share_no_artifact_folder() -> None:
    assert names.codepipeline("my-shop") == "d703f44cc4--herogate--my-shop"
    assert names.artifact_prefix("my-shop") == "d703f44cc4--herogate"
    assert len({names.artifact_prefix(app) for app in APPS}) == len(APPS)


def test_the_pattern_of_all_codepipelines_covers_each() -> None:
    pattern = re.escape(names.codepipeline_pattern()).replace(r"\?", ".").replace(r"\*", ".*")
    assert all(re.fullmatch(pattern, names.codepipeline(app)) for app in APPS)


def test_a_stack_of_an_app_tells_its_app_and_no_other_stack_does() -> None:
    assert [names.app_of_stack(names.app_stack(app)) for app in APPS] == APPS
    others = [
        names.formation_stack("my-shop"),
        names.addon_stack("my-shop", "postgresql"),
        names.space_stack("default"),
        "herogate-app--My-Shop",
        "herogate-app--ab",
        "herogate-app--a--b",
        "herogate-app--",
        "my-shop",
    ]
    assert [names.app_of_stack(stack) for stack in others] == [None] * len(others)


def test_a_stack_of_a_space_tells_its_space_and_no_other_stack_does() -> None:
    assert [names.space_of_stack(names.space_stack(space)) for space in SPACES] == SPACES
    others = [names.app_stack("default"), "herogate-space--", "herogate-space--a--b", "default"]
    assert [names.space_of_stack(stack) for stack in others] == [None] * len(others)


def test_a_good_name_is_returned_as_it_is() -> None:
    assert [names.check_app(app) for app in APPS] == APPS
    assert [names.check_space(space) for space in SPACES] == SPACES
    assert names.check_space(names.DEFAULT_SPACE) == "default"
    assert names.check_addon("postgresql-curvy-12345") == "postgresql-curvy-12345"


RULE_OF_APPS = (
    "An app's name has 3 to 26 lower-case letters, digits and single hyphens, begins with a letter "
    "and does not end with a hyphen."
)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("", "is empty"),
        ("ab", "has 2 characters"),
        ("a", "has 1 character"),
        ("a" * 27, "has 27 characters"),
        ("My-shop", "has an upper-case letter (M)"),
        ("my_shop", "has a character that is not allowed ('_')"),
        ("my shop", "has a character that is not allowed (' ')"),
        ("my-shop\n", "has a character that is not allowed ('\\n')"),
        ("mÿ-shop", "has a character that is not allowed ('ÿ')"),
        ("1shop", "does not begin with a letter"),
        ("-shop", "does not begin with a letter"),
        ("shop-", "ends with a hyphen"),
        ("my--shop", "has two hyphens in a row"),
    ],
)
def test_a_refused_name_is_told_what_is_wrong_and_the_rule(name: str, wrong: str) -> None:
    with pytest.raises(InvalidName) as refused:
        names.check_app(name)
    assert (
        str(refused.value) == f"{name!r} cannot be the name of an app: it {wrong}. {RULE_OF_APPS}"
    )


def test_a_refused_space_is_told_the_rule_of_spaces() -> None:
    with pytest.raises(InvalidName) as refused:
        names.check_space("a" * 21)
    assert str(refused.value) == (
        "'aaaaaaaaaaaaaaaaaaaaa' cannot be the name of a space: it has 21 characters. "
        "A space's name has 3 to 20 lower-case letters, digits and single hyphens, begins with a "
        "letter and does not end with a hyphen."
    )


@pytest.mark.parametrize(
    "domain",
    ["example", "Apps.example.com", "*.example.com", "a..b", "-a.com", "a.com.", "a" * 59 + ".com"],
)
def test_a_domain_that_no_certificate_could_be_for_is_refused(domain: str) -> None:
    with pytest.raises(InvalidName, match="cannot be a space's domain"):
        names.check_domain(domain)


def test_a_domain_is_returned_as_it_is() -> None:
    longest = "a" * 58 + ".com"
    assert [names.check_domain(name) for name in ("apps.example.com", longest)] == [
        "apps.example.com",
        longest,
    ]


def test_a_load_balancer_without_a_number_of_two_digits_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 50, not 51"):
        names.load_balancer("default", 51)


def test_no_two_process_types_share_a_name_in_the_formation() -> None:
    types = ["web", "mail-worker", "mail_worker", "mailZ2dworker", "mailworker", "Web", "Zweb"]
    derived = [names.service_resource(process_type) for process_type in types]
    assert derived[:3] == ["Serviceweb", "ServicemailZ2dworker", "ServicemailZ5fworker"]
    assert len(set(derived)) == len(types)
    assert [name for name in derived if not re.fullmatch(r"[A-Za-z0-9]{1,255}", name)] == []
