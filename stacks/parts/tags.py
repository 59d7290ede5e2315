"""The tags that say what a resource belongs to.

They are constant: a changed tag would update every resource, and so send all its properties again.
"""

from __future__ import annotations

from troposphere import Tags

from stacks import names


def space_tags(space: str) -> Tags:
    """For what belongs to a space and to no app."""
    return Tags({names.SPACE_TAG: space})


def app_tags(space: str, app: str) -> Tags:
    """For what belongs to one app."""
    return Tags({names.APP_TAG: app, names.SPACE_TAG: space})
