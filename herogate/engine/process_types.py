"""The process types that mean something to Herogate; every other is an app's own affair."""

from __future__ import annotations

WEB = "web"
"""Takes the requests that come to an app."""

RELEASE_PROCESS = "release"
"""The line of a Procfile that runs once, before a release goes live."""

ONE_OFF = "run"
"""What is run once; so is called the definition from which it is."""

SCHEDULED = "scheduler"
"""What a schedule has started."""
