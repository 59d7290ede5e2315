"""Every name that Herogate gives to something on AWS, and the rules for the names people choose.

No other module puts such a name together. Parts are joined by ``--``, which an app's or a space's
name cannot contain: so no two apps can ever derive the same name, and a policy may end an app's
name with that delimiter. (Two names of load balancing say why they do without.) Each result obeys
its service's rule and limit for every valid app, space and region; `tests/stacks/test_names.py`
holds them against those rules.

A region or an account id may be given as a CloudFormation placeholder (``${AWS::Region}``): inside
a template the same function then yields the text for ``Fn::Sub``.
"""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum

APP_TAG = "herogate:app"
SPACE_TAG = "herogate:space"
RELEASE_TAG = "herogate:release"
"""On what runs of an app: the number of its release."""

DEFAULT_SPACE = "default"

APP_NAME_LIMITS = (3, 26)
"""26: ``herogate--<app>--execution--<region>`` is a role's name, 64 at most, the region's 15."""

SPACE_NAME_LIMITS = (3, 20)
"""20: ``herogate-<space>-<number>`` is a load balancer's name, 32 at most, the number's 2."""

ADDON_NAME_LIMITS = (3, 40)

DOMAIN_LIMIT = 62
"""A certificate is asked for ``*.<domain>``, whose first name ACM allows 64 characters."""

LOAD_BALANCER_NUMBERS = range(1, 51)
"""50: as many as an account has in a region, unless AWS was asked for more."""

EVENT_SOURCE = "herogate"
"""Who tells EventBridge of an app's releases, and of what (below)."""

RELEASE_BEGUN = "Release Begun"

CACHE_TAG = "cache"
"""The one image tag that may be moved: under it stands the build's layer cache."""

_GRAMMAR = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_HOST = re.compile(r"([a-z0-9]+(-+[a-z0-9]+)*\.)+[a-z](-*[a-z0-9])+")
_APP_STACK = "herogate-app--"
_SPACE_STACK = "herogate-space--"
_CODEPIPELINE = "--herogate--"


class InvalidName(ValueError):
    """A name that somebody chose breaks the rule; the message says what is wrong and the rule."""


class RolePurpose(StrEnum):
    """What an app's role is for; each app has one of each."""

    TASK = "task"
    EXECUTION = "execution"
    BUILD = "build"
    RELEASE = "release"
    PIPELINE = "pipeline"
    SCHEDULER = "scheduler"
    EVENTS = "events"


class LogPurpose(StrEnum):
    """Whose lines a log group of an app holds."""

    APP = "app"
    BUILD = "build"
    RELEASE = "release"
    PLATFORM = "platform"
    """What became of processes, told by ECS itself, and what was done with the app."""


# --- what people choose ---


def check_app(name: str) -> str:
    """Return an app's name as it is, or raise `InvalidName`."""
    return _checked("app", name, APP_NAME_LIMITS)


def check_space(name: str) -> str:
    """Return a space's name as it is, or raise `InvalidName`."""
    return _checked("space", name, SPACE_NAME_LIMITS)


def check_addon(name: str) -> str:
    """Return an add-on's name as it is, or raise `InvalidName`."""
    return _checked("add-on", name, ADDON_NAME_LIMITS)


def check_domain(name: str) -> str:
    """Return a domain under which apps get their hosts as it is, or raise `InvalidName`."""
    if _HOST.fullmatch(name) and len(name) <= DOMAIN_LIMIT:
        return name
    raise InvalidName(
        f"{name!r} cannot be a space's domain: it is two or more labels of lower-case letters, "
        f"digits and hyphens with dots between, of which the last begins with a letter and has two or "
        f"more, at most {DOMAIN_LIMIT} characters."
    )


