"""The templates before judges: whatever they find is waived by name, with a reason, or mended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from audit.judges import JUDGES, ROOT, Finding, escalations, parliament, verdicts
from audit.waivers import WAIVERS, Waiver
from stacks_cases import policies, templates

PROFILES = {
    "default": ("space", "app-at-port", "formation"),
    "domain": ("space-with-hosted-zone", "app-at-host-with-record", "formation"),
}
TLS = {
    "CKV_AWS_2",
    "CKV_AWS_103",
    "alb_http_to_https_redirection_check",
    "elbv2_acm_certificate_required_check",
    "elbv2_predefined_security_policy_ssl_check",
    "s3_bucket_ssl_requests_only_check",
    "AwsSolutions-S10",
}
MOST = {"checkov": 7, "guard": 10, "nag": 14}
"""How many findings a judge may print of the default profile, waived or not."""

_FOUND: dict[tuple[str, str], list[Finding]] = {}


@pytest.fixture
def found(tmp_path: Path, judge: str, profile: str) -> list[Finding]:
    """What a judge finds in a profile's templates."""
    if (judge, profile) not in _FOUND:
        chosen = {name: templates()[name] for name in PROFILES[profile]}
        _FOUND[judge, profile] = verdicts(judge, chosen, tmp_path)
    return _FOUND[judge, profile]


def waiver(finding: Finding, profile: str) -> Waiver | None:
    """What waives a finding."""
    fitting = (each for each in WAIVERS if each.profile in (None, profile))
    return next((each for each in fitting if each.covers(finding)), None)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("judge", JUDGES)
def test_whatever_a_judge_finds_is_waived_for_a_reason(
    judge: str, profile: str, found: list[Finding]
) -> None:
    left = [finding for finding in found if waiver(finding, profile) is None]
    assert left == []


@pytest.mark.parametrize("profile", ["default"])
@pytest.mark.parametrize("judge", JUDGES)
def test_no_more_is_found_than_in_what_was_hardened_by_hand(
    judge: str, profile: str, found: list[Finding]
) -> None:
    assert 0 < len(found) <= MOST[judge]
    row = f"| {judge} | {len(found)} | {MOST[judge]} |"
    assert row in (ROOT / "docs" / "audit.md").read_text()


@pytest.mark.parametrize("judge", JUDGES)
def test_what_no_waiver_names_is_found_out(judge: str, tmp_path: Path) -> None:
    careless = templates()["space"]
    del careless.resources["Bucket"].properties["PublicAccessBlockConfiguration"]
    del careless.resources["BucketPolicy"]
    found = verdicts(judge, {"space": careless}, tmp_path)
    assert [each for each in found if waiver(each, "default") is None]


@pytest.mark.parametrize("profile", ["domain"])
@pytest.mark.parametrize("judge", JUDGES)
def test_with_a_domain_nothing_is_said_about_tls(
    judge: str, profile: str, found: list[Finding]
) -> None:
    assert found
    assert {finding.id for finding in found} & TLS == set()


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("judge", JUDGES)
def test_no_waiver_waives_nothing(judge: str, profile: str, found: list[Finding]) -> None:
    own = [each for each in WAIVERS if each.judge == judge and each.profile in (None, profile)]
    assert [each.id for each in own if not any(map(each.covers, found))] == []


def every_policy() -> Iterator[tuple[str, Any]]:
    """Every policy of every role of every case, under a name."""
    for case, template in templates().items():
        for role, granted in policies(template).items():
            for name, document in granted.items():
                yield f"{case} {role} {name}", document


def test_no_policy_has_an_action_with_a_wildcard() -> None:
    wild = [
        (name, action)
        for name, policy in every_policy()
        for statement in policy["Statement"]
        for action in statement["Action"]
        if "*" in action or "?" in action
    ]
    assert wild == []


def test_cloudsplaining_sees_no_way_to_more_privileges() -> None:
    all_policies = dict(every_policy())
    ways = escalations(list(all_policies.values()))
    assert {name: way for name, way in zip(all_policies, ways, strict=True) if way} == {}


def test_whatever_parliament_sees_is_waived_for_a_reason_and_none_of_it_is_grave() -> None:
    default = {
        name: policy for name, policy in every_policy() if name.split()[0] in PROFILES["default"]
    }
    found = [
        (Finding(judge="parliament", id=issue, subject=name), severity)
        for name, policy in default.items()
        for severity, issue in parliament(policy)
    ]
    assert [each for each, severity in found if severity in {"HIGH", "CRITICAL"}] == []
    assert [each for each, _ in found if waiver(each, "default") is None] == []
    own = [each for each in WAIVERS if each.judge == "parliament"]
    assert [each.id for each in own if not any(each.covers(f) for f, _ in found)] == []
