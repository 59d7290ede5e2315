"""``herogate apps …``: list, create, show, open and destroy apps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from herogate.cli import asked as asking, changes, documents, git, options, output, progress, spaces
from herogate.cli.confirmation import confirmed
from herogate.cli.help import command
from herogate.cli.options import Target
from herogate.errors import HerogateError
from herogate.models import DEFAULT_SPACE, App, Belonging, Receipt

if TYPE_CHECKING:
    from herogate.engine.app_spec import AppOptions
    from herogate.engine.platform import Platform


_APP = {"APP": "the app; --app says the same"}


@command("apps", examples=["apps", "apps --space staging", "apps --json"])
@click.option("-A", "--all", "all_", is_flag=True, help="for Heroku's users: all are listed")
@click.option("-p", "--personal", is_flag=True, help="for Heroku's users: apps have no teams")
@click.option("-s", "--space", help="only the apps of this space")
@options.as_json
@options.with_platform
def index(platform: Platform, space: str | None, *, as_json: bool, **_: bool) -> None:
    """list your apps"""
    apps = platform.apps.all(space=space)
    if as_json:
        output.document([documents.app(each) for each in apps])
    elif not apps:
        output.say("You have no apps.")
    else:
        output.heading(f"Apps in space {space}" if space else f"{platform.identity().name} Apps")
        _listed(apps, space or DEFAULT_SPACE)


@command(
    "apps:create",
    arguments={"APP": "name of the app; a random one if not given"},
    examples=["create", "create my-shop", "create my-shop --remote staging"],
)
@click.argument("name", required=False, metavar="APP")
@click.option("-r", "--remote", default="herogate", help='git remote, "herogate" if not given')
@click.option("-n", "--no-remote", is_flag=True, help="do not add a git remote")
@click.option("-b", "--buildpack", "buildpacks", multiple=True, help="buildpack to use for it")
@click.option("--space", default=DEFAULT_SPACE, help='space to put it into, "default" if not given')
@click.option(
    "--no-wait",
    is_flag=True,
    help="return as soon as AWS has accepted; what fails then is not tried again",
)
@click.option("--standard", is_flag=True, help="wait until every resource is ready")
@asking.of_app
@changes.dry_run
@options.yes
@options.as_json
@options.with_platform
def create(
    platform: Platform,
    name: str | None,
    remote: str,
    buildpacks: tuple[str, ...],
    space: str,
    asked: AppOptions,
    *,
    no_remote: bool,
    no_wait: bool,
    standard: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """create a new app

    It gets an address on the web, which says that nothing is here yet, and a git remote to push to.
    The branch that is checked out is the one that deploys.
    """
    chosen = platform.apps.choose_name(name)
    if not no_remote:
        git.check_remote(remote)
    branch = git.current_branch()
    if dry_run:
        told = spaces.missing(platform, space) or [
            changes.asked(
                output.app(chosen),
                lambda: platform.apps.creation_changes(
                    chosen,
                    space=space,
                    git_branch=branch,
                    buildpacks=buildpacks,
                    standard=standard,
                    **asked,
                ),
            )
        ]
        changes.show(told, as_json=as_json)
        return
    spaces.offer(platform, space, yes=yes)
    progress.follow(
        lambda: platform.apps.create(
            chosen,
            space=space,
            git_branch=branch,
            buildpacks=buildpacks,
            standard=standard,
            **asked,
        ),
        f"Creating {output.app(name) if name else 'app'}",
        done=("accepted" if no_wait else "done") + ("" if name else f", {output.app(chosen)}"),
        left=f"See `herogate info -a {chosen}`; "
        f"`herogate git:remote -a {chosen}` adds the git remote.",
        wait=not no_wait,
    )
    app = platform.apps.info(chosen)
    if not no_remote:
        git.add_remote(app, remote)
    _created(app, as_json=as_json)


@command("apps:info", arguments=_APP, examples=["info", "info my-shop", "info --shell"])
@options.as_shell
@options.as_json
@options.with_named_app
def info(target: Target, *, as_shell: bool, as_json: bool) -> None:
    """show detailed app information"""
    app = target.platform.apps.info(target.app)
    if as_json:
        output.document(documents.app(app))
    elif as_shell:
        output.assignments({_key(label): value for label, value in _facts(target, app).items()})
    else:
        output.heading(app.name)
        output.pairs(_facts(target, app))


@command(
    "apps:open",
    arguments={"PATH": "path under the app's URL"},
    examples=["open", "open /products", "open --print"],
)
@click.argument("path", default="")
@click.option("--print", "print_only", is_flag=True, help="print the URL instead of opening it")
@options.with_app
def open_(target: Target, path: str, *, print_only: bool) -> None:
    """open the app in a web browser"""
    from herogate.engine.statuses import unready

    app = target.platform.apps.info(target.app)
    if app.web_url is None:
        raise unready(app.name, app.status)
    url = f"{app.web_url.rstrip('/')}/{path.lstrip('/')}" if path else app.web_url
    if print_only:
        output.say(url)
    else:
        _browse(url, app)


@command(
    "apps:destroy",
    arguments=_APP,
    examples=["destroy -a my-shop", "destroy my-shop --confirm my-shop"],
)
@options.confirm
@changes.dry_run
@options.as_json
@options.with_named_app
def destroy(target: Target, confirm: str | None, *, dry_run: bool, as_json: bool) -> None:
    """permanently destroy an app

    With its processes, git repository, images, builds, config vars, schedules and logs; what ran is
    stopped first. What is left of an app that was half created or half destroyed goes too. It ends with
    what was removed, or fails with what would not go: then run it again. Should the app be gone already,
    --confirm still removes the git remotes that lead to it.
    """
    apps = target.platform.apps
    if dry_run:
        told = changes.asked(output.app(target.app), lambda: apps.destruction_changes(target.app))
        changes.show(told, as_json=as_json)
        return
    with git.forgetting_remotes(lambda: apps.git_url(target.app), sure=confirm == target.app):
        confirmed(
            target.app,
            confirm,
            f"{output.app(target.app)} with everything that belongs to it",
            check=lambda: apps.check_destroyable(target.app),
        )
        receipt = progress.follow(
            lambda: apps.destroy(target.app),
            f"Destroying {output.app(target.app)} (including all add-ons)",
            left="Run the same command again to finish.",
        ).wait()
    _destroyed(receipt, as_json=as_json)


def _listed(apps: Sequence[App], space: str) -> None:
    """Print apps, each with what is particular to it: another space, and that it is not ready."""
    for app in apps:
        notes = [*([app.space] if app.space != space else [])]
        notes += [] if app.status.is_ready else [app.status]
        output.say(f"{app.name} ({', '.join(notes)})" if notes else app.name)


def _created(app: App, *, as_json: bool) -> None:
    if as_json:
        output.document(documents.app(app))
    else:
        output.say(f"{app.web_url} | {app.git_url}")


def _destroyed(receipt: Receipt, *, as_json: bool) -> None:
    if as_json:
        output.document(receipt)
        return
    counts = [f"{number} {_counted(kind, number)}" for kind, number in receipt.removed.items()]
    output.talk(f"Removed: {', '.join(counts)}" if counts else "Nothing else was left to remove")


def _counted(kind: Belonging, number: int) -> str:
    if number == 1:
        return kind
    return f"{kind}es" if kind.endswith("s") else f"{kind}s"


def _facts(target: Target, app: App) -> dict[str, str | None]:
    """What Heroku tells of an app, then what Herogate adds."""
    is_served = app.status.is_ready and (app.web_url or "").startswith("https:")
    automatic = is_served and target.platform.domains.are_automatic(app.name)
    return {
        "Auto Cert Mgmt": str(automatic).lower(),
        "Git URL": app.git_url,
        "Web URL": app.web_url,
        "Region": app.region,
        "Processes": _counts(target, app),
        "Clone URL": app.clone_url,
        "Deploy Branch": app.git_branch,
        "Space": app.space,
        "Status": app.status,
        "Created At": output.moment(app.created_at),
    }


def _counts(target: Target, app: App) -> str | None:
    """How many processes of each type there are: ``web: 2, worker: 1``."""
    if not app.status.is_ready:
        return None
    counted = Counter(each.type for each in target.platform.processes.all(app.name))
    return ", ".join(f"{name}: {number}" for name, number in sorted(counted.items()))


def _key(label: str) -> str:
    return label.lower().replace(" ", "_")


def _browse(url: str, app: App) -> None:
    import webbrowser

    with progress.action(f"Opening {output.app(app.name)}"):
        if not webbrowser.open(url):
            raise HerogateError("No web browser can be started here.", f"The app is at {url}")
