"""Judges of templates and policies that nobody of this project wrote, each in a process of its own."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from troposphere import Template

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MODULES = HERE / "node_modules"
PROGRAMS = ROOT / ".venv-audit" / "bin"
_GUARD = MODULES / "@cdklabs" / "cdk-validator-cfnguard"
_SYSTEMS = {"Linux": "ubuntu", "Darwin": "macos"}
_MACHINES = {"arm64": "aarch64", "amd64": "x86_64"}


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """What a judge does not like.

    Attributes:
        id: of the judge's rule.
        subject: the resource, or what of it.
    """

    judge: str
    id: str
    subject: str

    @property
    def resource(self) -> str:
        """The resource's name in its template."""
        return self.subject.partition(" ")[0]


def checkov(template: Path, scratch: Path) -> Iterable[Finding]:
    """Bridgecrew's checks."""
    options = ["--framework", "cloudformation", "--skip-download", "--compact", "--quiet"]
    said = _said(PROGRAMS / "checkov", "-f", template, *options, "-o", "json")
    results = json.loads(said).get("results", {})
    for found in results.get("failed_checks", []):
        yield Finding(judge="checkov", id=found["check_id"], subject=found["resource"])


def guard(template: Path, scratch: Path) -> Iterable[Finding]:
    """AWS's cfn-guard with the rules of Control Tower."""
    machine = _MACHINES.get(platform.machine(), platform.machine())
    said = _said(
        _GUARD / "bin" / _SYSTEMS[platform.system()] / machine / "cfn-guard",
        "validate",
        *("-r", _GUARD / "rules" / "control-tower" / "cfn-guard"),
        *("-d", template, "--show-summary", "none", "-o", "json", "--structured"),
    )
    for report in json.loads(said):
        for rule in report["not_compliant"]:
            yield Finding(judge="guard", id=rule["Rule"]["name"], subject=template.stem)


def nag(template: Path, scratch: Path) -> Iterable[Finding]:
    """cdk-nag's AwsSolutions."""
    said = _said("node", HERE / "nag.mjs", template, scratch, both=True)
    assert "Acknowledge with" in said or not said, said
    subject = ""
    for line in said.splitlines():
        if line.startswith("   Audited/Template/"):
            subject = line.split()[0].rpartition("/")[2]
        if "Acknowledge with 'AwsSolutions::" in line:
            written = line.partition("::")[2].rstrip("'")
            rule, _, detail = written.partition("[")
            what = f"{subject} {detail.removesuffix(']')}".strip()
            yield Finding(judge="nag", id=rule, subject=what)


JUDGES: Mapping[str, Callable[[Path, Path], Iterable[Finding]]] = {
    "checkov": checkov,
    "guard": guard,
    "nag": nag,
}


def verdicts(judge: str, templates: Mapping[str, Template], scratch: Path) -> list[Finding]:
    """What a judge does not like about templates, by their names."""
    found: list[Finding] = []
    for name, template in templates.items():
        file = scratch / f"{name}.json"
        file.write_text(template.to_json())
        found += JUDGES[judge](file, scratch / f"{name}-{judge}")
    return sorted(found)


def parliament(policy: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What Duo's parliament does not like about a policy: severity and issue."""
    words = ["--include-community-auditors", "--json"]
    said = _said(PROGRAMS / "parliament", *words, given=json.dumps(policy))
    found = (json.loads(line) for line in said.splitlines() if line.startswith("{"))
    return [(each["severity"], each["issue"]) for each in found]


def escalations(policies: list[Mapping[str, Any]]) -> list[list[str]]:
    """The ways to more privileges that cloudsplaining sees in each policy."""
    said = _said(PROGRAMS / "python", HERE / "privileges.py", given=json.dumps(policies))
    ways: list[list[str]] = json.loads(said)
    return ways


def simulated(roles: Mapping[str, Any], questions: Sequence[Mapping[str, Any]]) -> list[str]:
    """What a simulator of IAM says to each question: ``Allowed``, or why not."""
    asked = json.dumps({"roles": roles, "questions": questions})
    answers: list[str] = json.loads(_said("node", HERE / "simulate.mjs", given=asked))
    assert len(answers) == len(questions)
    return answers


def _said(program: Path | str, *words: object, given: str = "", both: bool = False) -> str:
    done = subprocess.run(
        [str(program), *map(str, words)], input=given, capture_output=True, text=True, timeout=300
    )
    said = done.stdout + done.stderr if both else done.stdout
    assert said or done.returncode == 0, done.stderr
    return said