def _checked(noun: str, name: str, limits: tuple[int, int]) -> str:
    shortest, longest = limits
    wrong = _what_is_wrong(name, shortest, longest)
    if wrong is None:
        return name
    article = "An" if noun[0] in "aeiou" else "A"
    raise InvalidName(
        f"{name!r} cannot be the name of {article.lower()} {noun}: it {wrong}. "
        f"{article} {noun}'s name has {shortest} to {longest} lower-case letters, digits and "
        "single hyphens, begins with a letter and does not end with a hyphen."
    )


def _what_is_wrong(name: str, shortest: int, longest: int) -> str | None:
    if _GRAMMAR.fullmatch(name) and shortest <= len(name) <= longest:
        return None
    foreign = re.search(r"[^a-z0-9-]", name)
    if not name:
        return "is empty"
    if foreign and foreign.group().isupper():
        return f"has an upper-case letter ({foreign.group()})"
    if foreign:
        return f"has a character that is not allowed ({foreign.group()!r})"
    if not name[0].isalpha():
        return "does not begin with a letter"
    if name.endswith("-"):
        return "ends with a hyphen"
    if "--" in name:
        return "has two hyphens in a row"
    return f"has {len(name)} character{'' if len(name) == 1 else 's'}"


# --- CloudFormation ---


def space_stack(space: str) -> str:
    """The stack of a space."""
    return f"{_SPACE_STACK}{space}"


def app_stack(app: str) -> str:
    """The stack of an app: all that an app has from its birth."""
    return f"{_APP_STACK}{app}"


def formation_stack(app: str) -> str:
    """The stack of an app's services, from its first release."""
    return f"herogate-formation--{app}"


def addon_stack(app: str, addon: str) -> str:
    """The stack of one add-on of an app."""
    return f"herogate-addon--{app}--{addon}"


def addon_stacks(app: str) -> str:
    """How the names of the stacks of all add-ons of an app begin."""
    return addon_stack(app, "")


def app_of_stack(stack_name: str) -> str | None:
    """The app whose own stack this is; none for any other, be it an add-on's or a formation's."""
    return _of_stack(stack_name, _APP_STACK, APP_NAME_LIMITS)


def space_of_stack(stack_name: str) -> str | None:
    """The space whose stack this is; none for any other stack."""
    return _of_stack(stack_name, _SPACE_STACK, SPACE_NAME_LIMITS)


def _of_stack(stack_name: str, prefix: str, limits: tuple[int, int]) -> str | None:
    name = stack_name.removeprefix(prefix)
    if name == stack_name or _what_is_wrong(name, *limits) is not None:
        return None
    return name


# --- a space ---


def load_balancer(space: str, number: int) -> str:
    """A space's load balancer; the first has number 1, a space grows more.

    No ``--`` here: the name becomes a DNS name, and some DNS providers refuse to point at one with it.
    """
    if number not in LOAD_BALANCER_NUMBERS:
        raise ValueError(f"a load balancer's number is 1 to 50, not {number}")
    return f"herogate-{space}-{number}"


def cluster(space: str) -> str:
    """The ECS cluster in which a space's apps run."""
    return f"herogate--{space}"


def bucket(space: str, account_id: str, region: str) -> str:
    """The bucket of Herogate's package and all artifacts. Bucket names are one world's."""
    return f"herogate--{space}--{account_id}--{region}"


def ledger_table(space: str) -> str:
    """The DynamoDB table that is a space's ledger."""
    return f"herogate--{space}--ledger"


def key_alias(space: str) -> str:
    """By what name people find a space's key."""
    return f"alias/herogate/{space}"


def package_key(version: str, checksum: str) -> str:
    """Where in a space's bucket Herogate's own package lies; what lies there never changes."""
    return f"package/herogate-{version}-{checksum}.zip"


def template_key(stack_name: str, checksum: str) -> str:
    """Where in a space's bucket a template lies that is too large to be sent inline."""
    return f"template/{stack_name}/{checksum}.json"


# --- an app ---


def repository(app: str) -> str:
    """The CodeCommit repository to which an app is pushed."""
    return f"herogate--{app}"


