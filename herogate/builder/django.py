"""Django's static files: collected before the source becomes a layer, as by Heroku's buildpack."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from herogate.builder.programs import start
from herogate.builder.talk import Talk

_PLACES = ("manage.py", "*/manage.py", "*/*/manage.py")
"""Where Heroku's buildpack looks for it, the nearest first."""

_COMMAND = ("collectstatic", "--noinput")
_NOT_AMONG_ITS_APPS = "Unknown command: 'collectstatic'"


def manage_script(source: Path) -> str | None:
    """Django's own script in an app, if it has one."""
    found = (file for place in _PLACES for file in sorted(source.glob(place)))
    mentions = (file for file in found if file.is_file() and b"django" in file.read_bytes())
    first = next(mentions, None)
    return None if first is None else str(first.relative_to(source))


def collect_static(
    script: str, source: Path, python: Path, environment: Mapping[str, str], talk: Talk
) -> None:
    """Have an app collect its static files, unless it has none.

    One that cannot is built without them: a build has no config vars, which settings may ask for.

    Args:
        script: its `manage.py`.
        python: the interpreter of its environment.
        environment: the build's own, whole.
    """
    if not any(python.parent.parent.glob("lib/python*/site-packages/django")):
        return
    variables = {"PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}
    with start([str(python), script, *_COMMAND], source, {**environment, **variables}) as running:
        lines = running.stdout or iter(())
        first = next(lines, "")
        if first.startswith(_NOT_AMONG_ITS_APPS):
            return
        talk.step(f"$ python {script} {' '.join(_COMMAND)}")
        for line in (first, *lines):
            talk.detail(line.rstrip())
    if running.returncode:
        talk.trouble(
            f"The static files are not collected: {script} ended with {running.returncode}.\n"
            "The app is built without them. A build has no config vars: a setting that is read\n"
            "from one needs a default."
        )
