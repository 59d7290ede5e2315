"""What can go wrong, in the user's words.

::

    HerogateError                    exit 1: something was tried and failed
    ├── BuildFailed                  what was pushed cannot be built, or the build cannot be released
    ├── ReleaseFailed                a release could not go live, and is taken back
    ├── OneOffFailed                 a one-off process did not start, or ended nobody knows how
    ├── CreationFailed               AWS could not make an app or a space
    ├── UpdateFailed                 AWS could not change one, and took back what it had changed
    ├── DestructionFailed            AWS could not remove one
    ├── ConfirmationMismatch         the name typed is not the name asked for
    ├── GitFailed                    git is missing, or refused
    ├── NotATerminal                 a question, and nobody to answer it
    └── RequestError                 exit 2: the request itself cannot be served
        ├── InvalidRequest           a name, flag or argument that breaks its rule
        ├── NotFound                 no such app or space
        ├── NameTaken                an app or space of that name exists
        ├── NoAppChosen              nothing says which app is meant
        ├── MultipleApps             git remotes name more than one app
        ├── SpaceInUse               a space with apps in it cannot go
        ├── SpaceProtected           nor one that was to be protected from it
        ├── SpaceFull                no address left in a space
        ├── NoCredentials            AWS cannot know who asks
        ├── NoRegion                 nothing says where
        ├── EndpointUnreachable      no answer from the AWS endpoint
        └── AwsRefused               AWS said no, with a code and a reason
            ├── AccessDenied         … because of a missing permission
            ├── NotThereYet          … since not all of it has heard yet of what was just made
            ├── Throttled            … because it is asked too often; asked later it will not
            └── Unavailable          … because something is wrong at AWS; later it may not be

Only these are shown as messages; any other exception is a bug and stays a traceback. A message says what
happened and why, a hint what to do next. The exit codes are Heroku's: 2 for errors of the API and of
flags, 1 for everything thrown on the way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar


class HerogateError(Exception):
    """An error for the user's eyes.

    Args:
        message: what happened and why.
        hint: what to do next; may have several lines.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class BuildFailed(HerogateError):
    """What was pushed cannot be made into an image, or what a build handed over is not usable."""


class CreationFailed(HerogateError):
    """AWS could not make what was asked for; what it had made is removed again."""


class UpdateFailed(HerogateError):
    """AWS could not change an app or a space; it is as it was before."""


class ReleaseFailed(HerogateError):
    """A release could not go live; what was live before still is."""


class OneOffFailed(HerogateError):
    """A one-off process did not start, or nobody can say how it ended."""


class DestructionFailed(HerogateError):
    """AWS could not remove everything; destroying again goes on where it stopped."""


class ConfirmationMismatch(HerogateError):
    """The confirmation does not name the thing to be destroyed."""

    def __init__(self, given: str, name: str) -> None:
        super().__init__(f"Confirmation {given} did not match {name}. Aborted.")


class GitFailed(HerogateError):
    """git is not installed, the repository cannot be read, or git refused a change."""


class NotATerminal(HerogateError):
    """A question would have to be asked, and standard input is no terminal."""


class RequestError(HerogateError):
    """A request that cannot be served as it stands."""

    exit_code = 2


class InvalidRequest(RequestError):
    """A name, flag or argument that breaks its rule."""

    @classmethod
    def of(cls, broken: ValueError) -> InvalidRequest:
        """A rule that was broken, in the rule's own words."""
        text = str(broken)
        return cls(f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith(".") else "."))


class NotFound(RequestError):
    """No such app or space in this region."""

    @classmethod
    def app(cls, name: str, region: str) -> NotFound:
        return cls(
            "Couldn't find that app.",
            f"There is no app {name} in {region}. `herogate apps` lists your apps.",
        )

    @classmethod
    def space(cls, name: str, region: str) -> NotFound:
        return cls(
            "Couldn't find that space.",
            f"There is no space {name} in {region}. `herogate spaces` lists your spaces.",
        )


class NameTaken(RequestError):
    """An app or space of that name exists in this region."""

    def __init__(self, name: str, hint: str | None = None) -> None:
        super().__init__(f"Name {name} is already taken", hint)


class NoAppChosen(RequestError):
    """Neither a flag, nor the environment, nor a git remote says which app is meant."""


class MultipleApps(RequestError):
    """The git repository has remotes of several apps.

    Args:
        remotes: (remote name, app name) of each.
    """

    def __init__(self, remotes: Iterable[tuple[str, str]]) -> None:
        remotes = list(remotes)
        remote, app = remotes[-1]
        lines = [
            "Multiple apps in git remotes",
            f"  Usage: --remote {remote}",
            f"     or: --app {app}",
            "  Your local git repository has more than 1 app referenced in git remotes.",
            "  Because of this, we can't determine which app you want to run this command against.",
            "  Specify the app you want with --app or --remote.",
            "  Herogate remotes in repo:",
            *(f"  {app} ({remote})" for remote, app in remotes),
        ]
        super().__init__("\n".join(lines))


class SpaceInUse(RequestError):
    """A space cannot be destroyed while apps are in it."""

    def __init__(self, space: str, apps: Iterable[str]) -> None:
        super().__init__(
            f"Space {space} still has apps in it: {', '.join(sorted(apps))}",
            "Destroy each with `herogate destroy -a <app>` first.",
        )


class SpaceProtected(RequestError):
    """A space that is protected from deletion cannot be destroyed."""

    def __init__(self, space: str) -> None:
        super().__init__(
            f"Space {space} is protected from deletion.",
            f"End that first: `herogate spaces:update {space} --no-deletion-protection`",
        )


class SpaceFull(RequestError):
    """Every address that a space can give is taken."""


class NoCredentials(RequestError):
    """No AWS credentials, or ones that cannot be read or have expired."""


class NoRegion(RequestError):
    """Neither a flag, nor the environment, nor the profile names an AWS region."""


class EndpointUnreachable(RequestError):
    """The AWS endpoint does not answer."""


class AwsRefused(RequestError):
    """AWS answered an operation with an error.

    Attributes:
        code: AWS's error code (``ValidationError``).
        reason: AWS's message as it came.
        operation: service and operation (``cloudformation:CreateStack``).
    """

    def __init__(self, *, operation: str, code: str, reason: str, hint: str | None = None) -> None:
        super().__init__(f"AWS refused {operation}: {reason} ({code})", hint)
        self.operation = operation
        self.code = code
        self.reason = reason


class AccessDenied(AwsRefused):
    """The caller lacks a permission."""


class NotThereYet(AwsRefused):
    """What was just made is not known everywhere at AWS yet, or was never made."""


class Throttled(AwsRefused):
    """AWS is asked too often, by whomever."""


class Unavailable(AwsRefused):
    """Something is wrong at AWS itself."""
