"""The pages that a load balancer itself answers with. It allows 1,024 characters, HTML included."""

from __future__ import annotations

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:18px/1.6 system-ui,sans-serif;max-width:34em;margin:18vh auto;padding:0 1em}}</style>
<h1>{title}</h1>
<p>{text}</p>
"""


NOTHING_HERE_STATUS = 200
MAINTENANCE_STATUS = 503
"""By which a load balancer's page is told from the one above."""


def nothing_here_yet(app: str) -> str:
    """What an app shows until something was released."""
    return _PAGE.format(
        title=app,
        text="There is nothing here yet. Deploy your code: <code>git push herogate</code>.",
    )


def maintenance(app: str) -> str:
    """What an app shows while it is under maintenance."""
    return _PAGE.format(
        title=f"{app} is offline for maintenance",
        text="It will be back soon. Please try again later.",
    )


def no_such_app(domain: str) -> str:
    """What a domain shows under a host that is no app's."""
    return _PAGE.format(title="No such app", text=f"There is no app at this address of {domain}.")