def image_repository(app: str) -> str:
    """The ECR repository of an app's images."""
    return f"herogate/{app}"


def build_project(app: str) -> str:
    """The CodeBuild project that makes an image of what was pushed."""
    return f"herogate--{app}--build"


def release_project(app: str) -> str:
    """The CodeBuild project in which Herogate's own code releases a build."""
    return f"herogate--{app}--release"


def codepipeline(app: str) -> str:
    """The codepipeline of an app.

    It begins with a hash because CodePipeline files artifacts under the first 20 characters of a
    pipeline's name, which two apps must not share.
    """
    digest = hashlib.sha256(app.encode()).hexdigest()
    return f"{digest[:10]}{_CODEPIPELINE}{app}"


def codepipeline_pattern() -> str:
    """What an IAM policy calls the codepipelines of all apps."""
    return f"{'?' * 10}{_CODEPIPELINE}*"


def artifact_prefix(app: str) -> str:
    """The folder of the space's bucket in which an app's codepipeline keeps its artifacts."""
    return codepipeline(app)[:20]


def role(app: str, purpose: RolePurpose, region: str) -> str:
    """One of an app's roles; with the region, since IAM has one set of names for all regions."""
    return f"herogate--{app}--{purpose}--{region}"


def log_group(app: str, purpose: LogPurpose) -> str:
    """One of an app's log groups."""
    return f"{log_groups(app)}{purpose}"


def log_groups(app: str) -> str:
    """How the names of all log groups of an app begin."""
    return f"/herogate/{app}/"


def push_rule(app: str) -> str:
    """The EventBridge rule that starts the codepipeline after a push."""
    return f"herogate--{app}--push"


def settle_rule(app: str) -> str:
    """The EventBridge rule that has a release settled, though who began with it be gone."""
    return f"herogate--{app}--settle"


def process_rule(app: str) -> str:
    """The EventBridge rule that writes down which processes came up, and how they have ended."""
    return f"herogate--{app}--process"


def platform_log_policy(space: str) -> str:
    """The CloudWatch Logs policy by which EventBridge may write that down for the apps of a space."""
    return f"herogate--{space}--platform"


def target_group(app: str) -> str:
    """The target group of an app's web processes.

    No ``--`` here: Elastic Load Balancing has refused a target group's name for it (its answer named
    the pattern ``(?!.*--)``), though no page of its documentation says so.
    """
    return f"hg-{app}"


def service(app: str, process_type: str) -> str:
    """The ECS service of one of an app's process types."""
    return f"{app}--{process_type}"


def service_resource(process_type: str) -> str:
    """What the formation's template calls the service of a process type.

    Such a name has letters and digits only: any other character becomes ``Z`` and its number, so that
    no two process types ever share one.
    """
    return "Service" + re.sub(
        r"[^A-Ya-z0-9]", lambda found: f"Z{ord(found.group()):02x}", process_type
    )


def task_family(app: str, process_type: str) -> str:
    """The family of task definitions of one of an app's process types (``run`` for one-offs)."""
    return f"herogate--{app}--{process_type}"


def scheduled_family(app: str) -> str:
    """The family of what an app's schedules run; no process type begins with an underscore."""
    return task_family(app, "_scheduled")


def schedule_group(app: str) -> str:
    """The group of EventBridge Scheduler in which an app's schedules are."""
    return f"herogate--{app}"


def parameter_path(app: str) -> str:
    """The SSM path under which all of an app's config vars lie; ends with a slash."""
    return f"/herogate/{app}/config/"


def config_parameter(app: str, key: str, token: str) -> str:
    """The SSM parameter that holds one value ever given to one config var."""
    return f"{parameter_path(app)}{key}/{token}"


def ledger_partition(app: str) -> str:
    """The ledger's partition key of all items of an app, which its release role may touch."""
    return f"app/{app}"
